"""Prove, again and again, that the state is still ours: that the files we hold are those at their paths.

Rules: a lock holds a file, not a name. Whoever deletes or replaces the state's directory while we run lets a second
daemon lock another file of the same name; then nobody knows who may move a group, so the lease is lost. So it is where
the files cannot be looked at. It is found again when our own files are back in their places.
This module does not know what follows from it.
"""

import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from aibwatch.core.events import Event, LeaseChecked


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A file that we have open."""

    what: str
    path: Path
    identity: tuple[int, int]
    """Device and inode: no two files that exist at the same time share them, and ours exists as long as it is open."""

    @classmethod
    def at(cls, path: Path, what: str) -> Self:
        """Return the file that is at the path now. Raises OSError where there is none."""
        return cls(what=what, path=path, identity=_identity(path.stat()))

    def lost(self) -> str:
        """Return why the file is not ours to rely on any more; empty while it is in its place."""
        try:
            there = self.path.stat()
        except FileNotFoundError:
            return f"{self.what} {self.path} was deleted or moved away"
        except OSError as error:
            return f"{self.what} {self.path} cannot be looked at ({error.strerror or error})"
        return "" if _identity(there) == self.identity else f"{self.what} {self.path} was replaced by another file"


def _identity(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino


REMEDY = "put the directory back as it was, or restart this daemon and be sure that no other one runs"


class Lease:
    """What we hold of the state. Looked at with every tick; says something only when it changes."""

    def __init__(self, files: tuple[Held, ...], put: Callable[[Event], Awaitable[None]]) -> None:
        self._files, self._put = files, put
        self._lost = False

    async def look(self) -> None:
        """Look at every file once and tell of a change: some microseconds, on a disk that answers at all."""
        why = next((found for file in self._files if (found := file.lost())), "")
        if bool(why) is self._lost:
            return
        self._lost = bool(why)
        await self._put(LeaseChecked(held=not why, why=f"{why}; {REMEDY}" if why else ""))
