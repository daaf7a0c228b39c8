"""Understand Service Health events. Pure; nothing here raises, whatever the JSON is.

Facts: an event names services, a service names regions by display name, each region has a status of its own; "Global"
is every region; the mitigation time of an event that goes on is the year 1, without a zone, and an event with a
mitigation time may still be Active: so the region's status decides, then the event's, then the time (Microsoft's
examples, and the tests of another client). How Image Builder is called there is not known for sure: hence a pattern.

Note [What is not an outage]: ServiceIssue and EmergingIssues are. PlannedMaintenance is marked as such. HealthAdvisory,
SecurityAdvisory, Billing and RCA say nothing about now: they come out as not active, so that an event which turns into
its own review ends, instead of staying what it was last.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from aibwatch.core.model import Region, region_of
from aibwatch.core.observation import Concern, EventSeen
from aibwatch.core.reading import items, moment, one_line, table, text

DEPENDENCIES = frozenset(
    {
        "azure compute gallery",
        "azure container instances",
        "azure private link",
        "azure resource manager",
        "container instances",
        "managed identities for azure resources",
        "network infrastructure",
        "shared image gallery",
        "storage",
        "virtual machine scale sets",
        "virtual machines",
        "virtual network",
    }
)
"""Services that a build needs, by their names in Service Health, in lower case. A build makes a VM, a network, a
storage account and a container, copies to a gallery, and signs in with a managed identity."""

OUTAGES = frozenset({"serviceissue", "emergingissues"})
MAINTENANCE = "plannedmaintenance"
EVERYWHERE = Region("global")
LONGEST_NAME = 200

_RANK = {Concern.IMAGE_BUILDER: 2, Concern.DEPENDENCY: 1, Concern.OTHER: 0}


def concern_of(service: str, image_builder: re.Pattern[str]) -> Concern:
    """Return what a service has to do with us."""
    name = one_line(service, LONGEST_NAME)
    if image_builder.search(name):
        return Concern.IMAGE_BUILDER
    return Concern.DEPENDENCY if name.lower() in DEPENDENCIES else Concern.OTHER


def parse_event(
    entry: object, watched: Collection[Region], image_builder: re.Pattern[str], at: datetime
) -> tuple[EventSeen, ...] | None:
    """Return the event as it stands for each watched region that it concerns; None if it is no event.

    If it names several services in a region, the one that is nearest to us speaks; of equal ones an active one.
    """
    body = table(entry)
    tracking_id, properties = one_line(text(body, "name")), table(body, "properties")
    if not tracking_id or not properties:
        return None
    event = _Event.of(tracking_id, properties, at)
    nearest: dict[Region, EventSeen] = {}
    for seen in event.regions(properties, frozenset(watched), image_builder):
        held = nearest.get(seen.region)
        if held is None or _weight(seen) > _weight(held):
            nearest[seen.region] = seen
    return tuple(nearest[region] for region in sorted(nearest))


def _weight(seen: EventSeen) -> tuple[int, bool, datetime]:
    return _RANK[seen.concern], seen.active, seen.updated


@dataclass(frozen=True, slots=True, kw_only=True)
class _Event:
    """What holds for the event as a whole."""

    at: datetime
    tracking_id: str
    kind: str
    status: str
    unmitigated: bool
    """Whether a mitigation time is given and has not come."""
    began: datetime | None
    updated: datetime | None
    title: str

    @staticmethod
    def of(tracking_id: str, properties: Mapping[str, object], at: datetime) -> "_Event":
        mitigated = moment(properties, "impactMitigationTime")
        return _Event(
            at=at,
            tracking_id=tracking_id,
            kind=_word(properties, "eventType"),
            status=_word(properties, "status"),
            unmitigated="impactMitigationTime" in properties and (mitigated is None or mitigated > at),
            began=moment(properties, "impactStartTime"),
            updated=moment(properties, "lastUpdateTime"),
            title=one_line(text(properties, "title")),
        )

    def regions(
        self, properties: Mapping[str, object], watched: frozenset[Region], image_builder: re.Pattern[str]
    ) -> Iterator[EventSeen]:
        for impact in map(table, items(properties, "impact")):
            concern = concern_of(text(impact, "impactedService"), image_builder)
            if concern is Concern.OTHER:
                continue
            for part in map(table, items(impact, "impactedRegions")):
                named = region_of(text(part, "impactedRegion"))
                for region in watched if named == EVERYWHERE else watched & {named}:
                    yield self.seen(region, concern, part)

    def seen(self, region: Region, concern: Concern, part: Mapping[str, object]) -> EventSeen:
        times = [time for time in (moment(part, "lastUpdateTime"), self.updated) if time]
        updated = max(times) if times else (self.began or self.at)
        return EventSeen(
            at=self.at,
            tracking_id=self.tracking_id,
            region=region,
            concern=concern,
            active=self.kind in OUTAGES | {MAINTENANCE} and self._goes_on(_word(part, "status")),
            maintenance=self.kind == MAINTENANCE,
            updated=updated,
            began=self.began or updated,
            title=self.title,
        )

    def _goes_on(self, status_here: str) -> bool:
        for status in (status_here, self.status):
            if status in {"active", "resolved"}:
                return status == "active"
        return self.unmitigated


def _word(value: Mapping[str, object], key: str) -> str:
    return text(value, key).strip().lower()
