"""Weigh the canary: a run of ours, with nothing of the customer's in it but an identity.

Rules: a failed one weighs much and a second one more; ambiguous ones half. A good one weighs against suspicion until
the next result, and for its respite it forbids any conviction; one that was started before the trouble began proves no
more than any old run. One that runs and has got past Building is proof of life, under the same condition. A broken one
says nothing, and says that it says nothing. A request is awaited, unless the one before it got no answer either.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from aibwatch.core.canary.canary import Canary, CanaryResult, CanaryRun
from aibwatch.core.canary.plan import respite_until
from aibwatch.core.evidence import Evidence, Kind, Standing
from aibwatch.core.model import FailureClass, template_name
from aibwatch.core.sentences import ago, clock, count, when

FIRST, SECOND = 4.5, 3.0
"""What the first and the second failed canary in a row weigh; more tell nothing new."""

AMBIGUOUS_SHARE = 0.5
WELL = -4.0
ALIVE = -1.5

MOMENT = timedelta(minutes=5)
"""A canary that failed within this was refused, or died at once: it tells of a moment, and moments pass."""

FRESH = timedelta(minutes=60)
"""How long a result counts where no newer one came."""


def weigh(
    canary: Canary | None, *, trouble_since: datetime | None, reads_since: datetime | None, now: datetime
) -> tuple[Evidence, ...]:
    """Return what the region's canary says; nothing where there is none.

    `reads_since` is when reads began to fail, None while they do not.
    """
    if canary is None:
        return ()
    since = max((at for at in (trouble_since, reads_since) if at is not None), default=None)
    result = _result(canary, since, now)
    running = _running(canary, since, reads_since, now)
    if running and result and result.weight < 0:
        # A good result says more than being under way; both would make the end of a good canary raise the score.
        running = replace(running, weight=0.0)
    idle = _idle(canary, now) if result is None and running is None else None
    return tuple(evidence for evidence in (result, running, idle) if evidence)


def _result(canary: Canary, since: datetime | None, now: datetime) -> Evidence | None:
    telling = canary.latest()
    until = respite_until(canary, now)
    if not telling or (now - telling[0].told_at(now) > FRESH and (until is None or now >= until)):
        return None
    if telling[0].result is CanaryResult.WELL:
        is_new = since is None or telling[0].asked_at >= since
        return _good(canary, telling[0], until, now) if is_new else _old(canary, telling[0], now)
    row = [run for run in canary.row() if now - run.told_at(now) <= FRESH]
    return _bad(canary, row, now)


def _bad(canary: Canary, row: list[CanaryRun], now: datetime) -> Evidence:
    failures = sum(run.failures(now) for run in row)
    clear = row[0].diagnosis.cls is FailureClass.SERVICE
    weight = FIRST + (SECOND if failures > 1 else 0.0)
    said = row[0].diagnosis.summary.rstrip(".")
    times = "failed" if failures == 1 else f"failed {count(failures, 'time')} in a row"
    return Evidence(
        kind=Kind.CANARY,
        weight=weight if clear else weight * AMBIGUOUS_SHARE,
        witnesses=min(failures, 2),
        since=min(run.asked_at for run in row),
        last=max(run.told_at(now) for run in row),
        momentary=failures == 1 and row[0].told_at(now) - row[0].asked_at < MOMENT,
        sentence=(
            f"{template_name(canary.template)}, with no script of yours in it, {times}, started "
            f"{when(row[0].asked_at, now)}: {said}{'' if clear else '; its own identity may be the cause as well'}"
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


def _running(canary: Canary, since: datetime | None, reads_since: datetime | None, now: datetime) -> Evidence | None:
    run = canary.last
    if run is None or not run.result.open or run.result is CanaryResult.STUCK:
        return None
    name = template_name(canary.template)
    if _unheard(canary, now):
        sentence = f"{name} was asked for {ago(run.asked_at, now)}; the request before it got no answer either"
        return Evidence(kind=Kind.CANARY, weight=0.0, last=run.asked_at, sentence=sentence)
    if reads_since is not None and run.asked_at < reads_since:
        sentence = f"{name} was started {ago(run.asked_at, now)}, before reads began to fail: it will not settle this"
        return Evidence(kind=Kind.CANARY, weight=0.0, last=run.asked_at, sentence=sentence, standing=Standing.OUTRUN)
    if run.result is CanaryResult.ALIVE and run.alive_at is not None and (since is None or run.asked_at >= since):
        sentence = f"{name} got past Building {ago(run.alive_at, now)}: the service still makes build machines"
        return Evidence(kind=Kind.CANARY, weight=ALIVE, last=run.alive_at, sentence=sentence, standing=Standing.AWAITED)
    sentence = f"{name} was started {ago(run.asked_at, now)}; its result is awaited"
    return Evidence(kind=Kind.CANARY, weight=0.0, last=run.asked_at, sentence=sentence, standing=Standing.AWAITED)


def _unheard(canary: Canary, now: datetime) -> bool:
    """Return whether the open request is the second in a row that nobody answers.

    It is not worth waiting for: where requests time out, each new one would put off the conviction once more.
    """
    if len(canary.runs) < 2 or canary.runs[-1].result is not CanaryResult.ASKED:
        return False
    before = canary.runs[-2]
    return before.result is CanaryResult.LOST and before.started is None and now - before.asked_at < FRESH


def _idle(canary: Canary, now: datetime) -> Evidence | None:
    """Return that the canary can be asked, or why it is of no use at the moment."""
    run, name = canary.last, template_name(canary.template)
    if run is not None and canary.broken:
        sentence = f"{name} is broken and proves nothing: {canary.broken}"
        return Evidence(kind=Kind.CANARY, weight=0.0, last=run.ended_at, sentence=sentence)
    if run is not None and run.result is CanaryResult.LOST and now - run.asked_at < FRESH:
        sentence = f"{name} was lost {ago(run.ended_at or run.asked_at, now)}, so it proves nothing"
        return Evidence(kind=Kind.CANARY, weight=0.0, last=run.ended_at, sentence=sentence)
    if canary.unusable:
        return Evidence(kind=Kind.CANARY, weight=0.0, sentence=f"{name} cannot be asked: {canary.unusable}")
    return Evidence(kind=Kind.CANARY, weight=0.0, sentence=f"{name} can be asked", standing=Standing.AWAITED)
