"""Own the database: its tables, how it is opened, and its errors.

SQLite is opened with WAL and synchronous FULL, so that what was committed is there after a power cut too, and readers
never stop the writer.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    event,
    text,
)
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

SCHEMA = 1
"""Raised when a table changes; an older state is upgraded, a newer one refused. A table that is only added leaves it:
it is made where it is missing, and an older version that finds it there does not look at it."""

BUSY_SECONDS = 10
"""How long SQLite waits for another reader or writer before it gives up."""


DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


class JournalError(Exception):
    """The journal could not be read or written; what was to be recorded is not, so it must not be done."""


class DamagedStateError(JournalError):
    """The file is there, and not what was written."""


class NewerStateError(JournalError):
    """The state was written by a newer version."""


META = MetaData()
FACTS = Table("facts", META, Column("name", String(40), primary_key=True), Column("value", Text, nullable=False))
OBSERVATIONS = Table(
    "observations",
    META,
    Column("id", Integer, primary_key=True),
    Column("at", DateTime, nullable=False, index=True),
    Column("body", Text, nullable=False),
)
NOTES = Table(
    "notes",
    META,
    Column("id", Integer, primary_key=True),
    Column("at", DateTime, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("subject", String(80), nullable=False),
    Column("what", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("loud", Boolean, nullable=False),
    Index("notes_by_subject", "subject", "id"),
)
HABITS = Table("habits", META, Column("template", Text, primary_key=True), Column("body", Text, nullable=False))
REPORTS = Table("reports", META, Column("template", Text, primary_key=True), Column("body", Text, nullable=False))
EPOCHS = Table(
    "epochs",
    META,
    Column("group_name", String(80), primary_key=True),
    Column("epoch", Integer, nullable=False),
    Column("active", Text, nullable=False),
    Column("activation_id", String(120), nullable=False),
    Column("at", DateTime, nullable=False),
)
MARKS = Table(
    "marks",
    META,
    Column("id", Integer, primary_key=True),
    Column("at", DateTime, nullable=False),
    Column("activation_id", String(120), nullable=False),
    Column("step", Integer, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("mark", String(20), nullable=False),
    Column("body", Text, nullable=False),
    Index("marks_by_step", "activation_id", "step", "attempt"),
)
MOVES = Table(
    "moves",
    META,
    Column("activation_id", String(120), primary_key=True),
    Column("claimed_at", DateTime, primary_key=True),
    Column("group_name", String(80), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("body", Text, nullable=False),
    Index("moves_by_claim", "claimed_at"),
)
MOMENTS = Table(
    "moments",
    META,
    Column("id", Integer, primary_key=True),
    Column("at", DateTime, nullable=False, index=True),
    Column("before_at", DateTime, nullable=False),
    Column("why", String(20), nullable=False),
    Column("version", String(40), nullable=False),
    Column("seen", Integer, nullable=False),
    Column("happened", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
)
HAPPENINGS = Table(
    "happenings",
    META,
    Column("id", Integer, primary_key=True),
    Column("at", DateTime, nullable=False, index=True),
    Column("before_at", DateTime, nullable=False),
    Column("news", Integer, nullable=False),
    Column("body", Text, nullable=False),
)


class Store:
    """An open database."""

    def __init__(self, url: str) -> None:
        """Open the database and make the tables that are missing.

        Raises:
            JournalError: if it cannot be opened or written, or was written by a newer version.
        """
        self.path = make_url(url).database or ""
        self._engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False})
        event.listen(self._engine, "connect", _make_durable)
        with self.transaction() as connection:
            self.prove_whole(connection)
            META.create_all(connection)
            self._check_schema(connection)

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Give a connection whose work is committed at the end, or not at all.

        Raises:
            JournalError: whatever went wrong with the database, naming the file.
        """
        try:
            with self._engine.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            cause = getattr(error, "orig", None) or error
            damaged = getattr(cause, "sqlite_errorcode", None) in DAMAGE
            raise (DamagedStateError if damaged else JournalError)(f"{self.path}: {cause}") from error
        except ValueError as error:
            raise DamagedStateError(f"{self.path}: holds something that cannot be read ({error})") from error

    def prove_whole(self, connection: Connection) -> None:
        """Read the whole file once: a quarter of a second for 250 MB.

        Raises:
            DamagedStateError: naming the file and the first damage found.
        """
        found: str = connection.execute(text("PRAGMA quick_check(1)")).scalar_one()
        if found != "ok":
            raise DamagedStateError(f"{self.path}: is damaged ({' '.join(found.split())})")

    def _check_schema(self, connection: Connection) -> None:
        known = connection.execute(FACTS.select().where(FACTS.c.name == "schema")).first()
        if known is None:
            connection.execute(FACTS.insert().values(name="schema", value=str(SCHEMA)))
        elif int(known.value) > SCHEMA:
            raise NewerStateError(
                f"{self.path}: written by a newer aibwatch (schema {known.value}, this one knows {SCHEMA}); "
                "install that version or use another state"
            )


def to_store(at: datetime) -> datetime:
    """Return the time as the tables keep it: UTC without a zone, because SQLite keeps none."""
    return at.astimezone(UTC).replace(tzinfo=None)


def from_store(at: datetime) -> datetime:
    """Return the time as everybody else uses it."""
    return at.replace(tzinfo=UTC)


def _make_durable(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()
