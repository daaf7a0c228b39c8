"""Deploy a group's secondary from its primary, in another region.

Rules: what speaks against the region is said before anything is looked into; a template that has another part to play
(a primary, a canary, a member of another group) is never touched. Where the primary's region does not tell how it is
defined, Resource Graph is asked, then the newest copy is taken, and that is said.
"""

from dataclasses import dataclass
from pathlib import Path

from aibwatch.app.deployment import Wanted, look, send
from aibwatch.app.destination import RefusedError, notes_on
from aibwatch.app.shelf import copy_of
from aibwatch.config.load import Loaded
from aibwatch.config.setup import region_map_of
from aibwatch.core.copies.copy import Copy, Origin
from aibwatch.core.deployment.ended import Done
from aibwatch.core.deployment.plan import Plan
from aibwatch.core.deployment.target import part_of, target_of
from aibwatch.core.model import Region, TemplateId, region_of, template_id, template_name
from aibwatch.core.policy import GroupSpec
from aibwatch.core.sentences import when
from aibwatch.runtime.clock import Clock
from aibwatch.sources.arm import Arm
from aibwatch.sources.connection import connect
from aibwatch.sources.definitions import Definitions, Told, Untold
from aibwatch.sources.graph import Graph
from aibwatch.sources.quota import subscription_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What somebody wants."""

    group: str
    to: Region
    apply: bool = False
    replace: bool = False
    name: str = ""
    """Of the new template; "" for what the mapping makes of the primary's."""
    resource_group: str = ""
    """The same of its resource group."""
    active: str = ""
    """Resource id of the group's active member, in lower case; "" where no daemon told it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replicated:
    """What came of it."""

    order: Order
    plan: Plan
    done: Done | None = None
    """None where nothing was sent."""


async def replicate(loaded: Loaded, order: Order, keep_in: Path) -> Replicated:
    """Return what would be done, and with `apply` what was done, if nothing spoke against it.

    Raises:
        RefusedError: if there is nothing to look into.
        ValueError: if the way to Azure cannot be made as configured.
    """
    spec = loaded.setup.groups[order.group]
    clock = Clock()
    arm = connect(loaded.settings.azure, now=clock.now, on_request=lambda _: None)
    try:
        copy, notes = await _definition(arm, clock, spec.primary, loaded.settings.backup.directory)
        notes += await _checked(arm, spec, order, copy)
        plan = await look(arm, clock, _wanted(loaded, spec, order, copy), notes)
        if not order.apply or any(plan.against(replace=order.replace)):
            return Replicated(order=order, plan=plan)
        return Replicated(order=order, plan=plan, done=await send(arm, clock, plan, keep_in))
    finally:
        await arm.close()


async def _definition(arm: Arm, clock: Clock, primary: TemplateId, shelf: str) -> tuple[Copy, list[str]]:
    """Return how the primary is defined, and what is to be told of where that comes from."""
    told = (await Definitions(arm, Graph(arm, clock.pause), clock.now).read([primary]))[primary]
    if isinstance(told, Told):
        from_graph = told.copy.origin is Origin.RESOURCE_GRAPH
        note = f"the primary's definition is from Resource Graph, which may be behind the service: {told.why}"
        return told.copy, [note] if from_graph else []
    kept = copy_of(Path(shelf), primary) if shelf and not told.gone else None
    if kept is None:
        raise _untold(primary, told, shelf)
    return kept, [f"the primary's definition is from the copy of {when(kept.taken_at, clock.now())}: {told.why}"]


def _untold(primary: TemplateId, told: Untold, shelf: str) -> RefusedError:
    name = template_name(primary)
    if told.gone:
        return RefusedError(f'Azure has no primary "{name}"; deploy it first, from a copy with: aibwatch restore FILE')
    copy = f"there is no copy of it in {shelf}" if shelf else "no copies are kept ([backup] directory)"
    message = f'how the primary "{name}" is defined could not be read, and {copy}: {told.why}'
    return RefusedError(message, told.permission, unreachable=told.unreachable)


async def _checked(arm: Arm, spec: GroupSpec, order: Order, copy: Copy) -> list[str]:
    """Return what is to be told of the region; raise RefusedError for one that no secondary can be in."""
    if order.to == region_of(copy.region):
        raise RefusedError(f"the primary is in {order.to} itself; a secondary must be elsewhere")
    return await notes_on(arm, order.to, spec, home=copy.region, subscription=subscription_of(spec.primary))


def _wanted(loaded: Loaded, spec: GroupSpec, order: Order, copy: Copy) -> Wanted:
    mapping = region_map_of(loaded.settings, region_of(copy.region), order.to)
    planned = next((member for member in spec.secondaries if spec.regions.get(member) == order.to), None)
    written = {template_id(each): each for group in loaded.settings.group for each in group.secondaries}
    target = target_of(
        copy.written_id,
        mapping,
        written.get(planned, planned) if planned else None,
        name=order.name,
        resource_group=order.resource_group,
    )
    template = template_id(target.id)
    if part := part_of(loaded.setup, spec.name, template):
        raise RefusedError(f'"{template_name(template)}" is {part}; choose another name (--name)')
    if order.replace and template == order.active:
        raise RefusedError(
            f'"{template_name(template)}" is where {spec.name} builds now; move it away first (failback)'
        )
    return Wanted(definition=copy.definition, target=target.id, mapping=mapping, group_said=target.group_said)
