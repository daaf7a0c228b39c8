"""Take values out of JSON that may have any shape. Nothing here raises.

Rules: what is absent, null or of another type is the same as empty; texts come out fit to be stored and shown; times
without a zone are UTC, because Azure leaves the zone out and means UTC; the year 1 means "not yet".
This module does not know which values matter.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

LONGEST_TEXT = 4000
"""Characters kept of one text. Failure messages of runs were below 1,000; some search patterns go square in length."""

LONGEST_LINE = 200

NOTHING: Mapping[str, object] = {}


def table(value: object, *keys: str) -> Mapping[str, object]:
    """Return the object found by going down `keys`, or an empty one."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else NOTHING


def items(value: Mapping[str, object], key: str) -> list[object]:
    """Return the list at `key`, or an empty one."""
    found = value.get(key)
    return found if isinstance(found, list) else []


def text(value: Mapping[str, object], key: str) -> str:
    """Return the text at `key`, cleaned and at most LONGEST_TEXT characters, or ""."""
    return cleaned(value.get(key))


def whole(value: Mapping[str, object], key: str) -> int:
    """Return the whole number at `key`, or 0; never negative, and nothing beyond 32 bits."""
    found = value.get(key)
    return found if type(found) is int and 0 <= found < 2**31 else 0


def moment(value: Mapping[str, object], key: str) -> datetime | None:
    """Return the time at `key` in UTC, cut to microseconds; None for none, for the year 1 and for what is no time.

    lastRunStatus has 8 or 9 digits behind the second, operations 5 to 7, Service Health none or 7 (recorded).
    """
    found = value.get(key)
    if not isinstance(found, str):
        return None
    try:
        time = datetime.fromisoformat(found.strip())
        zoned = time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return zoned if zoned.year > 1 else None


def cleaned(value: object) -> str:
    """Return a text without what a database, a terminal or a log cannot bear; "" for what is no text."""
    if not isinstance(value, str):
        return ""
    short = value[:LONGEST_TEXT]
    if short.isprintable():
        return short
    return "".join(char if char.isprintable() else " " for char in short)


def one_line(value: str, limit: int = LONGEST_LINE) -> str:
    """Return the text on one line, cut at `limit` characters."""
    line = " ".join(cleaned(value).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"
