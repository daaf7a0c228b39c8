"""What a graver alert says already the real Alertmanager does not tell again, and it keeps nothing else back."""

from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.deploy.rules import alerts
from tests.real.watch import LOOPBACK, Labels, an_alertmanager, needs_alertmanager, write_files
from tests.story.support import LIMIT, free_port
from tests.waiting import until

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session"), needs_alertmanager]


def firing(alert: str, instance: str = "vm:9877", **labels: str) -> Labels:
    return {"alertname": alert, "job": "aibwatch", "instance": instance, **alerts()[alert]["labels"], **labels}


AT_ONCE: tuple[Labels, ...] = (
    firing("AibwatchRegionOutage", azure_region="westeurope"),
    firing("AibwatchRegionSuspect", azure_region="westeurope"),
    firing("AibwatchRegionSuspect", azure_region="northeurope"),
    firing("AibwatchRunStuck", azure_region="westeurope", template="base"),
    firing("AibwatchSecondaryNotReady", azure_region="northeurope", group="held"),
    firing("AibwatchApprovalWaiting", group="asked"),
    firing("AibwatchMoveHeld", group="asked"),
    firing("AibwatchMoveHeld", group="held"),
    firing("AibwatchGroupHalted", group="halted"),
    firing("AibwatchMoveFailed", group="halted"),
    firing("AibwatchDaemonDown", instance="other:9877"),
    firing("AibwatchSourceStale", instance="other:9877", source="templates"),
    firing("AibwatchSourceStale", source="templates"),
)
"""Two daemons, of which the other is down; one region down, another suspect; three groups."""


async def much_fires_at_once(folder: Path) -> dict[str, bool]:
    """Hand all of it to Alertmanager, and return for each alert whether it is kept back."""
    port = free_port()
    write_files(folder, daemon=free_port(), alertmanager=port, pager=free_port())
    address = f"http://{LOOPBACK}:{port}"
    async with an_alertmanager(folder, port), aiohttp.ClientSession(address, timeout=LIMIT) as session:

        async def taken() -> bool:
            try:
                async with session.post("/api/v2/alerts", json=[{"labels": labels} for labels in AT_ONCE]) as answer:
                    return answer.status == 200
            except aiohttp.ClientError:
                return False

        async def judged() -> list[dict[str, Any]] | None:
            async with session.get("/api/v2/alerts") as answer:
                told: list[dict[str, Any]] = await answer.json()
            done = [one for one in told if one["status"]["state"] != "unprocessed"]
            return done if len(done) == len(AT_ONCE) else None

        await until("Alertmanager takes alerts", taken)
        return {_name(one["labels"]): bool(one["status"]["inhibitedBy"]) for one in await until("judged", judged)}


def _name(labels: Labels) -> str:
    where = labels.get("group") or labels.get("azure_region") or labels["instance"]
    return f"{labels['alertname'].removeprefix('Aibwatch')} {where}"


@pytest.mark.beside.with_args(much_fires_at_once)
async def test_only_what_a_graver_one_says_already_is_kept_back(outcome: dict[str, bool]) -> None:
    assert {name for name, kept_back in outcome.items() if kept_back} == {
        "RegionSuspect westeurope",
        "RunStuck westeurope",
        "MoveHeld asked",
        "MoveFailed halted",
        "SourceStale other:9877",
    }
