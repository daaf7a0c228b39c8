"""Describe a move: what a group does to leave one member for another, step by step.

A move is known by its activation id, which is made of the group and the epoch that the move writes; so the same move
has the same id however often the daemon restarts.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from aibwatch.core.approval import Approval
from aibwatch.core.model import Options, RunState, TemplateId
from aibwatch.core.move.case import Case
from aibwatch.core.policy import GroupSpec, StepSpec

RUN_TEMPLATE = "run-template"
"""The built-in handler that runs the target."""


class MoveKind(StrEnum):
    """What a move is for."""

    FAILOVER = "failover"
    """Leave the active member for a secondary."""
    FAILBACK = "failback"
    """Go back to the primary."""
    DRILL = "drill"
    """Rehearse the way to a secondary: handlers are told so, and the active member stays."""


class StepResult(StrEnum):
    """What became of one call of a handler. The first six are what handlers say, in their exit codes too."""

    APPLIED = "applied"
    ALREADY_APPLIED = "already_applied"
    NOTHING_CHANGED = "nothing_changed"
    """Nothing changed and another attempt may help."""
    NEVER = "never"
    """Nothing changed and no attempt will ever help."""
    PARTIAL = "partial"
    REFUSED = "refused"
    """A newer epoch stands."""
    CONTRADICTED = "contradicted"
    """The handler said that the effect is there, and by its own status it is not."""
    NOT_SENT = "not_sent"
    """By the journal the attempt was never sent, because the daemon died before; it does not count as one."""
    UNKNOWN = "unknown"
    """The call ended without an answer; only the handler's status can tell."""

    @property
    def words(self) -> str:
        """Return it as people say it."""
        return self.value.replace("_", " ")

    @property
    def effective(self) -> bool:
        """Whether the step's effect is there."""
        return self in {StepResult.APPLIED, StepResult.ALREADY_APPLIED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """That a human wants a move, and what he takes upon himself."""

    owner: str
    reason: str
    at: datetime
    overrides: tuple[str, ...] = ()
    """Names of gates that do not hold this move."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsed:
    """A step as it was when the way was gone last."""

    handler: str
    options: str
    version: str
    """Empty where the handler did not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """How far one step of a move is."""

    handler: str
    timeout: timedelta
    retries: int
    """As configured when the move was claimed; a reload in the middle changes nothing of it."""
    options: Options = field(default_factory=dict)
    attempt: int = 0
    """Attempts begun; 0 before the first."""
    questions: int = 0
    """How often the handler was asked for the state of the present attempt."""
    result: StepResult | None = None
    why: str = ""
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One move of one group, open or ended."""

    activation_id: str
    kind: MoveKind
    group: str
    source: TemplateId
    target: TemplateId
    epoch: int
    """The epoch that this move writes: one more than the group had."""
    incident: str
    claimed_at: datetime
    steps: tuple[Step, ...]
    run_before: datetime | None = None
    """Start of the target's last run if that had ended when the move was claimed: a run with another start is ours."""
    order: Order | None = None
    """Who wanted it; None if aibwatch decided by itself."""
    case: Case | None = None
    """What the decision rested on when the move was claimed; None for moves of a version that did not keep it."""
    approval: Approval | None = None
    """Who let it, where it was asked for."""
    committed_at: datetime | None = None
    ended_at: datetime | None = None
    failed: bool = False
    run_state: RunState | None = None
    """How the run on the target stands, as last seen."""
    run_started: datetime | None = None
    run_ended: datetime | None = None
    """Start and end of that run, by the service's clock."""
    images: tuple[str, ...] = ()
    """Resource ids of what the run on the target put out."""
    outputs_asked: bool = False

    @property
    def current(self) -> int:
        """Return the number of the first step whose effect is not there yet; the number of steps if all are."""
        return next(
            (i for i, s in enumerate(self.steps) if s.result is None or not s.result.effective), len(self.steps)
        )

    @property
    def active_after_commit(self) -> TemplateId:
        """Return what the group's active member is from the moment in which the epoch stands."""
        return self.target if self.kind is MoveKind.FAILOVER else self.source

    @property
    def runs_template(self) -> bool:
        """Return whether one of its steps runs the target."""
        return any(step.handler == RUN_TEMPLATE for step in self.steps)

    @property
    def awaits_image(self) -> bool:
        """Return whether a failback has had the primary run, and does nothing more before that built well."""
        begun = self.current < len(self.steps) and self.steps[self.current].attempt > 0
        return self.kind is MoveKind.FAILBACK and self.committed_at is not None and self.current == 1 and not begun


def activation_id(group: str, epoch: int) -> str:
    """Return the id under which handlers, journal and people know the move."""
    return f"{group}-{epoch}"


def plan_steps(spec: GroupSpec, kind: MoveKind = MoveKind.FAILOVER) -> tuple[Step, ...]:
    """Return the configured steps, none begun.

    A failback runs the primary first, whatever is configured: a trigger of Azure's that gave up during the outage stays
    dead until somebody ran its template once, and nobody should go back to what does not build.
    """
    steps = spec.steps
    if kind is MoveKind.FAILBACK:
        runs = [s for s in steps if s.handler == RUN_TEMPLATE] or [StepSpec(handler=RUN_TEMPLATE)]
        steps = (runs[0], *(s for s in steps if s.handler != RUN_TEMPLATE))
    return tuple(Step(handler=s.handler, timeout=s.timeout, retries=s.retries, options=s.options) for s in steps)
