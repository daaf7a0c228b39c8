"""Tell what was decided and done, from the record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from aibwatch.core.decision import Note
from aibwatch.core.sentences import printable

Json = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A note as it stands on record."""

    id: int
    at: datetime
    note: Note


def as_dict(records: Sequence[Recorded], subject: str | None = None) -> Json:
    """Return the record as JSON can carry it, oldest first, with its text beside it."""
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
    return {"schema": 1, "history": entries, "text": as_text(records, subject)}


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
