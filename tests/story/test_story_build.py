"""A pipeline orders an image: the real command, the real daemon, and the stand-in's own count of what was run."""

import asyncio
import json
import re
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from aibwatch.cli.exits import Exit
from tests.program import Program
from tests.waiting import USUAL, until

from .support import GROUP, PRIMARY, Azure, Daemon, Done, a_daemon, a_world, an_azure, surroundings

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

FAILS = '[[trouble]]\nregion = "westeurope"\noperations = ["run"]\nanswer = "500"\n'


@dataclass(frozen=True)
class Ending:
    """How an order ended."""

    done: Done
    posts: tuple[str, ...]
    """Templates whose run was asked for, in order."""
    accepted: tuple[str, ...]
    group: dict[str, Any]
    build: dict[str, Any]
    metrics: tuple[str, ...]
    speaks: tuple[str, ...]
    """Kinds of evidence about westeurope."""


async def ending(azure: Azure, daemon: Daemon, done: Done) -> Ending:
    """Return what came of the order called "b1"."""
    metrics = (await daemon.get("/metrics"))[1].splitlines()
    return Ending(
        done=done,
        posts=tuple(path.split("/")[-2] for path in await azure.posts()),
        accepted=tuple(run["template"].rsplit("/", 1)[-1] for run in await azure.runs()),
        group=await daemon.group(),
        build=await daemon.told("builds/b1"),
        speaks=tuple(e["kind"] for e in (await daemon.told("regions/westeurope"))["evidence"] if e["weight"] > 0),
        metrics=tuple(line for line in metrics if line.startswith("aibwatch_build") and "{group" in line),
    )


async def order(folder: Path, scenario: str, *more: str) -> Ending:
    """Order an image in a world, wait for it, and look at what was done."""
    async with an_azure(scenario) as azure, a_daemon(folder, azure.base, mode="shadow") as daemon:
        await daemon.start()
        await daemon.verdict("healthy", "northeurope")
        done = await daemon.cli("build", GROUP, "--wait", "--id", "b1", *more)
        return await ending(azure, daemon, done)


def counted(ordered: int, failed: int) -> tuple[str, ...]:
    return (
        f'aibwatch_builds_total{{group="{GROUP}"}} {ordered:.1f}',
        f'aibwatch_build_failures_total{{group="{GROUP}"}} {failed:.1f}',
    )


@pytest.mark.beside(order, a_world())
async def test_in_good_times_the_active_template_is_run_once_and_its_image_is_on_stdout(outcome: Ending) -> None:
    assert (outcome.done.code, outcome.posts, outcome.accepted) == (0, ("ubuntu-weu",), ("ubuntu-weu",))
    assert outcome.done.out.splitlines() == outcome.build["images"]
    assert "/images/" in outcome.done.out.lower()
    assert (outcome.group["phase"], outcome.group["epoch"]) == ("watching", 0)
    assert outcome.metrics == counted(1, 0)


@pytest.mark.beside(order, a_world() + FAILS, long=True)
async def test_where_the_service_fails_the_primary_the_secondary_is_run_once_and_nothing_is_moved(
    outcome: Ending,
) -> None:
    assert (outcome.done.code, outcome.posts) == (0, ("ubuntu-weu", "ubuntu-neu"))
    assert outcome.accepted == ("ubuntu-neu",)
    assert [a["stage"] for a in outcome.build["attempts"]] == ["failed", "built"]
    assert (outcome.group["active"], outcome.group["epoch"]) == (PRIMARY.lower(), 0)
    assert "a ready secondary is run instead" in outcome.done.err
    assert outcome.metrics == counted(1, 0)
    assert outcome.speaks == ("calls",), "what was refused to us speaks against the region"


OWN_FAULT = a_world().replace('name = "ubuntu-weu"', 'name = "ubuntu-weu"\noutcome = "unauthorized"')


@pytest.mark.beside(order, OWN_FAULT)
async def test_where_the_template_fails_by_its_own_fault_no_secondary_is_run_and_it_says_what_to_do(
    outcome: Ending,
) -> None:
    assert (outcome.done.code, outcome.done.out, outcome.posts) == (1, "", ("ubuntu-weu",))
    assert "no image: failed (customer)" in outcome.done.err
    assert outcome.build["advice"] in outcome.done.err
    assert outcome.metrics == counted(1, 1)


async def order_in_an_outage(folder: Path) -> tuple[Ending, Done]:
    """Order an image where an outage is proven, and once more by the same id."""
    async with an_azure(a_world(broken=True)) as azure, a_daemon(folder, azure.base, mode="shadow") as daemon:
        await daemon.start()
        await daemon.noted("would fail over now")
        done = await daemon.cli("build", GROUP, "--wait", "--id", "b1")
        again = await daemon.cli("build", GROUP, "--wait", "--id", "b1", "--json")
        return await ending(azure, daemon, done), again


@pytest.mark.beside.with_args(order_in_an_outage)
async def test_in_a_proven_outage_the_secondary_is_run_at_once_also_in_shadow_mode(
    outcome: tuple[Ending, Done],
) -> None:
    told, again = outcome
    assert (told.done.code, told.posts) == (0, ("ubuntu-neu",))
    assert told.group["active"] == PRIMARY.lower()
    assert "westeurope is down, so a ready secondary is run instead" in told.done.err
    assert (again.code, again.json["images"]) == (0, told.done.out.splitlines())


async def kill_after_the_post(folder: Path) -> Ending:
    """Take the daemon's power while the request is under way, with a command that waits all the time."""
    async with (
        an_azure(a_world(building=3.0)) as azure,
        a_daemon(folder, azure.base, mode="shadow") as daemon,
    ):
        await daemon.start()
        await daemon.verdict("healthy", "northeurope")
        await azure.trouble(region="westeurope", operations=["run"], answer="timeout", effect=True)
        waiting = asyncio.create_task(daemon.cli("build", GROUP, "--wait", "--id", "b1"))
        await until("the run is accepted", azure.runs)
        await daemon.kill()
        await daemon.start()
        return await ending(azure, daemon, await waiting)


@pytest.mark.beside.with_args(kill_after_the_post)
async def test_killed_after_the_request_it_follows_the_run_that_began_and_sends_no_second_one(outcome: Ending) -> None:
    assert (outcome.done.code, outcome.posts) == (0, ("ubuntu-weu",)), outcome.done
    assert outcome.done.out.splitlines() == outcome.build["images"]


async def interrupt(folder: Path) -> tuple[Done, Done, dict[str, Any]]:
    """Press Ctrl-C while it waits; then let the time run out; then look at the build."""
    async with an_azure(a_world(building=60.0)) as azure, a_daemon(folder, azure.base) as daemon:
        await daemon.start()
        await daemon.verdict("healthy", "westeurope")
        asked = ["--config", str(daemon.config), "build", GROUP, "--wait", "--id", "b1"]
        waiter = Program(asked, surroundings({}))
        await until("the run is accepted", azure.runs)
        await until("the build is followed", lambda: runs(daemon))
        waiter.send_signal(signal.SIGINT)
        out, err = await asyncio.wait_for(waiter.communicate(), USUAL)
        assert waiter.returncode is not None
        in_vain = await daemon.cli("build", GROUP, "--wait", "--id", "b1", "--timeout", "1s")
        return Done(waiter.returncode, out.decode(), err.decode()), in_vain, await daemon.told("builds/b1")


async def runs(daemon: Daemon) -> bool:
    told = await daemon.told("builds/b1")
    return bool(told) and told["attempts"][-1]["stage"] == "running"


@pytest.mark.beside.with_args(interrupt)
async def test_whoever_stops_waiting_stops_nothing_and_is_told_how_to_go_on(
    outcome: tuple[Done, Done, dict[str, Any]],
) -> None:
    stopped, in_vain, build = outcome
    says = f"build b1 goes on; follow it with: aibwatch build {GROUP} --wait --id b1"
    assert (stopped.code, in_vain.code, in_vain.out) == (130, Exit.BUSY, "")
    assert (says in stopped.err, says in in_vain.err) == (True, True), (stopped, in_vain)
    assert (build["result"], build["accepted"]) == (None, True)


async def refuse_orders(folder: Path) -> dict[str, Done]:
    """Order what cannot be begun."""
    asked = {
        "no group": ["build", "nobody"],
        "no member": ["build", GROUP, "--to", "swedencentral"],
        "bad id": ["build", GROUP, "--id", "../x"],
        "bad time": ["build", GROUP, "--timeout", "soon"],
    }
    async with an_azure(a_world(building=60.0)) as azure, a_daemon(folder, azure.base) as daemon:
        await daemon.start()
        await daemon.verdict("healthy", "westeurope")
        told = {name: await daemon.cli(*arguments) for name, arguments in asked.items()}
        told["first"] = await daemon.cli("build", GROUP, "--id", "b1", "--to", "West Europe", "--reason", "urgent")
        told["second"] = await daemon.cli("build", GROUP, "--id", "b2")
        told["status"] = await daemon.cli("status")
        told["explain"] = await daemon.cli("explain", GROUP)
        told["posts"] = Done(0, json.dumps(await azure.posts()), "")
        return told


refused = pytest.mark.beside.with_args(refuse_orders)


@refused
@pytest.mark.parametrize(
    ("name", "code", "says"),
    [
        ("no group", Exit.FAILED, f"there is no group 'nobody'; there are: {GROUP}"),
        ("no member", Exit.USAGE, "there are members in: northeurope and westeurope"),
        ("bad id", Exit.USAGE, "id: use 1 to 80 of"),
        ("bad time", Exit.USAGE, "--timeout: "),
        ("second", Exit.BUSY, f"the build b1 of {GROUP} is under way, ordered by"),
    ],
)
async def test_an_order_that_cannot_be_begun_is_refused_with_its_code_and_the_reason(
    name: str, code: int, says: str, outcome: dict[str, Done]
) -> None:
    assert (outcome[name].code, outcome[name].out) == (code, "")
    assert says in outcome[name].err


@refused
async def test_without_wait_it_ends_when_a_run_was_accepted_and_status_tells_of_the_build(
    outcome: dict[str, Done],
) -> None:
    assert (outcome["first"].code, outcome["first"].out) == (0, "")
    for name in ("status", "explain"):
        # Whether a list has shown the run by then is chance.
        seen = r"ubuntu-weu in westeurope: (its run is under way|Azure accepted its run)"
        assert re.search(seen + r"; westeurope was asked for \(build b1", outcome[name].out)
    assert [path.split("/")[-2] for path in json.loads(outcome["posts"].out)] == ["ubuntu-weu"]


async def order_without_a_token(folder: Path) -> Done:
    async with an_azure(a_world()) as azure, a_daemon(folder, azure.base) as daemon:
        text = daemon.config.read_text()
        daemon.config.write_text(re.sub("^token_file.*\n", "", text, flags=re.MULTILINE))
        await daemon.start()
        await daemon.ready()
        return await daemon.cli("build", GROUP)


@pytest.mark.beside.with_args(order_without_a_token)
async def test_without_a_token_it_exits_with_77(outcome: Done) -> None:
    assert (outcome.code, "http.token_file" in outcome.err) == (Exit.NOT_PERMITTED, True)


@pytest.mark.parametrize("more", [(), ("--wait", "--timeout", "1s")])
async def test_without_a_daemon_it_exits_with_69_at_once_or_when_its_time_is_up(
    more: tuple[str, ...], tmp_path: Path
) -> None:
    done = await Daemon(tmp_path, "http://127.0.0.1:9").cli("build", GROUP, *more)
    assert (done.code, done.out) == (Exit.UNREACHABLE, "")
    assert "no daemon answers on 127.0.0.1:" in done.err
