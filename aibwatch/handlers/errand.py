"""Begin one call of a program under a warden, and wait for its end: also after the daemon that began it has died.

A call has a folder (what it is told, what it said, how it ended) and a lock, which is held from before the program
begins until its record is there. The lock is taken here, before anything is started, and its descriptor goes to the
warden: so there is no moment in which a call is under way and nobody holds it. A lock that is free and no record mean
that the warden was killed, and the program with it.

This module does not know what a program's words mean; that is for command.py.
"""

import errno
import fcntl
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from aibwatch.handlers import warden
from aibwatch.handlers.api import HandlerError, TemporaryHandlerError

FIRST_LOOK, LONGEST_LOOK = timedelta(milliseconds=20), timedelta(seconds=1)
"""Between looks whether it has ended. Doubled: most programs answer within a tenth of a second, some take minutes."""

PASSING = warden.PASSING | {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
"""Reasons for which nothing can be begun now and perhaps can in a moment: a disk or a table that is full."""

LARGEST_RECORD = 64 * 1024

_LEFT: list["subprocess.Popen[bytes]"] = []
"""Wardens whose end nobody waited for; each is taken leave of when the next is started."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be run, and for how long."""

    command: tuple[str, ...]
    environment: Mapping[str, str]
    """All of it: nothing of the daemon's own environment reaches the program."""
    input: str
    time: timedelta
    """Until it gets TERM."""
    grace: timedelta
    """From TERM to KILL."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a call ended, and what it said."""

    began: bool
    """False: the program could not be executed, and `why` says the reason of the system."""
    passes: bool = False
    """With `began` False: it is for a reason that may be gone soon."""
    why: str = ""
    code: int | None = None
    """Its exit code; None if a signal ended it."""
    signal: int | None = None
    stopped: str = ""
    """Why its warden ended it: "deadline" or "signal"; empty if it ended by itself."""
    dropped: int = 0
    """Bytes of its output that were not kept."""
    output: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """One call: where it is kept."""

    folder: Path
    lock: Path
    """May be shared by calls of which only one may be under way."""

    def begin(self, order: Order) -> None:
        """Start the program under its warden.

        Nothing is awaited here, so that nobody can find it begun and not held.

        Raises:
            TemporaryHandlerError: if a call that shares the lock is under way.
            HandlerError: if it could not be started. Nothing was changed then.
        """
        try:
            self.lock.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            held = os.open(self.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise _not_kept(error, self.lock) from error
        try:
            _take(held, self.lock)
            self._start(order, held)
        except OSError as error:
            raise _not_kept(error, self.folder) from error
        finally:
            os.close(held)

    def _start(self, order: Order, held: int) -> None:
        if self.folder.exists():
            shutil.rmtree(self.folder)
        self.folder.mkdir(mode=0o700)
        written = {
            "command": order.command,
            "environment": dict(order.environment),
            "seconds": order.time.total_seconds(),
            "grace": order.grace.total_seconds(),
        }
        (self.folder / warden.INPUT).write_text(order.input)
        (self.folder / warden.ORDER).write_text(json.dumps(written))
        _LEFT[:] = [process for process in _LEFT if process.poll() is None]
        with (self.folder / "warden").open("wb") as complaints:
            _LEFT.append(
                subprocess.Popen(  # noqa: S603  # ourselves; see warden.py
                    [sys.executable, "-I", "-S", warden.__file__, str(self.folder)],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=complaints,
                    env={**order.environment, **_for_ourselves()},
                    cwd="/",
                    start_new_session=True,
                    pass_fds=(held,),
                )
            )

    def under_way(self) -> bool:
        """Return whether a call holds the lock."""
        return is_held(self.lock)

    def ending(self) -> Ending | None:
        """Return how the call ended; None if there is no record of it. Ask only when it is not under way."""
        try:
            with (self.folder / warden.RECORD).open("rb") as file:
                record = json.loads(file.read(LARGEST_RECORD))
            output = self.folder / warden.OUTPUT
            said = output.read_bytes() if record["began"] else b""
            return Ending(
                began=record["began"],
                passes=record.get("passes", False),
                why=str(record.get("why", "")),
                code=record.get("exit"),
                signal=record.get("signal"),
                stopped=str(record.get("stopped", "")),
                dropped=record.get("dropped", 0),
                output=said,
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            # No record, or one that something else wrote over: either way nobody knows how it ended.
            return None

    async def end(self, pause: Callable[[timedelta], Awaitable[None]], *heard: "Hearing") -> Ending | None:
        """Wait until it has ended and return how; None if it left no record. Who waits sets the limit."""
        look = FIRST_LOOK
        while self.under_way():
            for hearing in heard:
                hearing.listen()
            await pause(look)
            look = min(LONGEST_LOOK, look * 2)
        for hearing in heard:
            hearing.listen(to_the_end=True)
        return self.ending()

    def complaint(self) -> str:
        """Return the last line that the warden wrote about itself: why there is no record."""
        try:
            lines = (self.folder / "warden").read_text(errors="replace").strip().splitlines()
        except OSError:
            return ""
        return lines[-1] if lines else ""


@dataclass
class Hearing:
    """Passes on what a program writes, line by line, while it writes it."""

    path: Path
    tell: Callable[[str], None]
    longest: int = 500
    """Characters of a line."""
    most: int = 200
    """Lines of a call: a program that says more says it to nobody."""
    _offset: int = field(default=0, init=False)

    def listen(self, *, to_the_end: bool = False) -> None:
        """Pass on what was written since the last time; a line that has no end yet waits, except at the end."""
        try:
            with self.path.open("rb") as file:
                file.seek(self._offset)
                block = file.read(warden.MOST_OUTPUT)
        except OSError:
            return  # not written yet, or gone: then there is nothing to pass on
        whole = block if to_the_end else block[: block.rfind(b"\n") + 1]
        self._offset += len(whole)
        for line in whole.splitlines():
            if line.strip() and self.most >= 0:
                self.tell(line.decode(errors="replace")[: self.longest] if self.most else "(it says more)")
                self.most -= 1


def _for_ourselves() -> dict[str, str]:
    """Return what an interpreter may need to start at all, and a program of the operator's does not get."""
    return {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}


def is_held(lock: Path) -> bool:
    """Return whether somebody holds the lock; a lock that is not there is held by nobody."""
    try:
        descriptor = os.open(lock, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _take(descriptor: int, lock: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise TemporaryHandlerError(f"an attempt before this one still goes on ({lock})") from error


def _not_kept(error: OSError, path: Path) -> HandlerError:
    why = f"nothing was begun: {path}: {error.strerror or error}; see to the state directory and to the machine"
    return TemporaryHandlerError(why) if error.errno in PASSING else HandlerError(why)
