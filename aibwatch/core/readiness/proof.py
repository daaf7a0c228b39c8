"""Ask what shows that the secondary works, and what else would start it: its last run, triggers, the copy kept."""

from datetime import timedelta

from aibwatch.core.model import FailureClass, Run, RunState
from aibwatch.core.readiness.said import Said, degraded, not_ready, ready, unread
from aibwatch.core.readiness.survey import Survey, Unread
from aibwatch.core.sentences import span

PROVEN_FOR = timedelta(days=35)
"""How long an image proves that a secondary builds: a monthly drill with days to spare."""


def proven(survey: Survey) -> Said | None:
    """Ask whether the secondary has built an image lately."""
    if survey.seen is None:
        return None
    run = survey.seen.run
    if run is None:
        return degraded(f"it was never run; aibwatch drill {survey.group} shows whether it builds")
    if not run.state.ended:
        return degraded("a run of it is under way, and hides how the one before ended")
    if run.state is RunState.FAILED:
        return _failed(survey, run)
    if not run.state.built:
        return degraded(f"its last run was canceled; aibwatch drill {survey.group} shows whether it builds")
    last = run.ended or run.started
    if survey.at - last > PROVEN_FOR:
        why = f"it has built nothing for more than {span(PROVEN_FOR)}; aibwatch drill {survey.group} proves it anew"
        return degraded(why, dated=last)
    if run.state is RunState.PARTIALLY_SUCCEEDED:
        return degraded("last image, not in every target", dated=last)
    return ready("last image", dated=last)


def _failed(survey: Survey, run: Run) -> Said:
    last = run.ended or run.started
    why = f"its last run failed: {run.diagnosis.summary or 'without a word'}"
    if run.diagnosis.cls is FailureClass.CUSTOMER:
        return not_ready(f"{why}; that is not the service's, so it would fail again", dated=last)
    return degraded(why, dated=last)


def trigger(survey: Survey) -> Said | None:
    """Ask whether a change of the source would be built by both templates."""
    if survey.seen is None:
        return None
    for triggers in (survey.secondary_triggers, survey.primary_triggers):
        if isinstance(triggers, Unread):
            return unread("triggers", triggers)
    ours, theirs = survey.secondary_triggers, survey.primary_triggers
    if ours and theirs:
        return degraded(
            "it and the primary both have a trigger, so every change of the source is built twice; delete one"
        )
    return ready("no trigger builds twice")


def backup(survey: Survey) -> Said | None:
    """Ask whether there is a copy of the primary that is new enough to deploy it from."""
    if survey.backup_max_age is None:
        return None
    if survey.backup_at is None:
        return degraded("there is no copy of the primary to restore it from; aibwatch backup makes one")
    if survey.at - survey.backup_at > survey.backup_max_age:
        why = f"the copy of the primary is older than {span(survey.backup_max_age)}; aibwatch backup makes a new one"
        return degraded(why, dated=survey.backup_at)
    return ready("copy of the primary", dated=survey.backup_at)
