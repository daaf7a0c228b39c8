"""Serve the web pages: how everything stands, and one group, region, incident or move.

Rules: GET is free; an unknown name is 404 as a page, with the names there are. A page is there whether or not the
journal can be read, and says so. Pages are made beside the event loop, which has decisions to take.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

from aiohttp import web

from aibwatch import __version__
from aibwatch.core.policy import Setup
from aibwatch.core.state import State
from aibwatch.runtime.accounts import Accounts
from aibwatch.runtime.codec import CodecError
from aibwatch.runtime.store import JournalError
from aibwatch.views.pages import groups, icons, incidents, missing, moves, overview, regions
from aibwatch.views.pages.renewal import HEADERS
from aibwatch.views.pages.seen import HOURS, Seen
from aibwatch.views.pages.tones import Tone

LATEST = 50
"""Moves that are read for a page; it shows fewer."""


class Pages:
    """The web pages."""

    def __init__(
        self,
        accounts: Accounts,
        *,
        state: Callable[[], State],
        setup: Callable[[], Setup],
        now: Callable[[], datetime],
    ) -> None:
        self._accounts, self._state, self._setup, self._now = accounts, state, setup, now

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of the pages."""
        return [
            web.get("/", self._overview),
            web.get("/groups/{name}", self._group),
            web.get("/regions/{name}", self._region),
            web.get("/incidents/{name}", self._incident),
            web.get("/moves/{name}", self._move),
            web.get("/icons/{name}.svg", self._icon),
        ]

    async def _overview(self, _: web.Request) -> web.Response:
        seen = await self._seen(tuple(str(region) for region in self._bare().verdicts))
        return await _answer(overview.as_html, seen)

    async def _group(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in self._setup().groups:
            return await self._missing("groups", name, sorted(self._setup().groups))
        return await _answer(groups.as_html, await self._seen((name,)), name)

    async def _region(self, request: web.Request) -> web.Response:
        name = request.match_info["name"].lower()
        known = {str(region): region for region in self._bare().verdicts}
        if name not in known:
            return await self._missing("regions", name, list(known))
        return await _answer(regions.as_html, await self._seen((name,)), known[name])

    async def _incident(self, request: web.Request) -> web.Response:
        name, known = request.match_info["name"], sorted(self._state().incidents, reverse=True)
        try:
            told = await self._accounts.of_incident(name)
        except (JournalError, CodecError) as error:
            return await self._unreadable("incidents", name, error)
        if told is None:
            return await self._missing("incidents", name, known)
        return await _answer(incidents.as_html, self._bare(), told)

    async def _move(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        try:
            told = await self._accounts.of_move(name)
        except JournalError as error:
            return await self._unreadable("moves", name, error)
        if told is None:
            known, _ = await self._accounts.moves()
            return await self._missing("moves", name, [kept.id for kept in reversed(known)])
        return await _answer(moves.as_html, self._bare(), told)

    async def _icon(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in set(Tone):
            return web.Response(status=404, text="there is no such sign\n", headers=HEADERS)
        return web.Response(text=icons.as_svg(Tone(name)), content_type="image/svg+xml", headers=HEADERS)

    async def _missing(self, kind: str, name: str, known: Sequence[str]) -> web.Response:
        return await _answer(missing.as_html, self._bare(), kind, name, known, status=404)

    async def _unreadable(self, kind: str, name: str, error: Exception) -> web.Response:
        return await _answer(missing.unreadable_as_html, self._bare(), kind, name, str(error), status=503)

    def _bare(self) -> Seen:
        """Return what is known now, without the record."""
        return Seen(state=self._state(), setup=self._setup(), version=__version__, now=self._now())

    async def _seen(self, subjects: Sequence[str]) -> Seen:
        """Return what is known now, with what was noted of these subjects in the last hours."""
        now = self._now()
        kept, lost = await self._accounts.moves(LATEST)
        try:
            notes = await self._accounts.notes(now - HOURS, now, subjects)
        except JournalError as error:
            notes, lost = (), str(error)
        state, setup = self._state(), self._setup()
        return Seen(
            state=state, setup=setup, version=__version__, now=self._now(), notes=notes, moves=tuple(kept), lost=lost
        )


async def _answer(make: Callable[..., str], *given: object, status: int = 200) -> web.Response:
    # Beside the event loop: a thousand groups take some tenths of a second.
    text = await asyncio.to_thread(make, *given)
    return web.Response(text=text, content_type="text/html", headers=HEADERS, status=status)
