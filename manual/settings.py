"""Read what the schema says of every setting: its kind, its default, and the docstring with unit and reason.

The docstrings stand below the settings and are lost when Python runs, so they are read from the source with `ast`.
"""

import ast
import inspect
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any

from pydantic import TypeAdapter
from pydantic.fields import FieldInfo

from aibwatch.config import schema
from aibwatch.config.schema import Cloud, Credential, Settings
from aibwatch.config.sections import SECTIONS, Section
from aibwatch.config.unacted import UNACTED
from aibwatch.core.model import Mode


def _one_of(choices: type[Mode] | type[Credential] | type[Cloud]) -> str:
    return "one of " + ", ".join(f'"{choice.value}"' for choice in choices)


# The first that is in the annotation names the kind, so what holds others comes first.
KINDS = (
    ("dict", "table of texts"),
    ("tuple[Template", "list of resource ids"),
    ("tuple[Region", "list of regions"),
    ("tuple[", "list of texts"),
    ("DurationOrOff", 'duration, or "off"'),
    ("Duration", "duration"),
    ("ModeChoice", _one_of(Mode)),
    ("CredentialChoice", _one_of(Credential)),
    ("CloudChoice", _one_of(Cloud)),
    ("Flag", "true or false"),
    ("Score", "number above 0"),
    ("Instant", "date and time"),
    ("Pattern", "regular expression"),
    ("Template", "resource id"),
    ("any_resource", "resource id"),
    ("Region", "region"),
    ("Canaries", "whole number"),
    ("Moves", "whole number"),
    ("Int", "whole number"),
    ("Text", "text"),
    ("Filled", "text"),
    ("Endpoint", "text"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One key of a section, or several of which the same is said."""

    keys: tuple[str, ...]
    kind: str
    default: str
    """As TOML; "required" or "left out" where there is none."""
    text: str
    """One paragraph: unit, default, and why that default."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One section of the file."""

    header: str
    text: str
    settings: tuple[Setting, ...]


def sections() -> tuple[Told, ...]:
    """Return every section of the file in the order of the schema, with its settings in theirs."""
    return tuple(_section(section) for section in SECTIONS.values())


def _section(section: Section) -> Told:
    above = SECTIONS[section.path[:-1]].table if section.path[:-1] else Settings
    where = DOCSTRINGS[above.__name__][section.path[-1]].text
    inner = {path[-1] for path in SECTIONS if path[:-1] == section.path}
    single = [_setting(section, name, field) for name, field in section.table.model_fields.items() if name not in inner]
    whole = " ".join(inspect.cleandoc(section.table.__doc__ or "").split())
    return Told(
        header=section.header,
        text=f"{whole} {where}" if "efault" in where else whole,
        settings=tuple(_joined(list(same)) for _, same in groupby(single, key=lambda s: (s.text, s.default))),
    )


def _joined(same: list[Setting]) -> Setting:
    """Return those of which the same is said as one; their kinds differ, and are told where they are referred to."""
    if len(same) == 1:
        return same[0]
    return Setting(
        keys=tuple(key for one in same for key in one.keys), kind="", default=same[0].default, text=same[0].text
    )


def _setting(section: Section, name: str, field: FieldInfo) -> Setting:
    said, key = DOCSTRINGS[section.table.__name__][name], field.alias or name
    unacted = {row.key: row.why for row in UNACTED}.get(".".join((*section.path, key)))
    return Setting(
        keys=(key,),
        kind=next(kind for part, kind in KINDS if part in said.annotation),
        default=_default(field),
        text=said.text + (f" It has no effect yet: {unacted}." if unacted else ""),
    )


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    if field.default is None:
        return "left out"
    kind: Any = Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
    return json.dumps(TypeAdapter(kind).dump_python(field.default, mode="json"), ensure_ascii=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Docstring:
    """What stands in the source of one setting."""

    annotation: str
    text: str


def _read() -> Mapping[str, Mapping[str, Docstring]]:
    modules = [ast.parse(file.read_text(encoding="utf-8")) for file in sorted(Path(schema.__path__[0]).glob("*.py"))]
    tables = [node for module in modules for node in module.body if isinstance(node, ast.ClassDef)]
    return {table.name: dict(_docstrings(table)) for table in tables}


def _docstrings(table: ast.ClassDef) -> Iterator[tuple[str, Docstring]]:
    for node, after in zip(table.body, table.body[1:], strict=False):
        match node, after:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                yield name, Docstring(annotation=ast.unparse(node.annotation), text=re.sub(r"\s+", " ", text.strip()))
            case _:
                pass


DOCSTRINGS: Mapping[str, Mapping[str, Docstring]] = _read()
