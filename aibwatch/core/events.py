"""Name what the engine can be told. Every event is a value; what the world did, and what became of our actions."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from aibwatch.core.approval import Answered
from aibwatch.core.model import Diagnosis, Region, Run, TemplateId
from aibwatch.core.move.move import MoveKind, Order, StepResult
from aibwatch.core.observation import Observation


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticked:
    """Time passed and nothing else: holds, cooldowns and staleness are looked at again."""

    type: Literal["ticked"] = "ticked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """A poll came back, well or ill."""

    type: Literal["observed"] = "observed"
    observations: tuple[Observation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """The daemon begins, with what the journal remembers; open moves are taken up again."""

    type: Literal["started"] = "started"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockStepped:
    """The host's clock jumped; `seconds` is by how much, forward positive."""

    type: Literal["clock_stepped"] = "clock_stepped"
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalFailed:
    """The journal could not be written, so nothing may be done."""

    type: Literal["journal_failed"] = "journal_failed"
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalRecovered:
    """The journal can be written again."""

    type: Literal["journal_recovered"] = "journal_recovered"


@dataclass(frozen=True, slots=True, kw_only=True)
class PolledAfresh:
    """Outcome of PollAfresh: all polls ended, each with its own Observed before this."""

    type: Literal["polled_afresh"] = "polled_afresh"
    group: str
    activation_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EpochAnswered:
    """Outcome of WriteEpoch."""

    type: Literal["epoch_answered"] = "epoch_answered"
    group: str
    activation_id: str
    written: bool
    why: str = ""
    standing: int = 0
    """With `written` False: the epoch on record, where another one is."""
    unwritable: bool = False
    """With `written` False: nobody else wrote one, the journal could not be written for a while."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepEnded:
    """Outcome of DispatchStep and of AskStatus.

    From a question, NOTHING_CHANGED means that the handler says the effect is not there.
    """

    type: Literal["step_ended"] = "step_ended"
    group: str
    activation_id: str
    step: int
    attempt: int
    result: StepResult
    why: str
    resumable: bool = False
    """With PARTIAL: the handler can go on where it stopped, when it is called again."""
    repeatable: bool = False
    """With UNKNOWN: calling again is harmless, because the receiver drops what it has seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputsRead:
    """Outcome of ReadOutputs; no images and a diagnosis if they could not be read."""

    type: Literal["outputs_read"] = "outputs_read"
    group: str
    activation_id: str
    images: tuple[str, ...]
    diagnosis: Diagnosis
    late_run: datetime | None = None
    """Start of the run whose outputs were asked for, if it is one of the member that was left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Excluded:
    """Outcome of ExcludeFromLatest; WELL if the gallery has taken it."""

    type: Literal["excluded"] = "excluded"
    group: str
    activation_id: str
    run: datetime
    image: str
    diagnosis: Diagnosis


@dataclass(frozen=True, slots=True, kw_only=True)
class CanaryAnswered:
    """Outcome of RunCanary: how the request for a run was answered, not what became of the run."""

    type: Literal["canary_answered"] = "canary_answered"
    region: Region
    asked_at: datetime
    diagnosis: Diagnosis
    uncertain: bool = False
    """The run may have been taken all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildOrdered:
    """Somebody wants a run of a group's template. The same id twice is one order."""

    type: Literal["build_ordered"] = "build_ordered"
    id: str
    group: str
    owner: str
    reason: str
    to: Region | None = None
    """The region to build in; None leaves that to us."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildLooked:
    """Outcome of LookForBuild: the template's last run, or how the read failed."""

    type: Literal["build_looked"] = "build_looked"
    id: str
    attempt: int
    read: int
    run: Run | None
    diagnosis: Diagnosis


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildAnswered:
    """Outcome of RunBuild: how the request for a run was answered, not what became of the run."""

    type: Literal["build_answered"] = "build_answered"
    id: str
    attempt: int
    diagnosis: Diagnosis
    uncertain: bool = False
    """The run may have been taken all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseChecked:
    """Whether this daemon is still the one that the state belongs to."""

    type: Literal["lease_checked"] = "lease_checked"
    held: bool
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paused:
    """A human holds moves back for a while; detection goes on."""

    type: Literal["paused"] = "paused"
    group: str
    """Empty: every group."""
    owner: str
    reason: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed:
    """A human ends a pause before its time."""

    type: Literal["resumed"] = "resumed"
    group: str
    """Empty: every group."""
    owner: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveOrdered:
    """A human wants a move."""

    type: Literal["move_ordered"] = "move_ordered"
    group: str
    kind: MoveKind
    to: TemplateId | None
    """Where; None: the first member that can be gone to."""
    order: Order


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalAnswered:
    """A human approves or denies the move that a group asks for."""

    type: Literal["approval_answered"] = "approval_answered"
    group: str
    id: str
    """Of the request."""
    answer: Answered
    owner: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reset:
    """A human saw to a halted group and lets it go on watching."""

    type: Literal["reset"] = "reset"
    group: str
    owner: str
    reason: str


Event = (
    Ticked
    | Observed
    | Started
    | ClockStepped
    | JournalFailed
    | JournalRecovered
    | PolledAfresh
    | EpochAnswered
    | StepEnded
    | OutputsRead
    | Excluded
    | CanaryAnswered
    | BuildOrdered
    | BuildLooked
    | BuildAnswered
    | LeaseChecked
    | Paused
    | Resumed
    | MoveOrdered
    | ApprovalAnswered
    | Reset
)

Ordered = Paused | Resumed | MoveOrdered | ApprovalAnswered | BuildOrdered | Reset
"""What people order. Each is answered with what came of it."""
