"""Let a rule say what it found, before it is put on record as a finding."""

from dataclasses import dataclass
from datetime import datetime

from aibwatch.core.readiness.finding import Ready
from aibwatch.core.readiness.survey import Unread
from aibwatch.core.rights import right_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What one rule says of one secondary."""

    state: Ready
    why: str
    permission: str = ""
    details: tuple[str, ...] = ()
    dated: datetime | None = None
    """When what it tells of happened."""


def ready(why: str, *details: str, dated: datetime | None = None) -> Said:
    """Say that nothing is wrong."""
    return Said(state=Ready.READY, why=why, details=details, dated=dated)


def degraded(why: str, *details: str, dated: datetime | None = None) -> Said:
    """Say that it would build, and what wants mending."""
    return Said(state=Ready.DEGRADED, why=why, details=details, dated=dated)


def not_ready(why: str, *details: str, dated: datetime | None = None) -> Said:
    """Say that it would not build, or not what the primary builds."""
    return Said(state=Ready.NOT_READY, why=why, details=details, dated=dated)


def unread(what: str, reason: Unread) -> Said:
    """Say that something could not be read, and which permission is missing if one is."""
    if not reason.permission:
        return Said(state=Ready.UNKNOWN, why=f"cannot read {what}: {reason.why}")
    right = right_of(reason.permission)
    role = f' (role "{right.role}")' if right else ""
    why = f"may not read {what}: {reason.permission} is missing{role}"
    return Said(state=Ready.UNKNOWN, why=why, permission=reason.permission)


def worst(said: list[Said], well: Said) -> Said:
    """Return the graver parts of a rule that looked at several things as one, or `well` if none is grave.

    Every part that is not well is told, the gravest first; the state is that of the first.
    """
    grave = sorted((each for each in said if each.state is not Ready.READY), key=lambda each: GRAVITY.index(each.state))
    if not grave:
        return well
    return Said(
        state=grave[0].state,
        why="; ".join(each.why for each in grave),
        permission=next((each.permission for each in grave if each.permission), ""),
        details=tuple(line for each in grave for line in each.details),
    )


GRAVITY = (Ready.NOT_READY, Ready.UNKNOWN, Ready.DEGRADED, Ready.READY)
"""The gravest first: what is known to be wrong says more than what is not known."""
