"""Take what a human orders of a group beside moves: pause and resume, approve and deny, reset.

Rules: every order is answered, and is on record with who gave it, why, and what came of it. Of two that contradict each
other the first one counts, and the second is told. Whether a move can be begun is not decided here.
"""

from dataclasses import replace
from datetime import datetime

from aibwatch.core.approval import Answered
from aibwatch.core.decision import Note, NoteKind, Refusal, Reply
from aibwatch.core.events import ApprovalAnswered, Event, Paused, Reset, Resumed
from aibwatch.core.sentences import ago, clock
from aibwatch.core.state import GroupState, Pause, Phase

Ordered = tuple[GroupState, list[Note], Reply | None]


def take_order(group: GroupState, event: Event, now: datetime) -> Ordered:
    """Return the group as the order leaves it, what to say of it, and the answer; no answer if it is none for it.

    An order that names no group is for all.
    """
    match event:
        case Paused() if event.group in {"", group.name}:
            return _pause(group, event)
        case Resumed() if event.group in {"", group.name}:
            return _resume(group, event, now)
        case ApprovalAnswered(group=group.name):
            return _answer(group, event, now)
        case Reset(group=group.name) if group.phase is not Phase.HALTED:
            return _refuse(group, "reset", event, f"{group.name} is {group.phase}; only a halted group needs a reset")
        case Reset(group=group.name):
            return group, [], Reply(text=f"{group.name} will watch again; see: aibwatch status")
        case _:
            return group, [], None


def _pause(group: GroupState, event: Paused) -> Ordered:
    paused = replace(group, pause=Pause(owner=event.owner, reason=event.reason, until=event.until))
    note = _note(NoteKind.PAUSE, group, f"paused until {clock(event.until)}", event)
    until = f"{event.until:%Y-%m-%d %H:%M} UTC"
    return paused, [note], Reply(text=f"{group.name} is not moved before {until}; watching goes on")


def _resume(group: GroupState, event: Resumed, now: datetime) -> Ordered:
    if group.pause is None or group.pause.until <= now:
        return group, [], Reply(text=f"{group.name} is not paused", refusal=Refusal.UNASKED)
    note = _note(NoteKind.PAUSE, group, "resumed", event)
    return replace(group, pause=None), [note], Reply(text=f"{group.name} may be moved again")


def _answer(group: GroupState, event: ApprovalAnswered, now: datetime) -> Ordered:
    asked, verb = group.approval, "approve" if event.answer is Answered.APPROVED else "deny"
    if asked is None or asked.id != event.id:
        why = f"{group.name} asks for nothing under {event.id}; it was not asked, or the outage has passed"
        return _refuse(group, verb, event, why)
    if asked.answer is not None and asked.answered_at is not None:
        why = f"{event.id} was {asked.answer} by {asked.owner} {ago(asked.answered_at, now)}: {asked.reason}"
        return _refuse(group, verb, event, why, Refusal.BUSY)
    said = replace(asked, answer=event.answer, owner=event.owner, reason=event.reason, answered_at=now)
    note = _note(NoteKind.APPROVAL, group, f"{event.id} {event.answer}", event)
    reply = Reply(text=f"{event.id} is {event.answer}; {THEN[event.answer]}", id=event.id)
    return replace(group, approval=said), [replace(note, loud=True)], reply


THEN = {
    Answered.APPROVED: "it moves when fresh polls agree",
    Answered.DENIED: "it is not asked again in this incident",
}


def _refuse(
    group: GroupState, verb: str, event: ApprovalAnswered | Reset, why: str, refusal: Refusal = Refusal.UNASKED
) -> Ordered:
    told = f"by {event.owner}, {event.reason}: {why}"
    note = Note(kind=NoteKind.ORDER, subject=group.name, what=f"{verb} refused", why=told)
    return group, [note], Reply(text=why, refusal=refusal)


def _note(kind: NoteKind, group: GroupState, what: str, event: Paused | Resumed | ApprovalAnswered) -> Note:
    loud = kind is NoteKind.PAUSE
    return Note(kind=kind, subject=group.name, what=what, why=f"by {event.owner}: {event.reason}", loud=loud)
