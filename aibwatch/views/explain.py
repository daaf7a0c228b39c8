"""Say why: a region's evidence and what a conviction lacks; a group's decision, its gates, and what to do."""

from collections.abc import Mapping
from datetime import datetime

from aibwatch.core.evidence import Evidence
from aibwatch.core.gates import Gate, GateState
from aibwatch.core.judging import regional_verdicts
from aibwatch.core.model import Region, template_name
from aibwatch.core.policy import GroupSpec, Setup
from aibwatch.core.sentences import ago, span, when
from aibwatch.core.signals.probe import ROW
from aibwatch.core.situation import Situation, situation
from aibwatch.core.state import GroupState, Phase, State
from aibwatch.core.verdict import Verdict, VerdictKind
from aibwatch.views.advice import advice, region_advice
from aibwatch.views.canaries import alike_in, alike_sentence, canary_sentence
from aibwatch.views.facts import builds_unread, group_sentence, live_since, place
from aibwatch.views.status import group_dict, region_dict

Json = Mapping[str, object]


def region_as_dict(state: State, setup: Setup, region: Region, now: datetime) -> Json:
    """Return a region's verdict with its explanation."""
    return {"schema": 1, **region_dict(state, setup, region, now), "text": region_as_text(state, setup, region, now)}


def group_as_dict(state: State, setup: Setup, name: str, now: datetime) -> Json:
    """Return how a group stands with its explanation."""
    seen = _situation(state, setup, name, now)
    gates = [{"name": g.name, "state": str(g.state), "why": g.why} for g in seen.gates] if seen else []
    text = group_as_text(state, setup, name, now)
    return {"schema": 1, **group_dict(state, setup, name, now), "gates": gates, "text": text}


def region_as_text(state: State, setup: Setup, region: Region, now: datetime) -> str:
    """Return the explanation of a region's verdict as prose."""
    verdict = regional_verdicts(state)[region]
    return "\n".join(
        [
            f"{region} {verdict.kind.phrase}, since {when(verdict.since, now)}.",
            "",
            *_proof(state, setup, verdict, now),
            *_beside(state, setup, region, now),
            "",
            "What would change it?",
            f"  {_change(verdict, setup, now)}",
            "",
            "What you can do",
            *region_advice(state, setup, verdict),
        ]
    )


def group_as_text(state: State, setup: Setup, name: str, now: datetime) -> str:
    """Return the explanation of a group's doing, or of its doing nothing, as prose."""
    spec, group = setup.groups[name], state.groups.get(name)
    seen = _situation(state, setup, name, now)
    if group is None or seen is None:
        return f"{name}: nothing was decided yet; the first polls are not in."
    lines = [f"{name} {group_sentence(state, spec, group, now)}.", "", f"Why?  {_why(state, spec, group, now)}."]
    if seen.verdict is not None:
        lines += ["", f"Is {seen.region} down?  {_answer(seen.verdict, now)}", *_proof(state, setup, seen.verdict, now)]
        lines += _beside(state, setup, seen.verdict.region, now)
    if seen.gates and group.phase not in {Phase.COMMITTING, Phase.MOVING}:
        target = template_name(seen.target) if seen.target else ""
        title = _title(seen, target)
        lines += ["", title, *_gate_lines(seen.gates)]
    return "\n".join([*lines, "", "What you can do", *advice(state, setup, spec, group, seen)])


def _title(seen: Situation, target: str) -> str:
    if seen.verdict is not None and seen.verdict.warrants_move:
        return f"What holds a move to {target}?" if seen.held_by else f"Nothing holds a move to {target}."
    if seen.held_by:
        return f"If {seen.region} fails, what would hold a move to {target}?"
    return f"If {seen.region} fails, nothing would hold a move to {target}."


def _why(state: State, spec: GroupSpec, group: GroupState, now: datetime) -> str:
    """Return the reason, without what stands elsewhere: closed gates have lines of their own."""
    if group.phase is Phase.WATCHING and group.active != spec.primary and group.last is not None:
        left = place(state, group.last.source)
        at = when(group.last.claimed_at, now)
        return f"It left {left} at {at}, because that was proven down; going back is for a human"
    told = group.why if group.phase is Phase.HELD or not group.detail else f"{group.why}: {group.detail}"
    return told[0].upper() + told[1:]


def _situation(state: State, setup: Setup, name: str, now: datetime) -> Situation | None:
    group = state.groups.get(name)
    return situation(state, setup, setup.groups[name], group, now) if group else None


def _answer(verdict: Verdict, now: datetime) -> str:
    if verdict.kind is not VerdictKind.OUTAGE:
        return ANSWERS[verdict.kind]
    if not verdict.held:
        return "It was proven to be, and is not proven at this moment."
    return f"Yes, proven at {when(verdict.confirmed_since or verdict.since, now)}."


ANSWERS = {
    VerdictKind.CONFIRMING: "It looks so, and we wait to see that it stays so.",
    VerdictKind.SUSPECT: "Perhaps; that is not proven.",
    VerdictKind.DEGRADED: "In part: some runs fail and others succeed.",
    VerdictKind.MAINTENANCE: "Something fails, and the provider announced maintenance for this time.",
    VerdictKind.GLOBAL: "Not it alone: other regions show the same.",
    VerdictKind.BLIND: "We cannot see it.",
    VerdictKind.RECOVERING: "It was, and seems to be coming back.",
    VerdictKind.LEARNING: "Not known yet.",
    VerdictKind.HEALTHY: "No.",
}
"""Whether the region is down, in a sentence; of an outage the time is said too."""


def _proof(state: State, setup: Setup, verdict: Verdict, now: datetime) -> list[str]:
    lines = [_evidence_line(e, now) for e in verdict.evidence] or ["  no source has anything to say"]
    kinds = len({e.kind.family for e in verdict.evidence if e.against})
    sum_up = f"  {verdict.score:.1f} of {setup.policy.confirm_score:g} points; {min(kinds, 2)} of 2 kinds of source; "
    sum_up += f"{live_since(state, verdict.region, now)}"
    return [*lines, sum_up, f"  {verdict.why}"]


def _beside(state: State, setup: Setup, region: Region, now: datetime) -> list[str]:
    """Return paragraphs of what stands beside the proof: the canary, and what fails alike without the region."""
    lines = []
    canary = canary_sentence(state, setup, region, now)
    if canary:
        lines += ["", "Its canary", f"  {canary}"]
    alike = alike_in(state, region)
    if alike:
        lines += ["", "What fails alike there", *(f"  {alike_sentence(c)}" for c in alike)]
    return lines


def _evidence_line(evidence: Evidence, now: datetime) -> str:
    age = f", {ago(evidence.last, now)}" if evidence.last else ""
    return f"  {evidence.weight:+5.1f}  {evidence.kind:<12} {evidence.sentence.rstrip('.')}{age}"


def _change(verdict: Verdict, setup: Setup, now: datetime) -> str:
    match verdict.kind:
        case VerdictKind.CONFIRMING if verdict.hold_until:
            return f"if nothing good is seen for {span(verdict.hold_until - now)} more, it is an outage"
        case VerdictKind.SUSPECT:
            return f"what is missing would prove it; a score below {setup.policy.suspect_score / 2:g} would clear it"
        case VerdictKind.MAINTENANCE:
            return "the end of the announced maintenance, and of the trouble with it"
        case VerdictKind.DEGRADED:
            return f"fewer failures beside good runs; a score below {setup.policy.suspect_score / 2:g} would clear it"
        case VerdictKind.OUTAGE | VerdictKind.GLOBAL:
            return f"good reads and runs that bring the score below {setup.policy.suspect_score / 2:g}"
        case VerdictKind.BLIND | VerdictKind.LEARNING:
            return "one answered read"
        case VerdictKind.RECOVERING:
            return verdict.why
        case _ if builds_unread(verdict):
            return "a canary or a run that fails; reads do already"
        case _:
            return f"{ROW} failed reads in a row, a failed run, or a Service Health event"


def _gate_lines(gates: tuple[Gate, ...]) -> list[str]:
    shown = [f"  {g.state:<8} {g.name:<16} {g.why}" for g in gates if g.state is not GateState.OPEN]
    opened = [g.name for g in gates if g.state is GateState.OPEN]
    return [*shown, f"  open     {' · '.join(opened)}"] if opened else shown
