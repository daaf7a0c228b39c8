"""Find the line of every key in a TOML text that `tomllib` has already accepted.

`tomllib` tells no positions, so this walks the same text again. It only has to find its way through *valid* TOML, which
keeps it small: strings, brackets and dots, but no values. A place is the path to it: ("group", 0, "secondaries", 1).
"""

import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterator

Place = tuple[str | int, ...]

DEEPEST = 10
"""Longest path that is kept. No setting lies deeper than six, and a key of 100,000 dots must not cost their square."""

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_QUOTED = re.compile(
    r'"""(?:[^\\]|\\.)*?"""(?:"{0,2})'
    r"|'''.*?'''(?:'{0,2})"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_SCALAR = re.compile(r"[^,\]}\n#]*")


class LineIndex:
    """Lines of places, counted from 1."""

    def __init__(self, text: str) -> None:
        self._lines = dict(_Walk(text).places())

    def __contains__(self, place: Place) -> bool:
        return place in self._lines

    def line_of(self, place: Place) -> int:
        """Return where the place is written, else where the nearest table around it is, else 1."""
        for length in range(min(len(place), DEEPEST), 0, -1):
            if place[:length] in self._lines:
                return self._lines[place[:length]]
        return 1


class _Walk:
    """One pass over the text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._newlines = [match.start() for match in re.finditer("\n", text)]
        self._tables: dict[Place, int] = {}
        """How many [[tables]] each array has so far."""
        self._found: dict[Place, int] = {}

    def places(self) -> Iterator[tuple[Place, int]]:
        """Return all places with their lines."""
        table: Place = ()
        while self._next():
            start = self._at
            if self._sees("["):
                table = self._header()
            else:
                self._pair(table)
            if self._at == start:  # not TOML after all: the lines known so far are better than none
                break
        return iter(self._found.items())

    def _header(self) -> Place:
        array = self._sees("[[")
        self._at += 2 if array else 1
        line = self._line()
        *outer, last = self._key()
        place: Place = ()
        for part in outer:
            place = self._innermost(self._note((*place, part), line))
        place = self._note((*place, last), line)
        if array:
            self._tables[place] = self._tables.get(place, 0) + 1
            place = self._note(self._innermost(place), line)
        self._at += 2 if array else 1
        return place

    def _innermost(self, place: Place) -> Place:
        """Return the last table of an array of tables: the one that a header under it speaks of."""
        return (*place, self._tables[place] - 1) if place in self._tables else place

    def _pair(self, table: Place) -> None:
        line, place = self._line(), table
        for part in self._key():
            place = self._note((*place, part), line)
        if self._sees("="):
            self._at += 1
            self._take(_SPACE)
            self._value(place)

    def _value(self, place: Place) -> None:
        if self._sees("["):
            self._array(place)
        elif self._sees("{"):
            self._inline_table(place)
        elif not self._take(_QUOTED):
            self._take(_SCALAR)

    def _array(self, place: Place) -> None:
        self._at += 1
        count = 0
        while self._next() and not self._sees("]"):
            start = self._at
            if self._sees(","):
                self._at += 1
                continue
            self._value(self._note((*place, count), self._line()))
            count += 1
            if self._at == start:
                return
        self._at += 1

    def _inline_table(self, place: Place) -> None:
        self._at += 1
        while self._next() and not self._sees("}"):
            start = self._at
            if self._sees(","):
                self._at += 1
                continue
            self._pair(place)
            if self._at == start:
                return
        self._at += 1

    def _key(self) -> list[str]:
        """Take a key with all its dots."""
        parts = [self._key_part()]
        while self._sees("."):
            self._at += 1
            parts.append(self._key_part())
        return parts

    def _key_part(self) -> str:
        self._take(_SPACE)
        bare = self._take(_BARE)
        part = bare or _unquoted(self._take(_QUOTED))
        self._take(_SPACE)
        return part

    def _note(self, place: Place, line: int) -> Place:
        """Remember where a place was first written. Paths that are too deep share the place of their stem."""
        place = place[: DEEPEST + 1]
        if len(place) <= DEEPEST:
            self._found.setdefault(place, line)
        return place

    def _next(self) -> bool:
        self._take(_BLANK)
        return self._at < len(self._text)

    def _sees(self, text: str) -> bool:
        return self._text.startswith(text, self._at)

    def _take(self, form: re.Pattern[str]) -> str:
        match = form.match(self._text, self._at)
        if match is None:
            return ""
        self._at = match.end()
        return match.group()

    def _line(self) -> int:
        return bisect_right(self._newlines, self._at - 1) + 1


def _unquoted(key: str) -> str:
    # Escapes in a key are rare and many-sided; tomllib knows them all.
    return str(tomllib.loads(f"k = {key}")["k"]) if key else ""
