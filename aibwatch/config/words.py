"""Put values and lists into a message: quoted, on one line, and never longer than a reader wants.

This module does not know what a setting is.
"""

import json
from collections.abc import Iterable

LONGEST_QUOTE = 160
"""Characters of a value that a message repeats; a resource id fits, a pasted certificate does not."""

LARGEST_NUMBER_BITS = 64
"""TOML promises no larger whole numbers than these."""


def quoted(value: object) -> str:
    """Return the value as it would stand in the file, cut where it is long; lists and tables are only named."""
    match value:
        case str():
            return one_line(json.dumps(_cut(value), ensure_ascii=False))
        case bool():
            return "true" if value else "false"
        case int() if value.bit_length() > LARGEST_NUMBER_BITS:  # Python refuses to write it out past 4,300 digits
            return "a huge number"
        case dict():
            return "a table"
        case list() | tuple():
            return "a list"
        case _:
            return _cut(str(value))


def choices(names: Iterable[str]) -> str:
    """Return "a, b or c"."""
    *most, last = names
    return f"{', '.join(most)} or {last}" if most else last


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_QUOTE else text[:LONGEST_QUOTE] + "..."


def one_line(text: str) -> str:
    """Return the text with everything escaped that could break its line or turn the terminal, as U+2028 does."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
