"""What a primary and its secondary say differently."""

import copy
from typing import Any

import pytest
from hypothesis import given

from aibwatch.core.definition.compare import MOST, Difference, Gravity, differences

from .builders import NEU, WEU, a_body, a_gallery_image, a_subnet, an_identity, any_body, the_secondary

RICH: dict[str, Any] = {
    "customize": [
        {"type": "Shell", "name": "update", "inline": ["apt-get -y update", "apt-get -y upgrade"]},
        {"type": "File", "name": "f", "sourceUri": "https://example.com/a", "destination": "/opt/a"},
    ],
    "validate": {"continueDistributeOnFailure": True, "inVMValidations": [{"type": "Shell", "inline": ["true"]}]},
    "vmProfile": {"vmSize": "Standard_D4s_v5", "osDiskSizeGB": 64},
    "errorHandling": {"onCustomizerError": "abort"},
    "managedResourceTags": {"team": "images"},
    "buildTimeoutInMinutes": 120,
    "somethingNew": {"deep": [{"down": 1}]},
}
LEAVES = [
    (("location",), "location"),
    (("tags", "a b"), 'tags["a b"]'),
    (("identity", "type"), "identity.type"),
    (("properties", "source", "sku"), "source.sku"),
    (("properties", "customize", 0, "inline", 1), "customize[0].inline[1]"),
    (("properties", "customize", 1, "destination"), "customize[1].destination"),
    (("properties", "customize", 0), "customize[0]"),
    (("properties", "validate", "inVMValidations", 0, "inline", 0), "validate.inVMValidations[0].inline[0]"),
    (("properties", "distribute", 0, "type"), "distribute[0].type"),
    (("properties", "distribute", 0, "galleryImageId"), "distribute[0].galleryImageId"),
    (("properties", "distribute", 0, "replicationRegions", 0), "distribute[0].targetRegions"),
    (("properties", "vmProfile", "vmSize"), "vmProfile.vmSize"),
    (("properties", "buildTimeoutInMinutes"), "buildTimeoutInMinutes"),
    (("properties", "somethingNew", "deep", 0, "down"), "somethingNew.deep[0].down"),
]


def drift(primary: dict[str, Any], secondary: dict[str, Any]) -> list[str]:
    return [found.path for found in differences(primary, secondary) if found.drift]


def test_a_secondary_of_another_region_differs_rightly_in_what_is_of_its_region() -> None:
    found = differences(a_body(), the_secondary())

    assert sorted((one.path, one.right) for one in found) == [
        ("distribute[0].galleryImageId", "each region has its own gallery"),
        ("distribute[0].targetRegions", "each replicates where its region needs it"),
        ("identity.userAssignedIdentities[0]", "each region has its own identity"),
        ("location", "each is in its own region"),
    ]


def test_ids_are_told_by_their_names_unless_those_are_alike() -> None:
    line = next(
        one for one in differences(a_body(), the_secondary()) if one.path.startswith("distribute[0].gallery")
    ).line
    other = a_body()
    other["properties"]["distribute"][0]["galleryImageId"] = a_gallery_image().replace("1111-", "2222-", 1)

    (found,) = differences(a_body(), other)

    assert line == (
        'distribute[0].galleryImageId: primary "images-weu/gallery_weu/ubuntu", '
        'secondary "images-neu/gallery_neu/ubuntu" (each region has its own gallery)'
    )
    assert "2222-" in found.secondary


def test_another_line_of_a_script_is_drift_of_the_recipe() -> None:
    other = [{"type": "Shell", "name": "update", "inline": ["apt-get -y update", "apt-get -y dist-upgrade"]}]

    (found,) = [one for one in differences(a_body(), the_secondary(customize=other)) if one.drift]

    assert found == Difference(
        path="customize[0].inline[1]",
        primary='"apt-get -y upgrade"',
        secondary='"apt-get -y dist-upgrade"',
        gravity=Gravity.RECIPE,
        right="",
    )
    assert found.line == 'customize[0].inline[1]: primary "apt-get -y upgrade", secondary "apt-get -y dist-upgrade"'


def test_another_size_of_the_machine_is_drift_of_the_circumstances() -> None:
    (found,) = [one for one in differences(a_body(), the_secondary(vmProfile={"vmSize": "Standard_D2"})) if one.drift]

    assert (found.path, found.primary, found.gravity) == ("vmProfile.vmSize", "nothing", Gravity.CIRCUMSTANCE)


@pytest.mark.parametrize(
    "written",
    [
        {"buildTimeoutInMinutes": 240},
        {"errorHandling": {"onCustomizerError": "cleanup", "onValidationError": "cleanup"}},
        {"optimize": {"vmBoot": {"state": "Disabled"}}},
        {"vmProfile": {"vmSize": "", "osDiskSizeGB": 0}},
        {
            "customize": [
                {
                    "type": "Shell",
                    "name": "update",
                    "inline": ["apt-get -y update", "apt-get -y upgrade"],
                    "sha256Checksum": "aa",
                    "runElevated": False,
                }
            ]
        },
        {
            "distribute": [
                {
                    "type": "SharedImage",
                    "runOutputName": "ubuntu",
                    "galleryImageId": a_gallery_image(),
                    "targetRegions": [{"name": "West Europe", "replicaCount": 1}],
                    "versioning": {"scheme": "Latest", "major": -1},
                }
            ]
        },
    ],
)
def test_a_default_that_is_spelled_out_is_no_difference(written: dict[str, Any]) -> None:
    assert differences(a_body(), a_body(**written)) == ()


def test_both_ways_to_say_where_an_image_is_replicated_to_are_one() -> None:
    def target(**said: Any) -> dict[str, Any]:
        return a_body(distribute=[{"type": "SharedImage", **said}])

    old = target(replicationRegions=["West Europe"], storageAccountType="Standard_ZRS")

    assert differences(old, target(targetRegions=[{"name": "westeurope", "storageAccountType": "Standard_ZRS"}])) == ()
    assert (
        differences(
            target(replicationRegions=["westus"]),
            target(targetRegions=[{"name": "westus", "storageAccountType": "Standard_LRS"}]),
        )
        == ()
    )


def test_the_letter_case_of_a_platform_image_is_no_difference() -> None:
    shouted = a_body()
    shouted["properties"]["source"]["publisher"] = "CANONICAL"

    assert differences(a_body(), shouted) == ()


def test_another_kind_of_target_is_drift_of_the_recipe_and_its_tags_are_not() -> None:
    def target(kind: str, **more: Any) -> dict[str, Any]:
        return a_body(distribute=[{"type": kind, **more}])

    found = differences(target("VHD"), target("ManagedImage", artifactTags={"a": "b"}))

    assert [(one.path, one.gravity) for one in found] == [
        ("distribute[0].type", Gravity.RECIPE),
        ("distribute[0].artifactTags.a", Gravity.CIRCUMSTANCE),
    ]


def test_the_order_of_regions_and_letter_case_of_ids_are_no_difference() -> None:
    one = a_body(distribute=[{"type": "SharedImage", "replicationRegions": ["West Europe", "northeurope"]}])
    other = a_body(
        WEU.upper(), distribute=[{"type": "SharedImage", "replicationRegions": ["northeurope", "westeurope"]}]
    )
    other["identity"] = {"type": "UserAssigned", "userAssignedIdentities": {an_identity().upper(): {}}}

    assert differences(one, other) == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"runOutputName": "ubuntu-weu"}, {"runOutputName": "ubuntu-neu"}),
        ({"artifactTags": {"region": "westeurope"}}, {"artifactTags": {"region": "northeurope"}}),
        ({"galleryImageId": a_gallery_image(image="ub-weu")}, {"galleryImageId": a_gallery_image(NEU, image="ub-neu")}),
        (
            {"imageId": f"{WEU}/providers/Microsoft.Compute/images/out", "location": "westeurope"},
            {"imageId": f"{NEU}/providers/Microsoft.Compute/images/out", "location": "northeurope"},
        ),
        (
            {"uri": "https://stweu.blob.core.windows.net/vhds/a.vhd"},
            {"uri": "https://stneu.blob.core.windows.net/vhds/a.vhd"},
        ),
    ],
)
def test_a_target_may_differ_in_what_is_of_its_region(one: dict[str, Any], other: dict[str, Any]) -> None:
    primary = a_body(distribute=[{"type": "SharedImage", **one}])
    secondary = the_secondary(distribute=[{"type": "SharedImage", **other}])

    assert drift(primary, secondary) == []
    assert drift(secondary, primary) == []


@pytest.mark.parametrize(
    ("one", "other", "path"),
    [
        ({"runOutputName": "ubuntu"}, {"runOutputName": "rhel"}, "runOutputName"),
        (
            {"galleryImageId": a_gallery_image()},
            {"galleryImageId": a_gallery_image(NEU, image="rhel")},
            "galleryImageId",
        ),
        ({"galleryImageId": a_gallery_image()}, {}, "galleryImageId"),
        ({}, {"excludeFromLatest": True}, "excludeFromLatest"),
        ({"type": "VHD"}, {"type": "ManagedImage"}, "type"),
        ({"uri": "https://st.blob.core.windows.net/a"}, {"uri": "https://st.blob.core.windows.net/b"}, "uri"),
    ],
)
def test_a_target_that_differs_in_more_has_drifted(one: dict[str, Any], other: dict[str, Any], path: str) -> None:
    primary = a_body(distribute=[{"type": "SharedImage", **one}])
    secondary = the_secondary(distribute=[{"type": "SharedImage", **other}])

    assert drift(primary, secondary) == [f"distribute[0].{path}"]


def test_a_setting_of_a_region_that_both_replicate_to_is_compared() -> None:
    def replicated(**settings: Any) -> dict[str, Any]:
        return a_body(distribute=[{"type": "SharedImage", "targetRegions": [{"name": "westus", **settings}]}])

    assert drift(replicated(), replicated(replicaCount=3)) == ["distribute[0].targetRegions.westus.replicaCount"]


@pytest.mark.parametrize(
    ("one", "other", "drifts"),
    [
        ("https://stweu.blob.core.windows.net/s/a.sh", "https://stneu.blob.core.windows.net/s/a.sh", False),
        ("https://st.blob.core.windows.net/a.sh?sig=A", "https://st.blob.core.windows.net/a.sh?sig=B", False),
        ("https://stweu.blob.core.windows.net/s/a.sh", "https://stneu.blob.core.windows.net/s/b.sh", True),
        ("https://example.com/a.sh", "", True),
    ],
)
def test_a_script_may_come_from_another_host_and_not_from_another_path(one: str, other: str, drifts: bool) -> None:
    def scripted(body: dict[str, Any], uri: str) -> dict[str, Any]:
        body["properties"]["customize"] = [{"type": "Shell", "name": "s", "scriptUri": uri}]
        return body

    found = drift(scripted(a_body(), one), scripted(the_secondary(), other))

    assert found == (["customize[0].scriptUri"] if drifts else [])


@pytest.mark.parametrize(
    ("one", "other", "drifts"),
    [
        (
            "curl 'https://stweu.blob.core.windows.net/a?sig=A' | sh",
            "curl 'https://stneu.blob.core.windows.net/a?sig=B' | sh",
            False,
        ),
        ("echo westeurope > /etc/region", "echo northeurope > /etc/region", False),
        ("echo weu > /etc/region", "echo neu > /etc/region", True),
    ],
)
def test_a_line_may_name_its_own_storage_and_region(one: str, other: str, drifts: bool) -> None:
    primary = a_body(customize=[{"type": "Shell", "inline": [one]}])
    secondary = the_secondary(customize=[{"type": "Shell", "inline": [other]}])

    assert bool(drift(primary, secondary)) is drifts


def test_a_source_of_another_version_has_drifted_and_one_of_another_gallery_has_not() -> None:
    def built_from(body: dict[str, Any], version: str) -> dict[str, Any]:
        body["properties"]["source"] = {"type": "SharedImageVersion", "imageVersionId": version}
        return body

    primary = built_from(a_body(), f"{a_gallery_image()}/versions/1.0.0")

    assert drift(primary, built_from(the_secondary(), f"{a_gallery_image(NEU)}/versions/1.0.0")) == []
    assert drift(primary, built_from(the_secondary(), f"{a_gallery_image(NEU)}/versions/1.0.1")) == [
        "source.imageVersionId"
    ]


def test_a_subnet_that_only_one_of_them_has_is_drift() -> None:
    network = {"vnetConfig": {"subnetId": a_subnet()}}

    assert drift(a_body(vmProfile=network), the_secondary()) == ["vmProfile.vnetConfig.subnetId"]


def test_a_secret_is_not_shown_and_long_values_are_cut_where_they_differ() -> None:
    start = "export TOKEN=1; password=hunter22; " + "x" * 500
    one = a_body(customize=[{"type": "Shell", "inline": [f"{start}A"]}])
    other = a_body(customize=[{"type": "Shell", "inline": [f"{start}B"]}])

    (found,) = differences(one, other)

    assert (found.primary, found.secondary) == (f'…{"x" * 24}A"', f'…{"x" * 24}B"')
    assert "hunter22" not in differences(one, a_body(customize=[]))[0].line


def test_a_difference_that_only_a_secret_makes_is_told_all_the_same() -> None:
    one, other = (a_body(customize=[{"inline": [f"login password={word}"]}]) for word in ("hunter22", "hunter23"))

    (found,) = differences(one, other)

    assert (found.primary, found.secondary) == ('"login password=***"', "the same but for what is hidden or cut")


def test_the_gravest_differences_come_first() -> None:
    found = differences(a_body(buildTimeoutInMinutes=60), the_secondary(customize=[]))

    assert [one.path for one in found if one.drift] == ["customize[0]", "buildTimeoutInMinutes"]
    assert [one.drift for one in found] == [True, True, False, False, False, False]


def test_the_roles_that_tags_give_are_no_drift() -> None:
    primary, secondary = ({**a_body(), "tags": {"aibwatch-role": role}} for role in ("primary", "secondary"))

    assert drift(primary, secondary) == []


@pytest.mark.parametrize(("keys", "path"), LEAVES, ids=[path for _, path in LEAVES])
def test_one_changed_leaf_is_one_difference(keys: tuple[Any, ...], path: str) -> None:
    body = {**a_body(**RICH), "tags": {"a b": "c"}}
    changed = copy.deepcopy(body)
    inside: Any = changed
    for key in keys[:-1]:
        inside = inside[key]
    inside[keys[-1]] = "changed"

    assert [found.path for found in differences(body, changed)] == [path]


@given(any_body())
def test_a_definition_is_equal_to_itself(body: dict[str, Any]) -> None:
    assert differences(body, copy.deepcopy(body)) == ()


@given(any_body(), any_body())
def test_a_difference_is_one_from_both_sides(one: dict[str, Any], other: dict[str, Any]) -> None:
    there, back = differences(one, other), differences(other, one)

    assert [(d.path, d.gravity, d.right) for d in there] == [(d.path, d.gravity, d.right) for d in back]


@given(any_body(), any_body())
def test_every_difference_is_one_line(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert all(found.line.isprintable() and len(found.line) < 1000 for found in differences(one, other))


def test_differences_have_a_limit() -> None:
    steps = [{"type": "Shell", "inline": [str(number)]} for number in range(2 * MOST)]

    assert len(differences(a_body(customize=[]), a_body(customize=steps))) == MOST
