"""Say what the reader can do now about a group or a region. The end of `explain`; everything before it says what is."""

from aibwatch.core.approval import Answered
from aibwatch.core.builds.builds import NEEDED
from aibwatch.core.canary.canaries import misplaced
from aibwatch.core.gates import FINAL, holding
from aibwatch.core.model import Mode, RunState, template_name
from aibwatch.core.policy import CanarySpec, GroupSpec, Setup
from aibwatch.core.sentences import listing
from aibwatch.core.situation import Situation
from aibwatch.core.state import GroupState, Phase, State
from aibwatch.core.verdict import Verdict, VerdictKind
from aibwatch.views.canaries import alike_in, useless
from aibwatch.views.facts import place


def advice(state: State, setup: Setup, spec: GroupSpec, group: GroupState, seen: Situation) -> list[str]:
    """Return lines for a human, the most useful first. Commands stand alone on their line."""
    lines = [*_of_phase(state, spec, group, seen), *_urgent(group, seen)]
    return [*lines, *_beside(state, setup, seen.verdict)] if seen.verdict else lines


def region_advice(state: State, setup: Setup, verdict: Verdict) -> list[str]:
    """Return lines for a human about a region, groups aside."""
    lines = _at_home(verdict)
    waits = verdict.kind is VerdictKind.SUSPECT and len({e.kind for e in verdict.evidence if e.against}) == 1
    if waits and verdict.region not in setup.canaries:
        lines.append(
            f"  give {verdict.region} a canary ([[canary]] in the configuration): it would settle this in minutes"
        )
    return [*lines, *_beside(state, setup, verdict)]


def _beside(state: State, setup: Setup, verdict: Verdict) -> list[str]:
    """Return what to do about a canary that proves nothing, and about what fails alike."""
    lines = []
    if verdict.region in useless(state, setup):
        lines.append(_repair(state, setup.canaries[verdict.region]))
    for correlation in alike_in(state, verdict.region):
        names = listing(list(correlation.templates))
        shared = listing([thing.rstrip("/").rsplit("/", 1)[-1] for thing in correlation.shared])
        first = f"at {shared}, which {names} share" if shared else f"at what changed for {names}"
        lines.append(f"  look {first}; they fail alike, and moving would not help")
    return lines


def _repair(state: State, spec: CanarySpec) -> str:
    elsewhere = misplaced(state.window, spec)
    if elsewhere:
        return f"  correct the canary of {spec.region} in the configuration: {elsewhere}"
    name = template_name(spec.template)
    return f"  repair {name} and run it once by hand; until then nothing settles a suspicion of {spec.region}"


def _of_phase(state: State, spec: GroupSpec, group: GroupState, seen: Situation) -> list[str]:
    match group.phase:
        case Phase.HALTED:
            return [
                "  look at the move's steps and at the target's runs, then let the group watch again:",
                f"    aibwatch history {group.name}",
                f'    aibwatch reset {group.name} --reason "..."',
            ]
        case Phase.HELD:
            return _held(state, spec, group, seen)
        case Phase.CHECKING | Phase.COMMITTING | Phase.MOVING:
            return ["  nothing; the move is under way, and a crash would not lose it"]
        case Phase.WATCHING:
            return _watching(state, spec, group, seen)


def _urgent(group: GroupState, seen: Situation) -> list[str]:
    """Return how to get an image now, where one might be in vain and a secondary would build."""
    troubled = seen.verdict is not None and seen.verdict.kind in UNSURE_TO_BUILD
    if not troubled or group.move is not None or NEEDED & set(seen.held_by):
        return []
    return [
        "  build an urgent image; where the service fails it, a ready secondary is run instead, and nothing is moved:",
        f"    aibwatch build {group.name} --wait",
    ]


UNSURE_TO_BUILD = frozenset(
    {VerdictKind.SUSPECT, VerdictKind.CONFIRMING, VerdictKind.OUTAGE, VerdictKind.DEGRADED, VerdictKind.MAINTENANCE}
)


def _held(state: State, spec: GroupSpec, group: GroupState, seen: Situation) -> list[str]:
    if seen.target is None:
        return [f"  deploy another secondary, or take {group.name} back to {place(state, spec.primary)} by hand"]
    if group.approval is not None and group.approval.answer is None:
        return [
            "  let it move, or keep it where it is until the incident is over:",
            f"    aibwatch approve {group.approval.id}",
            f'    aibwatch deny {group.approval.id} --reason "..."',
        ]
    if group.approval is not None and group.approval.answer is Answered.DENIED:
        return [
            "  leave it; it was denied, and is asked for again in the next incident. Or move it all the same:",
            f'    aibwatch failover {group.name} --reason "..."',
        ]
    if seen.held_by == ("mode_allows",) and spec.policy.mode is Mode.SHADOW:
        return [
            f"  move it to {template_name(seen.target)} now; for the next time, set its mode to approve or auto:",
            f'    aibwatch failover {group.name} --reason "..."',
        ]
    lines = ["  remove the cause that a closed gate names; it moves by itself when the last one opens"]
    if "mode_allows" in seen.held_by and spec.policy.mode is Mode.SHADOW:
        lines.append("  by its mode it would not move even then; that takes mode approve or auto for this group")
    return [*lines, *_unready(group, seen), *_anyway(state, group, seen)]


def _unready(group: GroupState, seen: Situation) -> list[str]:
    """Return where to read what is wrong with a secondary that would not build."""
    if not any(gate.name == "secondary_ready" for gate in holding(seen.gates)):
        return []
    return ["  see what readiness found, rule by rule:", f"    aibwatch readiness {group.name}"]


def _anyway(state: State, group: GroupState, seen: Situation) -> list[str]:
    """Return how to move over closed gates, where they may be overridden."""
    closed = [name for name in seen.held_by if name != "mode_allows"]  # a human's order needs no mode
    listed = seen.target is not None and seen.target in state.window.templates
    if not closed or not listed or FINAL.keys() & set(closed):
        return []
    gates = " ".join(f"--override {name}" for name in closed)
    return [
        "  or move it all the same, knowing what the closed gates say:",
        f'    aibwatch failover {group.name} {gates} --reason "..."',
    ]


def _watching(state: State, spec: GroupSpec, group: GroupState, seen: Situation) -> list[str]:
    if seen.region is None:
        return ["  compare its id in the configuration with the one in Azure:", "    aibwatch probe --once"]
    if group.active != spec.primary:
        return _away(state, spec, group)
    unready = _unready(group, seen)
    if unready:
        return ["  mend its secondary before it is needed; until then nothing is moved there", *unready]
    if any(gate.name == "drill_fresh" for gate in holding(seen.gates)):
        return [
            "  rehearse its way to the secondary; until then it asks before it moves:",
            f"    aibwatch drill {group.name}",
        ]
    return _at_home(seen.verdict)


def _at_home(verdict: Verdict | None) -> list[str]:
    match verdict.kind if verdict else VerdictKind.LEARNING:
        case VerdictKind.BLIND:
            return [
                "  check this host's network and credential; until the region is seen, nothing is moved:",
                "    aibwatch probe --once",
            ]
        case VerdictKind.GLOBAL:
            return ["  look at the provider's own status, and at this host's way to Azure; moving would not help"]
        case VerdictKind.DEGRADED:
            return ["  run an urgent image once more; some runs still succeed, and nobody is moved away from those"]
        case VerdictKind.MAINTENANCE:
            return [
                "  let builds wait for the end of the announced maintenance: every move is held until then;",
                "  what cannot wait, run by hand in another region",
            ]
        case VerdictKind.SUSPECT | VerdictKind.CONFIRMING | VerdictKind.OUTAGE:
            return ["  nothing yet; builds in that region that can wait should wait"]
        case _:
            return ["  nothing; it is watched"]


def _away(state: State, spec: GroupSpec, group: GroupState) -> list[str]:
    here, home = place(state, group.active), place(state, spec.primary)
    lines = [
        f"  it stays in {here}; going back is for a human, once {home} has been well for a while. What is missing:",
        f"    aibwatch failback {group.name} --dry-run",
    ]
    last = group.last
    if last is not None and last.run_state in {RunState.FAILED, RunState.CANCELED}:
        lines.insert(0, f"  see why the run of {template_name(last.target)} ended so, and run it again by hand")
    return lines
