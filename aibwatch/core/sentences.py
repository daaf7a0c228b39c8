"""Word times and counts the same way everywhere."""

from datetime import UTC, datetime, timedelta


def ago(then: datetime, now: datetime) -> str:
    """Return how long ago: "8 s ago", "4 min ago", "3 h ago", "6 days ago"."""
    return f"{span(now - then)} ago"


def span(length: timedelta) -> str:
    """Return a length in its natural unit, rounded down: "8 s", "4 min", "3 h", "6 days". Negative counts as 0 s."""
    seconds = max(0, int(length.total_seconds()))
    if seconds < 120:
        return f"{seconds} s"
    if seconds < 2 * 3600:
        return f"{seconds // 60} min"
    if seconds < 48 * 3600:
        return f"{seconds // 3600} h"
    return f"{seconds // 86400} days"


def when(at: datetime, now: datetime) -> str:
    """Return a time with its age: "02:14 UTC (4 min ago)"."""
    return f"{clock(at)} ({ago(at, now)})"


def clock(at: datetime) -> str:
    """Return the time of day in UTC: "02:14 UTC"."""
    return at.astimezone(UTC).strftime("%H:%M UTC")


def dated(at: datetime) -> str:
    """Return the time with its day in UTC, for what may be read days later: "2026-03-02 02:14 UTC"."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def printable(text: str) -> str:
    """Return the text with a blank for whatever is no letter, sign or blank.

    Texts come from outside. Terminals obey control characters, and half a letter (a lone surrogate) cannot be written.
    """
    return "".join(char if char.isprintable() else " " for char in text)


def count(number: int, noun: str, plural: str | None = None) -> str:
    """Return "1 run" or "3 runs"; words that do not just take an s bring their plural."""
    return f"{number} {noun}" if number == 1 else f"{number} {plural or noun + 's'}"


def listing(names: list[str], most: int = 4) -> str:
    """Return "a, b and c"; beyond `most` names the rest is counted."""
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most} more"
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"
