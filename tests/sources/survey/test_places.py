"""Where resources are that a template may need."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aibwatch.core.model import Region
from aibwatch.core.readiness.survey import ABSENT, Place, Unread
from aibwatch.sources.survey.places import KINDS, kind_of, place_of, replicas_of, where_is
from tests.sources.anything import json_with
from tests.sources.support import GROUP, Rig, a_thrift, says

WEU, NEU = Region("westeurope"), Region("northeurope")
IMAGES = f"{GROUP}/providers/microsoft.compute/galleries/golden/images/ubuntu"
SUBNET = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/net/subnets/Build"
KEYS = ["publishingProfile", "targetRegions", "name", "replicationStatus", "summary", "region", "state", "properties"]


@pytest.mark.parametrize(
    ("resource", "kind"),
    [
        (GROUP, "microsoft.resources/resourcegroups"),
        (IMAGES, "microsoft.compute/galleries/images"),
        (f"{IMAGES}/versions/1.0.0/", "microsoft.compute/galleries/images/versions"),
        (SUBNET, "microsoft.network/virtualnetworks/subnets"),
        ("/subscriptions/1", ""),
        ("https://store/a.sh", ""),
        (f"{GROUP}/providers/microsoft.compute/galleries", ""),
        (f"{GROUP}/providers/microsoft.compute/galleries/a?b=c", ""),
        (f"{GROUP}/providers/microsoft.compute/galleries/..", ""),
        ("/subscriptions/1/resourcegroups/.", ""),
        ("", ""),
    ],
)
def test_the_type_is_read_from_the_id(resource: str, kind: str) -> None:
    assert kind_of(resource) == kind


@pytest.mark.parametrize("kind", sorted(KINDS.keys() - {"microsoft.network/virtualnetworks/subnets"}))
async def test_every_type_is_asked_for_by_its_id_with_a_version_of_its_own(rig: Rig, kind: str) -> None:
    space, *names = kind.split("/")
    resource = f"{GROUP}/providers/{space}" + "".join(f"/{name}/x" for name in names)
    resource = GROUP if kind.endswith("resourcegroups") else resource
    rig.azure.on(resource, says(200, {"location": "North Europe", "type": kind.upper()}))
    assert await where_is(a_thrift(rig), resource.upper().replace("/SUBSCRIPTIONS", "/subscriptions")) == Place(
        region=NEU, kind=kind
    )
    assert len(rig.azure.asked) == 1
    assert "api-version=20" in rig.azure.asked[0][1]


async def test_of_a_subnet_the_network_is_read_once_for_all_of_its_subnets(rig: Rig) -> None:
    network = {"location": "westeurope", "properties": {"subnets": [{"name": "build"}, {"name": "other"}]}}
    rig.azure.on(SUBNET.rpartition("/subnets")[0], says(200, network))
    round_ = a_thrift(rig)
    found = [await where_is(round_, SUBNET), await where_is(round_, SUBNET.replace("Build", "gone"))]
    assert found == [Place(region=WEU, kind="microsoft.network/virtualnetworks/subnets"), ABSENT]
    assert len(rig.azure.asked) == 1


async def test_what_is_gone_is_absent_and_what_is_of_no_known_type_is_unread(rig: Rig) -> None:
    round_ = a_thrift(rig)
    assert await where_is(round_, IMAGES) is ABSENT
    assert await where_is(round_, f"{GROUP}/providers/A.B/c/d") == Unread(
        why="aibwatch does not know how to read a resource of type a.b/c"
    )
    assert await where_is(round_, "x") == Unread(why="aibwatch does not know how to read what has no resource id")


async def test_a_resource_without_a_region_is_unread(rig: Rig) -> None:
    rig.azure.on(IMAGES, says(200, {"location": " "}))
    assert await where_is(a_thrift(rig), IMAGES) == Unread(why="the answer does not say in which region it is")


def a_version(name: str, **changes: object) -> dict[str, Any]:
    profile = {"targetRegions": [{"name": "West Europe"}, {"name": "North Europe"}]}
    properties = {"provisioningState": "Succeeded", "publishingProfile": {**profile, **changes}}
    return {"name": name, "location": "westeurope", "properties": properties}


async def test_the_latest_version_is_the_newest_that_counts(rig: Rig) -> None:
    versions = [
        a_version("1.9.0"),
        a_version("1.10.0"),
        a_version("2.0.0", excludeFromLatest=True),
        {**a_version("3.0.0"), "properties": {"provisioningState": "Failed"}},
        {"name": "not.a.number"},
        7,
    ]
    rig.azure.on(f"{IMAGES}/versions", says(200, {"value": versions}))
    rig.azure.on(f"{IMAGES}/versions/1.10.0", says(200, a_version("1.10.0")))
    found = await where_is(a_thrift(rig), f"{IMAGES}/versions/Latest")
    assert found == Place(region=WEU, kind="microsoft.compute/galleries/images/versions", replicas=(WEU, NEU))
    assert rig.azure.asked[-1] == (
        "GET",
        f"{IMAGES}/versions/1.10.0?$expand=ReplicationStatus&api-version=2024-03-03",
    )


async def test_an_image_without_versions_has_no_latest(rig: Rig) -> None:
    rig.azure.on(f"{IMAGES}/versions", says(200, {"value": [a_version("1.0.0", excludeFromLatest=True)]}))
    assert await where_is(a_thrift(rig), f"{IMAGES}/versions/latest") is ABSENT


def test_a_replica_that_is_not_complete_is_none() -> None:
    version = a_version("1.0.0")
    states = [{"region": "West Europe", "state": "Completed"}, {"region": "North Europe", "state": "Replicating"}]
    version["properties"]["replicationStatus"] = {"aggregatedState": "InProgress", "summary": states}
    assert replicas_of(version) == (WEU,)


def test_the_generation_of_an_image_definition_is_told() -> None:
    body = {"location": "westeurope", "properties": {"hyperVGeneration": "v2"}}
    assert place_of(body, "k") == Place(region=WEU, kind="k", generation="V2")


@given(json_with(KEYS))
def test_no_json_makes_reading_a_place_raise(body: Any) -> None:
    wrapped = {"location": "westeurope", "properties": body}
    place_of(wrapped, "microsoft.compute/galleries/images/versions")
    replicas_of(body)


@given(st.text())
def test_no_text_makes_reading_a_type_raise(text: str) -> None:
    kind_of(text)
