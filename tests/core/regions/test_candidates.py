"""Where a secondary may be put, in which order, and how far away it is."""

import pytest

from aibwatch.core.model import Region
from aibwatch.core.regions.atlas import Atlas, Location, distance
from aibwatch.core.regions.candidates import candidates
from aibwatch.core.regions.known import KNOWN

HOME, PAIR, NEAR, SAME, FAR, BARE, OTHER = map(Region, ("home", "pair", "near", "same", "far", "bare", "other"))


def a_place(name: Region, geography: str = "Elsewhere", **changes: object) -> Location:
    return Location(name=name, display=name.title(), geography=geography, continent="C", **changes)  # type: ignore[arg-type]


def an_atlas(*places: Location, without: Region = BARE) -> Atlas:
    known = {place.name: place for place in places}
    return Atlas(locations=known, building=frozenset(known) - {without})


def order(atlas: Atlas) -> list[str]:
    return [one.region for one in candidates(HOME, atlas)]


def test_a_pair_in_the_geography_is_best_then_the_geography_then_a_pair_elsewhere_then_the_nearest() -> None:
    home = a_place(HOME, "G", pairs=(PAIR, OTHER), position=(52.0, 4.0))
    far, near = a_place(FAR, position=(0.0, 100.0)), a_place(NEAR, position=(51.0, 4.0))
    same = a_place(SAME, "G", position=(-52.0, 4.0))
    atlas = an_atlas(far, near, a_place(OTHER), same, a_place(PAIR, "G"), home)
    assert order(atlas) == ["pair", "same", "other", "near", "far"]


def test_where_the_service_is_not_offered_a_region_comes_last_and_only_if_it_is_paired_or_in_the_geography() -> None:
    home = a_place(HOME, "G", pairs=(BARE,))
    assert order(an_atlas(a_place(BARE, "G"), a_place(FAR), home)) == ["far", "bare"]
    assert order(an_atlas(a_place(BARE), a_place(FAR), a_place(HOME, "G"))) == ["far"]


def test_another_cloud_is_no_candidate() -> None:
    assert order(an_atlas(a_place(HOME), a_place(FAR, cloud="china"))) == []


def test_two_regions_of_which_no_geography_is_known_are_not_in_the_same() -> None:
    (one,) = candidates(HOME, an_atlas(a_place(HOME, ""), a_place(FAR, "")))
    assert one.same_geography is False


def test_a_pair_is_mutual_only_if_it_names_the_region_back() -> None:
    one_way, mutual = (
        candidates(HOME, an_atlas(a_place(HOME, pairs=(PAIR,)), a_place(PAIR, pairs=back)))[0].mutual
        for back in ((), (HOME,))
    )
    assert (one_way, mutual) == (False, True)


@pytest.mark.parametrize(
    ("one", "other", "kilometres"),
    [((52.37, 4.9), (53.35, -6.26), 756), ((0.0, 179.0), (0.0, -179.0), 222), ((90.0, 0.0), (-90.0, 0.0), 20015)],
)
def test_a_distance_is_measured_along_the_ground(
    one: tuple[float, float], other: tuple[float, float], kilometres: int
) -> None:
    measured = distance(a_place(HOME, position=one), a_place(FAR, position=other))
    assert measured is not None
    assert round(measured) == kilometres


def test_without_a_position_no_distance_is_known() -> None:
    assert distance(a_place(HOME), a_place(FAR, position=(0.0, 0.0))) is None


def test_a_region_that_is_not_known_has_no_candidates() -> None:
    assert candidates(Region("atlantis"), KNOWN) == ()


def test_by_our_own_table_the_other_of_a_pair_that_builds_comes_first() -> None:
    assert candidates(Region("westeurope"), KNOWN)[0].region == "northeurope"
    assert candidates(Region("westus3"), KNOWN)[0].region == "eastus"
    assert candidates(Region("brazilsouth"), KNOWN)[0].region == "southcentralus"
