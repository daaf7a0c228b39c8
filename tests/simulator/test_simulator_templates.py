"""Templates that clients make, change and remove, and what their runs leave behind."""

from collections.abc import Awaitable, Callable

import pytest

from .support import SUBSCRIPTION, UBUNTU, Rig

Open = Callable[..., Awaitable[Rig]]

WEST = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/images-weu"
IDENTITY = f"{WEST}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/image-builder"


def definition(**properties: object) -> dict[str, object]:
    """Return the body of a PUT."""
    return {
        "location": "West Europe",
        "identity": {"type": "UserAssigned", "userAssignedIdentities": {IDENTITY: {}}},
        "properties": {
            "source": {"type": "PlatformImage", "publisher": "p", "offer": "o", "sku": "s", "version": "latest"},
            "distribute": [
                {"type": "SharedImage", "runOutputName": "out", "galleryImageId": "/g", "replicationRegions": []}
            ],
            **properties,
        },
    }


async def test_a_new_template_takes_its_time_and_then_runs(rig: Open) -> None:
    one = await rig()
    path = UBUNTU.replace("ubuntu-weu", "new")
    made = await one.arm("PUT", path, definition())
    assert (made.status, made.json["properties"]["provisioningState"]) == (201, "Creating")
    assert "Location" not in made.headers
    assert made.json["properties"]["source"]["exactVersion"] == "latest"
    assert (await one.arm("POST", f"{path}/run")).status == 409
    one.clock.advance(31)
    template = (await one.arm("GET", path)).json
    assert template["properties"]["provisioningState"] == "Succeeded"
    assert template["location"] == "westeurope"
    assert template["properties"]["source"]["exactVersion"] != "latest"
    assert "vmProfile" not in template["properties"]
    assert (await one.arm("POST", f"{path}/run")).status == 202


async def test_an_existing_template_is_not_put_again(rig: Open) -> None:
    answer = await (await rig()).arm("PUT", UBUNTU, definition())
    assert (answer.status, answer.json["error"]["code"]) == (409, "Conflict")


@pytest.mark.parametrize(
    "sent",
    [
        None,
        [],
        {},
        {"properties": {}},
        {**definition(), "identity": None},
        {**definition(), "location": ""},
        definition(source={}),
        definition(distribute=[]),
        definition(distribute=[{"name": "no type"}]),
        definition(customize=["text"]),
    ],
)
async def test_a_body_that_is_no_template_is_refused(rig: Open, sent: object) -> None:
    answer = await (await rig()).arm("PUT", UBUNTU.replace("ubuntu-weu", "new"), sent)
    assert answer.status == 400
    assert answer.json["error"]["code"] in ("ValidationFailed", "LocationRequired", "InvalidRequestContent")


async def test_tags_change_at_once_and_an_identity_takes_a_moment(rig: Open) -> None:
    one = await rig()
    tagged = await one.arm("PATCH", UBUNTU, {"tags": {"a": "b"}})
    assert (tagged.status, tagged.json["tags"]) == (200, {"a": "b"})
    changing = await one.arm("PATCH", UBUNTU, {"identity": {"type": "None"}})
    assert (changing.status, changing.content) == (202, b"")
    assert (await one.arm("GET", UBUNTU)).json["properties"]["provisioningState"] == "Updating"
    one.clock.advance(3)
    assert (await one.arm("GET", UBUNTU)).json["properties"]["provisioningState"] == "Succeeded"


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"location": "x"},
        {"tags": ["a"]},
        {"properties": {"source": {}}},
        {"properties": {"distribute": [{"type": "VHD"}]}},
        {"properties": {"vmProfile": ["Standard_D2s_v5"]}},
    ],
)
async def test_what_cannot_be_changed_is_refused(rig: Open, sent: object) -> None:
    answer = await (await rig()).arm("PATCH", UBUNTU, sent)
    assert (answer.status, answer.json["error"]["code"]) == (400, "ValidationFailed")


async def test_a_removed_template_is_gone_and_its_runs_still_count(rig: Open) -> None:
    one = await rig()
    await one.arm("POST", f"{UBUNTU}/run")
    assert (await one.arm("DELETE", UBUNTU)).status == 405
    one.clock.advance(700)
    assert (await one.arm("DELETE", UBUNTU)).status == 202
    assert (await one.arm("GET", UBUNTU)).json["properties"]["provisioningState"] == "Deleting"
    one.clock.advance(61)
    assert (await one.arm("GET", UBUNTU)).status == 404
    assert (await one.arm("DELETE", UBUNTU)).status == 204
    await one.arm("PUT", UBUNTU, definition())
    one.clock.advance(31)
    assert await one.last_run() is None
    await one.arm("POST", f"{UBUNTU}/run")
    assert [run["number"] for run in await one.runs()] == [1, 1]
    assert len({run["operation"] for run in await one.runs()}) == 2


async def test_outputs_are_those_of_a_last_run_that_went_well(rig: Open) -> None:
    one = await rig()
    assert (await one.arm("GET", f"{UBUNTU}/runOutputs")).json == {"value": []}
    await one.arm("POST", f"{UBUNTU}/run")
    one.clock.advance(700)
    (output,) = (await one.arm("GET", f"{UBUNTU}/runOutputs")).json["value"]
    assert "/versions/" in output["properties"]["artifactId"]
    assert (await one.arm("GET", f"{UBUNTU}/runOutputs/other")).status == 404
    await one.arm("POST", f"{UBUNTU}/run")
    assert (await one.arm("GET", f"{UBUNTU}/runOutputs")).json == {"value": []}


async def test_an_output_is_of_the_kind_its_target_is(rig: Open) -> None:
    one = await rig()
    image = {"type": "ManagedImage", "runOutputName": "image", "imageId": "/i", "location": "westeurope"}
    path = UBUNTU.replace("ubuntu-weu", "new")
    await one.arm("PUT", path, definition(distribute=[image, {"type": "VHD", "runOutputName": "disk"}]))
    one.clock.advance(31)
    await one.arm("POST", f"{path}/run")
    one.clock.advance(700)
    outputs = {out["name"]: out["properties"] for out in (await one.arm("GET", f"{path}/runOutputs")).json["value"]}
    assert outputs["image"]["artifactId"] == "/i"
    assert outputs["disk"]["artifactUri"].endswith("/vhds/disk.vhd")


async def test_a_body_of_more_than_a_mebibyte_is_not_read(rig: Open) -> None:
    answer = await (await rig()).arm("PUT", UBUNTU.replace("weu", "new"), {"tags": {"long": "x" * 1024 * 1024}})
    assert (answer.status, answer.json["error"]["code"]) == (413, "RequestContentTooLarge")
