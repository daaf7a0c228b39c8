"""Time of a story: an event loop in which hours pass in no time, and a clock that reads it.

While anything can run it runs, and no time passes; when all is quiet, time goes straight to the next moment at which
something wants to happen. So a handler's time-out of 15 minutes is played at its full length, and the same story always
gives the same text. There is no I/O in a story but the journal, which is written within the loop.
"""

import asyncio
import selectors
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from aibwatch.runtime.clock import Clock
from tests.core.builders import T0


class StoryLoop(asyncio.SelectorEventLoop):
    """An event loop whose time goes only where it has to."""

    def __init__(self) -> None:
        self._passed = 0.0
        self._awaited: list[asyncio.Future[None]] = []
        super().__init__(_Idle(self._idle))

    def time(self) -> float:
        """Return the seconds that have passed in the story."""
        return self._passed

    async def quiet(self) -> None:
        """Wait until nothing more can happen at this moment."""
        turn = self.create_future()
        self._awaited.append(turn)
        await turn

    def freeze(self, length: timedelta) -> None:
        """Let time pass without anything that was due in it; that is late now."""
        self._passed += length.total_seconds()

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:  # type: ignore[override]  # narrower
        """Run it in its turn, here: a thread would finish at another moment each time."""
        work = self.create_future()
        self.call_soon(_do, work, func, args)
        return work

    def _idle(self, seconds: float | None) -> None:
        if self._awaited:
            awaited, self._awaited = self._awaited, []
            for turn in awaited:
                turn.set_result(None)
        elif seconds is None:
            raise AssertionError("the story waits for what will never happen")
        else:
            self._passed += seconds


class _Idle(selectors.SelectSelector):
    """Tells how long the loop would wait, in the place of waiting."""

    def __init__(self, idle: Callable[[float | None], None]) -> None:
        super().__init__()
        self._idle = idle

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None or timeout > 0:
            self._idle(timeout)
        return []


def _do(work: asyncio.Future[Any], func: Callable[..., Any], args: tuple[Any, ...]) -> None:
    if work.cancelled():
        return  # the power was cut before its turn came
    try:
        work.set_result(func(*args))
    except Exception as error:  # noqa: BLE001  # as in a thread: it is for whoever waits
        work.set_exception(error)


class StoryClock(Clock):
    """The host's clock, which a story may set."""

    def __init__(self, loop: StoryLoop) -> None:
        self._loop, self._set_by = loop, timedelta(0)

    def now(self) -> datetime:
        return T0 + timedelta(seconds=self.elapsed()) + self._set_by

    def elapsed(self) -> float:
        return self._loop.time()

    def set(self, by: timedelta) -> None:
        self._set_by += by
