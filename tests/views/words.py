"""Find in a text what nobody should have to read."""

import re

PYTHON = re.compile(
    r"\bNone\b|\bTrue\b|\bFalse\b|<\w+\.\w+|\w+\.[A-Z]{3,}\b|datetime|timedelta|frozenset|\(\)|\[\]|\bnan\b"
)
TIME = re.compile(r"\d\d:\d\d UTC(?! \([^)]*\d+ (s|min|h|days)( ago)?\))")


def faults(text: str) -> list[str]:
    """Return what is Python's, shouts, or was left empty."""
    text = text.replace('"..."', '"why"')  # a place to fill in
    found = [m.group(0) for m in PYTHON.finditer(text)]
    found += ["!"] if "!" in text else []
    return found + [mark for mark in (" : ", ": .", "..", " ,", " ;", "(,", "; ;") if mark in text]


def times_without_age(text: str) -> list[str]:
    """Return the times that do not say how long ago they were."""
    return [text[max(0, m.start() - 30) : m.end()] for m in TIME.finditer(text)]
