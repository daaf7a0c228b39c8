"""Say whether canaries have proven that a region came back: good ones in a row, over a time, since a group left it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile

from aibwatch.core.canary.canary import Canary, CanaryResult
from aibwatch.core.policy import Policy
from aibwatch.core.sentences import count, span

GOOD_CANARIES = 3
"""In a row, before anybody goes back: a service that comes back often stumbles once more."""

PROOFS = 6
"""Times `recovery_min` that the recovery must have lasted: by default an hour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """What canaries say of a region that was left."""

    proven: bool
    why: str


def lasting(policy: Policy) -> timedelta:
    """Return how long a recovery must have lasted before anybody goes back."""
    return PROOFS * policy.recovery_min


def recovery_of(canary: Canary, left: datetime, policy: Policy) -> Recovery:
    """Return what the canary's runs since `left` prove."""
    good = takewhile(lambda run: run.result is CanaryResult.WELL, canary.latest())
    ends = [run.ended_at for run in good if run.ended_at is not None and run.asked_at > left]
    over = ends[0] - ends[-1] if ends else timedelta(0)
    proven = len(ends) >= GOOD_CANARIES and over >= lasting(policy)
    told = f"{count(len(ends), 'canary', 'canaries')} in a row built well in {canary.region} since it was left"
    told += f", over {span(over)}" if len(ends) > 1 else ""
    asked_for = f"; {GOOD_CANARIES} over {span(lasting(policy))} are asked for"
    return Recovery(proven=proven, why=told if proven else told + asked_for)
