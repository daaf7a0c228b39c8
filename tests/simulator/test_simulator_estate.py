"""What there is besides templates: it is all there until a scenario or a drill takes it away."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from .support import SUBSCRIPTION, UBUNTU, Rig

Open = Callable[..., Awaitable[Rig]]

HOME = f"/subscriptions/{SUBSCRIPTION}"
WEST = f"{HOME}/resourceGroups/images-weu"
NORTH = f"{HOME}/resourceGroups/images-neu"
GALLERY = f"{WEST}/providers/Microsoft.Compute/galleries/gallery_westeurope"
IDENTITY = f"{WEST}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/image-builder"
NETWORK = f"{WEST}/providers/Microsoft.Network/virtualNetworks/build"
ACCOUNT = f"{WEST}/providers/Microsoft.Storage/storageAccounts/stbuildweu"
VAULT = f"{HOME}/resourceGroups/keys/providers/Microsoft.KeyVault/vaults/kv-images"
SHARED = f"{HOME}/resourceGroups/shared/providers/Microsoft.Compute"
SOURCE = f"{SHARED}/galleries/base/images/ubuntu/versions/2.0.0"
MANAGED = f"{SHARED}/images/golden"

RICH = f"""
[[template]]
name = "rich-weu"
resource_group = "images-weu"
region = "westeurope"
source_image = "{SOURCE}"
script = "https://stbuildweu.blob.core.windows.net/scripts/harden.sh"
scripts = ["https://stbuildweu.blob.core.windows.net/scripts/more.sh"]
build_identities = ["{WEST}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/build-vm"]
subnet = "{NETWORK}/subnets/machines"
container_subnet = "{NETWORK}/subnets/containers"
staging_group = "images-staging"
vm_size = "Standard_NV6ads_A10_v5"
properties = {{ vmProfile = {{ osDiskSizeGB = 64 }}, novelty = {{ level = 3 }} }}

[[template]]
name = "rich-neu"
resource_group = "images-neu"
region = "northeurope"
source_image = "{SOURCE}"
"""


async def where(azure: Rig, id_: str) -> tuple[int, str]:
    """Return the status of a GET, and the region or the code that it tells."""
    answer = await azure.arm("GET", id_)
    told = answer.json
    return answer.status, told["error"]["code"] if "error" in told else told.get("location", "")


@pytest.mark.parametrize(
    "id_",
    [
        WEST,
        f"{HOME}/resourceGroups/images-staging",
        GALLERY,
        f"{GALLERY}/images/rich-weu",
        f"{SHARED}/galleries/base",
        f"{SHARED}/galleries/base/images/ubuntu",
        SOURCE,
        IDENTITY,
        f"{WEST}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/build-vm",
        NETWORK,
        ACCOUNT,
    ],
)
async def test_what_a_template_names_is_there_in_its_region(rig: Open, id_: str) -> None:
    azure = await rig(RICH)
    assert await where(azure, id_.upper().replace("/SUBSCRIPTIONS", "/subscriptions")) == (200, "westeurope")
    assert (await azure.arm("GET", id_)).json["id"].lower() == id_.lower()


async def test_a_template_shows_what_the_scenario_gave_it_and_a_field_that_nobody_knows(rig: Open) -> None:
    azure = await rig(RICH)
    properties = (
        await azure.arm("GET", f"{WEST}/providers/Microsoft.VirtualMachineImages/imageTemplates/rich-weu")
    ).json["properties"]
    assert properties["source"] == {"exactVersion": SOURCE, "imageVersionId": SOURCE, "type": "SharedImageVersion"}
    assert [item["name"] for item in properties["customize"]] == ["customize", "customize-2"]
    assert properties["vmProfile"] == {
        "vmSize": "Standard_NV6ads_A10_v5",
        "osDiskSizeGB": 64,
        "userAssignedIdentities": [f"{WEST}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/build-vm"],
        "vnetConfig": {
            "subnetId": f"{NETWORK}/subnets/machines",
            "containerInstanceSubnetId": f"{NETWORK}/subnets/containers",
        },
    }
    assert properties["stagingResourceGroup"] == f"{HOME}/resourceGroups/images-staging"
    assert properties["exactStagingResourceGroup"] == f"{HOME}/resourceGroups/images-staging"
    assert properties["novelty"] == {"level": 3}


async def test_a_script_has_one_checksum_wherever_its_copies_are(rig: Open) -> None:
    copy = RICH.replace('rich-neu"', 'rich-neu"\nscript = "https://stneu.blob.core.windows.net/scripts/harden.sh"')
    azure = await rig(copy)
    sums = [
        (await azure.arm("GET", f"{home}/providers/Microsoft.VirtualMachineImages/imageTemplates/rich-{short}")).json[
            "properties"
        ]["customize"][0]["sha256Checksum"]
        for home, short in ((WEST, "weu"), (NORTH, "neu"))
    ]
    assert sums[0] == sums[1]


async def test_an_identity_is_the_same_one_by_itself_and_in_its_template(rig: Open) -> None:
    azure = await rig()
    alone = (await azure.arm("GET", IDENTITY)).json["properties"]
    (given,) = (await azure.arm("GET", UBUNTU)).json["identity"]["userAssignedIdentities"].values()
    assert given == {key: alone[key] for key in ("principalId", "clientId")}


async def test_what_nobody_names_is_not_there(rig: Open) -> None:
    azure = await rig()
    assert await where(azure, f"{HOME}/resourceGroups/nowhere") == (404, "ResourceGroupNotFound")
    assert await where(azure, f"{WEST}/providers/Microsoft.Compute/images/none") == (404, "ResourceNotFound")
    assert await where(azure, f"{NETWORK}/subnets/none") == (404, "NotFound")
    assert await where(azure, "/subscriptions/other/resourceGroups/images-weu") == (404, "SubscriptionNotFound")


async def test_more_accounts_than_one_page_are_linked(rig: Open) -> None:
    names = [f"stmore{number:02}" for number in range(12)]
    ids = [ACCOUNT.replace("stbuildweu", name) for name in names]
    azure = await rig(*(f'[[resource]]\nid = "{id_}"' for id_ in ids))
    first = (await azure.arm("GET", f"{HOME}/providers/Microsoft.Storage/storageAccounts")).json
    second = (await azure.arm("GET", first["nextLink"])).json
    assert [one["name"] for one in (*first["value"], *second["value"])] == names
    assert "nextLink" not in second


async def test_a_version_is_replicated_to_every_region_whose_templates_are_made_of_it(rig: Open) -> None:
    azure = await rig(RICH)
    properties = (await azure.arm("GET", f"{SOURCE}?$expand=ReplicationStatus")).json["properties"]
    assert [goal["name"] for goal in properties["publishingProfile"]["targetRegions"]] == [
        "West Europe",
        "North Europe",
    ]
    assert properties["replicationStatus"]["aggregatedState"] == "Completed"


async def test_a_scenario_says_where_a_version_is_still_on_its_way_to(rig: Open) -> None:
    more = f'[[resource]]\nid = "{SOURCE}"\nreplicas = ["westeurope"]\nreplicating = ["North Europe"]'
    azure = await rig(RICH, more)
    properties = (await azure.arm("GET", f"{SOURCE}?$expand=ReplicationStatus")).json["properties"]
    states = {row["region"]: row["state"] for row in properties["replicationStatus"]["summary"]}
    assert states == {"West Europe": "Completed", "North Europe": "Replicating"}


async def test_the_versions_of_a_definition_are_those_of_runs_and_those_that_are_there_anyway(rig: Open) -> None:
    there = f"{GALLERY}/images/ubuntu-weu/versions/0.9.0"
    azure = await rig(f'[[resource]]\nid = "{there}"')
    await azure.arm("POST", f"{UBUNTU}/run")
    azure.clock.advance(611)
    listed = (await azure.arm("GET", f"{GALLERY}/images/ubuntu-weu/versions")).json["value"]
    assert [(one["name"], one["location"]) for one in listed] == [("1.0.1", "westeurope"), ("0.9.0", "westeurope")]


async def test_a_network_lists_its_subnets_and_a_subnet_tells_no_region(rig: Open) -> None:
    azure = await rig(RICH)
    network = (await azure.arm("GET", NETWORK)).json
    assert [subnet["name"] for subnet in network["properties"]["subnets"]] == ["machines", "containers"]
    (subnet,) = [one for one in network["properties"]["subnets"] if one["name"] == "machines"]
    assert (await azure.arm("GET", f"{NETWORK}/subnets/machines")).json == subnet
    assert "location" not in subnet


async def test_a_subnet_of_containers_is_given_to_them(rig: Open) -> None:
    azure = await rig(RICH)
    given = {
        name: (await azure.arm("GET", f"{NETWORK}/subnets/{name}")).json["properties"]["delegations"]
        for name in ("machines", "containers")
    }
    assert given["machines"] == []
    assert given["containers"][0]["properties"] == {"serviceName": "Microsoft.ContainerInstance/containerGroups"}


async def test_a_vault_that_a_script_s_text_names_is_there(rig: Open) -> None:
    line = "curl https://kv-build.vault.azure.net/secrets/x https://stmore.dfs.core.windows.net/y"
    customize = f'[{{ type = "Shell", name = "a", inline = ["{line}"] }}]'
    more = '[[template]]\nname = "x"\nresource_group = "images-weu"\nregion = "westeurope"\n'
    azure = await rig(f"{more}properties = {{ customize = {customize} }}")
    for kind, name in (("Microsoft.KeyVault/vaults", "kv-build"), ("Microsoft.Storage/storageAccounts", "stmore")):
        listed = (await azure.arm("GET", f"{HOME}/providers/{kind}")).json["value"]
        assert [(one["name"], one["location"]) for one in listed] == [(name, "westeurope")]


async def test_accounts_are_found_by_the_name_in_a_script_s_address(rig: Open) -> None:
    azure = await rig(RICH)
    (account,) = (await azure.arm("GET", f"{HOME}/providers/Microsoft.Storage/storageAccounts")).json["value"]
    assert (account["id"], account["location"]) == (ACCOUNT, "westeurope")
    assert account["properties"]["primaryEndpoints"]["blob"] == "https://stbuildweu.blob.core.windows.net/"


async def test_a_scenario_moves_adds_and_takes_away(rig: Open) -> None:
    azure = await rig(
        RICH,
        f'[[resource]]\nid = "{ACCOUNT}"\nregion = "North Europe"',
        f'[[resource]]\nid = "{VAULT}"\nregion = "westeurope"\nproperties = {{ enableRbacAuthorization = false }}',
        f'[[resource]]\nid = "{GALLERY}"\nabsent = true',
        f'[[resource]]\nid = "{MANAGED}"\nregion = "westeurope"',
    )
    assert await where(azure, ACCOUNT) == (200, "northeurope")
    assert (await azure.arm("GET", VAULT)).json["properties"]["enableRbacAuthorization"] is False
    assert await where(azure, f"{HOME}/resourceGroups/keys") == (200, "westeurope")
    assert await where(azure, f"{GALLERY}/images/ubuntu-weu") == (404, "ResourceNotFound")
    # Compute writes the group in capitals
    assert (await azure.arm("GET", MANAGED)).json["id"] == MANAGED.replace("/shared/", "/SHARED/")


async def test_the_group_that_the_service_makes_for_a_template_is_there(rig: Open) -> None:
    azure = await rig()
    made = (await azure.arm("GET", UBUNTU)).json["properties"]["exactStagingResourceGroup"]
    assert await where(azure, made) == (200, "westeurope")
    await azure.arm("DELETE", UBUNTU)
    azure.clock.advance(61)
    assert await where(azure, made) == (404, "ResourceGroupNotFound")


async def test_a_group_may_be_called_like_a_list(rig: Open) -> None:
    azure = await rig(top='resource_groups = ["versions"]')
    assert await where(azure, f"{HOME}/resourceGroups/versions") == (200, "westeurope")


async def test_a_resource_may_be_in_a_subscription_without_templates(rig: Open) -> None:
    elsewhere = ACCOUNT.replace(SUBSCRIPTION, "22222222-2222-2222-2222-222222222222")
    azure = await rig(f'[[resource]]\nid = "{elsewhere}"\nregion = "northeurope"')
    assert await where(azure, elsewhere) == (200, "northeurope")


async def test_further_resource_groups_are_in_the_first_further_region(rig: Open) -> None:
    azure = await rig(top='regions = ["swedencentral"]\nresource_groups = ["images-dr"]')
    assert await where(azure, f"{HOME}/resourceGroups/images-dr") == (200, "swedencentral")


@pytest.mark.parametrize(
    ("name", "sent", "path", "told"),
    [
        ("resource", {"id": IDENTITY, "absent": True}, IDENTITY, "ResourceNotFound"),
        ("resource", {"id": IDENTITY, "region": "northeurope"}, IDENTITY, '"location":"northeurope"'),
        (
            "quota",
            {"region": "westeurope", "name": "standardDSv5Family", "limit": 10, "used": 8},
            f"{HOME}/providers/Microsoft.Compute/locations/westeurope/usages",
            '{"limit":10,"unit":"Count","currentValue":8,"name":{"value":"standardDSv5Family"',
        ),
        (
            "sku",
            {"region": "westeurope", "size": "Standard_D2s_v5", "restriction": "NotAvailableForSubscription"},
            f"{HOME}/providers/Microsoft.Compute/skus?$filter=location eq 'westeurope'",
            '"reasonCode":"NotAvailableForSubscription"',
        ),
        (
            "provider",
            {"namespace": "Microsoft.ContainerInstance", "state": "NotRegistered"},
            f"{HOME}/providers/microsoft.containerinstance",
            '"registrationState":"NotRegistered"',
        ),
        ("trigger", {"template": "ubuntu-weu", "healthy": False}, f"{UBUNTU}/triggers", '"code": "Unhealthy"'),
    ],
)
async def test_a_drill_changes_one_thing(rig: Open, name: str, sent: Any, path: str, told: str) -> None:
    azure = await rig()
    before = (await azure.arm("GET", path)).content.decode()
    answer = await azure.drill("POST", name, sent)
    assert (answer.status, answer.json) == (201, {"changed": name})
    after = (await azure.arm("GET", path)).content.decode()
    assert (told in before, told in after) == (False, True)


async def test_what_was_taken_away_can_be_put_back(rig: Open) -> None:
    azure = await rig(f'[[resource]]\nid = "{IDENTITY}"\nabsent = true')
    await azure.drill("POST", "resource", {"id": IDENTITY})
    assert await where(azure, IDENTITY) == (200, "westeurope")


async def test_a_drill_with_a_mistake_changes_nothing(rig: Open) -> None:
    azure = await rig()
    answer = await azure.drill("POST", "resource", {"id": "image-builder", "absent": True})
    assert answer.status == 400
    assert "is no resource id; write /subscriptions/" in answer.json["mistakes"][0]
    assert await where(azure, IDENTITY) == (200, "westeurope")
