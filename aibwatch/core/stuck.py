"""Tell a run that is stuck from one that takes its time.

Rules: a run that is still there half an hour after its own time-out is the service's fault: it should have ended it.
A run that does not get past Building for three times as long as is usual for its template, and at least LEAST, cannot
be told from a slow one yet; it weighs as an ambiguous failure. Where nothing is known of the template, MOST counts.
A run that got past Building is left to its own time-out: how long a script may take is the customer's.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from aibwatch.core.canary.canary import PROGRESS
from aibwatch.core.habits import Habit
from aibwatch.core.model import Diagnosis, FailureClass, RunState
from aibwatch.core.observation import TemplateSeen
from aibwatch.core.sentences import span

DEFAULT_TIMEOUT = timedelta(minutes=240)
"""What the service takes for a buildTimeoutInMinutes of 0."""

MARGIN = timedelta(minutes=30)
TIMES = 3

PAST_TIMEOUT, IN_BUILDING = "stuck-past-timeout", "stuck-in-building"
RULES = frozenset({PAST_TIMEOUT, IN_BUILDING})
"""Rules by which a diagnosis says that a run is stuck and not ended."""

LEAST = timedelta(minutes=20)
MOST = timedelta(minutes=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stuck:
    """That a run is stuck."""

    since: datetime
    """When it had been there for too long."""
    diagnosis: Diagnosis


def stuck(seen: TemplateSeen, habit: Habit | None, now: datetime) -> Stuck | None:
    """Return why the template's run counts as stuck, or None if it does not."""
    run = seen.run
    if run is None or run.state not in {RunState.RUNNING, RunState.CANCELING}:
        return None
    timeout = timedelta(minutes=seen.build_timeout_minutes) or DEFAULT_TIMEOUT
    overdue = run.started + timeout + MARGIN
    word = "Canceling" if run.state is RunState.CANCELING else run.phase.capitalize()
    if now >= overdue:
        why = f"in {word} for {span(now - run.started)}, its time-out is {span(timeout)}"
        return _stuck(FailureClass.SERVICE, PAST_TIMEOUT, overdue, why)
    slow = run.started + building_limit(habit)
    if run.state is RunState.RUNNING and run.phase not in PROGRESS and now >= slow:
        usual = f"{span(habit.to_customizing)} is usual" if habit and habit.to_customizing else "no run takes as long"
        why = f"not past {word} after {span(now - run.started)}, {usual}"
        return _stuck(FailureClass.AMBIGUOUS, IN_BUILDING, slow, why)
    return None


def building_limit(habit: Habit | None) -> timedelta:
    """Return how long a run may take to get past Building before it counts as stuck. Measured from its start."""
    if habit is None or habit.to_customizing is None:
        return MOST
    return min(MOST, max(LEAST, TIMES * habit.to_customizing))


def _stuck(cls: FailureClass, rule: str, since: datetime, why: str) -> Stuck:
    return Stuck(since=since, diagnosis=Diagnosis(cls=cls, rule=rule, summary=why))
