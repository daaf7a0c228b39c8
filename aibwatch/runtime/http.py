"""Serve metrics and API. Reading only; orders are taken in control.py, the record is told in records.py.

Rules: whoever is let in may read (aibwatch.runtime.door); an unknown name is 404 with the names there are. Healthy
means that the loop takes decisions; ready means that the first polls are in.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp import web
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

from aibwatch.core.judging import regional_verdicts
from aibwatch.core.model import Region
from aibwatch.core.policy import Setup
from aibwatch.core.state import State
from aibwatch.runtime.codec import CodecError
from aibwatch.runtime.door.entrance import Entrance
from aibwatch.runtime.past import LookingError, NotOnRecordError, PastReader
from aibwatch.runtime.store import JournalError
from aibwatch.runtime.trace import TooMuchError
from aibwatch.views import explain, history, past, readiness, status

STUCK = timedelta(seconds=30)
"""Without a decision for this long the loop counts as stuck; it takes one every second."""

NO_STORE = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """What the pages are made from."""

    state: Callable[[], State]
    setup: Callable[[], Setup]
    now: Callable[[], datetime]
    ready: Callable[[], bool]
    decided_at: Callable[[], datetime]
    registry: CollectorRegistry
    past: PastReader
    instance: str = ""
    """Which daemon this is, so that one that asks its peers knows when it asked itself."""


class Http:
    """The web server of the daemon."""

    def __init__(self, served: Served, more: Iterable[web.RouteDef] = (), entrance: Entrance | None = None) -> None:
        """Serve these, and what `more` routes lead to; without an `entrance` in plain HTTP and to everybody."""
        self._served, self._entrance = served, entrance or Entrance()
        self._app = self._entrance.application()
        self._app.add_routes(
            [
                web.get("/metrics", self._metrics),
                web.get("/-/healthy", self._healthy),
                web.get("/-/ready", self._ready),
                web.get("/api/v1/status", self._status),
                web.get("/api/v1/groups", self._groups),
                web.get("/api/v1/groups/{name}", self._group),
                web.get("/api/v1/groups/{name}/active", self._active),
                web.get("/api/v1/groups/{name}/readiness", self._group_readiness),
                web.get("/api/v1/readiness", self._readiness),
                web.get("/api/v1/regions/{name}", self._region),
            ]
        )
        self._app.add_routes(more)

    async def start(self, host: str, port: int) -> str:
        """Begin to listen; return the address, with the port that port 0 became.

        Raises:
            OSError: if the address is taken or not ours.
        """
        return await self._entrance.open(self._app, host, port)

    async def stop(self) -> None:
        """Finish what is being answered and stop listening."""
        await self._entrance.close()

    async def _metrics(self, request: web.Request) -> web.Response:
        encode, content_type = choose_encoder(request.headers.get("Accept", ""))
        return web.Response(body=encode(self._served.registry), headers={"Content-Type": content_type})

    async def _healthy(self, _: web.Request) -> web.Response:
        silent = self._served.now() - self._served.decided_at()
        if silent > STUCK:
            return web.Response(status=503, text=f"no decision for {silent.total_seconds():.0f} s\n")
        return web.Response(text="healthy\n")

    async def _ready(self, _: web.Request) -> web.Response:
        return web.Response(text="ready\n") if self._served.ready() else web.Response(status=503, text="starting\n")

    async def _status(self, _: web.Request) -> web.Response:
        s = self._served
        return _json({**status.as_dict(s.state(), s.setup(), s.now()), "instance": s.instance})

    async def _groups(self, _: web.Request) -> web.Response:
        s = self._served
        return _json(
            {
                "schema": 1,
                "groups": [status.group_dict(s.state(), s.setup(), name, s.now()) for name in sorted(s.setup().groups)],
            }
        )

    async def _group(self, request: web.Request) -> web.Response:
        s = self._served
        if "at" in request.query:
            return await self._past_group(request)
        return _json(explain.group_as_dict(s.state(), s.setup(), self._known_group(request), s.now()))

    async def _active(self, request: web.Request) -> web.Response:
        s = self._served
        name = self._known_group(request)
        return web.Response(text=status.active_text(s.state(), s.setup(), name), headers=NO_STORE)

    async def _readiness(self, _: web.Request) -> web.Response:
        s = self._served
        return _json(readiness.as_dict(s.state(), s.setup(), s.now()))

    async def _group_readiness(self, request: web.Request) -> web.Response:
        s = self._served
        return _json(readiness.as_dict(s.state(), s.setup(), s.now(), self._known_group(request)))

    async def _region(self, request: web.Request) -> web.Response:
        s = self._served
        if "at" in request.query:
            return await self._past_region(request)
        return _json(explain.region_as_dict(s.state(), s.setup(), _known_region(request, s.state()), s.now()))

    async def _past_group(self, request: web.Request) -> web.Response:
        told, name = await self._past(request), request.match_info["name"]
        if name not in told.setup.groups:
            raise _not_found("group", name, told.setup.groups, then=True)
        return _json(past.group_as_dict(told, name, *await self._since(told, name)))

    async def _past_region(self, request: web.Request) -> web.Response:
        told = await self._past(request)
        region = _known_region(request, told.state, then=True)
        return _json(past.region_as_dict(told, region, *await self._since(told, region)))

    async def _past(self, request: web.Request) -> past.Past:
        try:
            return await self._served.past.at(request.query["at"])
        except NotOnRecordError as error:
            raise web.HTTPBadRequest(text=f"{error}\n") from error
        except LookingError as error:
            raise web.HTTPTooManyRequests(text=f"{error}\n") from error
        except (TooMuchError, CodecError, JournalError) as error:
            raise web.HTTPInternalServerError(text=f"the past cannot be told: {error}\n") from error

    async def _since(self, told: past.Past, name: str) -> tuple[Setup, tuple[history.Recorded, ...], datetime]:
        """Return what a view of the past needs of the present: the set-up, what was noted next, and the time."""
        try:
            followed = await self._served.past.followed(told, past.subjects_of(told, name))
        except JournalError as error:
            raise web.HTTPInternalServerError(text=f"the record cannot be read: {error}\n") from error
        return self._served.setup(), followed, self._served.now()

    def _known_group(self, request: web.Request) -> str:
        name = request.match_info["name"]
        if name not in self._served.setup().groups:
            raise _not_found("group", name, self._served.setup().groups)
        return name


def _known_region(request: web.Request, state: State, *, then: bool = False) -> Region:
    known = {str(region): region for region in regional_verdicts(state)}
    name = request.match_info["name"].lower()
    if name not in known:
        raise _not_found("region", name, known, then=then)
    return known[name]


def _not_found(what: str, name: str, known: Mapping[str, object], *, then: bool = False) -> web.HTTPNotFound:
    names = ", ".join(sorted(known)) or "none"
    there = "was then no {}; there were" if then else "is no {}; there are"
    return web.HTTPNotFound(text=f"there {there.format(f'{what} {name!r}')}: {names}\n")


def _json(body: Mapping[str, object], *, status: int = 200) -> web.Response:
    return web.json_response(body, status=status, headers=NO_STORE)
