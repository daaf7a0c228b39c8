"""Say what a signal concluded from the window.

A weight is a natural-log likelihood ratio: how much likelier the facts are if the region's service is down than if it
is well. Positive speaks against the region, negative for it, 0 says that the signal looked and has nothing to add.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """Where evidence comes from. Two kinds must agree before a region is convicted, kinds of one family count once."""

    PROBE = "probe"
    RUNS = "runs"
    EVENTS = "events"
    DEPENDENCIES = "dependencies"
    CANARY = "canary"
    PEERS = "peers"
    CALLS = "calls"

    @property
    def family(self) -> "Kind":
        """What counts when kinds must agree: a run that was refused and a run that failed are one kind of witness."""
        return Kind.RUNS if self is Kind.CALLS else self


OURS = frozenset({Kind.PROBE, Kind.RUNS, Kind.CALLS, Kind.CANARY})
"""What we saw ourselves, as against what the provider says of itself."""


class Standing(StrEnum):
    """What a canary without a result means to the present trouble."""

    AWAITED = "awaited"
    """It is under way or asked next, and will settle what everything else leaves open."""
    OUTRUN = "outrun"
    """It was under way already when reads began to fail, so it settles nothing, and no other can be asked yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One conclusion of one signal, with its sentence."""

    kind: Kind
    weight: float
    sentence: str
    """For humans; written once, beside the rule, and used by log, API, page and explain."""
    brief: str = ""
    """The same in a few words, for a line that has room for all evidence; empty where it is not against the region."""
    since: datetime | None = None
    """The first fact behind it; None where the evidence is not against the region."""
    last: datetime | None = None
    """The latest fact behind it."""
    witnesses: int = 0
    """How many independent things confirm it; things that share a cause count once."""
    names_service: bool = False
    """The provider itself says that Image Builder is affected."""
    onset: datetime | None = None
    """When something last began to fail, where that is later than `since`: the latest of several failed runs."""
    standing: "Standing | None" = None
    """Of a canary that has no result yet: whether its result will settle the present trouble."""
    momentary: bool = False
    """It tells of one moment only: a canary that was refused at once, as against one that took minutes to fail."""
    forbids: str = ""
    """Why no conviction is possible while this stands, whatever the score; empty if it forbids none."""

    @property
    def against(self) -> bool:
        """Whether it speaks against the region."""
        return self.weight > 0


def reads_fail_since(evidence: Iterable[Evidence]) -> datetime | None:
    """Return when reads began to fail, None while they do not.

    A build that was started before the API broke often goes on and ends well while nothing new is taken; so a canary
    answers only for what began to fail before it was asked for.
    """
    return max((e.since for e in evidence if e.kind is Kind.PROBE and e.against and e.since), default=None)
