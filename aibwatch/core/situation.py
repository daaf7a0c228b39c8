"""Say how a group stands at this moment: is an outage proven where it is active, where could it go, what holds it.

Used by the engine to find the trigger, and by the views to explain; both see the same answer. What a human ordered is
looked at in the same way, but for the outage: whether he needs one is his business.
"""

from dataclasses import dataclass
from datetime import datetime

from aibwatch.core.failover import Trigger
from aibwatch.core.gates import APPROVABLE, Gate, Question, holding, survey
from aibwatch.core.judging import regional_verdicts, verdict_for
from aibwatch.core.model import Region, TemplateId, template_name
from aibwatch.core.move.move import Move, MoveKind, Order
from aibwatch.core.policy import GroupSpec, Setup
from aibwatch.core.proof import proof_of
from aibwatch.core.state import GroupState, State
from aibwatch.core.verdict import Verdict, VerdictKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """How a group stands."""

    trigger: Trigger
    """What that means to the group, as long as nothing else happens."""
    why: str
    region: Region | None
    """Where the active member lives; None if it was never seen."""
    verdict: Verdict | None
    target: TemplateId | None
    """Where the group would go; None if it has nowhere to go."""
    gates: tuple[Gate, ...]

    @property
    def held_by(self) -> tuple[str, ...]:
        """Names of the gates that are not open."""
        return tuple(gate.name for gate in holding(self.gates))

    @property
    def outage_proven(self) -> bool:
        """Whether the region of the active member is proven down."""
        return self.verdict is not None and self.verdict.warrants_move


def situation(
    state: State, setup: Setup, spec: GroupSpec, group: GroupState, now: datetime, *, ask_always: bool = True
) -> Situation:
    """Return how the group stands, with all gates asked whether or not a move is wanted.

    With `ask_always` off they are asked only where a move is wanted: the engine looks at every group every second.
    """
    unknown = _unknown(state, spec, group)
    if unknown is not None:
        return unknown
    region = state.window.region_of(group.active)
    verdict = verdict_for(state, setup, spec, region) if region else None
    if group.move is not None and group.move.order is not None:
        return _under_way(state, setup, spec, group, group.move, verdict, now)
    if not ask_always and (verdict is None or not verdict.warrants_move):
        trigger, why = _judge(verdict, None, ())
        return Situation(trigger=trigger, why=why, region=region, verdict=verdict, target=None, gates=())
    target, gates = _best_target(state, setup, spec, group, now)
    trigger, why = _judge(verdict, target, gates)
    if trigger is Trigger.OUTAGE_OPEN and group.check_after is not None and now < group.check_after:
        trigger, why = Trigger.OUTAGE_HELD, "the last check was given up; the next one follows within half a minute"
    return Situation(trigger=trigger, why=why, region=region, verdict=verdict, target=target, gates=gates)


def situation_of_order(
    state: State,
    setup: Setup,
    spec: GroupSpec,
    group: GroupState,
    now: datetime,
    *,
    kind: MoveKind,
    to: TemplateId | None,
    order: Order,
) -> Situation:
    """Return how the group stands towards what a human orders: ORDER_OPEN or ORDER_CLOSED, and why."""
    unknown = _unknown(state, spec, group)
    if unknown is not None:
        return Situation(
            trigger=Trigger.ORDER_CLOSED, why=unknown.why, region=None, verdict=None, target=None, gates=()
        )
    region = state.window.region_of(group.active)
    verdict = verdict_for(state, setup, spec, region) if region else None
    targets, nowhere = _targets(spec, group, kind, to)
    answers = [(t, ask_gates(state, setup, spec, group, t, group.active, now, kind=kind, order=order)) for t in targets]
    ready = [answer for answer in answers if not holding(answer[1])]
    target, gates = next(iter(ready or answers), (None, ()))
    if target is None:
        trigger, why = Trigger.ORDER_CLOSED, nowhere
    elif holding(gates):
        trigger, why = Trigger.ORDER_CLOSED, _reasons(gates)
    else:
        trigger, why = Trigger.ORDER_OPEN, f"ordered by {order.owner}: {order.reason}"
    return Situation(trigger=trigger, why=why, region=region, verdict=verdict, target=target, gates=gates)


def _targets(spec: GroupSpec, group: GroupState, kind: MoveKind, to: TemplateId | None) -> tuple[list[TemplateId], str]:
    """Return where the order could lead, and why there is nowhere, should there be nowhere."""
    if kind is MoveKind.FAILBACK:
        home = [spec.primary] if group.active != spec.primary else []
        return home, f"{spec.name} builds at its primary already"
    others = [t for t in spec.secondaries if t != group.active]
    if to is None:
        return others, "there is no other secondary to go to"
    wrong = f"{template_name(to)} is where it builds already" if to == group.active else "that is not a secondary of it"
    return [t for t in others if t == to], wrong


def _unknown(state: State, spec: GroupSpec, group: GroupState) -> Situation | None:
    """Return how a group stands of which nothing can be said."""
    region = state.window.region_of(group.active)
    if group.active not in spec.members:
        why = f"its active member {template_name(group.active)} is not in the configuration any more; put it back"
    elif region is None:
        why = f"{template_name(group.active)} was never listed by Azure, so nothing is known of it"
    else:
        return None
    return Situation(trigger=Trigger.QUIET, why=why, region=region, verdict=None, target=None, gates=())


def _judge(verdict: Verdict | None, target: TemplateId | None, gates: tuple[Gate, ...]) -> tuple[Trigger, str]:
    if verdict is None:
        return Trigger.QUIET, "its region was not judged yet"
    told = f"{verdict.region} {verdict.kind.phrase}: {verdict.why}"
    if not verdict.warrants_move and verdict.kind is VerdictKind.OUTAGE:
        return Trigger.QUIET, f"{verdict.region} counts as down: {verdict.why}"  # as it was; at this moment it is open
    if not verdict.warrants_move:
        return Trigger.QUIET, told
    if target is None:
        return Trigger.OUTAGE_HELD, f"{told}; there is no other secondary to go to, and going back is for a human"
    if holding(gates):
        return Trigger.OUTAGE_HELD, _reasons(gates)
    return Trigger.OUTAGE_OPEN, told


def _reasons(gates: tuple[Gate, ...]) -> str:
    return "; ".join(f"{gate.name}: {gate.why}" for gate in holding(gates))


def _under_way(
    state: State,
    setup: Setup,
    spec: GroupSpec,
    group: GroupState,
    move: Move,
    verdict: Verdict | None,
    now: datetime,
) -> Situation:
    """Return how a move stands that a human ordered."""
    gates = ask_gates(state, setup, spec, group, move.target, move.source, now, kind=move.kind, order=move.order)
    trigger, why = _course(state, setup, spec, move, verdict, gates, now)
    region = state.window.region_of(group.active)
    return Situation(trigger=trigger, why=why, region=region, verdict=verdict, target=move.target, gates=gates)


def _course(
    state: State,
    setup: Setup,
    spec: GroupSpec,
    move: Move,
    verdict: Verdict | None,
    gates: tuple[Gate, ...],
    now: datetime,
) -> tuple[Trigger, str]:
    if move.awaits_image:
        at = state.window.region_of(move.target)
        return proof_of(move, state.window, verdict_for(state, setup, spec, at) if at else None, _reasons(gates), now)
    if holding(gates):
        return Trigger.ORDER_LOST, _reasons(gates)
    return Trigger.STILL_WANTED, "nothing speaks against it"


def ask_gates(
    state: State,
    setup: Setup,
    spec: GroupSpec,
    group: GroupState,
    target: TemplateId,
    leaving: TemplateId,
    now: datetime,
    *,
    kind: MoveKind = MoveKind.FAILOVER,
    order: Order | None = None,
) -> tuple[Gate, ...]:
    """Return what every gate says of a move from `leaving` to `target`."""
    region = state.window.region_of(leaving)
    return survey(
        Question(
            state=state,
            setup=setup,
            spec=spec,
            group=group,
            target=target,
            source_region=region,
            target_region=state.window.region_of(target),
            verdicts=regional_verdicts(state),
            leaving=verdict_for(state, setup, spec, region) if region else None,
            now=now,
            kind=kind,
            order=order,
        )
    )


def _best_target(
    state: State, setup: Setup, spec: GroupSpec, group: GroupState, now: datetime
) -> tuple[TemplateId | None, tuple[Gate, ...]]:
    """Return the first secondary with every gate open, else the first that only wants approval, else the first one.

    Once a move is claimed its target stands. The primary is no target: going back is a failback, and a human's.
    """
    candidates = [group.move.target] if group.move else [t for t in spec.secondaries if t != group.active]
    leaving = group.move.source if group.move else group.active
    answers = [(target, ask_gates(state, setup, spec, group, target, leaving, now)) for target in candidates]
    ready = [answer for answer in answers if not holding(answer[1])]
    approvable = [answer for answer in answers if {gate.name for gate in holding(answer[1])} <= APPROVABLE]
    return next(iter(ready or approvable or answers), (None, ()))
