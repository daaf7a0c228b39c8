"""Where a secondary belongs, in words: by our own table, which has one region of each kind."""

from dataclasses import replace

import pytest

from aibwatch.core.model import Region
from aibwatch.core.policy import GroupSpec
from aibwatch.core.regions.atlas import Atlas
from aibwatch.core.regions.known import KNOWN
from aibwatch.views.regions import regions_dict
from tests.core.builders import a_group


def told(region: str, *groups: GroupSpec, atlas: Atlas = KNOWN, unasked: str = "") -> list[str]:
    return str(regions_dict(Region(region), atlas, groups, unasked)["text"]).split("\n")


def placed(**places: tuple[float, float]) -> Atlas:
    """Return our table with positions for some regions, as Azure would say them."""
    known = {name: replace(KNOWN.locations[Region(name)], position=place) for name, place in places.items()}
    return replace(KNOWN, locations={**KNOWN.locations, **{Region(name): place for name, place in known.items()}})


@pytest.mark.parametrize(
    ("region", "sentence"),
    [
        ("westeurope", "belongs in northeurope: its pair, in the same geography (Europe)."),
        (
            "centralindia",
            (
                "belongs in jioindiawest, in the same geography (India): "
                "Image Builder is not offered in its pair southindia."
            ),
        ),
        (
            "brazilsouth",
            (
                "has to leave its geography: no other region of Brazil offers Image Builder; "
                "its pair southcentralus does, in United States."
            ),
        ),
        (
            "qatarcentral",
            (
                "has to leave its geography: it has no pair; no other region of Qatar offers Image Builder; on its "
                "continent there are israelcentral and uaenorth."
            ),
        ),
        (
            "swedencentral",
            (
                "has to leave its geography: its pair swedensouth is not among the regions of this subscription; "
                "no other region of Sweden offers Image Builder; on its continent there are francecentral, "
                "germanywestcentral, italynorth, northeurope and 4 more."
            ),
        ),
    ],
)
def test_the_sentence_before_the_table_says_where_and_why(region: str, sentence: str) -> None:
    assert told(region)[0] == f"A secondary of {region} {sentence}"


def test_where_no_other_region_builds_that_is_the_sentence() -> None:
    assert told("chinanorth3")[0] == "No other region is known in which a secondary of chinanorth3 could build."


def test_where_distances_are_known_the_nearest_is_named_with_its_own() -> None:
    atlas = placed(polandcentral=(52.23, 21.01), swedencentral=(60.67, 17.14), italynorth=(45.46, 9.19))
    lines = told("polandcentral", atlas=atlas)
    assert lines[0].endswith("; the nearest that does is swedencentral (Sweden, 970 km).")
    assert lines[3].split() == ["swedencentral", "-", "Sweden", "offered", "970", "km", "-"]


def test_the_table_has_pair_geography_offer_and_the_groups_that_may_go_there() -> None:
    lines = told("westeurope", replace(a_group(), allowed_geographies=("Europe",)), a_group("web"))
    assert [line.split() for line in lines[2:5]] == [
        ["region", "pair", "geography", "Image", "Builder", "allowed", "for"],
        ["northeurope", "mutual", "Europe", "offered", "all", "groups"],
        ["francecentral", "-", "France", "offered", "web"],
    ]


def test_what_has_to_be_known_beside_the_table_is_said() -> None:
    lines = "\n".join(told("brazilsouth", replace(a_group(), allowed_geographies=("Japan",))))
    assert "brazilsouth names southcentralus as its pair and is not named back" in lines
    assert "images can be distributed there all the same" in lines
    assert "base may build in Japan only: the first of these is japaneast." in lines
    assert "no legal boundaries" in lines


def test_a_region_that_cannot_build_itself_and_one_in_preview_are_told() -> None:
    assert "Image Builder is not offered in francesouth itself, so no primary can be there." in told("francesouth")
    assert any("FairfaxPublicPreview" in line for line in told("usgovvirginia"))


def test_an_answer_from_the_table_says_so_and_why() -> None:
    body = regions_dict(Region("westeurope"), KNOWN, (), "no token")
    assert body["origin"] == "table of May 2026"
    assert str(body["text"]).split("\n")[-1] == (
        "From aibwatch's own table of May 2026, without distances, because Azure was not heard: no token."
    )


def test_json_has_every_candidate() -> None:
    body = regions_dict(Region("westeurope"), KNOWN, (), "")
    found = body["candidates"]
    assert isinstance(found, list)
    assert (body["schema"], body["origin"], len(found)) == (1, "azure", 35)
    assert found[0] == {
        "region": "northeurope",
        "geography": "Europe",
        "builds": True,
        "paired": True,
        "mutual": True,
        "same_geography": True,
        "kilometres": None,
        "allowed_for": [],
    }
