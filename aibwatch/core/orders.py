"""Take what a human orders of a group beside moves: to hold moves back for a while, and to let them go on."""

from dataclasses import replace

from aibwatch.core.decision import Note, NoteKind
from aibwatch.core.events import Event, Paused, Resumed
from aibwatch.core.sentences import clock
from aibwatch.core.state import GroupState, Pause

Ordered = tuple[GroupState, list[Note]]


def take_order(group: GroupState, event: Event) -> Ordered:
    """Return the group as the order leaves it, and what to say of it. An order that names no group is for all."""
    match event:
        case Paused() if event.group in {"", group.name}:
            paused = replace(group, pause=Pause(owner=event.owner, reason=event.reason, until=event.until))
            what = f"paused until {clock(event.until)}"
            return paused, [_note(group, what, event.owner, event.reason)]
        case Resumed() if event.group in {"", group.name} and group.pause is not None:
            return replace(group, pause=None), [_note(group, "resumed", event.owner, event.reason)]
        case _:
            return group, []


def _note(group: GroupState, what: str, owner: str, reason: str) -> Note:
    return Note(kind=NoteKind.PAUSE, subject=group.name, what=what, why=f"by {owner}: {reason}", loud=True)
