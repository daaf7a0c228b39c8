"""Hold what a deployment would do, and say what speaks against it.

Rules: a template that is there is never overwritten without being told so, and never while it builds; what the
definition needs has to be there first. Everything that speaks against it is told at once.
This module does not know how anything is sent.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from aibwatch.core.definition.portable import Json
from aibwatch.core.definition.remap import Change, Missing
from aibwatch.core.deployment.lookup import Lookup
from aibwatch.core.model import Region


class Present(StrEnum):
    """Whether the template is there already."""

    NO = "no"
    YES = "yes"
    BUSY = "busy"
    """It is, and builds or changes just now."""
    UNREAD = "unread"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A deployment that was looked into and not begun."""

    target: str
    """Resource id, in the letter case in which it would be sent."""
    region: Region
    url: str
    """The whole address of the PUT."""
    body: Json
    """What would be PUT. It may hold signatures, which nobody else may see."""
    changes: tuple[Change, ...] = ()
    """What is written differently from the definition that it was made from."""
    missing: tuple[Missing, ...] = ()
    """What no mapping says."""
    lookups: tuple[Lookup, ...] = ()
    """What the definition needs, as it stands."""
    present: Present = Present.NO
    present_why: str = ""
    """Why it cannot be read, or what it does."""
    permission: str = ""
    """The action that is missing to read it."""
    notes: tuple[str, ...] = ()
    """What else is to be told, a sentence each."""

    @property
    def lacking(self) -> tuple[Lookup, ...]:
        """What it needs and does not have."""
        return tuple(lookup for lookup in self.lookups if lookup.holds)

    @property
    def permissions(self) -> tuple[str, ...]:
        """The actions that are missing to know whether it may be deployed, each once."""
        found = [self.permission, *(lookup.permission for lookup in self.lacking)]
        return tuple(dict.fromkeys(filter(None, found)))

    @property
    def complete(self) -> bool:
        """Whether everything is there that it needs."""
        return not self.missing and not self.lacking

    def against(self, *, replace: bool) -> Iterator[str]:
        """Return every reason not to send it now, a sentence without its full stop each."""
        match self.present:
            case Present.YES if not replace:
                yield "the template is there already; --replace deletes it, after keeping a copy, and makes it anew"
            case Present.BUSY:
                yield f"the template is there and must not be touched now: {self.present_why}"
            case Present.UNREAD:
                yield f"whether the template is there could not be read: {self.present_why}"
            case _:
                pass
        yield from (f"{one.path}: {one.why}" for one in self.missing)
        yield from (f"{one.need.where}: {one.why}" for one in self.lacking)
