"""The index of copies: read back as it was, and worth nothing where it is damaged."""

import json
from datetime import timedelta

import pytest

from aibwatch.core.copies.copy import Origin, place_of
from aibwatch.core.copies.index import BackupIndex, Entry, dump_index, parse_index
from aibwatch.core.model import template_id

from .test_copy import AT, ID

ENTRY = Entry(
    written_id=ID,
    changed_at=AT,
    confirmed_at=AT + timedelta(days=1),
    origin=Origin.SERVICE,
    trouble="the service answered 500",
)
INDEX = BackupIndex(entries={place_of(template_id(ID)): ENTRY})


def test_an_index_is_read_back_as_it_was() -> None:
    assert parse_index(dump_index(INDEX).encode()) == INDEX
    assert INDEX.of(template_id(ID)) == ENTRY


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"7", b'{"format": 2, "copies": {}}', b"\xff", b"[" * 99_999])
def test_a_damaged_index_is_none(content: bytes) -> None:
    assert parse_index(content) is None


@pytest.mark.parametrize("change", [{"changedAt": "soon"}, {"confirmedBy": "hearsay"}, {"id": "/other"}, {"id": 7}])
def test_an_entry_that_cannot_be_read_is_left_out(change: dict[str, object]) -> None:
    told = json.loads(dump_index(INDEX))
    for entry in told["copies"].values():
        entry.update(change)
    assert parse_index(json.dumps(told).encode()) == BackupIndex()
