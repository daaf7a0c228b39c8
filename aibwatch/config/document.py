"""Parse the text of a file into data that knows its lines, so that every complaint can say where.

This module does not know which settings exist.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from aibwatch.config.lines import LineIndex, Place
from aibwatch.config.problem import ConfigError, Problem
from aibwatch.config.words import quoted

_WHERE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
_HINTS = {
    "Invalid value": 'text needs quotes: key = "text"',
    "Invalid statement": "a line is key = value, [section] or [[section]]",
    "Cannot overwrite a value": "this key is already set above; leave one of the two",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A TOML file as it was written, before anything is judged."""

    file: Path
    data: Mapping[str, object]
    lines: LineIndex

    def problem(self, place: Place, message: str, *, of: Place | None = None) -> Problem:
        """Return a complaint about a place; `of` names another as its key, where that reads better."""
        key = self.label(place if of is None else of)
        return Problem(file=self.file, line=self.lines.line_of(place), key=key or "file", message=message)

    def label(self, place: Place) -> str:
        """Return what an operator calls the place: `policy.mode`, `group "ubuntu-base": step 1: timeout`."""
        words: list[str] = []
        for depth, part in enumerate(place):
            if isinstance(part, str):
                joint = "" if not words else ": " if isinstance(place[depth - 1], int) else "."
                words.append(joint + (part if re.fullmatch(r"[\w-]+", part) else quoted(part)))
            elif isinstance(self.at(place[: depth + 1]), Mapping):
                words.append(f" {self._which(place[: depth + 1])}")
        return "".join(words)

    def at(self, place: Place) -> object:
        """Return what is written at a place, None if nothing is."""
        found: object = self.data
        for part in place:
            match found, part:
                case Mapping(), str():
                    found = found.get(part)
                case list(), int() if part < len(found):
                    found = found[part]
                case _:
                    return None
        return found

    def places(self, dotted: str) -> Iterator[Place]:
        """Return every place where a key is set; "group.step.timeout" may be several."""
        found: list[Place] = [()]
        for part in dotted.split("."):
            found = [(*place, part) for table in found for place in self._tables(table)]
        return (place for place in found if self.at(place) is not None)

    def items(self, dotted: str) -> Iterator[Place]:
        """Return the places of what is in a list, or in an array of tables, wherever the key is set."""
        for place in self.places(dotted):
            inside = self.at(place)
            if isinstance(inside, list):
                yield from ((*place, index) for index in range(len(inside)))

    def _tables(self, place: Place) -> list[Place]:
        inside = self.at(place)
        return [(*place, index) for index in range(len(inside))] if isinstance(inside, list) else [place]

    def _which(self, place: Place) -> str:
        """Name one table of several: by its name if it has one, else by counting from 1."""
        name = self.at((*place, "name"))
        return quoted(name) if isinstance(name, str) else str(int(place[-1]) + 1)


def parse(text: str, file: Path) -> Document:
    """Return the document, or raise ConfigError with the place where it stops being TOML."""
    try:
        data = tomllib.loads(text)
        return Document(file=file, data=data, lines=LineIndex(text))
    except RecursionError:
        raise _not_toml(file, 1, "nested too deeply; no setting needs that") from None
    except ValueError as error:  # also what Python says of a number with thousands of digits
        raise _syntax_error(text, file, str(error)) from error


def _syntax_error(text: str, file: Path, said: str) -> ConfigError:
    where = _WHERE.search(said)
    if where and not where[1]:
        last = text.rstrip().count("\n") + 1
        return _not_toml(file, last, "the file ends in the middle of something; close its quotes or brackets")
    what = _WHERE.sub("", said)
    hint = _HINTS.get(what, "correct this first, the rest was not read")
    return _not_toml(file, int(where[1]) if where else 1, f"{what}; {hint}")


def _not_toml(file: Path, line: int, what: str) -> ConfigError:
    return ConfigError([Problem(file=file, line=line, key="syntax", message=f"not TOML: {what}")])
