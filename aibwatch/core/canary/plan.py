"""Say when a canary is due: on suspicion, to prove a recovery, and now and then to see that it still works.

Rules: never two at a time, never more in a day than the operator allows. After a failed one the next follows soon,
because two failed canaries convict; when two have failed, less often, to see whether it goes on. After a good one
nothing more is asked for a while, twice as long after each further good one, unless something failed since it ended,
or it was started before the trouble began: new trouble deserves a new look. A canary that is broken is tried again as
seldom as after a good one.

Two settings give the pace: how soon the next one follows a failed one, and the respite after a good one. Every other
wait is a multiple of one of them, so that a rehearsal in seconds keeps the proportions of production.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from aibwatch.core.canary.canary import Canary, CanaryResult
from aibwatch.core.policy import CanarySpec

BETWEEN = 0.2
"""From the end of a failed canary to the next, in shares of `retry_after` (by default a minute): a build that took its
time to fail needs no further wait."""

STILL = 2
"""Times `retry_after` from start to start once two have failed: by default as long as a failure counts as "still
failing"."""

LONG = 6
"""The same once MANY have failed in a row (by default half an hour): nobody doubts it any more, it only must not miss
the recovery."""

MANY = 6

LONGEST_RESPITE = 12
"""Times the respite; by default four hours. It doubles with each good canary up to there."""

MEMORY = timedelta(hours=6)
"""How far back rows of like results are counted: last week's routine says nothing of tonight."""

DAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """The trouble that a canary is asked about."""

    since: datetime
    """When it began."""
    onset: datetime
    """When something last began to fail in it."""


def due(canary: Canary, spec: CanarySpec, trouble: Trouble | None, now: datetime, *, returning: bool = False) -> str:
    """Return what a canary is due for at this moment; empty if none is. Without trouble only the routine is.

    `returning` says that a group which left the region waits for proof that it may go back.
    """
    if canary.unusable or (canary.last is not None and canary.last.result.open):
        return ""
    if trouble is not None:
        waits_until = _waits_until(canary, spec, trouble, now)
        return "suspicion" if waits_until is None or now >= waits_until else ""
    if returning and (canary.last is None or now - (canary.last.ended_at or canary.last.asked_at) >= spec.respite):
        return "recovery"
    routine = spec.routine is not None and (canary.last is None or now - canary.last.asked_at >= spec.routine)
    return "routine" if routine else ""


def due_at(canary: Canary, spec: CanarySpec, trouble: Trouble, now: datetime) -> datetime | None:
    """Return when the next canary of this trouble is due, at the earliest now; None while one is under way."""
    if canary.last is not None and canary.last.result.open:
        return None
    today = sorted(run.asked_at for run in canary.runs if now - run.asked_at < DAY)
    allowed = today[len(today) - spec.max_per_day] + DAY if len(today) >= spec.max_per_day else now
    return max(now, allowed, _waits_until(canary, spec, trouble, now) or now)


def unusable(canary: Canary, spec: CanarySpec, now: datetime, *, listed: bool) -> str:
    """Return why the canary cannot be asked at the moment; empty if it can."""
    if not listed:
        return "Azure does not list it, or no list was read since the start"
    used = spent(canary, now)
    return f"{used} of {spec.max_per_day} runs in 24 h are used up" if used >= spec.max_per_day else ""


def spent(canary: Canary, now: datetime) -> int:
    """Return how many runs were asked for in the last 24 hours."""
    return sum(now - run.asked_at < DAY for run in canary.runs)


def respite_until(canary: Canary, now: datetime) -> datetime | None:
    """Return until when a good canary answers for the region; None if the latest result was not a good one."""
    telling = canary.latest()
    if not telling or telling[0].result is not CanaryResult.WELL or telling[0].ended_at is None:
        return None
    return telling[0].ended_at + _respite(canary, CanaryResult.WELL, now)


def _waits_until(canary: Canary, spec: CanarySpec, trouble: Trouble, now: datetime) -> datetime | None:
    last = canary.last
    if last is None:
        return None
    ended, again = last.ended_at or last.asked_at, spec.retry_after
    match last.result:
        case CanaryResult.FAILED:
            pace = again * _slower(_row(canary, CanaryResult.FAILED, now))
            return max(last.asked_at + pace, ended + again * BETWEEN)
        case CanaryResult.WELL if last.asked_at < trouble.since:
            return ended + again * BETWEEN
        case CanaryResult.WELL if trouble.onset > ended:
            return ended + again
        case CanaryResult.LOST:
            return ended + again
        case result:
            return ended + _respite(canary, result, now)


def _slower(failed: int) -> int:
    """Return how many times `retry_after` it is from one start to the next."""
    if failed < 2:
        return 1
    return STILL if failed < MANY else LONG


def _respite(canary: Canary, result: CanaryResult, now: datetime) -> timedelta:
    times = _row(canary, result, now)
    return canary.respite * min(LONGEST_RESPITE, 2.0 ** min(times - 1, 10))


def _row(canary: Canary, result: CanaryResult, now: datetime) -> int:
    """Return how many runs in a row, counted back from the latest and not older than MEMORY, ended so."""
    number = 0
    for run in reversed(canary.runs):
        if run.result is not result or now - run.asked_at > MEMORY:
            break
        number += 1
    return number
