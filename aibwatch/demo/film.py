"""Play the demo: begin a world, let the real daemon watch it, tell what it does, and check that the story was whole."""

import asyncio
import contextlib
import os
import socket
import tempfile
from datetime import timedelta
from pathlib import Path

from rich.console import Console

from aibwatch.app.daemon import App
from aibwatch.app.stand_in import make
from aibwatch.config.load import load
from aibwatch.core.decision import Decision, Note, NoteKind
from aibwatch.core.events import Event
from aibwatch.core.judging import regional_verdicts
from aibwatch.core.model import Region
from aibwatch.core.situation import situation
from aibwatch.core.state import State
from aibwatch.demo.plot import GROUP, TARGET, Plot, Turn
from aibwatch.demo.script import EASY, FAST, Tempo, configuration, scenario
from aibwatch.demo.teller import Teller
from aibwatch.runtime import lifecycle, logs
from aibwatch.runtime.clock import Clock
from aibwatch.simulator.scenario import parse_scenario
from aibwatch.simulator.server import StandIn

USUAL_PORT = 9877

FOREIGN_IDENTITY = ("IDENTITY_ENDPOINT", "MSI_ENDPOINT", "AZURE_FEDERATED_TOKEN_FILE")
"""Variables that would send azure-identity elsewhere than to the stand-in."""

FRAME = timedelta(milliseconds=250)
"""How often the live line is renewed."""

OPENING = (
    "aibwatch demo: a stand-in for Azure, and the real daemon watching it over HTTP.",
    "Two groups of image templates build in westeurope and have a secondary in northeurope.",
    "ubuntu-base may move by itself (mode auto), rhel-cis only says what it would do (mode shadow).",
    "A canary, a template that nobody needs, waits in westeurope for the moment in which something looks wrong.",
    "Soon westeurope will break. The times are shorter than in production; nothing else is different.",
)


async def play(*, fast: bool, leave: bool) -> int:
    """Return 0 if the story came out whole, 1 if not. Stays up after it until Ctrl-C, unless told to leave."""
    logs.configure(level="ERROR")
    tempo = FAST if fast else EASY
    with tempfile.TemporaryDirectory(prefix="aibwatch-demo-") as directory:
        clock = Clock()
        stand_in = make(parse_scenario(scenario(tempo), "demo"), clock)
        address = await stand_in.start("127.0.0.1", 0)
        try:
            _send_identity_to(address)
            config = Path(directory) / "config.toml"
            state = Path(directory) / "aibwatch.db"
            listen = f"127.0.0.1:{_free_port()}"
            config.write_text(configuration(tempo, endpoint=address, state=state, listen=listen))
            return await _Film(tempo, clock, stand_in, config).play(leave=leave)
        finally:
            await stand_in.close()


class _Film:
    """One showing."""

    def __init__(self, tempo: Tempo, clock: Clock, stand_in: StandIn, config: Path) -> None:
        self._tempo, self._clock, self._stand_in = tempo, clock, stand_in
        self._plot, self._teller = Plot(), Teller(Console(highlight=False))
        self._whole = asyncio.Event()
        self._loaded = load(config)
        self._app = App(self._loaded, watchers=(self._watch,))
        self._began = clock.elapsed()
        self._state: State | None = None

    async def play(self, *, leave: bool) -> int:
        """Show it, and return the exit code."""
        stop, told_to_stop = asyncio.Event(), lifecycle.stop_on_signals()
        self._teller.begin(OPENING)
        async with asyncio.TaskGroup() as tasks:
            daemon = tasks.create_task(self._app.run(stop))
            beside = [tasks.create_task(self._world()), tasks.create_task(self._frames())]
            over = asyncio.create_task(self._whole.wait())
            asked = asyncio.create_task(told_to_stop.wait())
            limit = self._tempo.limit - self._seconds()
            await asyncio.wait({over, asked, daemon}, timeout=limit, return_when=asyncio.FIRST_COMPLETED)
            self._teller.end()
            code = self._close()
            if not leave and not asked.done() and not daemon.done():
                self._teller.say(f"Look around: {self._app.address}   metrics: {self._app.address}/metrics")
                self._teller.say("The daemon goes on watching. Ctrl-C ends the demo.", style="dim")
                await asyncio.wait({asked, daemon}, return_when=asyncio.FIRST_COMPLETED)
            stop.set()
            for task in (*beside, over, asked):
                task.cancel()
        return code

    def _seconds(self) -> float:
        return self._clock.elapsed() - self._began

    def _watch(self, _: State, decision: Decision, __: Event) -> None:
        self._state = decision.state
        for note in decision.notes:
            turn = self._plot.turn_of(note)
            if turn is not None:
                reasons = self._reasons(turn, note, decision.state)
                self._teller.chapter(self._seconds(), turn.title, turn.meaning, turn.colour, reasons)
        if not self._plot.missing:
            self._whole.set()

    def _reasons(self, turn: Turn, note: Note, state: State) -> list[str]:
        """Return what the turn rests on: a verdict on evidence, a check on gates, a canary on its answer."""
        if note.kind is NoteKind.VERDICT:
            verdict = regional_verdicts(state)[Region(note.subject)]
            return [*(f"{e.weight:+.1f}  {e.kind}: {e.sentence}" for e in verdict.evidence if e.against), verdict.why]
        if turn.name == "checking":
            group = state.groups[note.subject]
            seen = situation(state, self._loaded.setup, self._loaded.setup.groups[group.name], group, self._clock.now())
            return [f"{gate.state}  {gate.name}: {gate.why}" for gate in seen.gates]
        if note.kind in {NoteKind.CANARY, NoteKind.IMAGE, NoteKind.WOULD_MOVE} or turn.name == "moved":
            return [note.why]
        return []

    async def _world(self) -> None:
        """Tell what breaks and what mends, when it does; the daemon must find out by itself."""
        await self._app.ready()
        self._in_azure("all is well", f"The daemon's status page: {self._app.address}")
        for at, title, text in (
            (self._tempo.breaks_at, "westeurope breaks", "Reads and runs answer 500, builds that are under way die."),
            (self._tempo.noticed_at, "Service Health tells of it", "The provider's notice comes late, as in reality."),
            (self._tempo.mends_at, "westeurope is mended", "Reads and runs are answered well again."),
        ):
            await self._clock.pause(timedelta(seconds=at - self._seconds()))
            self._in_azure(title, text)

    def _in_azure(self, title: str, text: str) -> None:
        self._teller.chapter(self._seconds(), f"in Azure: {title}", text, "blue")

    async def _frames(self) -> None:
        while True:
            await self._clock.pause(FRAME)
            if self._state is not None:
                self._teller.live(self._seconds(), self._state)

    def _close(self) -> int:
        runs = [
            r
            for r in self._stand_in.world.effects()
            if str(r["template"]).endswith(f"/{TARGET}") and r["by"] == "request"
        ]
        missing = self._plot.missing
        self._teller.say()
        if missing or len(runs) != 1:
            told = f"what did not come: {', '.join(missing)}. " if missing else ""
            self._teller.say(f"The story is not whole after {self._seconds():.0f} s. {told}", style="bold red")
            self._teller.say(f"{TARGET} was run {len(runs)} times; once was right.")
            return 1
        self._teller.say(
            f"The story is whole: {TARGET} was run exactly once, and its image is there.", style="bold green"
        )
        for line in self._times():
            self._teller.say(f"  {line}")
        self._teller.say(f"{GROUP} stays in northeurope: going back is for a human.")
        return 0

    def _times(self) -> list[str]:
        group = self._state.groups[GROUP] if self._state else None
        if self._state is None or group is None or group.last is None or group.last.committed_at is None:
            return []
        move, incident = group.last, self._state.incidents.get(group.last.incident)
        broke_at = self._stand_in.world.begun + timedelta(seconds=self._tempo.breaks_at)
        steps = [
            ("first suspicion", incident.opened_at if incident else None),
            ("proven", incident.confirmed_at if incident else None),
            ("moved", move.committed_at),
            ("run accepted", move.ended_at),
        ]
        return [
            f"{name:<16} {(at - broke_at).total_seconds():5.1f} s after the region broke" for name, at in steps if at
        ]


def _send_identity_to(address: str) -> None:
    for name in FOREIGN_IDENTITY:
        os.environ.pop(name, None)
    os.environ["AZURE_POD_IDENTITY_AUTHORITY_HOST"] = address


def _free_port() -> int:
    """Return the usual port, or 0 for any where that is taken."""
    with contextlib.suppress(OSError), socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        trial.bind(("127.0.0.1", USUAL_PORT))
        return USUAL_PORT
    return 0
