"""Hold what is known of all copies in a directory: when each was last confirmed, and by whom.

It stands in one file, index.json, so that the files of copies change only when their definitions do. Rules: it can be
lost without loss, the next backup makes it anew; an entry that cannot be read is none. This module does not know files.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from aibwatch.core.copies.copy import Origin, as_text, place_of
from aibwatch.core.model import TemplateId, template_id
from aibwatch.core.reading import moment, table, text

NAME = "index.json"
FORMAT = 1
LARGEST = 64 * 1024 * 1024
"""Bytes: 20,000 entries take 8 MB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is known of one copy."""

    written_id: str
    """Resource id in the letter case of Azure."""
    changed_at: datetime
    """When the definition in the file was seen for the first time."""
    confirmed_at: datetime
    """When it was last seen to be still so."""
    origin: Origin
    """Who confirmed it."""
    trouble: str = ""
    """Why it was not confirmed by the backup after that; "" where it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupIndex:
    """What is known of all copies, by the place of their files."""

    entries: Mapping[str, Entry] = field(default_factory=dict)

    def of(self, template: TemplateId) -> Entry | None:
        """Return what is known of the copy of a template; None where there is none."""
        return self.entries.get(place_of(template))


def dump_index(index: BackupIndex) -> str:
    """Return the text of index.json."""
    copies = {place: _dumped(entry) for place, entry in index.entries.items()}
    return as_text({"format": FORMAT, "copies": copies})


def parse_index(content: bytes) -> BackupIndex | None:
    """Return the index; None for what is none. Entries that cannot be read are left out. Never raises."""
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        return None
    copies = table(value, "copies")
    found = {place: _parsed(table(copies, place)) for place in copies}
    known = {
        place: entry for place, entry in found.items() if entry and place_of(template_id(entry.written_id)) == place
    }
    return BackupIndex(entries=known)


def _dumped(entry: Entry) -> dict[str, str]:
    told = {
        "id": entry.written_id,
        "changedAt": _time(entry.changed_at),
        "confirmedAt": _time(entry.confirmed_at),
        "confirmedBy": entry.origin.value,
    }
    return told | ({"trouble": entry.trouble} if entry.trouble else {})


def _parsed(value: Mapping[str, object]) -> Entry | None:
    changed, confirmed = moment(value, "changedAt"), moment(value, "confirmedAt")
    origin = next((origin for origin in Origin if origin.value == text(value, "confirmedBy")), None)
    if changed is None or confirmed is None or origin is None:
        return None
    return Entry(
        written_id=text(value, "id"),
        changed_at=changed,
        confirmed_at=confirmed,
        origin=origin,
        trouble=text(value, "trouble"),
    )


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
