"""Say why: a region's evidence and what a conviction lacks; a group's decision, its gates, and what to do."""

from collections.abc import Mapping
from datetime import datetime

from aibwatch.core.evidence import Evidence
from aibwatch.core.gates import Gate, GateState
from aibwatch.core.judging import regional_verdicts
from aibwatch.core.model import Region, template_name
from aibwatch.core.policy import GroupSpec, Policy, Setup
from aibwatch.core.protection import Protection, Protections
from aibwatch.core.sentences import ago, listing, when
from aibwatch.core.situation import Situation, situation
from aibwatch.core.state import GroupState, Phase, State
from aibwatch.core.verdict import Verdict, VerdictKind
from aibwatch.views.advice import advice, region_advice
from aibwatch.views.builds import under_way
from aibwatch.views.canaries import alike_in, alike_sentence, canary_sentence
from aibwatch.views.facts import group_sentence, leads_here, live_since, place
from aibwatch.views.outlook import outlook
from aibwatch.views.status import group_dict, region_dict

Json = Mapping[str, object]

MOST_RESIDENTS = 12
"""Groups told of one region; the status has all of them."""


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
    """Return the explanation of a region's verdict, and what the reader can do, as prose."""
    account = region_account(state, setup, region, now)
    can_do = region_advice(state, setup, regional_verdicts(state)[region])
    return "\n".join([account, "", "What you can do", *can_do])


def region_account(state: State, setup: Setup, region: Region, now: datetime) -> str:
    """Return the explanation of a region's verdict as prose."""
    verdict = regional_verdicts(state)[region]
    return "\n".join(
        [
            f"{region} {verdict.kind.phrase}, since {when(verdict.since, now)}.",
            "",
            *_proof(state, setup.policy, verdict, now),
            *_beside(state, setup, region, now),
            "",
            *_outlook(state, setup, verdict, setup.policy, now),
            *_residents(state, setup, region, now),
        ]
    )


def group_as_text(state: State, setup: Setup, name: str, now: datetime, known: Protections | None = None) -> str:
    """Return the explanation of a group's doing, or of its doing nothing, and what the reader can do, as prose.

    `known` is what is known already of how soon an outage would be noticed.
    """
    spec, group = setup.groups[name], state.groups.get(name)
    seen = _situation(state, setup, name, now)
    account = group_account(state, setup, name, now, known)
    if group is None or seen is None:
        return account
    return "\n".join([account, "", "What you can do", *advice(state, setup, spec, group, seen)])


def group_account(state: State, setup: Setup, name: str, now: datetime, known: Protections | None = None) -> str:
    """Return the explanation of a group's doing, or of its doing nothing, as prose."""
    spec, group = setup.groups[name], state.groups.get(name)
    seen = _situation(state, setup, name, now)
    if group is None or seen is None:
        return f"{name}: nothing was decided yet; the first polls are not in."
    lines = [f"{name} {stands(state, spec, group, now)}.", "", f"Why?  {_why(state, spec, group, now)}."]
    building = under_way(state, name, now)
    if building:
        lines += ["", "Its build", f"  {building}"]
    if seen.verdict is not None:
        lines += ["", f"Is {seen.region} down?  {_answer(seen.verdict, now)}"]
        lines += _proof(state, spec.policy, seen.verdict, now)
        lines += _beside(state, setup, seen.verdict.region, now)
        lines += ["", *_outlook(state, setup, seen.verdict, spec.policy, now)]
    if seen.gates and group.phase not in {Phase.COMMITTING, Phase.MOVING}:
        target = template_name(seen.target) if seen.target else ""
        title = _title(seen, target)
        lines += ["", title, *_gate_lines(seen.gates)]
    if seen.verdict is None or seen.verdict.trouble_since is None:
        protection = (known or Protections(state, setup, now)).of(spec)
        lines += ["", "How soon would it be noticed?", *_protection_lines(protection)]
    return "\n".join(lines)


def stands(state: State, spec: GroupSpec, group: GroupState, now: datetime) -> str:
    """Return how the group stands, without the reasons of closed gates: they have lines of their own."""
    if group.phase is not Phase.HELD or not group.held_by:
        return group_sentence(state, spec, group, now)
    left = place(state, group.active)
    return f"wants to leave {left}, held since {when(group.since, now)} by {listing(list(group.held_by))}"


def _residents(state: State, setup: Setup, region: Region, now: datetime) -> list[str]:
    """Return the groups that build in the region now, and how they stand."""
    here = [
        f"  {name} {stands(state, setup.groups[name], group, now)}"
        for name, group in sorted(state.groups.items())
        if name in setup.groups and state.window.region_of(group.active) == region
    ]
    more = [f"  and {len(here) - MOST_RESIDENTS} more: aibwatch status"] if len(here) > MOST_RESIDENTS else []
    return ["", "Who builds here?", *here[:MOST_RESIDENTS], *more] if here else []


def _title(seen: Situation, target: str) -> str:
    if seen.verdict is not None and seen.verdict.warrants_move:
        return f"What holds a move to {target}?" if seen.held_by else f"Nothing holds a move to {target}."
    if seen.held_by:
        return f"If {seen.region} fails, what would hold a move to {target}?"
    return f"If {seen.region} fails, nothing would hold a move to {target}."


def _why(state: State, spec: GroupSpec, group: GroupState, now: datetime) -> str:
    """Return the reason, without what stands elsewhere: closed gates have lines of their own."""
    last = group.last
    if group.phase is Phase.WATCHING and group.active != spec.primary and last is not None and leads_here(last, group):
        left = place(state, last.source)
        at = when(last.claimed_at, now)
        order = last.order
        because = f"by order of {order.owner}: {order.reason}" if order else "because that was proven down"
        return f"It left {left} at {at}, {because}; going back is for a human"
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


def _outlook(state: State, setup: Setup, verdict: Verdict, policy: Policy, now: datetime) -> list[str]:
    return ["What would change it?", *(f"  {line}" for line in outlook(state, setup, verdict, policy, now))]


def _proof(state: State, policy: Policy, verdict: Verdict, now: datetime) -> list[str]:
    lines = [_evidence_line(e, now) for e in verdict.evidence] or ["  no source has anything to say"]
    kinds = len({e.kind.family for e in verdict.evidence if e.against})
    sum_up = f"  {verdict.score:.1f} of {policy.confirm_score:g} points; {min(kinds, 2)} of 2 kinds of source; "
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


def _protection_lines(protection: Protection) -> list[str]:
    return [
        f"  reads and builds fail   {protection.api.sentence}",
        f"  only builds fail        {protection.build.sentence}",
    ]


def _gate_lines(gates: tuple[Gate, ...]) -> list[str]:
    shown = [f"  {g.state:<8} {g.name:<16} {g.why}" for g in gates if g.state is not GateState.OPEN]
    opened = [g.name for g in gates if g.state is GateState.OPEN]
    return [*shown, f"  open     {' · '.join(opened)}"] if opened else shown
