"""Say what the reader can do now about a group. The end of `explain`; everything before it says what is."""

from aibwatch.core.model import Mode, RunState, template_name
from aibwatch.core.policy import GroupSpec
from aibwatch.core.situation import Situation
from aibwatch.core.state import GroupState, Phase, State
from aibwatch.core.verdict import Verdict, VerdictKind
from aibwatch.views.facts import place


def advice(state: State, spec: GroupSpec, group: GroupState, seen: Situation) -> list[str]:
    """Return lines for a human, the most useful first. Commands stand alone on their line."""
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
        return [f'  run {template_name(seen.target)} by hand, or set mode = "auto" for this group and reload']
    lines = ["  remove the cause that a closed gate names; it moves by itself when the last one opens"]
    if "mode_allows" in seen.held_by and spec.policy.mode is not Mode.AUTO:
        lines.append('  by its mode it would not move even then; that takes mode = "auto" for this group')
    return lines


def _watching(state: State, spec: GroupSpec, group: GroupState, seen: Situation) -> list[str]:
    if seen.region is None:
        return ["  compare its id in the configuration with the one in Azure:", "    aibwatch probe --once"]
    if group.active != spec.primary:
        return _away(state, spec, group)
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
