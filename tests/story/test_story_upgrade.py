"""Start this version on a journal of an older one that died in the middle of moves; see tests/data/journal_0_1."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.waiting import until

from .support import GROUP, PRIMARY, SECONDARY, Done, a_daemon, a_world, an_azure

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

OLD = Path(__file__).parents[1] / "data" / "journal_0_1" / "journal.sql"
OTHERS = ("moved", "halted", "paused", "held", "checking", "committing")

A_TEMPLATE = """
[[template]]
name = "{name}-{place}"
resource_group = "images-{place}"
region = "{region}"
"""


def a_full_world() -> str:
    """Return a world with the templates of every group; no secondary was ever run."""
    places = {"weu": "westeurope", "neu": "northeurope"}
    world = a_world(broken=True).replace('last_run = "succeeded"\nlast_run_ended = 518400\n', "")
    return world + "".join(
        A_TEMPLATE.format(name=name, place=place, region=region) for name in OTHERS for place, region in places.items()
    )


def the_others() -> str:
    """Return the configuration of the other groups."""
    return "".join(
        f'\n[[group]]\nname = "{name}"\nmode = "auto"\nprimary = "{PRIMARY.replace("ubuntu", name)}"\n'
        f'secondaries = ["{SECONDARY.replace("ubuntu", name)}"]\n'
        for name in OTHERS
    )


async def upgraded(folder: Path) -> dict[str, Any]:
    """Start on the old journal, wait until what was begun is finished, and return how everything stands."""
    async with (
        an_azure(a_full_world()) as azure,
        a_daemon(folder, azure.base, steps=the_others()) as daemon,
    ):
        daemon.state.mkdir()
        with closing(sqlite3.connect(daemon.state / "aibwatch.db")) as database:
            database.executescript(OLD.read_text(encoding="utf-8"))
        await daemon.start()
        await daemon.ready()

        async def finished() -> dict[str, Any] | None:
            groups = {g["name"]: g for g in (await daemon.told("groups")).get("groups", [])}
            done = all(groups[name]["phase"] == "watching" for name in (GROUP, "committing"))
            return groups if done and groups["checking"]["phase"] == "held" else None

        groups = await until("what was begun is finished", finished, seen=daemon.last_words)
        return {
            "phases": {name: group["phase"] for name, group in groups.items()},
            "at their secondary": {name for name, group in groups.items() if group["active"].endswith("-neu")},
            "runs": sorted(run["template"].rsplit("/", 1)[-1] for run in await azure.runs()),
            "paused": groups["paused"]["sentence"],
            "then": await daemon.cli("explain", GROUP, "--at", "2025-03-02T23:59:00Z"),
            "history": await daemon.cli("history", "halted"),
        }


@pytest.mark.beside.with_args(upgraded)
async def test_moves_past_their_commit_are_finished_once_and_others_are_not_begun(outcome: dict[str, Any]) -> None:
    assert outcome["runs"] == ["committing-neu", "ubuntu-neu"]
    assert outcome["at their secondary"] == {"ubuntu-base", "committing", "moved", "halted"}


@pytest.mark.beside.with_args(upgraded)
async def test_what_was_halted_paused_or_held_stays_so(outcome: dict[str, Any]) -> None:
    assert outcome["phases"] == {
        "ubuntu-base": "watching", "committing": "watching", "moved": "watching", "halted": "halted",
        "paused": "held", "held": "held", "checking": "held",
    }  # fmt: skip
    assert "paused: paused by anna for" in outcome["paused"]


@pytest.mark.beside.with_args(upgraded)
async def test_the_past_of_the_older_version_can_still_be_asked_about(outcome: dict[str, Any]) -> None:
    then: Done = outcome["then"]
    history: Done = outcome["history"]
    assert (then.code, history.code) == (0, 0)
    assert "as it stood at 2025-03-02" in then.out
    assert "Is westeurope down?  Yes" in then.out
    assert "the template is gone" in history.out
