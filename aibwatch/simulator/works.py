"""Remember what was begun and can be polled: creations, changes, removals and runs, each by its operation id.

Bounded: the oldest are forgotten first, as the service forgets them too. This module does not know when a run ends.
"""

from dataclasses import dataclass
from datetime import datetime

from aibwatch.simulator.template import Template

MAX_WORKS = 100_000
"""Remembered; a rehearsal of weeks begins fewer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Something under way that can be polled."""

    operation: str
    begun: datetime
    ended: datetime | None
    """None for a run: its end is computed."""
    template: Template
    """As it was when this began."""
    run: int | None = None
    """The number of the run; None for work on the template itself."""


class Works:
    """What was begun, by operation id."""

    def __init__(self) -> None:
        self._works: dict[str, Work] = {}
        self.begun = 0
        """How many there ever were."""

    def keep(self, work: Work) -> Work:
        """Remember a work and return it."""
        if len(self._works) >= MAX_WORKS:
            del self._works[next(iter(self._works))]
        self._works[work.operation] = work
        self.begun += 1
        return work

    def find(self, subscription: str, region: str, operation: str) -> Work | None:
        """Return a work as its poll URL names it, letter case aside; None for one nobody began there."""
        work = self._works.get(operation.lower())
        if work is None or work.template.region != region.lower():
            return None
        return work if work.template.key.subscription == subscription.lower() else None
