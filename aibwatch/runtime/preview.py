"""Say what an order to move would do, without doing it: what holds it, and what each handler says that it would change.

Rules: handlers are asked for their plan only, which has no effects. Nothing of it is on record.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from aibwatch.core.events import MoveOrdered
from aibwatch.core.gates import Gate, GateState
from aibwatch.core.model import TemplateId, template_name
from aibwatch.core.move.move import MoveKind, Step, activation_id, plan_steps
from aibwatch.core.policy import Setup
from aibwatch.core.sentences import printable
from aibwatch.core.situation import Situation, situation_of_order
from aibwatch.core.state import GroupState, State
from aibwatch.handlers.api import HandlerRequest
from aibwatch.handlers.loader import Find
from aibwatch.runtime.answers import told

TIMEOUT = timedelta(seconds=20)
"""For one handler's plan: a person waits for the answer."""

Json = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """Makes previews of one daemon."""

    find: Find
    state: Callable[[], State]
    setup: Callable[[], Setup]
    now: Callable[[], datetime]

    async def of(self, wanted: MoveOrdered) -> Json:
        """Return what the order would do."""
        state, setup, now = self.state(), self.setup(), self.now()
        spec, group = setup.groups[wanted.group], state.groups.get(wanted.group)
        if group is None:
            return {"schema": 1, "would": False, "text": f"{wanted.group}: nothing was decided yet", "gates": []}
        seen = situation_of_order(state, setup, spec, group, now, kind=wanted.kind, to=wanted.to, order=wanted.order)
        would = group.move is None and seen.target is not None and not seen.held_by
        steps = [
            await self._plan(number, step, wanted, group, seen.target)
            for number, step in enumerate(plan_steps(spec, wanted.kind))
            if seen.target is not None
        ]
        return {
            "schema": 1,
            "would": would,
            "text": _text(wanted, group, seen, steps, would=would),
            "gates": [{"name": g.name, "state": str(g.state), "why": g.why} for g in seen.gates],
            "steps": steps,
        }

    async def _plan(self, number: int, step: Step, wanted: MoveOrdered, group: GroupState, target: TemplateId) -> Json:
        request = HandlerRequest(
            activation_id=activation_id(group.name, group.epoch + 1),
            epoch=group.epoch + 1,
            group=group.name,
            kind=wanted.kind,
            source=group.active,
            target=target,
            step=number,
            attempt=0,
            deadline=self.now() + TIMEOUT,
            rehearsal=wanted.kind is MoveKind.DRILL,
        )
        try:
            async with asyncio.timeout(TIMEOUT.total_seconds()):
                plan = await self.find(step.handler, step.options).plan(request)
            changes = [printable(str(change)) for change in plan.changes]
        except Exception as error:  # noqa: BLE001  # a plug-in may raise anything; the reader wants to know what
            return {"handler": step.handler, "changes": [], "trouble": told(error)}
        return {"handler": step.handler, "changes": changes, "trouble": ""}


def _text(wanted: MoveOrdered, group: GroupState, seen: Situation, steps: list[Json], *, would: bool) -> str:
    where = f" to {template_name(seen.target)}" if seen.target else ""
    if would:
        lines = [f"{group.name}: a {wanted.kind}{where} would begin now. This was a dry run; nothing was done."]
    else:
        why = f"it is {group.phase} already" if group.move else seen.why
        lines = [f"{group.name}: a {wanted.kind}{where} would not begin: {why}"]
    for number, step in enumerate(steps, 1):
        lines += [f"  step {number}, {step['handler']}: {said}" for said in _said(step)]
    opened = [_short(g) for g in seen.gates if g.state is GateState.OPEN]
    return "\n".join([*lines, *([f"  open gates: {' · '.join(opened)}"] if opened else [])])


def _short(gate: Gate) -> str:
    return f"{gate.name} (overridden)" if gate.why.startswith("overridden by ") else gate.name


def _said(step: Json) -> list[str]:
    changes = step["changes"]
    told = [str(change) for change in changes] if isinstance(changes, list) else []
    return told or [f"cannot say what it would do: {step['trouble']}" if step["trouble"] else "it says nothing"]
