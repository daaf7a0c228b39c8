"""Other people's calls to run are refused: the real daemon reads of it, counts it once, and remembers it."""

from pathlib import Path
from typing import Any

import pytest

from tests.waiting import until

from .support import Daemon, a_daemon, a_world, an_azure

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

REFUSED = '[[trouble]]\nregion = "westeurope"\noperations = ["run"]\nanswer = "500"\n'
SCHEDULED = 'name = "ubuntu-weu"\nevery = 2'


def a_refusing_world() -> str:
    return "activity_lag = 1\n" + a_world().replace('name = "ubuntu-weu"', SCHEDULED) + REFUSED


async def calls(daemon: Daemon) -> dict[str, Any]:
    """Return what the calls say of the primary's region, once they say something."""

    async def look() -> dict[str, Any] | None:
        evidence = (await daemon.told("regions/westeurope")).get("evidence", [])
        return next((e for e in evidence if e["kind"] == "calls"), None)

    return await until("calls are weighed", look, seen=daemon.last_words)


async def watching(daemon: Daemon) -> None:
    text = daemon.config.read_text().replace("[poll]", '[poll]\nactivity_log = "1s"')
    daemon.config.write_text(text)
    await daemon.start()
    await daemon.ready()


async def test_refused_calls_make_a_region_suspect_and_move_nobody(tmp_path: Path) -> None:
    async with an_azure(a_refusing_world()) as azure, a_daemon(tmp_path, azure.base) as daemon:
        await watching(daemon)
        told = await calls(daemon)
        suspect = await daemon.verdict("suspect")
        assert told["weight"] == 2.9
        assert "1 independent witness" in told["sentence"]
        assert [e["weight"] for e in suspect["evidence"] if e["weight"] > 0] == [2.9], (
            "many calls, one template, one vote"
        )
        assert (await daemon.group())["epoch"] == 0
        assert await azure.posts() == []


async def test_refused_calls_are_remembered_over_a_restart(tmp_path: Path) -> None:
    async with an_azure(a_refusing_world()) as azure, a_daemon(tmp_path, azure.base) as daemon:
        await watching(daemon)
        await calls(daemon)
        await azure.trouble(region="*", operations=["activity"], answer="forbidden")
        await daemon.kill()
        await daemon.start()
        await daemon.ready()
        again = await calls(daemon)
        assert again["weight"] == 2.9
        assert 'aibwatch_poll_failures_total{source="activity_log"} 0' not in (await daemon.get("/metrics"))[1]
        assert (await daemon.told("regions/westeurope"))["verdict"] == "suspect", "and not blind"
