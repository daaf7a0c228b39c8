"""Put together what the rules say of one secondary, and what of it still stands from before.

Rules: the report is as good as its worst finding; what is known to be wrong comes before what is not known, and that
before what only wants mending. What cannot be looked at now because nobody answers stands as it was proven last, for a
day: in an outage the primary cannot be compared with, and that is when the report is needed. What we may not read is
unknown at once, and so is what was never proven.
This module does not know what any rule looks at.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from aibwatch.core.observation import ReadinessSeen
from aibwatch.core.readiness.finding import STANDS_FOR, Finding, Ready
from aibwatch.core.readiness.rules import RULES
from aibwatch.core.readiness.said import GRAVITY
from aibwatch.core.readiness.survey import Survey, Unread
from aibwatch.core.sentences import count

MOST_TOLD = 3
"""Reasons in the sentence of a report; the rest is counted, and `aibwatch readiness GROUP` has them all."""


def report_of(survey: Survey, before: ReadinessSeen | None) -> ReadinessSeen:
    """Return the report of this survey; `before` is the last one of the same secondary."""
    recipe = survey.seen.recipe if survey.seen else before.recipe if before else ""
    known = {f.rule: f for f in before.findings} if before and _is_of(before, survey, recipe) else {}
    found = [
        standing
        for rule in RULES
        if (standing := _standing(_finding(rule, survey), known.get(rule), survey)) is not None
    ]
    return ReadinessSeen(
        at=survey.at,
        template=survey.secondary,
        group=survey.group,
        recipe=recipe,
        state=min((f.state for f in found), key=GRAVITY.index, default=Ready.UNKNOWN),
        why=_why(found),
        findings=tuple(found),
    )


def _is_of(before: ReadinessSeen, survey: Survey, recipe: str) -> bool:
    """Return whether the report was about what is there now: the same group, and the secondary defined as it is."""
    return before.group == survey.group and before.recipe == recipe


def _finding(rule: str, survey: Survey) -> Finding | None:
    said = RULES[rule](survey)
    if said is None:
        return None
    return Finding(
        rule=rule,
        state=said.state,
        why=said.why,
        at=survey.at,
        dated=said.dated,
        permission=said.permission,
        details=said.details,
    )


def _standing(new: Finding | None, old: Finding | None, survey: Survey) -> Finding | None:
    """Return the new finding, or the old one where the new one only says that nobody answers.

    A rule that says nothing because the secondary could not be read has not said that it does not apply.
    """
    if old is None or old.state is Ready.UNKNOWN or not _fresh(old, survey.at):
        return new
    if new is None:
        unread = survey.secondary_body
        return replace(old, blocked=unread.why) if isinstance(unread, Unread) and not unread.permission else None
    return replace(old, blocked=new.why) if new.state is Ready.UNKNOWN and not new.permission else new


def _fresh(finding: Finding, now: datetime) -> bool:
    return timedelta(0) <= now - finding.at <= STANDS_FOR


def _why(found: list[Finding]) -> str:
    grave = sorted((f for f in found if f.state is not Ready.READY), key=lambda f: GRAVITY.index(f.state))
    if not grave:
        return f"all {count(len(found), 'rule')} are kept"
    more = f"; {len(grave) - MOST_TOLD} more" if len(grave) > MOST_TOLD else ""
    return "; ".join(f.why for f in grave[:MOST_TOLD]) + more
