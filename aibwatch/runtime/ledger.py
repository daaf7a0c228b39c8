"""Keep every move on disk, beyond the last one that a group remembers.

Rules: a move is written in the transaction of the decision that changed it, as it then stands, and not again while it
stands so. A year of them is kept, and no more than MOST. Works in the transactions of its journal; not for several
threads at once.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, select
from sqlalchemy.dialects.sqlite import insert as upsert

from aibwatch.core.decision import Note
from aibwatch.core.move.moves import KeptMove, Key, is_open, kept_moves, news_of
from aibwatch.core.state import GroupState
from aibwatch.runtime.codec import CodecError, dump_move, load_move
from aibwatch.runtime.store import MOVES, to_store

KEEP_MOVES = timedelta(days=400)
"""Over a year, so that last year's outage can be compared."""

MOST = 10_000
"""A claim that is given up and made again each half minute would write this many in three days and a half, and nobody
reads more of them; each takes some kilobytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """Moves as they were read. One that cannot be understood does not hide the others."""

    moves: tuple[KeptMove, ...]
    unreadable: int
    """How many were written by a version that this one does not understand."""


class Ledger:
    """The moves on record."""

    def __init__(self) -> None:
        self._known: dict[Key, KeptMove] = {}

    def recall(self, connection: Connection, groups: Mapping[str, GroupState]) -> None:
        """Learn what is on record of the moves that the groups remember.

        A state of a version that did not keep moves has none of them; they are written with the next decision.
        """
        keys = {
            *kept_moves(groups),
            *((left.activation_id, left.claimed_at) for g in groups.values() for left in g.left),
        }
        found = named(connection, {activation_id for activation_id, _ in keys}).moves
        self._known = {kept.key: kept for kept in found if kept.key in keys}

    def news(self, groups: Mapping[str, GroupState], notes: Iterable[Note], at: datetime) -> dict[Key, KeptMove]:
        """Return the moves that stand otherwise than is on record."""
        return news_of(self._known, groups, notes, at)

    def write(self, connection: Connection, news: Mapping[Key, KeptMove]) -> None:
        """Write these. They count as known only when `written` says that they are on record."""
        rows = [_row(kept) for kept in news.values()]
        move = upsert(MOVES)
        keys = ["activation_id", "claimed_at"]
        connection.execute(move.on_conflict_do_update(index_elements=keys, set_={"body": move.excluded.body}), rows)

    def written(self, groups: Mapping[str, GroupState], news: Mapping[Key, KeptMove]) -> None:
        """Take note that these are on record, and forget those that nothing more will come of."""
        known = self._known | dict(news)
        present = kept_moves(groups, known)
        self._known = {key: kept for key, kept in known.items() if key in present or is_open(kept)}


def latest(connection: Connection, limit: int) -> Read:
    """Return the moves that were claimed last, oldest first."""
    bodies = connection.execute(select(MOVES.c.body).order_by(MOVES.c.claimed_at.desc()).limit(limit)).scalars().all()
    return _load(reversed(bodies))


def named(connection: Connection, activation_ids: Iterable[str]) -> Read:
    """Return all moves with one of these activation ids, in the order of their claims."""
    query = select(MOVES.c.body).where(MOVES.c.activation_id.in_(tuple(activation_ids))).order_by(MOVES.c.claimed_at)
    return _load(connection.execute(query).scalars())


def _load(bodies: Iterable[str]) -> Read:
    moves: list[KeptMove] = []
    unreadable = 0
    for body in bodies:
        try:
            moves.append(load_move(body))
        except CodecError:
            unreadable += 1
    return Read(moves=tuple(moves), unreadable=unreadable)


def prune(connection: Connection, now: datetime) -> None:
    """Let go of what is older than anybody asks for, and of more than anybody reads."""
    connection.execute(delete(MOVES).where(MOVES.c.claimed_at < to_store(now - KEEP_MOVES)))
    if (connection.execute(select(func.count()).select_from(MOVES)).scalar() or 0) <= MOST:
        return
    oldest = select(MOVES.c.claimed_at).order_by(MOVES.c.claimed_at.desc()).limit(1).offset(MOST - 1)
    at = connection.execute(oldest).scalar_one()
    connection.execute(delete(MOVES).where(MOVES.c.claimed_at < at))


def _row(kept: KeptMove) -> dict[str, object]:
    move = kept.move
    return {
        "activation_id": move.activation_id,
        "claimed_at": to_store(move.claimed_at),
        "group_name": move.group,
        "kind": str(move.kind),
        "body": dump_move(kept),
    }
