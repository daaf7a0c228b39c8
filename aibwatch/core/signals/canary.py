"""Weigh the canary: a run of ours, with nothing of the customer's in it but an identity.

Rules: a failed one weighs much and a second one more; ambiguous ones half. A good one weighs against suspicion until
the next result, and for its respite it forbids any conviction; one that was started before the trouble began proves no
more than any old run. One that runs and has got past Building is proof of life, under the same condition. A broken one
says nothing, and says that it says nothing.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from aibwatch.core.canary import Canary, CanaryResult, CanaryRun
from aibwatch.core.canary_plan import respite_until
from aibwatch.core.evidence import Evidence, Kind
from aibwatch.core.model import FailureClass, template_name
from aibwatch.core.sentences import ago, clock, count, when

FIRST, SECOND = 4.5, 3.0
"""What the first and the second failed canary in a row weigh; more tell nothing new."""

AMBIGUOUS_SHARE = 0.5
WELL = -4.0
ALIVE = -1.5

FRESH = timedelta(minutes=60)
"""How long a result counts where no newer one came."""


def weigh(canary: Canary | None, asked_since: datetime | None, now: datetime) -> tuple[Evidence, ...]:
    """Return what the region's canary says; nothing where there is none.

    `asked_since` is when the trouble began as far as a canary can speak of it.
    """
    if canary is None:
        return ()
    running, result = _running(canary, asked_since, now), _result(canary, asked_since, now)
    broken = _broken(canary, now) if result is None else None
    if running and result and result.weight < 0:
        # A good result says more than being under way; both would make the end of a good canary raise the score.
        running = replace(running, weight=0.0)
    return tuple(evidence for evidence in (result, broken, running) if evidence)


def _result(canary: Canary, asked_since: datetime | None, now: datetime) -> Evidence | None:
    telling = canary.latest()
    until = respite_until(canary, now)
    if not telling or (now - telling[0].told_at(now) > FRESH and (until is None or now >= until)):
        return None
    if telling[0].result is CanaryResult.WELL:
        is_new = asked_since is None or telling[0].asked_at >= asked_since
        return _good(canary, telling[0], until, now) if is_new else _old(canary, telling[0], now)
    row = [run for run in _row(telling) if now - run.told_at(now) <= FRESH]
    return _bad(canary, row, now)


def _row(telling: tuple[CanaryRun, ...]) -> tuple[CanaryRun, ...]:
    good = next((i for i, run in enumerate(telling) if run.result is CanaryResult.WELL), len(telling))
    return telling[:good]


def _bad(canary: Canary, row: list[CanaryRun], now: datetime) -> Evidence:
    failures = sum(run.failures(now) for run in row)
    clear = row[0].diagnosis.cls is FailureClass.SERVICE
    weight = FIRST + (SECOND if failures > 1 else 0.0)
    times = "failed" if failures == 1 else f"failed {count(failures, 'time')} in a row"
    return Evidence(
        kind=Kind.CANARY,
        weight=weight if clear else weight * AMBIGUOUS_SHARE,
        witnesses=min(failures, 2),
        since=min(run.asked_at for run in row),
        last=max(run.told_at(now) for run in row),
        sentence=(
            f"{template_name(canary.template)} {times}, started {when(row[0].asked_at, now)}: "
            f"{row[0].diagnosis.summary}; it has no script and its own identity, so this is not your configuration"
        ),
        brief="1 canary failed" if failures == 1 else f"{failures} canaries failed",
    )


def _good(canary: Canary, run: CanaryRun, until: datetime | None, now: datetime) -> Evidence:
    ended = run.ended_at or run.asked_at
    return Evidence(
        kind=Kind.CANARY,
        weight=WELL,
        last=ended,
        sentence=f"{template_name(canary.template)} built an image, ended {ago(ended, now)}: the region can build",
        forbids=(
            f"a canary built well {ago(ended, now)}; until {clock(until)} only a newer one that fails can convict"
            if until is not None and now < until
            else ""
        ),
    )


def _old(canary: Canary, run: CanaryRun, now: datetime) -> Evidence:
    ended = run.ended_at or run.asked_at
    sentence = f"{template_name(canary.template)} built an image {ago(ended, now)}, but was started before the trouble"
    return Evidence(kind=Kind.CANARY, weight=0.0, last=ended, sentence=sentence)


def _running(canary: Canary, asked_since: datetime | None, now: datetime) -> Evidence | None:
    run = canary.last
    if run is None or not run.result.open or run.result is CanaryResult.STUCK:
        return None
    name = template_name(canary.template)
    is_new = asked_since is None or run.asked_at >= asked_since
    if run.result is CanaryResult.ALIVE and run.alive_at is not None and is_new:
        sentence = f"{name} got past Building {ago(run.alive_at, now)}: the service still makes build machines"
        return Evidence(kind=Kind.CANARY, weight=ALIVE, last=run.alive_at, sentence=sentence, awaited=True)
    result = "its result is awaited" if is_new else "that was before the trouble, so its result will not settle it"
    sentence = f"{name} was started {ago(run.asked_at, now)}; {result}"
    return Evidence(kind=Kind.CANARY, weight=0.0, last=run.asked_at, sentence=sentence, awaited=is_new)


def _broken(canary: Canary, now: datetime) -> Evidence | None:
    run = canary.last
    if run is None or not canary.broken:
        return None
    sentence = f"{template_name(canary.template)} is broken and proves nothing: {canary.broken}"
    return Evidence(kind=Kind.CANARY, weight=0.0, last=run.ended_at, sentence=sentence)
