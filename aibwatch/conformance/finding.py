"""Name what a check found. A check returns why it is content, and raises where it is not, or cannot tell."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What became of a check."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_CHECKED = "not_checked"
    """It does not apply to this kind of handler, or what it needs to look at cannot be seen."""


class FailedError(Exception):
    """The handler does not do what the check's sentence says; the message says what it does instead."""


class NotCheckedError(Exception):
    """The check cannot be made; the message says why, and what to give the kit so that it can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was found of one sentence."""

    check: str
    sentence: str
    verdict: Verdict
    why: str
