"""Take orders to build over HTTP, and tell how builds stand.

Rules: an order needs the token and says who gives it and why, as every other; see control.py. It may bring an id of
its own: the same order with the same id is one build, however often it is sent, so whoever got no answer may ask again.
What cannot be begun now is refused at once with the reason; 409 means that a little later it may be taken.
"""

import asyncio
import contextlib
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import NoReturn

from aiohttp import web

from aibwatch.core.build_order import Fault, Objection, is_new, objection
from aibwatch.core.events import BuildOrdered, Event
from aibwatch.core.model import Region, region_of
from aibwatch.core.policy import Setup
from aibwatch.core.state import State
from aibwatch.runtime.control import Control
from aibwatch.views.builds import build_dict

BUILD_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,79}", re.ASCII)
"""What may be the id of a build: the run ids of pipelines fit, and it can stand in a path and in a shell."""

LONGEST_REGION = 60

DECIDED = timedelta(seconds=5)
"""How long an order waits to be decided on before it is answered: a decision takes milliseconds."""

STATUSES = {
    Fault.UNKNOWN_GROUP: web.HTTPNotFound,
    Fault.WRONG: web.HTTPBadRequest,
    Fault.BUSY: web.HTTPConflict,
    Fault.UNRECORDED: web.HTTPServiceUnavailable,
}


class BuildOrders:
    """Hands orders to build to the loop, and shows what came of them."""

    def __init__(
        self,
        control: Control,
        *,
        state: Callable[[], State],
        setup: Callable[[], Setup],
        put: Callable[[Event], Awaitable[None]],
        settled: Callable[[], Awaitable[None]],
        now: Callable[[], datetime],
    ) -> None:
        self._control, self._state, self._setup, self._now = control, state, setup, now
        self._put, self._settled = put, settled

    def routes(self) -> list[web.RouteDef]:
        """Return the routes about builds."""
        return [
            web.post("/api/v1/groups/{name}/build", self._build),
            web.get("/api/v1/builds", self._all),
            web.get("/api/v1/builds/{id}", self._one),
        ]

    async def _build(self, request: web.Request) -> web.Response:
        given = await self._control.order(request)
        known_as = _id(given.body) or f"{given.name}-{self._now():%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
        to = _region(given.body)
        order = BuildOrdered(id=known_as, group=given.name, owner=given.owner, reason=given.reason, to=to)
        state = self._state()
        against = objection(state, self._setup(), order)
        if against is not None:
            _refuse(against)
        if is_new(state, order):
            await self._put(order)
            # So that whoever asks next is not told of a time before the order. A stuck loop answers all the same.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(DECIDED.total_seconds()):
                    await self._settled()
        text = f"{given.name} is built: build {order.id}; see GET /api/v1/builds/{order.id}"
        return web.json_response({"schema": 1, "id": order.id, "text": text}, status=202)

    async def _all(self, _: web.Request) -> web.Response:
        state = self._state()
        builds = [build_dict(state, build) for build in state.builds.kept]
        text = "\n".join(f"{build['id']}  {build['group']}  {build['text']}" for build in builds)
        return web.json_response({"schema": 1, "builds": builds, "text": text or "Nobody ordered a build yet."})

    async def _one(self, request: web.Request) -> web.Response:
        state, known_as = self._state(), request.match_info["id"]
        build = state.builds.find(known_as)
        if build is None:
            raise web.HTTPNotFound(text=f"there is no build {known_as!r}; only the latest hundred are remembered\n")
        headers = {"Cache-Control": "no-store"}
        return web.json_response({"schema": 1, **build_dict(state, build)}, headers=headers)


def _refuse(against: Objection) -> NoReturn:
    raise STATUSES[against.fault](text=f"{against.why}\n")


def _id(body: Mapping[str, object]) -> str:
    given = body.get("id")
    if given is None:
        return ""
    if not isinstance(given, str) or not BUILD_ID.fullmatch(given):
        raise web.HTTPBadRequest(
            text="id: use 1 to 80 of A-Z, a-z, 0-9 and . _ : - , beginning with a letter or digit\n"
        )
    return given


def _region(body: Mapping[str, object]) -> Region | None:
    given = body.get("to")
    if given is None:
        return None
    if not isinstance(given, str) or not 0 < len(given) <= LONGEST_REGION:
        raise web.HTTPBadRequest(text='to: name a region, like "northeurope", or leave it out\n')
    return region_of(given)
