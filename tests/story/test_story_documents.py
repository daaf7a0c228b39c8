"""Every command that the documents show, given to a real daemon: each ends as exit codes say, and none in a fault."""

from pathlib import Path
from typing import Any

import pytest

from tests.test_docs import FOUND, words

from .support import Done, a_daemon, a_world, an_azure

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

ELSEWHERE = frozenset({"run", "demo", "simulate", "backtest", "handler"})
"""Commands that go on, or take minutes, or need a program: they have tests of their own."""

IN_AN_OUTAGE = "deploy/runbooks/"
"""Documents for a bad night; they are followed in one, see tests/deploy/test_runbooks.py."""

ANSWERS = frozenset({0, 1, 3, 4, 75})
"""Well, not so, degraded, outage, busy: what a command that was understood by a daemon may say."""


async def all_commands_are_given(folder: Path) -> dict[str, Any]:
    """Give a daemon that watches one good group every command of the documents, one after the other."""
    told: dict[str, Done] = {}
    async with an_azure(a_world()) as azure, a_daemon(folder, azure.base) as daemon:
        await daemon.start()
        await daemon.verdict("healthy")
        for document, line in FOUND:
            arguments = words(line)
            if arguments[0] not in ELSEWHERE and not document.startswith(IN_AN_OUTAGE):
                told[f"{document}: {line}"] = await daemon.cli(
                    *(here(word, folder) for word in arguments), *more(arguments, folder)
                )
    return {"told": told}


def here(word: str, folder: Path) -> str:
    """Return what takes the place of a word in this story: a folder of ours, a moment that is on record."""
    return str(folder / word.lstrip("/")) if word.startswith("/srv/") else "0 s ago" if word == "02:14" else word


def more(arguments: list[str], folder: Path) -> list[str]:
    """Return what a command needs here of which a document shows only that it may be there."""
    needed = {"classify": ["--status", "500"], "backup": ["--out", str(folder / "copies")]}
    return needed.get(arguments[0], []) if len(arguments) == 1 else []


@pytest.mark.beside.with_args(all_commands_are_given)
async def test_every_command_of_the_documents_is_answered(outcome: dict[str, Any]) -> None:
    told: dict[str, Done] = outcome["told"]
    wrong = {line: (done.code, done.err) for line, done in told.items() if done.code not in ANSWERS}
    assert len(told) > 20
    assert not wrong, wrong
    assert [line for line, done in told.items() if "Traceback" in done.err] == []
