"""A step by a program of the operator's, with the real daemon: one that lies, and one whose daemon dies meanwhile."""

from pathlib import Path
from typing import Any

import pytest

from tests.waiting import until

from .support import SECONDARY, a_daemon, a_world, an_azure

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

SCRIPT = """
echo $1 >> {folder}/calls
case $1 in
  activate) {act} ;;
  status) echo '{{"type":"result","state":"{state}","why":"no record of it"}}' ;;
esac
"""


def a_step(folder: Path, *, act: str = "exit 0", state: str = "applied") -> str:
    """Return the configuration of a step by a script that does this."""
    folder.mkdir(parents=True, exist_ok=True)
    script = folder / "switch.sh"
    script.write_text(SCRIPT.format(folder=folder, act=act, state=state))
    return f'[[group.step]]\nhandler = "command"\noptions = {{ command = ["/bin/sh", "{script}"] }}\n'


def calls(folder: Path) -> list[str]:
    """Return what it was called for that has an effect, or asks about it."""
    said = (folder / "calls").read_text().split()
    return [verb for verb in said if verb in {"activate", "status"}]


async def there(path: Path) -> None:
    async def look() -> bool:
        return _exists(path)

    await until(f"{path.name} is there", look)


def _exists(path: Path) -> bool:
    return path.exists()


async def it_lies(folder: Path) -> dict[str, Any]:
    """Move with a program that says that it is done, and whose status says that it is not."""
    steps = a_step(folder, state="not_applied")
    async with an_azure(a_world(broken=True)) as azure, a_daemon(folder, azure.base, steps=steps) as daemon:
        await daemon.start()
        await daemon.noted("moving -> halted")
        group = await daemon.group()
    return {"phase": group["phase"], "told": str(group), "calls": calls(folder)}


@pytest.mark.beside.with_args(it_lies)
async def test_a_program_that_contradicts_itself_halts_the_group(outcome: dict[str, Any]) -> None:
    assert outcome["phase"] == "halted"
    assert (
        "it said applied (sh ended with exit code 0 and printed no result); "
        "its status says that the effect is not there: no record of it"
    ) in outcome["told"]
    assert outcome["calls"] == ["activate", "status"]


async def its_daemon_dies(folder: Path) -> dict[str, Any]:
    """Take the daemon's power away while the program acts, and start it again while it still does."""
    act = f"touch {folder}/begun; while [ -e {folder}/begun ] && [ ! -e {folder}/go ]; do sleep 0.1; done"
    steps = a_step(folder, act=act)
    async with an_azure(a_world(broken=True)) as azure, a_daemon(folder, azure.base, steps=steps) as daemon:
        await daemon.start()
        await there(folder / "begun")
        await daemon.kill()
        await daemon.start()
        await daemon.ready()
        told = {"meanwhile": (await daemon.group())["phase"]}
        _go(folder)
        await daemon.noted("moving -> watching")
        return told | {"active": (await daemon.group())["active"], "calls": calls(folder)}


def _go(folder: Path) -> None:
    (folder / "go").touch()


@pytest.mark.beside.with_args(its_daemon_dies)
async def test_a_program_outlives_its_daemon_and_is_called_once(outcome: dict[str, Any]) -> None:
    assert outcome == {"meanwhile": "moving", "active": SECONDARY.lower(), "calls": ["activate", "status"]}
