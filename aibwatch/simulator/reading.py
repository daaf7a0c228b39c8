"""Read one table of a scenario, collecting every mistake instead of stopping at the first.

A value that is missing or wrong is replaced by the default and noted, so that the rest of the file is still read.
This module does not know what the keys mean (scenario.py) nor whether the table came from TOML or from JSON.
"""

import math
from collections.abc import Callable, Collection, Mapping
from enum import StrEnum
from typing import TypeVar

from aibwatch.simulator.lines import Lines

Choice = TypeVar("Choice", bound=StrEnum)


class Mistakes:
    """The mistakes of one text, in the order of its lines."""

    def __init__(self, name: str, lines: Lines) -> None:
        self._name = name
        self._lines = lines
        self._found: list[tuple[int, str]] = []

    def note(self, table: str, index: int, key: str, what: str) -> None:
        """Keep one mistake: what is wrong, and what to do."""
        line = self._lines.of(table, index, key)
        self._found.append((line, f"{self._name}:{line}: {key or table}: {what}"))

    def texts(self) -> tuple[str, ...]:
        """Return them, by line."""
        return tuple(text for _, text in sorted(self._found, key=lambda found: found[0]))


class Table:
    """One table, read key by key. Ask for every key, then call `close`."""

    def __init__(self, values: Mapping[str, object], mistakes: Mistakes, name: str = "", index: int = 0) -> None:
        self._values = values
        self._mistakes = mistakes
        self._place = (name, index)
        self._asked: set[str] = set()

    def wrong(self, key: str, what: str) -> None:
        """Note a mistake at a key."""
        self._mistakes.note(*self._place, key, what)

    def has(self, key: str) -> bool:
        """Return whether the key is written."""
        return key in self._values

    def _take(self, key: str) -> object:
        self._asked.add(key)
        return self._values.get(key)

    def text(self, key: str, default: str | None = "") -> str:
        """Return a text; a default of None makes the key a duty."""
        value = self._take(key)
        if isinstance(value, str) and (value or default is not None):
            return value
        if key in self._values:
            kind = "a text" if default is not None else "a text with something in it"
            self.wrong(key, f"{value!r} is not {kind}; write it in quotes")
        elif default is None:
            self.wrong(key, f'is missing; add {key} = "..."')
        return default or ""

    def choice(self, key: str, default: Choice) -> Choice:
        """Return a member of the default's enum, letter case aside."""
        kind = type(default)
        value = self._take(key)
        if value is None:
            return default
        by_name = {member.value.lower(): member for member in kind}
        found = by_name.get(value.lower()) if isinstance(value, str) else None
        if found is None:
            self.wrong(key, f"{value!r} is none of {', '.join(member.value for member in kind)}; write one of them")
        return found or default

    def choices(self, key: str, kind: type[Choice]) -> tuple[Choice, ...]:
        """Return members of an enum, from one word or a list of them; "*" is all of them, () if the key is absent."""
        value = self._take(key)
        if value is None:
            return ()
        words = value if isinstance(value, list) else [value]
        by_name = {member.value.lower(): member for member in kind}
        if "*" in words:
            return tuple(kind)
        texts = [word.lower() for word in words if isinstance(word, str)]
        wrong = [word for word in words if not isinstance(word, str) or word.lower() not in by_name]
        if wrong or not words:
            said = ", ".join(map(repr, wrong)) or "an empty list"
            self.wrong(key, f"{said} is none of {', '.join(by_name)}; write one or a list of them")
        return tuple(by_name[text] for text in texts if text in by_name)

    def number(
        self, key: str, default: float, *, least: float = 0.0, most: float = math.inf, above: bool = False
    ) -> float:
        """Return a number of at least `least` (more than it if `above`) and at most `most`."""
        value = self._take(key)
        if value is None:
            return default
        good = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        if good and isinstance(value, int | float) and (value > least if above else value >= least) and value <= most:
            return float(value)
        bound = f"{'above' if above else 'of at least'} {least:g}" + (
            "" if math.isinf(most) else f" and at most {most:g}"
        )
        self.wrong(key, f"{value!r} is not a number {bound}; seconds and counts are written without quotes")
        return default

    def whole(self, key: str, default: int, *, least: int = 0) -> int:
        """Return a whole number of at least `least`."""
        value = self._take(key)
        if value is None:
            return default
        if isinstance(value, int) and not isinstance(value, bool) and value >= least:
            return value
        self.wrong(key, f"{value!r} is not a whole number of at least {least}; correct it")
        return default

    def flag(self, key: str) -> bool:
        """Return true or false; false if absent."""
        value = self._take(key)
        if not isinstance(value, bool | None):
            self.wrong(key, f"{value!r} is neither true nor false; write one of them without quotes")
        return value is True

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts; () if absent."""
        value = self._take(key)
        if value is None:
            return ()
        if isinstance(value, list) and all(isinstance(item, str) and item for item in value):
            return tuple(value)
        self.wrong(key, f'{value!r} is not a list of texts; write ["...", "..."]')
        return ()

    def mapping(self, key: str, accepts: Callable[[object], bool], what: str) -> dict[str, object]:
        """Return an inline table whose values all pass `accepts`; {} if absent."""
        value = self._take(key)
        if value is None:
            return {}
        if isinstance(value, dict) and all(accepts(item) for item in value.values()):
            return value
        self.wrong(key, f"{value!r} is not a table of {what}; write {{ name = ... }}")
        return {}

    def json(self, key: str) -> dict[str, object]:
        """Return an inline table of anything that JSON can say; {} if absent."""
        return self.mapping(key, _is_json, "what JSON can say, so without dates")

    def close(self, elsewhere: Collection[str] = ()) -> None:
        """Note every key nobody asked for."""
        for key in self._values:
            if key not in self._asked and key not in elsewhere:
                self.wrong(key, f"is not a key here; known are {', '.join(sorted(self._asked | set(elsewhere)))}")


def _is_json(value: object) -> bool:
    if isinstance(value, dict):
        return all(map(_is_json, value.values()))
    return all(map(_is_json, value)) if isinstance(value, list) else isinstance(value, str | int | float)
