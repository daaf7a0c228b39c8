"""Say how a group stands at this moment: is an outage proven where it is active, where could it go, what holds it.

Used by the engine to find the trigger, and by the views to explain; both see the same answer.
"""

from dataclasses import dataclass
from datetime import datetime

from aibwatch.core.failover import Trigger
from aibwatch.core.gates import Gate, Question, holding, survey
from aibwatch.core.judging import regional_verdicts, verdict_for
from aibwatch.core.model import Region, TemplateId, template_name
from aibwatch.core.policy import GroupSpec, Setup
from aibwatch.core.state import GroupState, State
from aibwatch.core.verdict import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """How a group stands."""

    trigger: Trigger
    """QUIET, OUTAGE_HELD or OUTAGE_OPEN."""
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


def situation(
    state: State, setup: Setup, spec: GroupSpec, group: GroupState, now: datetime, *, ask_always: bool = True
) -> Situation:
    """Return how the group stands, with all gates asked whether or not a move is wanted.

    With `ask_always` off they are asked only where a move is wanted: the engine looks at every group every second.
    """
    region = state.window.region_of(group.active)
    if group.active not in spec.members:
        why = f"its active member {template_name(group.active)} is not in the configuration any more; put it back"
        return Situation(trigger=Trigger.QUIET, why=why, region=region, verdict=None, target=None, gates=())
    if region is None:
        why = f"{template_name(group.active)} was never listed by Azure, so nothing is known of it"
        return Situation(trigger=Trigger.QUIET, why=why, region=None, verdict=None, target=None, gates=())
    verdict = verdict_for(state, setup, spec, region)
    if not ask_always and (verdict is None or not verdict.warrants_move):
        trigger, why = _judge(verdict, None, ())
        return Situation(trigger=trigger, why=why, region=region, verdict=verdict, target=None, gates=())
    target, gates = _best_target(state, setup, spec, group, now)
    trigger, why = _judge(verdict, target, gates)
    if trigger is Trigger.OUTAGE_OPEN and group.check_after is not None and now < group.check_after:
        trigger, why = Trigger.OUTAGE_HELD, "the last check was given up; the next one follows within half a minute"
    return Situation(trigger=trigger, why=why, region=region, verdict=verdict, target=target, gates=gates)


def _judge(verdict: Verdict | None, target: TemplateId | None, gates: tuple[Gate, ...]) -> tuple[Trigger, str]:
    if verdict is None:
        return Trigger.QUIET, "its region was not judged yet"
    told = f"{verdict.region} {verdict.kind.phrase}: {verdict.why}"
    if not verdict.warrants_move:
        return Trigger.QUIET, told
    if target is None:
        return Trigger.OUTAGE_HELD, f"{told}; there is no other secondary to go to, and going back is for a human"
    held = holding(gates)
    if held:
        return Trigger.OUTAGE_HELD, "; ".join(f"{gate.name}: {gate.why}" for gate in held)
    return Trigger.OUTAGE_OPEN, told


def ask_gates(
    state: State,
    setup: Setup,
    spec: GroupSpec,
    group: GroupState,
    target: TemplateId,
    leaving: TemplateId,
    now: datetime,
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
        )
    )


def _best_target(
    state: State, setup: Setup, spec: GroupSpec, group: GroupState, now: datetime
) -> tuple[TemplateId | None, tuple[Gate, ...]]:
    """Return the first secondary with every gate open, else the first one, with its gates.

    Once a move is claimed its target stands. The primary is no target: going back is a failback, and a human's.
    """
    candidates = [group.move.target] if group.move else [t for t in spec.secondaries if t != group.active]
    leaving = group.move.source if group.move else group.active
    answers = [(target, ask_gates(state, setup, spec, group, target, leaving, now)) for target in candidates]
    ready = [answer for answer in answers if not holding(answer[1])]
    return next(iter(ready or answers), (None, ()))
