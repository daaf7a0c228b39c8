"""Remember what is usual for a template: how often it runs, and how long its runs take to get past Building.

Rules: only what was seen from the beginning counts (a run that was first seen far along says nothing of its pace). The
pace is the slowest seen, forgotten slowly, because it is a limit; the interval is a running mean.
This module does not know what follows from a run that takes longer.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from aibwatch.core.canary.canary import PROGRESS
from aibwatch.core.model import RunState, TemplateId
from aibwatch.core.observation import Observation, TemplateGone, TemplateSeen

FORGET = 0.9
"""What is left of the slowest pace with each faster run: after 20 runs an odd one has lost most of its say."""

NEW_SHARE = 0.5
"""What the newest interval counts in the mean: schedules are changed at once, not gradually."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """What is usual for one template."""

    started: datetime
    """Start of its last known run."""
    interval: timedelta | None = None
    """Mean time from one run to the next; None until two runs were seen."""
    to_customizing: timedelta | None = None
    """About the longest that its runs take from their start to Customizing; None until one was seen to get there."""
    building: bool = False
    """Whether the last run was seen before Customizing, so that its getting there can be measured."""


def learn(
    habits: Mapping[TemplateId, Habit], facts: Iterable[Observation], known: Mapping[TemplateId, TemplateSeen]
) -> Mapping[TemplateId, Habit]:
    """Return the habits with what the facts tell, in whatever order they came: the same mapping if they tell nothing.

    A sight older than the known one tells nothing. What is gone is forgotten: some make a template for each build.
    """
    changed: dict[TemplateId, Habit | None] = {}
    dated = [fact for fact in facts if isinstance(fact, TemplateSeen | TemplateGone)]
    for fact in sorted(dated, key=lambda fact: (fact.at, repr(fact))):
        seen = known.get(fact.template)
        if seen is None or fact.at >= seen.at:
            before = changed[fact.template] if fact.template in changed else habits.get(fact.template)
            after = _learn(before, fact) if isinstance(fact, TemplateSeen) else None
            if after != before:
                changed[fact.template] = after
    if not changed:
        return habits
    return {template: habit for template, habit in {**habits, **changed}.items() if habit is not None}


def _learn(known: Habit | None, seen: TemplateSeen) -> Habit | None:
    if seen.run is None:
        return known
    if known is None:
        learned = Habit(started=seen.run.started)
    elif seen.run.started > known.started:
        learned = replace(known, started=seen.run.started, interval=_mean(known, seen.run.started), building=False)
    else:
        learned = known
    if seen.run.started == learned.started and seen.run.state is RunState.RUNNING:
        learned = _paced(learned, seen)
    return learned


def _mean(known: Habit, started: datetime) -> timedelta:
    newest = started - known.started
    return newest if known.interval is None else known.interval * (1 - NEW_SHARE) + newest * NEW_SHARE


def _paced(known: Habit, seen: TemplateSeen) -> Habit:
    if seen.run is None or seen.run.phase not in PROGRESS:
        return replace(known, building=True)
    if not known.building:
        return known
    took = seen.at - seen.run.started
    slowest = max(took, known.to_customizing * FORGET) if known.to_customizing else took
    return replace(known, to_customizing=slowest, building=False)
