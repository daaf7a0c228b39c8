"""Open databases that are well, read-only, torn, foreign or too new."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text

from aibwatch.runtime.store import DamagedStateError, JournalError, Store

from .builders import a_url


def test_what_is_committed_survives_a_power_cut(store: Store) -> None:
    with store.transaction() as connection:
        modes = [connection.execute(text(f"PRAGMA {name}")).scalar() for name in ("journal_mode", "synchronous")]
    full = 2
    assert modes == ["wal", full]


def test_a_transaction_that_breaks_leaves_nothing_behind(store: Store) -> None:
    with pytest.raises(JournalError):
        insert_twice(store)
    with store.transaction() as connection:
        assert connection.execute(text("SELECT count(*) FROM facts WHERE name = 'a'")).scalar() == 0


def insert_twice(store: Store) -> None:
    with store.transaction() as connection:
        for _ in range(2):
            connection.execute(text("INSERT INTO facts VALUES ('a', 'b')"))


def test_a_state_of_this_version_is_opened_again(tmp_path: Path) -> None:
    for _ in range(2):
        Store(a_url(tmp_path / "a.db")).close()


def test_a_state_of_a_newer_version_is_refused_with_what_to_do(tmp_path: Path, store: Store) -> None:
    with store.transaction() as connection:
        connection.execute(text("UPDATE facts SET value = '2' WHERE name = 'schema'"))
    with pytest.raises(JournalError) as raised:
        Store(a_url(tmp_path / "aibwatch.db"))
    path = tmp_path / "aibwatch.db"
    why = "written by a newer aibwatch (schema 2, this one knows 1); install that version or use another state"
    assert str(raised.value) == f"{path}: {why}"


def test_a_file_that_is_no_database_is_refused_with_its_path(tmp_path: Path) -> None:
    path = tmp_path / "garbage.db"
    path.write_bytes(b"garbage" * 1000)
    with pytest.raises(JournalError, match=f"^{path}: file is not a database$"):
        Store(a_url(path))


def test_a_directory_that_is_not_there_is_told_with_its_path(tmp_path: Path) -> None:
    path = tmp_path / "nowhere" / "a.db"
    with pytest.raises(JournalError, match=f"^{path}: unable to open database file$"):
        Store(a_url(path))


def test_a_database_that_may_only_be_read_is_told_with_its_path(tmp_path: Path, store: Store) -> None:
    # Opened as read-only by SQLite itself: file permissions would not stop root.
    with pytest.raises(JournalError, match=f"{tmp_path}/aibwatch.db.*: attempt to write a readonly database$"):
        writing(Store(f"sqlite:///file:{tmp_path}/aibwatch.db?mode=ro&uri=true"))


def writing(store: Store) -> None:
    try:
        with store.transaction() as connection:
            connection.execute(text("INSERT INTO facts VALUES ('a', 'b')"))
    finally:
        store.close()


def test_a_torn_database_is_told_with_its_path(tmp_path: Path) -> None:
    path = tmp_path / "torn.db"
    store = Store(a_url(path))
    with store.transaction() as connection:
        for number in range(200):
            values = {"name": str(number), "value": "x" * 1000}
            connection.execute(text("INSERT INTO facts VALUES (:name, :value)"), values)
    store.close()
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(JournalError, match=f"^{path}: database disk image is malformed$"):
        reading(path)


def reading(path: Path) -> None:
    store = Store(a_url(path))
    try:
        with store.transaction() as connection:
            connection.execute(text("SELECT sum(length(value)) FROM facts")).scalar()
    finally:
        store.close()


def test_somebody_who_keeps_it_locked_is_waited_for_and_then_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aibwatch.runtime.store.BUSY_SECONDS", 0.01)
    path = tmp_path / "a.db"
    store = Store(a_url(path))
    stranger = sqlite3.connect(path, isolation_level=None)
    stranger.execute("BEGIN IMMEDIATE")
    with pytest.raises(JournalError, match=f"^{path}: database is locked$"):
        writing(store)
    stranger.close()


def test_a_damaged_file_is_told_from_one_that_cannot_be_written(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    Store(a_url(path)).close()
    whole = bytearray(path.read_bytes())
    whole[4096 : 2 * 4096] = b"\xff" * 4096
    path.write_bytes(whole)
    with pytest.raises(DamagedStateError, match=f"^{path}: "):
        Store(a_url(path))


def test_a_value_that_cannot_be_read_is_damage_and_no_fault_of_ours(tmp_path: Path, store: Store) -> None:
    with store.transaction() as connection:
        connection.execute(text("UPDATE facts SET value = 'x' WHERE name = 'schema'"))
    with pytest.raises(DamagedStateError, match="holds something that cannot be read"):
        Store(a_url(tmp_path / "aibwatch.db"))
