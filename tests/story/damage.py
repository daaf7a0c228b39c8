"""Damage the files of a state, as disks and people do, after a crash in the middle of a move, and start the daemon.

It must know enough to do everything once, or refuse and say what to do; it must not begin anew without a word.
"""

import contextlib
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.waiting import until

from .crashes import FINISHED, THREE, Fate, Story, fate, moved, steps
from .support import Daemon, a_daemon, a_world, an_azure

DATABASE, WAL, SHM = "aibwatch.db", "aibwatch.db-wal", "aibwatch.db-shm"

SECTOR = 512
"""Bytes that are garbled at a time."""

ACTED = "before conclude#2"
"""Where it dies: the second step is done, and that is not on record yet."""


def cut(part: float, path: Path) -> None:
    """Keep this part of a file."""
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * part)])


def garble(part: float, path: Path) -> None:
    """Spoil one sector, this far into a file."""
    whole = bytearray(path.read_bytes())
    start = int(len(whole) * part) // SECTOR * SECTOR
    whole[start : start + SECTOR] = bytes(byte ^ 0x5A for byte in whole[start : start + SECTOR])
    path.write_bytes(whole)


def checkpoint(path: Path) -> None:
    """Bring everything into the database, as SQLite does by itself every thousand pages."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


PARTS = (0.0, 0.1, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.97, 0.999)


def _damages() -> Mapping[str, tuple[str, Callable[[Path], None]]]:
    kinds = {"cut": cut, "garbled": garble}
    spoilt = {
        f"{file} {verb} at {part}": (file, partial(damage, part))
        for file in (WAL, DATABASE)
        for verb, damage in kinds.items()
        for part in PARTS
    }
    return {**spoilt, **{f"{file} deleted": (file, Path.unlink) for file in (WAL, DATABASE, SHM)}}


DAMAGES = _damages()


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """How a daemon fared with a damaged state."""

    code: int | None = None
    """None while it runs."""
    said: str = ""
    """What it said of the state, where it ended."""
    fate: Fate | None = None


async def damaged(folder: Path, damage: str, *, checkpointed: bool = False) -> Started:
    """Die, have the state damaged, and start again."""
    file, spoil = DAMAGES[damage]
    async with (
        an_azure(a_world(broken=True)) as azure,
        a_daemon(folder, azure.base, steps=steps(folder, *THREE)) as daemon,
    ):
        await daemon.start(kill_at=ACTED)
        assert await daemon.ended() == -9, daemon.log
        if checkpointed:
            checkpoint(daemon.state / DATABASE)
        if (path := daemon.state / file).exists():
            spoil(path)
        before = len(daemon.log)
        await daemon.start()
        await until("it is up or has ended", lambda: _up_or_ended(daemon), within=FINISHED, seen=daemon.last_words)
        if daemon.process.returncode is None:
            return Started(fate=await fate(azure, daemon))
        code = await daemon.ended()
        said = [line for line in daemon.log[before:].splitlines() if not line.startswith("{")]
        return Started(code=code, said="\n".join(said).removeprefix("aibwatch: ").replace(f"{daemon.state}/", ""))


async def _up_or_ended(daemon: Daemon) -> bool:
    return daemon.process.returncode is not None or (await daemon.get("/-/ready"))[0] == 200


async def _told(damage: str, checkpointed: bool, folder: Path) -> str:
    started = await damaged(folder, damage, checkpointed=checkpointed)
    if started.fate == moved():
        return "once"
    refused = started.code == 73 and started.said.startswith(DATABASE) and "\n" not in started.said
    return f"refused: {started.said}" if refused else f"WRONG: {started}"


def stories() -> dict[str, Story]:
    """Return all of them by name."""
    return {
        f"{damage}{' after a checkpoint' if late else ''}": partial(_told, damage, late)
        for damage, (file, _) in DAMAGES.items()
        for late in (False, True)
        if file == DATABASE or not late
    }
