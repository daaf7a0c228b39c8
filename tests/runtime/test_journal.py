"""Keep on disk what was seen and concluded, and find it again."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, text

from aibwatch.core.decision import Note, NoteKind
from aibwatch.core.habits import Habit
from aibwatch.core.incident import Incident
from aibwatch.core.recall import Memory, memory_of
from aibwatch.core.window import Window, add
from aibwatch.runtime import trace
from aibwatch.runtime.codec import CodecError
from aibwatch.runtime.journal import Journal
from aibwatch.runtime.recorder import Recorder
from aibwatch.runtime.store import JournalError, Store
from aibwatch.views.history import Recorded
from tests.core.builders import (
    BASE_WEST,
    MINUTE,
    T0,
    WEST,
    Play,
    a_group_state,
    a_probe,
    a_template,
    a_template_id,
    an_event,
    at,
    minutes_of,
)

from .builders import a_store

NOTE = Note(kind=NoteKind.HOST, subject="host", what="something happened", why="so it was", loud=True)
MEMORY = Memory(groups={"base": a_group_state("held", held_by=("cooldown",))})
SEEN = (a_template(), a_probe(), an_event())


def writes(store: Store) -> list[str]:
    """Return a list that fills with every statement that writes."""
    seen: list[str] = []

    def note(_c: object, _k: object, statement: str, *_: object) -> None:
        if not statement.startswith(("SELECT", "PRAGMA")):
            seen.append(statement.split("(")[0].strip())

    event.listen(store._engine, "before_cursor_execute", note)
    return seen


def test_what_was_recorded_is_recalled_by_the_next_process(tmp_path: Path) -> None:
    first = a_store(tmp_path)
    Journal(first).record(at=T0, memory=MEMORY, observations=SEEN, notes=[NOTE])
    first.close()
    second = a_store(tmp_path)
    recalled, notes = Journal(second).recall(T0), Journal(second).notes()
    second.close()
    assert (recalled, notes) == ((MEMORY, SEEN), (Recorded(id=1, at=T0, note=NOTE),))


def test_a_new_state_remembers_nothing(store: Store) -> None:
    assert Journal(store).recall(T0) == (Memory(), ())


def test_a_whole_story_is_remembered_to_the_letter(store: Store) -> None:
    play = Play()
    play.break_region()
    play.until("watching", most=1).run(30)
    assert play.group().last is not None, "the story has a move in it"
    Journal(store).record(at=T0, memory=memory_of(play.state), observations=(), notes=())
    assert Journal(store).recall(T0)[0] == memory_of(play.state)


def test_habits_are_remembered_and_only_those_that_changed_are_written_again(store: Store) -> None:
    journal, seen = Journal(store), writes(store)
    habits = {a_template_id(f"t{n}"): Habit(started=at(n)) for n in range(3)}
    journal.record(at=T0, memory=Memory(habits=habits), observations=(), notes=())
    later = {**habits, a_template_id("t1"): Habit(started=at(9), interval=8 * MINUTE)}
    journal.record(at=T0, memory=Memory(habits=later), observations=(), notes=())
    assert Journal(store).recall(T0)[0].habits == later
    assert seen == ["INSERT INTO facts", "INSERT INTO habits", "INSERT INTO habits"]


def test_habits_of_templates_that_are_gone_are_not_on_record_any_more(store: Store) -> None:
    journal, seen = Journal(store), writes(store)
    habits = {a_template_id(f"t{n}"): Habit(started=at(n)) for n in range(3)}
    journal.record(at=T0, memory=Memory(habits=habits), observations=(), notes=())
    left = {template: habit for template, habit in habits.items() if template != a_template_id("t1")}
    for _ in range(2):
        journal.record(at=T0, memory=Memory(habits=left), observations=(), notes=())
    assert Journal(store).recall(T0)[0].habits == left
    assert seen == ["INSERT INTO facts", "INSERT INTO habits", "DELETE FROM habits WHERE habits.template = ?"]


def test_a_process_that_was_started_again_does_not_write_what_is_on_record(store: Store) -> None:
    Journal(store).record(at=T0, memory=Memory(habits={BASE_WEST: Habit(started=T0)}), observations=(), notes=())
    journal, seen = Journal(store), writes(store)
    memory, _ = journal.recall(T0)
    journal.record(at=T0, memory=memory, observations=(), notes=())
    assert seen == []


def test_windows_are_rebuilt_from_what_was_seen(store: Store) -> None:
    Journal(store).record(at=T0, memory=Memory(), observations=SEEN, notes=())
    _, seen = Journal(store).recall(T0)
    assert add(Window(), seen, T0) == add(Window(), SEEN, T0)


def test_a_record_is_whole_or_not_there(store: Store) -> None:
    journal = Journal(store)
    with store.transaction() as connection:
        connection.execute(text("DROP TABLE facts"))  # the last of the three inserts fails
    with pytest.raises(JournalError, match="no such table: facts"):
        journal.record(at=T0, memory=MEMORY, observations=SEEN, notes=[NOTE])
    with store.transaction() as connection:
        kept = connection.execute(text("SELECT (SELECT count(*) FROM observations), (SELECT count(*) FROM notes)"))
        assert kept.one() == (0, 0)


def test_a_memory_that_failed_to_be_written_is_written_the_next_time(
    recorder: Recorder, lock: Callable[[bool], None]
) -> None:
    lock(True)
    with pytest.raises(JournalError, match="database is locked"):
        recorder.journal.record(at=T0, memory=MEMORY, observations=(), notes=())
    lock(False)
    recorder.journal.record(at=T0, memory=MEMORY, observations=(), notes=())
    assert recorder.journal.recall(T0) == (MEMORY, ())


def test_nothing_new_writes_nothing(store: Store) -> None:
    journal = Journal(store)
    journal.record(at=T0, memory=MEMORY, observations=(), notes=())
    statements = writes(store)
    journal.record(at=T0 + timedelta(seconds=1), memory=MEMORY, observations=(), notes=())
    assert statements == []


def test_a_memory_that_did_not_change_is_not_written_again_beside_a_note(store: Store) -> None:
    journal = Journal(store)
    journal.record(at=T0, memory=MEMORY, observations=(), notes=())
    statements = writes(store)
    journal.record(at=T0, memory=MEMORY, observations=(), notes=[NOTE])
    assert statements == ["INSERT INTO notes"]


def test_a_recalled_memory_is_not_written_again(store: Store) -> None:
    Journal(store).record(at=T0, memory=MEMORY, observations=(), notes=())
    second = Journal(store)
    memory, _ = second.recall(T0)
    statements = writes(store)
    second.record(at=T0, memory=memory, observations=(), notes=())
    assert statements == []


def test_time_alone_does_not_change_the_memory() -> None:
    play = Play()
    play.break_region()
    play.run(5)
    before = memory_of(play.state)
    play.tick(1)
    assert memory_of(play.state) == before


@pytest.mark.parametrize("garbage", ["", "garbage", "[]", '{"groups": {"base": {"phase": "dancing"}}}', "\x00"])
def test_a_memory_that_cannot_be_read_is_an_error_that_says_so(garbage: str, store: Store) -> None:
    with store.transaction() as connection:
        connection.execute(text("INSERT INTO facts VALUES ('memory', :value)"), {"value": garbage})
    with pytest.raises(CodecError, match=r"^the memory on record is not readable by this version: "):
        Journal(store).recall(T0)


def test_an_observation_that_cannot_be_read_is_an_error_that_says_so(store: Store) -> None:
    with store.transaction() as connection:
        connection.execute(
            text("INSERT INTO observations (at, body) VALUES (:at, '{}')"), {"at": "2026-03-02 02:00:00.000000"}
        )
    with pytest.raises(CodecError, match=r"^an observation on record is not readable by this version: "):
        Journal(store).recall(T0)


def test_observations_are_let_go_after_three_days_and_notes_after_a_year(store: Store) -> None:
    journal = Journal(store)
    journal.record(at=T0, memory=MEMORY, observations=SEEN, notes=[NOTE])
    journal.prune(T0 + timedelta(hours=71))
    assert (len(journal.recall(T0)[1]), len(journal.notes())) == (3, 1)
    journal.prune(T0 + timedelta(hours=73))
    # The last one stays, so that its number is not given to another: the record of the past points at numbers.
    assert (journal.recall(T0)[1], len(journal.notes())) == (SEEN[-1:], 1)
    journal.prune(T0 + timedelta(days=401))
    assert journal.notes() == ()


def test_a_new_process_begins_with_the_observations_of_one_day(store: Store) -> None:
    journal = Journal(store)
    journal.record(at=T0, memory=MEMORY, observations=SEEN, notes=())
    assert [len(journal.recall(T0 + timedelta(hours=h))[1]) for h in (23, 25)] == [3, 0]


def test_notes_are_told_oldest_first_and_the_latest_are_kept_where_there_are_too_many(store: Store) -> None:
    notes = [Note(kind=NoteKind.HOST, subject=f"s{n % 2}", what=str(n), why="") for n in range(6)]
    journal = Journal(store)
    journal.record(at=T0, memory=MEMORY, observations=(), notes=notes)
    assert [r.note.what for r in journal.notes(limit=3)] == ["3", "4", "5"]
    assert [r.note.what for r in journal.notes(subject="s1", limit=2)] == ["3", "5"]


def test_proving_that_it_can_be_written_writes(recorder: Recorder, lock: Callable[[bool], None]) -> None:
    recorder.journal.prove_writable(T0)
    lock(True)
    with pytest.raises(JournalError):
        recorder.journal.prove_writable(T0)


def an_incident(*, opened: float = 60.0, closed: float | None = 90.0) -> Incident:
    ended = None if closed is None else at(closed)
    return Incident(id="i1", region=WEST, opened_at=at(opened), why="so it is", closed_at=ended)


LAST = at(60 * 24)


def record_hours(journal: Journal, incident: Incident) -> None:
    """Write a read an hour for a day, and then the incident."""
    for hour in range(24):
        journal.record(at=at(60 * hour), memory=Memory(), observations=[a_probe(when=at(60 * hour))], notes=())
    last = a_probe(when=LAST)
    journal.record(at=LAST, memory=Memory(incidents={"i1": incident}), observations=[last], notes=())


def minutes_kept(journal: Journal) -> list[float]:
    """Return when what is kept was seen, but for the last of all, which always stays."""
    return [minutes_of(o.at) for o in journal.seen_between(at(1), at(10_000_000), 1000) if o.at != LAST]


def test_what_was_seen_in_the_time_of_an_incident_is_kept_for_a_month(store: Store) -> None:
    journal = Journal(store)
    record_hours(journal, an_incident(opened=150, closed=235))
    journal.prune(T0 + timedelta(days=29))
    assert minutes_kept(journal) == [120, 180, 240]
    journal.prune(T0 + timedelta(days=31))
    assert minutes_kept(journal) == []


def test_the_next_process_keeps_it_too(store: Store) -> None:
    record_hours(Journal(store), an_incident(opened=150, closed=235))
    journal = Journal(store)
    journal.recall(T0)
    journal.prune(T0 + timedelta(days=29))
    assert minutes_kept(journal) == [120, 180, 240]


def test_of_an_incident_that_goes_on_for_ever_no_more_than_a_month_is_kept(store: Store) -> None:
    journal = Journal(store)
    record_hours(journal, an_incident(opened=0, closed=None))
    journal.prune(T0 + timedelta(days=30, hours=22))
    assert minutes_kept(journal) == [60 * 22, 60 * 23]


def test_of_what_is_kept_for_longer_the_latest_stay_where_there_is_too_much(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trace, "MOST_KEPT", 3)
    journal = Journal(store)
    record_hours(journal, an_incident(opened=60, closed=600))
    journal.prune(T0 + timedelta(days=29))
    assert minutes_kept(journal) == [9 * 60, 10 * 60]


def test_what_was_seen_and_noted_between_two_moments_is_found(store: Store) -> None:
    journal = Journal(store)
    for minute in range(6):
        note = Note(kind=NoteKind.HOST, subject=f"s{minute % 2}", what=str(minute), why="")
        journal.record(at=at(minute), memory=MEMORY, observations=[a_probe(when=at(minute))], notes=[note])
    assert [o.at for o in journal.seen_between(at(1), at(4), 3)] == [at(1), at(2), at(3)]
    assert [r.note.what for r in journal.notes_between(at(1), at(5), ["s1"], 2)] == ["1", "3"]
