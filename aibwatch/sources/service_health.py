"""Ask Service Health for the events of a subscription.

Rules: the list is asked for without a filter, because Microsoft's own examples use two filter languages that exclude
each other; what concerns us is picked out here. An event that is no longer listed ages by itself.
This module does not know what an event is worth, nor that its silence proves nothing.
"""

import re
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta

from aibwatch.core.model import WELL, Region
from aibwatch.core.observation import EventSeen, Observation, Polled, Source
from aibwatch.sources.answer import Bad, unexpected
from aibwatch.sources.arm import Api, Arm
from aibwatch.sources.paging import USUAL, Limits, collect
from aibwatch.sources.parse_event import parse_event

DEFAULT_SERVICE = "image builder"

LOOK_BACK = timedelta(days=7)
"""Events whose last update is older are not asked for. Azure's own default is 3 days; long ones are updated daily."""


class ServiceHealth:
    """The provider's own notices.

    `service` is the regular expression, letter case ignored, for what Image Builder is called there. Raises
    ValueError if it is none.
    """

    def __init__(
        self, arm: Arm, now: Callable[[], datetime], service: str = DEFAULT_SERVICE, limits: Limits = USUAL
    ) -> None:
        self._arm = arm
        self._now = now
        self._limits = limits
        try:
            self._image_builder = re.compile(service, re.IGNORECASE)
        except re.error as error:
            raise ValueError(f'"{service}" is not a regular expression: {error}') from error

    async def poll(
        self, subscription: str, regions: Collection[Region], known: Mapping[str, EventSeen]
    ) -> tuple[Observation, ...]:
        """Return Polled, whose subject is the subscription id in lower case, and EventSeen for watched regions.

        Only notices that are new: not those which `known` (by "TRACKING-ID/REGION", as core.window keeps them) has
        already, or has in a later state.
        """
        name = subscription.strip().lower()
        listed = await collect(
            self._arm,
            f"/subscriptions/{name}/providers/Microsoft.ResourceHealth/events",
            api=Api.RESOURCE_HEALTH,
            operation="list_events",
            query={"queryStartTime": _day(self._now() - LOOK_BACK)},
            limits=self._limits,
        )
        at = self._now()
        parsed = [parse_event(entry, regions, self._image_builder, at) for entry in listed.entries]
        failure = listed.failure or _torn(parsed.count(None))
        polled = Polled(
            at=at,
            source=Source.SERVICE_HEALTH,
            subject=name,
            diagnosis=failure.diagnosis if failure else WELL,
        )
        news = [event for events in parsed if events for event in events if _is_news(event, known)]
        return (polled, *news)


def _torn(unreadable: int) -> Bad | None:
    return unexpected(f"{unreadable} of the list's entries cannot be read as events") if unreadable else None


def _is_news(event: EventSeen, known: Mapping[str, EventSeen]) -> bool:
    held = known.get(f"{event.tracking_id}/{event.region}")
    if held is None or event.updated > held.updated:
        return True
    return event.updated == held.updated and _content(event) != _content(held)


def _content(event: EventSeen) -> tuple[object, ...]:
    return event.concern, event.active, event.maintenance, event.began, event.title


def _day(at: datetime) -> str:
    """Return the day as queryStartTime wants it: month/day/year without leading zeros (Microsoft's examples)."""
    return f"{at.month}/{at.day}/{at.year}"
