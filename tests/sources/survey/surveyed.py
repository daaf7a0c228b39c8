"""A primary and a secondary in the stand-in, with everything that the secondary needs, and surveys of it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import fields
from datetime import timedelta
from typing import Any

import pytest

from aibwatch.core.model import Region, template_id
from aibwatch.core.policy import GroupSpec
from aibwatch.core.readiness.survey import Place, Quota, Size, Survey, Trigger
from aibwatch.simulator.scenario import parse_scenario
from aibwatch.simulator.server import StandIn
from aibwatch.sources.answer import RequestSeen
from aibwatch.sources.arm import Arm
from aibwatch.sources.credential import make_credential
from aibwatch.sources.survey.surveyor import Surveyor
from tests.sources.support import SUBSCRIPTION, TYPE, now, settings

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

Open = Callable[[str], Awaitable[Surveyor]]
Look = Callable[[str], Awaitable[Survey]]


async def pause(_seconds: float) -> None:
    raise AssertionError("nothing here is slow")


async def no_wait(_length: timedelta) -> None:
    """Wait no longer than the test: Resource Graph may say how long to wait."""


def no_fault(fault: Exception) -> None:
    raise fault


@pytest.fixture
def seen() -> list[RequestSeen]:
    """What was asked of any stand-in."""
    return []


@pytest.fixture
async def surveyor(monkeypatch: pytest.MonkeyPatch, seen: list[RequestSeen]) -> AsyncIterator[Open]:
    """Open the world of a scenario, and a surveyor of it."""
    async with AsyncExitStack() as stack:

        async def open_one(scenario: str) -> Surveyor:
            server = StandIn(parse_scenario(scenario, "test.toml"), now, pause)
            base = await server.start("127.0.0.1")
            stack.push_async_callback(server.close)
            monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", base)
            arm = Arm(settings(base), make_credential("managed-identity"), now=now, on_request=seen.append)
            stack.push_async_callback(arm.close)
            return Surveyor(arm, now, no_wait, on_fault=no_fault)

        yield open_one


@pytest.fixture
def look(surveyor: Open) -> Look:
    """Return a survey of the secondary in the world of a scenario."""

    async def survey(scenario: str) -> Survey:
        opened = await surveyor(scenario)
        async with opened.round([SPEC]) as this_round:
            return await this_round.survey(SPEC, SECONDARY)

    return survey


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


PLAIN = """
[[template]]
name = "ubuntu-weu"
resource_group = "images-weu"
region = "westeurope"

[[template]]
name = "ubuntu-neu"
resource_group = "images-neu"
region = "northeurope"
"""
PLATFORM = (
    "Providers/Microsoft.Compute/Locations/northeurope/Publishers/Canonical/ArtifactTypes/VMImage"
    "/Offers/ubuntu-24_04-lts/Skus/server"
)
