"""Whole surveys against the stand-in: all is well, and then one thing after the other is otherwise."""

from dataclasses import replace
from typing import Any

import pytest

from aibwatch.core.model import Region
from aibwatch.core.readiness.survey import ABSENT, Place, Quota, Unread
from aibwatch.sources.survey.providers import NEEDED
from tests.sources.support import NOW, SUBSCRIPTION

from .surveyed import (
    ACCOUNT,
    D2,
    DEFINITION,
    FAMILY,
    GALLERY,
    GROUP,
    IDENTITY,
    NETWORK,
    NEU,
    PLACES,
    PLAIN,
    PLATFORM,
    REPLICATING,
    SCRIPT,
    SECONDARY,
    SOURCE,
    STAGING,
    SUBNET,
    TRIGGER,
    WORLD,
    Look,
    changes,
    look,
    seen,
    surveyor,
)

__all__ = ["look", "seen", "surveyor"]


async def test_a_secondary_where_all_is_well_and_all_is_told(look: Look) -> None:
    found = await look(WORLD)
    assert (found.at, found.group, found.secondary) == (NOW, "ubuntu-base", SECONDARY)
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


async def test_of_a_platform_image_the_versions_in_the_region_are_told(look: Look) -> None:
    found = await look(PLAIN)
    assert isinstance(found.source_versions, tuple)
    assert all(version.startswith("24.04.") for version in found.source_versions)
    assert (found.wanted_size, found.size_assumed) == ("Standard_D2ds_v4", True)


@pytest.mark.parametrize(
    ("more", "versions"),
    [
        (f'[[resource]]\nid = "/Subscriptions/{SUBSCRIPTION}/{PLATFORM}"\nabsent = true', ABSENT),
        ('[[trouble]]\nregion = "northeurope"\noperations = ["platform"]\nanswer = "500"', Unread),
    ],
)
async def test_a_platform_image_that_is_not_offered_or_not_told(look: Look, more: str, versions: object) -> None:
    found = await look(f"{PLAIN}\n{more}")
    assert found.source_versions is versions or type(found.source_versions) is versions


async def test_of_a_source_without_a_version_the_latest_is_looked_up(look: Look) -> None:
    latest = SOURCE.replace("versions/2.0.0", "versions/latest")
    found = await look(f'{PLAIN}source_image = "{latest}"\n')
    kind = "microsoft.compute/galleries/images/versions"
    assert found.places[latest] == Place(region=NEU, kind=kind, replicas=(NEU,))
