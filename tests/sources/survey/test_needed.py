"""Where the things are that a template needs."""

from aibwatch.core.definition.needs import Kind, Need
from aibwatch.core.model import Region
from aibwatch.core.readiness.survey import Place, Unread
from aibwatch.sources.survey.needed import MOST, places_of
from tests.sources.support import GROUP, SUBSCRIPTION, Rig, a_thrift, says

OTHER = "22222222-2222-2222-2222-222222222222"
IMAGE = f"{GROUP}/providers/microsoft.compute/galleries/golden/images/base"
VERSION = "microsoft.compute/galleries/images/versions"
NEU = Region("northeurope")


def a_need(kind: Kind, name: str, account: str = "") -> Need:
    return Need(kind=kind, id=name, where="somewhere", account=account)


async def test_a_source_without_a_version_is_where_its_latest_version_is(rig: Rig) -> None:
    version = {"name": "1.0.0", "location": "northeurope", "properties": {}}
    rig.azure.on(f"{IMAGE}/versions", says(200, {"value": [version]}))
    rig.azure.on(f"{IMAGE}/versions/1.0.0", says(200, version))
    found = await places_of(a_thrift(rig), [a_need(Kind.SOURCE_VERSION, IMAGE)], [SUBSCRIPTION])
    assert found == {IMAGE: Place(region=NEU, kind=VERSION)}


async def test_an_image_definition_to_publish_to_is_where_it_is_itself(rig: Rig) -> None:
    rig.azure.on(IMAGE, says(200, {"location": "northeurope"}))
    found = await places_of(a_thrift(rig), [a_need(Kind.IMAGE_DEFINITION, IMAGE)], [SUBSCRIPTION])
    assert found == {IMAGE: Place(region=NEU, kind="microsoft.compute/galleries/images")}


async def test_accounts_and_vaults_are_looked_for_by_name_in_all_of_the_subscriptions(rig: Rig) -> None:
    for subscription, kind, name in (
        (SUBSCRIPTION, "Microsoft.Storage/storageAccounts", "other"),
        (OTHER, "Microsoft.Storage/storageAccounts", "stbuild"),
        (SUBSCRIPTION, "Microsoft.KeyVault/vaults", "kv"),
    ):
        listed = {"value": [{"name": name, "location": "northeurope"}]}
        rig.azure.on(f"/subscriptions/{subscription}/providers/{kind}", says(200, listed))
    needs = [
        a_need(Kind.SCRIPT, "https://stbuild.blob.core.windows.net/a.sh", "stbuild"),
        a_need(Kind.VAULT, "https://kv.vault.azure.net/secrets/a", "kv"),
    ]
    found = await places_of(a_thrift(rig), needs, [SUBSCRIPTION, OTHER])
    assert found == {
        needs[0].id: Place(region=NEU, kind="microsoft.storage/storageaccounts"),
        needs[1].id: Place(region=NEU, kind="microsoft.keyvault/vaults"),
    }


async def test_an_address_outside_of_azure_is_in_no_place(rig: Rig) -> None:
    found = await places_of(a_thrift(rig), [a_need(Kind.SCRIPT, "https://example.com/a.sh")], [SUBSCRIPTION])
    assert (found, rig.azure.asked) == ({}, [])


async def test_what_is_beyond_the_limit_is_told_as_not_looked_up(rig: Rig) -> None:
    needs = [a_need(Kind.STAGING_GROUP, f"/subscriptions/{SUBSCRIPTION}/resourcegroups/{n}") for n in range(MOST + 1)]
    found = await places_of(a_thrift(rig), needs, [SUBSCRIPTION])
    why = Unread(why="not looked up, because the template needs more than 100 things")
    assert (len(found), found[needs[-1].id], len(rig.azure.asked)) == (MOST + 1, why, MOST)
