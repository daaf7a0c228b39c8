"""The real SDK against the stand-in: what a daemon would see, through the code a daemon would use."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from azure.core.credentials import AccessToken
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.identity.aio import ManagedIdentityCredential
from azure.mgmt.imagebuilder.aio import ImageBuilderClient
from azure.mgmt.imagebuilder.models import ImageTemplate
from azure.mgmt.resourcehealth.aio import ResourceHealthMgmtClient

from .support import SUBSCRIPTION, UBUNTU, Rig

HTTP: Any = {"enforce_https": False}
MANY = "\n".join(
    f'[[template]]\nname = "extra-{number}"\nresource_group = "images-weu"\nregion = "westeurope"'
    for number in range(13)
)
EVENT = """
[[event]]
tracking_id = "ABC1-XYZ"
title = "Image builds fail"
regions = ["West Europe", "North Europe"]
resolved_early = { "North Europe" = 500 }
from = 300
to = 900
"""


def properties(resource: Any) -> Any:
    """Return a resource's properties; the SDK's types allow none, the service always sends them."""
    return resource.properties


class Azure:
    """A stand-in, and the SDK's clients for it with a managed identity."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.credential = ManagedIdentityCredential()
        self.images = ImageBuilderClient(self.credential, SUBSCRIPTION, base_url=rig.base, retry_total=0)
        self.health = ResourceHealthMgmtClient(self.credential, SUBSCRIPTION, base_url=rig.base, retry_total=0)
        self.templates = self.images.virtual_machine_image_templates

    async def close(self) -> None:
        await self.images.close()
        await self.health.close()
        await self.credential.close()


@pytest.fixture
async def azure(
    rig: Callable[..., Awaitable[Rig]], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Callable[..., Awaitable[Azure]]]:
    opened: list[Azure] = []

    async def open_azure(*more: str) -> Azure:
        one = await rig(*more)
        for name in ("IDENTITY_ENDPOINT", "MSI_ENDPOINT", "AZURE_FEDERATED_TOKEN_FILE"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", one.base)
        opened.append(Azure(one))
        return opened[-1]

    yield open_azure
    for one in opened:
        await one.close()


async def test_a_managed_identity_gets_a_token_that_arm_takes(azure: Callable[..., Awaitable[Azure]]) -> None:
    cloud = await azure()
    token = await cloud.credential.get_token("https://management.azure.com/.default")
    assert isinstance(token, AccessToken)
    cloud.rig.token = token.token
    assert (await cloud.rig.arm("GET", UBUNTU)).status == 200


async def test_a_list_is_read_over_its_pages(azure: Callable[..., Awaitable[Azure]]) -> None:
    cloud = await azure(MANY)
    names = [str(template.name) async for template in cloud.templates.list(**HTTP)]
    assert names == ["ubuntu-weu", "ubuntu-neu", *(f"extra-{number}" for number in range(13))]
    lists = [asked for asked in await cloud.rig.requests() if asked["operation"] == "list"]
    assert len(lists) == 2


async def test_a_list_by_group_holds_the_group_alone(azure: Callable[..., Awaitable[Azure]]) -> None:
    cloud = await azure(MANY)
    names = [str(template.name) async for template in cloud.templates.list_by_resource_group("images-neu", **HTTP)]
    assert names == ["ubuntu-neu"]


async def test_a_template_is_read_with_its_parts(azure: Callable[..., Awaitable[Azure]]) -> None:
    cloud = await azure()
    template = await cloud.templates.get("IMAGES-weu", "Ubuntu-weu", **HTTP)
    assert isinstance(template, ImageTemplate)
    assert (template.location, properties(template).provisioning_state) == ("westeurope", "Succeeded")
    assert properties(template).last_run_status is None


async def test_a_run_is_submitted_watched_and_leaves_an_image(azure: Callable[..., Awaitable[Azure]]) -> None:
    cloud = await azure()
    await cloud.templates.begin_run("images-weu", "ubuntu-weu", polling=False, **HTTP)
    running = properties(await cloud.templates.get("images-weu", "ubuntu-weu", **HTTP)).last_run_status
    assert (running.run_state, running.run_sub_state) == ("Running", "Queued")
    assert running.end_time.year == 1
    cloud.rig.clock.advance(620)
    ended = properties(await cloud.templates.get("images-weu", "ubuntu-weu", **HTTP)).last_run_status
    assert (ended.run_state, ended.run_sub_state, ended.start_time) == ("Succeeded", None, running.start_time)
    (output,) = [out async for out in cloud.templates.list_run_outputs("images-weu", "ubuntu-weu", **HTTP)]
    assert output.properties is not None
    assert str(output.properties.artifact_id).endswith("/images/ubuntu-weu/versions/1.0.1")
    same = await cloud.templates.get_run_output("images-weu", "ubuntu-weu", str(output.name), **HTTP)
    assert same.id == output.id


async def test_the_sdk_polls_a_run_to_its_end_by_the_signed_url(azure: Callable[..., Awaitable[Azure]]) -> None:
    cloud = await azure()
    poller = await cloud.templates.begin_run("images-weu", "ubuntu-weu", polling_interval=0, **HTTP)
    cloud.rig.clock.advance(700)
    await poller.wait()
    assert poller.status() == "Succeeded"


async def test_a_second_run_is_refused_by_its_code(azure: Callable[..., Awaitable[Azure]]) -> None:
    cloud = await azure()
    await cloud.templates.begin_run("images-weu", "ubuntu-weu", polling=False, **HTTP)
    with pytest.raises(HttpResponseError) as refused:
        await cloud.templates.begin_run("images-weu", "ubuntu-weu", polling=False, **HTTP)
    assert refused.value.status_code == 409
    assert "OperationNotAllowed" in str(refused.value)
    assert len(await cloud.rig.runs()) == 1


async def test_a_cancel_is_taken_once(azure: Callable[..., Awaitable[Azure]]) -> None:
    cloud = await azure()
    await cloud.templates.begin_run("images-weu", "ubuntu-weu", polling=False, **HTTP)
    await cloud.templates.begin_cancel("images-weu", "ubuntu-weu", polling=False, **HTTP)
    status = properties(await cloud.templates.get("images-weu", "ubuntu-weu", **HTTP)).last_run_status
    assert (status.run_state, status.run_sub_state, status.message) == ("Canceling", None, "Canceling image build")
    with pytest.raises(HttpResponseError, match="OperationNotAllowed"):
        await cloud.templates.begin_cancel("images-weu", "ubuntu-weu", polling=False, **HTTP)


async def test_a_template_is_made_copied_and_removed(azure: Callable[..., Awaitable[Azure]]) -> None:
    cloud = await azure()
    original = await cloud.templates.get("images-weu", "ubuntu-weu", **HTTP)
    original.location = "northeurope"
    body = {key: value for key, value in original.as_dict().items() if key not in ("id", "name", "type")}
    poller = await cloud.templates.begin_create_or_update(
        "images-neu", "copy-neu", ImageTemplate(body), polling_interval=0, **HTTP
    )
    cloud.rig.clock.advance(31)
    made = await poller.result()
    assert (made.location, properties(made).provisioning_state) == ("northeurope", "Succeeded")
    deletion = await cloud.templates.begin_delete("images-neu", "copy-neu", polling_interval=0, **HTTP)
    cloud.rig.clock.advance(61)
    await deletion.wait()
    with pytest.raises(ResourceNotFoundError):
        await cloud.templates.get("images-neu", "copy-neu", **HTTP)


async def test_an_event_appears_and_is_judged_per_region(azure: Callable[..., Awaitable[Azure]]) -> None:
    cloud = await azure(EVENT)
    assert [event async for event in cloud.health.events.list_by_subscription_id(**HTTP)] == []
    cloud.rig.clock.advance(600)
    (event,) = [event async for event in cloud.health.events.list_by_subscription_id(**HTTP)]
    assert (event.name, properties(event).status, properties(event).event_type) == (
        "ABC1-XYZ",
        "Active",
        "ServiceIssue",
    )
    (impact,) = properties(event).impact
    assert impact.impacted_service == "Azure Image Builder"
    regions = {region.impacted_region: region.status for region in impact.impacted_regions}
    assert regions == {"West Europe": "Active", "North Europe": "Resolved"}
    assert properties(event).impact_mitigation_time.tzinfo is None
    cloud.rig.clock.advance(600)
    (event,) = [event async for event in cloud.health.events.list_by_subscription_id(**HTTP)]
    assert properties(event).status == "Resolved"


async def test_resource_health_does_not_know_image_templates(azure: Callable[..., Awaitable[Azure]]) -> None:
    cloud = await azure()
    with pytest.raises(HttpResponseError) as refused:
        await cloud.health.availability_statuses.get_by_resource(UBUNTU.lstrip("/"), **HTTP)
    assert refused.value.status_code == 422
    assert "UnsupportedResourceType" in str(refused.value)
