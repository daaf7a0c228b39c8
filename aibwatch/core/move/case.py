"""Hold the case for a move: what the decision rested on at the moment when the move was claimed.

It is frozen with the move, because evidence and gates are found anew at every moment and nobody could read a year later
what they said. Texts only: the case is read by people and decides nothing. How it is put together is for grounds.py.
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """One piece of evidence, as it stood."""

    kind: str
    weight: float
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GateStood:
    """One gate, as it stood."""

    name: str
    state: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What a claim rested on."""

    region: str
    """Where the group was active; empty if that was not known."""
    verdict: str
    """The region's verdict as a sentence: "westeurope is down: ...". Empty if it was not judged."""
    since: datetime | None = None
    """Since when the verdict stood."""
    score: float = 0.0
    evidence: tuple[Ground, ...] = ()
    gates: tuple[GateStood, ...] = ()
    opened_at: datetime | None = None
    """When the region's incident began, if there was one."""
    confirmed_at: datetime | None = None
    """When everything that a conviction needs was first there."""
