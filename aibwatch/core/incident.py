"""Keep the story of a region's trouble: from the first suspicion to the recovery.

Rules: an incident opens when a healthy region becomes suspect, takes the time of its conviction, and closes when the
region is healthy again. Blindness neither opens nor closes one. A region has at most one open incident.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from aibwatch.core.model import Region
from aibwatch.core.verdict import Verdict, VerdictKind

BEFORE = timedelta(minutes=60)
AFTER = timedelta(minutes=10)
"""What was seen so long before an incident opened and after it closed belongs to it: the first failed run may be as old
as a run counts."""

KEPT = 100
"""Closed incidents kept in memory; the journal has all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One trouble of one region."""

    id: str
    region: Region
    opened_at: datetime
    why: str
    """What was missing or proven when it opened."""
    confirmed_at: datetime | None = None
    closed_at: datetime | None = None
    worst_score: float = 0.0


def incident_id(region: Region, opened_at: datetime) -> str:
    """Return the id: region and second, so that people can say it."""
    return f"{region}-{opened_at.astimezone(UTC):%Y%m%d-%H%M%S}"


def period(incident: Incident, now: datetime) -> tuple[datetime, datetime]:
    """Return from when to when what was seen belongs to the incident."""
    return incident.opened_at - BEFORE, min(now, incident.closed_at + AFTER) if incident.closed_at else now


def open_incident(incidents: Mapping[str, Incident], region: Region) -> Incident | None:
    """Return the region's open incident, or None."""
    return next((i for i in incidents.values() if i.region == region and i.closed_at is None), None)


def follow(incidents: Mapping[str, Incident], verdict: Verdict, now: datetime) -> Mapping[str, Incident]:
    """Return the incidents as the verdict leaves them."""
    known = open_incident(incidents, verdict.region)
    updated = _follow_open(known, verdict, now) if known else _open(verdict, now)
    if updated is None or updated == known:
        return incidents
    return _trim({**incidents, updated.id: updated})


def _open(verdict: Verdict, now: datetime) -> Incident | None:
    if verdict.kind in {VerdictKind.LEARNING, VerdictKind.HEALTHY, VerdictKind.BLIND}:
        return None
    began = Incident(
        id=incident_id(verdict.region, now),
        region=verdict.region,
        opened_at=now,
        why=verdict.why,
        worst_score=verdict.score,
    )
    return _follow_open(began, verdict, now)


def _follow_open(known: Incident, verdict: Verdict, now: datetime) -> Incident:
    return replace(
        known,
        confirmed_at=known.confirmed_at or verdict.confirmed_since,
        worst_score=max(known.worst_score, verdict.score),
        closed_at=now if verdict.kind is VerdictKind.HEALTHY else None,
    )


def _trim(incidents: dict[str, Incident]) -> dict[str, Incident]:
    closed = sorted((i.closed_at, i.id) for i in incidents.values() if i.closed_at)
    for _, oldest in closed[: max(0, len(closed) - KEPT)]:
        del incidents[oldest]
    return incidents
