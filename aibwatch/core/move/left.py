"""Hold a member that a group has left, and what it has built since. What that means is for late.py."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from aibwatch.core.model import RunState, TemplateId


class Taken(StrEnum):
    """How far an image of a late run is from being taken out of "latest"."""

    TOLD = "told"
    """Not asked for, by the policy or because it must not be: people were told, and that is all."""
    WAITING = "waiting"
    """It will be, once the active member has an image that can be latest in its place."""
    ASKED = "asked"
    """The gallery is being asked; after a crash it is asked again, which changes nothing."""
    EXCLUDED = "excluded"
    FAILED = "failed"
    """The gallery refused, and no more attempts are made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LateImage:
    """One image of a late run."""

    id: str
    """As the service writes it among the run's outputs."""
    taken: Taken = Taken.TOLD
    tries: int = 0
    why: str = ""
    """Why it was only told, or what the gallery said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LateRun:
    """A run of a member that was left, which ended well after the group had gone."""

    started: datetime
    ended: datetime | None
    """By the service's clock, both."""
    state: RunState
    images: tuple[LateImage, ...] = ()
    read: bool = False
    """Whether its outputs were read, or are not asked for any more; until then they are."""
    failed_reads: int = 0
    why: str = ""
    """Why its outputs could not be read the last time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """A member that a group has left with a failover."""

    activation_id: str
    claimed_at: datetime
    """Both of the move that left it: what the move is known by."""
    template: TemplateId
    at: datetime
    """When the move was committed."""
    run_known: datetime | None = None
    """Start of its last run that is accounted for: it had ended before, or a move of ours wanted it."""
    runs: tuple[LateRun, ...] = ()
    """Late ones, oldest first."""
