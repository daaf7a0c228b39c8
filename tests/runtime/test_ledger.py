"""Every move is on disk, as it last stood, beyond the last one that its group remembers."""

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from aibwatch.core.decision import Note, NoteKind
from aibwatch.core.move.moves import KeptMove
from aibwatch.core.recall import Memory, memory_of
from aibwatch.runtime import ledger
from aibwatch.runtime.journal import Journal
from aibwatch.runtime.store import Store
from tests.core.builders import T0, Play, a_group_state, a_move, at

from .builders import a_store
from .test_journal import writes

OPEN, DONE = a_move(), a_move(committed_at=at(1), ended_at=at(2))
GAVE_UP = Note(kind=NoteKind.PHASE, subject="base", what="checking -> held", why="a gate closed")


def record(journal: Journal, *notes: Note, minute: float = 9, **group: object) -> None:
    memory = Memory(groups={"base": a_group_state(**group)})  # type: ignore[arg-type]
    journal.record(at=at(minute), memory=memory, observations=(), notes=notes)


def test_a_move_is_kept_as_it_last_stood_after_its_group_has_made_the_next(store: Store) -> None:
    journal, second = Journal(store), a_move(activation_id="base-2", claimed_at=at(5))
    record(journal, move=OPEN)
    record(journal, last=DONE)
    record(journal, last=second)
    assert journal.moves(9).moves == (KeptMove(move=DONE), KeptMove(move=second))


def test_a_claim_that_was_given_up_is_kept_with_the_reason(store: Store) -> None:
    journal, again = Journal(store), a_move(claimed_at=at(1))
    record(journal, move=OPEN)
    record(journal, GAVE_UP)
    record(journal, move=again)
    assert journal.moves(9).moves == (
        KeptMove(move=OPEN, given_up_at=at(9), given_up_why="a gate closed"),
        KeptMove(move=again),
    )


def test_what_a_process_left_open_the_next_one_can_give_up(store: Store) -> None:
    record(Journal(store), move=OPEN)
    journal = Journal(store)
    journal.recall(T0)
    record(journal, GAVE_UP)
    assert [kept.given_up_why for kept in journal.moves(9).moves] == ["a gate closed"]


def test_a_move_is_written_with_its_decision_and_not_again(store: Store) -> None:
    journal, seen = Journal(store), writes(store)
    record(journal, move=OPEN)
    record(journal, move=OPEN)
    assert seen == ["INSERT INTO facts", "INSERT INTO moves"]


def test_a_process_that_was_started_again_does_not_write_the_moves_on_record(store: Store) -> None:
    record(Journal(store), last=DONE)
    journal, seen = Journal(store), writes(store)
    journal.recall(T0)
    record(journal, last=DONE)
    assert seen == []


def test_a_decision_whose_move_cannot_be_written_is_not_on_record_at_all(store: Store) -> None:
    journal = Journal(store)
    with store.transaction() as connection:
        connection.execute(text("ALTER TABLE moves RENAME TO elsewhere"))
    with pytest.raises(Exception, match="no such table: moves"):
        record(journal, move=OPEN)
    with store.transaction() as connection:
        connection.execute(text("ALTER TABLE elsewhere RENAME TO moves"))
    assert journal.recall(T0) == (Memory(), ())
    record(journal, move=OPEN)
    assert journal.moves(9).moves == (KeptMove(move=OPEN),)


def test_the_state_of_a_version_that_kept_no_moves_opens_and_its_last_one_is_kept_from_then_on(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    record(Journal(store), last=DONE)
    store.close()
    with sqlite3.connect(tmp_path / "aibwatch.db") as connection:
        connection.execute("DROP TABLE moves")
    connection.close()
    store = a_store(tmp_path)
    journal = Journal(store)
    memory, _ = journal.recall(T0)
    assert journal.moves(9).moves == ()
    journal.record(at=T0, memory=memory, observations=(), notes=())
    assert journal.moves(9).moves == (KeptMove(move=DONE),)
    store.close()


def test_a_whole_story_is_kept_to_the_letter(store: Store) -> None:
    play = Play()
    play.break_region()
    play.until("watching", most=1).run(30)
    journal = Journal(store)
    journal.record(at=T0, memory=memory_of(play.state), observations=(), notes=())
    (kept,) = journal.moves(9).moves
    (left,) = play.group().left
    assert kept == KeptMove(move=play.group().last or OPEN, left=left)


def test_of_many_moves_the_latest_are_told_oldest_first(store: Store) -> None:
    journal = Journal(store)
    for number in range(4):
        record(journal, last=a_move(activation_id=f"base-{number}", claimed_at=at(number), ended_at=at(number)))
    assert [kept.move.activation_id for kept in journal.moves(2).moves] == ["base-2", "base-3"]


def test_moves_are_let_go_after_a_year_and_beyond_their_number(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = Journal(store)
    for number in range(4):
        record(journal, last=a_move(activation_id=f"base-{number}", claimed_at=at(number), ended_at=at(number)))
    journal.prune(T0 + timedelta(days=399))
    assert len(journal.moves(9).moves) == 4
    monkeypatch.setattr(ledger, "MOST", 2)
    journal.prune(T0 + timedelta(days=399))
    assert [kept.move.activation_id for kept in journal.moves(9).moves] == ["base-2", "base-3"]
    journal.prune(T0 + timedelta(days=401))
    assert journal.moves(9).moves == ()


def test_a_move_that_cannot_be_read_is_counted_and_does_not_hide_the_others(store: Store) -> None:
    journal, second = Journal(store), a_move(activation_id="base-2", claimed_at=at(5))
    record(journal, last=DONE)
    record(journal, last=second)
    with store.transaction() as connection:
        connection.execute(text("UPDATE moves SET body = '{}' WHERE activation_id = 'base-1'"))
    assert journal.moves(9) == ledger.Read(moves=(KeptMove(move=second),), unreadable=1)
    assert journal.moves_named(["base-1", "base-2"]) == ledger.Read(moves=(KeptMove(move=second),), unreadable=1)


def test_a_move_that_cannot_be_read_does_not_keep_the_daemon_from_starting_and_is_written_anew(store: Store) -> None:
    record(Journal(store), last=DONE)
    with store.transaction() as connection:
        connection.execute(text("UPDATE moves SET body = '{}'"))
    journal = Journal(store)
    journal.recall(T0)
    record(journal, last=DONE)
    assert journal.moves(9).moves == (KeptMove(move=DONE),)
