"""Versions in galleries come of runs that ended well, and can be taken out of latest."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from .support import SUBSCRIPTION, UBUNTU, Rig

Open = Callable[..., Awaitable[Rig]]

IMAGES = (
    f"/subscriptions/{SUBSCRIPTION}/resourceGroups/images-weu/providers/Microsoft.Compute/galleries/gallery_westeurope"
)
FIRST = f"{IMAGES}/images/ubuntu-weu/versions/1.0.1"
EXCLUDE = {"properties": {"publishingProfile": {"excludeFromLatest": True}}}


async def built(rig: Callable[..., Awaitable[Rig]], *more: str) -> Rig:
    """Return a stand-in on which ubuntu-weu has run once."""
    opened = await rig(*more)
    await opened.arm("POST", f"{UBUNTU}/run")
    opened.clock.advance(611)
    return opened


async def test_a_run_that_ended_well_leaves_the_version_that_its_outputs_name(rig: Open) -> None:
    azure = await built(rig)
    (output,) = (await azure.arm("GET", f"{UBUNTU}/runOutputs")).json["value"]
    version = await azure.arm("GET", FIRST)
    assert output["properties"]["artifactId"] == version.json["id"] == FIRST
    assert version.json["properties"]["publishingProfile"]["excludeFromLatest"] is False


async def test_a_version_is_taken_out_of_latest_and_stays_out_however_often_it_is_asked(rig: Open) -> None:
    azure = await built(rig)
    answers = [
        await azure.arm("PATCH", FIRST.upper().replace("/SUBSCRIPTIONS", "/subscriptions"), EXCLUDE) for _ in "12"
    ]
    assert [answer.status for answer in answers] == [200, 200]
    assert (await azure.arm("GET", FIRST)).json["properties"]["publishingProfile"]["excludeFromLatest"] is True


async def test_before_its_run_has_ended_there_is_no_version(rig: Open) -> None:
    azure = await rig()
    await azure.arm("POST", f"{UBUNTU}/run")
    azure.clock.advance(600)
    assert [(await azure.arm(method, FIRST, sent)).status for method, sent in (("GET", None), ("PATCH", EXCLUDE))] == [
        404,
        404,
    ]


@pytest.mark.parametrize("sent", [{}, [], {"properties": {"publishingProfile": {"excludeFromLatest": "yes"}}}])
async def test_a_wish_that_is_none_is_refused(rig: Open, sent: Any) -> None:
    azure = await built(rig)
    assert (await azure.arm("PATCH", FIRST, sent)).status == 400


async def test_a_trouble_may_be_of_images_alone(rig: Open) -> None:
    azure = await built(rig, '[[trouble]]\nregion = "westeurope"\noperations = ["image"]\nanswer = "500"')
    assert ((await azure.arm("PATCH", FIRST, EXCLUDE)).status, (await azure.arm("GET", UBUNTU)).status) == (500, 200)


@pytest.mark.parametrize(
    ("target", "shown"),
    [
        ({"targetRegions": [{"name": "West Europe"}, {"name": "uksouth"}]}, ["West Europe", "UK South"]),
        ({"targetRegions": None, "replicationRegions": ["westeurope"]}, ["West Europe"]),
        ({"targetRegions": "everywhere"}, ["West Europe"]),
        ({"targetRegions": [5, {"name": None}]}, ["West Europe"]),
    ],
)
async def test_a_version_is_replicated_to_the_regions_of_its_target(rig: Open, target: Any, shown: list[str]) -> None:
    image = f"{IMAGES}/images/ubuntu-weu"
    full = {"type": "SharedImage", "runOutputName": "ubuntu-weu", "galleryImageId": image, **target}
    azure = await rig()
    await azure.arm("PATCH", UBUNTU, {"properties": {"distribute": [full]}})
    azure.clock.advance(3)
    await azure.arm("POST", f"{UBUNTU}/run")
    azure.clock.advance(611)
    version = (await azure.arm("GET", FIRST)).json
    assert [goal["name"] for goal in version["properties"]["publishingProfile"]["targetRegions"]] == shown
