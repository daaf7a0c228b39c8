"""A version in a gallery is taken out of latest by one PATCH, and nothing else is ever written to."""

import json
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from aibwatch.core.model import WELL, FailureClass
from aibwatch.sources.gallery import Gallery
from aibwatch.sources.templates import Templates

from .conftest import Open
from .support import SUBSCRIPTION, Rig, Script, hangs, resets, says
from .test_standin import World, run_of, watched, world

__all__ = ["world"]

VERSION = (
    f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Compute/galleries/g/images/u/versions/1.0.7"
)
REFUSED = {"error": {"code": "Some", "message": "words"}}


@pytest.fixture
async def gallery(rig: Rig) -> Gallery:
    return Gallery(rig.arm)


async def test_one_property_of_the_version_is_asked_for_with_the_version_of_compute(rig: Rig, gallery: Gallery) -> None:
    heard: list[Any] = []

    async def listens(request: web.Request) -> web.StreamResponse:
        heard.append((request.content_type, json.loads(await request.text())))
        return await says(200, {"id": VERSION})(request)

    rig.azure.on(VERSION, listens, method="PATCH")
    assert await gallery.exclude(VERSION.replace("/versions/", "/imageVersions/")) == WELL
    assert heard == [("application/json", {"properties": {"publishingProfile": {"excludeFromLatest": True}}})]
    assert rig.azure.asked == [("PATCH", f"{VERSION}?api-version=2024-03-03")]


@pytest.mark.parametrize("answer", [says(202), says(200, {}), says(204)])
async def test_what_is_taken_is_well_with_a_body_or_without(rig: Rig, gallery: Gallery, answer: Script) -> None:
    rig.azure.on(VERSION, answer, method="PATCH")
    assert await gallery.exclude(VERSION) == WELL


@pytest.mark.parametrize(
    ("answer", "cls"),
    [
        (says(403, REFUSED), FailureClass.AUTH),
        (says(404, {"error": {"code": "ResourceNotFound", "message": "gone"}}), FailureClass.CUSTOMER),
        (says(500, REFUSED, x_ms_failure_cause="service"), FailureClass.SERVICE),
        (resets, FailureClass.NETWORK),
        (hangs, FailureClass.NETWORK),
    ],
)
async def test_a_refusal_is_a_diagnosis_and_goes_out_once(open_rig: Open, answer: Script, cls: FailureClass) -> None:
    rig = await open_rig(request_timeout=timedelta(seconds=1))
    rig.azure.on(VERSION, answer, method="PATCH")
    said = await Gallery(rig.arm).exclude(VERSION)
    assert (said.cls, rig.azure.count("PATCH", VERSION)) == (cls, 1)


@pytest.mark.parametrize("image", ["", "/subscriptions/x", f"{VERSION}/../1.0.8", "https://elsewhere/x.vhd"])
async def test_what_is_no_version_in_a_gallery_is_not_asked_for(rig: Rig, gallery: Gallery, image: str) -> None:
    said = await gallery.exclude(image)
    assert (said.cls is not FailureClass.OK, rig.azure.asked) == (True, [])


async def test_the_stand_in_takes_the_version_of_a_run_out_of_latest(world: World) -> None:
    source = Templates(world.arm, world.now)
    await run_of(world, "rhel")
    outputs = await source.outputs(watched("rhel"))
    assert isinstance(outputs, tuple)
    (image,) = outputs
    assert await Gallery(world.arm).exclude(image) == WELL
