"""Take orders from people over HTTP. So far there is one: to reset a halted group.

Rules: an order needs the token, compared in constant time; without a configured token every order is refused. An order
names who gives it and why, and becomes an event like any other: what comes of it is decided by the table and is on
record.
"""

import hmac
from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web

from aibwatch.core.events import Event, Reset
from aibwatch.core.policy import Setup
from aibwatch.core.sentences import printable
from aibwatch.core.state import Phase, State

LONGEST = 200
"""Characters of an owner or a reason: a line of the record."""

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
    ) -> None:
        self._token, self._state, self._setup, self._put = token, state, setup, put

    def routes(self) -> list[web.RouteDef]:
        """Return the routes that take orders."""
        return [web.post("/api/v1/groups/{name}/reset", self._reset)]

    async def _reset(self, request: web.Request) -> web.Response:
        self._check_token(request)
        owner, reason = await _owner_and_reason(request)
        name = request.match_info["name"]
        group = self._state().groups.get(name)
        if name not in self._setup().groups or group is None:
            names = ", ".join(sorted(self._setup().groups)) or "none"
            raise web.HTTPNotFound(text=f"there is no group {name!r}; there are: {names}\n")
        if group.phase is not Phase.HALTED:
            raise web.HTTPConflict(text=f"{name} is {group.phase}; only a halted group needs a reset\n")
        await self._put(Reset(group=name, owner=owner, reason=reason))
        text = f"{name} will watch again; see: aibwatch status"
        return web.json_response({"schema": 1, "text": text}, status=202)

    def _check_token(self, request: web.Request) -> None:
        if not self._token:
            raise web.HTTPForbidden(text="orders are refused, because http.token_file is not configured\n")
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        given_bytes = given.strip().encode(errors="surrogateescape")
        if scheme.lower() != "bearer" or not hmac.compare_digest(given_bytes, self._token.encode()):
            headers = {"WWW-Authenticate": 'Bearer realm="aibwatch"'}
            raise web.HTTPUnauthorized(text="the token is missing or wrong\n", headers=headers)


async def _owner_and_reason(request: web.Request) -> tuple[str, str]:
    try:
        body = await request.json()
    except (ValueError, LookupError, RecursionError):  # no JSON, an unknown charset, lists in lists in lists
        body = None
    texts = [body.get(key) if isinstance(body, dict) else None for key in ("owner", "reason")]
    told = [" ".join(printable(text).split())[:LONGEST] if isinstance(text, str) else "" for text in texts]
    if not all(told):
        raise web.HTTPBadRequest(text='say who and why: {"owner": "...", "reason": "..."}\n')
    return told[0], told[1]
