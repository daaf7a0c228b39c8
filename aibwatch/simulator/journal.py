"""Keep what was asked of the stand-in, newest last, so that a test or a drill can see it afterwards.

Bounded in number and in length. What was *done* is the ledger's business: it forgets nothing.
"""

from collections import deque
from dataclasses import asdict, dataclass

MAX_ENTRIES = 10_000
"""Requests kept; about two hours of a daemon that polls every second."""
MAX_PATH = 400
"""Characters of a path kept; a resource id has about 200."""


@dataclass(slots=True)
class Entry:
    """One request. Mutable: the status is known last, and None stays where none was ever sent."""

    time: str
    method: str
    path: str
    operation: str = ""
    region: str = ""
    status: int | None = None
    trouble: str = ""
    """The answer of the trouble it met."""
    lacking: str = ""
    """The action that the caller had no right to."""


class Journal:
    """The last requests."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=MAX_ENTRIES)
        self.dropped = 0

    def open(self, time: str, method: str, path: str) -> Entry:
        """Begin an entry."""
        if len(self._entries) == MAX_ENTRIES:
            self.dropped += 1
        entry = Entry(time=time, method=method, path=path[:MAX_PATH])
        self._entries.append(entry)
        return entry

    def entries(self) -> list[dict[str, object]]:
        """Return the entries, oldest first."""
        return [asdict(entry) for entry in self._entries]
