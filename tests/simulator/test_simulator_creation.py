"""What keeps a template that is put from being made."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from .support import NORTH, SUBSCRIPTION, UBUNTU, Rig

Open = Callable[..., Awaitable[Rig]]

HOME = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/images-neu"
NEW = NORTH.replace("ubuntu-neu", "made")
GALLERY = f"{HOME}/providers/Microsoft.Compute/galleries/gallery_northeurope/images/ubuntu-neu"
IDENTITY = f"{HOME}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/image-builder"
SHARED = f"{HOME}/providers/Microsoft.Compute/galleries/base/images/ubuntu"
NOWHERE = f"{HOME}/providers/Microsoft.Compute/galleries/none/images/none"
EXACTING = "exacting = true"


def a_body(*, location: str = "northeurope", identity: str = IDENTITY, **properties: Any) -> dict[str, Any]:
    source = {"type": "PlatformImage", "publisher": "Canonical", "offer": "ubuntu-24_04-lts", "sku": "server"}
    distribute = [{"type": "SharedImage", "runOutputName": "out", "galleryImageId": GALLERY}]
    return {
        "location": location,
        "identity": {"type": "UserAssigned", "userAssignedIdentities": {identity: {}}},
        "properties": {"source": source, "distribute": distribute, **properties},
    }


async def outcome(azure: Rig, body: dict[str, Any]) -> tuple[str, str]:
    """Put a template, wait, and return how it was provisioned and what its operation says."""
    put = await azure.arm("PUT", NEW, body)
    assert put.status == 201
    azure.clock.advance(31)
    properties = (await azure.arm("GET", NEW)).json["properties"]
    operation = (await azure.arm("GET", put.headers["Azure-AsyncOperation"])).json
    return properties.get("provisioningError", {}).get("provisioningErrorCode", ""), operation["status"]


async def test_a_template_whose_needs_are_met_is_made(rig: Open) -> None:
    azure = await rig(top=EXACTING)
    assert await outcome(azure, a_body()) == ("", "Succeeded")


@pytest.mark.parametrize(
    ("properties", "code"),
    [
        ({"source": {"type": "SharedImageVersion", "imageVersionId": f"{SHARED}/versions/2.0.0"}}, ""),
        ({"source": {"type": "SharedImageVersion", "imageVersionId": f"{SHARED}/versions/latest"}}, ""),
        (
            {"source": {"type": "SharedImageVersion", "imageVersionId": f"{SHARED}/versions/1.0.0"}},
            "BadSharedImageVersionSource",
        ),
        ({"source": {"type": "SharedImageVersion", "imageVersionId": NOWHERE}}, "BadSharedImageVersionSource"),
        ({"source": {"type": "ManagedImage", "imageId": f"{HOME}/providers/x"}}, "BadManagedImageSource"),
        ({"source": {"type": "PlatformImage", "publisher": "a", "offer": "b", "sku": "c"}}, "BadPIRSource"),
        (
            {"distribute": [{"type": "SharedImage", "runOutputName": "out", "galleryImageId": NOWHERE}]},
            "BadSharedImageDistribute",
        ),
        ({"vmProfile": {"vnetConfig": {"subnetId": f"{HOME}/providers/a/virtualNetworks/b/subnets/c"}}}, "Other"),
        ({"stagingResourceGroup": f"/subscriptions/{SUBSCRIPTION}/resourceGroups/images-weu"}, "Other"),
        ({"stagingResourceGroup": HOME}, ""),
    ],
)
async def test_a_creation_fails_for_what_is_not_there_or_not_in_the_region(
    rig: Open, properties: dict[str, Any], code: str
) -> None:
    there = f'[[resource]]\nid = "{SHARED}/versions/2.0.0"\nreplicas = ["northeurope"]'
    beside = f'[[resource]]\nid = "{SHARED}/versions/1.0.0"\nreplicas = ["westeurope"]'
    azure = await rig(there, beside, top=EXACTING)
    assert await outcome(azure, a_body(**properties)) == (code, "Failed" if code else "Succeeded")


async def test_an_identity_that_is_not_there_is_refused_at_once(rig: Open) -> None:
    azure = await rig(top=EXACTING)
    answer = await azure.arm("PUT", NEW, a_body(identity=f"{IDENTITY}-none"))
    assert (answer.status, answer.json["error"]["code"]) == (400, "FailedIdentityOperation")
    assert (await azure.arm("GET", NEW)).status == 404


async def test_nothing_of_this_is_looked_at_where_the_scenario_is_not_exacting(rig: Open) -> None:
    azure = await rig()
    body = a_body(identity=f"{IDENTITY}-none", source={"type": "ManagedImage", "imageId": NOWHERE})
    assert await outcome(azure, body) == ("", "Succeeded")


async def test_a_region_in_which_the_service_is_not_is_refused(rig: Open) -> None:
    azure = await rig()
    answer = await azure.arm("PUT", NEW, a_body(location="Canada East"))
    assert (answer.status, answer.json["error"]["code"]) == (400, "LocationNotAvailableForResourceType")
    assert "'canadaeast'" in answer.json["error"]["message"]


async def test_a_provider_that_is_not_registered_takes_no_template_and_keeps_those_it_has(rig: Open) -> None:
    azure = await rig('[[provider]]\nnamespace = "Microsoft.VirtualMachineImages"\nstate = "NotRegistered"')
    answer = await azure.arm("PUT", NEW, a_body())
    assert (answer.status, answer.json["error"]["code"]) == (409, "MissingSubscriptionRegistration")
    assert (await azure.arm("GET", UBUNTU)).status == 200


async def test_a_source_without_a_type_is_invalid(rig: Open) -> None:
    azure = await rig(top=EXACTING)
    answer = await azure.arm("PUT", NEW, a_body(source={"imageId": NOWHERE}))
    assert (answer.status, answer.json["error"]["code"]) == (400, "ValidationFailed")
