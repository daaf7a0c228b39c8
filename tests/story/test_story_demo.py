"""Play the demo as a script would: it ends by itself, tells the whole story, and is plain text in a pipe."""

from pathlib import Path

import pytest

from .support import PROGRAM, Done, from_scratch

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]


async def play(_: Path) -> Done:
    return await from_scratch(PROGRAM, "demo", "--fast", "--exit", within=60.0)


played = pytest.mark.beside(play, long=True)


@played
async def test_the_demo_ends_well_within_a_minute_and_complains_of_nothing(outcome: Done) -> None:
    assert (outcome.code, outcome.err) == (0, ""), outcome.out


@played
async def test_in_a_pipe_the_demo_writes_plain_text(outcome: Done) -> None:
    assert [c for c in outcome.out if not c.isprintable() and c != "\n"] == []


@played
async def test_the_demo_tells_of_the_outage_the_move_the_image_and_the_recovery(outcome: Done) -> None:
    told = [
        "A canary is sent to westeurope",
        "The canary failed",
        "westeurope has an outage",
        "ubuntu-base has moved",
        "rhel-cis would move too",
        "ubuntu-neu has built",
        "The canary builds again",
        "westeurope is recovering",
        "westeurope is healthy again",
        "The story is whole: ubuntu-neu was run exactly once, and its image is there.",
    ]
    assert [words for words in told if words not in outcome.out] == []


@played
async def test_the_image_id_stands_on_one_line_so_that_a_script_can_find_it(outcome: Done) -> None:
    lines = [line.strip() for line in outcome.out.splitlines()]
    images = [line for line in lines if "/galleries/gallery_northeurope/images/ubuntu-neu/versions/" in line]
    assert [line.startswith("/subscriptions/") for line in images] == [True]
