"""Ask a human to approve a move that only wants his word, tell again when he does not answer, and withdraw the request.

Rules: it asks where nothing else holds the move, once an incident, and again when an approval was not used in time. A
request without an answer is told again each `approve_timeout`, and holds. What was denied is not asked again in that
incident. A request ends with the outage. Shadow never asks: it only says what it would do.
"""

from dataclasses import replace
from datetime import datetime

from aibwatch.core.approval import Answered, Approval
from aibwatch.core.decision import Note, NoteKind
from aibwatch.core.gates import APPROVABLE
from aibwatch.core.incident import open_incident
from aibwatch.core.model import Mode
from aibwatch.core.move.move import activation_id
from aibwatch.core.policy import GroupSpec
from aibwatch.core.sentences import ago
from aibwatch.core.situation import Situation
from aibwatch.core.state import GroupState, Phase, State

Asked = tuple[GroupState, list[Note]]


def ask(group: GroupState, spec: GroupSpec, seen: Situation, state: State, now: datetime) -> Asked:
    """Return the group with what is asked for it now, and what to say of it."""
    incident = open_incident(state.incidents, seen.region) if seen.region else None
    known = group.approval
    if known is not None and (incident is None or known.incident != incident.id or _passed(group, known)):
        return _withdraw(group, known, seen)
    if group.phase is not Phase.HELD or incident is None or seen.target is None or not _only_a_word(group, spec):
        return group, []
    if known is None or known.target != seen.target or known.id != _id(group):
        return _begin(group, seen, state, incident.id, now)
    patience = spec.policy.approve_timeout
    if known.answer is Answered.APPROVED and not known.counts(patience, now):
        return _begin(group, seen, state, incident.id, now)
    if known.answer is None and now - known.told_at >= patience:
        again = replace(known, told_at=now)
        why = f"asked {ago(known.asked_at, now)}; nothing is moved without an answer: {_remedy(known)}"
        return replace(group, approval=again), [_note(group, "still waits for approval", why, loud=True)]
    return group, []


def _passed(group: GroupState, known: Approval) -> bool:
    """Return whether the move is not wanted any more. A denial stands until its incident is over."""
    return group.phase is Phase.WATCHING and known.answer is not Answered.DENIED


def _only_a_word(group: GroupState, spec: GroupSpec) -> bool:
    held = frozenset(group.held_by)
    return spec.policy.mode is not Mode.SHADOW and bool(held) and held <= APPROVABLE


def _begin(group: GroupState, seen: Situation, state: State, incident: str, now: datetime) -> Asked:
    if seen.target is None:
        raise AssertionError(f"{group.name} asks for a move to nowhere; ask() does not begin without a target")
    approval = Approval(id=_id(group), target=seen.target, incident=incident, asked_at=now, told_at=now)
    told = f"{seen.verdict.region} {seen.verdict.kind.phrase}" if seen.verdict else "its region is down"
    why = f"{told}, and {seen.why}. {_remedy(approval)}"
    what = f"asks to move to {state.window.name_of(seen.target)}"
    return replace(group, approval=approval), [_note(group, what, why, loud=True)]


def _withdraw(group: GroupState, known: Approval, seen: Situation) -> Asked:
    after = replace(group, approval=None)
    if known.answer is Answered.DENIED:
        return after, []
    answer = f"it was {known.answer} by {known.owner}" if known.answer else "nobody had answered"
    why = f"the move is not wanted any more: {seen.why}; {answer}"
    return after, [_note(group, f"request {known.id} withdrawn", why, loud=known.answer is None)]


def _remedy(approval: Approval) -> str:
    return f"aibwatch approve {approval.id}, or aibwatch deny {approval.id}"


def _id(group: GroupState) -> str:
    return activation_id(group.name, group.epoch + 1)


def _note(group: GroupState, what: str, why: str, *, loud: bool) -> Note:
    return Note(kind=NoteKind.APPROVAL, subject=group.name, what=what, why=why, loud=loud)
