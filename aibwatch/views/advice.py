"""Say what the reader can do now about a group or a region. The end of `explain`; everything before it says what is."""

from aibwatch.core.builds import NEEDED
from aibwatch.core.canaries import misplaced
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
    lines = _of_phase(state, spec, group, seen)
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


def _held(state: State, spec: GroupSpec, group: GroupState, seen: Situation) -> list[str]:
    if seen.target is None:
        return [f"  deploy another secondary, or take {group.name} back to {place(state, spec.primary)} by hand"]
    if seen.held_by == ("mode_allows",):
        return [
            f'  run {template_name(seen.target)} by hand, or set mode = "auto" for this group and reload',
            *_urgent(group),
        ]
    lines = ["  remove the cause that a closed gate names; it moves by itself when the last one opens"]
    if "mode_allows" in seen.held_by and spec.policy.mode is not Mode.AUTO:
        lines.append('  by its mode it would not move even then; that takes mode = "auto" for this group')
    return lines if NEEDED & set(seen.held_by) else [*lines, *_urgent(group)]


def _watching(state: State, spec: GroupSpec, group: GroupState, seen: Situation) -> list[str]:
    if seen.region is None:
        return ["  compare its id in the configuration with the one in Azure:", "    aibwatch probe --once"]
    if group.active != spec.primary:
        return _away(state, spec, group)
    troubled = seen.verdict is not None and seen.verdict.kind in UNSURE_TO_BUILD
    return [*_at_home(seen.verdict), *(_urgent(group) if troubled else [])]


UNSURE_TO_BUILD = frozenset(
    {VerdictKind.SUSPECT, VerdictKind.CONFIRMING, VerdictKind.OUTAGE, VerdictKind.DEGRADED, VerdictKind.MAINTENANCE}
)


def _urgent(group: GroupState) -> list[str]:
    return [
        "  build an urgent image; where the service fails it, a ready secondary is run instead, and nothing is moved:",
        f"    aibwatch build {group.name} --wait",
    ]


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
    back = f"once {home} is healthy, run {template_name(spec.primary)} there by hand and point your pipelines at it"
    lines = [f"  it stays in {here}; going back is for a human: {back}"]
    last = group.last
    if last is not None and last.run_state in {RunState.FAILED, RunState.CANCELED}:
        lines.insert(0, f"  see why the run of {template_name(last.target)} ended so, and run it again by hand")
    return lines
