"""People and the real daemon: approve and deny, move by hand, rehearse, go back. Each through the command line."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.waiting import until

from .support import GROUP, PRIMARY, SECONDARY, Daemon, a_daemon, a_world, an_azure

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

RUN_OF_SECONDARY, RUN_OF_PRIMARY = f"{SECONDARY.lower()}/run", f"{PRIMARY.lower()}/run"


async def asked(daemon: Daemon) -> str:
    """Wait until the group asks for approval, and return the id."""

    async def look() -> str | None:
        asks = (await daemon.group()).get("asks")
        return asks["id"] if asks else None

    return await until("it asks", look, seen=daemon.last_words)


async def phase(daemon: Daemon, wanted: str) -> dict[str, Any]:
    async def look() -> dict[str, Any] | None:
        group = await daemon.group()
        return group if group.get("phase") == wanted else None

    return await until(f"it is {wanted}", look, seen=daemon.last_words)


async def active(daemon: Daemon) -> str:
    return (await daemon.cli("active", GROUP)).out.strip()


async def a_move_is_approved(folder: Path) -> dict[str, Any]:
    """Break the region of a group that asks; deny nothing, kill the daemon while it asks, approve twice."""
    told: dict[str, Any] = {}
    async with an_azure(a_world(broken=True)) as azure, a_daemon(folder, azure.base, mode="approve") as daemon:
        await daemon.start()
        told["id"] = await asked(daemon)
        told["explained"] = (await daemon.cli("explain", GROUP)).out
        await daemon.kill()
        await daemon.start()
        await daemon.ready()
        told["id after the crash"] = await asked(daemon)
        told["posts before"] = await azure.posts()
        told["first"] = await daemon.cli("approve", told["id"], "--reason", "images are due at six")
        told["second"] = await daemon.cli("approve", told["id"])
        await daemon.noted("moving -> watching")
        told["posts"] = await azure.posts()
        told["active"] = await active(daemon)
        told["history"] = (await daemon.cli("history", GROUP)).out
    return told


approved = pytest.mark.beside.with_args(a_move_is_approved)


@approved
async def test_nothing_is_moved_before_somebody_approved_it(outcome: dict[str, Any]) -> None:
    assert outcome["posts before"] == []
    assert f"aibwatch approve {outcome['id']}" in outcome["explained"]


@approved
async def test_an_approved_move_is_made_once(outcome: dict[str, Any]) -> None:
    assert (outcome["first"].code, outcome["posts"]) == (0, [RUN_OF_SECONDARY])
    assert outcome["active"] == SECONDARY.lower()


@approved
async def test_the_request_outlives_a_crash(outcome: dict[str, Any]) -> None:
    assert outcome["id after the crash"] == outcome["id"] == f"{GROUP}-1"


@approved
async def test_who_comes_second_is_told(outcome: dict[str, Any]) -> None:
    assert outcome["second"].code in {1, 75}
    assert "aibwatch: " in outcome["second"].err


@approved
async def test_who_approved_it_and_why_is_on_record(outcome: dict[str, Any]) -> None:
    assert "images are due at six" in outcome["history"]


async def a_move_is_denied(folder: Path) -> dict[str, Any]:
    """Deny what a group asks for; then order it by hand all the same."""
    told: dict[str, Any] = {}
    async with an_azure(a_world(broken=True)) as azure, a_daemon(folder, azure.base, mode="approve") as daemon:
        await daemon.start()
        id_ = await asked(daemon)
        told["denied"] = await daemon.cli("deny", id_, "--reason", "we wait")
        told["why"] = (await phase(daemon, "held"))["why"]
        told["approved too late"] = await daemon.cli("approve", id_)
        told["explained"] = (await daemon.cli("explain", GROUP)).out
        told["posts"] = await azure.posts()
        told["without a reason"] = (await daemon.cli("failover", GROUP)).code
        told["dry"] = await daemon.cli("failover", GROUP, "--dry-run", "--reason", "to see")
        told["posts after the dry run"] = await azure.posts()
        told["ordered"] = await daemon.cli("failover", GROUP, "--reason", "we wait no longer", "--json")
        await daemon.noted("moving -> watching")
        told["posts at last"] = await azure.posts()
    return told


denied = pytest.mark.beside.with_args(a_move_is_denied)


@denied
async def test_a_denied_move_is_not_made(outcome: dict[str, Any]) -> None:
    assert (outcome["denied"].code, outcome["posts"]) == (0, [])
    assert "denied by" in outcome["explained"]


@denied
async def test_an_approval_after_a_denial_is_refused_with_who_denied(outcome: dict[str, Any]) -> None:
    assert outcome["approved too late"].code == 75
    assert f"{GROUP}-1 was denied by" in outcome["approved too late"].err


@denied
async def test_a_dry_run_says_what_would_be_done_and_does_nothing(outcome: dict[str, Any]) -> None:
    assert (outcome["dry"].code, outcome["posts after the dry run"]) == (0, [])
    assert f"{GROUP}: a failover to ubuntu-neu would begin now" in outcome["dry"].out
    assert "step 1, run-template: run ubuntu-neu in northeurope" in outcome["dry"].out


@denied
async def test_a_human_s_order_is_followed_whatever_was_denied_and_once(outcome: dict[str, Any]) -> None:
    assert (outcome["without a reason"], outcome["ordered"].code) == (2, 0)
    assert json.loads(outcome["ordered"].out)["id"] == f"{GROUP}-1"
    assert outcome["posts at last"] == [RUN_OF_SECONDARY]


async def a_drill_and_the_way_back(folder: Path) -> dict[str, Any]:
    """Rehearse; move by hand; go back when the region has been well for long enough."""
    told: dict[str, Any] = {}
    async with an_azure(a_world()) as azure, a_daemon(folder, azure.base, mode="shadow", cooldown="1s") as daemon:
        await daemon.start()
        await daemon.ready()
        await daemon.verdict("healthy")
        before = await _last_success(daemon)
        told["drill"] = await daemon.cli("drill", GROUP)
        await daemon.noted("moving -> watching")
        told["active after the drill"] = await active(daemon)
        told["posts of the drill"] = await azure.posts()
        before = await _built(daemon, before)
        told["failover"] = await daemon.cli("failover", GROUP, "--reason", "the paint is wet")
        await _active(daemon, SECONDARY)
        await _built(daemon, before)
        told["failback"] = await _until_followed(daemon, "failback", GROUP)
        await _active(daemon, PRIMARY)
        told["posts"] = await azure.posts()
        told["at home"] = await daemon.cli("failback", GROUP)
        told["metrics"] = (await daemon.get("/metrics"))[1]
    return told


async def _last_success(daemon: Daemon) -> float:
    """Return when the secondary built last, as the daemon saw it."""
    lines = (await daemon.get("/metrics"))[1].split("\n")
    name = "aibwatch_template_last_success_timestamp_seconds"
    return max(float(line.split()[-1]) for line in lines if line.startswith(name) and "ubuntu-neu" in line)


async def _built(daemon: Daemon, since: float) -> float:
    """Wait until the secondary built once more, and return when."""

    async def look() -> float | None:
        last = await _last_success(daemon)
        return last if last > since else None

    return await until("ubuntu-neu has built", look, seen=daemon.last_words)


async def _active(daemon: Daemon, template: str) -> None:
    async def look() -> bool:
        return await active(daemon) == template.lower()

    await until(f"{template} is active", look, seen=daemon.last_words)


async def _until_followed(daemon: Daemon, *order: str) -> list[int]:
    """Give the order until it is followed, and return how each was answered."""
    codes: list[int] = []

    async def look() -> bool:
        codes.append((await daemon.cli(*order)).code)
        return codes[-1] == 0

    await until("the order is followed", look, seen=daemon.last_words)
    return codes


there_and_back = pytest.mark.beside.with_args(a_drill_and_the_way_back)


@there_and_back
async def test_a_drill_runs_the_secondary_and_moves_nothing(outcome: dict[str, Any]) -> None:
    assert (outcome["drill"].code, outcome["posts of the drill"]) == (0, [RUN_OF_SECONDARY])
    assert outcome["active after the drill"] == PRIMARY.lower()


@there_and_back
async def test_a_failback_runs_the_primary_once_and_makes_it_active(outcome: dict[str, Any]) -> None:
    assert outcome["posts"] == [RUN_OF_SECONDARY, RUN_OF_SECONDARY, RUN_OF_PRIMARY]


@there_and_back
async def test_a_failback_before_its_time_is_held_with_exit_code_3(outcome: dict[str, Any]) -> None:
    assert outcome["failback"][-1] == 0
    assert set(outcome["failback"][:-1]) <= {3}


@there_and_back
async def test_there_is_no_way_back_from_home(outcome: dict[str, Any]) -> None:
    assert (outcome["at home"].code, "builds at its primary already" in outcome["at home"].err) == (1, True)


@there_and_back
async def test_moves_are_counted_by_kind(outcome: dict[str, Any]) -> None:
    for kind in ("failover", "failback", "drill"):
        assert f'aibwatch_moves_total{{group="{GROUP}",kind="{kind}"}} 1.0' in outcome["metrics"]
