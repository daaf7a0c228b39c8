"""Say what a gate is asked, and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from aibwatch.core.model import Region, TemplateId
from aibwatch.core.move.move import MoveKind, Order
from aibwatch.core.policy import GroupSpec, Setup
from aibwatch.core.state import GroupState, State
from aibwatch.core.verdict import Verdict


class GateState(StrEnum):
    """UNKNOWN holds a move like CLOSED; the difference is for the reader."""

    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """What one gate said."""

    name: str
    state: GateState
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """May this group move to this target now?"""

    state: State
    setup: Setup
    spec: GroupSpec
    group: GroupState
    target: TemplateId
    source_region: Region | None
    target_region: Region | None
    verdicts: Mapping[Region, Verdict]
    """By the default thresholds."""
    now: datetime
    leaving: Verdict | None = None
    """The region to leave, by the group's own thresholds."""
    kind: MoveKind = MoveKind.FAILOVER
    order: Order | None = None
    """Who wants it; None if aibwatch would decide by itself."""


Answer = tuple[GateState, str]
OPEN, CLOSED, UNKNOWN = GateState.OPEN, GateState.CLOSED, GateState.UNKNOWN
