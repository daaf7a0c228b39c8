"""Know the program that a `command` handler calls: what it is named, whether it could be run, which one it is."""

import hashlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from aibwatch.core.model import Options

LARGEST = 64 * 1024 * 1024
"""Bytes of a file that are read for its digest; of a larger one size and time of change must do."""

DIGITS = 12
"""Of a digest: nobody attacks it, it only has to change with the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """Program and arguments, as the operator wrote them."""

    command: tuple[str, ...]

    @classmethod
    def of(cls, options: Options) -> "Program":
        """Return the program that the options name.

        Raises:
            ValueError: naming the option that is wrong, and what to do.
        """
        if extra := sorted(options.keys() - {"command"}):
            raise ValueError(f"{extra[0]}: handler command takes command only; remove this key")
        command = options.get("command")
        if not isinstance(command, tuple | list) or not command or not all(isinstance(word, str) for word in command):
            raise ValueError('command: write program and arguments as a list: command = ["/path/to/program"]')
        if any("\0" in word for word in command):
            raise ValueError("command: no program can be given a zero byte; remove it")
        return cls(command=tuple(command))

    @property
    def name(self) -> str:
        """What people call it: the last part of its path."""
        return Path(self.command[0]).name

    def unfit(self) -> str:
        """Return why it could not be run here and now; empty if nothing is known against it."""
        written = self.command[0]
        if os.sep not in written:
            return "" if shutil.which(written) else f"{written} is not in the PATH of the daemon; write its whole path"
        path = Path(written)
        if not path.exists():
            return f"{written} is not there, or may not be seen by the daemon; install it, or correct options.command"
        if not path.is_file():
            return f"{written} is no file; name the program itself in options.command"
        return "" if os.access(path, os.X_OK) else f"{written} may not be executed by the daemon; chmod +x, or chown"

    def digest(self) -> str:
        """Return what changes with the program and with every file among its arguments. Reads them."""
        found = hashlib.sha256()
        program = self.command[0] if os.sep in self.command[0] else shutil.which(self.command[0]) or self.command[0]
        for word in (program, *self.command[1:]):
            found.update(word.encode(errors="surrogateescape") + b"\0")
            found.update(_digest(Path(word)))
        return found.hexdigest()[:DIGITS]


def _digest(path: Path) -> bytes:
    try:
        if not path.is_absolute() or not path.is_file():
            return b""
        status = path.stat()
        if status.st_size > LARGEST:
            return f"{status.st_size} {status.st_mtime_ns}".encode()
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except OSError as error:
        return str(error.errno).encode()  # that it cannot be read is all there is to know of it
