"""Hold one template: what was defined, and how far its own creation, change or removal has come.

Rule: `provisioningState` tells of the definition only; it stays Succeeded through every run, failed ones too.
This module does not know runs (run.py) nor what the JSON looks like (body.py).
"""

from dataclasses import dataclass
from datetime import datetime

from aibwatch.simulator.outcome import Outcome, Phase
from aibwatch.simulator.parts import Provisioning, TemplateSpec
from aibwatch.simulator.wire import Json, laid_over


@dataclass(frozen=True, slots=True)
class Key:
    """Where a template is, letter case aside."""

    subscription: str
    group: str
    name: str

    @classmethod
    def of(cls, subscription: str, group: str, name: str) -> "Key":
        """Return the key in the one form in which keys are compared."""
        return cls(subscription.lower(), group.lower(), name.lower())


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A template and the moments that decide its provisioningState."""

    life: int
    """Counts every template there ever was: one made anew under an old name is another one."""
    subscription: str
    group: str
    name: str
    region: str
    definition: Json
    """properties, identity and tags as they were put, defaults filled in."""
    settled: Provisioning = Provisioning.SUCCEEDED
    """What it comes to once nothing is under way."""
    failure: str = ""
    """Why it came to nothing, if somebody put it and it did."""
    ready: datetime
    """When its creation is over."""
    updated: datetime | None = None
    gone: datetime | None = None
    """When its removal is over; None while nobody asked for it."""
    every: float | None = None
    outcomes: tuple[Outcome, ...] = (Outcome.SUCCEEDS,)

    @property
    def key(self) -> Key:
        """Where it is."""
        return Key.of(self.subscription, self.group, self.name)

    def provisioning(self, now: datetime) -> Provisioning:
        """Return provisioningState at that moment."""
        if self.gone is not None:
            return Provisioning.DELETING
        if now < self.ready:
            return Provisioning.CREATING
        if self.updated is not None and now < self.updated:
            return Provisioning.UPDATING
        return self.settled

    def phases(self) -> tuple[Phase, ...]:
        """Return the phases its runs go through."""
        properties = self.definition["properties"]
        absent = {
            phase
            for phase, key in (
                (Phase.CUSTOMIZING, "customize"),
                (Phase.OPTIMIZING, "optimize"),
                (Phase.VALIDATING, "validate"),
            )
            if not properties.get(key)
        }
        return tuple(phase for phase in Phase if phase not in absent)

    def outcome(self, number: int) -> Outcome:
        """Return what its run of that number comes to."""
        return self.outcomes[min(number, len(self.outcomes)) - 1]


def template_of(spec: TemplateSpec, life: int, definition: Json, begun: datetime) -> Template:
    """Return a scenario's template, as it is when the stand-in begins."""
    return Template(
        life=life,
        subscription=spec.subscription,
        group=spec.resource_group,
        name=spec.name,
        region=spec.region,
        definition=definition,
        settled=spec.provisioning_state,
        ready=begun,
        every=spec.every,
        outcomes=spec.outcomes,
    )


def definition_of(spec: TemplateSpec) -> Json:
    """Return the body somebody would have PUT to get a scenario's template."""
    compute = f"/subscriptions/{spec.subscription}/resourceGroups/{spec.resource_group}/providers/Microsoft.Compute"
    gallery = spec.gallery or f"gallery_{spec.region}"
    properties: Json = {
        "source": _source(spec),
        "distribute": [
            {
                "type": "SharedImage",
                "runOutputName": spec.image or spec.name,
                "galleryImageId": f"{compute}/galleries/{gallery}/images/{spec.image or spec.name}",
                "replicationRegions": list(spec.replication_regions or (spec.region,)),
            }
        ],
        "buildTimeoutInMinutes": spec.build_timeout,
        "vmProfile": _vm_profile(spec),
    }
    if scripts := [script for script in (spec.script, *spec.scripts) if script]:
        names = ("customize", *(f"customize-{number}" for number in range(2, len(scripts) + 1)))
        properties["customize"] = [
            {"type": "Shell", "name": name, "scriptUri": script} for name, script in zip(names, scripts, strict=True)
        ]
    if spec.staging_group:
        named = spec.staging_group
        group = named if "/" in named else f"/subscriptions/{spec.subscription}/resourceGroups/{named}"
        properties["stagingResourceGroup"] = group
    if spec.optimize:
        properties["optimize"] = {"vmBoot": {"state": "Enabled"}}
    if spec.validate:
        properties["validate"] = {"inVMValidations": [{"type": "Shell", "name": "validate", "inline": ["true"]}]}
    identity = (
        f"/subscriptions/{spec.subscription}/resourceGroups/{spec.resource_group}/providers/Microsoft.ManagedIdentity"
    )
    return {
        "location": spec.region,
        "tags": dict(spec.tags),
        "identity": {
            "type": "UserAssigned",
            "userAssignedIdentities": {f"{identity}/userAssignedIdentities/{spec.identity}": {}},
        },
        "properties": laid_over(properties, spec.properties),
    }


def _source(spec: TemplateSpec) -> Json:
    if spec.source_image:
        shared = "/versions/" in spec.source_image.lower()
        kind, key = ("SharedImageVersion", "imageVersionId") if shared else ("ManagedImage", "imageId")
        return {"type": kind, key: spec.source_image}
    publisher, offer, sku, version = spec.source
    return {"type": "PlatformImage", "publisher": publisher, "offer": offer, "sku": sku, "version": version}


def _vm_profile(spec: TemplateSpec) -> Json:
    profile: Json = {"vmSize": spec.vm_size}
    if spec.build_identities:
        profile["userAssignedIdentities"] = list(spec.build_identities)
    given = {"subnetId": spec.subnet, "containerInstanceSubnetId": spec.container_subnet}
    if network := {key: subnet for key, subnet in given.items() if subnet}:
        profile["vnetConfig"] = network
    return profile
