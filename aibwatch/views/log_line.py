"""Name what a line of the log is found by: region or group, how it stands now, and the ids of what was seen.

Rules: only names and ids; the sentence is the note's own. Ids are the provider's, those that its support asks for, the
latest first. This module does not know how a log is written.
"""

from collections.abc import Iterator, Mapping
from itertools import islice

from aibwatch.core.decision import Note, NoteKind
from aibwatch.core.incident import open_incident
from aibwatch.core.judging import regional_verdicts
from aibwatch.core.model import FailureClass, Region
from aibwatch.core.move.move import Move
from aibwatch.core.state import GroupState, State
from aibwatch.core.window import Window

OF_A_REGION = frozenset({NoteKind.VERDICT, NoteKind.CANARY, NoteKind.ALIKE})

OF_A_MOVE = frozenset({NoteKind.PHASE, NoteKind.STEP, NoteKind.RUN, NoteKind.IMAGE})
"""Notes that are of the group's last move where it has no open one: it has just ended."""

MOST_IDS = 6
"""In one line. Every failed answer has two; a support request needs one, and `aibwatch incident` has all."""

Fields = Mapping[str, object]


def fields_of(note: Note, state: State) -> Fields:
    """Return what a line has beside the words of the note, which was made for this state."""
    if note.kind in OF_A_REGION:
        return _region(state, Region(note.subject))
    group = state.groups.get(note.subject)
    return _group(state, group, group.move or _ended(note, group)) if group else {}


def _ended(note: Note, group: GroupState) -> Move | None:
    return group.last if note.kind in OF_A_MOVE else None


def _region(state: State, region: Region) -> Fields:
    verdict, incident = regional_verdicts(state).get(region), open_incident(state.incidents, region)
    against = [str(e.kind) for e in verdict.evidence if e.against] if verdict else []
    return _known(
        region=region,
        verdict=str(verdict.kind) if verdict else "",
        incident=incident.id if incident else "",
        evidence=against,
        ids=list(islice(dict.fromkeys(_ids(state.window, region)), MOST_IDS)) if against else [],
    )


def _group(state: State, group: GroupState, move: Move | None) -> Fields:
    """Return how the group stands, and what is known of the region that it leaves, or is in."""
    where = state.window.region_of(move.source if move else group.active)
    return {
        **_known(group=group.name, phase=str(group.phase), move=move.activation_id if move else ""),
        **(_region(state, where) if where else {}),
    }


def _ids(window: Window, region: Region) -> Iterator[str]:
    for event in window.events.values():
        if event.region == region and event.active:
            yield f"tracking id {event.tracking_id}"
    for probe in reversed(window.probes.get(region, ())):
        if probe.diagnosis.cls is FailureClass.OK:
            break
        yield from probe.diagnosis.ids
    for seen in reversed(window.runs):
        if seen.region == region:
            yield from seen.run.diagnosis.ids


def _known(**fields: object) -> Fields:
    return {name: value for name, value in fields.items() if value}
