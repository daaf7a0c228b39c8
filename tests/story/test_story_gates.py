"""What holds a move beside the region: somebody takes the state away, or a handler could not act."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.waiting import until

from .support import GROUP, SECONDARY, Daemon, a_daemon, a_world, an_azure

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]


async def held_by(daemon: Daemon) -> list[str]:
    async def look() -> list[str] | None:
        group = await daemon.group()
        return group["held_by"] if group.get("phase") == "held" else None

    return await until("the move is held", look, seen=daemon.last_words)


async def gate(daemon: Daemon, name: str, state: str) -> str:
    """Wait until a gate of the group is in this state, and return why."""

    async def look() -> str | None:
        gates = (await daemon.group()).get("gates", [])
        return next((g["why"] for g in gates if (g["name"], g["state"]) == (name, state)), None)

    return await until(f"{name} is {state}", look, seen=daemon.last_words)


async def somebody_takes_the_state_away(folder: Path, whole: bool) -> dict[str, Any]:
    """Delete the lock, or the whole directory, under a running daemon; break the region; start it again."""
    told: dict[str, Any] = {}
    async with an_azure(a_world(noticed=True)) as azure, a_daemon(folder, azure.base) as daemon:
        await daemon.start()
        await daemon.ready()
        told["before"] = await gate(daemon, "lease_held", "open")
        if whole:
            shutil.rmtree(folder / "state")
        else:
            (folder / "state" / "aibwatch.db.lock").unlink()
        told["why"] = await gate(daemon, "lease_held", "closed")
        await azure.trouble(region="westeurope", operations=["get"], answer="500")
        await daemon.verdict("outage")
        told["held by"] = await held_by(daemon)
        told["explained"] = (await daemon.cli("explain", GROUP)).out
        told["log"] = daemon.log
        told["posts while lost"] = await azure.posts()
        await daemon.stop()
        await daemon.start()
        await daemon.noted("moving -> watching")
        told["posts"] = await azure.posts()
    return told


taken_away = pytest.mark.parametrize(
    "whole",
    [
        pytest.param(False, marks=pytest.mark.beside.with_args(somebody_takes_the_state_away, False), id="lock"),
        pytest.param(True, marks=pytest.mark.beside.with_args(somebody_takes_the_state_away, True), id="directory"),
    ],
)


@taken_away
async def test_a_daemon_whose_state_was_taken_away_moves_nothing_and_says_why(
    outcome: dict[str, Any], whole: bool
) -> None:
    assert outcome["before"] == "the state is ours"
    assert "aibwatch.db.lock was deleted or moved away" in outcome["why"]
    assert outcome["posts while lost"] == []
    assert "closed   lease_held" in outcome["explained"]
    assert outcome["held by"] == ["lease_held"]


@taken_away
async def test_people_are_told_of_it(outcome: dict[str, Any], whole: bool) -> None:
    assert "the lease on the state is lost" in outcome["log"]


@taken_away
async def test_started_again_it_has_the_state_and_moves_once(outcome: dict[str, Any], whole: bool) -> None:
    assert outcome["posts"] == [f"{SECONDARY.lower()}/run"]


async def a_template_may_not_be_read(folder: Path) -> dict[str, Any]:
    """Forbid to read in the secondary's region, then allow it again."""
    told: dict[str, Any] = {}
    async with an_azure(a_world()) as azure, a_daemon(folder, azure.base) as daemon:
        daemon.config.write_text(daemon.config.read_text().replace("[poll]\n", '[poll]\nreadiness = "1s"\n'))
        await azure.trouble(region="northeurope", operations=["get"], answer="forbidden")
        await daemon.start()
        told["closed"] = await gate(daemon, "handler_ok", "closed")
        await azure.end_troubles()
        told["open"] = await gate(daemon, "handler_ok", "open")
        told["posts"] = await azure.posts()
    return told


@pytest.mark.beside.with_args(a_template_may_not_be_read)
async def test_a_target_that_may_not_be_read_is_known_before_it_is_needed(outcome: dict[str, Any]) -> None:
    assert outcome["closed"].startswith("the handler run-template could not act when asked ")
    assert "ubuntu-neu could not be read: 403" in outcome["closed"]
    assert outcome["open"] == "no handler said that it cannot act"
    assert outcome["posts"] == []
