"""Tell the Activity Log of a subscription: which entries a $filter asks for, and how they look.

Rules: a $filter gives a start, may give an end, and may name one thing more; whatever else it says is refused, and so
is a start of more than 90 days ago. An entry is there when the lag has passed since its moment, the newest come first.
A call has an entry for its beginning and one for its answer, and if a run came of it one more when that is over, all
with one correlation id. Reads leave no entries. This module does not know who made the calls.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from aibwatch.simulator.body import KIND, resource_id
from aibwatch.simulator.calls import RunCall
from aibwatch.simulator.lots import guid
from aibwatch.simulator.refusal import Refusal
from aibwatch.simulator.wire import Json, arm_json, health_time, net_ticks

PROVIDER, _, _ = KIND.partition("/")
ACTION = f"{KIND}/run/action"
RETENTION = timedelta(days=90)

SELECTABLE = frozenset(
    {
        "authorization",
        "claims",
        "correlationId",
        "description",
        "eventDataId",
        "eventName",
        "eventTimestamp",
        "httpRequest",
        "id",
        "level",
        "operationId",
        "operationName",
        "properties",
        "resourceGroupName",
        "resourceProviderName",
        "resourceId",
        "status",
        "submissionTimestamp",
        "subStatus",
        "subscriptionId",
    }
)
"""What $select may name, by the published description of the API. The caller is not among it."""

_CLAUSE = re.compile(r"\s*(\w+)\s+(ge|le|eq)\s+'([^']*)'\s*", re.IGNORECASE)
_AND = re.compile(r"\s+and\s+", re.IGNORECASE)
_NARROWING = ("resourcegroupname", "resourceuri", "resourceprovider", "correlationid")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a $filter asks for."""

    since: datetime
    until: datetime | None = None
    by: str = ""
    """One of the four things that may be named, in lower case; "" for none."""
    value: str = ""

    def covers(self, at: datetime) -> bool:
        """Return whether an entry of that moment is asked for."""
        return self.since <= at and (self.until is None or at <= self.until)

    def names(self, call: RunCall) -> bool:
        """Return whether the call is about what is named, letter case aside."""
        has = {
            "resourcegroupname": call.template.group,
            "resourceuri": resource_id(call.template),
            "resourceprovider": PROVIDER,
            "correlationid": call.correlation,
        }
        return not self.by or has[self.by].lower() == self.value.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How the run of an accepted call came out."""

    at: datetime
    failure: str
    """Its message; "" for a run that went well."""


def wanted(text: str, now: datetime) -> Wanted:
    """Return what a $filter asks for. Raises Refusal for one that the log does not understand."""
    found: dict[tuple[str, str], str] = {}
    for clause in _AND.split(text):
        match = _CLAUSE.fullmatch(clause)
        key = (match[1].lower(), match[2].lower()) if match else ("", "")
        known = key in {("eventtimestamp", "ge"), ("eventtimestamp", "le"), *((n, "eq") for n in _NARROWING)}
        if match is None or not known or key in found:
            raise _refused(f"The filter is not one that the log understands, from '{clause[:60]}' on.")
        found[key] = match[3]
    since, until = (_moment(found.pop(("eventtimestamp", way), "")) for way in ("ge", "le"))
    if since is None:
        raise _refused("The filter names no eventTimestamp to start from.")
    if since < now - RETENTION:
        raise _refused("The start lies more than 90 days back; entries are not kept for longer.")
    if len(found) > 1:
        raise _refused(f"The filter may name one of {', '.join(_NARROWING)}, not several.")
    by, value = next(((name, value) for (name, _), value in found.items()), ("", ""))
    return Wanted(since=since, until=until, by=by, value=value)


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    try:
        time = datetime.fromisoformat(text)
    except ValueError as error:
        raise _refused(f"'{text[:40]}' is no time.") from error
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time


def _refused(text: str) -> Refusal:
    """Refuse as recorded: code and message at the root of the body."""
    return Refusal(400, "BadRequest", text, by_arm=False, wrapped=False)


def selected(entry: Json, select: str) -> Json:
    """Return what $select leaves of an entry. Raises Refusal for a name that no entry has."""
    names = [name.strip() for name in select.split(",") if name.strip()]
    if strangers := sorted(set(names) - SELECTABLE):
        raise _refused(f"'{strangers[0][:40]}' is no property to select.")
    return {name: entry[name] for name in names} if names else entry


def entries(told: Iterable[tuple[RunCall, Ended | None]], want: Wanted, lag: timedelta, now: datetime) -> list[Json]:
    """Return the entries that are asked for and there, newest first. `told` are the calls and how their runs ended."""
    found = [
        (at, body)
        for call, ended in told
        if want.names(call)
        for at, body in _entries(call, ended, lag)
        if want.covers(at) and at + lag <= now
    ]
    found.sort(key=lambda item: item[0])
    found.reverse()  # and not sorted downwards: of one moment the end comes before the beginning
    return [body for _, body in found]


def _entries(call: RunCall, ended: Ended | None, lag: timedelta) -> Iterator[tuple[datetime, Json]]:
    yield call.came, _entry(call, call.came, lag, "Started")
    if call.status < 400:
        accepted = "Accepted" if call.status == HTTPStatus.ACCEPTED else "Succeeded"
        yield call.answered, _entry(call, call.answered, lag, accepted, HTTPStatus(call.status))
    else:
        yield call.answered, _entry(call, call.answered, lag, "Failed", HTTPStatus(call.status), call.said)
    if ended is not None:
        # UNVERIFIED: that the end of a build shows here as well, and with this status. Its code is the one quoted.
        status, word = (HTTPStatus.CONFLICT, "Failed") if ended.failure else (HTTPStatus.OK, "Succeeded")
        yield ended.at, _entry(call, ended.at, lag, word, status, _operation_failure(ended.failure))


def _operation_failure(message: str) -> str:
    if not message:
        return ""
    detail = {"code": "InternalOperationError", "message": message}
    error = {"code": "ResourceOperationFailure", "message": "The run ended in state 'Failed'.", "details": [detail]}
    return arm_json({"status": "Failed", "error": error}).decode()


def _entry(
    call: RunCall, at: datetime, lag: timedelta, word: str, status: HTTPStatus | None = None, said: str = ""
) -> Json:
    template = call.template
    resource = resource_id(template)
    event = guid(0, call.correlation, word, at)
    code = status.phrase.replace(" ", "") if status else None
    properties = {} if code is None else {"statusCode": code, "eventCategory": "Administrative", "entity": resource}
    if said:
        properties["statusMessage"] = said
    subtle = (
        {"value": code} if status is None else {"value": code, "localizedValue": f"{status.phrase} ({_http(status)})"}
    )
    return {
        "authorization": {"action": ACTION, "scope": resource},
        "caller": call.caller,
        "channels": "Operation",
        "claims": {},
        "correlationId": call.correlation,
        "description": "",
        "eventDataId": event,
        "eventName": _named("BeginRequest" if status is None else "EndRequest"),
        "category": _named("Administrative"),
        "httpRequest": {"clientRequestId": call.client_id, "clientIpAddress": "127.0.0.1", "method": "POST"},
        "id": f"{resource}/events/{event}/ticks/{net_ticks(at)}",
        "level": "Error" if word == "Failed" else "Informational",
        "resourceGroupName": template.group,
        "resourceProviderName": _named(PROVIDER),
        "resourceId": resource,
        "resourceType": _named(KIND),
        "operationId": call.correlation,
        "operationName": _named(ACTION),
        "properties": properties,
        "status": _named(word),
        "subStatus": subtle,
        "eventTimestamp": health_time(at),
        "submissionTimestamp": health_time(at + lag),
        "subscriptionId": template.subscription,
    }


def _http(status: HTTPStatus) -> str:
    return f"HTTP Status Code: {status.value}"


def _named(value: str) -> Json:
    return {"value": value, "localizedValue": value}
