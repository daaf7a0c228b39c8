"""Deploy a template from the file of its copy, where it was or in another region.

Rules: the file was understood to its end before this begins; what speaks against a region or a name is said before
anything is sent. To another region it becomes what the mapping makes of it, as a secondary does from its primary. A
template with another part to play (a primary, a canary, a member of another group) is never touched; the one that the
copy is of may be, if that was said. This module does not know files.
"""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from aibwatch.app.deployment import Wanted, look, send
from aibwatch.app.destination import RefusedError, notes_on
from aibwatch.config.load import Loaded
from aibwatch.config.setup import region_map_of
from aibwatch.core.copies.copy import Origin
from aibwatch.core.copies.document import Read
from aibwatch.core.definition.region_map import RegionMap
from aibwatch.core.deployment.ended import Done
from aibwatch.core.deployment.plan import Plan
from aibwatch.core.deployment.target import Target, part_of, target_of
from aibwatch.core.model import Region, TemplateId, region_of, template_id, template_name
from aibwatch.core.policy import GroupSpec, Setup
from aibwatch.runtime.clock import Clock
from aibwatch.sources.connection import connect
from aibwatch.sources.quota import subscription_of

_GROUP = 4
"""Which part of an id is the resource group, counted from the empty one in front."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreOrder:
    """What somebody wants."""

    read: Read
    """The copy, as its file has it."""
    to: Region | None = None
    """None for the region that it is from."""
    apply: bool = True
    replace: bool = False
    name: str = ""
    """Of the template; "" for the copy's, in another region for what the mapping makes of it."""
    resource_group: str = ""
    """The same of its resource group."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What came of it."""

    group: str
    """Whose member the copy is of; "" where it is of none."""
    plan: Plan
    done: Done | None = None
    """None where nothing was sent."""


async def restore(loaded: Loaded, order: RestoreOrder, keep_in: Path) -> Restored:
    """Return what was done, or where something spoke against it, or it was not to be sent, what would be.

    A template that is replaced is copied to the directory `keep_in` first.

    Raises:
        RefusedError: if there is nothing to look into.
        ValueError: if the way to Azure cannot be made as configured.
    """
    copy = order.read.copy
    if not copy.written_id:
        raise RefusedError(
            "the file does not say whose copy it is (metadata.aibwatch.id); deploy it with az deployment group create"
        )
    spec = _group_of(loaded.setup, copy.template)
    home = region_of(copy.region)
    to = order.to or home
    target = _target(loaded, order, spec, region_map_of(loaded.settings, home, to))
    clock = Clock()
    arm = connect(loaded.settings.azure, now=clock.now, on_request=lambda _: None)
    try:
        # Geographies say where secondaries may be; what is back where it was has not moved.
        bound = spec if to != home else None
        told = await notes_on(arm, to, bound, home=home, subscription=subscription_of(copy.template))
        plan = await look(arm, clock, target, [*_notes(order.read), *told])
        group = spec.name if spec else ""
        if not order.apply or any(plan.against(replace=order.replace)):
            return Restored(group=group, plan=plan)
        return Restored(group=group, plan=plan, done=await send(arm, clock, plan, keep_in))
    finally:
        await arm.close()


def _group_of(setup: Setup, template: TemplateId) -> GroupSpec | None:
    return next((spec for spec in setup.groups.values() if template in spec.members), None)


def _notes(read: Read) -> Collection[str]:
    copy = read.copy
    whose = "Resource Graph, which may be behind the service" if copy.origin is Origin.RESOURCE_GRAPH else "the service"
    return (f"the copy was taken {copy.taken_at:%Y-%m-%d %H:%M} UTC from {whose}", *read.warnings)


def _target(loaded: Loaded, order: RestoreOrder, spec: GroupSpec | None, mapping: RegionMap) -> Wanted:
    copy = order.read.copy
    moves = mapping.home != mapping.away
    target = _elsewhere(loaded, order, spec, mapping) if moves else _there(order)
    template = template_id(target.id)
    part = part_of(loaded.setup, spec.name if spec else "", template) if template != copy.template else ""
    if part:
        raise RefusedError(f'"{template_name(template)}" is {part}; choose another name (--name)')
    return Wanted(definition=copy.definition, target=target.id, mapping=mapping, group_said=target.group_said)


def _there(order: RestoreOrder) -> Target:
    """Return the template that the copy is of, or another one beside it."""
    parts = order.read.copy.written_id.split("/")
    parts[_GROUP] = order.resource_group or parts[_GROUP]
    parts[-1] = order.name or parts[-1]
    return Target(id="/".join(parts), group_said=True)


def _elsewhere(loaded: Loaded, order: RestoreOrder, spec: GroupSpec | None, mapping: RegionMap) -> Target:
    """Return the group's secondary in that region, if it has one, else what the mapping makes of the template."""
    members = spec.secondaries if spec else ()
    planned = next((member for member in members if spec and spec.regions.get(member) == mapping.away), None)
    written = {template_id(each): each for group in loaded.settings.group for each in group.secondaries}
    return target_of(
        order.read.copy.written_id,
        mapping,
        written.get(planned) if planned else None,
        name=order.name,
        resource_group=order.resource_group,
    )
