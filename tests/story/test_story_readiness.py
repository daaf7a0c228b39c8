"""A secondary that stops being ready by day: told before the night, held in it, and moved to when it is mended."""

from pathlib import Path
from typing import Any

import pytest

from tests.waiting import until

from .support import GROUP, SECONDARY, Daemon, a_daemon, a_world, an_azure

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

FAMILY = "standardDDSv4Family"
"""The quota that machines of the default size draw on."""


async def readiness(daemon: Daemon, state: str) -> dict[str, Any]:
    """Wait until the secondary is said to be so, and return the report."""

    async def look() -> dict[str, Any] | None:
        told = (await daemon.told("readiness")).get("secondaries", [])
        return next((one for one in told if one["state"] == state and one["at"]), None)

    return await until(f"the secondary is {state}", look, seen=daemon.last_words)


async def a_quota_is_used_up_and_then_the_region_dies(folder: Path) -> dict[str, Any]:
    """Use up the secondary's quota; break the primary's region wholly; cut the power; give the quota back."""
    told: dict[str, Any] = {}
    copies = folder / "copies"
    async with an_azure(a_world(noticed=True)) as azure, a_daemon(folder, azure.base) as daemon:
        config = daemon.config.read_text().replace("[poll]", '[poll]\nreadiness = "1s"')
        daemon.config.write_text(f'{config}\n[backup]\ndirectory = "{copies}"\n')
        await daemon.start()
        told["well"] = await readiness(daemon, "ready")
        told["copies"] = sorted(path.name for path in copies.rglob("ubuntu-*.json"))
        await azure.change("quota", region="northeurope", name=FAMILY, limit=16, used=15)
        told["short"] = await readiness(daemon, "not_ready")
        told["status"] = await daemon.cli("status")
        told["command"] = await daemon.cli("readiness", GROUP)
        await azure.trouble(region="westeurope", operations=["get", "list", "run", "triggers"], answer="500")
        await daemon.noted("watching -> held")
        told["held"] = (await daemon.group())["held_by"]
        await daemon.kill()
        await daemon.start()
        told["after"] = await readiness(daemon, "not_ready")
        told["posts before"] = await azure.posts()
        await azure.change("quota", region="northeurope", name=FAMILY, limit=16, used=0)
        await daemon.noted("moving -> watching")
        told["posts"] = await azure.posts()
        told["report"] = await readiness(daemon, "ready")
    return told


story = pytest.mark.beside.with_args(a_quota_is_used_up_and_then_the_region_dies)


@story
async def test_on_a_good_day_the_secondary_keeps_every_rule_and_copies_are_there(outcome: dict[str, Any]) -> None:
    assert {rule["state"] for rule in outcome["well"]["rules"]} == {"ready"}
    assert outcome["copies"] == ["ubuntu-neu.json", "ubuntu-weu.json"]


@story
async def test_a_quota_that_is_used_up_is_told_on_that_day(outcome: dict[str, Any]) -> None:
    why = f"1 of 16 cores of {FAMILY} free, 2 needed; ask for more quota or free some"
    assert outcome["short"]["why"] == why
    assert (outcome["status"].code, why in outcome["status"].out) == (3, True)
    assert f"{GROUP} has no secondary that is ready" in outcome["status"].out
    assert (outcome["command"].code, "not ready  machines" in outcome["command"].out) == (3, True)


@story
async def test_in_the_outage_the_move_is_held_by_that_alone(outcome: dict[str, Any]) -> None:
    assert outcome["held"] == ["secondary_ready"]
    assert outcome["posts before"] == []


@story
async def test_after_a_restart_in_the_outage_all_else_is_still_proven(outcome: dict[str, Any]) -> None:
    rules = {rule["rule"]: rule["state"] for rule in outcome["after"]["rules"]}
    assert {rule for rule, state in rules.items() if state != "ready"} == {"machines"}
    assert "parity" in rules


@story
async def test_with_the_quota_back_the_group_moves_once(outcome: dict[str, Any]) -> None:
    assert outcome["posts"] == [f"{SECONDARY.lower()}/run"]
    assert outcome["report"]["state"] == "ready"
