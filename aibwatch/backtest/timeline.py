"""Answer for a world at a minute: what a poll, a read, a list or a canary would meet.

This module knows what is so, and when; it does not know what is asked, nor what anybody concludes.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from aibwatch.backtest.world import (
    Answered,
    CanaryEnds,
    Elsewhere,
    EventActive,
    GateClosed,
    Happens,
    PeerSays,
    Readiness,
    World,
)
from aibwatch.core.model import FailureClass
from aibwatch.core.readiness.finding import Ready
from aibwatch.core.stuck import DEFAULT_TIMEOUT, MARGIN

CUSTOMIZING_AFTER, WELL_AFTER = 6.0, 22.0
"""Minutes from the start of a canary that meets no condition."""

OVERDUE_AFTER = (DEFAULT_TIMEOUT + MARGIN) / timedelta(minutes=1)
"""Minutes from the start of a run until it should have been ended by the service."""

C = TypeVar("C", Answered, CanaryEnds, EventActive, Elsewhere, PeerSays, Readiness, GateClosed, Happens)


@dataclass(frozen=True, slots=True, kw_only=True)
class CanaryFate:
    """How a canary that was started at some minute goes on."""

    cls: FailureClass
    alive: float
    """Minutes from its start until it is in Customizing; infinity if it never gets there."""
    ends: float
    """Minutes from its start until it ends."""


class Timeline:
    """One world, asked by the minute."""

    def __init__(self, world: World, *, canary_stretch: float = 1.0) -> None:
        self.world = world
        self._stretch = canary_stretch

    def answer(self, what: str, minute: float) -> FailureClass:
        """Return how a read of the primary region ("read_probe"), of the secondary or of a control is answered."""
        return next((c.answer for c in self.all(Answered) if c.what == what and c.at(minute)), FailureClass.OK)

    def others(self, minute: float) -> tuple[int, FailureClass]:
        """Return how many other regions show trouble, and how a read of them is answered."""
        return next(((c.regions, c.answer) for c in self.all(Elsewhere) if c.at(minute)), (0, FailureClass.OK))

    def most_others(self) -> int:
        """Return how many other regions the world has at all."""
        return max((c.regions for c in self.all(Elsewhere)), default=0)

    def readiness(self, minute: float) -> Ready:
        """Return what a readiness check of the secondary says."""
        return next((c.answer for c in self.all(Readiness) if c.at(minute)), Ready.READY)

    def happens(self, what: str, minute: float) -> bool:
        """Return whether maintenance, clock trouble or a freeze is going on."""
        return any(c.what == what and c.at(minute) for c in self.all(Happens))

    def fate(self, minute: float) -> CanaryFate:
        """Return how a canary that is started at this minute goes on."""
        met = next((c for c in self.all(CanaryEnds) if c.at(minute)), None)
        if met is None:
            well = CanaryFate(cls=FailureClass.OK, alive=CUSTOMIZING_AFTER, ends=WELL_AFTER)
        else:
            alive = met.takes_minutes * CUSTOMIZING_AFTER / WELL_AFTER if met.answer is FailureClass.OK else math.inf
            well = CanaryFate(cls=met.answer, alive=alive, ends=met.takes_minutes)
        return CanaryFate(cls=well.cls, alive=well.alive * self._stretch, ends=well.ends * self._stretch)

    def all(self, kind: type[C]) -> Iterator[C]:
        """Return the conditions of a kind, in the order of the file."""
        return (condition for condition in self.world.conditions if isinstance(condition, kind))

    def turns(self) -> tuple[float, ...]:
        """Return every minute at which something begins or ends by itself, in order."""
        minutes = {edge for c in self.world.conditions for edge in (c.begin, c.end) if math.isfinite(edge)}
        for run in self.world.runs:
            begun = () if run.started is None else (0.0, CUSTOMIZING_AFTER, OVERDUE_AFTER)
            minutes |= {run.ended, *(run.started + later for later in begun if run.started is not None)}
        return tuple(sorted(minutes))
