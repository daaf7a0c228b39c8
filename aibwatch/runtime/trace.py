"""Keep on disk what the engine was told, so that every decision of the last days can be taken again.

Rules: a moment is the whole state and the set-up, as they were after one decision. The happenings after it are the
events that followed, in their order: of a poll its news are among the observations, the rest is mentioned. A tick is
written only if it changed what is remembered. What changes nothing else waits in memory for up to FLUSH, because a
quiet daemon should let the disk sleep; a crash loses that much, and the next start tells the time as silence.

Note [When a moment is written]: at a start, after the journal could not be written, when the set-up changes and when
the host's clock jumps, because what follows does not follow from what is on record; and now and then, because telling
the past from far back takes long. So within a stretch from one moment to the next time only goes forward.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, not_, select

from aibwatch import __version__
from aibwatch.core.events import ClockStepped, Event, JournalRecovered, LeaseChecked, Observed, Started, Ticked
from aibwatch.core.news import Mention, mentions
from aibwatch.core.policy import Setup
from aibwatch.core.replay import Happening, Silence
from aibwatch.core.state import State
from aibwatch.runtime.codec import CodecError, dump_happened, dump_scene, load_happened, load_observation, load_scene
from aibwatch.runtime.store import HAPPENINGS, MOMENTS, OBSERVATIONS, from_store, to_store

KEEP_PAST = timedelta(days=3)
"""What happened on a Friday night is asked about on Monday morning. A small installation writes 2 MB a day."""

FLUSH = timedelta(minutes=1)
"""How long what only says that all is as it was may wait in memory."""

EVERY = timedelta(minutes=15)
MOST_BETWEEN = 250
"""Time and happenings from one moment to the next. Where 20 groups are watched a happening is decided anew in 10 ms and
a moment takes ten kilobytes; with 100 groups of 1,000 templates it is 0.1 s and a hundred."""

MOST_OBSERVATIONS = 100_000
"""Observations that one look at the past may bring. Ten lists in which all of 10,000 templates changed are as many."""


MOST_HAPPENINGS = 2 * MOST_BETWEEN
"""Events that one look may bring; only a record that was not written by this program has more."""


MOST_KEPT = 200_000
"""Observations older than KEEP_PAST that are kept all the same: some 100 MB, and weeks of one region's trouble."""

Span = tuple[datetime, datetime]
"""From when to when."""

CARRIES_TIME = Ticked | LeaseChecked
"""Events that come every few seconds and mostly change nothing; where they do, they are written like any other."""


class Why(StrEnum):
    """What a moment was written for. See Note [When a moment is written]."""

    ROUTINE = "routine"
    STARTED = "started"
    SETUP = "setup"
    JOURNAL = "journal"
    CLOCK = "clock"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the engine was told, and what it made of it."""

    event: Event
    before: State
    after: State
    setup: Setup
    lost_since: datetime | None = None
    """The last decision before the journal failed, while it is failing: what was decided since is not on record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A moment, and what followed until the next one."""

    state: State
    setup: Setup
    version: str
    why: Why
    happenings: tuple[Happening, ...]
    gap: Silence | None
    """From the last decision on record to the next moment, silence or not; None if there is no next one yet."""
    gap_why: Why | None
    """What the next moment was written for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """A stretch as it was read, not yet understood: that takes longer, and no database."""

    moment: Row[Any]
    gap: Silence | None
    gap_why: Why | None
    happenings: Sequence[Row[Any]]
    observations: Sequence[str]


class TooMuchError(Exception):
    """More is on record of that time than may be replayed at once."""


class Trace:
    """What the engine was told. Works in the transactions of its journal; not for several threads at once."""

    def __init__(self) -> None:
        self._waiting: list[dict[str, object]] = []
        self._setup: Setup | None = None
        self._moment_at: datetime | None = None
        self._since_moment = 0

    def due(self, told: Told | None, at: datetime) -> Why | None:
        """Return what a moment is due for after this event, or None if none is."""
        if told is None:
            return None
        if told.lost_since is not None:
            return Why.JOURNAL if isinstance(told.event, JournalRecovered) else None
        if self._moment_at is None or isinstance(told.event, Started):
            return Why.STARTED
        if isinstance(told.event, ClockStepped):
            return Why.CLOCK
        if told.setup is not self._setup and told.setup != self._setup:
            return Why.SETUP
        old = at - self._moment_at >= EVERY or self._since_moment >= MOST_BETWEEN
        return Why.ROUTINE if old else None

    def ripe(self, at: datetime) -> bool:
        """Return whether something has waited in memory for long enough."""
        first = self._waiting[0]["at"] if self._waiting else None
        return isinstance(first, datetime) and to_store(at) - first >= FLUSH

    def wait(self, told: Told | None, at: datetime) -> None:
        """Keep in memory that this was told, until something is written."""
        if told is not None and told.lost_since is None and not isinstance(told.event, CARRIES_TIME):
            self._waiting.append(_happening(told, at, news=0))
            self._since_moment += 1

    def write(self, connection: Connection, told: Told | None, at: datetime, news: int) -> None:
        """Write what waited, and this. Nothing here changes until `written` says that it is on record."""
        why = self.due(told, at)
        rows = list(self._waiting)
        if told is not None and told.lost_since is None and why is None:
            rows.append(_happening(told, at, news=news))
        if rows:
            connection.execute(insert(HAPPENINGS), rows)
        if told is not None and why is not None:
            connection.execute(insert(MOMENTS), [_moment(connection, told, at, why)])

    def written(self, told: Told | None, at: datetime) -> None:
        """Take note that the last `write` is on record."""
        self._waiting = []
        if told is None:
            return
        if self.due(told, at) is None:
            self._since_moment += 1
        else:
            self._setup, self._moment_at, self._since_moment = told.setup, at, 0

    @property
    def waits(self) -> bool:
        """Whether anything waits in memory."""
        return bool(self._waiting)

    def flush(self, connection: Connection) -> None:
        """Write what waited."""
        connection.execute(insert(HAPPENINGS), self._waiting)

    def flushed(self) -> None:
        """Take note that the last `flush` is on record."""
        self._waiting = []


def prune(connection: Connection, now: datetime, kept: Sequence[Span] = ()) -> None:
    """Let go of what is older than anybody asks for; observations of the times in `kept` stay for longer.

    The last row of each stays: SQLite would give its number to the next one, and moments point at numbers.
    """
    since = to_store(now - KEEP_PAST)
    connection.execute(delete(MOMENTS).where(MOMENTS.c.at < since))
    for table in (HAPPENINGS, OBSERVATIONS):
        spans = kept if table is OBSERVATIONS else ()
        outside = [not_(table.c.at.between(to_store(a), to_store(b))) for a, b in spans]
        last = select(func.max(table.c.id)).scalar_subquery()
        connection.execute(delete(table).where(table.c.at < since, table.c.id < last, *outside))
    crowd = select(OBSERVATIONS.c.id).where(OBSERVATIONS.c.at < since).order_by(OBSERVATIONS.c.id.desc())
    first = connection.execute(crowd.limit(1).offset(MOST_KEPT)).scalar()
    if first is not None:
        connection.execute(delete(OBSERVATIONS).where(OBSERVATIONS.c.id <= first))


def earliest(connection: Connection) -> datetime | None:
    """Return from when on the past can be told; None if nothing is on record."""
    at: datetime | None = connection.execute(select(func.min(MOMENTS.c.at))).scalar()
    return from_store(at) if at else None


def read(connection: Connection, moment: datetime) -> Rows | None:
    """Return the rows of the stretch that the moment lies in, or None if it is before all of them.

    Raises:
        TooMuchError: if there are more of them than may be replayed.
    """
    began = connection.execute(
        select(MOMENTS).where(MOMENTS.c.at <= to_store(moment)).order_by(MOMENTS.c.id.desc()).limit(1)
    ).first()
    if began is None:
        return None
    following = connection.execute(
        select(MOMENTS.c.at, MOMENTS.c.before_at, MOMENTS.c.why, MOMENTS.c.seen, MOMENTS.c.happened)
        .where(MOMENTS.c.id > began.id)
        .order_by(MOMENTS.c.id)
        .limit(1)
    ).first()
    happened = select(HAPPENINGS).where(HAPPENINGS.c.id > began.happened).order_by(HAPPENINGS.c.id)
    seen = select(OBSERVATIONS.c.body).where(OBSERVATIONS.c.id > began.seen).order_by(OBSERVATIONS.c.id)
    if following is not None:
        happened = happened.where(HAPPENINGS.c.id <= following.happened)
        seen = seen.where(OBSERVATIONS.c.id <= following.seen)
    happenings = connection.execute(happened.limit(MOST_HAPPENINGS + 1)).all()
    observations = connection.execute(seen.limit(MOST_OBSERVATIONS + 1)).scalars().all()
    if len(observations) > MOST_OBSERVATIONS or len(happenings) > MOST_HAPPENINGS:
        what = f"{MOST_OBSERVATIONS:,} observations or {MOST_HAPPENINGS:,} events"
        raise TooMuchError(f"more than {what} are on record of that time, and no look takes in more")
    return Rows(
        moment=began,
        happenings=happenings,
        observations=observations,
        gap=Silence(since=from_store(following.before_at), until=from_store(following.at)) if following else None,
        gap_why=Why(following.why) if following else None,
    )


def understand(rows: Rows) -> Stretch:
    """Return the stretch that was read.

    Raises:
        CodecError: if it was written by a version that this one does not understand.
    """
    state, setup = load_scene(zlib.decompress(rows.moment.body).decode())
    bodies = iter(rows.observations)
    return Stretch(
        state=state,
        setup=setup,
        version=rows.moment.version,
        why=Why(rows.moment.why),
        happenings=tuple(_happened(row, tuple(islice(bodies, row.news))) for row in rows.happenings),
        gap=rows.gap,
        gap_why=rows.gap_why,
    )


def _happened(row: Row[Any], news: Sequence[str]) -> Happening:
    event, mentioned = load_happened(row.body)
    if len(news) < row.news:
        raise CodecError("what was seen about then is not on record any more")
    if isinstance(event, Observed):
        event = replace(event, observations=tuple(load_observation(body) for body in news))
    return Happening(at=from_store(row.at), before_at=from_store(row.before_at), event=event, mentions=mentioned)


def _happening(told: Told, at: datetime, news: int) -> dict[str, object]:
    event, mentioned = told.event, tuple[Mention, ...]()
    if isinstance(event, Observed):
        mentioned = mentions(told.before.window, event.observations)
        event = Observed(observations=())
    return {
        "at": to_store(at),
        "before_at": to_store(told.before.judged_at or at),
        "news": news,
        "body": dump_happened(event, mentioned),
    }


def _moment(connection: Connection, told: Told, at: datetime, why: Why) -> dict[str, object]:
    before_at = told.lost_since or told.before.judged_at or at
    if why is Why.STARTED:
        before_at = _last_on_record(connection) or at
    return {
        "at": to_store(at),
        "before_at": to_store(before_at),
        "why": str(why),
        "version": __version__,
        "seen": connection.execute(select(func.coalesce(func.max(OBSERVATIONS.c.id), 0))).scalar_one(),
        "happened": connection.execute(select(func.coalesce(func.max(HAPPENINGS.c.id), 0))).scalar_one(),
        "body": zlib.compress(dump_scene(told.after, told.setup).encode()),
    }


def _last_on_record(connection: Connection) -> datetime | None:
    """Return when the process before this one took the last decision that is on record."""
    latest = (
        connection.execute(select(table.c.at).order_by(table.c.id.desc()).limit(1)).scalar()
        for table in (MOMENTS, HAPPENINGS)
    )
    known = [at for at in latest if at is not None]
    return from_store(max(known)) if known else None
