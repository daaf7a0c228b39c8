"""Put the case for a move together, at its claim. This module does not know whether the case is good enough."""

from aibwatch.core.incident import open_incident
from aibwatch.core.move.case import Case, GateStood, Ground
from aibwatch.core.situation import Situation
from aibwatch.core.state import State


def case_of(state: State, seen: Situation | None) -> Case | None:
    """Return what a claim in this situation rests on; None where nobody looked at the situation."""
    if seen is None:
        return None
    verdict = seen.verdict
    evidence = verdict.evidence if verdict else ()
    incident = open_incident(state.incidents, seen.region) if seen.region else None
    return Case(
        region=seen.region or "",
        verdict=f"{verdict.region} {verdict.kind.phrase}: {verdict.why}" if verdict else "",
        since=verdict.since if verdict else None,
        score=verdict.score if verdict else 0.0,
        evidence=tuple(Ground(kind=str(e.kind), weight=e.weight, sentence=e.sentence) for e in evidence),
        gates=tuple(GateStood(name=g.name, state=str(g.state), why=g.why) for g in seen.gates),
        opened_at=incident.opened_at if incident else None,
        confirmed_at=incident.confirmed_at if incident else None,
    )
