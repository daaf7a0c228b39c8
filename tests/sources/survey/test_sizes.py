"""Sizes of machines in a region."""

from typing import Any

import pytest
from hypothesis import given

from aibwatch.core.model import Region
from aibwatch.core.readiness.survey import ABSENT, Size, Unread
from aibwatch.sources.survey.sizes import default_size, parse_sizes, size_in
from tests.sources.anything import json_with
from tests.sources.support import SUBSCRIPTION, Rig, a_thrift, says

NEU = Region("northeurope")
SKUS = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Compute/skus"
DS = Size(name="Standard_D2s_v3", family="standardDSv3Family", cores=2)


def a_sku(**changes: object) -> dict[str, Any]:
    usual: dict[str, Any] = {
        "resourceType": "virtualMachines",
        "name": "Standard_D2s_v3",
        "family": "standardDSv3Family",
        "locations": ["NorthEurope"],
        "restrictions": [],
        "capabilities": [{"name": "MemoryGB", "value": "8"}, {"name": "vCPUs", "value": "2"}],
    }
    return {**usual, **changes}


def restricted(kind: str = "Location", *regions: str) -> list[dict[str, Any]]:
    info = {"locations": list(regions), "zones": []}
    return [{"type": kind, "values": [], "restrictionInfo": info, "reasonCode": "NotAvailableForSubscription"}]


async def test_sizes_of_a_region_are_listed_once_and_letter_case_does_not_matter(rig: Rig) -> None:
    rig.azure.on(SKUS, says(200, {"value": [a_sku(), {"resourceType": "disks", "name": "P10"}]}))
    round_ = a_thrift(rig)
    names = ("standard_d2S_v3", "Standard_D4s_v5", "p10")
    assert [await size_in(round_, SUBSCRIPTION, NEU, name) for name in names] == [DS, ABSENT, ABSENT]
    assert rig.azure.asked == [("GET", f"{SKUS}?$filter=location%20eq%20'northeurope'&api-version=2021-07-01")]


async def test_a_refusal_names_the_permission(rig: Rig) -> None:
    rig.azure.on(SKUS, says(403, {"error": {"code": "AuthorizationFailed", "message": "no"}}))
    found = await size_in(a_thrift(rig), SUBSCRIPTION, NEU, "x")
    assert isinstance(found, Unread)
    assert found.permission == "Microsoft.Compute/skus/read"


@pytest.mark.parametrize(
    ("restrictions", "why"),
    [
        ([], ""),
        (restricted("Location", "NorthEurope"), "NotAvailableForSubscription"),
        (restricted("Location"), "NotAvailableForSubscription"),
        (restricted("Location", "westeurope"), ""),
        (restricted("Zone", "NorthEurope"), ""),
        ([{"type": "Location"}], "restricted, without a reason"),
    ],
)
def test_only_a_restriction_of_the_region_restricts(restrictions: object, why: str) -> None:
    (size,) = parse_sizes([a_sku(restrictions=restrictions)], NEU).values()
    assert size.restricted == why


def test_a_size_of_another_region_is_none_of_this_one() -> None:
    assert parse_sizes([a_sku(locations=["westeurope"])], NEU) == {}


@pytest.mark.parametrize(("value", "cores"), [("96", 96), ("-1", 0), ("two", 0), ("9" * 50, 10_000), (8, 0)])
def test_a_number_of_cores_is_a_text_in_digits(value: object, cores: int) -> None:
    (size,) = parse_sizes([a_sku(capabilities=[{"name": "vCPUs", "value": value}])], NEU).values()
    assert size.cores == cores


@pytest.mark.parametrize(
    ("generations", "size"),
    [([], "Standard_D1_v2"), (["", "V1"], "Standard_D1_v2"), (["v2"], "Standard_D2ds_v4")],
)
def test_the_default_follows_the_generation_of_the_images(generations: list[str], size: str) -> None:
    assert default_size(generations) == size


KEYS = ["resourceType", "name", "virtualMachines", "locations", "northeurope", "restrictions", "restrictionInfo"]


@given(json_with([*KEYS, "type", "Location", "reasonCode", "capabilities", "vCPUs", "value", "values"]))
def test_no_json_makes_reading_sizes_raise(entry: Any) -> None:
    parse_sizes([entry, {**a_sku(), "restrictions": entry, "capabilities": [entry]}], NEU)
