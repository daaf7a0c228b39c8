"""Weigh Resource Health of the resources that the operator named as a region's dependencies.

Rules: unavailable or degraded, and not by the customer's own doing, weighs a little; all of them together weigh once,
because one cause may lie behind them. Unknown and unsupported are silence, never health and never failure.
"""

from datetime import datetime, timedelta

from aibwatch.core.evidence import Evidence, Kind
from aibwatch.core.model import Region
from aibwatch.core.sentences import listing
from aibwatch.core.window import Window

WEIGHT = 1.0
FRESH = timedelta(minutes=30)
"""A state that was reported longer ago says nothing of now; reports come every 5 min by default."""
ILL = frozenset({"unavailable", "degraded"})


def weigh(window: Window, region: Region, now: datetime) -> tuple[Evidence, ...]:
    """Return what the named dependencies of the region say; nothing if none is named."""
    known = [d for d in window.dependencies.values() if d.region == region and now - d.at <= FRESH]
    ill = [d for d in known if d.state in ILL and not d.customer_made]
    if not ill:
        return ()
    names = listing(sorted(f"{d.resource.rsplit('/', 1)[-1]} {d.state}" for d in ill))
    return (
        Evidence(
            kind=Kind.DEPENDENCIES,
            weight=WEIGHT,
            witnesses=1,
            since=min(d.at for d in ill),
            last=max(d.at for d in ill),
            sentence=f"Resource Health of what you named: {names}",
            brief=names,
        ),
    )
