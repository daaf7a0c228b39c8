"""Hold what one check of an installation found: what `doctor` tells, before it is put in words and an exit code.

This module does not know what was checked, nor how.
"""

from dataclasses import dataclass
from enum import StrEnum


class Health(StrEnum):
    """How something is. The values are those of the JSON."""

    WELL = "well"
    WARN = "warn"
    """It works, and something about it wants mending; or it could not be looked at."""
    FAIL = "fail"


class Cause(StrEnum):
    """What kind of thing is wrong, as far as an exit code tells it."""

    OURS = "ours"
    """Something of this machine or of the configuration."""
    UNREACHABLE = "unreachable"
    """Azure is not reached, or gives no token."""
    NOT_PERMITTED = "not_permitted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What one check found."""

    subject: str
    """What was looked at, in a word: "token", "permission", "observer"."""
    health: Health
    said: str
    """One sentence, without a full stop."""
    remedy: str = ""
    """What to do; "" where nothing is to be done."""
    cause: Cause = Cause.OURS


def well(subject: str, said: str) -> Checked:
    """Return that it is well."""
    return Checked(subject=subject, health=Health.WELL, said=said)


def warn(subject: str, said: str, remedy: str) -> Checked:
    """Return that it wants mending."""
    return Checked(subject=subject, health=Health.WARN, said=said, remedy=remedy)


def fail(subject: str, said: str, remedy: str, cause: Cause = Cause.OURS) -> Checked:
    """Return that it does not work."""
    return Checked(subject=subject, health=Health.FAIL, said=said, remedy=remedy, cause=cause)
