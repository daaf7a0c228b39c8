"""Do one thing again and again, at its interval, until cancelled.

Rules: it is never done twice side by side; what took longer than its interval is done again at once, and what was
missed is not made up for. Only time that no one can set is used: schedulers of libraries ask the wall clock when the
next time is, and when that was set back by three hours, nothing was polled for three hours.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog

from aibwatch.runtime.clock import Clock

log = structlog.get_logger(__name__)


class Round:
    """One thing that is done again and again."""

    def __init__(
        self, name: str, work: Callable[[], Awaitable[None]], every: timedelta, clock: Clock, *, jitter: float = 0.0
    ) -> None:
        """Make it, not begun; `jitter` is the share of the interval by which each may come earlier or later."""
        self.name, self.every = name, every
        self._work, self._clock, self._jitter = work, clock, jitter
        self._due_at = clock.elapsed() + self._length()
        self._changed = asyncio.Event()

    def pace(self, every: timedelta, *, at_once: bool = False) -> None:
        """Do it at this interval from now on, the first time after one; or now."""
        self.every = every
        self._due_at = self._clock.elapsed() + (0.0 if at_once else self._length())
        self._changed.set()

    @property
    def is_due(self) -> bool:
        """Whether it is done as soon as there is a turn for it."""
        return self._due_at <= self._clock.elapsed()

    async def run(self) -> None:
        """Go on until cancelled."""
        while True:
            await self._due()
            began = self._clock.elapsed()
            self._due_at = began + self._length()
            try:
                await self._work()
            except Exception:
                # The outermost edge of a round: a fault of ours must not be the last time.
                log.exception("a round broke; this is a fault of aibwatch", round=self.name)

    async def _due(self) -> None:
        while (left := self._due_at - self._clock.elapsed()) > 0:
            self._changed.clear()
            try:
                async with asyncio.timeout(left):
                    await self._changed.wait()
            except TimeoutError:
                continue

    def _length(self) -> float:
        seconds = self.every.total_seconds()
        return seconds * (1 + random.uniform(-self._jitter, self._jitter))  # noqa: S311  # chance, no secret
