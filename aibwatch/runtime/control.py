"""Take orders from people over HTTP: to reset a halted group, to hold moves back for a while, and to let them go on.

Rules: an order needs the token, compared in constant time; without a configured token every order is refused. An order
names who gives it and why, and becomes an event like any other: what comes of it is decided by the table and is on
record.
"""

import hmac
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from aiohttp import web

from aibwatch.config.duration import parse_duration
from aibwatch.core.events import Event, Paused, Reset, Resumed
from aibwatch.core.policy import Setup
from aibwatch.core.sentences import printable
from aibwatch.core.state import GroupState, Phase, State

LONGEST = 200
"""Characters of an owner or a reason: a line of the record."""

LONGEST_PAUSE = timedelta(days=14)
"""Longer than any maintenance; what is to last is a mode, or a [[freeze]] with its dates."""

LEAST_TOKEN = 16
"""Characters of a token; a shorter one can be guessed."""


def read_token(path: str) -> str:
    """Return the token in the file, or "" where no file is configured.

    Raises:
        ValueError: if the file cannot be read or holds no usable token; the message names it.
    """
    if not path:
        return ""
    try:
        token = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"http.token_file {path}: cannot be read ({error}); create it or unset it") from error
    if len(token) < LEAST_TOKEN or not token.isascii() or not token.isprintable():
        raise ValueError(f"http.token_file {path}: needs a token of at least {LEAST_TOKEN} printable characters")
    return token


class Control:
    """Checks orders and hands them to the loop."""

    def __init__(
        self,
        token: str,
        *,
        state: Callable[[], State],
        setup: Callable[[], Setup],
        put: Callable[[Event], Awaitable[None]],
        now: Callable[[], datetime],
    ) -> None:
        self._token, self._state, self._setup, self._put, self._now = token, state, setup, put, now

    def routes(self) -> list[web.RouteDef]:
        """Return the routes that take orders."""
        orders = {"reset": self._reset, "pause": self._pause, "resume": self._resume}
        return [web.post(f"/api/v1/groups/{{name}}/{verb}", order) for verb, order in orders.items()]

    async def _reset(self, request: web.Request) -> web.Response:
        order = await self.order(request)
        if order.group.phase is not Phase.HALTED:
            raise web.HTTPConflict(text=f"{order.name} is {order.group.phase}; only a halted group needs a reset\n")
        await self._put(Reset(group=order.name, owner=order.owner, reason=order.reason))
        return _accepted(f"{order.name} will watch again; see: aibwatch status")

    async def _pause(self, request: web.Request) -> web.Response:
        order = await self.order(request)
        try:
            length = parse_duration(order.body.get("for"))
        except ValueError as error:
            raise web.HTTPBadRequest(text=f"for: {error}\n") from error
        if length > LONGEST_PAUSE:
            days = LONGEST_PAUSE.days
            raise web.HTTPBadRequest(text=f"for: at most {days}d; a pause that is forgotten protects nobody\n")
        until = self._now() + length
        await self._put(Paused(group=order.name, owner=order.owner, reason=order.reason, until=until))
        return _accepted(f"{order.name} is not moved before {until:%Y-%m-%d %H:%M} UTC; watching goes on")

    async def _resume(self, request: web.Request) -> web.Response:
        order = await self.order(request)
        if order.group.pause is None or order.group.pause.until <= self._now():
            raise web.HTTPConflict(text=f"{order.name} is not paused\n")
        await self._put(Resumed(group=order.name, owner=order.owner, reason=order.reason))
        return _accepted(f"{order.name} may be moved again")

    async def order(self, request: web.Request) -> "Given":
        """Return who orders what of which group; an HTTP error where that is not for him, or not clear."""
        self._check_token(request)
        body = await _body(request)
        owner, reason = _owner_and_reason(body)
        name = request.match_info["name"]
        group = self._state().groups.get(name)
        if name not in self._setup().groups or group is None:
            names = ", ".join(sorted(self._setup().groups)) or "none"
            raise web.HTTPNotFound(text=f"there is no group {name!r}; there are: {names}\n")
        return Given(name=name, group=group, owner=owner, reason=reason, body=body)

    def _check_token(self, request: web.Request) -> None:
        if not self._token:
            raise web.HTTPForbidden(text="orders are refused, because http.token_file is not configured\n")
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        given_bytes = given.strip().encode(errors="surrogateescape")
        if scheme.lower() != "bearer" or not hmac.compare_digest(given_bytes, self._token.encode()):
            headers = {"WWW-Authenticate": 'Bearer realm="aibwatch"'}
            raise web.HTTPUnauthorized(text="the token is missing or wrong\n", headers=headers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """An order that is allowed and says who and why."""

    name: str
    group: GroupState
    owner: str
    reason: str
    body: Mapping[str, object]


async def _body(request: web.Request) -> Mapping[str, object]:
    try:
        body = await request.json()
    except (ValueError, LookupError, RecursionError):  # no JSON, an unknown charset, lists in lists in lists
        return {}
    return body if isinstance(body, dict) else {}


def _owner_and_reason(body: Mapping[str, object]) -> tuple[str, str]:
    texts = [body.get(key) for key in ("owner", "reason")]
    told = [" ".join(printable(text).split())[:LONGEST] if isinstance(text, str) else "" for text in texts]
    if not all(told):
        raise web.HTTPBadRequest(text='say who and why: {"owner": "...", "reason": "..."}\n')
    return told[0], told[1]


def _accepted(text: str) -> web.Response:
    return web.json_response({"schema": 1, "text": text}, status=202)
