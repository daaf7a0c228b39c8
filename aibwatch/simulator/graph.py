"""Be Azure Resource Graph: a copy of what ARM knows, which answers while a region is down.

Rules: what the caller may not read is left out without a word; a page has as many rows as were asked for, at most a
thousand, and only a query that projects `id` can be paged; what a provider changes behind ARM's back (`lastRunStatus`)
may be told late; fifteen queries in five seconds, and then no more. The shapes were recorded in 2021. This module knows
neither templates nor sockets.
"""

import base64
import json
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import uuid4

from aibwatch.simulator import reply
from aibwatch.simulator.lexis import QueryError
from aibwatch.simulator.lots import guid
from aibwatch.simulator.query import Query, parse_query
from aibwatch.simulator.refusal import Refusal
from aibwatch.simulator.reply import Reply
from aibwatch.simulator.wire import Json, operation_time

MOST_QUERIES = 15
WINDOW = timedelta(seconds=5)
"""As documented: fifteen queries of one caller in five seconds."""

PAGE = 100
"""Rows, unless `$top` says otherwise."""
MOST_ROWS = 1_000
"""Of a page, whatever `$top` says."""


@dataclass(slots=True)
class Graph:
    """The queries of one caller. Mutable, because they are counted."""

    seed: int
    _began: datetime | None = None
    _left: int = MOST_QUERIES

    def answer(self, sent: object, rows: Callable[[frozenset[str]], Iterable[Json]], now: datetime) -> Reply:
        """Answer one query. `rows` gives the rows of some subscriptions, () for all; Refusal if none may be read."""
        headers = self._count(now)
        if headers is None:
            return self._throttled(now)
        try:
            answer = reply.arm(200, self._table(sent, rows))
        except QueryError as error:
            answer = reply.arm(400, _invalid(error, sent, now))
        except Refusal as refusal:
            answer = reply.refused(refusal)
        return replace(answer, headers={**answer.headers, **headers})

    def _count(self, now: datetime) -> Mapping[str, str] | None:
        if self._began is None or now - self._began >= WINDOW:
            self._began, self._left = now, MOST_QUERIES
        if self._left == 0:
            return None
        self._left -= 1
        return {
            "x-ms-ratelimit-remaining-tenant-resource-requests": str(self._left),
            "x-ms-user-quota-remaining": str(self._left),
            "x-ms-user-quota-resets-after": self._resets(now),
        }

    def _resets(self, now: datetime) -> str:
        left = WINDOW - (now - (self._began or now))
        return f"00:00:{math.ceil(left.total_seconds()):02d}"

    def _throttled(self, now: datetime) -> Reply:
        text = (
            "Client application has been throttled and should not continue to make requests until an amount of time "
            "has elapsed. Please see https://aka.ms/resourcegraph-throttling for help."
        )
        answer = reply.arm(429, _error("RateLimiting", [{"code": "RateLimiting", "message": text}], now))
        after = self._resets(now)
        quota = {
            "x-ms-user-quota-remaining": "0",
            "x-ms-user-quota-resets-after": after,
            "Retry-After": str(int(after[-2:])),
        }
        return replace(answer, headers={**answer.headers, **quota})

    def _table(self, sent: object, rows: Callable[[frozenset[str]], Iterable[Json]]) -> Json:
        wish = _wish(sent)
        table = (_row(body, self.seed) for body in rows(wish.subscriptions))
        found = wish.query.rows(sorted(table, key=lambda row: str(row["id"])))
        page = found[wish.skip : wish.skip + wish.most]
        more = wish.skip + len(page) < len(found)
        body: Json = {"totalRecords": len(found), "count": len(page), "data": page, "facets": []}
        # With a token nothing counts as truncated: so it was recorded, and clients have to go by the token.
        body["resultTruncated"] = "true" if more and not wish.query.pages else "false"
        if more and wish.query.pages:
            body["$skipToken"] = _token(wish.skip + len(page), wish.most)
        return body


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    query: Query
    subscriptions: frozenset[str]
    skip: int
    most: int


def _wish(sent: object) -> _Wish:
    if not isinstance(sent, Mapping) or not isinstance(sent.get("query"), str):
        raise _bad("The request has no query.")
    options = sent.get("options") or {}
    if not isinstance(options, Mapping) or options.get("resultFormat", "objectArray") != "objectArray":
        raise _bad("The stand-in answers with resultFormat objectArray only.")
    subscriptions = sent.get("subscriptions") or []
    if not isinstance(subscriptions, list) or not all(isinstance(one, str) for one in subscriptions):
        raise _bad("The subscriptions are no list of ids.")
    skip, most = _place(options)
    return _Wish(
        query=parse_query(sent["query"]),
        subscriptions=frozenset(one.lower() for one in subscriptions),
        skip=skip,
        most=max(1, min(most, MOST_ROWS)),
    )


def _place(options: Mapping[str, object]) -> tuple[int, int]:
    if isinstance(token := options.get("$skipToken"), str) and token:
        try:
            told = json.loads(base64.b64decode(token, validate=True))
            return int(told["RowsToSkip"]), int(told["MaxRows"])
        except (ValueError, KeyError, TypeError) as error:
            raise _bad("The $skipToken is not one that was given out.") from error
    skip, most = options.get("$skip", 0), options.get("$top", PAGE)
    if not isinstance(skip, int) or not isinstance(most, int) or skip < 0:
        raise _bad("$skip and $top are whole numbers.")
    return skip, most


def _token(skip: int, most: int) -> str:
    told = {"$id": "1", "MaxRows": most, "RowsToSkip": skip, "KustoClusterUrl": "https://stand-in.invalid"}
    return base64.b64encode(json.dumps(told).encode()).decode()


def _row(body: Json, seed: int) -> Json:
    """Return a resource as the table has it: its id as ARM writes it, its type and group in lower case."""
    parts = str(body["id"]).split("/")
    subscription, group = parts[2], parts[4]
    identity = "/".join([*parts[:3], "resourceGroups", *parts[4:]])
    return {
        "id": identity,
        "name": body["name"],
        "type": str(body["type"]).lower(),
        "tenantId": guid(seed, "tenant"),
        "kind": "",
        "location": body["location"],
        "resourceGroup": group.lower(),
        "subscriptionId": subscription,
        "managedBy": "",
        "sku": None,
        "plan": None,
        "properties": body["properties"],
        "tags": body.get("tags"),
        "identity": body.get("identity"),
        "zones": None,
        "extendedLocation": None,
    }


def _bad(text: str) -> Refusal:
    return Refusal(400, "BadRequest", text, by_arm=False)


def _invalid(error: QueryError, sent: object, now: datetime) -> Json:
    query = str(sent["query"]) if isinstance(sent, Mapping) else ""
    before = query[: error.position]
    details: list[Json] = [
        {
            "code": "InvalidQuery",
            "message": "Query is invalid. Please refer to the documentation for the Azure Resource Graph service and "
            "fix the error before retrying.",
        },
        {
            "code": "ParserFailure",
            "message": "ParserFailure",
            "line": before.count("\n") + 1,
            "characterPositionInLine": len(before) - before.rfind("\n") - 1,
            "token": error.token,
            "expectedToken": "\u01cf",  # recorded: nothing that means anything
        },
    ]
    return _error("BadRequest", details, now)


def _error(code: str, details: list[Json], now: datetime) -> Json:
    text = (
        f"Please provide below info when asking for support: timestamp = {operation_time(now, code)}, "
        f"correlationId = {uuid4()}."
    )
    return {"error": {"code": code, "message": text, "details": details}}
