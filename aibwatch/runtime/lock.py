"""Let one daemon at a time have a state directory."""

import fcntl
import json
import os
import socket
from datetime import datetime
from pathlib import Path
from typing import Self

from aibwatch.runtime.lease import Held


class BusyError(Exception):
    """Another daemon has the state; the message names it."""


class StateLock:
    """Holds a lock file beside the database for as long as the process lives; the kernel lets go when it dies."""

    def __init__(self, path: Path, now: datetime) -> None:
        self._path, self._now = path, now
        self._descriptor = -1

    def __enter__(self) -> Self:
        """Take the lock.

        Raises:
            BusyError: if somebody has it.
            OSError: if the file cannot be made.
        """
        self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            owner = os.read(self._descriptor, 1000).decode(errors="replace").strip()
            self.close()
            raise BusyError(f"another aibwatch works on this state: {owner or 'it left no name'}") from error
        me = {"pid": os.getpid(), "host": socket.gethostname(), "since": self._now.isoformat(timespec="seconds")}
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, json.dumps(me).encode(), 0)
        return self

    @property
    def held(self) -> Held:
        """Return the file that is locked, as it can be told from another one of the same name."""
        status = os.fstat(self._descriptor)
        return Held(what="the lock file", path=self._path, identity=(status.st_dev, status.st_ino))

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go. The file stays: removing it would let two daemons hold two different files of one name."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
