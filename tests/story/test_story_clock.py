"""Set the host's clock by hours: in the middle of a move, and on an ordinary day."""

from pathlib import Path
from typing import Any

import pytest

from tests.waiting import until

from .crashes import THREE, Fate, fate, moved, steps
from .support import Daemon, a_daemon, a_world, an_azure

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

BACK, FORWARD = -3 * 3600, 3 * 3600


async def turned(folder: Path, seconds: int, point: str) -> Fate:
    """Set the clock at a boundary of a move, and see the move to its end."""
    async with (
        an_azure(a_world(broken=True)) as azure,
        a_daemon(folder, azure.base, steps=steps(folder, *THREE)) as daemon,
    ):
        await daemon.start(kill_at=f"turn {seconds} {point}")
        await daemon.noted("clock jumped")
        return await fate(azure, daemon)


@pytest.mark.parametrize(
    ("seconds", "point"),
    [
        pytest.param(seconds, point, marks=pytest.mark.beside(turned, seconds, point), id=f"{seconds} s {point}")
        for seconds, point in (
            (BACK, "after record WriteEpoch"),
            (BACK, "before run-template.activate"),
            (BACK, "after run-template.activate"),
            (FORWARD, "before run-template.activate"),
        )
    ],
)
async def test_a_clock_that_is_set_in_the_middle_of_a_move_is_told_and_all_is_done_once(
    seconds: int, point: str, outcome: Fate
) -> None:
    assert outcome == moved()


async def turned_on_an_ordinary_day(folder: Path, seconds: int) -> dict[str, Any]:
    async with an_azure(a_world()) as azure, a_daemon(folder, azure.base) as daemon:
        await daemon.start(kill_at=f"turn {seconds} after early record Observed while watching#3")
        jumped = await daemon.noted("clock jumped")
        await azure.trouble(region="westeurope", operations=["get"], answer="500")
        suspect = await daemon.verdict("suspect")
        shut = await until("all was looked at anew", lambda: looked_anew(daemon), seen=daemon.last_words)
        return {"loud": jumped["loud"], "sees": suspect["verdict"], "shut": shut, "posts": await azure.posts()}


async def looked_anew(daemon: Daemon) -> list[str] | None:
    """Return the gates that are shut, once what is hours old by the new time was looked at again."""
    shut = [gate["name"] for gate in (await daemon.group())["gates"] if gate["state"] != "open"]
    return None if "secondary_ready" in shut else shut


@pytest.mark.parametrize(
    "seconds",
    [
        pytest.param(seconds, marks=pytest.mark.beside(turned_on_an_ordinary_day, seconds))
        for seconds in (BACK, FORWARD)
    ],
)
async def test_on_an_ordinary_day_it_is_told_and_watching_goes_on_while_moves_wait(
    seconds: int, outcome: dict[str, Any]
) -> None:
    assert outcome == {"loud": True, "sees": "suspect", "shut": ["self_healthy"], "posts": []}
