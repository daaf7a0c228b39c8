"""Say what a row of the failure table is: conditions, and what they mean when they are met.

A condition that is not set is met by everything. Texts are searched in the plain form that `plain` makes of a message,
in lower case, code first. This module does not know any failure.
"""

import re
from dataclasses import dataclass
from datetime import timedelta

from aibwatch.core.model import FailureClass, RunPhase

ANY = re.compile("")

_UPPER_ESCAPE = re.compile(r"\\[A-Z]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One kind of failure. A symptom fits if every condition that is set is met."""

    name: str
    cls: FailureClass
    cause: str
    """What happened, as a part of a sentence."""
    advice: str
    """What a human does next, as a part of a sentence."""
    source: str
    """How we know; see origins.py."""
    example: str
    """A text that this row knows and no row before it does; "" where no text is needed."""
    statuses: frozenset[int] = frozenset()
    """HTTP statuses; empty means that the status does not matter."""
    failure_cause: str = ""
    """Value of x-ms-failure-cause; empty means that it does not matter."""
    from_azure: bool | None = None
    """Whether any x-ms-* header came with the answer; a proxy sends none."""
    text: re.Pattern[str] = ANY
    """Searched in code and message together."""
    phases: frozenset[RunPhase] = frozenset()
    """How far the run had come when it was last seen alive."""
    shorter_than: timedelta | None = None
    """Length of the run; a run of unknown length does not meet it."""
    answered: bool | None = None
    """Whether there was an HTTP answer at all; None means that it does not matter."""
    of_run: bool | None = None
    """Whether the symptom is that of a failed run, not of an HTTP call."""


def words(*patterns: str) -> re.Pattern[str]:
    """Return what finds any of these. Their letters may be of any case; rows are searched in lower case.

    Gaps inside a pattern are bounded (`.{0,80}?`), so that no text makes the search slow.
    """
    whole = "|".join(patterns)
    if _UPPER_ESCAPE.search(whole):
        raise ValueError(f"{whole!r} would mean something else in lower case")
    # Not IGNORECASE: the search then looks for first letters, which is three times as fast (measured).
    return re.compile(whole.lower())


def names(*codes: str) -> re.Pattern[str]:
    """Return what finds any of these codes as whole words: InternalError is not part of CloudInternalError."""
    return words(rf"\b(?:{'|'.join(codes)})\b")
