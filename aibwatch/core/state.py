"""Hold all that aibwatch knows and remembers. Frozen; the engine returns a new one for every event."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from aibwatch.core.approval import Approval
from aibwatch.core.builds.build import Builds
from aibwatch.core.canary.canary import Canary
from aibwatch.core.correlation import Correlation
from aibwatch.core.habits import Habit
from aibwatch.core.incident import Incident
from aibwatch.core.model import Region, TemplateId
from aibwatch.core.move.left import Left
from aibwatch.core.move.move import Move, MoveKind, Rehearsed
from aibwatch.core.verdict import Verdict
from aibwatch.core.window import Window


class Phase(StrEnum):
    """Where a group stands. What may happen in each is the table in failover.py."""

    WATCHING = "watching"
    HELD = "held"
    CHECKING = "checking"
    COMMITTING = "committing"
    MOVING = "moving"
    HALTED = "halted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Moves of a group held back by a human."""

    owner: str
    reason: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupState:
    """What is remembered of a group."""

    name: str
    active: TemplateId
    """Where the group's runs go now."""
    since: datetime
    """When it came into its phase."""
    known_since: datetime
    """When it was first watched: from then a new group has as long for its first drill as any other for its next."""
    phase: Phase = Phase.WATCHING
    epoch: int = 0
    """Counts changes of the active member; a handler may refuse an older one."""
    why: str = "nothing was decided yet"
    """Why the group does what it does, or does nothing: the sentence of the table's row."""
    detail: str = ""
    """What the row's sentence rests on: the situation, the closed gates, or what a handler said."""
    held_by: tuple[str, ...] = ()
    """Names of the gates that hold a wanted move."""
    check_after: datetime | None = None
    """Before this no check is begun, because the last one was given up."""
    move: Move | None = None
    """The claimed or open move; None while there is none."""
    last: Move | None = None
    """The last move that ended."""
    drill: Move | None = None
    """The last drill that ended. It is not in `last`, because a drill moves nothing."""
    left: tuple[Left, ...] = ()
    """Members that were left of late, and what they have built since."""
    moved_at: tuple[datetime, ...] = ()
    """When the moves of the last day were committed."""
    would_have_moved: int = 0
    """How often only the mode kept it from moving."""
    told_incident: str = ""
    """The incident for which `would_have_moved` was counted last."""
    committed: Mapping[MoveKind, int] = field(default_factory=dict)
    """How many moves of each kind wrote their epoch."""
    failed: Mapping[MoveKind, int] = field(default_factory=dict)
    pause: Pause | None = None
    approval: Approval | None = None
    """What a human was asked last, while it matters."""
    rehearsed_as: tuple[Rehearsed, ...] = ()
    """The steps as they were when the way was last gone to its end."""
    drilled_at: datetime | None = None
    """When the group's way to a secondary was last rehearsed to its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Everything: the window, and what was concluded from it."""

    awake_since: datetime
    """When this daemon began to poll; silence before does not count."""
    window: Window = field(default_factory=Window)
    verdicts: Mapping[str, Verdict] = field(default_factory=dict)
    """By viewpoint and region; see judging.viewpoint."""
    incidents: Mapping[str, Incident] = field(default_factory=dict)
    groups: Mapping[str, GroupState] = field(default_factory=dict)
    canaries: Mapping[Region, Canary] = field(default_factory=dict)
    builds: Builds = field(default_factory=Builds)
    habits: Mapping[TemplateId, Habit] = field(default_factory=dict)
    correlations: tuple[Correlation, ...] = ()
    """Templates that fail alike at this moment, for reasons that are not the region's."""
    judged_at: datetime | None = None
    """When regions were judged last; after a restart, when something was seen last."""
    clock_stepped_at: datetime | None = None
    journal_failing_since: datetime | None = None
    lease_lost: str = ""
    """Why another daemon may have the state; empty while this one holds it."""
