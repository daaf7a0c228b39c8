"""With the roles that deploy/azure offers every command does its work, and no action of theirs is there for nothing.

Each command is run against a stand-in that refuses every action the caller's roles do not have, each at the scope that
deploy/azure/README.md assigns it at. Then each action is taken away by itself, and a request of the command that is
said to need it must be refused for it. A command that asks Azure adds a row to COMMANDS, a right one to NEEDED_BY.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from aibwatch.cli.exits import Exit
from aibwatch.config.load import load
from aibwatch.core.model import WELL
from aibwatch.core.rights import RIGHTS, Right, Role
from aibwatch.runtime.clock import Clock
from aibwatch.simulator.parts import SUBSCRIPTION
from aibwatch.sources.connection import connect
from aibwatch.sources.gallery import Gallery
from tests.deploy.test_roles import actions_of
from tests.story.support import GROUP, PROVIDER, Azure, Daemon, Done, a_canary, a_daemon, a_world, an_azure
from tests.waiting import until

pytestmark = [pytest.mark.slow]

ALL = f"/subscriptions/{SUBSCRIPTION}"
WEST, NORTH = f"{ALL}/resourceGroups/images-weu", f"{ALL}/resourceGroups/images-neu"
SCOPES: Mapping[Role, tuple[str, ...]] = {Role.WATCH: (ALL,), Role.MOVE: (WEST, NORTH), Role.DEPLOY: (NORTH,)}
"""Where each role is assigned, as the README says."""

MACHINE = f"{WEST}/providers/Microsoft.Compute/virtualMachines/builder"

NEEDS = "\n".join(
    f"""
[[template]]
name = "{kind}-{end}"
resource_group = "images-{end}"
region = "{region}"
source_image = "{group}/providers/Microsoft.Compute/{source}"
subnet = "{group}/providers/Microsoft.Network/virtualNetworks/builds/subnets/builds"
properties = {{ customize = [
    {{ type = "Shell", scriptUri = "https://scripts{end}.blob.core.windows.net/scripts/harden.sh" }},
    {{ type = "Shell", inline = ["get https://keys{end}.vault.azure.net/secrets/licence"] }},
] }}
last_run = "succeeded"
last_run_ended = 3600
"""
    for kind, source in (("shared", "galleries/gold/images/base/versions/1.0.0"), ("managed", "images/base"))
    for end, region, group in (("weu", "westeurope", WEST), ("neu", "northeurope", NORTH))
)
"""Two more groups, which between them need one of everything that a template can need."""

AVAILABLE = f'[[availability]]\nresource = "{MACHINE}"\nstate = "Available"\n'

MORE = f"""
[[dependency]]
region = "westeurope"
resource = "{MACHINE}"

[[group]]
name = "shared"
primary = "{WEST}/providers/{PROVIDER}/shared-weu"
secondaries = ["{NORTH}/providers/{PROVIDER}/shared-neu"]

[[group]]
name = "managed"
primary = "{WEST}/providers/{PROVIDER}/managed-weu"
secondaries = ["{NORTH}/providers/{PROVIDER}/managed-neu"]
"""


@dataclass(frozen=True)
class Scene:
    """A stand-in, and a daemon for it that is not started."""

    azure: Azure
    daemon: Daemon


Command = Callable[[Scene], Awaitable[Done]]


def cli(*arguments: str) -> Command:
    """Return a command as one types it, without a daemon."""

    async def run(scene: Scene) -> Done:
        return await scene.daemon.cli(*arguments)

    return run


async def watching(scene: Scene) -> Done:
    """Let the daemon watch for as long as it takes to know both regions, and end it."""
    await scene.daemon.start()
    await scene.daemon.verdict("healthy", "westeurope")
    await scene.daemon.verdict("healthy", "northeurope")
    return Done(await scene.daemon.stop(), "", "")


async def moving(scene: Scene) -> Done:
    """Let the daemon move a group away from a region that fails; or until it lacks something for that."""
    await scene.daemon.start()

    async def looked() -> bool:
        known = (await scene.daemon.told("readiness")).get("secondaries", [])
        return bool(known) and all(secondary["at"] for secondary in known)

    await until("its secondaries were looked at", looked, seen=scene.daemon.last_words)
    await scene.azure.trouble(region="westeurope", operations=["get", "run"], answer="500")

    async def over() -> bool:
        told = (await scene.daemon.told("history")).get("history", [])
        return bool(await scene.azure.lacked()) or any(e["what"].endswith("moving -> watching") for e in told)

    await until("the group has moved, or may not", over, seen=scene.daemon.last_words)
    return Done(await scene.daemon.stop(), "", "")


async def building(scene: Scene) -> Done:
    """Order an image of the running daemon, and wait for it."""
    await scene.daemon.start()
    await scene.daemon.verdict("healthy", "westeurope")
    done = await scene.daemon.cli("build", GROUP, "--wait", "--timeout", "20s")
    await scene.daemon.stop()
    return done


async def excluding(scene: Scene) -> Done:
    """Take an image out of latest as the daemon does with one that a region built late."""
    image = f"{NORTH}/providers/Microsoft.Compute/galleries/gallery_northeurope/images/ubuntu-neu/versions/1.0.1"
    with pytest.MonkeyPatch.context() as here:
        here.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", scene.azure.base)
        for name in ("IDENTITY_ENDPOINT", "MSI_ENDPOINT", "AZURE_FEDERATED_TOKEN_FILE"):
            here.delenv(name, raising=False)
        arm = connect(load(scene.daemon.config).settings.azure, now=Clock().now, on_request=lambda _: None)
        try:
            answer = await Gallery(arm).exclude(image)
        finally:
            await arm.close()
    return Done(Exit.WELL if answer == WELL else Exit.FAILED, str(answer), "")


@dataclass(frozen=True)
class Row:
    """How a command is run, the roles it needs, and the exit code with which it did its work."""

    run: Command
    roles: tuple[Role, ...] = (Role.WATCH,)
    code: int = Exit.WELL


COMMANDS: Mapping[str, Row] = {
    "probe": Row(cli("probe", "--once")),
    "readiness": Row(cli("readiness", "--now")),
    "run": Row(watching),
    "run, and a move": Row(moving, (Role.WATCH, Role.MOVE)),
    "run, and a late image": Row(excluding, (Role.MOVE,)),
    "build": Row(building, (Role.WATCH, Role.MOVE)),
}

IMAGES = "Microsoft.VirtualMachineImages/imageTemplates"
NEEDED_BY: Mapping[str, str] = {
    f"{IMAGES}/read": "probe",
    f"{IMAGES}/runOutputs/read": "build",
    f"{IMAGES}/run/action": "run, and a move",
    "Microsoft.ResourceHealth/events/read": "probe",
    "Microsoft.ResourceHealth/AvailabilityStatuses/current/read": "probe",
    "Microsoft.Insights/eventtypes/values/read": "probe",
    "Microsoft.Compute/galleries/images/versions/write": "run, and a late image",
    **dict.fromkeys(
        (right.action for right in RIGHTS if right.role is Role.WATCH and "readiness: " in right.feature), "readiness"
    ),
}
"""The command that is tried without the right. What readiness needs is said by the features of the rights."""

TO_COME: Mapping[str, str] = {
    "Microsoft.Resources/subscriptions/locations/read": "regions",
    "Microsoft.Authorization/permissions/read": "doctor",
    "Microsoft.ResourceGraph/resources/read": "backup",
    "Microsoft.VirtualMachineImages/locations/operations/read": "replicate",
    f"{IMAGES}/write": "replicate",
    f"{IMAGES}/delete": "replicate",
    "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action": "replicate",
}
"""Rights of commands that are not there yet."""


def roles_without(action: str, roles: Collection[Role]) -> list[dict[str, object]]:
    """Return what the caller has: these roles where they belong, but for one action."""
    return [
        {"actions": [one for one in actions_of(role, on_demand=True) if one != action], "scope": scope}
        for role in roles
        for scope in SCOPES[role]
    ]


@asynccontextmanager
async def a_scene(folder: Path, row: Row, *, without: str = "") -> AsyncIterator[Scene]:
    world = a_world(canary="succeeds") + NEEDS + AVAILABLE
    settings = {"canary": a_canary() + MORE, "probe": "1s"}
    async with an_azure(world) as azure, a_daemon(folder, azure.base, **settings) as daemon:
        await azure.roles(*roles_without(without, row.roles))
        yield Scene(azure, daemon)


@pytest.mark.parametrize("command", COMMANDS)
async def test_with_its_roles_a_command_does_its_work(tmp_path: Path, command: str) -> None:
    row = COMMANDS[command]
    async with a_scene(tmp_path, row) as scene:
        done = await row.run(scene)
        assert await scene.azure.lacked() == set()
        assert done.code == row.code, done


@pytest.mark.parametrize("right", [right for right in RIGHTS if right.action in NEEDED_BY], ids=lambda r: r.action)
async def test_without_a_right_a_request_is_refused_for_it(tmp_path: Path, right: Right) -> None:
    row = COMMANDS[NEEDED_BY[right.action]]
    async with a_scene(tmp_path, row, without=right.action) as scene:
        await row.run(scene)
        assert await scene.azure.lacked() == {right.action.lower()}


def test_every_right_is_needed_by_a_command() -> None:
    assert {*NEEDED_BY, *TO_COME} == {right.action for right in RIGHTS}
    assert set(NEEDED_BY.values()) <= set(COMMANDS)
    assert set(TO_COME.values()) & set(COMMANDS) == set()
