"""Time as a variable for tests of the shell: it stands still until somebody pauses or moves it."""

import asyncio
from datetime import UTC, datetime, timedelta

from aibwatch.runtime.clock import Clock

BEGUN = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


class FakeClock(Clock):
    """A clock whose pauses end at once and move its time by their length; or wait to be let go, if `held`."""

    def __init__(self) -> None:
        self.time = BEGUN
        self.pauses: list[float] = []
        self._going = asyncio.Event()
        self._going.set()

    def hold(self) -> None:
        """Let pauses last until `let_go`."""
        self._going.clear()

    def let_go(self) -> None:
        self._going.set()

    def now(self) -> datetime:
        return self.time

    def elapsed(self) -> float:
        return (self.time - BEGUN).total_seconds()

    def stepped(self) -> float:
        return 0.0

    async def pause(self, length: timedelta) -> None:
        self.pauses.append(length.total_seconds())
        await self._going.wait()
        self.time += length
        await others_first()


async def others_first() -> None:
    """Let everything run that could run now."""
    loop = asyncio.get_running_loop()
    turn = loop.create_future()
    loop.call_soon(turn.set_result, None)
    await turn
