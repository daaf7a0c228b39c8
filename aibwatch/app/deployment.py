"""Deploy a definition: look what it needs and what is there, then send it and wait.

Rules: looking changes nothing; a template that is replaced is copied first, and stays where the copy fails. This is the
one way in which anything here makes or deletes a template.
"""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from aibwatch.app.backup import keep_copies
from aibwatch.app.shelf import ShelfError
from aibwatch.core.copies.copy import place_of
from aibwatch.core.definition.needs import Kind, Need, needs_of
from aibwatch.core.definition.portable import Json, portable
from aibwatch.core.definition.region_map import RegionMap
from aibwatch.core.definition.remap import Moved, is_said, moved
from aibwatch.core.deployment.ended import Done, Ended, Fate
from aibwatch.core.deployment.lookup import Lookup, lookup_of, offered_of
from aibwatch.core.deployment.plan import Plan, Present
from aibwatch.core.model import template_id
from aibwatch.core.readiness.survey import Unread
from aibwatch.core.reading import table, text
from aibwatch.runtime.clock import Clock
from aibwatch.sources.answer import Bad
from aibwatch.sources.arm import Api, Arm
from aibwatch.sources.deploy import Deploy
from aibwatch.sources.lacking import lacking
from aibwatch.sources.parse_template import Unreadable, parse_template
from aibwatch.sources.quota import subscription_of
from aibwatch.sources.survey.needed import places_of
from aibwatch.sources.survey.platform_images import image_in, versions_in
from aibwatch.sources.survey.surveyor import untold
from aibwatch.sources.survey.thrift import Thrift

READ = "Microsoft.VirtualMachineImages/imageTemplates/read"

AT_REST = frozenset({"succeeded", "failed", "canceled", ""})
"""States of a template that nothing is being done to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be deployed."""

    definition: Json
    """As a GET shows it, or portable."""
    target: str
    """Resource id of the template to make."""
    mapping: RegionMap
    """From the definition's region to the target's; from a region to itself for one that stays."""
    group_said: bool = False
    """Whether the operator himself named the target's resource group."""

    @property
    def stays(self) -> bool:
        """Whether the template is made in the region that its definition is from."""
        return self.mapping.home == self.mapping.away


async def look(arm: Arm, clock: Clock, wanted: Wanted, notes: Collection[str] = ()) -> Plan:
    """Return what the deployment would do, and everything that speaks against it. `notes` are told with it."""
    made = _as_it_is(wanted.definition) if wanted.stays else moved(wanted.definition, wanted.mapping)
    present = await _present(arm, clock, wanted.target)
    at_once = ["it has autoRun, so Azure builds it once as soon as it is made"] if _runs_at_once(made.body) else []
    return Plan(
        target=wanted.target,
        region=wanted.mapping.away,
        url=arm.address(wanted.target, Api.IMAGE_BUILDER),
        body=made.body,
        changes=made.changes,
        missing=made.missing,
        lookups=await _lookups(arm, clock, wanted, made.body),
        present=present.present,
        present_why=present.why,
        permission=present.permission,
        notes=(*notes, *at_once),
    )


async def send(arm: Arm, clock: Clock, plan: Plan, keep_in: Path) -> Done:
    """Deploy what was looked into; a template that is there is copied to a directory, deleted, and made anew.

    Whoever calls this has seen that nothing speaks against it.
    """
    deploy, kept = Deploy(arm, clock.pause), ""
    if plan.present is Present.YES:
        why = await _keep(arm, clock, plan, keep_in)
        if why:
            return Done(ended=Ended(fate=Fate.REFUSED, why=f"the template that is there could not be copied: {why}"))
        kept = str(keep_in / place_of(template_id(plan.target)))
        gone = await deploy.delete(plan.target)
        if gone.fate is not Fate.DONE:
            fate = Fate.UNKNOWN if gone.fate is Fate.UNKNOWN else Fate.REFUSED
            why = f"the one that is there was not deleted: {gone.why}"
            return Done(ended=Ended(fate=fate, why=why, permission=gone.permission), kept=kept)
    ended = await deploy.put(plan.target, plan.body)
    return Done(ended=ended, kept=kept, deleted=bool(kept))


async def _keep(arm: Arm, clock: Clock, plan: Plan, keep_in: Path) -> str:
    """Copy the template that is there, and return why that failed; "" where it did not."""
    try:
        told = await keep_copies(arm, clock, [template_id(plan.target)], keep_in, history=True)
    except ShelfError as error:
        return str(error)
    return next((one.why or "it is gone" for one in told.kept if not one.well or one.why), "")


@dataclass(frozen=True, slots=True)
class _Seen:
    present: Present
    why: str = ""
    permission: str = ""


async def _present(arm: Arm, clock: Clock, target: str) -> _Seen:
    answer = await arm.get(target, api=Api.IMAGE_BUILDER, operation="deploy_look")
    if isinstance(answer, Bad):
        found = lacking(answer, READ)
        return _Seen(Present.UNREAD, found.why, found.permission) if isinstance(found, Unread) else _Seen(Present.NO)
    seen = parse_template(answer.body, clock.now())
    if isinstance(seen, Unreadable):
        return _Seen(Present.UNREAD, seen.why)
    if seen.provisioning not in AT_REST:
        return _Seen(Present.BUSY, f"it is {seen.provisioning}")
    if seen.run is not None and not seen.run.state.ended:
        return _Seen(Present.BUSY, f"a run of it is {seen.run.state}")
    return _Seen(Present.YES)


async def _lookups(arm: Arm, clock: Clock, wanted: Wanted, body: Json) -> tuple[Lookup, ...]:
    needs = [need for need in needs_of({**body, "id": wanted.target}) if not need.outside]
    async with Thrift(arm, clock.now, on_fault=untold) as thrift:
        places = await places_of(thrift, needs, _subscriptions(needs, wanted))
        offered = await _offered(thrift, wanted, body)
    region = wanted.mapping.away
    return (*offered, *(lookup_of(need, places[need.id], region, said=_is_his(need, wanted)) for need in needs))


async def _offered(thrift: Thrift, wanted: Wanted, body: Json) -> tuple[Lookup, ...]:
    """Return how the platform image stands that it is made from; () where it is made from something else."""
    image, region = image_in(body), wanted.mapping.away
    if image is None:
        return ()
    versions = await versions_in(thrift, subscription_of(wanted.target), region, image)
    version = text(table(body, "properties", "source"), "version").strip().lower()
    return (offered_of(f"{image.publisher}:{image.offer}:{image.sku}", version, versions, region),)


def _as_it_is(definition: Json) -> Moved:
    return Moved(body=portable(definition), changes=(), missing=())


def _is_his(need: Need, wanted: Wanted) -> bool:
    """Return whether it is the operator's word that this is what the template is to use."""
    if need.kind is Kind.RESOURCE_GROUP and wanted.group_said:
        return True
    return wanted.stays or is_said(need.id, wanted.mapping)


def _subscriptions(needs: Collection[Need], wanted: Wanted) -> list[str]:
    """Return where to look for storage that is known by its name: the target's subscription, then the others named."""
    named = (subscription_of(need.id) for need in needs)
    return [name for name in dict.fromkeys([subscription_of(wanted.target.lower()), *named]) if name]


def _runs_at_once(body: Json) -> bool:
    return text(table(body, "properties", "autoRun"), "state").strip().lower() == "enabled"
