"""Keep what is remembered of each template in a row of its own, because there may be ten thousand and one changes.

Rules: rows are told apart by the identity of what they hold, which costs nothing; what is gone from memory is deleted.
What is written counts as written only when it is said so, after its transaction. This module does not know what it
keeps.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from sqlalchemy import Table, bindparam, delete, select
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.engine import Connection

from aibwatch.core.model import TemplateId

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What is not on record yet."""

    learned: list[dict[str, str]]
    gone: list[dict[str, str]]

    def __bool__(self) -> bool:
        """Return whether there is anything to write."""
        return bool(self.learned or self.gone)


class Kept(Generic[T]):
    """One table of such rows, and what of it is on record."""

    def __init__(self, table: Table, dump: Callable[[T], str], load: Callable[[str], T]) -> None:
        self._table, self._dump, self._load = table, dump, load
        self._known: Mapping[TemplateId, T] = {}

    def changes(self, now: Mapping[TemplateId, T]) -> Changes:
        """Return what differs from what is on record."""
        known = self._known
        if now is known:
            return Changes(learned=[], gone=[])
        return Changes(
            learned=[{"template": t, "body": self._dump(kept)} for t, kept in now.items() if known.get(t) is not kept],
            gone=[{"gone": t} for t in known if t not in now],
        )

    def write(self, connection: Connection, changes: Changes) -> None:
        """Write these changes down."""
        if changes.learned:
            row = upsert(self._table)
            row = row.on_conflict_do_update(index_elements=["template"], set_={"body": row.excluded.body})
            connection.execute(row, changes.learned)
        if changes.gone:
            connection.execute(delete(self._table).where(self._table.c.template == bindparam("gone")), changes.gone)

    def written(self, now: Mapping[TemplateId, T]) -> None:
        """Take this for what is on record."""
        self._known = now

    def recall(self, connection: Connection) -> Mapping[TemplateId, T]:
        """Return what is on record. Raises CodecError for what this version does not understand."""
        rows = connection.execute(select(self._table.c.template, self._table.c.body)).all()
        self._known = {TemplateId(template): self._load(body) for template, body in rows}
        return self._known
