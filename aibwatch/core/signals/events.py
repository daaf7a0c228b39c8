"""Weigh Service Health events: what the provider says of itself.

Rules: an active event about Image Builder in this region weighs much, one about a dependency less, others nothing. Of
several events only the weightiest counts: they are one voice, and often one outage under several numbers.
Its silence proves nothing: first notices came after 81 s and after 74 min. Events are never needed and never enough.
A notice that was not updated for three hours has no weight left; planned maintenance has none to begin with.
"""

from datetime import datetime, timedelta

from aibwatch.core.evidence import Evidence, Kind
from aibwatch.core.model import Region
from aibwatch.core.observation import Concern, EventSeen
from aibwatch.core.sentences import ago, when
from aibwatch.core.window import Window

WEIGHTS = {Concern.IMAGE_BUILDER: 4.9, Concern.DEPENDENCY: 2.0}
FRESH = timedelta(minutes=180)


def weigh(window: Window, region: Region, now: datetime) -> tuple[Evidence, ...]:
    """Return one piece of evidence for each active event that concerns this region and Image Builder."""
    active = [e for e in window.events.values() if e.region == region and e.active and e.concern in WEIGHTS]
    told = [_event(event, now) for event in sorted(active, key=lambda e: (e.began, e.tracking_id))]
    ranked = sorted(told, key=lambda e: e.weight, reverse=True)
    return (*ranked[:1], *(_echo(e) if e.against else e for e in ranked[1:]))


def maintenance(window: Window, region: Region, now: datetime) -> str:
    """Return what maintenance is under way by the provider's announcement, as a sentence; empty if none is."""
    under_way = sorted(
        (
            e
            for e in window.events.values()
            if e.region == region and e.maintenance and e.active and e.concern in WEIGHTS and e.began <= now
        ),
        key=lambda e: (e.began, e.tracking_id),
    )
    if not under_way:
        return ""
    event = under_way[0]
    return f'maintenance {event.tracking_id} "{event.title}" was announced, under way since {when(event.began, now)}'


def _echo(evidence: Evidence) -> Evidence:
    sentence = f"{evidence.sentence}; the same voice as the event above, so it does not count again"
    return Evidence(kind=Kind.EVENTS, weight=0.0, last=evidence.last, sentence=sentence)


def _event(event: EventSeen, now: datetime) -> Evidence:
    name = f'Service Health {event.tracking_id} "{event.title}", active since {when(event.began, now)}'
    if event.maintenance:
        return Evidence(kind=Kind.EVENTS, weight=0.0, last=event.updated, sentence=f"{name}: announced maintenance")
    if now - event.updated > FRESH:
        sentence = f"{name}, but last updated {ago(event.updated, now)}: too old to weigh"
        return Evidence(kind=Kind.EVENTS, weight=0.0, last=event.updated, sentence=sentence)
    return Evidence(
        kind=Kind.EVENTS,
        weight=WEIGHTS[event.concern],
        witnesses=1,
        since=event.began,
        last=event.updated,
        sentence=name if event.concern is Concern.IMAGE_BUILDER else f"{name}: a service that Image Builder needs",
        brief=f"Service Health event {event.tracking_id}",
        names_service=event.concern is Concern.IMAGE_BUILDER,
    )
