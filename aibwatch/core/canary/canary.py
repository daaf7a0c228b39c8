"""Keep the canary of a region: a minimal template of the operator's, run to tell the service's fault from a customer's.

Rules: what the service does to a canary speaks of the service; what our own identity, quota or definition does to it
speaks of nothing, and the canary is called broken. One run at a time. A run is known by another start than the one
read before it was asked for, which needs no clock of ours.

Note [A 5xx to the request is a failed canary at once]: whether the run began all the same is not known, and does not
matter: the service failed to take it. If it did begin, the next request meets it as one that is running already. What
leaves open whether a run was taken is a request without an answer, and a refusal of which it is not sure that it was
one; after LOST_AFTER without a run the first is lost, and the second stands.

Note [A canary that never gets a build VM]: a service that accepts runs and leaves them in Queued gives no error to
read. A canary that has not come to Customizing after STUCK_AFTER counts as failed, and as failed once more after twice
as long. It is not cancelled and run anew: the service runs one build of a template at a time, and what is stuck often
cannot be cancelled either.

This module does not know what a canary's result weighs; that is for signals/canary.py. When the next one is due is
core/canary_plan.py's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import takewhile

from aibwatch.core.events import CanaryAnswered, Event
from aibwatch.core.model import WELL, Diagnosis, FailureClass, Region, Run, RunPhase, RunState, TemplateId
from aibwatch.core.observation import TemplateSeen

PROGRESS = frozenset({RunPhase.CUSTOMIZING, RunPhase.OPTIMIZING, RunPhase.VALIDATING, RunPhase.DISTRIBUTING})
"""Phases that a run reaches only after the service has made and reached a build VM."""

SERVICE_MADE = frozenset({FailureClass.SERVICE, FailureClass.AMBIGUOUS})
"""Failures of a canary that speak of the service. It has no script, and nothing of the customer's but its identity."""

NO_WORD = frozenset({FailureClass.NETWORK, FailureClass.THROTTLED})
"""Answers to the request for a run that leave open whether it was taken."""

STUCK_AFTER = timedelta(minutes=25)
"""From a canary's start to Customizing. Six minutes are usual; see Note [A canary that never gets a build VM]. One that
was taken and does not show for so long is lost: as long as it is awaited, nothing else is asked."""

LOST_AFTER = timedelta(minutes=3)
"""How long a run that was asked for may take to show. Accepted runs showed within 3 s in every recording."""

ENDLESS = timedelta(hours=5)
"""A canary that has not ended after so long is forgotten: builds end after four hours by default, and one that hangs on
says nothing of how the region is now."""

SLEW = timedelta(minutes=1)
"""Clocks are put right by less than this now and then; only what is dated further ahead is of another time."""

KEPT = 300
"""Runs remembered of one canary: more than the largest limit of a day, which counts them."""


class CanaryResult(StrEnum):
    """What became of one run of a canary."""

    ASKED = "asked"
    """Asked for; whether the service took it is not known yet."""
    RUNNING = "running"
    ALIVE = "alive"
    """Running, and past Building: the service made a build VM and reached it."""
    STUCK = "stuck"
    """Running, and for too long not past Building."""
    WELL = "well"
    FAILED = "failed"
    """Failed by the service's fault, or in a way that cannot be told from it."""
    BROKEN = "broken"
    """Failed for a reason of its own: identity, quota, definition."""
    LOST = "lost"
    """Nothing can be said: cancelled, never seen, or the answer to the request got lost."""

    @property
    def open(self) -> bool:
        """Whether more may come of this run."""
        return self in {CanaryResult.ASKED, CanaryResult.RUNNING, CanaryResult.ALIVE, CanaryResult.STUCK}


AGAINST = frozenset({CanaryResult.FAILED, CanaryResult.STUCK})
"""Results that speak against the region."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CanaryRun:
    """One run of a canary."""

    asked_at: datetime
    """By our clock; identifies the run among those of its canary. Of a run that was under way already, its start."""
    why: str
    """What it was started for."""
    run_before: datetime | None
    """Start of the template's last run if that had ended when this one was asked for: a run with another start is this
    one. None if there was none, or if one was under way: that one then tells as much as ours."""
    result: CanaryResult = CanaryResult.ASKED
    started: datetime | None = None
    """Start by the service's clock."""
    alive_at: datetime | None = None
    """When it was first seen past Building."""
    ended_at: datetime | None = None
    diagnosis: Diagnosis = WELL

    def failures(self, now: datetime) -> int:
        """Return how many failed canaries this run stands for: 0, 1, or 2 for one that is stuck twice too long."""
        if self.result is CanaryResult.FAILED:
            return 1
        if self.result is not CanaryResult.STUCK:
            return 0
        return 2 if now - (self.started or self.asked_at) >= 2 * STUCK_AFTER else 1

    def told_at(self, now: datetime) -> datetime:
        """Return when its present result was last true: now while it is stuck, else its end."""
        return now if self.result is CanaryResult.STUCK else (self.ended_at or self.alive_at or self.asked_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Canary:
    """The canary of one region and its runs, oldest first."""

    region: Region
    template: TemplateId
    respite: timedelta = timedelta(minutes=20)
    """As configured: the signal that weighs the canary has to know it too."""
    runs: tuple[CanaryRun, ...] = ()
    unusable: str = ""
    """Why it cannot be asked at the moment although it is not broken: not listed, or the day's runs are used up."""
    asked: int = 0
    """Runs that were ever asked for."""
    failed: int = 0
    """Runs that failed or were stuck, each once. Those that tell of nothing but the canary itself are not counted."""

    def until(self, now: datetime) -> "Canary":
        """Return the canary without results dated later than now.

        They were written before the clock was set back, and would count for as long as it was set back by.
        """
        runs = tuple(run if run.asked_at - now <= SLEW else _undated(run, now) for run in self.runs)
        return self if runs == self.runs else replace(self, runs=runs)

    @property
    def last(self) -> CanaryRun | None:
        """Return the latest run, open or ended; None if it was never run by us."""
        return self.runs[-1] if self.runs else None

    @property
    def broken(self) -> str:
        """Return why the canary is of no use at the moment; empty if it is of use."""
        last = self.last
        return last.diagnosis.summary if last and last.result is CanaryResult.BROKEN else ""

    def latest(self) -> tuple[CanaryRun, ...]:
        """Return the runs that say something of the service, the latest first."""
        telling = (CanaryResult.WELL, CanaryResult.FAILED, CanaryResult.STUCK)
        return tuple(run for run in reversed(self.runs) if run.result in telling)

    def row(self) -> tuple[CanaryRun, ...]:
        """Return the runs that speak against the region since the last good one, the latest first."""
        return tuple(takewhile(lambda run: run.result in AGAINST, self.latest()))


def ask(canary: Canary, why: str, seen: TemplateSeen | None, now: datetime) -> Canary:
    """Return the canary with one more run asked for."""
    before = seen.run.started if seen and seen.run and seen.run.state.ended else None
    run = CanaryRun(asked_at=now, why=why, run_before=before)
    return replace(canary, runs=(*canary.runs, run)[-KEPT:], asked=canary.asked + 1)


def follow(canary: Canary, event: Event, seen: Mapping[TemplateId, TemplateSeen], now: datetime) -> Canary:
    """Return the canary with what the event and the latest sight of its template say of its open run."""
    run = canary.last
    if run is not None and run.result is CanaryResult.BROKEN:
        return _mended(canary, run, seen.get(canary.template), now)
    if run is None or not run.result.open:
        return canary
    template = seen.get(canary.template)
    shown = template.run if template else None
    if isinstance(event, CanaryAnswered) and (event.region, event.asked_at) == (canary.region, run.asked_at):
        run = _answered(run, event, shown, now)
    if run.result.open:
        run = _watched(run, shown, now)
    if run == canary.last:
        return canary
    failed = run.result in AGAINST and canary.runs[-1].result not in AGAINST
    return replace(canary, runs=(*canary.runs[:-1], run), failed=canary.failed + failed)


def _mended(canary: Canary, broken: CanaryRun, template: TemplateSeen | None, now: datetime) -> Canary:
    """Return the canary with the run by which somebody saw that it is repaired: the routine may be a week away.

    Here two clocks are compared, ours and the service's. Repairs take longer than clocks differ.
    """
    seen = template.run if template else None
    if seen is None or seen.started in {broken.started, broken.run_before} or not seen.state.built:
        return canary
    if seen.started <= broken.asked_at:
        return canary
    run = CanaryRun(
        asked_at=min(now, seen.started), why="by somebody else", run_before=broken.started, started=seen.started
    )
    return replace(canary, runs=(*canary.runs, _ended(run, seen, now))[-KEPT:])


def _undated(run: CanaryRun, now: datetime) -> CanaryRun:
    return replace(run, asked_at=now, alive_at=None, ended_at=now, result=CanaryResult.LOST, diagnosis=WELL)


def _answered(run: CanaryRun, answer: CanaryAnswered, shown: Run | None, now: datetime) -> CanaryRun:
    if run.started is not None:
        return run  # it shows already, whatever is said of the request
    match answer.diagnosis.cls:
        case FailureClass.OK:
            return replace(run, result=CanaryResult.RUNNING)
        case cls if cls in SERVICE_MADE:
            # Whether the run began all the same is not known of a 5xx, and does not matter: the service failed to take
            # it. If it did begin, the next request meets it as one that is running already.
            return replace(run, result=CanaryResult.FAILED, ended_at=now, diagnosis=answer.diagnosis)
        case FailureClass.EXPECTED if shown is not None and not shown.state.ended:
            # Somebody else's run of the same template tells as much as ours, for the time since it was started.
            asked_at = min(run.asked_at, shown.started)
            return replace(run, result=CanaryResult.RUNNING, run_before=None, asked_at=asked_at)
        case cls if cls in NO_WORD or cls is FailureClass.EXPECTED:
            return run
        case _:
            known = replace(run, diagnosis=answer.diagnosis)
            return known if answer.uncertain else _refused(known, now)


def _watched(run: CanaryRun, seen: Run | None, now: datetime) -> CanaryRun:
    if seen is None or seen.started == run.run_before:
        return _unseen(run, now)
    known = replace(run, started=seen.started, result=CanaryResult.RUNNING, diagnosis=WELL)
    if seen.state.ended:
        return _ended(known, seen, now)
    if now - run.asked_at >= ENDLESS:
        return replace(known, result=CanaryResult.LOST, ended_at=now)
    if seen.phase in PROGRESS:
        return replace(known, result=CanaryResult.ALIVE, alive_at=run.alive_at or now)
    if now - max(run.asked_at, seen.started) >= STUCK_AFTER:
        return replace(known, result=CanaryResult.STUCK, diagnosis=_stuck(seen))
    return known


def _unseen(run: CanaryRun, now: datetime) -> CanaryRun:
    limit = LOST_AFTER if run.result is CanaryResult.ASKED else STUCK_AFTER if run.started is None else ENDLESS
    if now - run.asked_at < limit:
        return run
    if run.result is CanaryResult.ASKED and run.diagnosis.cls is not FailureClass.OK:
        return _refused(run, now)
    return replace(run, result=CanaryResult.LOST, ended_at=now)


def _refused(run: CanaryRun, now: datetime) -> CanaryRun:
    made = run.diagnosis.cls in SERVICE_MADE
    return replace(run, result=CanaryResult.FAILED if made else CanaryResult.BROKEN, ended_at=now)


def _ended(run: CanaryRun, seen: Run, now: datetime) -> CanaryRun:
    ended = replace(run, ended_at=min(now, max(seen.ended or now, run.asked_at)), diagnosis=seen.diagnosis)
    match seen.state:
        case state if state.built:
            return replace(ended, result=CanaryResult.WELL, diagnosis=WELL)
        case RunState.FAILED:
            made = seen.diagnosis.cls in SERVICE_MADE
            return replace(ended, result=CanaryResult.FAILED if made else CanaryResult.BROKEN)
        case _:
            return replace(ended, result=CanaryResult.LOST)


def _stuck(seen: Run) -> Diagnosis:
    summary = f"it is still {seen.phase} and was never past Building"
    return Diagnosis(cls=FailureClass.SERVICE, rule="canary-stuck", summary=summary)
