"""Ask, before a move, whether anything speaks against it. All gates must be open; unknown holds like closed.

Each gate is a pure rule that answers with its state and a sentence. Gates do not know each other, and none of them
knows whether the region is down: that is the verdict's. A human who orders a move may override gates by their names,
one by one; what keeps a move from being made twice, or images where they may not be, cannot be overridden.
"""

from collections.abc import Callable, Mapping

from aibwatch.core.gates.ourselves import handler_ok, lease_held, self_healthy
from aibwatch.core.gates.pace import blast_radius, cooldown
from aibwatch.core.gates.people import drill_fresh, frozen, mode_allows, no_unacknowledged_failure, paused
from aibwatch.core.gates.question import Answer, Gate, GateState, Question
from aibwatch.core.gates.region import calm, maintenance, observers_agree, recovered
from aibwatch.core.gates.target import geography_allowed, not_global, secondary_live, secondary_ready
from aibwatch.core.move.move import MoveKind

__all__ = ["APPROVABLE", "FINAL", "GATES", "Gate", "GateState", "Question", "gates_of", "holding", "survey"]

GATES: Mapping[str, Callable[[Question], Answer]] = {
    "self_healthy": self_healthy,
    "not_global": not_global,
    "secondary_ready": secondary_ready,
    "secondary_live": secondary_live,
    "geography_allowed": geography_allowed,
    "lease_held": lease_held,
    "handler_ok": handler_ok,
    "mode_allows": mode_allows,
    "paused": paused,
    "frozen": frozen,
    "cooldown": cooldown,
    "no_unacknowledged_failure": no_unacknowledged_failure,
    "blast_radius": blast_radius,
    "drill_fresh": drill_fresh,
    "maintenance": maintenance,
    "observers_agree": observers_agree,
    "calm": calm,
    "recovered": recovered,
}
"""Name to rule. The names are the `gate` label of the metrics and what operators name in overrides."""

FINAL: Mapping[str, str] = {
    "self_healthy": "without it a move could be made twice",
    "lease_held": "without it a move could be made twice",
    # Where data may be is not for whoever is on call one night to waive.
    "geography_allowed": "where images may be built is for the configuration to say (allowed_geographies)",
}
"""Gates that nobody overrides, and why."""

APPROVABLE = frozenset({"mode_allows", "drill_fresh"})
"""Gates that an approval opens: those that are closed only because nobody was asked yet."""

ASKED_OF: Mapping[str, frozenset[MoveKind]] = {
    "mode_allows": frozenset({MoveKind.FAILOVER}),
    "cooldown": frozenset({MoveKind.FAILOVER, MoveKind.FAILBACK}),
    "blast_radius": frozenset({MoveKind.FAILOVER, MoveKind.FAILBACK}),
    "drill_fresh": frozenset({MoveKind.FAILOVER}),
    "observers_agree": frozenset({MoveKind.FAILOVER}),
    "calm": frozenset({MoveKind.DRILL}),
    "recovered": frozenset({MoveKind.FAILBACK}),
}
"""Gates that are not asked of every kind of move. A drill moves nothing, so nothing of how often things are moved holds
it; and only a human begins a drill or a failback, so no mode does."""


def gates_of(kind: MoveKind) -> tuple[str, ...]:
    """Return the names of the gates that are asked of this kind of move."""
    return tuple(name for name in GATES if kind in ASKED_OF.get(name, frozenset(MoveKind)))


def survey(question: Question) -> tuple[Gate, ...]:
    """Return the answer of every gate that is asked of this kind of move, in the order in which they are told."""
    return tuple(_answer(name, question) for name in gates_of(question.kind))


def holding(gates: tuple[Gate, ...]) -> tuple[Gate, ...]:
    """Return the gates that hold the move."""
    return tuple(g for g in gates if g.state is not GateState.OPEN)


def _answer(name: str, question: Question) -> Gate:
    state, why = GATES[name](question)
    order = question.order
    if state is not GateState.OPEN and order is not None and name in order.overrides and name not in FINAL:
        return Gate(name=name, state=GateState.OPEN, why=f"overridden by {order.owner}; it is {state}: {why}")
    return Gate(name=name, state=state, why=why)
