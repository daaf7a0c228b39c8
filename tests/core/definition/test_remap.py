"""A definition for another region."""

from typing import Any

import pytest
from hypothesis import given

from aibwatch.core.definition.compare import differences
from aibwatch.core.definition.portable import portable
from aibwatch.core.definition.region_map import RegionMap
from aibwatch.core.definition.remap import Change, Missing, moved, remedy_of
from aibwatch.core.model import Region

from .builders import NEU, WEU, a_body, a_gallery_image, a_subnet, an_identity, any_body, the_secondary

STORE = "https://stbuildweu.blob.core.windows.net"


def a_map(replace: dict[str, str] | None = None, exact: dict[str, str] | None = None) -> RegionMap:
    return RegionMap(
        home=Region("westeurope"),
        away=Region("northeurope"),
        replace={"weu": "neu"} if replace is None else replace,
        exact=exact or {},
    )


def test_a_definition_whose_names_follow_the_region_becomes_the_secondarys() -> None:
    made = moved(a_body(), a_map())

    assert made.body == portable(the_secondary())
    assert made.missing == ()
    assert [change.path for change in made.changes] == [
        "identity.userAssignedIdentities",
        "distribute[0].galleryImageId",
        "distribute[0].replicationRegions",
        "location",
    ]


def test_everything_that_the_map_leaves_as_it_is_is_missing_with_the_line_to_write() -> None:
    made = moved(a_body(stagingResourceGroup=f"{WEU}-staging"), a_map(replace={}))

    gallery = a_gallery_image().lower().partition("/images/")[0]
    assert [(one.path, one.why) for one in made.missing] == [
        ("stagingResourceGroup", "the staging resource group is still the one of westeurope"),
        ("identity", "the identity is still the one of westeurope"),
        ("distribute[0].galleryImageId", "the gallery is still the one of westeurope"),
    ]
    assert made.missing[2].remedy == (
        f'in [[mapping]] from "westeurope" to "northeurope": exact = {{ "{gallery}" = "THE ONE IN NORTHEUROPE" }}'
    )


def test_what_still_names_the_region_is_missing() -> None:
    body = a_body(vmProfile={"vnetConfig": {"subnetId": a_subnet(WEU, "weu-westeurope")}})

    (one,) = moved(body, a_map()).missing

    assert one == Missing(
        path="vmProfile.vnetConfig.subnetId",
        id=a_subnet(NEU, "neu-westeurope").lower(),
        why="the subnet still names westeurope",
        remedy=remedy_of(a_map(), a_subnet(WEU, "weu-westeurope").lower()),
    )


def test_what_is_mapped_to_itself_may_stay() -> None:
    body = a_body()
    exact = {an_identity(): an_identity(), a_gallery_image(): a_gallery_image()}

    made = moved(body, a_map(replace={}, exact=exact))

    assert [one.path for one in made.missing] == ["distribute[0].galleryImageId"]
    assert moved(body, a_map(replace={}, exact={WEU: WEU})).missing == ()


def test_exact_wins_over_replace_and_covers_what_lies_beneath() -> None:
    gallery = a_gallery_image().partition("/images/")[0]
    exact = {gallery.upper(): f"{NEU}/providers/Microsoft.Compute/galleries/other/"}

    target: Any = moved(a_body(), a_map(exact=exact)).body["properties"]

    assert target["distribute"][0]["galleryImageId"] == a_gallery_image(NEU, "other")


@pytest.mark.parametrize(
    ("replace", "name", "becomes"),
    [
        ({"weu": "neu"}, "stbuildweu", "stbuildneu"),
        ({"WEU": "neu"}, "Images-Weu", "Images-neu"),
        ({"we": "ne"}, "powershell-we", "powershell-ne"),
        ({"we": "ne", "weu": "noe"}, "weu-we", "noe-ne"),
        ({"weu": "neu", "neu": "weu"}, "weu-neu", "neu-weu"),
        ({"": "x"}, "weu", "weu"),
    ],
)
def test_names_are_replaced_in_one_pass_and_short_texts_only_as_words(
    replace: dict[str, str], name: str, becomes: str
) -> None:
    assert a_map(replace).named(name) == becomes


def test_azures_own_words_and_the_middle_of_a_subscription_are_never_replaced() -> None:
    words = {"Microsoft": "x", "galleries": "x", "resourceGroups": "x", "1111": "x", "blob": "x", "images": "x"}

    assert a_map(words).resource(a_gallery_image()) == a_gallery_image(WEU.replace("images-weu", "x-weu"))
    assert a_map(words).address(f"{STORE}/a") == f"{STORE}/a"
    assert a_map({WEU.split("/")[2]: "2"}).resource("/subscriptions/" + WEU.split("/")[2]) == "/subscriptions/2"


def test_a_script_moves_with_its_storage_and_one_from_outside_stays() -> None:
    steps = [
        {"type": "Shell", "scriptUri": f"{STORE}/weu/a.sh"},
        {"type": "Shell", "scriptUri": "https://example.com/a.sh"},
        {"type": "Shell", "inline": [f"curl -o a {STORE}/a && echo weu"]},
    ]

    made = moved(a_body(customize=steps), a_map())

    there = STORE.replace("weu", "neu")
    assert made.body["properties"]["customize"] == [  # type: ignore[index]  # JSON has no types
        {"type": "Shell", "scriptUri": f"{there}/neu/a.sh"},
        steps[1],
        {"type": "Shell", "inline": [f"curl -o a {there}/a && echo weu"]},
    ]
    assert made.missing == ()


def test_a_signature_stays_behind_and_is_told() -> None:
    step = {"type": "Shell", "scriptUri": f"{STORE}/a.sh?sv=1&sig=SECRET", "inline": [f"curl '{STORE}/b?sig=SECRET'"]}
    body = a_body(customize=[step])

    made = moved(body, a_map())

    assert [(one.path, one.why) for one in made.missing] == [
        ("customize[0].inline[0]", "the signature in the address is for the storage of westeurope"),
        ("customize[0].scriptUri", "the signature in the address is for the storage of westeurope"),
    ]
    assert "SECRET" not in repr((made.changes, made.missing))
    assert moved(a_body(customize=[{**step, "inline": []}]), a_map(exact={STORE: "https://other/"})).missing == ()


def test_images_are_replicated_to_the_new_region_and_not_to_the_old_one() -> None:
    def replicas(regions: list[Any]) -> Any:
        body = moved(a_body(distribute=[{"type": "SharedImage", "targetRegions": regions}]), a_map()).body
        return body["properties"]["distribute"][0]["targetRegions"]  # type: ignore[index]  # JSON has no types

    one, other = {"name": "West Europe", "replicaCount": 2}, {"name": "northeurope"}
    assert replicas([one]) == [{"name": "northeurope", "replicaCount": 2}]
    assert replicas([other, one, {"name": "uksouth"}]) == [other, {"name": "uksouth"}]


def test_names_of_outputs_and_tags_follow_and_the_role_is_the_secondarys() -> None:
    body = a_body(
        distribute=[{"type": "SharedImage", "runOutputName": "ub-weu", "artifactTags": {"in": "West Europe"}}]
    )
    body["tags"] = {"aibwatch-role": "primary", "aibwatch-group": "ub-weu", "region": "westeurope"}

    made: Any = moved(body, a_map()).body

    assert made["tags"] == {"aibwatch-role": "secondary", "aibwatch-group": "ub-weu", "region": "northeurope"}
    assert made["properties"]["distribute"][0] == {
        "type": "SharedImage",
        "runOutputName": "ub-neu",
        "artifactTags": {"in": "northeurope"},
    }


def test_two_things_that_become_one_are_told() -> None:
    network = {"subnetId": a_subnet(WEU, "weu"), "containerInstanceSubnetId": a_subnet(WEU, "neu")}

    (one,) = moved(a_body(vmProfile={"vnetConfig": network}), a_map()).missing

    assert one.id == a_subnet(NEU, "neu").lower()
    assert one.why == (f"{a_subnet(WEU, 'neu').lower()} and {a_subnet(WEU, 'weu').lower()} would both become this one")


def test_what_was_moved_has_not_drifted() -> None:
    step = {"type": "Shell", "scriptUri": f"{STORE}/a.sh", "inline": [f"curl {STORE}/b"]}
    body = a_body(customize=[step], vmProfile={"vnetConfig": {"subnetId": a_subnet()}})

    assert [found.line for found in differences(body, moved(body, a_map()).body) if found.drift] == []


def test_a_change_says_what_was_there_and_what_is() -> None:
    assert moved(a_body(), a_map()).changes[-1] == Change(path="location", before="westeurope", after="northeurope")


@given(any_body())
def test_any_json_can_be_moved(body: dict[str, Any]) -> None:
    assert moved(body, a_map({"a": "b"})).body["location"] == "northeurope"
