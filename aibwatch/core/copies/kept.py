"""Say what became of the copy of each template in one backup.

This module does not know how copies are taken or written.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from aibwatch.core.copies.copy import Origin
from aibwatch.core.model import TemplateId


class Fate(StrEnum):
    """What became of it."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    """The definition is as it was: the file was left alone."""
    MENDED = "mended"
    """The file there could not be read: it went to the history, and was written anew."""
    GONE = "gone"
    """Azure says that there is no such template. Its file, if there is one, stays."""
    MISSED = "missed"
    """The template could be read nowhere. Its file, if there is one, stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What became of the copy of one template."""

    template: TemplateId
    fate: Fate
    place: str
    """Of its file in the directory."""
    origin: Origin | None = None
    """Who told the definition; None where nobody did."""
    why: str = ""
    """Why the service did not tell it, or nobody; "" where there is nothing to say."""
    permission: str = ""
    """The action that is missing, where that is why."""
    copied_at: datetime | None = None
    """When the copy in the file was last confirmed; None where there is none."""
    secrets: int = 0
    """How many signatures and keys of it stand in a file of their own."""
    unreachable: bool = False
    """Whether nothing at all was answered."""

    @property
    def well(self) -> bool:
        """Whether the copy is as Azure has the template now."""
        return self.fate not in {Fate.GONE, Fate.MISSED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """What became of all copies."""

    at: datetime
    directory: str
    kept: tuple[Kept, ...]
    notes: tuple[str, ...] = ()
    """What else is to be told of the directory, a sentence each."""
