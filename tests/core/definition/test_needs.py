"""What a template needs."""

from typing import Any

import pytest
from hypothesis import given

from aibwatch.core.definition.needs import MOST, Kind, Need, group_of, needs_of

from .builders import WEU, a_body, a_gallery_image, a_subnet, an_identity, any_body

SCRIPTS = "https://stbuildweu.blob.core.windows.net/scripts"


def found(body: dict[str, Any], *kinds: Kind) -> list[Need]:
    return [need for need in needs_of(body) if need.kind in kinds]


def test_a_usual_template_needs_its_groups_identity_gallery_and_definition() -> None:
    body = a_body(stagingResourceGroup=f"{WEU}-Staging/")

    assert needs_of(body) == (
        Need(kind=Kind.RESOURCE_GROUP, id=WEU.lower(), where="id"),
        Need(kind=Kind.STAGING_GROUP, id=f"{WEU}-staging".lower(), where="stagingResourceGroup"),
        Need(kind=Kind.IDENTITY, id=an_identity().lower(), where="identity"),
        Need(
            kind=Kind.GALLERY,
            id=a_gallery_image().lower().partition("/images/")[0],
            where="distribute[0].galleryImageId",
        ),
        Need(kind=Kind.IMAGE_DEFINITION, id=a_gallery_image().lower(), where="distribute[0].galleryImageId"),
    )


def test_a_staging_group_that_is_named_without_its_first_slash_is_a_group_all_the_same() -> None:
    body = a_body(stagingResourceGroup=f"{WEU}-Staging".removeprefix("/"))
    (need,) = found(body, Kind.STAGING_GROUP)
    assert (need.id, need.outside) == (f"{WEU}-staging".lower(), False)


def test_a_build_machine_needs_its_subnets_and_identities() -> None:
    network = {"subnetId": a_subnet(), "containerInstanceSubnetId": a_subnet(name="aci")}
    body = a_body(vmProfile={"userAssignedIdentities": [an_identity(name="Reader")], "vnetConfig": network})

    assert found(body, Kind.BUILD_IDENTITY, Kind.SUBNET, Kind.CONTAINER_SUBNET) == [
        Need(
            kind=Kind.BUILD_IDENTITY,
            id=an_identity(name="reader").lower(),
            where="vmProfile.userAssignedIdentities[0]",
        ),
        Need(kind=Kind.SUBNET, id=a_subnet().lower(), where="vmProfile.vnetConfig.subnetId"),
        Need(
            kind=Kind.CONTAINER_SUBNET,
            id=a_subnet(name="aci").lower(),
            where="vmProfile.vnetConfig.containerInstanceSubnetId",
        ),
    ]


@pytest.mark.parametrize(
    ("address", "need"),
    [
        (f"{SCRIPTS}/Harden.sh?sv=1&sig=SECRET", ("stbuildweu", f"{SCRIPTS}/harden.sh")),
        ("https://me:SECRET@example.com/a.sh#b", ("", "https://example.com/a.sh")),
        ("https://st.blob.core.windows.net.example.com/a", ("", "https://st.blob.core.windows.net.example.com/a")),
        ("https://stgov.blob.core.usgovcloudapi.net/a", ("stgov", "https://stgov.blob.core.usgovcloudapi.net/a")),
        ("https://stzone.z6.blob.core.windows.net/a", ("stzone", "https://stzone.z6.blob.core.windows.net/a")),
    ],
)
def test_a_script_is_known_by_its_address_and_account_without_secrets(address: str, need: tuple[str, str]) -> None:
    body = a_body(customize=[{"type": "Shell", "name": "s", "scriptUri": address}])

    account, bare = need
    assert found(body, Kind.SCRIPT) == [
        Need(kind=Kind.SCRIPT, id=bare, where="customize[0].scriptUri", account=account)
    ]
    assert found(body, Kind.SCRIPT)[0].outside is (account == "")


def test_storage_and_vaults_that_a_script_names_are_needs_and_other_addresses_are_not() -> None:
    lines = [
        f"curl -o /tmp/a '{SCRIPTS}/a.tgz?sig=SECRET' && curl https://example.com/b",
        "az keyvault secret show --id https://kv-build-weu.vault.azure.net/secrets/key",
    ]
    body = a_body(customize=[], validate={"inVMValidations": [{"type": "Shell", "inline": lines}]})

    assert found(body, Kind.STORAGE, Kind.VAULT, Kind.SCRIPT) == [
        Need(
            kind=Kind.STORAGE,
            id=f"{SCRIPTS}/a.tgz",
            where="validate.inVMValidations[0].inline[0]",
            account="stbuildweu",
        ),
        Need(
            kind=Kind.VAULT,
            id="https://kv-build-weu.vault.azure.net/secrets/key",
            where="validate.inVMValidations[0].inline[1]",
            account="kv-build-weu",
        ),
    ]


def test_a_source_may_be_a_version_in_a_gallery_or_a_managed_image() -> None:
    version, image = f"{a_gallery_image()}/versions/1.2.3", f"{WEU}/providers/Microsoft.Compute/images/One"

    assert [*needs_of(a_body(source={"type": "SharedImageVersion", "imageVersionId": version}))][2] == Need(
        kind=Kind.SOURCE_VERSION, id=version.lower(), where="source.imageVersionId"
    )
    assert [*needs_of(a_body(source={"type": "ManagedImage", "imageId": image}))][2] == Need(
        kind=Kind.SOURCE_IMAGE, id=image.lower(), where="source.imageId"
    )


def test_targets_outside_of_galleries_need_a_group_or_a_storage_account() -> None:
    targets = [
        {"type": "ManagedImage", "imageId": f"{WEU}/providers/Microsoft.Compute/images/out"},
        {"type": "VHD", "uri": "https://stout.blob.core.windows.net/vhds/a.vhd"},
    ]

    assert found(a_body(distribute=targets), Kind.TARGET_GROUP, Kind.TARGET_STORAGE) == [
        Need(kind=Kind.TARGET_GROUP, id=WEU.lower(), where="distribute[0].imageId"),
        Need(
            kind=Kind.TARGET_STORAGE,
            id="https://stout.blob.core.windows.net/vhds/a.vhd",
            where="distribute[1].uri",
            account="stout",
        ),
    ]


@pytest.mark.parametrize("resource", ["", "/", "/subscriptions/a", f"{WEU}", "/subscriptions/a/resourceGroups//b/c"])
def test_what_is_in_no_resource_group_has_none(resource: str) -> None:
    assert group_of(resource) == ""


@given(any_body())
def test_any_json_has_needs(body: dict[str, Any]) -> None:
    assert len(needs_of(body)) <= MOST


def test_needs_have_a_limit() -> None:
    steps = [{"type": "Shell", "scriptUri": f"https://example.com/{number}"} for number in range(2 * MOST)]

    assert len(needs_of(a_body(customize=steps))) == MOST
