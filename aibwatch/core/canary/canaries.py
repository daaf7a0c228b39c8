"""Keep the canaries of all regions: follow what runs, start what is due, say what changed.

A canary is started where any viewpoint suspects its region. It is no move: it goes on while groups are paused, in every
mode, and whatever gates are closed, because without it nobody can tell whose fault a failure is. One that lives in
another region than it is to speak for is not started: its failure would convict the wrong one. And while the journal
cannot be written none is started: what is not on record is not done.
"""

from dataclasses import replace
from datetime import datetime

from aibwatch.core.actions import Action, RunCanary
from aibwatch.core.canary.canary import AGAINST, Canary, CanaryResult, CanaryRun, ask, follow
from aibwatch.core.canary.plan import Trouble, due, due_at, spent, unusable
from aibwatch.core.decision import Note, NoteKind
from aibwatch.core.events import Event
from aibwatch.core.evidence import reads_fail_since
from aibwatch.core.model import template_name
from aibwatch.core.policy import CanarySpec, Setup
from aibwatch.core.recovery import recovery_of
from aibwatch.core.sentences import span
from aibwatch.core.state import State
from aibwatch.core.verdict import Verdict, VerdictKind
from aibwatch.core.window import Window

UNTROUBLED = frozenset({VerdictKind.LEARNING, VerdictKind.HEALTHY, VerdictKind.RECOVERING, VerdictKind.BLIND})
"""Verdicts that are no reason for a canary. BLIND is none: without sight its result would not be seen either."""

BLINDING = frozenset({VerdictKind.LEARNING, VerdictKind.BLIND})

LOUD_AT = 2
"""The failed canary of a row that people are told of."""

SAID = {
    CanaryResult.WELL: "built well",
    CanaryResult.FAILED: "failed",
    CanaryResult.STUCK: "is stuck",
    CanaryResult.BROKEN: "is broken",
    CanaryResult.ALIVE: "got past Building",
    CanaryResult.LOST: "was lost",
}


def follow_canaries(state: State, event: Event, setup: Setup, now: datetime) -> tuple[State, tuple[Note, ...]]:
    """Return the state with every configured canary as it stands now, and notes of what became of their runs."""
    before = {region: _known(state, spec).until(now) for region, spec in setup.canaries.items()}
    after = {region: _follow(state, setup, canary, event, now) for region, canary in before.items()}
    notes = tuple(
        _note(canary, now, loud=_is_loud(before[region].last, canary))
        for region, canary in after.items()
        if _turned(before[region], canary)
    )
    return replace(state, canaries=after), notes


def start_canaries(state: State, setup: Setup, now: datetime) -> tuple[State, tuple[Action, ...], tuple[Note, ...]]:
    """Return the state with every canary asked for that is due, the actions that ask, and what to say."""
    canaries, actions, notes = dict(state.canaries), [], []
    for region, spec in setup.canaries.items():
        verdicts = [v for v in state.verdicts.values() if v.region == region]
        returning = is_awaited(state, setup, canaries[region])
        why = _due(canaries[region], spec, verdicts, now, returning=returning)
        if why:
            canaries[region] = ask(canaries[region], why, state.window.templates.get(spec.template), now)
            actions.append(RunCanary(region=region, template=spec.template, asked_at=now))
            used = f"{spent(canaries[region], now)} of {spec.max_per_day} in 24 h"
            what = f"canary {template_name(spec.template)} started"
            notes.append(Note(kind=NoteKind.CANARY, subject=region, what=what, why=f"{why}; {used}"))
    return replace(state, canaries=canaries), tuple(actions), tuple(notes)


def next_canary(state: State, spec: CanarySpec, now: datetime) -> datetime | None:
    """Return when the region's next canary is due in its present trouble; None if none is under way or due."""
    verdicts = [v for v in state.verdicts.values() if v.region == spec.region and v.kind not in UNTROUBLED]
    trouble = _trouble(verdicts)
    return due_at(_known(state, spec), spec, trouble, now) if trouble else None


def _follow(state: State, setup: Setup, canary: Canary, event: Event, now: datetime) -> Canary:
    followed, spec = follow(canary, event, state.window.templates, now), setup.canaries[canary.region]
    listed = canary.template in state.window.templates
    unrecorded = "nothing can be put on record" if state.journal_failing_since is not None else ""
    useless = misplaced(state.window, spec) or unrecorded or unusable(followed, spec, now, listed=listed)
    return replace(followed, unusable=useless)


def _known(state: State, spec: CanarySpec) -> Canary:
    known = state.canaries.get(spec.region)
    if known is None or known.template != spec.template:
        return Canary(region=spec.region, template=spec.template, respite=spec.respite)
    return replace(known, respite=spec.respite)


def misplaced(window: Window, spec: CanarySpec) -> str:
    """Return that the canary lives elsewhere than in the region it is to speak for, as a sentence; else empty."""
    lives = window.region_of(spec.template)
    if lives is None or lives == spec.region:
        return ""
    return f"it is in {lives}, and so proves nothing of {spec.region}; name a template of {spec.region}"


def _due(canary: Canary, spec: CanarySpec, verdicts: list[Verdict], now: datetime, *, returning: bool) -> str:
    if not verdicts or any(v.kind in BLINDING for v in verdicts):
        return ""
    returning = returning and all(v.kind is VerdictKind.HEALTHY for v in verdicts)
    return due(canary, spec, _trouble([v for v in verdicts if v.kind not in UNTROUBLED]), now, returning=returning)


def is_awaited(state: State, setup: Setup, canary: Canary) -> bool:
    """Return whether a group that left the canary's region lacks proof that it may go back."""
    for group in state.groups.values():
        spec = setup.groups.get(group.name)
        if spec is None or group.last is None or group.active == spec.primary:
            continue
        home = state.window.region_of(spec.primary) == canary.region
        if home and not recovery_of(canary, group.last.claimed_at, spec.policy).proven:
            return True
    return False


def _trouble(verdicts: list[Verdict]) -> Trouble | None:
    """Return the trouble of a region that any viewpoint suspects, or None."""
    began = min((v.trouble_since for v in verdicts if v.trouble_since), default=None)
    if began is None:
        return None
    reads_since = reads_fail_since(e for v in verdicts for e in v.evidence)
    since = max(began, reads_since) if reads_since else began
    onsets = [e.onset or e.since for v in verdicts for e in v.evidence if e.against]
    return Trouble(since=since, onset=max((at for at in onsets if at is not None), default=since))


def _turned(before: Canary, after: Canary) -> bool:
    was, is_now = before.last, after.last
    return is_now is not None and (was is None or was.result is not is_now.result) and is_now.result in SAID


def _is_loud(before: CanaryRun | None, canary: Canary) -> bool:
    """Return whether people must be told of the latest run, even if nothing else fails.

    A broken canary must be repaired, and a second one in a row that fails or hangs is no chance; the next ones of that
    row tell nothing new, and neither does the end of one that was stuck.
    """
    run = canary.runs[-1]
    if run.result is CanaryResult.BROKEN:
        return True
    told_before = before is not None and before.asked_at == run.asked_at and before.result in AGAINST
    return run.result in AGAINST and not told_before and len(canary.row()) == LOUD_AT


def _note(canary: Canary, now: datetime, *, loud: bool) -> Note:
    run = canary.runs[-1]
    why = run.diagnosis.summary or f"started {span(now - run.asked_at)} ago ({run.why})"
    what = f"canary {template_name(canary.template)} {SAID[run.result]}"
    return Note(kind=NoteKind.CANARY, subject=canary.region, what=what, why=why, loud=loud)
