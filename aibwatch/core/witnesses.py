"""Say who would fail in a region if its service failed, and how long it takes until enough of them have.

Rules: what builds in a region is known from the habits of its templates. Templates that share something are one
witness, and its rate is the sum of theirs. Builds come at random (Poisson).
This module does not know how many have to fail.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from aibwatch.core.model import Region, TemplateId, template_name
from aibwatch.core.state import State
from aibwatch.core.votes import independent

LONGEST = timedelta(days=30)
"""What takes longer than this is as good as never."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Witnesses:
    """Who would fail in a region, and how often."""

    region: Region
    rates: tuple[float, ...]
    """Builds a second of each witness, the busiest first; those that are known to run."""
    unknown: tuple[str, ...]
    """Names of templates of which it is not known how often they run."""
    unknown_number: int
    """Witnesses of which nothing is known."""

    @property
    def every(self) -> timedelta:
        """Return the mean time from one build of the region to the next."""
        return timedelta(seconds=1 / sum(self.rates))


def witnesses_of(state: State, region: Region, own: TemplateId | None) -> Witnesses:
    """Return who would fail in the region; `own` is the canary's template, which is no witness."""
    here = [t for t in state.window.templates.values() if t.region == region and t.template != own]
    intervals = {t.template: h.interval for t in here if (h := state.habits.get(t.template))}
    groups = [[intervals.get(t.template) for t in witness] for witness in independent(here)]
    rates = [sum(1 / known.total_seconds() for known in group if known) for group in groups]
    return Witnesses(
        region=region,
        rates=tuple(sorted((rate for rate in rates if rate), reverse=True)),
        unknown=tuple(sorted(template_name(t.template) for t in here if not intervals.get(t.template))),
        unknown_number=sum(not rate for rate in rates),
    )


def time_to_fail(rates: Sequence[float], number: int, window: timedelta) -> timedelta | None:
    """Return the mean time until so many witnesses have failed within the window of each other; None if never.

    `rates` are builds a second, the busiest first. See the model at the top.
    """
    if len(rates) < number:
        return None
    seconds = window.total_seconds()
    if number == 1:
        return _within_reason(1 / sum(rates))
    if seconds <= 0:
        return None
    follow = _at_least(number - 1, [1 - math.exp(-rate * seconds) for rate in rates[1:]])
    if follow <= 0:
        return None
    return _within_reason((1 / sum(rates) + (1 - follow) * seconds) / follow + seconds * (number - 1) / number)


def _within_reason(seconds: float) -> timedelta | None:
    return timedelta(seconds=seconds) if seconds <= LONGEST.total_seconds() else None


def _at_least(number: int, chances: Sequence[float]) -> float:
    """Return the chance that at least so many of independent things happen."""
    exactly = [1.0] + [0.0] * (number - 1)
    for chance in chances:
        for hits in range(number - 1, -1, -1):
            exactly[hits] = exactly[hits] * (1 - chance) + (exactly[hits - 1] * chance if hits else 0.0)
    return 1 - sum(exactly)
