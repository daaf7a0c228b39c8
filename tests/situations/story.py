"""What a story may say, and what the runner does for it. Each sentence is a row of SENTENCES.

A story is told of one group, base: its primary in westeurope, secondaries in northeurope and, where the story wants it,
francecentral; its steps are run-template, the built-in handler, and switch, a scripted one.
"""

import asyncio
import json
import re
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from aibwatch.app.state import StateError
from aibwatch.core.approval import Answered
from aibwatch.core.events import ApprovalAnswered, ClockStepped, MoveOrdered, Ordered, Paused, Reset, Resumed
from aibwatch.core.judging import regional_verdicts
from aibwatch.core.model import Mode, Options, Region
from aibwatch.core.move import MoveKind, Order
from aibwatch.core.policy import GroupSpec, Setup, StepSpec
from aibwatch.handlers.api import Capability, Handler, Surroundings
from aibwatch.handlers.loader import UnknownHandlerError
from aibwatch.handlers.run_template import RunTemplate
from aibwatch.runtime.lock import BusyError
from aibwatch.runtime.store import JournalError
from aibwatch.views.status import as_text
from tests.core.builders import BEAT, CALM, FRANCE, NORTH, WEST, a_group, a_setup, a_template_id
from tests.core.builders import a_world as worlds

from .azure import Azure, name_of
from .process import DATABASE, Process
from .reload import a_reloader
from .switch import Asked, Switch
from .timeline import StoryClock, StoryLoop
from .transcript import Transcript

PATIENCE = timedelta(hours=1)
"""Of a story, for what it waits for."""

LONG = timedelta(minutes=10)
"""From here on polls are so seldom that they are just not late: nobody reads what they bring, and it costs time."""

UNITS = {"s": "seconds", "min": "minutes", "h": "hours", "d": "days"}


class StoryError(Exception):
    """A story says what nobody understands, or what cannot be."""


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

    async def tell(self, sentence: str) -> list[str]:
        """Do what the sentence says, and return what followed.

        Raises:
            StoryError: if nobody understands it.
        """
        for pattern, do in SENTENCES:
            if match := re.fullmatch(pattern, sentence):
                await do(self, *match.groups())
                await self._settle()
                return self._transcript.take()
        raise StoryError(f"nobody understands {sentence!r}; what can be said is in {Path(__file__).name}")

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
        length = _length(number, unit)
        end = self._time.time() + length.total_seconds()
        while self._time.time() < end:
            await self._beat(BEAT if length < LONG else CALM)

    async def pass_frozen(self, number: str, unit: str) -> None:
        """Let time pass in which nothing runs; what was due happens when it is over."""
        self._time.freeze(_length(number, unit))

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
        by = _length(number, unit) * (1 if sign == "+" else -1)
        self._clock.set(by)
        if self._daemon is not None:
            await self._daemon.loop.put(ClockStepped(seconds=by.total_seconds()))

    async def slow_polls(self, number: str, unit: str) -> None:
        self._polls_take = _length(number, unit)
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
        self._azure.begin(a_template_id("base", Region(region)), _length(number, unit))

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
        self._on_disk(f"DELETE FROM {table} WHERE id IN (SELECT id FROM {table} ORDER BY id DESC LIMIT {int(number)})")  # noqa: S608  # our own words

    async def older(self, fields: str) -> None:
        """Take fields out of what is remembered, as if a version that did not know them had written it."""
        with sqlite3.connect(self._folder / DATABASE) as connection:
            (memory,) = connection.execute("SELECT value FROM facts WHERE name = 'memory'").fetchone()
            aged = json.dumps(_without(json.loads(memory), set(fields.split(", "))))
            connection.execute("UPDATE facts SET value = ? WHERE name = 'memory'", (aged,))
        connection.close()

    async def other_epoch(self, epoch: str) -> None:
        """Write an epoch as another daemon would that has the same journal."""
        self._on_disk(f"UPDATE epochs SET epoch = {int(epoch)}, activation_id = 'base-{int(epoch)}'")  # noqa: S608  # our own words

    def _on_disk(self, statement: str) -> None:
        with sqlite3.connect(self._folder / DATABASE) as connection:
            connection.execute(statement)
        connection.close()

    async def lose_lock(self) -> None:
        lock = self._folder / f"{DATABASE}.lock"
        lock.rename(lock.with_suffix(".away"))

    async def return_lock(self) -> None:
        lock = self._folder / f"{DATABASE}.lock"
        lock.with_suffix(".away").rename(lock)

    # people

    async def at_once(self, orders: str) -> None:
        await asyncio.gather(*(self._order(who, what, why) for who, what, why in map(_said, orders.split(" | "))))

    async def order(self, who: str, what: str, why: str) -> None:
        await self._order(who, what, why)

    async def _order(self, who: str, what: str, why: str) -> None:
        order = self._meant(who, what, why)
        try:
            reply = await self._live().loop.order(order)
            said = f"{f'refused ({reply.refusal})' if reply.refusal else 'followed'}: {reply.text}"
        except JournalError as error:
            said = f"not followed, because it cannot be put on record: {error}"
        except TimeoutError:
            said = "no answer"
        self._transcript.line("reply", f"to {who}: {said}")

    def _meant(self, who: str, what: str, why: str) -> Ordered:
        now = self._clock.now()
        if match := re.fullmatch(r"orders (failover|failback|drill)(?: to (\w+))?(?: over ([\w, ]+))?", what):
            kind, to, over = match.groups()
            order = Order(owner=who, reason=why, at=now, overrides=tuple(over.split(", ")) if over else ())
            target = a_template_id("base", Region(to)) if to else None
            return MoveOrdered(group="base", kind=MoveKind(kind), to=target, order=order)
        if match := re.fullmatch(r"(approves|denies) (\S+)", what):
            answer = {"approves": Answered.APPROVED, "denies": Answered.DENIED}[match[1]]
            return ApprovalAnswered(group="base", id=match[2], answer=answer, owner=who, reason=why)
        if match := re.fullmatch(r"pauses base for (\d+) (min|h)", what):
            return Paused(group="base", owner=who, reason=why, until=now + _length(match[1], match[2]))
        if what == "resumes base":
            return Resumed(group="base", owner=who, reason=why)
        if what == "resets base":
            return Reset(group="base", owner=who, reason=why)
        raise StoryError(f"nobody understands what {who} wants: {what!r}")

    # the configuration

    async def configure(self, setting: str) -> None:
        """Take over another configuration, where the daemon runs by a reload."""
        wanted = a_setup(*_changed(self._setup, setting))
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


def _length(number: str, unit: str) -> timedelta:
    return timedelta(**{UNITS[unit]: float(number)})


def _known(said: list[str], ways: frozenset[str]) -> list[str]:
    for way in said:
        if way not in ways:
            raise StoryError(f"no handler does {way!r}; one could: {'; '.join(sorted(ways))}")
    return said


def _said(order: str) -> tuple[str, str, str]:
    match = re.fullmatch(ORDER, order)
    if match is None:
        raise StoryError(f"nobody understands the order {order!r}; say who, what, and because of what")
    return match[1], match[2], match[3]


def _without(value: object, fields: set[str]) -> object:
    if isinstance(value, dict):
        return {key: _without(inner, fields) for key, inner in value.items() if key not in fields}
    return [_without(inner, fields) for inner in value] if isinstance(value, list) else value


def _changed(setup: Setup, setting: str) -> tuple[GroupSpec, ...]:
    spec = setup.groups["base"]
    match setting.split(" = "):
        case ["mode", mode]:
            return (replace(spec, policy=replace(spec.policy, mode=Mode(mode))),)
        case ["drill_max_age", days]:
            return (replace(spec, policy=replace(spec.policy, drill_max_age=timedelta(days=float(days.rstrip("d"))))),)
        case ["exclude_late_images", "true"]:
            return (replace(spec, policy=replace(spec.policy, exclude_late_images=True)),)
        case ["secondaries", regions]:
            return (replace(spec, secondaries=tuple(a_template_id("base", Region(r)) for r in regions.split(", "))),)
        case ["steps", names]:
            return (replace(spec, steps=tuple(StepSpec(handler=name) for name in names.split(", "))),)
        case ["groups", "web"]:
            web = (a_template_id("web", region) for region in (WEST, NORTH))
            return (a_group("web", primary=next(web), secondaries=(next(web),)),)
    raise StoryError(f"a story cannot set {setting!r}")


SPAN = r"(\d+) (s|min|h|d)"
ORDER = r"(ann|ben) ((?:orders|approves|denies|pauses|resumes|resets) .+?) because (.+)"
POINT = r"(before|after) (decision \w+|epoch|(?:intent|dispatch|effect|result) of step \d)"
Do = Callable[..., Awaitable[None]]

SENTENCES: tuple[tuple[str, Do], ...] = (
    ("start|start again", Story.start),
    ("start a second daemon", Story.start_second),
    ("the power is cut", Story.cut),
    (rf"(the power is cut|the journal fails) {POINT}", Story.fail_at),
    (rf"{SPAN} pass(?:es)?", Story.pass_time),
    (rf"the machine stands still for {SPAN}", Story.pass_frozen),
    (r"until (watching|held|checking|committing|moving|moved|halted|\w+ is \w+|the power is cut)", Story.until),
    (rf"the host's clock jumps by ([+-]){SPAN}", Story.set_clock),
    (rf"fresh polls take {SPAN}", Story.slow_polls),
    (r"(\w+) breaks", Story.fail_region),
    (r"(\w+) is mended", Story.mend_region),
    (r"somebody runs base in (\w+)", Story.foreign_run),
    (rf"somebody runs base in (\w+), and it takes {SPAN}", Story.long_run),
    (r"switch will (.+)", Story.behave),
    (r"switch, asked for its state, will (.+)", Story.look),
    (r"switch can (resume|be repeated)", Story.able),
    (r"switch is at version (\d+)", Story.version),
    (r"switch, asked whether it could act, says (.+)", Story.check_says),
    (r"switch is (taken away|installed again)", Story.install),
    (r"the journal fails", Story.journal_fails),
    (r"the journal is well again", Story.journal_well),
    (r"the journal forgets its last (\d+) (marks|observations)", Story.forget),
    (r"the state was written by a version that did not know ([\w, ]+)", Story.older),
    (r"another daemon writes epoch (\d+)", Story.other_epoch),
    (r"the lock file is moved away", Story.lose_lock),
    (r"the lock file is put back", Story.return_lock),
    (r"at once: (.+)", Story.at_once),
    (ORDER, Story.order),
    (r"the configuration says (.+)", Story.configure),
    (r"the configuration is broken: (.+)", Story.break_configuration),
    (r"aibwatch status", Story.status),
    (r"what was done\?", Story.outcome),
)
