"""Versions of a publisher's image in a region."""

from typing import Any

import pytest
from hypothesis import given

from aibwatch.core.model import Region
from aibwatch.core.readiness.survey import ABSENT, Unread
from aibwatch.sources.survey.platform_images import PlatformImage, image_in, parse_versions, versions_in
from tests.sources.anything import json_with
from tests.sources.support import SUBSCRIPTION, Rig, a_template, a_thrift, says

NEU = Region("northeurope")
UBUNTU = PlatformImage("canonical", "ubuntu-24_04-lts", "server")
VERSIONS = (
    f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Compute/locations/northeurope/publishers/canonical"
    "/artifacttypes/vmimage/offers/ubuntu-24_04-lts/skus/server/versions"
)
A_LIST = [{"location": "northeurope", "name": "24.04.1", "id": "/x"}, {"location": "northeurope", "name": "24.04.2"}]


async def test_versions_come_as_a_bare_list_and_are_asked_for_once(rig: Rig) -> None:
    rig.azure.on(VERSIONS, says(200, A_LIST))
    round_ = a_thrift(rig)
    found = [await versions_in(round_, SUBSCRIPTION, NEU, UBUNTU) for _ in range(2)]
    assert found == [("24.04.1", "24.04.2")] * 2
    assert rig.azure.asked == [("GET", f"{VERSIONS}?api-version=2024-07-01")]


@pytest.mark.parametrize("answer", [says(200, []), says(404, {"error": {"code": "NotFound", "message": "no"}})])
async def test_an_image_without_versions_is_absent(rig: Rig, answer: Any) -> None:
    rig.azure.on(VERSIONS, answer)
    assert await versions_in(a_thrift(rig), SUBSCRIPTION, NEU, UBUNTU) is ABSENT


async def test_a_failure_is_no_absence(rig: Rig) -> None:
    rig.azure.on(VERSIONS, says(500, {"error": {"code": "InternalError", "message": "no"}}))
    assert await versions_in(a_thrift(rig), SUBSCRIPTION, NEU, UBUNTU) == Unread(why="500 InternalError: no")


@pytest.mark.parametrize(
    ("source", "image"),
    [
        ({"publisher": "Canonical", "offer": "ubuntu-24_04-lts", "sku": "server", "version": "latest"}, UBUNTU),
        ({"type": "ManagedImage", "imageId": "/x"}, None),
        ({"publisher": "Canonical", "offer": ""}, PlatformImage("canonical", "", "")),
        (7, None),
    ],
)
def test_a_platform_image_is_known_by_publisher_offer_and_sku(source: object, image: PlatformImage | None) -> None:
    assert image_in(a_template(source=source)) == image


@pytest.mark.parametrize("sku", ["", "..", "a/b", "a?b", "a b"])
async def test_what_is_no_name_is_not_asked_for(rig: Rig, sku: str) -> None:
    found = await versions_in(a_thrift(rig), SUBSCRIPTION, NEU, PlatformImage("canonical", "o", sku))
    assert found == Unread(why="the source does not name a platform image by publisher, offer and sku")
    assert rig.azure.asked == []


@given(json_with(["value", "name", "properties", "source", "publisher", "offer", "sku"]))
def test_no_json_makes_reading_versions_raise(body: Any) -> None:
    image_in(body)
    parse_versions({"value": body})
    parse_versions({"value": [body]})
