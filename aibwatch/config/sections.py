"""Know the sections of the file and their keys, to suggest what somebody meant by a key that is not a setting."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import get_args

from pydantic import BaseModel

from aibwatch.config.lines import Place
from aibwatch.config.schema import Settings

LIKENESS = 0.6
"""difflib's ratio from which a key is offered instead: finds swapped letters, not other words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One kind of table in the file."""

    path: tuple[str, ...]
    many: bool
    """Whether it may stand several times, in double brackets."""
    table: type[BaseModel]

    @property
    def header(self) -> str:
        """How it is written: "[policy]" or "[[group.step]]"."""
        return f"[[{'.'.join(self.path)}]]" if self.many else f"[{'.'.join(self.path)}]"

    @property
    def keys(self) -> list[str]:
        """The keys that may stand in it."""
        return [field.alias or name for name, field in self.table.model_fields.items()]


def section_at(place: Place) -> Section | None:
    """Return the section that a place is, whichever of several; None for a single setting."""
    return SECTIONS.get(_path(place))


def what_was_meant(place: Place) -> str:
    """Return a sentence about a key that is not a setting: what it resembles, or where it belongs."""
    key, section = str(place[-1]), SECTIONS.get(_path(place[:-1]))
    if section is None:
        return (
            f"is not a section; {_nearest(key, TOP) or _belongs(key) or 'the sections are ' + ', '.join(_headers(TOP))}"
        )
    near = _nearest(key, section.keys)
    hint = near or _belongs(key) or f"there are {', '.join(section.keys)}"
    return f"is not a setting of {section.header}; {hint}"


def _nearest(key: str, known: list[str]) -> str:
    near = get_close_matches(key, known, n=1, cutoff=LIKENESS)
    return f"did you mean {near[0]}?" if near else ""


def _belongs(key: str) -> str:
    # TOML's own trap: a key written below [[group.step]] belongs to the step, however it is indented.
    homes = [section.header for section in SECTIONS.values() if key in section.keys]
    return f"it belongs under {' or '.join(homes)}, above any section that follows" if homes else ""


def _headers(names: list[str]) -> list[str]:
    return [SECTIONS[(name,)].header for name in names]


def _path(place: Place) -> tuple[str, ...]:
    return tuple(part for part in place if isinstance(part, str))


def _below(table: type[BaseModel], path: tuple[str, ...]) -> Iterator[Section]:
    for name, field in table.model_fields.items():
        inner = next(_tables_in(field.annotation), None)
        if inner is not None:
            here = (*path, name)
            yield Section(path=here, many=field.annotation is not inner, table=inner)
            yield from _below(inner, here)


def _tables_in(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _tables_in(argument)


SECTIONS: Mapping[tuple[str, ...], Section] = {section.path: section for section in _below(Settings, ())}
TOP = list(Settings.model_fields)
