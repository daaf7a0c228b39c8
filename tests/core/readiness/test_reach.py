"""Whether what the secondary needs is there when the primary's region is not."""

import pytest

from aibwatch.core.readiness.reach import gallery, silo, source
from aibwatch.core.readiness.survey import ABSENT, Place, Survey, Unread
from tests.core.builders import FRANCE, NORTH, WEST, the
from tests.core.readiness.surveys import SILENT, Found, a_body, a_survey, in_, of, places, the_state

SCRIPT = "https://stbuildweu.blob.core.windows.net/scripts/harden.sh"
SUBNET = of(NORTH, "Network", "virtualNetworks/images/subnets/build")
STAGING = "/subscriptions/s1/resourceGroups/staging"


def with_needs(where: dict[str, Found], **properties: object) -> Survey:
    """Return a survey of a secondary with these properties, of whose needs some are elsewhere."""
    body = a_body(NORTH, **properties)  # type: ignore[arg-type]  # the names are those of properties
    return a_survey(secondary_body=body, places=places(body, where))


# silo


def test_a_secondary_that_needs_nothing_of_the_primarys_region_is_ready() -> None:
    said = the(silo(a_survey()))
    assert (the_state(said), said.why) == ("ready", "nothing that it needs is in the primary's region")
    assert said.details == ("https://example.com/harden.sh is outside of Azure's regions, so it was not looked for",)


def test_script_storage_in_the_primarys_region_is_a_silo() -> None:
    body = a_body(NORTH, script=SCRIPT)
    said = the(silo(a_survey(secondary_body=body, places=places(body, {"harden.sh": in_(WEST)}))))
    assert the_state(said) == "not_ready"
    assert 'script storage "stbuildweu" is in westeurope, the primary\'s region (silo)' in said.why


@pytest.mark.parametrize("kind", ["userassignedidentities/builder", "resourcegroups/northeurope"])
def test_an_identity_or_a_group_in_the_primarys_region_only_wants_mending(kind: str) -> None:
    assert the_state(silo(with_needs({kind: in_(WEST)}))) == "degraded"


@pytest.mark.parametrize(
    ("properties", "end"),
    [
        ({"vmProfile": {"vnetConfig": {"subnetId": SUBNET}}}, "subnets/build"),
        ({"stagingResourceGroup": STAGING}, "staging"),
    ],
)
def test_a_subnet_or_staging_group_has_to_be_in_the_secondarys_own_region(
    properties: dict[str, object], end: str
) -> None:
    assert the_state(silo(with_needs({end: in_(FRANCE)}, **properties))) == "not_ready"
    assert the_state(silo(with_needs({}, **properties))) == "ready"


def test_a_need_that_does_not_exist_is_told_with_where_it_is_named() -> None:
    said = the(silo(with_needs({"builder": ABSENT})))
    assert said.why == 'identity "builder" does not exist (identity); make it or name another'
    assert the_state(said) == "not_ready"


def test_a_need_that_may_not_be_read_names_the_permission_and_the_role() -> None:
    lacking = Unread(why="403", permission="Microsoft.ManagedIdentity/userAssignedIdentities/read")
    said = the(silo(with_needs({"builder": lacking})))
    assert (the_state(said), said.permission) == ("unknown", lacking.permission)
    assert said.why.endswith(f'{lacking.permission} is missing (role "aibwatch watch")')


def test_what_is_wrong_comes_before_what_is_not_known() -> None:
    where: dict[str, Found] = {"builder": SILENT, "resourcegroups/northeurope": ABSENT}
    said = the(silo(with_needs(where)))
    assert the_state(said) == "not_ready"
    assert said.why.index("does not exist") < said.why.index("cannot read")


@pytest.mark.parametrize("rule", [silo, gallery])
def test_without_a_primary_that_was_ever_seen_nothing_can_be_called_elsewhere(rule: object) -> None:
    assert callable(rule)
    assert the_state(rule(a_survey(primary_region=None))) == "unknown"


@pytest.mark.parametrize("rule", [silo, gallery, source])
def test_nothing_is_said_of_the_needs_of_a_secondary_that_is_not_there(rule: object) -> None:
    assert callable(rule)
    assert rule(a_survey(secondary_body=ABSENT, seen=None)) is None


# gallery


def test_a_gallery_in_the_primarys_region_is_lost_with_it() -> None:
    said = the(gallery(with_needs({"galleries/images": in_(WEST)})))
    assert the_state(said) == "not_ready"
    assert said.why == 'gallery "images" is in westeurope, the primary\'s region; publish to one elsewhere'


def test_an_image_definition_that_does_not_exist_is_told() -> None:
    assert the_state(gallery(with_needs({"images/base": ABSENT}))) == "not_ready"


def test_copying_to_the_primarys_region_may_hold_up_the_image() -> None:
    target = {
        "type": "SharedImage",
        "runOutputName": "base",
        "galleryImageId": of(NORTH, "Compute", "galleries/images/images/base"),
    }
    old = gallery(with_needs({}, distribute=[{**target, "replicationRegions": ["North Europe", "West Europe"]}]))
    new = gallery(with_needs({}, distribute=[{**target, "targetRegions": [{"name": "westeurope"}]}]))
    assert (the_state(old), the_state(new)) == ("degraded", "degraded")


def test_a_managed_image_in_the_primarys_region_is_lost_with_it() -> None:
    image = of(NORTH, "Compute", "images/base")
    target = {"type": "ManagedImage", "runOutputName": "base", "imageId": image, "location": "West Europe"}
    assert the_state(gallery(with_needs({}, distribute=[target]))) == "not_ready"


# source


def test_a_platform_image_has_to_be_offered_in_the_region() -> None:
    assert the_state(source(a_survey())) == "ready"
    assert the_state(source(a_survey(source_versions=()))) == "not_ready"
    assert the_state(source(a_survey(source_versions=ABSENT))) == "not_ready"
    assert the_state(source(a_survey(source_versions=SILENT))) == "unknown"


def test_an_exact_version_of_a_platform_image_has_to_be_offered_too() -> None:
    given = {"type": "PlatformImage", "publisher": "P", "offer": "O", "sku": "S", "version": "2.0.0"}
    said = the(source(with_needs({}, source=given)))
    assert said.why == "version 2.0.0 of P:O:S is not offered in northeurope; choose another version"


VERSION = of(FRANCE, "Compute", "galleries/golden/images/base/versions/1.0.0")
FROM_GALLERY = {"type": "SharedImageVersion", "imageVersionId": VERSION}


@pytest.mark.parametrize(
    ("place", "state"),
    [
        (Place(region=FRANCE, replicas=(FRANCE, NORTH)), "ready"),
        (Place(region=FRANCE, replicas=(FRANCE,)), "not_ready"),
        (Place(region=NORTH), "ready"),
        (Place(region=WEST, replicas=(WEST, NORTH)), "degraded"),
        (ABSENT, "not_ready"),
        (SILENT, "unknown"),
    ],
)
def test_a_source_version_has_to_be_replicated_to_the_secondarys_region(place: Found, state: str) -> None:
    assert the_state(source(with_needs({"versions/1.0.0": place}, source=FROM_GALLERY))) == state


def test_a_source_of_a_kind_that_nobody_knows_is_told() -> None:
    assert the_state(source(with_needs({}, source={"type": "Hologram"}))) == "degraded"
