"""Tell what was decided and done, from the record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from aibwatch.core.decision import Note
from aibwatch.core.model import TemplateId
from aibwatch.core.move.moves import KeptMove
from aibwatch.core.sentences import printable
from aibwatch.views import moves

Json = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A note as it stands on record."""

    id: int
    at: datetime
    note: Note


def _nowhere(_: TemplateId) -> str | None:
    return None


def as_dict(
    records: Sequence[Recorded],
    subject: str | None = None,
    moved: Sequence[KeptMove] = (),
    places: moves.Places = _nowhere,
) -> Json:
    """Return the record and the moves as JSON can carry them, oldest first, with their text beside them."""
    entries = [
        {
            "id": r.id,
            "at": r.at.isoformat(),
            "kind": str(r.note.kind),
            "subject": r.note.subject,
            "what": r.note.what,
            "why": r.note.why,
            "loud": r.note.loud,
        }
        for r in records
    ]
    return {
        "schema": 1,
        "history": entries,
        "moves": [moves.move_dict(kept, places) for kept in moved],
        "text": as_text(records, subject) + _moves_text(moved, places),
    }


def _moves_text(moved: Sequence[KeptMove], places: moves.Places) -> str:
    """Return a line a move, below the record: how long each part took is what is asked the day after."""
    if not moved:
        return ""
    return f"\n\nMoves (aibwatch history --move ID tells one in full)\n{moves.as_text(moved, places)}"


def as_text(records: Sequence[Recorded], subject: str | None = None) -> str:
    """Return the record for a terminal: a line what, a line why."""
    if not records:
        return f"Nothing is on record of {subject}." if subject else "Nothing is on record yet."
    width = max(len(r.note.subject) for r in records)
    lines: list[str] = []
    for r in records:
        at = r.at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
        lines.append(f"{at} UTC  {r.note.subject:<{width}}  {printable(r.note.what)}")
        lines.append(f"{'':23}  {'':<{width}}  {printable(r.note.why)}")
    return "\n".join(lines)
