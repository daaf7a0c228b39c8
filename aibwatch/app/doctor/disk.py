"""Check where the state is kept: there, writable, with room; and who works on it.

The lock is not touched: a daemon that starts at this moment would find it taken. Its file says who took it last.
"""

import asyncio
import json
import os
import shutil
import tempfile
from pathlib import Path

from aibwatch.app.doctor.bench import Bench
from aibwatch.app.state import state_path
from aibwatch.core.checkup import Checked, fail, warn, well
from aibwatch.core.reading import table, text, whole

MEBIBYTE = 1024 * 1024

ROOM_TOLD, ROOM_WRONG = 1024 * MEBIBYTE, 100 * MEBIBYTE
"""Bytes that are free. A thousand templates fill some hundred MiB in a month; without room nothing is moved."""


async def check_disk(bench: Bench) -> list[Checked]:
    """Return how the state's directory is."""
    return await asyncio.to_thread(_disk, state_path(bench.loaded.settings))


def _disk(path: Path) -> list[Checked]:
    folder = next((parent for parent in path.parents if parent.exists()), Path("/"))
    made = "" if folder == path.parent else f" (for {path.parent}, which the daemon makes)"
    try:
        with tempfile.TemporaryFile(dir=folder):
            free = shutil.disk_usage(folder).free
    except OSError as error:
        said = f"{folder}{made} cannot be written by this user: {error.strerror or error}"
        return [fail("state", said, "run doctor as the user of the service, or change state.url or its owner")]
    told = f"{folder}{made} is writable and has {free / 1024 / MEBIBYTE:,.1f} GiB free"
    return [_room(told, free), *_worker(path.with_name(f"{path.name}.lock"))]


def _room(told: str, free: int) -> Checked:
    if free < ROOM_WRONG:
        return fail("state", told, "make room: what cannot be put on record is not done")
    return warn("state", told, "make room before it is needed") if free < ROOM_TOLD else well("state", told)


def _worker(lock: Path) -> list[Checked]:
    try:
        with lock.open("rb") as file:
            owner = table(json.loads(file.read(1000)))
    except (OSError, ValueError, RecursionError):
        return []
    pid, since = whole(owner, "pid"), text(owner, "since")
    if not pid or not Path("/proc", str(pid)).exists() or text(owner, "host") != os.uname().nodename:
        return []
    return [well("state", f"process {pid} works on it since {since}")]
