"""Two daemons in processes of their own ask each other how they see a region."""

from pathlib import Path
from typing import Any

import pytest

from tests.waiting import until

from .support import GROUP, SECONDARY, Daemon, a_daemon, a_world, an_azure

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

POLLED = 'aibwatch_poll_total{source="peer"}'
WORDS = 'peer = "1s"\n'


def asks(daemon: Daemon, other: Daemon, **changes: str) -> None:
    """Let one daemon ask another one every second."""
    text = daemon.config.read_text().replace("[poll]\n", f"[poll]\n{WORDS}")
    for old, new in changes.items():
        text = text.replace(old, new)
    daemon.config.write_text(f'{text}\n[[peer]]\nname = "north"\nurl = "http://127.0.0.1:{other.port}"\n')


async def evidence(daemon: Daemon, sign: int) -> str:
    """Wait until peers weigh with this sign, and return the sentence."""

    async def look() -> str | None:
        told = (await daemon.told("regions/westeurope")).get("evidence", [])
        return next((e["sentence"] for e in told if e["kind"] == "peers" and e["weight"] * sign > 0), None)

    return await until("the peer's word weighs", look, seen=daemon.last_words)


async def own_view(daemon: Daemon) -> dict[str, Any] | None:
    regions = (await daemon.told("status")).get("regions", [])
    return next((r["own_view"] for r in regions if r["name"] == "westeurope"), None)


async def one_is_cut_off(folder: Path) -> dict[str, Any]:
    """Let one daemon see an outage that the other one, with its own way to Azure, does not see; then both see it."""
    told: dict[str, Any] = {}
    async with (
        an_azure(a_world(broken=True)) as broken,
        an_azure(a_world()) as well,
        a_daemon(folder / "one", broken.base) as one,
        a_daemon(folder / "north", well.base) as north,
    ):
        asks(one, north, **{"confirm_score = 8.0": "confirm_score = 4.0"})
        await north.start()
        await north.ready()
        await one.start()
        held = await one.verdict("outage")
        told["sentence"] = await evidence(one, -1)
        told["held by"] = await held_by(one)
        told["explained"] = (await one.cli("explain", GROUP)).out
        told["posts while held"] = await broken.posts()
        told["north has peer metrics"] = POLLED in (await north.get("/metrics"))[1]
        told["one has peer metrics"] = POLLED in (await one.get("/metrics"))[1]
        told["verdict"] = held["verdict"]
        await well.trouble(region="westeurope", operations=["get"], answer="500")
        await one.noted("moving -> watching")
        told["posts"] = await broken.posts()
    return told


async def held_by(daemon: Daemon) -> list[str]:
    async def look() -> list[str] | None:
        group = await daemon.group()
        return group["held_by"] if group.get("phase") == "held" else None

    return await until("the move is held", look, seen=daemon.last_words)


cut_off = pytest.mark.beside.with_args(one_is_cut_off)


@cut_off
async def test_while_the_other_one_sees_the_region_well_nothing_is_moved(outcome: dict[str, Any]) -> None:
    assert (outcome["verdict"], outcome["held by"]) == ("outage", ["observers_agree"])
    assert outcome["posts while held"] == []
    assert "closed   observers_agree  north sees westeurope well" in outcome["explained"]


@cut_off
async def test_its_word_is_told_with_its_reason(outcome: dict[str, Any]) -> None:
    assert outcome["sentence"].startswith("the observer north sees the region well (")


@cut_off
async def test_when_the_other_one_sees_it_too_the_group_moves_once(outcome: dict[str, Any]) -> None:
    assert outcome["posts"] == [f"{SECONDARY.lower()}/run"]


@cut_off
async def test_there_are_metrics_of_peers_where_there_are_peers(outcome: dict[str, Any]) -> None:
    assert (outcome["one has peer metrics"], outcome["north has peer metrics"]) == (True, False)


async def they_ask_each_other(folder: Path) -> dict[str, Any]:
    """Let both see failing reads, each be told so by the other, and then let the reads be answered again."""
    told: dict[str, Any] = {}
    async with (
        an_azure(a_world()) as azure,
        a_daemon(folder / "one", azure.base) as one,
        a_daemon(folder / "north", azure.base) as north,
    ):
        asks(one, north)
        asks(north, one)
        await one.start()
        await north.start()
        await one.ready()
        await north.ready()
        await azure.trouble(region="westeurope", operations=["get"], answer="500")
        told["words"] = [await evidence(daemon, +1) for daemon in (one, north)]
        told["views in trouble"] = [await own_view(daemon) for daemon in (one, north)]
        await azure.end_troubles()
        for daemon in (one, north):
            await daemon.verdict("healthy", within=20)
        told["views afterwards"] = [await own_view(daemon) for daemon in (one, north)]
        await north.kill()
        told["alone"] = (await one.verdict("healthy"))["verdict"]

        async def failing() -> bool:
            return 'aibwatch_poll_failures_total{source="peer"} 0' not in (await one.get("/metrics"))[1]

        await until("the dead peer's polls fail", failing)
        told["blind"] = (await one.told("regions/westeurope"))["verdict"]
    return told


each_other = pytest.mark.beside.with_args(they_ask_each_other)


@each_other
async def test_each_hears_of_the_other_one_s_trouble(outcome: dict[str, Any]) -> None:
    assert [w.startswith("the observer north sees trouble too (") for w in outcome["words"]] == [True, True]
    assert [view["troubled"] for view in outcome["views in trouble"]] == [True, True]


@each_other
async def test_trouble_that_is_over_is_not_held_up_by_each_repeating_the_other(outcome: dict[str, Any]) -> None:
    assert [view["troubled"] for view in outcome["views afterwards"]] == [False, False]


@each_other
async def test_a_peer_that_is_gone_makes_nobody_blind(outcome: dict[str, Any]) -> None:
    assert (outcome["alone"], outcome["blind"]) == ("healthy", "healthy")
