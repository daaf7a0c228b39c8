"""Notice that the files of the state are not ours any more: with real files, deleted, replaced and put back."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from aibwatch.core.events import Event, LeaseChecked
from aibwatch.runtime.lease import REMEDY, Held, Lease
from aibwatch.runtime.lock import StateLock
from tests.clocks import BEGUN


class Told:
    """A lease on a lock and a journal in a folder, and what it said."""

    def __init__(self, folder: Path, lock: StateLock) -> None:
        self.lock, self.journal = folder / "aibwatch.db.lock", folder / "aibwatch.db"
        self.journal.write_text("the journal")
        self.events: list[Event] = []
        self.lease = Lease((lock.held, Held.at(self.journal, "the journal")), self._put)

    async def _put(self, event: Event) -> None:
        self.events.append(event)

    def delete(self, name: str, *, instead: Path | None = None) -> str:
        """Delete one of the files, or put a copy in its place; return what it is called."""
        path: Path = getattr(self, name)
        if instead is None:
            path.unlink()
        else:
            shutil.copy(path, instead)
            instead.rename(path)
        return f"the lock file {path}" if name == "lock" else f"the journal {path}"

    async def look(self) -> list[Event]:
        """Look, and return what was said for the first time."""
        before = len(self.events)
        await self.lease.look()
        return self.events[before:]


def lost(why: str) -> list[Event]:
    return [LeaseChecked(held=False, why=f"{why}; {REMEDY}")]


FOUND: list[Event] = [LeaseChecked(held=True)]


async def test_while_the_files_are_in_their_places_nothing_is_said(tmp_path: Path) -> None:
    with StateLock(tmp_path / "aibwatch.db.lock", BEGUN) as lock:
        told = Told(tmp_path, lock)
        assert [await told.look() for _ in range(3)] == [[], [], []]


async def test_what_is_written_into_the_files_does_not_matter(tmp_path: Path) -> None:
    with StateLock(tmp_path / "aibwatch.db.lock", BEGUN) as lock:
        told = Told(tmp_path, lock)
        told.lock.write_text("")
        told.journal.write_text("more of it")
        assert await told.look() == []


@pytest.mark.parametrize("name", ["lock", "journal"])
async def test_a_deleted_file_is_told_once(tmp_path: Path, name: str) -> None:
    with StateLock(tmp_path / "aibwatch.db.lock", BEGUN) as lock:
        told = Told(tmp_path, lock)
        what = told.delete(name)
        assert await told.look() == lost(f"{what} was deleted or moved away")
        assert await told.look() == []


@pytest.mark.parametrize("name", ["lock", "journal"])
async def test_another_file_of_the_same_name_is_not_ours(tmp_path: Path, name: str) -> None:
    with StateLock(tmp_path / "aibwatch.db.lock", BEGUN) as lock:
        told = Told(tmp_path, lock)
        what = told.delete(name, instead=tmp_path / "copy")
        assert await told.look() == lost(f"{what} was replaced by another file")


async def test_in_a_replaced_directory_a_second_daemon_can_start_and_the_first_one_knows(tmp_path: Path) -> None:
    (folder := tmp_path / "state").mkdir()
    with StateLock(folder / "aibwatch.db.lock", BEGUN) as lock:
        told = Told(folder, lock)
        folder.rename(tmp_path / "moved")
        folder.mkdir()
        with StateLock(folder / "aibwatch.db.lock", BEGUN):
            assert await told.look() == lost(f"the lock file {told.lock} was replaced by another file")


@pytest.mark.parametrize(
    "away", [lambda folder, aside: folder.rename(aside), lambda folder, aside: shutil.copytree(folder, aside)]
)
async def test_only_our_own_files_put_back_make_it_ours_again(
    tmp_path: Path, away: Callable[[Path, Path], None]
) -> None:
    (folder := tmp_path / "state").mkdir()
    with StateLock(folder / "aibwatch.db.lock", BEGUN) as lock:
        told, aside = Told(folder, lock), tmp_path / "aside"
        away(folder, aside)
        moved = not folder.exists()
        if not moved:
            shutil.rmtree(folder)
        assert len(await told.look()) == 1
        aside.rename(folder)
        assert await told.look() == (FOUND if moved else []), "a copy has the name and the bytes, and is not locked"


async def test_where_it_cannot_be_looked_at_it_is_not_proven(tmp_path: Path) -> None:
    (folder := tmp_path / "state").mkdir()
    with StateLock(folder / "aibwatch.db.lock", BEGUN) as lock:
        told = Told(folder, lock)
        folder.rename(tmp_path / "aside")
        folder.write_text("a file where the directory was")
        assert await told.look() == lost(f"the lock file {told.lock} cannot be looked at (Not a directory)")
