"""Hold what the engine concluded from one event."""

from dataclasses import dataclass
from enum import StrEnum

from aibwatch.core.actions import Action
from aibwatch.core.state import State


class NoteKind(StrEnum):
    """What a note is about."""

    VERDICT = "verdict"
    CANARY = "canary"
    ALIKE = "alike"
    PAUSE = "pause"
    ORDER = "order"
    """What a human ordered, and what came of it."""
    APPROVAL = "approval"
    PHASE = "phase"
    HOLD = "hold"
    WOULD_MOVE = "would_move"
    STEP = "step"
    RUN = "run"
    IMAGE = "image"
    LATE = "late"
    BUILD = "build"
    DISCOVERY = "discovery"
    """What changed in the groups that are found by tags."""
    HOST = "host"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One line for the record: what changed, and why. A decision without notes changed nothing that people follow."""

    kind: NoteKind
    subject: str
    """The region or group that it is about."""
    what: str
    """The change in a few words ("suspect -> confirming")."""
    why: str
    loud: bool = False
    """Whether people should be told, not only those who look."""


class Refusal(StrEnum):
    """Why an order was not followed."""

    BUSY = "busy"
    """Something else is under way; later it may be followed."""
    HELD = "held"
    """Gates hold it; each is named in the text."""
    UNASKED = "unasked"
    """There is nothing that it could be about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came of an order, for whoever gave it."""

    text: str
    refusal: Refusal | None = None
    """None: it was followed."""
    id: str = ""
    """Of the move that it began."""
    held_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The new state, what is to be done, and what is to be said of it."""

    state: State
    actions: tuple[Action, ...] = ()
    notes: tuple[Note, ...] = ()
    reply: Reply | None = None
    """To an order; None where the event was none."""
