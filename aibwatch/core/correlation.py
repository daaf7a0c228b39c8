"""Notice that several templates fail alike for a reason that is not the region's, and name what they share.

Rules: three templates of one region whose latest runs failed with the same class are no coincidence, and it is over
when fewer than two are left. The latest run counts as long as runs are kept at all: builds that are 70 minutes apart
never were three within the hour. Classes that speak of the customer, of capacity or of throttling count as they are;
ambiguous failures count once a canary built well at that time, because then they are not the service's. Runs that
somebody cancelled count as well: one is a wish, several at once are a question, so these count within the run window
only. What all of them share (a script, an identity, a subnet) is named, because there the cause is likeliest.
This module does not know what becomes of it; nothing here moves a group.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from aibwatch.core.canary.canary import Canary, CanaryResult
from aibwatch.core.model import FailureClass, Region, RunState, template_name
from aibwatch.core.sentences import count, listing
from aibwatch.core.window import KEEP, RunSeen, Window, ended_at

LEAST = 3
"""Templates that fail alike before it is called a correlation: two are bad luck."""

LASTING = 2
"""Templates that are enough to go on calling it one, so that builds far apart do not begin it again and again."""

PLAIN = frozenset(
    {
        FailureClass.CUSTOMER,
        FailureClass.CAPACITY,
        FailureClass.THROTTLED,
        FailureClass.AUTH,
        FailureClass.NETWORK,
        FailureClass.DISTRIBUTION,
        FailureClass.EXPECTED,
    }
)

WORDS = {
    FailureClass.CUSTOMER: "failed for a reason of yours",
    FailureClass.CAPACITY: "failed for want of quota or capacity",
    FailureClass.THROTTLED: "were throttled",
    FailureClass.AUTH: "failed for a missing permission",
    FailureClass.NETWORK: "failed on their way through a network",
    FailureClass.DISTRIBUTION: "built, and failed to distribute",
    FailureClass.EXPECTED: "were cancelled or refused because they were busy",
    FailureClass.AMBIGUOUS: "failed while a canary built well, so it is not the service",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Correlation:
    """Templates of one region that fail alike."""

    region: Region
    cls: FailureClass
    templates: tuple[str, ...]
    """Names, sorted."""
    shared: tuple[str, ...]
    """What all of them share; empty if they share nothing that is known."""
    example: str
    """What the latest of them said."""

    @property
    def sentence(self) -> str:
        """Return it in words."""
        names = f"{count(len(self.templates), 'template')} ({listing(list(self.templates))}) {WORDS[self.cls]}"
        shared = f"; all of them share {listing([_short(s) for s in self.shared])}" if self.shared else ""
        return f"{names}{shared}{f': {self.example}' if self.example else ''}"


def correlations(
    window: Window,
    region: Region,
    *,
    canary: Canary | None,
    known: Collection[FailureClass],
    run_window: timedelta,
    now: datetime,
) -> tuple[Correlation, ...]:
    """Return what fails alike in the region for a reason that is not its own, by class.

    `known` are the classes for which it was so before.
    """
    own = canary.template if canary else None
    recent = {r.template: r for r in window.runs if r.region == region and r.template != own}
    alike: dict[FailureClass, list[RunSeen]] = {}
    for run in recent.values():
        cls = _class(run, canary)
        since = now - (run_window if cls is FailureClass.EXPECTED else KEEP)
        if cls is not None and ended_at(run.run) > since:
            alike.setdefault(cls, []).append(run)
    return tuple(
        _correlation(region, cls, runs)
        for cls, runs in sorted(alike.items())
        if len(runs) >= (LASTING if cls in known else LEAST)
    )


def _class(run: RunSeen, canary: Canary | None) -> FailureClass | None:
    if run.run.state is RunState.CANCELED:
        return FailureClass.EXPECTED
    if run.run.state is not RunState.FAILED:
        return None
    cls = run.run.diagnosis.cls
    if cls is FailureClass.AMBIGUOUS:
        return cls if _built_well_since(canary, ended_at(run.run)) else None
    return cls if cls in PLAIN else None


def _built_well_since(canary: Canary | None, when: datetime) -> bool:
    runs = canary.runs if canary else ()
    return any(r.result is CanaryResult.WELL and r.ended_at is not None and r.ended_at >= when for r in runs)


def _correlation(region: Region, cls: FailureClass, runs: Sequence[RunSeen]) -> Correlation:
    shared = frozenset.intersection(*(run.shares for run in runs))
    return Correlation(
        region=region,
        cls=cls,
        templates=tuple(sorted(template_name(run.template) for run in runs)),
        shared=tuple(sorted(shared)),
        example=runs[-1].run.diagnosis.summary,
    )


def _short(thing: str) -> str:
    """Return the end of a long resource id or address, which is what people know it by."""
    return thing.rstrip("/").rsplit("/", 1)[-1] or thing
