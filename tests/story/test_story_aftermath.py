"""After a move: a build that the outage held up ends late, is told and taken out of latest; the day after is packed."""

import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from .support import GROUP, PRIMARY, a_daemon, a_world, an_azure

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

BUILDING = 25.0
"""Seconds: a build that is under way when the daemon begins ends well after the move, which takes about five, or twenty
where the machine is busy with other stories."""

TROUBLE = """
[[trouble]]
region = "westeurope"
operations = ["get", "run"]
answer = "500"
"""


async def a_late_build(folder: Path) -> dict[str, Any]:
    """Let the primary build through the whole trouble, and the secondary build meanwhile; then ask for the record."""
    told: dict[str, Any] = {}
    world = a_world(noticed=True, building=BUILDING).replace('last_run = "succeeded"', 'last_run = "running"', 1)
    async with (
        an_azure(world + TROUBLE) as azure,
        a_daemon(folder, azure.base, steps="exclude_late_images = true") as daemon,
    ):
        await daemon.start()
        await daemon.noted("moving -> watching")
        await azure.end_troubles()
        await daemon.noted("has built late")
        await daemon.noted("late image taken out of latest")
        told["patched"] = [r["path"] for r in await azure._told("requests") if r["method"] == "PATCH"]
        told["history"] = await daemon.cli("history", GROUP)
        told["report"] = await daemon.cli("history", "--move", f"{GROUP}-1")
        told["markdown"] = await daemon.cli("history", "--move", f"{GROUP}-1", "--markdown")
        told["json"] = (await daemon.cli("history", "--move", f"{GROUP}-1", "--json")).json
        told["unknown move"] = await daemon.cli("history", "--move", "nobody-1")
        told["usage"] = await daemon.cli("history", "--markdown")
        told["incidents"] = await daemon.cli("incident")
        (found,) = (await daemon.cli("incident", "--json")).json["incidents"]
        told["incident"] = await daemon.cli("incident", found["id"])
        told["unknown incident"] = await daemon.cli("incident", "atlantis-1")
        bundle = folder / "incident.tar.gz"
        pack = ("incident", found["id"], "--bundle", str(bundle))
        told["packed"] = [await daemon.cli(*pack), await daemon.cli(*pack), await daemon.cli(*pack, "--force")]
        told["mode"] = bundle.stat().st_mode & 0o777
        with tarfile.open(bundle) as archive:
            told["files"] = {e.name.rpartition("/")[2]: archive.extractfile(e).read().decode() for e in archive}  # type: ignore[union-attr]
        told["log"] = daemon.log
    return told


late = pytest.mark.beside.with_args(a_late_build, long=True)


@late
async def test_the_late_image_is_taken_out_of_latest_by_one_request(outcome: dict[str, Any]) -> None:
    (path,) = outcome["patched"]
    assert path.endswith("/galleries/gallery_westeurope/images/ubuntu-weu/versions/1.0.1")
    assert "has built late" in outcome["log"]


@late
async def test_the_report_tells_the_move_from_its_sign_to_its_image_and_what_came_late(outcome: dict[str, Any]) -> None:
    assert outcome["report"].code == 0
    for title in ("How long it took", "What it rested on", "Gates at the claim", "Steps", "Late runs"):
        assert f"\n{title}\n" in outcome["report"].out
    assert outcome["markdown"].out.startswith(f"# Failover of {GROUP}, ")
    assert "| taken out |" in outcome["markdown"].out
    assert outcome["json"]["late_runs"][0]["images"][0]["latest"] == "excluded"
    assert {"decide", "act", "image"} <= set(outcome["json"]["seconds"])
    assert f"{GROUP}  failover westeurope -> northeurope: done; " in outcome["history"].out


@late
async def test_the_bundle_has_what_support_asks_for(outcome: dict[str, Any]) -> None:
    first, second, third = outcome["packed"]
    assert [first.code, second.code, third.code, outcome["mode"]] == [0, 1, 0, 0o600]
    assert "is there already, and was left as it is" in second.err
    failures = json.loads(outcome["files"]["failures.json"])
    assert any("x-ms-correlation-request-id" in id_ for failure in failures for id_ in failure["ids"])
    assert PRIMARY.lower() in outcome["files"]["README.md"].replace("\\", "")
    assert "VMI7-2B8" in outcome["files"]["README.md"]
    assert outcome["incident"].out.startswith("Trouble of Image Builder in westeurope since ")
    assert outcome["incidents"].code == 0


@late
async def test_unknown_ids_are_answered_with_those_there_are(outcome: dict[str, Any]) -> None:
    assert [outcome[f"unknown {what}"].code for what in ("move", "incident")] == [1, 1]
    assert f"there is no move 'nobody-1'; there are: {GROUP}-1-" in outcome["unknown move"].err
    assert "there is no incident 'atlantis-1'; there are: westeurope-" in outcome["unknown incident"].err
    assert outcome["usage"].code == 2
