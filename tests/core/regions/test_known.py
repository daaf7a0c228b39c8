"""Our own table of regions: its figures are those of the sources that it names."""

from collections import Counter

from aibwatch.core.model import Region, region_of
from aibwatch.core.regions.known import KNOWN


def test_the_name_of_a_region_follows_from_what_the_portal_writes() -> None:
    assert {name: region_of(place.display) for name, place in KNOWN.locations.items()} == {
        name: name for name in KNOWN.locations
    }


def test_image_builder_is_offered_in_as_many_regions_as_its_overview_lists() -> None:
    assert len(KNOWN.building) == 39
    assert KNOWN.building <= KNOWN.locations.keys()


def test_eighteen_regions_have_a_pair_that_builds_fifteen_one_that_does_not_and_six_have_none() -> None:
    def kind(region: Region) -> str:
        pairs = KNOWN.pairs_of(region)
        return "none" if not pairs else "builds" if KNOWN.building.intersection(pairs) else "does not build"

    assert Counter(map(kind, KNOWN.building)) == {"builds": 18, "does not build": 15, "none": 6}


def test_eighteen_regions_are_the_only_one_that_builds_in_their_geography() -> None:
    per = Counter(KNOWN.geography_of(region) or region for region in KNOWN.building)
    assert sum(number == 1 for number in per.values()) == 18


def test_pairs_are_mutual_unless_azure_says_otherwise() -> None:
    one_way = {r for r in KNOWN.building for pair in KNOWN.pairs_of(r) if not KNOWN.is_mutual(r, pair)}
    # Sweden South, the pair of Sweden Central, is not among the locations that a subscription is told of.
    assert one_way == {"brazilsouth", "westus3", "swedencentral", "usgovarizona"}


def test_every_pair_in_the_public_cloud_is_known_but_one() -> None:
    named = {pair for place in KNOWN.locations.values() for pair in place.pairs}
    assert named - KNOWN.locations.keys() == {"swedensouth"}
