"""Say of groups and regions what several views tell in the same words."""

from collections.abc import Mapping
from datetime import datetime

from aibwatch.core.evidence import Kind
from aibwatch.core.judging import regional_verdicts
from aibwatch.core.model import Mode, Region, RunState, TemplateId, template_name
from aibwatch.core.move.left import Taken
from aibwatch.core.move.move import Move, MoveKind
from aibwatch.core.observation import Source
from aibwatch.core.policy import GroupSpec, Setup
from aibwatch.core.readiness.finding import Ready
from aibwatch.core.rehearsal import staleness, why_failed
from aibwatch.core.sentences import ago, listing, span, when
from aibwatch.core.state import GroupState, Phase, State
from aibwatch.core.verdict import Verdict, VerdictKind
from aibwatch.views import discovery
from aibwatch.views.canaries import in_headline

OUTAGES = frozenset({VerdictKind.OUTAGE, VerdictKind.GLOBAL})
DOUBTS = frozenset(
    {
        VerdictKind.SUSPECT,
        VerdictKind.CONFIRMING,
        VerdictKind.DEGRADED,
        VerdictKind.MAINTENANCE,
        VerdictKind.BLIND,
        VerdictKind.RECOVERING,
    }
)
WORST_FIRST = (
    VerdictKind.OUTAGE,
    VerdictKind.GLOBAL,
    VerdictKind.CONFIRMING,
    VerdictKind.MAINTENANCE,
    VerdictKind.SUSPECT,
    VerdictKind.DEGRADED,
    VerdictKind.BLIND,
    VerdictKind.RECOVERING,
)


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
    if builds_unread(verdict):
        return f"{', '.join(against)}, but it builds"
    if verdict.kind in {VerdictKind.HEALTHY, VerdictKind.LEARNING}:
        return live_since(state, verdict.region, now)
    return ", ".join(against) if against and verdict.kind is not VerdictKind.BLIND else verdict.why


def builds_unread(verdict: Verdict) -> bool:
    """Return whether reads fail in a region that is called healthy, because something good outweighs them."""
    return verdict.kind is VerdictKind.HEALTHY and any(e.against and e.kind is Kind.PROBE for e in verdict.evidence)


def group_sentence(state: State, spec: GroupSpec, group: GroupState, now: datetime) -> str:
    """Return how a group stands, in one line."""
    stands, pause = _standing(state, spec, group, now), group.pause
    if group.phase is Phase.WATCHING and spec.policy.mode is Mode.AUTO:
        stale, told = staleness(state.window, spec, group, now)
        stands = f"{stands}; it would ask before it moves: {told}" if stale else stands
    if pause is None or pause.until <= now or group.phase is Phase.HELD:
        return stands
    return f"{stands}; moves are paused by {pause.owner} for {span(pause.until - now)} more: {pause.reason}"


def _standing(state: State, spec: GroupSpec, group: GroupState, now: datetime) -> str:
    since = when(group.since, now)
    if group.phase is Phase.HALTED:
        return f"halted since {since}: {group.detail or group.why}; its runs go to {place(state, group.active)}"
    if group.phase is Phase.HELD:
        return f"wants to leave {place(state, group.active)}, held since {since} by {group.detail}"
    if group.move is not None:
        why = f"{group.why}: {group.detail}" if group.move.awaits_image else group.why
        return f"{moving(state, group.move)}: {why}"
    if state.window.region_of(group.active) is None:
        return f"cannot be watched: Azure does not list its active template {template_name(group.active)}"
    if group.active != spec.primary and group.last is not None:
        return f"{_away(state, group, group.last, now)}{built_late(state, group)}"
    return _builds(state, group)


def _away(state: State, group: GroupState, last: Move, now: datetime) -> str:
    """Return how a group stands that is not at its primary, whatever its last move was for."""
    failed = f"{last.activation_id} failed {ago(last.ended_at or last.claimed_at, now)}: {why_failed(last)}"
    if not leads_here(last, group):
        return f"builds in {place(state, group.active)}; the last {last.kind} {failed}"
    if last.failed:
        return f"failed over {moved(state, last, now)}, not to the end: {failed}"
    return f"failed over {moved(state, last, now)}; {image(last)}"


def leads_here(last: Move, group: GroupState) -> bool:
    """Return whether the group came by its last move to where it is; a failback that failed has led nowhere."""
    return last.kind is MoveKind.FAILOVER and last.target == group.active


def _builds(state: State, group: GroupState) -> str:
    where = place(state, group.active)
    verdict = next((v for region, v in regional_verdicts(state).items() if region == where), None)
    if verdict is not None and verdict.kind in OUTAGES and group.detail:
        return f"stays in {where}: {group.detail}"  # "builds" would be untrue
    return f"builds in {where}"


def moving(state: State, move: Move) -> str:
    """Return where an open move leads."""
    return f"{UNDER_WAY[move.kind]} {place(state, move.source)} -> {place(state, move.target)}"


UNDER_WAY = {
    MoveKind.FAILOVER: "moves",
    MoveKind.FAILBACK: "goes back",
    MoveKind.DRILL: "rehearses the way",
}


def moved(state: State, move: Move, now: datetime) -> str:
    """Return where an ended move led, and when."""
    at = when(move.committed_at or move.claimed_at, now)
    return f"{place(state, move.source)} -> {place(state, move.target)} at {at}"


def image(move: Move) -> str:
    """Return what came of the run on the target."""
    if move.images:
        return f"its image is there: {listing([name.split('/')[-1] for name in move.images])}"
    name = template_name(move.target)
    match move.run_state:
        case None:
            return f"the run of {name} does not show yet"
        case RunState.FAILED | RunState.CANCELED:
            return f"the run of {name} {move.run_state}, so there is no image"
        case RunState.SUCCEEDED:
            return f"{name} has built; the name of its image is not read yet"
        case RunState.PARTIALLY_SUCCEEDED:
            return f"{name} has built, and some of its targets failed; the names of its images are not read yet"
        case _:
            return f"the run of {name} is {move.run_state}"


def built_late(state: State, group: GroupState) -> str:
    """Return what the member that was left has put out since and may count as latest; empty if nothing."""
    late = [
        f"{state.window.name_of(left.template)} has built since, which may count as latest "
        f"(aibwatch history --move {left.activation_id})"
        for left in group.left
        if any(image.taken is not Taken.EXCLUDED for run in left.runs for image in run.images)
    ]
    return "".join(f"; {told}" for told in late)


def headline(state: State, setup: Setup) -> str:
    """Return the one sentence that matters most now."""
    verdicts = regional_verdicts(state)
    if not verdicts:
        return f"{'; '.join(['No region was seen yet', *discovery.in_headline(state, setup)])}."
    halted, held, unseen = _groups_in_need(state, setup)
    beside = in_headline(state, setup)
    parts = (
        halted,
        *_regions_in_trouble(verdicts),
        held,
        *beside,
        unseen,
        _nowhere_to_go(state, setup),
        *discovery.in_headline(state, setup),
        *_own_trouble(state),
    )
    told = [part for part in parts if part]
    return f"{'; '.join(told)}." if told else f"All is well in {listing(sorted(verdicts))}."


def severity(state: State, setup: Setup) -> int:
    """Return the exit code that tells how things are: 0 well, 3 degraded, 4 outage."""
    verdicts = regional_verdicts(state).values()
    kinds = {v.kind for v in verdicts}
    groups = _configured(state, setup)
    if kinds & OUTAGES or any(v.warrants_move for v in verdicts):
        return 4
    unwell = any(g.phase is not Phase.WATCHING or state.window.region_of(g.active) is None for g in groups)
    unwell = unwell or any(builds_unread(v) for v in verdicts) or bool(in_headline(state, setup))
    unwell = unwell or bool(discovery.in_headline(state, setup)) or bool(_nowhere_to_go(state, setup))
    return 3 if kinds & DOUBTS or not kinds or unwell or _own_trouble(state)[0] else 0


CANNOT_BUILD = frozenset({Ready.NOT_READY, Ready.UNKNOWN})
"""What a report says of a secondary that no move goes to."""


def _configured(state: State, setup: Setup) -> list[GroupState]:
    return [state.groups[name] for name in sorted(setup.groups) if name in state.groups]


def _groups_in_need(state: State, setup: Setup) -> tuple[str, str, str]:
    groups = _configured(state, setup)
    halted = [g.name for g in groups if g.phase is Phase.HALTED]
    asking = [g.name for g in groups if g.approval is not None and g.approval.answer is None]
    held = [g.name for g in groups if g.phase is Phase.HELD and g.name not in asking]
    unseen = [g.name for g in groups if state.window.region_of(g.active) is None]
    waits = f"{listing(asking)} {'waits' if len(asking) == 1 else 'wait'} for your approval to move" if asking else ""
    stuck = (
        f"{listing(held)} {'wants to move and is' if len(held) == 1 else 'want to move and are'} held" if held else ""
    )
    return (
        f"{listing(halted)} halted and {'needs' if len(halted) == 1 else 'need'} you" if halted else "",
        "; ".join(part for part in (waits, stuck) if part),
        f"Azure does not list the active template of {listing(unseen)}" if unseen else "",
    )


def _nowhere_to_go(state: State, setup: Setup) -> str:
    """Return which groups have no secondary that is known to build; one that was not looked at yet is waited for."""
    known = state.window.readiness
    stuck = [
        name
        for name, spec in sorted(setup.groups.items())
        if spec.secondaries and all(s in known and known[s].state in CANNOT_BUILD for s in spec.secondaries)
    ]
    return f"{listing(stuck)} {'has' if len(stuck) == 1 else 'have'} no secondary that is ready" if stuck else ""


def _regions_in_trouble(verdicts: Mapping[Region, Verdict]) -> list[str]:
    """Return a part for every kind of trouble, the worst first, with all regions that have it."""
    told: list[str] = []
    for kind in WORST_FIRST:
        regions = sorted(region for region, verdict in verdicts.items() if verdict.kind is kind)
        if kind is VerdictKind.OUTAGE and regions:
            told.insert(0, f"Image Builder is down in {listing(list(regions))}")
        elif regions:
            phrase = kind.phrase if len(regions) == 1 else kind.phrase_of_many
            told.append(f"{listing(list(regions))} {phrase}")
    unread = sorted(region for region, verdict in verdicts.items() if builds_unread(verdict))
    if unread:
        told.append(f"{listing(list(unread))} {'builds' if len(unread) == 1 else 'build'}, though reads fail there")
    return told


def _own_trouble(state: State) -> tuple[str]:
    failing = state.journal_failing_since is not None
    return ("the journal cannot be written, so nothing is moved" if failing else "",)
