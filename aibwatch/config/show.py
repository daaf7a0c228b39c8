"""Write the effective configuration back, as TOML that loads to the same settings, or as JSON.

What the file leaves out is marked as default. The only secret that a setting can carry, a password in `state.url`, is
masked. This module does not know what a setting means.
"""

import json
import re
from collections.abc import Iterator, Mapping, Set
from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from aibwatch.config.lines import Place
from aibwatch.config.load import Loaded
from aibwatch.config.schema import Settings
from aibwatch.config.words import quoted

MARK = "  # default"
MASK = "***"


def render(loaded: Loaded) -> str:
    """Return the effective configuration as TOML. A group shows only the keys of [policy] that it overrides."""
    title = f"# effective configuration of {quoted(str(loaded.file))}; what the file leaves out is marked as default"
    # Not as JSON has them: TOML knows times, and JSON does not.
    blocks = _blocks(_plain(loaded.settings, "python"), (), frozenset(_defaults(loaded.settings)))
    return "\n\n".join([title, *blocks]) + "\n"


def as_json(loaded: Loaded) -> dict[str, object]:
    """Return the same for programs: the values, the dotted names of those that are defaults, and the warnings."""
    return {
        "schema": 1,
        "file": str(loaded.file),
        "config": _plain(loaded.settings, "json"),
        "defaults": [".".join(map(str, place)) for place in _defaults(loaded.settings)],
        "warnings": [str(warning) for warning in loaded.warnings],
    }


def masked(url: str) -> str:
    """Return the address without its password, wherever the driver would look for one."""
    without = re.sub(r"^([^:/]+://[^/:@]*:).*@", rf"\g<1>{MASK}@", url)
    return re.sub(r"([?&]password=)[^&]*", rf"\g<1>{MASK}", without, flags=re.IGNORECASE)


def _plain(settings: Settings, mode: Literal["python", "json"]) -> dict[str, object]:
    values: dict[str, object] = settings.model_dump(mode=mode, exclude_none=True, by_alias=True)
    values["state"] = {"url": masked(settings.state.url)}
    return values


def _defaults(table: BaseModel, place: Place = (), *, given: bool = True) -> Iterator[Place]:
    """Return the places of the values that the file left out; `given` says whether it has the table at all."""
    for key, field in type(table).model_fields.items():
        value, here = getattr(table, key), (*place, field.alias or key)
        written = given and key in table.model_fields_set
        inner = list(_tables(value, here))
        for inner_place, inner_table in inner:
            yield from _defaults(inner_table, inner_place, given=written)
        if not inner and not written and value is not None:
            yield here


def _tables(value: object, place: Place) -> Iterator[tuple[Place, BaseModel]]:
    if isinstance(value, BaseModel):
        yield place, value
    elif isinstance(value, tuple):
        yield from (((*place, index), item) for index, item in enumerate(value) if isinstance(item, BaseModel))


def _blocks(table: Mapping[str, object], place: Place, defaults: Set[Place]) -> Iterator[str]:
    """Return the table as one block of text, and one for each table inside it."""
    inner: list[tuple[Place, Mapping[str, object]]] = []
    lines = []
    for key, value in table.items():
        match value:
            case dict():
                inner.append(((*place, key), value))
            case [dict(), *_]:
                items = enumerate(value) if isinstance(value, list | tuple) else ()
                inner.extend(((*place, key, index), item) for index, item in items if isinstance(item, dict))
            case _ if place:
                lines.append(f"{_key(key)} = {_value(value)}{MARK if (*place, key) in defaults else ''}")
            case _:
                pass  # a section that may stand several times, and does not stand once
    if lines:
        yield "\n".join([_header(place), *lines])
    for inner_place, inner_table in inner:
        yield from _blocks(inner_table, inner_place, defaults)


def _header(place: Place) -> str:
    path = ".".join(_key(part) for part in place if isinstance(part, str))
    return f"[[{path}]]" if isinstance(place[-1], int) else f"[{path}]"


def _key(key: str) -> str:
    return key if re.fullmatch(r"[\w-]+", key, re.ASCII) else _value(key)


def _value(value: object) -> str:
    match value:
        case str():
            # JSON's escapes are TOML's, but for the one control character that JSON lets stand.
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case datetime():
            return value.isoformat()
        case list() | tuple() if len(value) > 1:
            return "[\n" + "".join(f"  {_value(item)},\n" for item in value) + "]"
        case list() | tuple():
            return f"[{', '.join(map(_value, value))}]"
        case _:
            return json.dumps(value)
