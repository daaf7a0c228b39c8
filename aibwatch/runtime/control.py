"""Take orders from people over HTTP: moves, approvals, builds, pauses, resets, a reload.

Rules: an order needs the token, names who gives it and why, and becomes an event like any other. What comes of it is
decided by the table, is on record, and is the answer: 202 if it is followed, 409 with the reason if it is not, 503 if
it could not be put on record.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp import web

from aibwatch.config.duration import parse_duration
from aibwatch.core.approval import Answered
from aibwatch.core.decision import Reply
from aibwatch.core.events import ApprovalAnswered, MoveOrdered, Ordered, Paused, Reset, Resumed
from aibwatch.core.gates import FINAL, gates_of
from aibwatch.core.model import TemplateId
from aibwatch.core.move.move import MoveKind, Order
from aibwatch.core.policy import GroupSpec, Setup
from aibwatch.core.sentences import printable
from aibwatch.core.state import State
from aibwatch.runtime.builds_http import demand_sense, order_of
from aibwatch.runtime.store import JournalError
from aibwatch.runtime.token import Token

LONGEST = 200
"""Characters of an owner or a reason: a line of the record."""

LONGEST_PAUSE = timedelta(days=14)
"""Longer than any maintenance; what is to last is a mode, or a [[freeze]] with its dates."""

Json = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """What orders need of the daemon."""

    state: Callable[[], State]
    setup: Callable[[], Setup]
    now: Callable[[], datetime]
    order: Callable[[Ordered], Awaitable[Reply]]
    preview: Callable[[MoveOrdered], Awaitable[Json]]
    """What an order to move would do, without doing it."""
    reload: Callable[[], tuple[str, ...]]
    """Reads the configuration again and returns what is wrong with it."""


class Control:
    """Checks orders, hands them in, and says what came of them."""

    def __init__(self, token: Token, ways: Ways) -> None:
        self._token, self._ways = token, ways

    def routes(self) -> list[web.RouteDef]:
        """Return the routes that take orders."""
        orders = {"pause": self._pause, "resume": self._resume, "reset": self._reset}
        orders |= dict.fromkeys(MoveKind, self._move) | {"build": self._build}
        groups = [web.post(f"/api/v1/groups/{{name}}/{verb}", order) for verb, order in orders.items()]
        answers = [web.post(f"/api/v1/moves/{{id}}/{verb}", self._answer) for verb in ANSWERS]
        return [*groups, *answers, web.post("/-/reload", self._reload)]

    async def _move(self, request: web.Request) -> web.Response:
        """Take an order to move; the last part of the path is its kind."""
        said = await self._said(request)
        kind = MoveKind(request.path.rpartition("/")[2])
        order = Order(owner=said.owner, reason=said.reason, at=self._ways.now(), overrides=_overrides(said.body, kind))
        wanted = MoveOrdered(group=said.spec.name, kind=kind, to=self._to(said, kind), order=order)
        if said.body.get("dry_run") is True:
            return web.json_response(await self._ways.preview(wanted))
        return await self._order(wanted)

    async def _answer(self, request: web.Request) -> web.Response:
        """Approve or deny; the last part of the path says which."""
        self._token.demand(request)
        owner, reason = _owner_and_reason(await _body(request))
        id_, answer = request.match_info["id"], ANSWERS[request.path.rpartition("/")[2]]
        name = id_.rpartition("-")[0]
        if name not in self._ways.setup().groups:
            open_ones = sorted(g.approval.id for g in self._ways.state().groups.values() if g.approval)
            names = ", ".join(open_ones) or "nothing"
            raise web.HTTPNotFound(text=f"no group asks for {id_!r}; asked for is: {names}\n")
        return await self._order(ApprovalAnswered(group=name, id=id_, answer=answer, owner=owner, reason=reason))

    async def _pause(self, request: web.Request) -> web.Response:
        said = await self._said(request)
        try:
            length = parse_duration(said.body.get("for"))
        except ValueError as error:
            raise web.HTTPBadRequest(text=f"for: {error}\n") from error
        if length > LONGEST_PAUSE:
            days = LONGEST_PAUSE.days
            raise web.HTTPBadRequest(text=f"for: at most {days}d; a pause that is forgotten protects nobody\n")
        until = self._ways.now() + length
        return await self._order(Paused(group=said.spec.name, owner=said.owner, reason=said.reason, until=until))

    async def _resume(self, request: web.Request) -> web.Response:
        said = await self._said(request)
        return await self._order(Resumed(group=said.spec.name, owner=said.owner, reason=said.reason))

    async def _reset(self, request: web.Request) -> web.Response:
        said = await self._said(request)
        return await self._order(Reset(group=said.spec.name, owner=said.owner, reason=said.reason))

    async def _build(self, request: web.Request) -> web.Response:
        said = await self._said(request)
        wanted = order_of(said.body, group=said.spec.name, owner=said.owner, reason=said.reason, now=self._ways.now())
        demand_sense(wanted, self._ways.state(), self._ways.setup())
        return await self._order(wanted)

    async def _reload(self, request: web.Request) -> web.Response:
        self._token.demand(request)
        mistakes = self._ways.reload()
        if mistakes:
            body = {"schema": 1, "text": "the configuration before stays in force:\n" + "\n".join(mistakes)}
            return web.json_response(body, status=409)
        return web.json_response({"schema": 1, "text": "the configuration was taken over"})

    async def _order(self, order: Ordered) -> web.Response:
        try:
            reply = await self._ways.order(order)
        except JournalError as error:
            raise web.HTTPServiceUnavailable(
                text=f"not followed, because it cannot be put on record: {error}\n"
            ) from error
        except TimeoutError as error:
            text = "no answer yet, and it may be followed all the same; look: aibwatch status\n"
            raise web.HTTPGatewayTimeout(text=text) from error
        return web.json_response(_told(reply), status=202 if reply.refusal is None else 409)

    async def _said(self, request: web.Request) -> "_Said":
        """Return who orders what of which group; an HTTP error where that is not for him, or not clear."""
        self._token.demand(request)
        body = await _body(request)
        owner, reason = _owner_and_reason(body)
        name, groups = request.match_info["name"], self._ways.setup().groups
        if name not in groups:
            names = ", ".join(sorted(groups)) or "none"
            raise web.HTTPNotFound(text=f"there is no group {name!r}; there are: {names}\n")
        return _Said(spec=groups[name], owner=owner, reason=reason, body=body)

    def _to(self, said: "_Said", kind: MoveKind) -> TemplateId | None:
        """Return the member in the region that the order names."""
        to = said.body.get("to")
        if to in (None, ""):
            return None
        if kind is MoveKind.FAILBACK:
            raise web.HTTPBadRequest(text="to: a failback goes to the primary; leave it out\n")
        regions = {self._ways.state().window.region_of(t): t for t in reversed(said.spec.secondaries)}
        found = next((t for region, t in regions.items() if region is not None and region == to), None)
        if found is None:
            there = ", ".join(sorted(r for r in regions if r is not None)) or "none that Azure lists"
            raise web.HTTPBadRequest(text=f"to: {said.spec.name} has no secondary in {to!r}; it has: {there}\n")
        return found


ANSWERS = {"approve": Answered.APPROVED, "deny": Answered.DENIED}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """An order that is allowed and says who and why."""

    spec: GroupSpec
    owner: str
    reason: str
    body: Json


def _overrides(body: Json, kind: MoveKind) -> tuple[str, ...]:
    named = body.get("overrides", [])
    if not isinstance(named, list) or not all(isinstance(name, str) for name in named):
        raise web.HTTPBadRequest(text='overrides: write a list of gates: ["cooldown"]\n')
    known = [name for name in gates_of(kind) if name not in FINAL]
    for name in named:
        if name in FINAL:
            text = f"overrides: {name} cannot be overridden: {FINAL[name]}\n"
            raise web.HTTPBadRequest(text=text)
        if name not in known:
            text = f"overrides: {name!r} is no gate of a {kind}; there are: {', '.join(known)}\n"
            raise web.HTTPBadRequest(text=text)
    return tuple(dict.fromkeys(named))


async def _body(request: web.Request) -> Json:
    try:
        body = await request.json()
    except (ValueError, LookupError, RecursionError):  # no JSON, an unknown charset, lists in lists in lists
        return {}
    return body if isinstance(body, dict) else {}


def _owner_and_reason(body: Json) -> tuple[str, str]:
    texts = [body.get(key) for key in ("owner", "reason")]
    told = [" ".join(printable(text).split())[:LONGEST] if isinstance(text, str) else "" for text in texts]
    if not all(told):
        raise web.HTTPBadRequest(text='say who and why: {"owner": "...", "reason": "..."}\n')
    return told[0], told[1]


def _told(reply: Reply) -> Json:
    return {
        "schema": 1,
        "text": reply.text,
        "id": reply.id,
        "refusal": str(reply.refusal) if reply.refusal else None,
        "held_by": list(reply.held_by),
    }
