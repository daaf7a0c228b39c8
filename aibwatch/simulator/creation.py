"""Say what keeps a template from being made: what ARM refuses at once, and what the service finds out later.

Rules: 1 ARM refuses for a provider that is not registered, and a region that the provider is not in. 2 Only where the
scenario is exacting is it looked whether what a template names is there: ARM refuses for an identity, the service lets
the creation fail for the rest. This module does not know when a creation is over.

UNVERIFIED: all texts of the service's own here; its codes are documented, and which is for what follows from their
names. ARM's texts are those that people quote, but for the identity's, of which only the frame is.
"""

from collections.abc import Iterator

from aibwatch.simulator.estate import Estate
from aibwatch.simulator.refusal import Refusal
from aibwatch.simulator.template import Fault
from aibwatch.simulator.wire import Json

NAMESPACE = "Microsoft.VirtualMachineImages"
KIND = "imageTemplates"


def check_place(estate: Estate, region: str) -> None:
    """Raise ARM's refusal of a template anywhere, or in this region."""
    if not estate.providers.registered(NAMESPACE):
        text = (
            f"The subscription is not registered to use namespace '{NAMESPACE}'. "
            "See https://aka.ms/rps-not-found for how to register subscriptions."
        )
        raise Refusal(409, "MissingSubscriptionRegistration", text)
    offered = estate.providers.regions(NAMESPACE)
    if region not in offered:
        text = (
            f"The provided location '{region}' is not available for resource type '{NAMESPACE}/{KIND}'. "
            f"List of available regions for the resource type is '{','.join(offered)}'."
        )
        raise Refusal(400, "LocationNotAvailableForResourceType", text)


def check_identities(estate: Estate, definition: Json, resource: str) -> None:
    """Raise ARM's refusal of an identity that is not there. `resource` is the id of the template."""
    identities = definition["identity"].get("userAssignedIdentities")
    for identity in identities if isinstance(identities, dict) else ():
        if estate.find(identity) is None:
            inner = f'{{"error":{{"code":"BadRequest","message":"Resource \'{identity}\' was not found."}}}}'
            text = (
                f"Identity operation for resource '{resource}' failed with error 'Failed to perform resource identity "
                f"operation. Status: 'BadRequest'. Response: '{inner}'.'."
            )
            raise Refusal(400, "FailedIdentityOperation", text)


def fault_of(estate: Estate, definition: Json, subscription: str) -> Fault | None:
    """Return the first thing for which the creation fails; None if it goes well."""
    return next(_faults(estate, definition, subscription), None)


def _faults(estate: Estate, definition: Json, subscription: str) -> Iterator[Fault]:
    properties, region = definition["properties"], definition["location"]
    yield from _of_source(estate, properties["source"], subscription, region)
    profile = properties.get("vmProfile")
    network = profile.get("vnetConfig") if isinstance(profile, dict) else None
    for subnet in (network or {}).values() if isinstance(network, dict) else ():
        if isinstance(subnet, str) and subnet.startswith("/") and not estate.regions_of(subnet):
            yield Fault(code="Other", message=f"The subnet '{subnet}' could not be found.")
    for target in properties["distribute"]:
        definition_id = str(target.get("galleryImageId", "")).partition("/versions")[0]
        if target["type"] == "SharedImage" and not estate.regions_of(definition_id):
            text = f"The gallery image '{definition_id}' could not be found."
            yield Fault(code="BadSharedImageDistribute", message=text)
    staging = properties.get("stagingResourceGroup")
    if staging and estate.regions_of(f"/{str(staging).lstrip('/')}") != (region,):
        text = f"The staging resource group '{staging}' does not exist in '{region}'."
        yield Fault(code="Other", message=text)


def _of_source(estate: Estate, source: Json, subscription: str, region: str) -> Iterator[Fault]:
    match source["type"]:
        case "SharedImageVersion":
            id_ = str(source.get("imageVersionId", ""))
            if region not in estate.replicas_of(id_):
                text = f"The gallery image version '{id_}' is not available in '{region}'."
                yield Fault(code="BadSharedImageVersionSource", message=text)
        case "ManagedImage":
            id_ = str(source.get("imageId", ""))
            if estate.regions_of(id_) != (region,):
                text = f"The managed image '{id_}' could not be found in '{region}'."
                yield Fault(code="BadManagedImageSource", message=text)
        case "PlatformImage":
            publisher, offer, sku = (str(source.get(key, "")) for key in ("publisher", "offer", "sku"))
            try:
                estate.platform(subscription, region, (publisher, offer, sku))
            except Refusal as refusal:
                yield Fault(code="BadPIRSource", message=refusal.text)
