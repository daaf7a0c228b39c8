"""What a new template names: refused by ARM at once, or found missing by the service that makes it."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from .support import SUBSCRIPTION, UBUNTU, Answer, Rig
from .test_simulator_templates import IDENTITY, WEST, definition

Open = Callable[..., Awaitable[Rig]]

NEW = UBUNTU.replace("ubuntu-weu", "new")
GALLERY = f"{WEST}/providers/Microsoft.Compute/galleries/gallery_westeurope"


def given(identity: str) -> dict[str, object]:
    return {**definition(), "identity": {"type": "UserAssigned", "userAssignedIdentities": {identity: {}}}}


def published(gallery: str) -> dict[str, object]:
    target = {"type": "SharedImage", "runOutputName": "out", "galleryImageId": f"{gallery}/images/ubuntu-weu"}
    return definition(distribute=[{**target, "replicationRegions": ["westeurope"]}])


def error(answer: Answer) -> tuple[int, str, str]:
    return answer.status, answer.json["error"]["code"], answer.json["error"]["message"]


async def test_a_region_in_which_the_service_is_not_is_refused_with_those_in_which_it_is(rig: Open) -> None:
    status, code, text = error(await (await rig()).arm("PUT", NEW, {**definition(), "location": "Belgium Central"}))
    assert (status, code) == (400, "LocationNotAvailableForResourceType")
    assert text.startswith("The provided location 'belgiumcentral' is not available for resource type ")
    assert "westeurope" in text


async def test_a_provider_that_is_not_registered_makes_nothing(rig: Open) -> None:
    one = await rig('[[provider]]\nnamespace = "Microsoft.VirtualMachineImages"\nstate = "NotRegistered"')
    assert error(await one.arm("PUT", NEW, definition()))[:2] == (409, "MissingSubscriptionRegistration")


async def test_an_identity_in_somebody_else_s_subscription_is_refused(rig: Open) -> None:
    strange = "99999999-9999-9999-9999-999999999999"
    status, code, text = error(await (await rig()).arm("PUT", NEW, given(IDENTITY.replace(SUBSCRIPTION, strange))))
    assert (status, code) == (403, "LinkedAuthorizationFailed")
    assert text.endswith(f"is not authorized to access linked subscription '{strange}'.")


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
async def test_an_identity_that_the_caller_may_not_give_is_refused(rig: Open, method: str) -> None:
    one = await rig('[[role]]\nactions = ["Microsoft.VirtualMachineImages/*"]')
    sent = given(IDENTITY) if method == "PUT" else {"identity": given(IDENTITY)["identity"]}
    status, code, text = error(await one.arm(method, NEW if method == "PUT" else UBUNTU, sent))
    assert (status, code) == (403, "LinkedAuthorizationFailed")
    assert "'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action'" in text
    assert (await one.requests())[-1]["lacking"] == "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action"
    assert (await one.arm("GET", NEW)).status == 404


async def test_an_identity_that_is_no_resource_id_is_refused(rig: Open) -> None:
    assert error(await (await rig()).arm("PUT", NEW, given("image-builder")))[:2] == (400, "LinkedInvalidPropertyId")


async def made(one: Rig, sent: object) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the template's properties and its creation's operation, when that is over."""
    answer = await one.arm("PUT", NEW, sent)
    assert (answer.status, answer.json["properties"]["provisioningState"]) == (201, "Creating")
    one.clock.advance(31)
    operation = await one.arm("GET", answer.headers["Azure-AsyncOperation"])
    return (await one.arm("GET", NEW)).json["properties"], operation.json


async def test_an_identity_that_is_not_there_lets_the_creation_fail(rig: Open) -> None:
    properties, operation = await made(await rig(), given(f"{IDENTITY}-2"))
    text = "The assigned managed identity cannot be used. Please remove the existing one and re-assign a new identity."
    assert properties["provisioningState"] == "Failed"
    assert properties["provisioningError"] == {"provisioningErrorCode": "Other", "message": text}
    assert (operation["status"], operation["error"]) == ("Failed", {"code": "Unauthorized", "message": text})


async def test_a_gallery_that_is_not_there_lets_the_creation_fail_and_is_named(rig: Open) -> None:
    properties, _ = await made(await rig(), published(f"{GALLERY}2"))
    assert properties["provisioningError"]["message"].startswith(
        f"Not authorized to access the resource: {GALLERY}2. Please check "
    )


async def test_what_is_there_lets_a_template_come_to_be(rig: Open) -> None:
    properties, operation = await made(await rig(), published(GALLERY))
    assert (properties["provisioningState"], operation["status"]) == ("Succeeded", "Succeeded")


async def test_latest_and_scripts_are_not_looked_for_before_a_run(rig: Open) -> None:
    source = {"type": "SharedImageVersion", "imageVersionId": f"{GALLERY}/images/ubuntu-weu/versions/latest"}
    script = {"type": "Shell", "scriptUri": "https://nowhere.blob.core.windows.net/scripts/harden.sh"}
    properties, _ = await made(await rig(), definition(source=source, customize=[script]))
    assert properties["provisioningState"] == "Succeeded"
