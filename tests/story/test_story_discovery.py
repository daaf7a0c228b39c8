"""A group that only tags know of: the real daemon finds it, moves it once, and keeps it while tags cannot be read."""

from pathlib import Path
from typing import Any

import pytest

from aibwatch.simulator.parts import SUBSCRIPTION
from tests.waiting import until

from .support import GROUP, SECONDARY, Daemon, a_daemon, a_world, an_azure

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]


def a_tagged_world(*, noticed: bool = False) -> str:
    """Return a world whose templates say of which group they are, and one that says something wrong."""
    world = a_world(noticed=noticed, canary="succeeds")
    for name, group, role in (
        ("ubuntu-weu", GROUP, "primary"),
        ("ubuntu-neu", GROUP, "secondary"),
        ("canary-weu", "Lonely One", "primary"),
    ):
        tags = f'tags = {{ aibwatch-group = "{group}", aibwatch-role = "{role}" }}'
        world = world.replace(f'name = "{name}"\n', f'name = "{name}"\n{tags}\n', 1)
    return world


def by_tags(config: str) -> str:
    """Take the group out of the configuration, and let it be found by tags."""
    text = config.partition("[[group]]")[0]
    text = text.replace("[poll]", '[poll]\ndiscovery = "1s"').replace("[policy]", '[policy]\nmode = "auto"')
    return f'{text}\n[discovery]\nsubscriptions = ["{SUBSCRIPTION}"]\n'


async def ready_to_move(daemon: Daemon) -> None:
    """Wait until it is known that the secondary would build, as it is on every ordinary day."""

    async def look() -> bool:
        gates = (await daemon.group()).get("gates", [])
        return any((gate["name"], gate["state"]) == ("secondary_ready", "open") for gate in gates)

    await until("the secondary is ready", look, seen=daemon.last_words)


async def a_group_by_tags_fails_over(folder: Path) -> dict[str, Any]:
    """Break the region of a group by tags; then take its power away, and Resource Graph with it."""
    told: dict[str, Any] = {}
    async with an_azure(a_tagged_world(noticed=True)) as azure, a_daemon(folder, azure.base) as daemon:
        daemon.config.write_text(by_tags(daemon.config.read_text()))
        told["checked"] = await daemon.cli("check-config")
        await daemon.start()
        await ready_to_move(daemon)
        await azure.trouble(region="westeurope", operations=["get", "run"], answer="500")
        await daemon.noted("moving -> watching")
        told["posts"] = await azure.posts()
        told["group"] = await daemon.group()
        told["status"] = (await daemon.cli("status")).out
        told["page"] = (await daemon.get("/"))[1]
        told["metrics"] = (await daemon.get("/metrics"))[1]
        told["found"] = await daemon.noted("found by tags")
        await daemon.kill()
        await azure.trouble(region="*", operations=["graph"], answer="503")
        await daemon.start()
        await daemon.ready()
        told["after"] = await daemon.group()

        async def unread() -> str | None:
            out = (await daemon.cli("status")).out
            return out if "UNREAD" in out else None

        told["unread"] = await until("status says that tags are not read", unread, seen=daemon.last_words)
        told["posts after"] = await azure.posts()
    return told


story = pytest.mark.beside.with_args(a_group_by_tags_fails_over)


@story
async def test_a_configuration_without_groups_is_fine_with_discovery(outcome: dict[str, Any]) -> None:
    assert (outcome["checked"].code, "nothing is watched" in outcome["checked"].out) == (0, False)


@story
async def test_a_group_that_only_tags_know_of_is_moved_once(outcome: dict[str, Any]) -> None:
    assert outcome["posts"] == [f"{SECONDARY.lower()}/run"]
    assert (outcome["group"]["active"], outcome["group"]["epoch"], outcome["group"]["tagged"]) == (
        SECONDARY.lower(),
        1,
        True,
    )
    assert outcome["found"]["kind"] == "discovery"


@story
async def test_status_marks_it_and_tells_what_is_tagged_wrongly(outcome: dict[str, Any]) -> None:
    sentence = 'canary-weu is tagged aibwatch-group = "Lonely One", which cannot name a group'
    assert "(by tags)" in outcome["status"]
    assert sentence in outcome["status"]
    assert "groups by tags have 1 problem" in outcome["page"]


@story
async def test_metrics_count_groups_by_tags_and_their_problems(outcome: dict[str, Any]) -> None:
    assert "aibwatch_discovered_groups 1.0" in outcome["metrics"]
    assert "aibwatch_discovery_problems 1.0" in outcome["metrics"]
    assert 'aibwatch_poll_failures_total{source="discovery"} 0.0' in outcome["metrics"]


@story
async def test_after_a_restart_without_resource_graph_it_is_still_known_and_stays_where_it_is(
    outcome: dict[str, Any],
) -> None:
    after = outcome["after"]
    assert (after["active"], after["epoch"], after["tagged"]) == (SECONDARY.lower(), 1, True)
    assert "tags cannot be read" in outcome["unread"]
    assert "groups that were found before stay" in outcome["unread"]
    assert outcome["posts after"] == outcome["posts"]
