"""Keep on disk what was seen and concluded.

Rules: what a decision wants done is on record before it is done. A record is one transaction: all of it or nothing.
Windows are rebuilt from the observations after a restart, so that an outage is not forgotten and its clock does not
start again. How the past can be told is for trace.py; it is written in the same transactions.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from aibwatch.core.decision import Note, NoteKind
from aibwatch.core.incident import Incident, period
from aibwatch.core.observation import Observation
from aibwatch.core.recall import Memory
from aibwatch.runtime import ledger, trace
from aibwatch.runtime.codec import (
    dump_habit,
    dump_memory,
    dump_observation,
    dump_report,
    load_habit,
    load_memory,
    load_observation,
    load_report,
)
from aibwatch.runtime.kept import Kept
from aibwatch.runtime.ledger import Ledger
from aibwatch.runtime.store import FACTS, HABITS, NOTES, OBSERVATIONS, REPORTS, Store, from_store, to_store
from aibwatch.runtime.trace import Rows, Told, Trace
from aibwatch.views.history import Recorded

RECALLED = timedelta(hours=24)
"""Observations that a new process begins with. Windows are at most 6 h; events that go on are older."""

KEEP_SEEN = timedelta(days=30)
"""What was seen in the time of an incident is kept so long, and not the few days of everything else: a support request
is opened the week after, and asked about for weeks. It stays where it is and is not copied, so that writing costs
nothing in the middle of the trouble; all regions' of that time, because whether others were well is asked too."""

KEEP_NOTES = timedelta(days=400)
"""What was decided is kept over a year, so that last year's incident can be compared."""


class Journal:
    """What was seen and concluded. Not for several threads at once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._remembered = ""
        self._trace = Trace()
        self._habits = Kept(HABITS, dump_habit, load_habit)
        self._reports = Kept(REPORTS, dump_report, load_report)
        self._ledger = Ledger()
        self._incidents: Mapping[str, Incident] = {}

    def record(
        self,
        *,
        at: datetime,
        memory: Memory,
        observations: Iterable[Observation],
        notes: Sequence[Note],
        told: Told | None = None,
    ) -> None:
        """Write a decision down, in one transaction; nothing if nothing is new. `at` is when it was taken.

        Raises:
            JournalError: if it is not on record.
        """
        remembered = dump_memory(memory)
        seen = [{"at": to_store(at), "body": dump_observation(o)} for o in observations]
        said = [_columns(note, at) for note in notes]
        habits, reports = self._habits.changes(memory.habits), self._reports.changes(memory.reports)
        moves = self._ledger.news(memory.groups, notes, at)
        changed = bool(seen or said or habits or reports or moves or remembered != self._remembered)
        if not changed and self._trace.due(told, at) is None and not self._trace.ripe(at):
            self._trace.wait(told, at)
            return
        with self._store.transaction() as connection:
            if seen:
                connection.execute(insert(OBSERVATIONS), seen)
            if said:
                connection.execute(insert(NOTES), said)
            if remembered != self._remembered:
                _put_fact(connection, "memory", remembered)
            if moves:
                self._ledger.write(connection, moves)
            self._habits.write(connection, habits)
            self._reports.write(connection, reports)
            self._trace.write(connection, told, at, news=len(seen))
        self._trace.written(told, at)
        self._ledger.written(memory.groups, moves)
        self._habits.written(memory.habits)
        self._reports.written(memory.reports)
        self._remembered, self._incidents = remembered, memory.incidents

    def flush(self) -> None:
        """Write what of the past still waits in memory.

        Raises:
            JournalError: if it cannot be written.
        """
        if not self._trace.waits:
            return
        with self._store.transaction() as connection:
            self._trace.flush(connection)
        self._trace.flushed()

    def past(self, moment: datetime) -> Rows | None:
        """Return what is on record to tell that moment from, or None if it is before all that is.

        Raises:
            JournalError: if it cannot be read.
            TooMuchError: if it is more than may be replayed.
        """
        self.flush()
        with self._store.transaction() as connection:
            return trace.read(connection, moment)

    def past_from(self) -> datetime | None:
        """Return from when on the past can be told; None if nothing of it is on record yet.

        Raises:
            JournalError: if it cannot be read.
        """
        with self._store.transaction() as connection:
            return trace.earliest(connection)

    def prove_writable(self, now: datetime) -> None:
        """Read the journal once, and write something that nobody needs.

        Raises:
            JournalError: if the journal is damaged or cannot be written.
        """
        with self._store.transaction() as connection:
            self._store.prove_whole(connection)
            _put_fact(connection, "proved_writable_at", now.isoformat())

    def recall(self, now: datetime) -> tuple[Memory, tuple[Observation, ...]]:
        """Return what is remembered, and the observations that still matter, oldest first.

        Raises:
            JournalError: if it cannot be read.
            CodecError: if it was written by a version that this one does not understand.
        """
        since = to_store(now - RECALLED)
        with self._store.transaction() as connection:
            fact = connection.execute(select(FACTS.c.value).where(FACTS.c.name == "memory")).scalar()
            query = select(OBSERVATIONS.c.body).where(OBSERVATIONS.c.at >= since).order_by(OBSERVATIONS.c.id)
            bodies = connection.execute(query).scalars().all()
            habits, reports = self._habits.recall(connection), self._reports.recall(connection)
            memory = Memory() if fact is None else load_memory(fact)
            self._ledger.recall(connection, memory.groups)
        self._remembered, self._incidents = fact or "", memory.incidents
        return replace(memory, habits=habits, reports=reports), tuple(load_observation(body) for body in bodies)

    def notes(self, *, subject: str | None = None, limit: int = 200) -> tuple[Recorded, ...]:
        """Return the latest notes, oldest first.

        Raises:
            JournalError: if they cannot be read.
        """
        query = select(NOTES).order_by(NOTES.c.id.desc()).limit(limit)
        if subject is not None:
            query = query.where(NOTES.c.subject == subject)
        with self._store.transaction() as connection:
            rows = connection.execute(query).all()
        return tuple(_recorded(row) for row in reversed(rows))

    def notes_after(self, moment: datetime, subjects: tuple[str, ...], limit: int) -> tuple[Recorded, ...]:
        """Return the first notes of these subjects after the moment, oldest first.

        Raises:
            JournalError: if they cannot be read.
        """
        query = select(NOTES).where(NOTES.c.at > to_store(moment), NOTES.c.subject.in_(subjects))
        with self._store.transaction() as connection:
            rows = connection.execute(query.order_by(NOTES.c.id).limit(limit)).all()
        return tuple(_recorded(row) for row in rows)

    def moves(self, limit: int) -> ledger.Read:
        """Return the moves that were claimed last, oldest first.

        Raises:
            JournalError: if they cannot be read.
        """
        with self._store.transaction() as connection:
            return ledger.latest(connection, limit)

    def moves_named(self, activation_ids: Iterable[str]) -> ledger.Read:
        """Return all moves with one of these activation ids, in the order of their claims.

        Raises:
            JournalError: if they cannot be read.
        """
        with self._store.transaction() as connection:
            return ledger.named(connection, activation_ids)

    def seen_between(self, since: datetime, until: datetime, limit: int) -> tuple[Observation, ...]:
        """Return what was seen between two moments, oldest first; of more than `limit` the first ones.

        Raises:
            JournalError: if it cannot be read.
            CodecError: if it was written by a version that this one does not understand.
        """
        at = OBSERVATIONS.c.at
        query = select(OBSERVATIONS.c.body).where(at.between(to_store(since), to_store(until)))
        with self._store.transaction() as connection:
            bodies = connection.execute(query.order_by(OBSERVATIONS.c.id).limit(limit)).scalars().all()
        return tuple(load_observation(body) for body in bodies)

    def notes_between(
        self, since: datetime, until: datetime, subjects: Iterable[str], limit: int
    ) -> tuple[Recorded, ...]:
        """Return the notes of these subjects between two moments, oldest first; of more than `limit` the first ones.

        Raises:
            JournalError: if they cannot be read.
        """
        of_subjects = NOTES.c.subject.in_(tuple(subjects))
        query = select(NOTES).where(of_subjects, NOTES.c.at.between(to_store(since), to_store(until)))
        with self._store.transaction() as connection:
            rows = connection.execute(query.order_by(NOTES.c.id).limit(limit)).all()
        return tuple(_recorded(row) for row in rows)

    def prune(self, now: datetime) -> None:
        """Let go of what is older than anybody asks for.

        Raises:
            JournalError: if it cannot be written.
        """
        with self._store.transaction() as connection:
            ledger.prune(connection, now)
            connection.execute(delete(NOTES).where(NOTES.c.at < to_store(now - KEEP_NOTES)))
            trace.prune(connection, now, self._to_keep(now))

    def _to_keep(self, now: datetime) -> tuple[trace.Span, ...]:
        """Return the times of which observations are kept for longer."""
        since = now - KEEP_SEEN
        spans = (period(incident, now) for incident in self._incidents.values())
        return tuple((max(began, since), ended) for began, ended in spans if ended > since)


def _put_fact(connection: Connection, name: str, value: str) -> None:
    fact = upsert(FACTS).values(name=name, value=value)
    connection.execute(fact.on_conflict_do_update(index_elements=["name"], set_={"value": value}))


def _recorded(row: Row[Any]) -> Recorded:
    note = Note(kind=NoteKind(row.kind), subject=row.subject, what=row.what, why=row.why, loud=row.loud)
    return Recorded(id=row.id, at=from_store(row.at), note=note)


def _columns(note: Note, at: datetime) -> dict[str, object]:
    return {
        "at": to_store(at),
        "kind": str(note.kind),
        "subject": note.subject,
        "what": note.what,
        "why": note.why,
        "loud": note.loud,
    }
