"""The identities that a template is given: ARM looks at each before the service sees them."""

from collections.abc import Awaitable, Callable

import pytest

from .support import SUBSCRIPTION, UBUNTU, Answer, Rig
from .test_simulator_templates import IDENTITY, definition

Open = Callable[..., Awaitable[Rig]]

NEW = UBUNTU.replace("ubuntu-weu", "new")


def given(identity: str) -> dict[str, object]:
    return {**definition(), "identity": {"type": "UserAssigned", "userAssignedIdentities": {identity: {}}}}


def error(answer: Answer) -> tuple[int, str, str]:
    return answer.status, answer.json["error"]["code"], answer.json["error"]["message"]


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
