"""Where a secondary belongs, by what Azure says now, and what becomes of the answer where Azure is not heard."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from aibwatch.app.regions import FROM_TABLE, Report, UnknownRegionError, where_to
from aibwatch.config.load import loads
from tests.sources.support import SUBSCRIPTION, ScriptedAzure, says

TEMPLATES = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.VirtualMachineImages/imageTemplates"
GROUP = f'[[group]]\nname = "base"\nprimary = "{TEMPLATES}/a"\nsecondaries = ["{TEMPLATES}/b"]\n'
LOCATIONS = f"/subscriptions/{SUBSCRIPTION}/locations"
PROVIDER = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.VirtualMachineImages"
TOKEN = {"access_token": "t", "expires_in": "3600", "expires_on": "4000000000", "resource": "x", "token_type": "Bearer"}


def a_region(name: str, display: str, north: str, pair: str) -> dict[str, Any]:
    metadata = {"regionType": "Physical", "geography": "Europe", "latitude": north, "longitude": "4.9"}
    return {"name": name, "displayName": display, "metadata": {**metadata, "pairedRegion": [{"name": pair}]}}


@pytest.fixture
async def azure(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[ScriptedAzure]:
    """Give an Azure of two regions, in which Image Builder is offered."""
    server = ScriptedAzure()
    await server.start()
    monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", server.base)
    for name in ("IDENTITY_ENDPOINT", "MSI_ENDPOINT", "AZURE_FEDERATED_TOKEN_FILE"):
        monkeypatch.delenv(name, raising=False)
    regions = [a_region("westeurope", "West Europe", "52.4", "northeurope")]
    regions += [a_region("northeurope", "North Europe", "53.4", "westeurope")]
    types = [{"resourceType": "imageTemplates", "locations": ["West Europe", "North Europe"]}]
    body = {"namespace": "Microsoft.VirtualMachineImages", "registrationState": "Registered", "resourceTypes": types}
    server.on("/metadata/identity/oauth2/token", says(200, TOKEN))
    server.on(LOCATIONS, says(200, {"value": regions}))
    server.on(PROVIDER, says(200, body))
    yield server
    await server.stop()


async def ask(azure: ScriptedAzure, region: str = "westeurope", text: str = GROUP, subscription: str = "") -> Report:
    config = f'[azure]\narm_endpoint = "{azure.base}"\nrequest_timeout = "2s"\n{text}'
    return await where_to(loads(config, Path("config.toml")), region, subscription)


async def test_azure_is_asked_for_its_regions_and_for_where_the_service_is(azure: ScriptedAzure) -> None:
    report = await ask(azure)
    assert (report.code, report.body["origin"]) == (0, "azure")
    assert "northeurope  mutual  Europe     offered        110 km    all groups" in str(report.body["text"])


async def test_a_region_in_display_form_is_understood(azure: ScriptedAzure) -> None:
    assert (await ask(azure, "West Europe")).body["region"] == "westeurope"


async def test_a_region_that_is_none_is_told_with_the_nearest_names(azure: ScriptedAzure) -> None:
    with pytest.raises(UnknownRegionError, match="did you mean westeurope"):
        await ask(azure, "westeurop")
    with pytest.raises(UnknownRegionError, match='"chinanorth3" is in this cloud no region that is known'):
        await ask(azure, "chinanorth3")


async def test_another_subscription_may_be_named(azure: ScriptedAzure) -> None:
    other = SUBSCRIPTION.replace("1", "2")
    report = await ask(azure, subscription=other)
    assert ("GET", f"/subscriptions/{other}/locations?api-version=2022-12-01") in azure.asked
    assert report.code == FROM_TABLE


@pytest.mark.parametrize("path", [LOCATIONS, PROVIDER])
async def test_without_the_right_the_table_answers_and_the_permission_is_named(azure: ScriptedAzure, path: str) -> None:
    azure.on(path, says(403, {"error": {"code": "AuthorizationFailed", "message": "no"}}))
    report = await ask(azure)
    kind = "locations" if path == LOCATIONS else "providers"
    assert (report.code, report.body["origin"]) == (FROM_TABLE, "table of May 2026")
    assert str(report.body["text"]).endswith(
        f'the permission Microsoft.Resources/subscriptions/{kind}/read is missing (role "aibwatch watch").'
    )


async def test_a_provider_that_names_no_region_is_not_believed(azure: ScriptedAzure) -> None:
    body = {"namespace": "Microsoft.VirtualMachineImages", "registrationState": "NotRegistered"}
    azure.on(PROVIDER, says(200, body))
    report = await ask(azure)
    assert (report.code, "the provider names no region" in str(report.body["text"])) == (FROM_TABLE, True)


async def test_without_a_group_and_a_subscription_nobody_is_asked(azure: ScriptedAzure) -> None:
    report = await ask(azure, text="")
    assert (report.code, azure.asked) == (FROM_TABLE, [])
    assert "name a --subscription" in str(report.body["text"])
