"""Whether a region is inside the allowed geographies: inside, outside or unknown, each with its sentence."""

import pytest

from aibwatch.core.model import Region
from aibwatch.core.regions.allowed import (
    Standing,
    Within,
    allowed,
    geography_of,
    is_entry,
    nearest_entries,
    nearest_regions,
)

NORTH, SWEDEN, TAIWAN, NEW = map(Region, ("northeurope", "swedencentral", "taiwannorthwest", "atlantiscentral"))


def test_where_nothing_is_asked_for_everything_is_allowed() -> None:
    assert allowed(NEW, ()) == Standing(within=Within.INSIDE, why="no geographies are asked for")


@pytest.mark.parametrize("entry", ["Europe", "europe", " EUROPE "])
def test_a_region_is_allowed_by_its_geography_in_any_letter_case(entry: str) -> None:
    assert allowed(NORTH, ("Japan", entry)) == Standing(
        within=Within.INSIDE, why="northeurope is in Europe, which is allowed"
    )


@pytest.mark.parametrize("entry", ["swedencentral", "Sweden Central"])
def test_a_region_is_allowed_by_its_own_name(entry: str) -> None:
    assert allowed(SWEDEN, (entry,)) == Standing(within=Within.INSIDE, why="swedencentral is allowed by its name")


def test_a_continent_is_no_geography() -> None:
    assert allowed(SWEDEN, ("Europe", "United Kingdom")) == Standing(
        within=Within.OUTSIDE,
        why="swedencentral is in Sweden, outside of allowed_geographies (Europe and United Kingdom)",
    )


@pytest.mark.parametrize(
    ("region", "why"),
    [
        (
            TAIWAN,
            "the geography of taiwannorthwest is not known; allow it by its own name; allowed_geographies has Taiwan",
        ),
        (
            NEW,
            (
                "this version does not know atlantiscentral (its regions are those of May 2026), nor in which "
                "geography it is; allowed_geographies has Taiwan"
            ),
        ),
    ],
)
def test_a_region_without_a_known_geography_is_unknown_and_not_outside(region: Region, why: str) -> None:
    assert allowed(region, ("Taiwan",)) == Standing(within=Within.UNKNOWN, why=why)


def test_a_region_without_a_known_geography_is_allowed_by_its_name() -> None:
    assert allowed(TAIWAN, ("taiwannorthwest",)).within is Within.INSIDE


def test_the_geography_of_a_region_is_none_where_it_is_not_known() -> None:
    assert [geography_of(region) for region in (NORTH, TAIWAN, NEW)] == ["Europe", None, None]


@pytest.mark.parametrize(("text", "expected"), [("united kingdom", True), ("westeurope", True), ("Atlantis", False)])
def test_an_entry_is_a_geography_or_a_region(text: str, expected: bool) -> None:
    assert is_entry(text) is expected


def test_what_may_have_been_meant_is_offered_the_likeliest_first() -> None:
    assert nearest_entries("Europa")[0] == "Europe"
    assert nearest_entries("West Europ")[0] == "westeurope"
    assert nearest_regions("north europ") == ["northeurope", "westeurope"]
    assert nearest_regions("xyz") == []
