"""Lose the power, an answer or the disk in the middle of a move, and count: one run of the secondary.

The count is the stand-in's own, not what the daemon believes. Deaths at named boundaries are in
test_story_boundaries.py.
"""

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.waiting import until

from .crashes import moved
from .fullness import Filled, filled
from .support import SECONDARY, Azure, Daemon, a_daemon, a_world, an_azure

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

NEVER_SENT_WAITS = 75.0
"""Seconds: an attempt that was marked as sent, and is nowhere, is called missing after 30 s; see run_template.py."""


@dataclass(frozen=True)
class Ending:
    """How a story ended."""

    accepted: tuple[str, ...]
    """Templates whose run a client asked for and was granted."""
    posts: int
    """POSTs to run the secondary, granted or not."""
    active: str
    phase: str
    epoch: int
    steps: tuple[tuple[int, str], ...]
    """Attempt and result of every step of the move."""
    failed: bool
    run: str
    images: int


def moved_once(*, posts: int = 1, attempt: int = 1, result: str = "applied") -> Ending:
    """Return the one good ending; attempts that changed nothing may have gone before."""
    return Ending(
        accepted=("ubuntu-neu",),
        posts=posts,
        active=SECONDARY.lower(),
        phase="watching",
        epoch=1,
        steps=((attempt, result),),
        failed=False,
        run="succeeded",
        images=1,
    )


async def ending(azure: Azure, daemon: Daemon) -> Ending:
    """Return how it ended."""
    group = await daemon.group()
    move = (await daemon.told("moves"))["moves"][-1]
    return Ending(
        accepted=tuple(run["template"].rsplit("/", 1)[-1] for run in await azure.runs()),
        posts=sum(SECONDARY.lower() in path for path in await azure.posts()),
        active=group["active"],
        phase=group["phase"],
        epoch=group["epoch"],
        steps=tuple((step["attempt"], step["result"]) for step in move["steps"]),
        failed=move["failed"],
        run=move["run_state"],
        images=len(move["images"]),
    )


async def kill_while_the_post_is_under_way(folder: Path) -> Ending:
    async with an_azure(a_world(broken=True)) as azure, a_daemon(folder, azure.base) as daemon:
        await azure.trouble(region="northeurope", operations=["run"], answer="timeout", effect=True)
        await daemon.start()
        await until_running(azure)
        await daemon.kill()
        await daemon.start()
        await daemon.noted("put out 1 image")
        return await ending(azure, daemon)


async def until_running(azure: Azure) -> None:
    async def look() -> bool:
        return bool(await azure.runs())

    await until("a run is accepted", look)


@pytest.mark.beside.with_args(kill_while_the_post_is_under_way)
async def test_killed_while_it_waits_for_the_answer_to_a_run_it_finds_that_run(outcome: Ending) -> None:
    assert outcome == moved_once()


async def kill_while_the_secondary_runs(folder: Path) -> Ending:
    async with an_azure(a_world(broken=True, building=5.0)) as azure, a_daemon(folder, azure.base) as daemon:
        await daemon.start()
        await daemon.noted("run on ubuntu-neu running")
        await daemon.kill()
        assert [run["state"] for run in await azure.runs()] == ["Running"]
        await daemon.start()
        await daemon.noted("put out 1 image")
        return await ending(azure, daemon)


@pytest.mark.beside.with_args(kill_while_the_secondary_runs)
async def test_killed_while_the_secondary_builds_it_follows_the_same_run_to_its_image(outcome: Ending) -> None:
    assert outcome == moved_once()


async def lose_the_answer(folder: Path, answer: str) -> Ending:
    async with an_azure(a_world(broken=True)) as azure, a_daemon(folder, azure.base) as daemon:
        await azure.trouble(region="northeurope", operations=["run"], answer=answer, effect=True)
        await daemon.start()
        await daemon.noted("put out 1 image")
        return await ending(azure, daemon)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(answer, marks=pytest.mark.beside(lose_the_answer, answer))
        for answer in ("timeout", "500", "garbage")
    ],
)
async def test_a_run_whose_answer_is_lost_is_found_and_not_asked_for_again(answer: str, outcome: Ending) -> None:
    assert outcome == moved_once()


async def swallow_the_post(folder: Path) -> Ending:
    """Let the first POST vanish without an effect, and the second one be met as usual."""
    async with an_azure(a_world(broken=True)) as azure, a_daemon(folder, azure.base) as daemon:
        await azure.trouble(region="northeurope", operations=["run"], answer="timeout")
        await daemon.start()
        await until("a run is asked for", azure.posts)
        await azure.end_troubles()
        await daemon.noted("put out 1 image", within=NEVER_SENT_WAITS)
        return await ending(azure, daemon)


@pytest.mark.beside(swallow_the_post, long=True)
async def test_a_run_that_vanished_on_the_way_is_asked_for_again_once_that_is_certain(outcome: Ending) -> None:
    assert outcome == moved_once(posts=2, attempt=2)


async def fill_the_disk(folder: Path) -> tuple[dict[str, object], Ending]:
    """Let the disk be full from before the outage until it is proven; return what was done meanwhile, too."""
    async with an_azure(a_world(noticed=True)) as azure, a_daemon(folder, azure.base) as daemon:
        await daemon.start()
        await daemon.ready()
        daemon.forbid_files()
        await azure.trouble(region="westeurope", operations=["get", "run"], answer="500")
        await daemon.verdict("outage")
        group = await daemon.group()
        shut = {gate["name"]: gate["state"] for gate in group["gates"] if gate["state"] != "open"}
        meanwhile = {"posts": len(await azure.posts()), "phase": group["phase"], "shut": shut}
        daemon.forbid_files(forbidden=False)
        await daemon.noted("put out 1 image")
        return meanwhile, await ending(azure, daemon)


@pytest.mark.beside.with_args(fill_the_disk)
async def test_with_a_full_disk_it_goes_on_seeing_and_moves_once_there_is_room_again(
    outcome: tuple[dict[str, object], Ending],
) -> None:
    meanwhile = {"posts": 0, "phase": "watching", "shut": {"self_healthy": "closed"}}
    assert outcome == (meanwhile, moved_once())


@pytest.mark.parametrize(
    "point",
    [
        pytest.param(point, marks=pytest.mark.beside(filled, point))
        for point in ("before dispatch", "before recording.activate", "before conclude#2")
    ],
)
async def test_with_a_full_disk_in_the_middle_of_a_move_nothing_is_begun_and_all_is_done_once(
    point: str, outcome: Filled
) -> None:
    assert outcome == Filled(told=True, added=0, fate=moved())
