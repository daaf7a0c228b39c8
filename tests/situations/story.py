"""What the sentences of a story do. Which there are is in sentences.py.

A story is told of one group, base: its primary in westeurope, secondaries in northeurope and, where the story wants it,
francecentral; its steps are run-template, the built-in handler, and switch, a scripted one.
"""

import asyncio
from datetime import timedelta
from pathlib import Path

from aibwatch.app.state import StateError
from aibwatch.core.events import ClockStepped
from aibwatch.core.judging import regional_verdicts
from aibwatch.core.model import Options, Region
from aibwatch.core.policy import Setup, StepSpec
from aibwatch.handlers.api import Capability, Handler, Surroundings
from aibwatch.handlers.loader import UnknownHandlerError
from aibwatch.handlers.run_template import RunTemplate
from aibwatch.runtime.lock import BusyError
from aibwatch.runtime.store import JournalError
from aibwatch.views.status import as_text
from tests.core.builders import BEAT, CALM, FRANCE, NORTH, WEST, a_group, a_setup, a_template_id
from tests.core.builders import a_world as worlds

from . import disk
from .azure import Azure, name_of
from .people import meant, said
from .process import Process
from .reload import a_reloader, changed
from .switch import Asked, Switch
from .timeline import StoryClock, StoryLoop
from .transcript import Transcript
from .words import StoryError, length

PATIENCE = timedelta(hours=1)
"""Of a story, for what it waits for."""

LONG = timedelta(minutes=10)
"""From here on polls are so seldom that they are just not late: nobody reads what they bring, and it costs time."""


class Story:
    """The world of one story, and the daemons that live in it one after the other."""

    def __init__(self, loop: StoryLoop, folder: Path) -> None:
        self._folder, self._time = folder, loop
        self._clock = StoryClock(loop)
        self._transcript = Transcript(loop, folder)
        self._azure = Azure(worlds(WEST, NORTH), loop, self._transcript)
        self._switch = Switch(self._clock)
        self._installed = True
        self._setup: Setup = a_setup(a_group(steps=(StepSpec(handler="run-template"), StepSpec(handler="switch"))))
        self._daemon: Process | None = None
        self._wanted: tuple[str, str] | None = None
        """At which point the next failure comes, and which."""
        self._polls_take = timedelta(0)
        self._epoch = 0
        """Of the group, when the story began to wait."""

    async def followed(self) -> list[str]:
        """Let all happen that can at this moment, and return what was told since the last time."""
        await self._settle()
        return self._transcript.take()

    async def end(self) -> None:
        """End the daemon, and what handlers still do."""
        if self._daemon is not None:
            await self._daemon.end()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    # the daemon and its power

    async def start(self) -> None:
        if self._daemon is not None:
            raise StoryError("it runs already")
        try:
            daemon = Process(self._folder, self._clock, self._azure, self._transcript, self._cross)
        except (StateError, BusyError) as error:
            self._transcript.line("start", f"refused: {error}", loud=True)
            return
        daemon.polls_take = self._polls_take
        self._transcript.line("start", "the daemon is up")
        self._daemon = daemon
        await daemon.start(self._setup, self._find)

    async def start_second(self) -> None:
        try:
            Process(self._folder, self._clock, self._azure, self._transcript, self._cross)
        except BusyError as error:
            self._transcript.line("start", f"refused: {str(error).partition(':')[0]}")

    async def cut(self) -> None:
        self._cut("now")

    async def fail_at(self, what: str, side: str, point: str) -> None:
        self._wanted = (f"{side} {point}", what)

    def _cut(self, when: str) -> None:
        self._transcript.line("power", f"cut {when}", loud=True)
        self._live().cut()

    async def _cross(self, side: str, what: str) -> None:
        """Fail here if the story wants it."""
        if self._wanted is None or self._wanted[0] != f"{side} {what}":
            return
        (_, failure), self._wanted = self._wanted, None
        if failure == "the journal fails":
            self._transcript.line("journal", f"fails {side} {what}", loud=True)
            self._live().recorder.failing = True
            return
        self._cut(f"{side} {what}")
        await asyncio.Event().wait()  # ended by the cancellation

    def _live(self) -> Process:
        if self._daemon is None:
            raise StoryError("no daemon runs")
        return self._daemon

    async def _settle(self) -> None:
        """Let everything happen that can at this moment, and bury a daemon whose power was cut."""
        await self._time.quiet()
        if self._daemon is not None and self._daemon.over:
            daemon, self._daemon = self._daemon, None
            await daemon.end()

    # time

    async def pass_time(self, number: str, unit: str) -> None:
        span = length(number, unit)
        end = self._time.time() + span.total_seconds()
        while self._time.time() < end:
            await self._beat(BEAT if span < LONG else CALM)

    async def pass_frozen(self, number: str, unit: str) -> None:
        """Let time pass in which nothing runs; what was due happens when it is over."""
        self._time.freeze(length(number, unit))

    async def until(self, wanted: str) -> None:
        end, self._epoch = self._time.time() + PATIENCE.total_seconds(), self._epoch_now
        while not self._is(wanted):
            if self._time.time() >= end or self._daemon is None:
                raise StoryError(f"never {wanted}")
            await self._beat()

    @property
    def _epoch_now(self) -> int:
        group = self._daemon.loop.state.groups.get("base") if self._daemon else None
        return group.epoch if group else 0

    async def _beat(self, beat: timedelta = BEAT) -> None:
        await self._clock.pause(beat)
        if self._daemon is not None:
            await self._daemon.poll()
        await self._settle()

    def _is(self, wanted: str) -> bool:
        if self._daemon is None:
            return wanted == "the power is cut"
        state = self._daemon.loop.state
        kinds = {str(v.region): str(v.kind) for v in regional_verdicts(state).values()}
        region, _, kind = wanted.partition(" is ")
        if kind:
            return kinds.get(region) == kind
        phase = state.groups["base"].phase if "base" in state.groups else ""
        if wanted == "moved":
            return phase == "watching" and self._epoch_now > self._epoch
        return phase == wanted

    async def set_clock(self, sign: str, number: str, unit: str) -> None:
        by = length(number, unit) * (1 if sign == "+" else -1)
        self._clock.set(by)
        if self._daemon is not None:
            await self._daemon.loop.put(ClockStepped(seconds=by.total_seconds()))

    async def slow_polls(self, number: str, unit: str) -> None:
        self._polls_take = length(number, unit)
        if self._daemon is not None:
            self._daemon.polls_take = self._polls_take

    # Azure

    async def fail_region(self, region: str) -> None:
        self._azure.fail(Region(region))

    async def mend_region(self, region: str) -> None:
        self._azure.mend(Region(region))

    async def foreign_run(self, region: str) -> None:
        self._azure.begin(a_template_id("base", Region(region)))

    async def long_run(self, region: str, number: str, unit: str) -> None:
        self._azure.begin(a_template_id("base", Region(region)), length(number, unit))

    # the handler

    async def behave(self, ways: str) -> None:
        self._switch.activations = _known(ways.split(", then "), self._switch.ways)

    async def look(self, ways: str) -> None:
        self._switch.looks = _known(ways.split(", then "), self._switch.ways_to_look)

    async def able(self, what: str) -> None:
        self._switch.capabilities.add({"resume": Capability.RESUME, "be repeated": Capability.REPEATABLE}[what])

    async def version(self, version: str) -> None:
        self._switch.version = version

    async def check_says(self, why: str) -> None:
        self._switch.refuses = "" if why == "yes" else why

    async def install(self, verb: str) -> None:
        self._installed = verb == "installed again"

    def _find(self, name: str, _: Options) -> Handler:
        if name == "switch" and self._installed:
            return Asked(name, self._switch, self._transcript, self._cross)
        if name != "run-template":
            raise UnknownHandlerError(f"no handler {name!r} is installed")
        return Asked(name, RunTemplate(self._surroundings, {}), self._transcript, self._cross)

    # the journal

    async def journal_fails(self) -> None:
        self._live().recorder.failing = True

    async def journal_well(self) -> None:
        self._live().recorder.failing = False

    async def forget(self, number: str, table: str) -> None:
        disk.forget(self._folder, int(number), table)

    async def older(self, fields: str) -> None:
        disk.grow_old(self._folder, set(fields.split(", ")))

    async def other_epoch(self, epoch: str) -> None:
        disk.write_epoch(self._folder, int(epoch))

    async def move_lock(self, where: str) -> None:
        disk.move_lock(self._folder, away=where == "moved away")

    # people

    async def at_once(self, orders: str) -> None:
        await asyncio.gather(*(self._order(who, what, why) for who, what, why in map(said, orders.split(" | "))))

    async def order(self, who: str, what: str, why: str) -> None:
        await self._order(who, what, why)

    async def _order(self, who: str, what: str, why: str) -> None:
        order = meant(who, what, why, self._clock.now())
        try:
            reply = await self._live().loop.order(order)
            said = f"{f'refused ({reply.refusal})' if reply.refusal else 'followed'}: {reply.text}"
        except JournalError as error:
            said = f"not followed, because it cannot be put on record: {error}"
        except TimeoutError:
            said = "no answer"
        self._transcript.line("reply", f"to {who}: {said}")

    # the configuration

    async def configure(self, setting: str) -> None:
        """Take over another configuration, where the daemon runs by a reload."""
        wanted = a_setup(*changed(self._setup, setting))
        if FRANCE in setting:
            self._azure.open(FRANCE)
        if self._daemon is None or self._reload(self._daemon, wanted):
            self._setup = wanted

    async def break_configuration(self, text: str) -> None:
        self._reload(self._live(), self._setup, text)

    def _reload(self, daemon: Process, wanted: Setup, text: str = "") -> bool:
        reloader = a_reloader(daemon.loop, self._surroundings, self._clock.now)
        reloader.wanted, reloader.text = wanted, text.replace("; ", "\n")
        mistakes = reloader.reload()
        for mistake in mistakes:
            self._transcript.line("reload", f"refused: {mistake}", loud=True)
        if not mistakes:
            self._transcript.line("reload", "taken over")
        return not mistakes

    @property
    def _surroundings(self) -> Surroundings:
        return Surroundings(templates=self._azure, now=self._clock.now, pause=self._clock.pause, folder=self._folder)

    # looking

    async def status(self) -> None:
        loop = self._live().loop
        self._transcript.plain(as_text(loop.state, loop.setup, self._clock.now()))

    async def outcome(self) -> None:
        group = self._live().loop.state.groups["base"]
        self._transcript.plain(f"base is {group.phase}, active {name_of(group.active)}, epoch {group.epoch}")
        runs = [name_of(t) for t in self._azure.runs]
        told = [f"run of {name}: {runs.count(name)}" for name in dict.fromkeys(runs)]
        told += [f"switch for {activation}: {number}" for activation, number in self._switch.done.items()]
        told += [f"switch for {activation}: half" for activation in sorted(self._switch.half)]
        self._transcript.plain(f"effects: {', '.join(told) or 'none'}")


def _known(said: list[str], ways: frozenset[str]) -> list[str]:
    for way in said:
        if way not in ways:
            raise StoryError(f"no handler does {way!r}; one could: {'; '.join(sorted(ways))}")
    return said
