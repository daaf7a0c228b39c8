"""Read and write durations as operators do: "30s", "10m", "1h30m", "35d".

Units run from the largest to the smallest and each appears once. The least is a second, because nothing here is paced
finer, and the most is ten years, because a longer one is a slip of the finger.
"""

import re
from datetime import timedelta

from aibwatch.config.words import quoted

LEAST = timedelta(seconds=1)
MOST = timedelta(days=3650)

_UNITS = {"d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1), "s": timedelta(seconds=1)}
# Nine digits are past ten years in every unit, so that an absurd number is named too long instead of overflowing.
_FORM = re.compile(r"(?:(\d{1,9})d)?(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s)?", re.ASCII)
_EXAMPLES = 'write it like "30s", "10m", "1h30m" or "35d"'


def parse_duration(value: object) -> timedelta:
    """Return the duration that was written. ValueError says in the operator's words what is wrong with it."""
    if isinstance(value, timedelta):  # a default, or a setting made in code
        return _within_limits(value, format_duration(value))
    if not isinstance(value, str):
        raise ValueError(f"{quoted(value)} is not a duration; {_EXAMPLES}")  # noqa: TRY004  # pydantic collects only these
    match = _FORM.fullmatch(value.strip())
    if match is None or not value.strip():
        raise ValueError(_why_not(value))
    parts = zip(match.groups(default="0"), _UNITS.values(), strict=True)
    return _within_limits(sum((int(number) * unit for number, unit in parts), timedelta()), value)


def format_duration(duration: timedelta) -> str:
    """Return the short form, which `parse_duration` reads back: "1h30m". Fractions of a second are dropped."""
    left, text = duration, ""
    for name, unit in _UNITS.items():
        count, left = divmod(left, unit)
        text += f"{count}{name}" if count else ""
    return text or "0s"


def _within_limits(duration: timedelta, written: str) -> timedelta:
    if duration < LEAST:
        raise ValueError(f"{quoted(written)} is too short; the least is 1s")
    if duration > MOST:
        raise ValueError(f"{quoted(written)} is longer than ten years; {_EXAMPLES}")
    return duration


def _why_not(value: str) -> str:
    if re.fullmatch(r"\s*\d+\s*", value):
        return f"{quoted(value)} has no unit; {_EXAMPLES}"
    if re.fullmatch(r"\s*[\d.]+\s*(ms|us|ns)\s*", value):
        return f"{quoted(value)} is finer than a second; the least is 1s"
    return f"{quoted(value)} is not a duration; {_EXAMPLES}"
