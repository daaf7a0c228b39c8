"""Storage accounts and key vaults, of which only the name is known."""

from typing import Any

from hypothesis import given

from aibwatch.core.model import Region
from aibwatch.core.readiness.survey import Place, Unread
from aibwatch.sources.survey.by_name import ACCOUNTS, VAULTS, parse_regions, where_is_named
from tests.sources.anything import json_with
from tests.sources.support import SUBSCRIPTION, Rig, a_thrift, says

OTHER = "22222222-2222-2222-2222-222222222222"
LIST = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Storage/storageAccounts"
SCRIPTS = {"name": "StScripts", "location": "westeurope", "id": "/x"}
HERE = Place(region=Region("westeurope"), kind="microsoft.storage/storageaccounts")
UNSEEN = Unread(
    why='storage account "stgone" is not among those that can be seen in the subscriptions of the group\'s templates; '
    "where another subscription has it cannot be found out from its name"
)


async def test_an_account_is_found_in_the_list_of_its_subscription_which_is_read_once(rig: Rig) -> None:
    rig.azure.on(LIST, says(200, {"value": [SCRIPTS]}))
    round_ = a_thrift(rig)
    twice = (SUBSCRIPTION, SUBSCRIPTION)
    found = [await where_is_named(round_, ACCOUNTS, name, twice) for name in ("stscripts", "stgone")]
    assert found == [HERE, UNSEEN]
    assert rig.azure.asked == [("GET", f"{LIST}?api-version=2023-05-01")]


async def test_an_account_is_looked_for_in_the_primarys_subscription_too(rig: Rig) -> None:
    rig.azure.on(LIST, says(200, {"value": []}))
    rig.azure.on(LIST.replace(SUBSCRIPTION, OTHER), says(200, {"value": [SCRIPTS]}))
    assert await where_is_named(a_thrift(rig), ACCOUNTS, "stscripts", (SUBSCRIPTION, OTHER)) == HERE


async def test_a_list_that_is_refused_leaves_open_where_the_account_is(rig: Rig) -> None:
    rig.azure.on(LIST, says(403, {"error": {"code": "AuthorizationFailed", "message": "no"}}))
    found = await where_is_named(a_thrift(rig), ACCOUNTS, "stgone", (SUBSCRIPTION,))
    assert isinstance(found, Unread)
    assert found.permission == "Microsoft.Storage/storageAccounts/read"


async def test_a_key_vault_is_found_alike(rig: Rig) -> None:
    vaults = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.KeyVault/vaults"
    rig.azure.on(vaults, says(200, {"value": [{"name": "kv", "location": "North Europe"}]}))
    found = await where_is_named(a_thrift(rig), VAULTS, "kv", (SUBSCRIPTION,))
    assert found == Place(region=Region("northeurope"), kind="microsoft.keyvault/vaults")


@given(json_with(["name", "location"]))
def test_no_json_makes_reading_the_list_raise(entry: Any) -> None:
    assert all(name and region for name, region in parse_regions([entry]).items())
