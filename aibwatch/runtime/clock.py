"""Tell the time. The only module that may.

Rules: within a process time never jumps. `now` is the wall clock at the start plus what has passed since on a clock
that no one can set (and that goes on while the machine is suspended). When the host's wall clock is set, the two come
apart; `stepped` notices that, follows the wall clock from then on, and says by how much it jumped, because times of
before and after cannot be compared.
"""

import asyncio
import time
from datetime import UTC, datetime, timedelta

STEP = 5.0
"""Seconds of disagreement that count as a jump. Slewing by NTP stays far below: 0.5 ms a second at the most."""


class Clock:
    """Wall-clock time that does not jump by itself."""

    def __init__(self) -> None:
        self._anchor()

    def now(self) -> datetime:
        """Return the time, UTC."""
        return self._wall + timedelta(seconds=self.elapsed() - self._origin)

    def elapsed(self) -> float:
        """Return seconds since some moment in the past; only differences mean anything."""
        return time.clock_gettime(time.CLOCK_BOOTTIME)

    def stepped(self) -> float:
        """Return by how many seconds the host's clock jumped since the last call; 0.0 if it did not."""
        jump = (datetime.now(UTC) - self.now()).total_seconds()  # noqa: TID251  # this is where time is read
        if abs(jump) < STEP:
            return 0.0
        self._anchor()
        return jump

    async def pause(self, length: timedelta) -> None:
        """Wait. For pacing only: nothing here waits for something to have happened by waiting long enough."""
        await asyncio.sleep(max(0.0, length.total_seconds()))  # noqa: TID251  # the one pause

    def _anchor(self) -> None:
        self._wall = datetime.now(UTC)  # noqa: TID251  # this is where time is read
        self._origin = self.elapsed()
