"""See effects from outside: a command of the author's prints what is there, a line an effect where there are several.

A handler's own status cannot show a doubled effect, and one that lies cannot be caught by asking it. So "exactly once"
is a check only with such a command: `cat /srv/pointer.json`, a query of a database. The number of its lines is what is
counted; of an effect that replaces what was there, the lines stay as many and their words change.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from aibwatch.conformance.finding import FailedError

LIMIT = timedelta(seconds=30)
"""For one look. It reads a file or asks a database."""

Lines = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """How to look."""

    command: tuple[str, ...] = ()
    """Program and arguments; empty if nobody can look."""

    @property
    def visible(self) -> bool:
        """Whether there is a way to look."""
        return bool(self.command)

    async def seen(self) -> Lines:
        """Return what is there now; nothing where nobody can look.

        A command that fails has seen nothing, as `cat` before the file is there; that it never sees anything is found
        by the check whether activate shows.

        Raises:
            FailedError: if it cannot be run at all, or does not end.
        """
        if not self.visible:
            return ()
        try:
            looking = await asyncio.create_subprocess_exec(
                *self.command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
            )
        except OSError as error:
            raise FailedError(f"--effect {self.command[0]} cannot be run: {error.strerror or error}") from error
        try:
            async with asyncio.timeout(LIMIT.total_seconds()):
                output, _ = await looking.communicate()
        except TimeoutError as error:
            looking.kill()
            raise FailedError(f"--effect {self.command[0]} did not end within 30 s") from error
        return tuple(output.decode(errors="replace").splitlines())


def same(before: Sequence[str], after: Sequence[str], what: str) -> None:
    """Raise FailedError if anything changed."""
    if tuple(before) != tuple(after):
        raise FailedError(f"{what} changed what --effect shows, from {_words(before)} to {_words(after)}")


def _words(lines: Sequence[str]) -> str:
    last = f'{len(lines)} lines ending with "{lines[-1][:80]}"' if lines else "nothing"
    return last.replace("1 lines ending with", "the line", 1) if len(lines) == 1 else last
