"""Words that several kinds of sentences of a story share."""

from datetime import timedelta

UNITS = {"s": "seconds", "min": "minutes", "h": "hours", "d": "days"}
SPAN = r"(\d+) (s|min|h|d)"


class StoryError(Exception):
    """A story says what nobody understands, or what cannot be."""


def length(number: str, unit: str) -> timedelta:
    return timedelta(**{UNITS[unit]: float(number)})
