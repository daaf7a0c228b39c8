"""Hold one answer before it goes on the wire, and dress it as the provider or as ARM would.

This module does not know sockets: the server turns a Reply into bytes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import uuid4

from aibwatch.simulator.refusal import Refusal
from aibwatch.simulator.trouble import Operation
from aibwatch.simulator.wire import ARM_JSON_TYPE, JSON_TYPE, Json, arm_json, http_date, provider_json

FRONT_END = "WESTEUROPE"
"""The ARM front end in x-ms-routing-request-id: where the caller is, not the template."""

_RATES = {
    "reads": {
        "x-ms-ratelimit-remaining-subscription-reads": "249",
        "x-ms-ratelimit-remaining-subscription-global-reads": "3749",
    },
    "writes": {
        "x-ms-ratelimit-remaining-subscription-writes": "199",
        "x-ms-ratelimit-remaining-subscription-global-writes": "2999",
    },
    "deletes": {
        "x-ms-ratelimit-remaining-subscription-deletes": "199",
        "x-ms-ratelimit-remaining-subscription-global-deletes": "2999",
    },
    "graph": {},
    "health": {"x-ms-ratelimit-remaining-subscription-resource-requests": "99"},
}
"""As recorded in 2025. They do not count down: the real bucket fills faster than one caller drains it. Resource Graph
counts for itself."""

_KIND = {
    Operation.RUN: "writes",
    Operation.CANCEL: "writes",
    Operation.CREATE: "writes",
    Operation.PATCH: "writes",
    Operation.DELETE: "deletes",
    Operation.GRAPH: "graph",
    Operation.EVENTS: "health",
    Operation.AVAILABILITY: "health",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """Status, headers and body of one answer."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes = b""
    json: Json | None = None
    """The body before it became bytes, for who wants to change it."""
    request_id: str = ""
    """x-ms-request-id if it is not any: the operation's id where one was begun."""
    closes: bool = False
    """Whether the connection ends with it, as recorded for most 5xx."""
    bare: bool = False
    """Whether it goes out as it is, without ARM's headers: something else has answered."""
    lacking: str = ""
    """The action whose lack it tells of, for the account of requests."""


def provider(status: int, body: Json, **headers: str) -> Reply:
    """Return an answer of the resource provider."""
    return Reply(status=status, headers={"Content-Type": JSON_TYPE, **headers}, content=provider_json(body), json=body)


def arm(status: int, body: Json) -> Reply:
    """Return an answer ARM made itself."""
    return Reply(status=status, headers={"Content-Type": ARM_JSON_TYPE}, content=arm_json(body), json=body)


def listed(status: int, body: list[Json]) -> Reply:
    """Return a list without an object around it, as Compute answers for platform images."""
    return Reply(status=status, headers={"Content-Type": ARM_JSON_TYPE}, content=arm_json(body))


def refused(refusal: Refusal) -> Reply:
    """Return a refusal as its maker words it."""
    if not refusal.by_arm:
        return provider(refusal.status, refusal.body())
    return replace(failed_by("gateway", arm(refusal.status, refusal.body())), lacking=refusal.lacking)


def failed_by(cause: str, reply: Reply) -> Reply:
    """Return the answer with x-ms-failure-cause: "gateway" for ARM, "service" for the provider behind it."""
    return replace(reply, headers={**reply.headers, "x-ms-failure-cause": cause})


def dressed(reply: Reply, operation: Operation | None, now: datetime) -> Reply:
    """Return the answer with the headers every answer of ARM has."""
    if reply.bare:
        return replace(reply, headers={"Date": http_date(now), **reply.headers})
    correlation = str(uuid4())
    by_gateway = reply.headers.get("x-ms-failure-cause") == "gateway"
    rates = {} if operation is None or by_gateway else _RATES[_KIND.get(operation, "reads")]
    headers = {
        "Cache-Control": "no-cache",
        "Pragma": "no-cache",
        "Expires": "-1",
        **rates,
        "x-ms-request-id": reply.request_id or correlation,
        "x-ms-correlation-request-id": correlation,
        "x-ms-routing-request-id": f"{FRONT_END}:{now:%Y%m%dT%H%M%SZ}:{correlation}",
        "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
        "X-Content-Type-Options": "nosniff",
        "Date": http_date(now),
        **reply.headers,
    }
    return replace(reply, headers=headers)
