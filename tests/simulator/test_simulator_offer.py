"""What a region offers: quotas, sizes, platform images, providers; and the list of regions itself."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from aibwatch.simulator.places import PLACES
from aibwatch.simulator.providers import IMAGE_BUILDER
from aibwatch.simulator.sizes import cores_of, family_of

from .support import SUBSCRIPTION, UBUNTU, Rig, shared

Open = Callable[..., Awaitable[Rig]]

HOME = f"/subscriptions/{SUBSCRIPTION}"
USAGES = f"{HOME}/providers/Microsoft.Compute/locations/northeurope/usages"
CONTAINERS = f"{HOME}/providers/Microsoft.ContainerInstance/locations/northeurope/usages"
SKUS = f"{HOME}/providers/Microsoft.Compute/skus?$filter=location eq 'northeurope'"
IMAGE = (
    f"{HOME}/providers/Microsoft.Compute/locations/northeurope/publishers/Canonical/artifacttypes/vmimage"
    "/offers/ubuntu-24_04-lts/skus/server"
)
BUILDER = f"{HOME}/providers/Microsoft.VirtualMachineImages"


async def quotas(azure: Rig, path: str) -> dict[str, tuple[int, int]]:
    """Return the limit and the use of each quota."""
    listed = (await azure.arm("GET", path)).json["value"]
    return {one["name"]["value"]: (one["limit"], one["currentValue"]) for one in listed}


async def sizes(azure: Rig) -> dict[str, dict[str, Any]]:
    """Return the sizes of machines in northeurope."""
    listed = (await azure.arm("GET", SKUS)).json["value"]
    return {one["name"]: one for one in listed if one["resourceType"] == "virtualMachines"}


async def test_there_is_plenty_where_a_scenario_says_nothing(rig: Open) -> None:
    azure = await rig()
    told = await quotas(azure, USAGES)
    assert (told["cores"], told["standardDSv5Family"], told["standardDDSv4Family"]) == ((350, 0), (100, 0), (100, 0))
    assert (await quotas(azure, CONTAINERS))["StandardCores"] == (100, 0)


async def test_a_quota_is_of_one_region_and_one_service(rig: Open) -> None:
    azure = await rig(
        '[[quota]]\nregion = "North Europe"\nname = "standardDSv5Family"\nlimit = 10\nused = 8',
        '[[quota]]\nregion = "northeurope"\nname = "StandardCores"\nlimit = 3\nused = 1',
        '[[quota]]\nregion = "northeurope"\nname = "novelFamily"\nlimit = 5',
    )
    told = await quotas(azure, USAGES)
    assert (told["standardDSv5Family"], told["novelFamily"], "StandardCores" in told) == ((10, 8), (5, 0), False)
    assert (await quotas(azure, CONTAINERS))["StandardCores"] == (3, 1)
    elsewhere = await quotas(azure, USAGES.replace("northeurope", "westeurope"))
    assert elsewhere["standardDSv5Family"] == (100, 0)


@pytest.mark.parametrize(
    ("size", "family", "cores"),
    [
        ("Standard_D1_v2", "standardDv2Family", 1),
        ("Standard_D2ds_v4", "standardDDSv4Family", 2),
        ("standard_d4s_v5", "standardDSv5Family", 4),
        ("Standard_B2s", "standardBSFamily", 2),
        ("Standard_NV6ads_A10_v5", "StandardNVADSA10v5Family", 6),
        ("Standard_D16ds_v6", "StandardDdsv6Family", 16),
        ("odd", "", 2),
    ],
)
def test_family_and_cores_follow_from_the_name(size: str, family: str, cores: int) -> None:
    assert (family_of(size), cores_of(size)) == (family, cores)


async def test_a_size_is_on_offer_restricted_or_absent(rig: Open) -> None:
    azure = await rig(
        '[[sku]]\nregion = "northeurope"\nsize = "Standard_D2s_v5"\nrestriction = "NotAvailableForSubscription"',
        '[[sku]]\nregion = "northeurope"\nsize = "Standard_D2s_v3"\nrestriction = "NotAvailableForSubscription"\n'
        'zones = ["1"]',
        '[[sku]]\nregion = "northeurope"\nsize = "Standard_D1_v2"\nabsent = true',
    )
    told = await sizes(azure)
    reason = "NotAvailableForSubscription"
    assert told["Standard_D4s_v5"]["restrictions"] == []
    assert {"name": "vCPUs", "value": "4"} in told["Standard_D4s_v5"]["capabilities"]
    assert told["Standard_D2s_v5"]["restrictions"] == [
        {
            "type": "Location",
            "values": ["northeurope"],
            "restrictionInfo": {"locations": ["northeurope"]},
            "reasonCode": reason,
        }
    ]
    assert told["Standard_D2s_v3"]["restrictions"][0]["type"] == "Zone"
    assert "Standard_D1_v2" not in told


async def test_a_size_that_a_template_names_is_on_offer_and_has_a_quota(rig: Open) -> None:
    more = '[[template]]\nname = "x"\nresource_group = "g"\nregion = "westeurope"\nvm_size = "Standard_HB120rs_v3"'
    azure = await rig(more)
    assert (await sizes(azure))["Standard_HB120rs_v3"]["family"] == "standardHBRSv3Family"
    assert (await quotas(azure, USAGES))["standardHBRSv3Family"] == (100, 0)


async def test_sizes_of_all_regions_at_once_are_refused(rig: Open) -> None:
    azure = await rig()
    assert (await azure.arm("GET", f"{HOME}/providers/Microsoft.Compute/skus")).status == 400


async def test_an_image_that_a_template_is_made_of_is_offered_everywhere_as_a_bare_list(rig: Open) -> None:
    azure = await rig()
    listed = (await azure.arm("GET", f"{IMAGE}/versions".replace("Canonical", "canonical"))).json
    assert [one["name"] for one in listed] == ["24.04.202402090", "24.04.202403150", "24.04.202404230"]
    assert listed[0]["location"] == "northeurope"
    newest = (await azure.arm("GET", f"{IMAGE}/versions?$top=1&$orderby=name desc")).json
    assert [one["name"] for one in newest] == ["24.04.202404230"]


async def test_an_image_that_nobody_names_is_not_known(rig: Open) -> None:
    azure = await rig()
    answer = await azure.arm("GET", f"{IMAGE}-pro/versions")
    assert (answer.status, answer.json["error"]["message"]) == (404, "Artifact: VMImage was not found.")


async def test_a_scenario_takes_an_image_or_a_version_of_it_from_a_region(rig: Open) -> None:
    azure = await rig(f'[[resource]]\nid = "{IMAGE}/versions/24.04.202404230"\nabsent = true')
    assert len((await azure.arm("GET", f"{IMAGE}/versions")).json) == 2
    await azure.drill("POST", "resource", {"id": IMAGE, "absent": True})
    assert (await azure.arm("GET", f"{IMAGE}/versions")).status == 404
    assert (await azure.arm("GET", f"{IMAGE}/versions".replace("northeurope", "westeurope"))).status == 200


async def test_image_builder_names_its_regions_as_they_are_shown(rig: Open) -> None:
    azure = await rig()
    (kind,) = [
        one
        for one in (await azure.arm("GET", BUILDER)).json["resourceTypes"]
        if one["resourceType"] == "imageTemplates"
    ]
    assert len(kind["locations"]) == 36
    assert {"West Europe", "Taiwan Northwest"} < set(kind["locations"])
    assert "Canada East" not in kind["locations"]


async def test_a_provider_is_registered_unless_the_scenario_says_otherwise(rig: Open) -> None:
    azure = await rig(
        '[[provider]]\nnamespace = "Microsoft.ContainerInstance"\nstate = "NotRegistered"',
        '[[provider]]\nnamespace = "microsoft.virtualmachineimages"\nlocations = ["northeurope"]',
    )
    states = {
        one["namespace"]: one["registrationState"]
        for one in (await azure.arm("GET", f"{HOME}/providers")).json["value"]
    }
    assert (states["Microsoft.ContainerInstance"], states["Microsoft.Compute"]) == ("NotRegistered", "Registered")
    assert (await azure.arm("GET", BUILDER)).json["resourceTypes"][0]["locations"] == ["North Europe"]
    assert (await azure.arm("GET", f"{HOME}/providers/Contoso.None")).json["error"][
        "code"
    ] == "InvalidResourceNamespace"


async def test_regions_are_listed_with_their_pairs_and_with_what_is_no_place(rig: Open) -> None:
    azure = await rig()
    listed = {one["name"]: one for one in (await azure.arm("GET", f"{HOME}/locations")).json["value"]}
    assert listed["westeurope"] == {
        "id": f"{HOME}/locations/westeurope",
        "name": "westeurope",
        "type": "Region",
        "displayName": "West Europe",
        "regionalDisplayName": "(Europe) West Europe",
        "metadata": {
            "regionType": "Physical",
            "regionCategory": "Recommended",
            "geography": "Europe",
            "geographyGroup": "Europe",
            "longitude": "4.90",
            "latitude": "52.37",
            "physicalLocation": "Netherlands",
            "pairedRegion": [{"name": "northeurope", "id": f"{HOME}/locations/northeurope"}],
        },
    }
    assert listed["polandcentral"]["metadata"]["pairedRegion"] == []
    assert listed["europe"]["metadata"]["regionType"] == "Logical"


async def test_triggers_are_told_of_and_may_be_ill(rig: Open) -> None:
    azure = await rig('[[trigger]]\ntemplate = "ubuntu-weu"\nname = "source"\nhealthy = false')
    (trigger,) = (await azure.arm("GET", f"{UBUNTU}/triggers")).json["value"]
    assert (trigger["name"], trigger["properties"]["kind"]) == ("source", "SourceImage")
    assert trigger["properties"]["status"]["code"] == "Unhealthy"
    assert (await azure.arm("GET", f"{UBUNTU}x/triggers")).status == 404


@pytest.mark.parametrize(
    ("operation", "path"),
    [
        ("usages", USAGES),
        ("platform", f"{IMAGE}/versions"),
        ("triggers", f"{UBUNTU}/triggers".replace("weu", "neu")),
        ("resource", f"{HOME}/resourceGroups/images-neu"),
        ("image", f"{HOME}/resourceGroups/images-neu/providers/Microsoft.Compute/galleries/g/images/i/versions/1.0.0"),
    ],
)
async def test_a_trouble_of_a_region_spoils_what_is_asked_of_it_alone(rig: Open, operation: str, path: str) -> None:
    there = f"{HOME}/resourceGroups/images-neu/providers/Microsoft.Compute/galleries/g/images/i/versions/1.0.0"
    trouble = f'[[trouble]]\nregion = "northeurope"\noperations = ["{operation}"]\nanswer = "500"'
    azure = await rig(trouble, f'[[resource]]\nid = "{there}"\nregion = "northeurope"')
    elsewhere = path.replace("neu", "weu").replace("northeurope", "westeurope")
    assert (await azure.arm("GET", path)).status == 500
    assert (await azure.arm("GET", elsewhere)).status in (200, 404)


@pytest.mark.parametrize("operation", ["locations", "providers", "skus"])
async def test_what_arm_answers_for_all_regions_belongs_to_none(rig: Open, operation: str) -> None:
    paths = {"locations": f"{HOME}/locations", "providers": BUILDER, "skus": SKUS}
    azure = await rig(f'[[trouble]]\nregion = "*"\noperations = ["{operation}"]\nanswer = "503"')
    assert (await azure.arm("GET", paths[operation])).status == 503
    assert (await azure.requests())[-1]["region"] == ""


@pytest.mark.skipif(shared() is None, reason="no facts: set AIBWATCH_SHARED to a folder with azure/regions.json in it")
def test_regions_and_those_of_the_service_are_those_of_the_facts() -> None:
    folder = shared()
    assert folder is not None
    rows = json.loads((folder / "azure" / "regions.json").read_text(encoding="utf-8"))["regions"]
    known = [row for row in rows if row["cloud"] == "AzureCloud" and row["regionalDisplayName"]]
    told = {name: (place.display, place.geography, place.group, place.pair) for name, place in PLACES.items()}
    assert told == {
        row["name"]: (row["displayName"], row["geography"], row["geographyGroup"], row["paired"] or "")
        for row in known
        if not row["name"].endswith("stg")
    }
    supported = {row["name"] for row in rows if row["cloud"] == "AzureCloud" and row["aib_supported"]}
    assert set(IMAGE_BUILDER) == supported
