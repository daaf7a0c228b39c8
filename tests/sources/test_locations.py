"""Which regions there are and where, as Azure lists them; and what it says of a resource provider."""

from typing import Any

import pytest

from aibwatch.core.model import FailureClass, Region
from aibwatch.core.regions.atlas import Location
from aibwatch.sources.answer import Bad
from aibwatch.sources.locations import Locations
from aibwatch.sources.offers import Offers
from aibwatch.sources.parse_location import locations_in
from aibwatch.sources.parse_provider import Provider, provider_in

from .support import SUBSCRIPTION, Rig, says

LOCATIONS = f"/subscriptions/{SUBSCRIPTION}/locations"
IMAGES = "Microsoft.VirtualMachineImages"
PROVIDER = f"/subscriptions/{SUBSCRIPTION}/providers/{IMAGES}"
WEST, NORTH = Region("westeurope"), Region("northeurope")


def an_entry(name: str = "westeurope", **metadata: object) -> dict[str, Any]:
    usual = {
        "regionType": "Physical",
        "geography": "Europe",
        "geographyGroup": "Europe",
        "longitude": "4.9",
        "latitude": "52.3667",
        "pairedRegion": [{"name": "northeurope", "id": f"{LOCATIONS}/northeurope"}],
    }
    return {"name": name, "displayName": "West Europe", "metadata": {**usual, **metadata}}


def a_provider(**changes: object) -> dict[str, Any]:
    types = [
        {"resourceType": "locations", "locations": []},
        {"resourceType": "imageTemplates", "locations": ["West Europe", "North Europe"]},
    ]
    return {"namespace": IMAGES, "registrationState": "Registered", "resourceTypes": types, **changes}


def test_a_region_is_understood_with_its_geography_its_pair_and_its_place() -> None:
    assert locations_in([an_entry()]) == {
        WEST: Location(
            name=WEST,
            display="West Europe",
            geography="Europe",
            continent="Europe",
            pairs=(NORTH,),
            position=(52.3667, 4.9),
        )
    }


def test_an_area_is_no_region() -> None:
    assert locations_in([an_entry("europe", regionType="Logical")]) == {}


@pytest.mark.parametrize(
    "metadata",
    [
        {"latitude": "x"},
        {"latitude": None},
        {"latitude": "91"},
        {"longitude": "nan"},
        {"longitude": "1e999"},
        {"longitude": True},
        {"longitude": 10**400},
    ],
)
def test_a_place_that_is_none_is_not_known(metadata: dict[str, Any]) -> None:
    assert [place.position for place in locations_in([an_entry(**metadata)]).values()] == [None]


@pytest.mark.parametrize("pairs", [None, [], "northeurope", [None], [{"name": 3}], [{}]])
def test_a_pair_that_is_none_is_left_out(pairs: object) -> None:
    assert [place.pairs for place in locations_in([an_entry(pairedRegion=pairs)]).values()] == [()]


@pytest.mark.parametrize("entry", [None, 3, [], {}, {"name": None}, {"name": {"a": 1}}])
def test_what_is_no_region_is_left_out(entry: object) -> None:
    assert list(locations_in([entry, an_entry()])) == [WEST]


def test_a_provider_is_understood_with_the_regions_of_each_type() -> None:
    assert provider_in(a_provider()) == Provider(
        namespace="microsoft.virtualmachineimages",
        state="Registered",
        regions={"locations": frozenset(), "imagetemplates": frozenset({WEST, NORTH})},
    )


@pytest.mark.parametrize(
    "types", [None, 3, [None, 3], [{"locations": 3}], [{"resourceType": "x", "locations": [3, ""]}]]
)
def test_types_of_any_shape_break_nothing(types: object) -> None:
    provider = provider_in(a_provider(resourceTypes=types))
    assert provider is not None
    assert {region for regions in provider.regions.values() for region in regions} == set()


@pytest.mark.parametrize("body", [{}, a_provider(namespace=None), a_provider(registrationState=3)])
def test_what_is_no_provider_is_none(body: dict[str, object]) -> None:
    assert provider_in(body) is None


async def test_locations_are_asked_for_with_one_get(rig: Rig) -> None:
    rig.azure.on(LOCATIONS, says(200, {"value": [an_entry()]}))
    assert list(await Locations(rig.arm).of(SUBSCRIPTION)) == [WEST]  # type: ignore[arg-type]  # not Bad
    assert rig.azure.asked == [("GET", f"{LOCATIONS}?api-version=2022-12-01")]


async def test_a_list_without_a_region_is_no_answer(rig: Rig) -> None:
    rig.azure.on(LOCATIONS, says(200, {"value": [{}]}))
    told = await Locations(rig.arm).of(SUBSCRIPTION)
    assert isinstance(told, Bad)
    assert "without one region" in told.diagnosis.summary


async def test_half_a_list_of_regions_is_no_answer(rig: Rig) -> None:
    rig.azure.on(LOCATIONS, says(200, {"value": [an_entry()], "nextLink": f"{rig.azure.base}/more"}))
    assert isinstance(await Locations(rig.arm).of(SUBSCRIPTION), Bad)


async def test_a_provider_is_asked_for_by_its_name(rig: Rig) -> None:
    rig.azure.on(PROVIDER, says(200, a_provider()))
    told = await Offers(rig.arm).of(SUBSCRIPTION, IMAGES)
    assert isinstance(told, Provider)
    assert (told.state, rig.azure.asked) == ("Registered", [("GET", f"{PROVIDER}?api-version=2021-04-01")])


async def test_another_provider_than_the_one_asked_for_is_no_answer(rig: Rig) -> None:
    rig.azure.on(PROVIDER, says(200, a_provider(namespace="Microsoft.Compute")))
    assert isinstance(await Offers(rig.arm).of(SUBSCRIPTION, IMAGES), Bad)


async def test_a_refusal_is_told_as_it_came(rig: Rig) -> None:
    rig.azure.on(PROVIDER, says(403, {"error": {"code": "AuthorizationFailed", "message": "no"}}))
    told = await Offers(rig.arm).of(SUBSCRIPTION, IMAGES)
    assert isinstance(told, Bad)
    assert told.diagnosis.cls is FailureClass.AUTH
