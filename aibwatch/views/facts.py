"""Say of groups and regions what several views tell in the same words."""

from datetime import datetime

from aibwatch.core.judging import regional_verdicts
from aibwatch.core.model import Region, RunState, TemplateId, template_name
from aibwatch.core.move import Move
from aibwatch.core.observation import Source
from aibwatch.core.policy import GroupSpec
from aibwatch.core.sentences import ago, clock, listing
from aibwatch.core.state import GroupState, Phase, State
from aibwatch.core.verdict import Verdict, VerdictKind

OUTAGES = frozenset({VerdictKind.OUTAGE, VerdictKind.GLOBAL})
DOUBTS = frozenset({VerdictKind.SUSPECT, VerdictKind.CONFIRMING, VerdictKind.BLIND, VerdictKind.RECOVERING})


def place(state: State, template: TemplateId) -> str:
    """Return the region of a template as people say it; its name where the region was never seen."""
    return state.window.region_of(template) or f"{template_name(template)} (never listed)"


def live_since(state: State, region: Region, now: datetime) -> str:
    """Return when the region last answered a read, as half a sentence."""
    record = state.window.poll(Source.PROBE, region)
    if record is None or record.well_at is None:
        return "never answered yet"
    return f"answered {ago(record.well_at, now)}"


def verdict_sentence(state: State, verdict: Verdict, now: datetime) -> str:
    """Return what a region's verdict rests on, in one line."""
    against = [e.brief for e in verdict.evidence if e.against]
    if verdict.kind in {VerdictKind.HEALTHY, VerdictKind.LEARNING}:
        return live_since(state, verdict.region, now)
    return ", ".join(against) if against and verdict.kind is not VerdictKind.BLIND else verdict.why


def group_sentence(state: State, spec: GroupSpec, group: GroupState, now: datetime) -> str:
    """Return how a group stands, in one line."""
    if group.phase is Phase.HALTED:
        return f"halted since {clock(group.since)} ({ago(group.since, now)}): {group.detail or group.why}"
    if group.phase is Phase.HELD:
        return f"wants to leave {place(state, group.active)}, held since {clock(group.since)} by {group.detail}"
    if group.move is not None:
        return f"{moving(state, group.move)}: {group.why}"
    if group.active != spec.primary and group.last is not None:
        return f"failed over {moved(state, group.last)}; {image(group.last, now)}"
    return f"builds in {place(state, group.active)}"


def moving(state: State, move: Move) -> str:
    """Return where an open move leads."""
    return f"moving {place(state, move.source)} -> {place(state, move.target)}"


def moved(state: State, move: Move) -> str:
    """Return where an ended move led, and when."""
    at = clock(move.committed_at or move.claimed_at)
    return f"{place(state, move.source)} -> {place(state, move.target)} at {at}"


def image(move: Move, now: datetime) -> str:
    """Return what came of the run on the target."""
    if move.images:
        return f"its image is there: {listing([name.split('/')[-1] for name in move.images])}"
    name = template_name(move.target)
    if move.run_state is None:
        return f"the run of {name} does not show yet"
    if move.run_state in {RunState.FAILED, RunState.CANCELED}:
        return f"the run of {name} {move.run_state}, so there is no image"
    begun = f", begun {ago(move.committed_at, now)}" if move.committed_at else ""
    return f"the run of {name} is {move.run_state}{begun}"


def headline(state: State) -> str:
    """Return the one sentence that matters most now."""
    verdicts = regional_verdicts(state)
    down = sorted(r for r, v in verdicts.items() if v.kind in OUTAGES)
    doubtful = sorted(r for r, v in verdicts.items() if v.kind in DOUBTS)
    halted = sorted(g.name for g in state.groups.values() if g.phase is Phase.HALTED)
    held = sorted(g.name for g in state.groups.values() if g.phase is Phase.HELD)
    parts = [
        f"{listing(halted)} halted and needs you" if halted else "",
        f"Image Builder is down in {listing(list(down))}" if down else "",
        f"{listing(held)} wants to move and is held" if held else "",
        listing([f"{r} {verdicts[r].kind.phrase}" for r in doubtful]),
    ]
    told = [part for part in parts if part]
    if not verdicts:
        return "No region was seen yet."
    return f"{'; '.join(told)}." if told else f"All is well in {listing(sorted(verdicts))}."


def severity(state: State) -> int:
    """Return the exit code that tells how things are: 0 well, 3 degraded, 4 outage."""
    kinds = {v.kind for v in regional_verdicts(state).values()}
    phases = {g.phase for g in state.groups.values()}
    if kinds & OUTAGES:
        return 4
    return 3 if kinds & DOUBTS or not kinds or phases - {Phase.WATCHING} else 0
