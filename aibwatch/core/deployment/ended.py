"""Hold how a deployment ended."""

from dataclasses import dataclass
from enum import StrEnum


class Fate(StrEnum):
    """What became of a request."""

    DONE = "done"
    REFUSED = "refused"
    """Nothing was changed."""
    FAILED = "failed"
    """It was taken, and came to a bad end."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How making or deleting a template ended."""

    fate: Fate
    why: str
    """One sentence without its full stop."""
    permission: str = ""
    """The action that is missing, where that is why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """How a deployment went, the deletion of what was there before included."""

    ended: Ended
    kept: str = ""
    """File with the copy of the template that was replaced; "" where none was."""
    deleted: bool = False
    """Whether the template that was there is gone, whatever became of the new one."""
