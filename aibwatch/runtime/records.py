"""Serve what is on record: what was decided, every move with its report, every incident with its story.

Rules: reading only, GET is free; an unknown id is 404 with the ids there are. What cannot be read from the journal is
said to be so.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from aiohttp import web

from aibwatch.core.state import State
from aibwatch.runtime.accounts import LISTED, Accounts, subjects_of
from aibwatch.runtime.codec import CodecError, dump_observations
from aibwatch.runtime.recorder import Recorder
from aibwatch.runtime.store import JournalError
from aibwatch.views import history, incident, moves, report
from aibwatch.views.document import as_markdown

HISTORY = 200
"""Notes in one answer."""

NO_STORE = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


class Records:
    """The answers that are made from the record."""

    def __init__(
        self, recorder: Recorder, accounts: Accounts, *, state: Callable[[], State], now: Callable[[], datetime]
    ) -> None:
        self._recorder, self._accounts, self._state, self._now = recorder, accounts, state, now

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of these pages."""
        return [
            web.get("/api/v1/history", self._history),
            web.get("/api/v1/moves", self._moves),
            web.get("/api/v1/moves/{id}", self._move),
            web.get("/api/v1/moves/{id}/report", self._report),
            web.get("/api/v1/incidents", self._incidents),
            web.get("/api/v1/incidents/{id}", self._incident),
        ]

    async def _history(self, request: web.Request) -> web.Response:
        subject = request.query.get("subject")
        try:
            records = await self._recorder.call(self._recorder.journal.notes, subject=subject, limit=HISTORY)
        except JournalError as error:
            return _json({"schema": 1, "error": f"the record cannot be read: {error}"}, status=503)
        known, _ = await self._accounts.moves()
        about = [kept for kept in known if subject is None or subject in subjects_of(kept)]
        return _json(history.as_dict(records, subject, about, self._state().window.region_of))

    async def _moves(self, _: web.Request) -> web.Response:
        known, lost = await self._accounts.moves()
        places = self._state().window.region_of
        body: dict[str, object] = {
            "schema": 1,
            "moves": [moves.move_dict(kept, places) for kept in known],
            "text": moves.as_text(known, places),
        }
        return _json(body | ({"incomplete": lost} if lost else {}))

    async def _move(self, request: web.Request) -> web.Response:
        return _json(report.as_dict(await self._told(request)))

    async def _report(self, request: web.Request) -> web.Response:
        text = as_markdown(report.document(await self._told(request)))
        return web.Response(text=text, content_type="text/markdown", headers=NO_STORE)

    async def _told(self, request: web.Request) -> report.Told:
        wanted = request.match_info["id"]
        try:
            told = await self._accounts.of_move(wanted)
        except JournalError as error:
            raise _unreadable(error) from error
        if told is None:
            known, lost = await self._accounts.moves()
            raise _not_found("move", wanted, [one.id for one in known], lost)
        return told

    async def _incidents(self, _: web.Request) -> web.Response:
        return _json(incident.list_dict(self._state().incidents.values(), self._now()))

    async def _incident(self, request: web.Request) -> web.Response:
        wanted = request.match_info["id"]
        try:
            told = await self._accounts.of_incident(wanted)
        except (JournalError, CodecError) as error:
            raise _unreadable(error) from error
        if told is None:
            raise _not_found("incident", wanted, sorted(self._state().incidents), "")
        # Beside the event loop: twenty thousand observations take a second or two.
        return _json(await asyncio.to_thread(_dossier, told))


def _dossier(told: incident.Told) -> Mapping[str, object]:
    return {**incident.as_dict(told), **incident.safe({"observations": dump_observations(told.seen)})}


def _not_found(what: str, wanted: str, known: Sequence[str], lost: str) -> web.HTTPNotFound:
    there = ", ".join(known[-LISTED:]) or "none"
    more = f" ({lost})" if lost else ""
    return web.HTTPNotFound(text=f"there is no {what} {wanted!r}; there are: {there}{more}\n")


def _unreadable(error: Exception) -> web.HTTPServiceUnavailable:
    return web.HTTPServiceUnavailable(text=f"the record cannot be read: {error}\n")


def _json(body: object, *, status: int = 200) -> web.Response:
    return web.json_response(body, status=status, headers=NO_STORE)
