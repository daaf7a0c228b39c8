"""Keep the last effect that was sent in a small file of its own beside the journal.

Why: a database that has lost its end opens without a word as it was some time ago. Its -wal was deleted or spoilt, or
an older copy of it was put back; in either case it would do again what it has forgotten. Rules: first the journal, then
the receipt, then the effect. So a receipt that the journal does not know proves that the journal has lost something;
none is proof of nothing. Only the last one is kept, because what was written before it is lost only together with it.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from aibwatch.runtime.store import JournalError
from aibwatch.runtime.whole import write_whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """An effect that was sent."""

    activation_id: str
    step: int
    attempt: int
    at: str
    """For people."""

    def __str__(self) -> str:
        """Return what people call it."""
        return f"step {self.step + 1} of {self.activation_id}, attempt {self.attempt}, sent at {self.at}"


class Receipt:
    """The file. Not for several threads at once."""

    def __init__(self, database: str) -> None:
        """Use the file that belongs to this database."""
        self.path = Path(f"{database}.sent")

    def write(self, sent: Sent) -> None:
        """Put this in the place of what was there: after a power cut it is one or the other.

        Raises:
            JournalError: if it is not on the disk.
        """
        try:
            write_whole(self.path, json.dumps(asdict(sent)).encode())
        except OSError as error:
            raise JournalError(f"{self.path}: {error.strerror or error}") from error

    def read(self) -> Sent | None:
        """Return the last effect that was sent, or None if there is no such file.

        Raises:
            JournalError: if it cannot be read, or is not what was written.
        """
        try:
            return Sent(**json.loads(self.path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError) as error:
            raise JournalError(f"{self.path}: cannot be read ({error})") from error
