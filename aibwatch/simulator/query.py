"""Understand the few queries that are sent to Resource Graph, and refuse all others as it refuses nonsense.

The language is Kusto's, cut down to `resources | where ... | project ... | order by ... | limit ...`. What is here
means what it means there: names are compared as they are written, `=~` and `in~` leave letter case aside, what is not
there is an empty text. What is not here is refused, so that a query never seems to work because half of it was not
looked at. This module does not know what rows there are.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from aibwatch.simulator.lexis import QueryError, Token, tokens_of
from aibwatch.simulator.wire import Json

Row = Mapping[str, object]
Expression = Callable[[Row], object]
Test = Callable[[Row], bool]
Stage = Callable[[list[Json]], list[Json]]
Item = TypeVar("Item")

MAX_LENGTH = 256 * 1024
"""Characters of a query: a thousand ids of resources fit, and more is no query of ours."""

MAX_DEPTH = 20
"""Brackets inside brackets."""

COLUMNS = frozenset(
    {"id", "name", "type", "kind", "location", "resourceGroup", "subscriptionId", "tenantId", "tags", "identity"}
    | {"properties", "sku", "plan", "managedBy", "zones", "extendedLocation"}
)
"""Of the table `resources`."""

_PAIRS: Mapping[str, Callable[[str, str], bool]] = {
    "==": lambda found, wanted: found == wanted,
    "!=": lambda found, wanted: found != wanted,
    "=~": lambda found, wanted: found.lower() == wanted.lower(),
    "!~": lambda found, wanted: found.lower() != wanted.lower(),
    "contains": lambda found, wanted: wanted.lower() in found.lower(),
    "startswith": lambda found, wanted: found.lower().startswith(wanted.lower()),
    "has": lambda found, wanted: (
        re.search(rf"(?<![^\W_]){re.escape(wanted)}(?![^\W_])", found, re.IGNORECASE) is not None
    ),
}
_EMPTINESS: Mapping[str, Callable[[object], bool]] = {
    "isempty": lambda value: text_of(value) == "",
    "isnotempty": lambda value: text_of(value) != "",
    "isnull": lambda value: value is None,
    "isnotnull": lambda value: value is not None,
}
_CHANGES: Mapping[str, Callable[[object], object]] = {
    "tostring": lambda value: text_of(value),
    "tolower": lambda value: text_of(value).lower(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One query, understood."""

    stages: tuple[Stage, ...]
    pages: bool
    """Whether its answer can be had in pages: only if every row says its id."""

    def rows(self, table: Iterable[Json]) -> list[Json]:
        """Return what the query makes of the table's rows."""
        found = list(table)
        for stage in self.stages:
            found = stage(found)
        return found


def parse_query(text: str) -> Query:
    """Return the query of a text. Raises QueryError for everything that is not known here."""
    if len(text) > MAX_LENGTH:
        raise QueryError(MAX_LENGTH, text[MAX_LENGTH : MAX_LENGTH + 1])
    return _Parser(text).query()


def text_of(value: object) -> str:
    """Return a value as a query compares it: what is not there is an empty text, a list or an object its JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


class _Parser:
    """Read one query from left to right."""

    def __init__(self, text: str) -> None:
        self._tokens = list(tokens_of(text))
        self._place = 0
        self._depth = 0
        self._columns = set(COLUMNS)

    def query(self) -> Query:
        """Return the whole query."""
        # Without a table it is `resources` that is meant, as recorded.
        if self._takes("resources", fold=True) and self._next.kind != "end":
            self._need("|")
        stages: list[Stage] = []
        while self._next.kind != "end":
            stages.append(self._stage())
            if self._next.kind != "end":
                self._need("|")
        return Query(stages=tuple(stages), pages="id" in self._columns)

    def _stage(self) -> Stage:
        match self._word():
            case "where":
                test = self._either()
                return lambda rows: [row for row in rows if test(row)]
            case "project":
                return self._project()
            case "order" | "sort":
                self._need("by")
                return self._order()
            case "limit" | "take":
                most = int(self._literal("number"))
                return lambda rows: rows[:most]
            case _:
                raise self._error(-1)

    def _project(self) -> Stage:
        parts = dict(self._series(self._column))
        self._columns = set(parts)
        return lambda rows: [{name: value(row) for name, value in parts.items()} for row in rows]

    def _column(self) -> tuple[str, Expression]:
        begin = self._place
        name = self._word()
        if self._takes("="):
            return name, self._expression()
        self._place = begin
        value = self._expression()
        # A path without a name of its own gets one: properties.source.type is properties_source_type.
        steps = [token.text.strip("'\"") for token in self._tokens[begin : self._place]]
        return "_".join(step for step in steps if step not in (".", "[", "]")), value

    def _order(self) -> Stage:
        keys = self._series(self._key)

        def ordered(rows: list[Json]) -> list[Json]:
            for value, falling in reversed(keys):
                rows = sorted(rows, key=lambda row: text_of(value(row)), reverse=falling)
            return rows

        return ordered

    def _key(self) -> tuple[Expression, bool]:
        value = self._expression()
        if self._takes("asc"):
            return value, False
        self._takes("desc")
        return value, True  # the larger first, unless it is said otherwise

    def _either(self) -> Test:
        tests = [self._both()]
        while self._takes("or"):
            tests.append(self._both())
        return lambda row: any(test(row) for test in tests)

    def _both(self) -> Test:
        tests = [self._condition()]
        while self._takes("and"):
            tests.append(self._condition())
        return lambda row: all(test(row) for test in tests)

    def _condition(self) -> Test:
        with self._deeper():
            return self._bracketed() or self._comparison()

    def _bracketed(self) -> Test | None:
        if self._takes("("):
            inner = self._either()
            self._need(")")
            return inner
        if self._takes("not"):
            self._need("(")
            denied = self._either()
            self._need(")")
            return lambda row: not denied(row)
        if self._next.text in _EMPTINESS:
            test = _EMPTINESS[self._word()]
            value = self._argument()
            return lambda row: test(value(row))
        return None

    def _comparison(self) -> Test:
        value = self._expression()
        sign = self._next.text
        self._place += 1
        if sign in _PAIRS:
            fits, wanted = _PAIRS[sign], self._literal("text")
            return lambda row: fits(text_of(value(row)), wanted)
        if sign not in ("in", "in~", "!in", "!in~"):
            raise self._error(-1)
        self._need("(")
        known = self._series(lambda: self._literal("text"))
        self._need(")")
        fold = str.lower if sign.endswith("~") else str
        among, denied = {fold(item) for item in known}, sign.startswith("!")
        return lambda row: (fold(text_of(value(row))) in among) is not denied

    def _argument(self) -> Expression:
        self._need("(")
        with self._deeper():
            value = self._expression()
        self._need(")")
        return value

    @contextmanager
    def _deeper(self) -> Iterator[None]:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self._error()
        yield
        self._depth -= 1  # not after an error: that is the end of the reading

    def _expression(self) -> Expression:
        if self._next.text in _CHANGES:
            change = _CHANGES[self._word()]
            inner = self._argument()
            return lambda row: change(inner(row))
        if self._next.text not in self._columns:
            raise self._error()
        return self._path()

    def _path(self) -> Expression:
        steps = [self._word()]
        while self._next.text in (".", "["):
            if self._takes("."):
                steps.append(self._word())
            else:
                self._need("[")
                steps.append(self._literal("text"))
                self._need("]")

        def value(row: Row) -> object:
            found: object = row
            for step in steps:
                found = found.get(step) if isinstance(found, Mapping) else None
            return found

        return value

    def _series(self, read: Callable[[], Item]) -> list[Item]:
        items = [read()]
        while self._takes(","):
            items.append(read())
        return items

    @property
    def _next(self) -> Token:
        return self._tokens[min(self._place, len(self._tokens) - 1)]

    def _takes(self, text: str, *, fold: bool = False) -> bool:
        found = self._next.text.lower() if fold else self._next.text
        if self._next.kind in ("text", "end") or found != text:
            return False
        self._place += 1
        return True

    def _need(self, text: str) -> None:
        if not self._takes(text):
            raise self._error()

    def _word(self) -> str:
        if self._next.kind != "word":
            raise self._error()
        self._place += 1
        return self._tokens[self._place - 1].text

    def _literal(self, kind: str) -> str:
        if self._next.kind != kind:
            raise self._error()
        self._place += 1
        text = self._tokens[self._place - 1].text
        return re.sub(r"\\(.)", r"\1", text[1:-1]) if kind == "text" else text

    def _error(self, back: int = 0) -> QueryError:
        token = self._tokens[min(self._place + back, len(self._tokens) - 1)]
        return QueryError(token.position, token.text or "<EOF>")
