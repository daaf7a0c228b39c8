"""One daemon of a story: the real loop, executor, checks, lease and journal, and the power that may be cut.

Why a cut here is one: the daemon's tasks are cancelled at a named point, where nothing of it runs on, and all it had in
memory is thrown away; what is in the files stays. What a kernel adds, that half a page was written, is played with real
processes: see tests/story/test_story_crashes.py and test_story_damage.py.
"""

import asyncio
import contextlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from aibwatch.app.state import held, opened, take
from aibwatch.core.decision import Decision
from aibwatch.core.events import Event, Observed
from aibwatch.core.model import Region
from aibwatch.core.policy import Setup
from aibwatch.core.recall import recall
from aibwatch.core.state import State
from aibwatch.handlers.loader import Find
from aibwatch.runtime.checks import HandlerChecks
from aibwatch.runtime.executor import Executor, Ports
from aibwatch.runtime.lease import Lease
from aibwatch.runtime.loop import Loop
from aibwatch.runtime.move_log import AttemptId
from aibwatch.runtime.recorder import Recorder
from aibwatch.runtime.store import JournalError
from tests.runtime.builders import no_build

from .azure import Azure
from .switch import Cross
from .timeline import StoryClock
from .transcript import Transcript

P = ParamSpec("P")
R = TypeVar("R")

DATABASE = "aibwatch.db"


class WatchedRecorder(Recorder):
    """The recorder, told of what it writes, and out of order when a story says so."""

    def __init__(self, real: Recorder, cross: Cross) -> None:
        self._store, self._thread = real._store, real._thread
        self.journal, self.moves = real.journal, real.moves
        self._cross = cross
        self.failing = False
        self._phase = ""

    async def call(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        what = self._name(function.__name__, args, kwargs)
        if what:
            await self._cross("before", what)
        if self.failing:
            raise JournalError(f"{self._store.path}: database or disk is full")
        result = await super().call(function, *args, **kwargs)
        if what:
            await self._cross("after", what)
        return result

    def _name(self, function: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
        """Return what a story calls this write; empty if it has no name for it."""
        match function, args:
            case "record", _:
                return self._decision(kwargs["memory"].groups.get("base"))
            case "swap_epoch", _:
                return "epoch"
            case "intend" | "dispatch" | "conclude", (AttemptId() as attempt, *_):
                return f"{WRITES[function]} of step {attempt.step + 1}"
            case _:
                return ""

    def _decision(self, group: Any) -> str:
        phase, before = group.phase if group else "", self._phase
        self._phase = phase
        return f"decision {phase}" if phase != before else ""


WRITES = {"intend": "intent", "dispatch": "dispatch", "conclude": "result"}


class Process:
    """A daemon from its start to the end of its power."""

    def __init__(self, folder: Path, clock: StoryClock, azure: Azure, transcript: Transcript, cross: Cross) -> None:
        self._clock, self._azure, self._transcript = clock, azure, transcript
        self._stack = contextlib.ExitStack()
        path = folder / DATABASE
        try:
            lock = take(self._stack, path, clock.now())
            self.recorder = WatchedRecorder(opened(f"sqlite:///{path}", path), cross)
        except Exception:
            self._stack.close()
            raise
        self._stack.callback(self.recorder.close)
        self._held = (lock, held(path))
        self.polls_take = timedelta(0)
        self.loop: Loop
        self._task: asyncio.Task[None]

    async def start(self, setup: Setup, find: Find) -> None:
        """Begin to watch, from what is on record."""
        memory, observations = await self.recorder.call(self.recorder.journal.recall, self._clock.now())
        state = recall(memory, observations, self._clock.now())
        ports = Ports(
            find=find,
            poll_afresh=self._poll_afresh,
            check=self._check,
            read_outputs=self._azure.outputs,
            exclude=self._azure.exclude,
            run_canary=self._azure.run,
            build=no_build,
            observe_step=lambda *_: None,
        )
        executor = Executor(self.recorder, ports, self._clock)
        self.loop = Loop(setup=setup, state=state, recorder=self.recorder, executor=executor, clock=self._clock)
        self.loop.watch(self._watch)
        self._checks = HandlerChecks(
            find, clock=self._clock, setup=lambda: self.loop.setup, state=lambda: self.loop.state, put=self.loop.put
        )
        self._lease = Lease(self._held, self.loop.put)
        self._task = asyncio.create_task(self.loop.run())
        await self.poll()
        await self._checks.all()

    async def poll(self) -> None:
        """Do what the scheduler has done every half minute."""
        await self._lease.look()
        await self.loop.put(Observed(observations=self._azure.polls(self._clock.now())))
        await self._checks.again()

    @property
    def over(self) -> bool:
        """Whether it does nothing more."""
        return self._task.done()

    def cut(self) -> None:
        """Cut the power."""
        self._task.cancel()

    async def end(self) -> None:
        """Let go of the files; raise what went wrong in the daemon."""
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
        self._stack.close()

    def _watch(self, _: State, decision: Decision, __: Event) -> None:
        self._transcript.notes(decision)

    async def _poll_afresh(self, regions: tuple[Region, ...]) -> None:
        self._transcript.line("polls", f"afresh: {', '.join(regions)}")
        await self._clock.pause(self.polls_take)
        await self.loop.put(Observed(observations=self._azure.polls(self._clock.now())))

    async def _check(self, group: str) -> None:
        await self._checks.of(group)
        await self._lease.look()
