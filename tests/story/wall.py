"""Set the wall clock of one process, as somebody with rights or a broken time server would set the host's.

Only what the process is told of the wall clock changes. Clocks that nobody can set go on as they are.
"""

from datetime import datetime, timedelta, tzinfo

import apscheduler.schedulers.base
import apscheduler.triggers.interval

import aibwatch.runtime.clock

_WALL = datetime


class Wall(_WALL):
    """The time of a wall clock that was set."""

    offset = timedelta(0)

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]  # plain times, as all else has them
        return _WALL.now(tz) + cls.offset  # this is the wall clock


def hang_up() -> None:
    """Let everything in this process that reads the wall clock read this one."""
    aibwatch.runtime.clock.datetime = Wall  # type: ignore[attr-defined]  # the only module of ours that reads it
    apscheduler.schedulers.base.datetime = Wall
    apscheduler.triggers.interval.datetime = Wall


def turn(seconds: float) -> None:
    """Set it forward, or back."""
    Wall.offset += timedelta(seconds=seconds)
