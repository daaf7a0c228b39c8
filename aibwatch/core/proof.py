"""Say whether the primary has shown that it builds: what a failback waits for before anything is switched.

Rules: the run that counts is the one that the failback began, or met, known by another start than the one before. A
good one alone is not enough, the gates must be open at that moment too; a closed one is waited for. The region proven
down again, a bad run, and a run that takes longer than Azure lets any run take end the wait.
"""

from datetime import datetime, timedelta

from aibwatch.core.failover import Trigger
from aibwatch.core.model import template_name
from aibwatch.core.move.move import Move
from aibwatch.core.sentences import span, when
from aibwatch.core.verdict import Verdict
from aibwatch.core.window import Window

LONGEST = timedelta(minutes=960 + 60)
"""Azure ends a build after 960 minutes at the latest (the largest `buildTimeoutInMinutes`); an hour for the rest."""


def proof_of(move: Move, window: Window, verdict: Verdict | None, held: str, now: datetime) -> tuple[Trigger, str]:
    """Return what the primary's run means to a failback that waits for it; `held` says what holds the move, if any."""
    name, since = template_name(move.target), move.steps[0].ended_at or move.claimed_at
    seen = window.templates.get(move.target)
    run = seen.run if seen is not None and seen.run is not None and seen.run.started != move.run_before else None
    if verdict is not None and verdict.warrants_move:
        return Trigger.IMAGE_FAILED, f"{verdict.region} {verdict.kind.phrase} again: {verdict.why}"
    if run is not None and run.state.ended and not run.state.built:
        return Trigger.IMAGE_FAILED, f"the run of {name} {run.state}: {run.diagnosis.summary or 'no reason was given'}"
    if now - since > LONGEST:
        return Trigger.IMAGE_FAILED, f"no image after {span(now - since)}"
    if run is None or not run.state.ended:
        return Trigger.IMAGE_AWAITED, f"{name} is run since {when(since, now)}"
    if held:
        return Trigger.IMAGE_AWAITED, f"{name} has built, and the move is held: {held}"
    last = len(move.steps) == 1
    return Trigger.LAST_STEP_APPLIED if last else Trigger.STEP_APPLIED, f"{name} has built"
