"""Ask the Activity Log of a subscription which calls to run a template failed.

Rules: only what is new is asked for, and so much before it as the log may be late; what was seen already is not told
again. Only templates whose region is known are told of: the log does not say where a call has failed.
This module does not know what a failed call is worth, nor that the log's silence proves nothing.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from aibwatch.core.model import WELL, Region, TemplateId
from aibwatch.core.observation import CallFailed, Observation, Polled, Source
from aibwatch.core.window import KEEP, one_call
from aibwatch.sources.answer import Bad, unexpected
from aibwatch.sources.arm import Api, Arm
from aibwatch.sources.paging import Limits, collect
from aibwatch.sources.parse_call import parse_calls

LATE = timedelta(minutes=25)
"""How late an entry may come: Microsoft says 3 to 20 minutes, and two clocks may differ."""

LOOK_BACK = KEEP
"""The most that is asked for, at the start and after a long silence: what is older, no window keeps."""

LIMITS = Limits(pages=500, size=64 * 1024 * 1024, time=timedelta(minutes=1))
"""6 h of a thousand templates that are run every hour have 18,000 entries of about 2 kB, in pages of unknown length."""

SELECT = "correlationId,eventTimestamp,httpRequest,operationName,properties,resourceId,status,subStatus"
"""What is read of an entry. The claims of the caller are the largest part of it, and no business of ours."""

SLACK = timedelta(seconds=1)


class ActivityLog:
    """Other people's calls."""

    def __init__(self, arm: Arm, now: Callable[[], datetime], limits: Limits = LIMITS) -> None:
        self._arm = arm
        self._now = now
        self._limits = limits

    async def poll(
        self,
        subscription: str,
        places: Mapping[TemplateId, Region],
        known: Mapping[str, CallFailed],
        last_well: datetime | None,
    ) -> tuple[Observation, ...]:
        """Return Polled, whose subject is the subscription id in lower case, and CallFailed where that is news.

        `places` says where the watched templates live; `known` are the calls as core.window keeps them; `last_well` is
        when the log was last read well, None if never.
        """
        name, until = subscription.strip().lower(), self._now()
        since = until - LOOK_BACK if last_well is None else max(min(last_well, until) - LATE, until - LOOK_BACK)
        listed = await collect(
            self._arm,
            f"/subscriptions/{name}/providers/Microsoft.Insights/eventtypes/management/values",
            api=Api.ACTIVITY_LOG,
            operation="list_calls",
            query={"$filter": _filter(since, until), "$select": SELECT},
            limits=self._limits,
        )
        at = self._now()
        told = parse_calls(listed.entries, places, since=since - SLACK, until=until + SLACK, at=at)
        failure = listed.failure or _torn(told.unreadable)
        polled = Polled(
            at=at, source=Source.ACTIVITY_LOG, subject=name, diagnosis=failure.diagnosis if failure else WELL
        )
        return (polled, *(call for call in told.failed if _is_news(call, known.get(call.key))))


def _filter(since: datetime, until: datetime) -> str:
    times = f"eventTimestamp ge '{_time(since)}' and eventTimestamp le '{_time(until + SLACK)}'"
    return f"{times} and resourceProvider eq 'Microsoft.VirtualMachineImages'"


def _time(at: datetime) -> str:
    """Return the time as Microsoft's examples have it, whole seconds, cut off."""
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def _torn(unreadable: int) -> Bad | None:
    return unexpected(f"{unreadable} of the log's entries cannot be read") if unreadable else None


def _is_news(call: CallFailed, known: CallFailed | None) -> bool:
    return known is None or one_call(known, call) != known
