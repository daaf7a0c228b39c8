"""What a story does to the files of a daemon: the journal loses its end, grows old, or is written by somebody else."""

import json
import sqlite3
from pathlib import Path

from .process import DATABASE


def forget(folder: Path, number: int, table: str) -> None:
    """Take the last rows away."""
    last = f"SELECT id FROM {table} ORDER BY id DESC LIMIT {number}"  # noqa: S608  # our own words
    _run(folder, f"DELETE FROM {table} WHERE id IN ({last})")  # noqa: S608  # our own words


def grow_old(folder: Path, fields: set[str]) -> None:
    """Take fields out of what is remembered, as if a version that did not know them had written it."""
    with sqlite3.connect(folder / DATABASE) as connection:
        (memory,) = connection.execute("SELECT value FROM facts WHERE name = 'memory'").fetchone()
        aged = json.dumps(_without(json.loads(memory), fields))
        connection.execute("UPDATE facts SET value = ? WHERE name = 'memory'", (aged,))
    connection.close()


def write_epoch(folder: Path, epoch: int) -> None:
    """Write an epoch as another daemon would that has the same journal."""
    _run(folder, f"UPDATE epochs SET epoch = {epoch}, activation_id = 'base-{epoch}'")  # noqa: S608  # our own words


def move_lock(folder: Path, *, away: bool) -> None:
    """Take the lock file out of its place, or put it back."""
    there, elsewhere = folder / f"{DATABASE}.lock", folder / "elsewhere.lock"
    (there if away else elsewhere).rename(elsewhere if away else there)


def _run(folder: Path, statement: str) -> None:
    with sqlite3.connect(folder / DATABASE) as connection:
        connection.execute(statement)
    connection.close()


def _without(value: object, fields: set[str]) -> object:
    if isinstance(value, dict):
        return {key: _without(inner, fields) for key, inner in value.items() if key not in fields}
    return [_without(inner, fields) for inner in value] if isinstance(value, list) else value
