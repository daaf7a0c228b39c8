"""Whole surveys against the stand-in: all is well, and then one thing after the other is not."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import fields, replace
from typing import Any

import pytest

from aibwatch.core.model import Region, template_id
from aibwatch.core.policy import GroupSpec
from aibwatch.core.readiness.survey import ABSENT, Place, Quota, Size, Survey, Trigger, Unread
from aibwatch.simulator.scenario import parse_scenario
from aibwatch.simulator.server import StandIn
from aibwatch.sources.arm import Arm
from aibwatch.sources.credential import make_credential
from aibwatch.sources.providers import NEEDED
from aibwatch.sources.surveyor import Surveyor

from .support import NOW, SUBSCRIPTION, TYPE, now, settings

NEU = Region("northeurope")
HOME = f"/subscriptions/{SUBSCRIPTION}"
PRIMARY = template_id(f"{HOME}/resourceGroups/images-weu{TYPE}/ubuntu-weu")
SECONDARY = template_id(f"{HOME}/resourceGroups/images-neu{TYPE}/ubuntu-neu")
SPEC = GroupSpec(
    name="ubuntu-base",
    primary=PRIMARY,
    secondaries=(SECONDARY,),
    regions={PRIMARY: Region("westeurope"), SECONDARY: NEU},
    allowed_geographies=("Europe",),
)
GROUP = f"{HOME}/resourcegroups/images-neu"
STAGING = f"{HOME}/resourcegroups/staging-neu"
COMPUTE = f"{GROUP}/providers/microsoft.compute"
GALLERY = f"{COMPUTE}/galleries/gallery_neu"
DEFINITION = f"{GALLERY}/images/ubuntu"
SOURCE = f"{COMPUTE}/galleries/bases/images/base/versions/2.0.0"
IDENTITY = f"{GROUP}/providers/microsoft.managedidentity/userassignedidentities/image-builder"
NETWORK = f"{GROUP}/providers/microsoft.network/virtualnetworks/build"
SUBNET = f"{NETWORK}/subnets/machines"
SCRIPT = "https://stbuildneu.blob.core.windows.net/scripts/harden.sh"
ACCOUNT = f"{GROUP}/providers/microsoft.storage/storageaccounts/stbuildneu"

WORLD = f"""
[[template]]
name = "ubuntu-weu"
resource_group = "images-weu"
region = "westeurope"

[[template]]
name = "ubuntu-neu"
resource_group = "images-neu"
region = "northeurope"
source_image = "{SOURCE}"
script = "{SCRIPT}"
subnet = "{SUBNET}"
staging_group = "staging-neu"
gallery = "gallery_neu"
image = "ubuntu"
vm_size = "Standard_D2s_v5"

[[resource]]
id = "{SOURCE}"
region = "northeurope"
replicas = ["northeurope", "westeurope"]

[[trigger]]
template = "ubuntu-weu"
name = "source"

[[trigger]]
template = "ubuntu-neu"
name = "source"

[[quota]]
region = "northeurope"
name = "standardDSv5Family"
limit = 16
used = 8

[[quota]]
region = "northeurope"
name = "StandardCores"
limit = 10
used = 7
"""

Look = Callable[[str], Awaitable[Survey]]


async def pause(_seconds: float) -> None:
    raise AssertionError("nothing here is slow")


def no_fault(fault: Exception) -> None:
    raise fault


@pytest.fixture
async def look(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Look]:
    """Return a survey of the secondary in the world of this scenario."""
    async with AsyncExitStack() as stack:

        async def survey(scenario: str) -> Survey:
            server = StandIn(parse_scenario(scenario, "test.toml"), now, pause)
            base = await server.start("127.0.0.1")
            stack.push_async_callback(server.close)
            monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", base)
            arm = Arm(settings(base), make_credential("managed-identity"), now=now, on_request=lambda _: None)
            stack.push_async_callback(arm.close)
            async with Surveyor(arm, now, on_fault=no_fault).round([SPEC]) as this_round:
                return await this_round.survey(SPEC, SECONDARY)

        yield survey


def changes(found: Survey, well: Survey) -> dict[str, Any]:
    """Return the fields that differ; of mappings, the entries."""
    differing: dict[str, Any] = {}
    for field in fields(Survey):
        new, old = getattr(found, field.name), getattr(well, field.name)
        if new != old:
            both = isinstance(new, dict) and isinstance(old, dict)
            differing[field.name] = {key: new[key] for key in new if new[key] != old.get(key)} if both else new
    return differing


def a_place(kind: str, *replicas: Region, generation: str = "") -> Place:
    return Place(region=NEU, kind=kind, replicas=replicas, generation=generation)


PLACES = {
    GROUP: a_place("microsoft.resources/resourcegroups"),
    STAGING: a_place("microsoft.resources/resourcegroups"),
    IDENTITY: a_place("microsoft.managedidentity/userassignedidentities"),
    SUBNET: a_place("microsoft.network/virtualnetworks/subnets"),
    SOURCE: a_place("microsoft.compute/galleries/images/versions", NEU, Region("westeurope")),
    GALLERY: a_place("microsoft.compute/galleries"),
    DEFINITION: a_place("microsoft.compute/galleries/images", generation="V2"),
    SCRIPT: a_place("microsoft.storage/storageaccounts"),
}
REPLICATING = """
[[resource]]
id = "SOURCE"
region = "northeurope"
replicas = ["westeurope"]
replicating = ["northeurope"]
"""
NO_TRIGGERS = """
[[role]]
actions = ["*"]
not_actions = ["Microsoft.VirtualMachineImages/imageTemplates/triggers/read"]
"""
TRIGGERS_FAIL = """
[[trouble]]
region = "northeurope"
operations = ["triggers"]
answer = "500"
"""
D2 = Size(name="Standard_D2s_v5", family="standardDSv5Family", cores=2)
FAMILY = Quota(name="standardDSv5Family", limit=16, used=8)
TRIGGER = Trigger(name="source", kind="SourceImage", healthy=True)


async def test_a_secondary_where_all_is_well_and_all_is_told(look: Look) -> None:
    found = await look(WORLD)
    assert (found.at, found.primary_at, found.group, found.secondary) == (NOW, NOW, "ubuntu-base", SECONDARY)
    assert (found.primary_region, found.wanted_region, found.allowed_geographies) == ("westeurope", NEU, ("Europe",))
    assert found.seen is not None
    assert (found.seen.region, found.seen.provisioning) == (NEU, "succeeded")
    assert found.places == PLACES
    assert (found.wanted_size, found.size_assumed, found.size) == ("Standard_D2s_v5", False, D2)
    assert not isinstance(found.quotas, Unread)
    assert (found.quotas["standarddsv5family"], "cores" in found.quotas) == (FAMILY, True)
    assert found.containers == Quota(name="StandardCores", limit=10, used=7)
    assert found.providers == dict.fromkeys(NEEDED, "Registered")
    assert (found.primary_triggers, found.secondary_triggers, found.source_versions) == ((TRIGGER,), (TRIGGER,), ())


@pytest.mark.parametrize(
    ("resource", "lost"),
    [
        (STAGING, {STAGING}),
        (IDENTITY, {IDENTITY}),
        (NETWORK, {SUBNET}),
        (SUBNET, {SUBNET}),
        (SOURCE, {SOURCE}),
        (GALLERY, {GALLERY, DEFINITION}),
        (DEFINITION, {DEFINITION}),
    ],
)
async def test_what_is_gone_is_absent_and_all_else_is_as_it_was(look: Look, resource: str, lost: set[str]) -> None:
    found = await look(f'{WORLD}\n[[resource]]\nid = "{resource}"\nabsent = true\n')
    assert changes(found, await look(WORLD)) == {"places": dict.fromkeys(lost, ABSENT)}


async def test_of_a_secondary_that_is_gone_with_its_group_what_its_region_gives_is_told(look: Look) -> None:
    found = await look(f'{WORLD}\n[[resource]]\nid = "{GROUP}"\nabsent = true\n')
    of_template: dict[str, Any] = {
        "secondary_body": ABSENT,
        "seen": None,
        "places": {},
        "wanted_size": "",
        "size": None,
    }
    of_template |= {"primary_triggers": (), "secondary_triggers": ()}
    assert changes(found, await look(WORLD)) == of_template


async def test_an_account_that_is_in_no_list_is_not_told_as_absent(look: Look) -> None:
    found = await look(f'{WORLD}\n[[resource]]\nid = "{ACCOUNT}"\nabsent = true\n')
    place = found.places[SCRIPT]
    assert isinstance(place, Unread)
    assert place.why.startswith('storage account "stbuildneu" is not among those that can be seen')


@pytest.mark.parametrize(
    ("more", "differing"),
    [
        (
            '[[resource]]\nid = "ACCOUNT"\nregion = "westeurope"',
            {"places": {SCRIPT: replace(PLACES[SCRIPT], region=Region("westeurope"))}},
        ),
        (
            REPLICATING,
            {"places": {SOURCE: replace(PLACES[SOURCE], replicas=(Region("westeurope"),))}},
        ),
        (
            '[[sku]]\nregion = "northeurope"\nsize = "Standard_D2s_v5"\nrestriction = "NotAvailableForSubscription"',
            {"size": replace(D2, restricted="NotAvailableForSubscription")},
        ),
        ('[[sku]]\nregion = "northeurope"\nsize = "Standard_D2s_v5"\nzones = ["1"]\nrestriction = "QuotaId"', {}),
        ('[[sku]]\nregion = "northeurope"\nsize = "Standard_D2s_v5"\nabsent = true', {"size": ABSENT}),
        (
            '[[provider]]\nnamespace = "Microsoft.ContainerInstance"\nstate = "NotRegistered"',
            {"providers": {"microsoft.containerinstance": "NotRegistered"}},
        ),
        (
            '[[trigger]]\ntemplate = "ubuntu-neu"\nname = "source"\nhealthy = false',
            {"secondary_triggers": (replace(TRIGGER, healthy=False),)},
        ),
    ],
)
async def test_one_thing_that_is_otherwise_is_told_and_nothing_else(
    look: Look, more: str, differing: dict[str, Any]
) -> None:
    more = more.replace("ACCOUNT", ACCOUNT).replace("SOURCE", SOURCE)
    assert changes(await look(f"{WORLD}\n{more}"), await look(WORLD)) == differing


@pytest.mark.parametrize(
    ("operation", "region", "fields_lost"),
    [
        ("usages", "northeurope", {"quotas", "containers"}),
        ("skus", "*", {"size"}),
        ("providers", "*", {"providers"}),
        ("triggers", "westeurope", {"primary_triggers"}),
        ("resource", "northeurope", {"places"}),
        ("image", "northeurope", {"places"}),
        ("list", "northeurope", set()),
        ("get", "westeurope", {"primary_body", "primary_triggers"}),
    ],
)
async def test_what_fails_is_unread_and_all_else_is_as_it_was(
    look: Look, operation: str, region: str, fields_lost: set[str]
) -> None:
    trouble = f'[[trouble]]\nregion = "{region}"\noperations = ["{operation}"]\nanswer = "500"\n'
    differing = changes(await look(f"{WORLD}\n{trouble}"), await look(WORLD))
    assert differing.keys() == fields_lost
    values = [each for value in differing.values() for each in (value.values() if isinstance(value, dict) else [value])]
    assert all(isinstance(value, Unread) and value.permission == "" for value in values)


@pytest.mark.parametrize(
    ("action", "fields_lost"),
    [
        ("Microsoft.Compute/locations/usages/read", {"quotas"}),
        ("Microsoft.ContainerInstance/locations/usages/read", {"containers"}),
        ("Microsoft.Compute/skus/read", {"size"}),
        ("Microsoft.Resources/subscriptions/providers/read", {"providers"}),
    ],
)
async def test_what_may_not_be_read_names_the_permission(look: Look, action: str, fields_lost: set[str]) -> None:
    role = f'[[role]]\nactions = ["*"]\nnot_actions = ["{action}"]\n'
    why = Unread(why=f'the permission {action} is missing (role "aibwatch watch")', permission=action)
    assert changes(await look(f"{WORLD}\n{role}"), await look(WORLD)) == dict.fromkeys(fields_lost, why)


@pytest.mark.parametrize("more", [NO_TRIGGERS, TRIGGERS_FAIL])
async def test_where_the_secondarys_triggers_are_unread_the_primarys_are_not_asked_for(look: Look, more: str) -> None:
    differing = changes(await look(f"{WORLD}\n{more}"), await look(WORLD))
    assert differing.keys() == {"secondary_triggers", "primary_triggers"}
    assert (isinstance(differing["secondary_triggers"], Unread), differing["primary_triggers"]) == (True, ())


@pytest.mark.parametrize(
    ("action", "needs"),
    [
        ("Microsoft.Resources/subscriptions/resourceGroups/read", {GROUP, STAGING}),
        ("Microsoft.ManagedIdentity/userAssignedIdentities/read", {IDENTITY}),
        ("Microsoft.Network/virtualNetworks/read", {SUBNET}),
        ("Microsoft.Compute/galleries/read", {GALLERY}),
        ("Microsoft.Compute/galleries/images/read", {DEFINITION}),
        ("Microsoft.Compute/galleries/images/versions/read", {SOURCE}),
        ("Microsoft.Storage/storageAccounts/read", {SCRIPT}),
    ],
)
async def test_a_place_that_may_not_be_read_names_the_permission(look: Look, action: str, needs: set[str]) -> None:
    role = f'[[role]]\nactions = ["*"]\nnot_actions = ["{action}"]\n'
    why = Unread(why=f'the permission {action} is missing (role "aibwatch watch")', permission=action)
    assert changes(await look(f"{WORLD}\n{role}"), await look(WORLD)) == {"places": dict.fromkeys(needs, why)}


async def test_templates_that_may_not_be_read_name_the_permission(look: Look) -> None:
    action = "Microsoft.VirtualMachineImages/imageTemplates/read"
    found = await look(f'{WORLD}\n[[role]]\nactions = ["*"]\nnot_actions = ["{action}"]\n')
    why = Unread(why=f'the permission {action} is missing (role "aibwatch watch")', permission=action)
    assert (found.primary_body, found.secondary_body) == (why, why)
