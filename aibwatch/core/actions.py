"""Name what a decision wants done. Values only; the shell performs them, each ends in exactly one outcome event."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from aibwatch.core.model import Options, Region, TemplateId
from aibwatch.core.move.move import MoveKind


@dataclass(frozen=True, slots=True, kw_only=True)
class PollAfresh:
    """Poll everything about these regions now, for the group's check before it commits."""

    type: Literal["poll_afresh"] = "poll_afresh"
    group: str
    activation_id: str
    regions: tuple[Region, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteEpoch:
    """Make `target` the active member, if the group's epoch on record is still the one before `epoch`."""

    type: Literal["write_epoch"] = "write_epoch"
    group: str
    activation_id: str
    epoch: int
    target: TemplateId


@dataclass(frozen=True, slots=True, kw_only=True)
class StepCall:
    """Which step of which move, and what its handler needs to know."""

    group: str
    activation_id: str
    kind: MoveKind
    epoch: int
    source: TemplateId
    target: TemplateId
    step: int
    attempt: int
    handler: str
    timeout: timedelta
    options: Options = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchStep:
    """Call the step's handler to act, `wait` from now."""

    type: Literal["dispatch_step"] = "dispatch_step"
    call: StepCall
    wait: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class AskStatus:
    """Ask the step's handler whether its effect is there, `wait` from now."""

    type: Literal["ask_status"] = "ask_status"
    call: StepCall
    wait: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOutputs:
    """Read what a template's last run put out, `wait` from now."""

    type: Literal["read_outputs"] = "read_outputs"
    group: str
    activation_id: str
    template: TemplateId
    late_run: datetime | None = None
    """Start of the run that is meant, if the template is a member that was left; None for the target of the move."""
    wait: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExcludeFromLatest:
    """Ask a gallery not to give this version to those who ask for the latest, `wait` from now.

    Asking twice is harmless, so the decision alone is on record before it is sent.
    """

    type: Literal["exclude_from_latest"] = "exclude_from_latest"
    group: str
    activation_id: str
    run: datetime
    """Start of the late run that put the image out."""
    image: str
    """Its id, as the run's outputs name it."""
    wait: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class RunCanary:
    """Ask once for a run of the region's canary."""

    type: Literal["run_canary"] = "run_canary"
    region: Region
    template: TemplateId
    asked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LookForBuild:
    """Read the template's last run for a build's attempt, `wait` from now."""

    type: Literal["look_for_build"] = "look_for_build"
    id: str
    attempt: int
    read: int
    template: TemplateId
    wait: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class RunBuild:
    """Ask once for a run of the template, for a build's attempt."""

    type: Literal["run_build"] = "run_build"
    id: str
    attempt: int
    template: TemplateId


Action = (
    PollAfresh
    | WriteEpoch
    | DispatchStep
    | AskStatus
    | ReadOutputs
    | ExcludeFromLatest
    | RunCanary
    | LookForBuild
    | RunBuild
)
