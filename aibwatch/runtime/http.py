"""Serve status page, metrics and API. Reading only; orders are taken in control.py.

Rules: GET is free on the listen address; an unknown name is 404 with the names there are. Healthy means that the loop
takes decisions; ready means that the first polls are in.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp import web
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

from aibwatch import __version__
from aibwatch.core.incident import Incident
from aibwatch.core.judging import regional_verdicts
from aibwatch.core.move import Move
from aibwatch.core.policy import Setup
from aibwatch.core.state import State
from aibwatch.runtime.store import JournalError
from aibwatch.views import explain, history, page, status

STUCK = timedelta(seconds=30)
"""Without a decision for this long the loop counts as stuck; it takes one every second."""

HISTORY = 200

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
    history: Callable[[str | None, int], Awaitable[tuple[history.Recorded, ...]]]
    instance: str = ""
    """Which daemon this is, so that one that asks its peers knows when it asked itself."""


class Http:
    """The web server of the daemon."""

    def __init__(self, served: Served, orders: Iterable[web.RouteDef] = ()) -> None:
        self._served = served
        self._app = web.Application(client_max_size=64 * 1024)
        self._app.add_routes(
            [
                web.get("/", self._page),
                web.get("/metrics", self._metrics),
                web.get("/-/healthy", self._healthy),
                web.get("/-/ready", self._ready),
                web.get("/api/v1/status", self._status),
                web.get("/api/v1/groups", self._groups),
                web.get("/api/v1/groups/{name}", self._group),
                web.get("/api/v1/groups/{name}/active", self._active),
                web.get("/api/v1/regions/{name}", self._region),
                web.get("/api/v1/incidents", self._incidents),
                web.get("/api/v1/moves", self._moves),
                web.get("/api/v1/history", self._history),
            ]
        )
        self._app.add_routes(orders)
        self._runner = web.AppRunner(self._app, access_log=None)

    async def start(self, host: str, port: int) -> str:
        """Begin to listen; return the address, with the port that port 0 became.

        Raises:
            OSError: if the address is taken or not ours.
        """
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port)
        await site.start()
        bound = self._runner.addresses[0]
        return f"http://{bound[0]}:{bound[1]}"

    async def stop(self) -> None:
        """Finish what is being answered and stop listening."""
        await self._runner.cleanup()

    async def _page(self, _: web.Request) -> web.Response:
        s = self._served
        text = page.as_html(s.state(), s.setup(), __version__, s.now())
        return web.Response(text=text, content_type="text/html", headers=NO_STORE)

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
        return _json(explain.group_as_dict(s.state(), s.setup(), self._known_group(request), s.now()))

    async def _active(self, request: web.Request) -> web.Response:
        s = self._served
        name = self._known_group(request)
        return web.Response(text=status.active_text(s.state(), s.setup(), name), headers=NO_STORE)

    async def _region(self, request: web.Request) -> web.Response:
        s = self._served
        known = {str(region): region for region in regional_verdicts(s.state())}
        name = request.match_info["name"].lower()
        if name not in known:
            raise _not_found("region", name, known)
        return _json(explain.region_as_dict(s.state(), s.setup(), known[name], s.now()))

    async def _incidents(self, _: web.Request) -> web.Response:
        incidents = self._served.state().incidents.values()
        return _json({"schema": 1, "incidents": [_incident(i) for i in sorted(incidents, key=lambda i: i.opened_at)]})

    async def _moves(self, _: web.Request) -> web.Response:
        groups = self._served.state().groups.values()
        moves = [move for g in groups for move in (g.last, g.move) if move is not None]
        return _json({"schema": 1, "moves": [_move(m) for m in sorted(moves, key=lambda m: m.claimed_at)]})

    async def _history(self, request: web.Request) -> web.Response:
        subject = request.query.get("subject")
        try:
            records = await self._served.history(subject, HISTORY)
        except JournalError as error:
            return _json({"schema": 1, "error": f"the record cannot be read: {error}"}, status=503)
        return _json(history.as_dict(records, subject))

    def _known_group(self, request: web.Request) -> str:
        name = request.match_info["name"]
        if name not in self._served.setup().groups:
            raise _not_found("group", name, self._served.setup().groups)
        return name


def _not_found(what: str, name: str, known: Mapping[str, object]) -> web.HTTPNotFound:
    names = ", ".join(sorted(known)) or "none"
    return web.HTTPNotFound(text=f"there is no {what} {name!r}; there are: {names}\n")


def _json(body: Mapping[str, object], *, status: int = 200) -> web.Response:
    return web.json_response(body, status=status, headers=NO_STORE)


def _incident(incident: Incident) -> Mapping[str, object]:
    return {
        "id": incident.id,
        "region": incident.region,
        "opened_at": incident.opened_at.isoformat(),
        "confirmed_at": incident.confirmed_at.isoformat() if incident.confirmed_at else None,
        "closed_at": incident.closed_at.isoformat() if incident.closed_at else None,
        "worst_score": round(incident.worst_score, 2),
        "why": incident.why,
    }


def _move(move: Move) -> Mapping[str, object]:
    return {
        "activation_id": move.activation_id,
        "kind": str(move.kind),
        "group": move.group,
        "from": move.source,
        "to": move.target,
        "epoch": move.epoch,
        "incident": move.incident,
        "claimed_at": move.claimed_at.isoformat(),
        "committed_at": move.committed_at.isoformat() if move.committed_at else None,
        "ended_at": move.ended_at.isoformat() if move.ended_at else None,
        "failed": move.failed,
        "run_state": str(move.run_state) if move.run_state else None,
        "images": list(move.images),
        "steps": [
            {"handler": s.handler, "attempt": s.attempt, "result": str(s.result) if s.result else None, "why": s.why}
            for s in move.steps
        ],
    }
