"""Tell what Service Health and Resource Health would tell, as a function of time.

Rules: an event is not there before `start`; it and its regions are Active until they end, then Resolved; while it is
active its mitigation time is the year 1 without a zone. Resource Health does not know image templates: 422, always.
This module does not know the troubles: an outage and its notice are told apart here as they are in life.
"""

from datetime import datetime, timedelta

from aibwatch.simulator.lots import guid
from aibwatch.simulator.parts import AvailabilitySpec, EventSpec
from aibwatch.simulator.refusal import Refusal
from aibwatch.simulator.wire import NOT_YET_ZONELESS, Json, health_time

DEFAULT_WINDOW = timedelta(days=3)
"""How far back events are listed by their last update, unless queryStartTime says otherwise."""


def events(
    specs: tuple[EventSpec, ...], begun: datetime, now: datetime, since: datetime | None, subscription: str
) -> list[Json]:
    """Return the events known now, the latest update first. `begun` is when the stand-in began."""
    floor = since or now - DEFAULT_WINDOW
    there = [spec for spec in specs if begun + timedelta(seconds=spec.start) <= now]
    told = [(_last_update(spec, begun, now), _event(spec, begun, now, subscription)) for spec in there]
    return [body for updated, body in sorted(told, key=lambda item: item[0], reverse=True) if updated >= floor]


def _last_update(spec: EventSpec, begun: datetime, now: datetime) -> datetime:
    # Asked of events that are there: their start is past.
    seconds = [spec.start, *spec.resolved_early.values(), *([] if spec.end is None else [spec.end])]
    return max(at for at in (begun + timedelta(seconds=second) for second in seconds) if at <= now)


def _over(spec: EventSpec, begun: datetime, now: datetime) -> bool:
    return spec.end is not None and begun + timedelta(seconds=spec.end) <= now


def _event(spec: EventSpec, begun: datetime, now: datetime, subscription: str) -> Json:
    over = _over(spec, begun, now)
    updated = health_time(_last_update(spec, begun, now))
    mitigated = begun + timedelta(seconds=spec.end or 0.0)
    return {
        "id": f"/providers/Microsoft.ResourceHealth/events/{spec.tracking_id}",
        "name": spec.tracking_id,
        "type": "/providers/Microsoft.ResourceHealth/events",
        "properties": {
            "eventType": spec.event_type,
            "eventSource": "ServiceHealth",
            "status": "Resolved" if over else "Active",
            "title": spec.title,
            "summary": f"<p>{spec.title}</p>",
            "header": "Your service might have been impacted by an Azure service issue",
            "platformInitiated": True,
            # A planned maintenance was seen with level Warning and eventLevel Informational: trust eventLevel only.
            "level": "Critical" if spec.level == "Critical" else "Warning",
            "eventLevel": spec.level,
            "externalIncidentId": str(int(guid(0, spec.tracking_id)[:7], 16)),
            "impactStartTime": health_time(begun + timedelta(seconds=spec.impact_start)),
            "impactMitigationTime": health_time(mitigated) if over else NOT_YET_ZONELESS,
            "impact": [
                {
                    "impactedService": spec.service,
                    "impactedServiceGuid": guid(0, "service", spec.service),
                    "impactedRegions": [_region(spec, name, begun, now, subscription) for name in spec.regions],
                }
            ],
            "isHIR": False,
            "isEventSensitive": False,
            "lastUpdateTime": updated,
            "priority": 15,
        },
    }


def _region(spec: EventSpec, name: str, begun: datetime, now: datetime, subscription: str) -> Json:
    ends = [end for end in (spec.end, spec.resolved_early.get(name)) if end is not None]
    over = bool(ends) and begun + timedelta(seconds=min(ends)) <= now
    first = {
        "summary": spec.title,
        "updateDateTime": health_time(begun + timedelta(seconds=spec.start)),
        "eventTags": [],
    }
    updates = [first]
    if over:
        resolved = health_time(begun + timedelta(seconds=min(ends)))
        updates.insert(0, {"summary": f"Resolved: {spec.title}", "updateDateTime": resolved, "eventTags": []})
    return {
        "impactedRegion": name,
        "status": "Resolved" if over else "Active",
        "impactedSubscriptions": [subscription],
        "impactedTenants": [],
        "lastUpdateTime": updates[0]["updateDateTime"],
        "updates": updates,
    }


def availability(specs: tuple[AvailabilitySpec, ...], resource: str, begun: datetime, now: datetime) -> Json:
    """Return the current status of one resource. Raises Refusal for image templates and for what is not named."""
    if "/microsoft.virtualmachineimages/" in f"{resource.lower()}/":
        # The status is described, the code stems from a unit test of another client.
        raise Refusal(422, "UnsupportedResourceType", "Resource type is not supported.", by_arm=False)
    named = [spec for spec in specs if spec.resource.lower() == resource.lower()]
    if not named:
        raise Refusal(404, "ResourceNotFound", f"The Resource '{resource}' was not found.")
    return _status(next((spec for spec in named if _stands(spec, begun, now)), None) or named[0], begun, now)


def availabilities(
    specs: tuple[AvailabilitySpec, ...], subscription: str, begun: datetime, now: datetime
) -> list[Json]:
    """Return the statuses of the subscription's resources, one each."""
    mine = [
        spec.resource for spec in specs if spec.resource.lower().startswith(f"/subscriptions/{subscription.lower()}/")
    ]
    return [availability(specs, resource, begun, now) for resource in dict.fromkeys(mine)]


def _stands(spec: AvailabilitySpec, begun: datetime, now: datetime) -> bool:
    ended = spec.end is not None and begun + timedelta(seconds=spec.end) <= now
    return begun + timedelta(seconds=spec.start) <= now and not ended


def _status(spec: AvailabilitySpec, begun: datetime, now: datetime) -> Json:
    here = _stands(spec, begun, now)
    state = spec.state if here else "Available"
    occurred = begun + timedelta(seconds=spec.start) if here else begun - timedelta(days=1)
    kind = (
        "There are no known Azure platform problems"
        if state == "Available"
        else f"The platform reports the state {state}"
    )
    return {
        "id": f"{spec.resource}/providers/Microsoft.ResourceHealth/availabilityStatuses/current",
        "name": "current",
        "type": "Microsoft.ResourceHealth/AvailabilityStatuses",
        "location": spec.region,
        "properties": {
            "availabilityState": state,
            "title": state,
            "summary": f"{kind} for this resource.",
            "reasonType": "" if state == "Available" else "Unplanned",
            "category": "Not Applicable",
            "context": "Not Applicable",
            "occuredTime": f"{occurred:%Y-%m-%dT%H:%M:%SZ}",  # the service's own spelling
            "reasonChronicity": "Persistent",
            "reportedTime": health_time(now),
        },
    }
