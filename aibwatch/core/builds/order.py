"""Say whether an order to build can be begun, and if not, why, and whether a later time would change that.

Asked twice: when the order comes, so that whoever orders is told at once, and when it is decided on, because something
may have happened in between.
"""

from aibwatch.core.builds.build import BuildResult
from aibwatch.core.decision import Refusal, Reply
from aibwatch.core.events import BuildOrdered
from aibwatch.core.model import Region, TemplateId, template_name
from aibwatch.core.policy import GroupSpec, Setup
from aibwatch.core.regions.allowed import Within, allowed
from aibwatch.core.sentences import listing
from aibwatch.core.state import GroupState, Phase, State

MOVING = frozenset({Phase.COMMITTING, Phase.MOVING})


def objection(state: State, setup: Setup, order: BuildOrdered) -> Reply | None:
    """Return what speaks against beginning this build now; None if nothing does, or if it is begun already."""
    known = state.builds.find(order.id)
    if known is not None and (known.group, known.to) != (order.group, order.to):
        why = f"the id {order.id} is that of another build, of {known.group}; choose another one"
        return Reply(text=why, refusal=Refusal.UNASKED)
    if not is_new(state, order):
        return None
    spec, group = setup.groups.get(order.group), state.groups.get(order.group)
    if spec is None:
        names = listing(sorted(setup.groups)) or "none"
        return Reply(text=f"there is no group {order.group!r}; there are: {names}", refusal=Refusal.UNASKED)
    return (
        unrecorded(state)
        or _busy(state, order, group)
        or _wrong(state, spec, group, order)
        or _not_allowed(state, spec, order)
    )


def is_new(state: State, order: BuildOrdered) -> bool:
    """Return whether the order is not one that was taken already.

    One of which nothing was run may be given again by the same id: a pipeline that was told to try again does that.
    """
    known = state.builds.find(order.id)
    return known is None or known.result is BuildResult.BUSY


def member_in(state: State, spec: GroupSpec, region: Region) -> TemplateId | None:
    """Return the group's first member in the region, as far as Azure lists them; None if there is none."""
    return next((t for t in spec.members if state.window.region_of(t) == region), None)


def unrecorded(state: State) -> Reply | None:
    """Return why nothing may be begun by this daemon at the moment; None if it may."""
    if state.journal_failing_since is not None:
        why = "the journal cannot be written, and what is not on record is not done"
        return Reply(text=why, refusal=Refusal.HELD)
    if state.lease_lost:
        return Reply(text=f"another daemon may have the state: {state.lease_lost}", refusal=Refusal.HELD)
    return None


def _busy(state: State, order: BuildOrdered, group: GroupState | None) -> Reply | None:
    under_way = state.builds.open_of(order.group)
    if under_way is not None:
        why = f"the build {under_way.id} of {order.group} is under way, ordered by {under_way.order.owner}"
        return Reply(text=f"{why}; one at a time", refusal=Refusal.BUSY)
    if group is None:
        return Reply(text=f"{order.group} was not looked at yet; the first polls are not in", refusal=Refusal.BUSY)
    if group.phase in MOVING:
        where = template_name(group.move.target) if group.move else "another member"
        return Reply(
            text=f"{order.group} is being moved to {where}; order again when it is there", refusal=Refusal.BUSY
        )
    return None


def _wrong(state: State, spec: GroupSpec, group: GroupState | None, order: BuildOrdered) -> Reply | None:
    if order.to is not None and member_in(state, spec, order.to) is None:
        known = sorted({str(r) for t in spec.members if (r := state.window.region_of(t))})
        there = listing(known) or "none"
        why = f"{spec.name} has no member in {order.to}, as far as Azure lists them; there are members in: {there}"
        return Reply(text=why, refusal=Refusal.UNASKED)
    if order.to is None and group is not None and group.active not in spec.members:
        why = f"its active member {template_name(group.active)} is not in the configuration any more; put it back"
        return Reply(text=why, refusal=Refusal.UNASKED)
    return None


def _not_allowed(state: State, spec: GroupSpec, order: BuildOrdered) -> Reply | None:
    """Return why no image may be made where the order says; no later time would change that, only the configuration."""
    named = member_in(state, spec, order.to) if order.to else None
    if order.to is None or named is None or named == spec.primary:
        return None
    standing = allowed(order.to, spec.allowed_geographies)
    if standing.within is Within.INSIDE:
        return None
    why = f"{template_name(named)} may not be run: {standing.why}"
    return Reply(text=why, refusal=Refusal.UNASKED)
