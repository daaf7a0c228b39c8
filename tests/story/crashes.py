"""Kill the daemon at every boundary of a move in three steps, start it again, and count what was done.

First the story is played without a death and with every boundary written down; then it is played once for each of them.
The counts are not the daemon's own: the stand-in says how many runs it accepted, and files how often handlers acted.
"""

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from tests.waiting import until

from .killer import FIRST_WRITE
from .recording import effects
from .support import GROUP, SECONDARY, Azure, Daemon, a_daemon, a_world, an_azure

FINISHED = 150.0
"""Seconds: an attempt to run a template that was marked as sent, and is nowhere, is called missing after 30 s, and a
handler that cannot tell is asked for 75 s; see run_template.py and triggers.py."""

PAGED = 120.0
"""Seconds within which people must know of a step that nobody can finish."""


def steps(folder: Path, *handlers: str) -> str:
    """Return the configuration of a move's steps; handler "command" is scribe.sh."""
    program = ["/bin/sh", str(SCRIBE), str(folder / "state" / "handlers" / "scribe")]
    options = {"command": f"options = {{ command = {json.dumps(program)} }}\n"}
    return "".join(f'[[group.step]]\nhandler = "{handler}"\n{options.get(handler, "")}' for handler in handlers)


SCRIBE = Path(__file__).with_name("scribe.sh")

Story = Callable[[Path], Awaitable[str]]
"""Played in a folder of its own; returns how it ended, in a word and further ones after a colon: WRONG is wrong."""

THREE = ("run-template", "recording", "command")
"""One that asks Azure, one in the daemon's own process, and one whose program outlives the daemon."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What became of a move."""

    phase: str
    active: str
    epoch: int
    accepted: tuple[str, ...]
    """Templates whose run a client asked for and was granted."""
    effects: tuple[tuple[str, tuple[str, ...]], ...]
    """Of each recording handler, the activation id of every effect."""
    told: str = ""
    """What the loud note said with which the group was halted."""


def moved(*, accepted: tuple[str, ...] = ("ubuntu-neu",), files: Sequence[str] = ("recording", "scribe")) -> Fate:
    """Return the one good end: every effect is there once."""
    done = tuple((file, (f"{GROUP}-1",)) for file in sorted(files))
    return Fate(phase="watching", active=SECONDARY.lower(), epoch=1, accepted=accepted, effects=done)


async def fate(azure: Azure, daemon: Daemon) -> Fate:
    """Wait for the end of the move, whatever it is, and return it."""
    await daemon.ready()
    began = datetime.fromisoformat((await daemon.told("status"))["at"])
    group = await until("the move ends", lambda: _ended(daemon), within=FINISHED, seen=daemon.last_words)
    return Fate(
        phase=group["phase"],
        active=group["active"],
        epoch=group["epoch"],
        accepted=tuple(run["template"].rsplit("/", 1)[-1] for run in await azure.runs()),
        effects=tuple(effects(daemon.state / "handlers").items()),
        told=await _told(daemon, began) if group["phase"] == "halted" else "",
    )


async def _ended(daemon: Daemon) -> dict[str, Any] | None:
    """Return the group once its move and the run that it was for have come to an end."""
    group, moves = await daemon.group(), (await daemon.told("moves")).get("moves", [])
    over = group.get("phase") == "watching" and moves and moves[-1]["images"]
    return group if over or group.get("phase") == "halted" else None


async def _told(daemon: Daemon, began: datetime) -> str:
    notes = (await daemon.told("history"))["history"]
    halt = next(n for n in reversed(notes) if n["what"].endswith("-> halted") and n["loud"])
    assert (datetime.fromisoformat(halt["at"]) - began).total_seconds() < PAGED, halt
    why: str = halt["why"]
    return why


async def die_at(folder: Path, *points: str, handlers: Sequence[str] = THREE) -> tuple[tuple[str, ...], Fate]:
    """Let it die at each of the points, one life after the other, and live on; return where it died, and its fate."""
    async with (
        an_azure(a_world(broken=True)) as azure,
        a_daemon(folder, azure.base, steps=steps(folder, *handlers)) as daemon,
    ):
        met = []
        for point in points:
            await daemon.start(kill_at=point)
            if await _died(daemon):
                met.append(point)
            else:
                await daemon.kill()
        await daemon.start()
        return tuple(met), await fate(azure, daemon)


async def _died(daemon: Daemon) -> bool:
    """Wait until it dies, or has moved without coming by the point."""

    async def look() -> bool:
        return daemon.process.returncode is not None or bool(await _ended(daemon))

    await until("it dies or moves", look, within=FINISHED, seen=daemon.last_words)
    if daemon.process.returncode is None:
        return False
    assert await daemon.ended() == -9, daemon.log
    return True


async def boundaries(folder: Path, *handlers: str) -> list[str]:
    """Play the story to its end and return every boundary from the claim of the move on, each once."""
    async with (
        an_azure(a_world(broken=True)) as azure,
        a_daemon(folder, azure.base, steps=steps(folder, *(handlers or THREE))) as daemon,
    ):
        await daemon.start(kill_at=f"list {folder / 'boundaries'}")
        await daemon.ready()
        assert await fate(azure, daemon) == moved()
    crossed = (folder / "boundaries").read_text().splitlines()
    return [name for name in dict.fromkeys(crossed) if " early " not in name and not _again(name)]


def _again(name: str) -> bool:
    """Return whether it comes by once more for no reason of the move's: once is enough to have died there."""
    return "#" in name and " while " in name


def stories(every: Sequence[str]) -> dict[str, Story]:
    """Return all of them by name, from all boundaries."""
    return {f"killed {', then '.join(points)}": partial(_told_of, points) for points in _deaths(every)}


async def _told_of(points: tuple[str, ...], folder: Path) -> str:
    met, end = await die_at(folder, *points)
    if end != moved():
        return f"WRONG: {end}"
    return "once" if met == points else f"once, without a death: did not come by {set(points) - set(met)}"


def _deaths(every: Sequence[str]) -> list[tuple[str, ...]]:
    """Return where to die: once at every boundary, and a second time where that is another story."""
    once = [(name,) for name in every]
    twice = [(name, FIRST_WRITE) for name in every if name.startswith("after ")]
    acted = [name for name in every if name.startswith("after ") and name.endswith(".activate")]
    asked = [(name, name.replace("activate", "status")) for name in acted]
    return [*once, *twice, *asked]
