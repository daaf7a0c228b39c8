"""Understand orders to build, and tell over HTTP how builds stand. The orders themselves are taken in control.py.

Rules: an order may bring an id of its own: the same order with the same id is one build, however often it is sent, so
whoever got no answer may ask again.
"""

import re
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime

from aiohttp import web

from aibwatch.core.builds.order import objection
from aibwatch.core.decision import Refusal
from aibwatch.core.events import BuildOrdered
from aibwatch.core.model import Region, region_of
from aibwatch.core.policy import Setup
from aibwatch.core.state import State
from aibwatch.views.builds import build_dict

BUILD_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,79}", re.ASCII)
"""What may be the id of a build: the run ids of pipelines fit, and it can stand in a path and in a shell."""

LONGEST_REGION = 60


def order_of(body: Mapping[str, object], *, group: str, owner: str, reason: str, now: datetime) -> BuildOrdered:
    """Return what is ordered; an HTTP error where it is not clear."""
    known_as = _id(body) or f"{group}-{now:%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
    return BuildOrdered(id=known_as, group=group, owner=owner, reason=reason, to=_region(body))


def demand_sense(order: BuildOrdered, state: State, setup: Setup) -> None:
    """Return if the order can be about something, or raise the answer that it gets: no later time would change that."""
    refused = objection(state, setup, order)
    if refused is not None and refused.refusal is Refusal.UNASKED:
        raise web.HTTPBadRequest(text=f"{refused.text}\n")


class BuildPages:
    """Shows what came of orders to build."""

    def __init__(self, state: Callable[[], State]) -> None:
        self._state = state

    def routes(self) -> list[web.RouteDef]:
        """Return the routes that tell of builds."""
        return [web.get("/api/v1/builds", self._all), web.get("/api/v1/builds/{id}", self._one)]

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


def _id(body: Mapping[str, object]) -> str:
    given = body.get("id")
    if given is None:
        return ""
    if not isinstance(given, str) or not BUILD_ID.fullmatch(given):
        text = "id: use 1 to 80 of A-Z, a-z, 0-9 and . _ : - , beginning with a letter or a digit\n"
        raise web.HTTPBadRequest(text=text)
    return given


def _region(body: Mapping[str, object]) -> Region | None:
    given = body.get("to")
    if given is None:
        return None
    if not isinstance(given, str) or not 0 < len(given) <= LONGEST_REGION:
        raise web.HTTPBadRequest(text='to: name a region, like "northeurope", or leave it out\n')
    return region_of(given)
