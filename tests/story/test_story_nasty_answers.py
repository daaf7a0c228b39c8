"""Let Azure answer nonsense while the daemon watches: it stays alive, moves nothing, says why, and recovers.

Each daemon meets several kinds of nonsense one after the other. The trouble is westeurope's alone, where the primary
is: the other region would make an easy way out if anything here were taken for an outage.
"""

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.waiting import until

from .support import Azure, Daemon, a_daemon, a_world, an_azure

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]


@dataclass(frozen=True)
class Seen:
    """How a daemon bore one kind of nonsense."""

    verdict: str
    why: str
    recovered: str


@dataclass(frozen=True)
class Borne:
    """How a daemon bore several kinds."""

    by: dict[str, Seen]
    posts: int
    epoch: int
    alive: bool


async def bear(folder: Path, *answers: str) -> Borne:
    """Answer reads of westeurope with each kind of nonsense, until it is told and then well again."""
    async with an_azure(a_world()) as azure, a_daemon(folder, azure.base) as daemon:
        await daemon.start()
        await daemon.verdict("healthy")
        by = {answer: await bear_one(azure, daemon, answer) for answer in answers}
        group = await daemon.group()
        return Borne(
            by=by, posts=len(await azure.posts()), epoch=group["epoch"], alive=daemon.process.returncode is None
        )


async def bear_one(azure: Azure, daemon: Daemon, answer: str) -> Seen:
    await azure.trouble(region="westeurope", operations=["get", "list"], answer=answer)

    async def judged() -> dict[str, str] | None:
        told = await daemon.told("regions/westeurope")
        return told if told.get("verdict") not in {None, "healthy"} else None

    told = await until(f"{answer} is noticed", judged)
    await azure.end_troubles()
    recovered = await daemon.verdict("healthy")
    return Seen(verdict=told["verdict"], why=told["why"], recovered=recovered["verdict"])


@pytest.mark.parametrize(
    ("answers", "verdict"),
    [
        pytest.param(answers, verdict, marks=pytest.mark.beside(bear, *answers, long=True), id=" ".join(answers))
        for answers, verdict in [
            (("empty", "garbage", "wrong-shape"), "suspect"),
            (("timeout", "reset"), "blind"),
            (("html", "huge"), "blind"),
            (("unauthorized", "forbidden", "429"), "blind"),
        ]
    ],
)
async def test_nonsense_never_moves_a_group_and_is_told_while_it_lasts(
    answers: tuple[str, ...], verdict: str, outcome: Borne
) -> None:
    assert {name: (seen.verdict, seen.recovered) for name, seen in outcome.by.items()} == dict.fromkeys(
        answers, (verdict, "healthy")
    )
    assert [name for name, seen in outcome.by.items() if not seen.why] == []
    assert (outcome.posts, outcome.epoch, outcome.alive) == (0, 0, True)


async def bear_a_link_to_strangers(folder: Path) -> tuple[str, str, int]:
    async with an_azure(a_world()) as azure, a_daemon(folder, azure.base) as daemon:
        await daemon.start()
        await daemon.verdict("healthy")
        await azure.trouble(region="westeurope", operations=["list"], answer="foreign-next-link")
        await failed_polls(daemon, "templates")
        probed = await daemon.cli("probe", "--once")
        verdict = (await daemon.told("regions/westeurope"))["verdict"]
        return verdict, probed.out, len(await azure.posts())


async def failed_polls(daemon: Daemon, source: str) -> None:
    """Wait until polls of the source are counted as failed."""
    well = f'aibwatch_poll_failures_total{{source="{source}"}} 0.0'

    async def look() -> bool:
        status, text = await daemon.get("/metrics")
        return status == 200 and well not in text

    await until(f"polls of {source} are counted as failed", look)


@pytest.mark.beside.with_args(bear_a_link_to_strangers)
async def test_a_link_that_leads_to_strangers_is_refused_and_told(outcome: tuple[str, str, int]) -> None:
    verdict, probed, posts = outcome
    assert (verdict, posts) == ("healthy", 0)
    assert "refused to go to" in probed


async def bear_everything_at_once(folder: Path) -> tuple[str, str, int]:
    """Let even tokens fail: nothing at all can be seen."""
    async with an_azure(a_world(noticed=True)) as azure, a_daemon(folder, azure.base) as daemon:
        await daemon.start()
        await daemon.verdict("suspect")
        await azure.trouble(region="*", operations=["*"], answer="reset")
        blind = await daemon.verdict("blind")
        await azure.end_troubles()
        await daemon.verdict("suspect")
        return blind["verdict"], (await daemon.group())["phase"], len(await azure.posts())


@pytest.mark.beside.with_args(bear_everything_at_once)
async def test_cut_off_from_everything_it_is_blind_and_stays_where_it_is(outcome: tuple[str, str, int]) -> None:
    assert outcome == ("blind", "watching", 0)
