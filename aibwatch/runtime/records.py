"""Serve what is on record: what was decided, every move with its report, every incident with its story.

Rules: reading only, GET is free; an unknown id is 404 with the ids there are. What cannot be read from the journal is
said to be so; moves are then told as far as the memory goes, because they are asked for in just that night.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime

import structlog
from aiohttp import web

from aibwatch.core.incident import Incident
from aibwatch.core.incident import period as period_of_incident
from aibwatch.core.model import Region, TemplateId
from aibwatch.core.move.moves import KeptMove, activation_ids, find, kept_moves
from aibwatch.core.observation import Observation
from aibwatch.core.policy import Setup
from aibwatch.core.sentences import count
from aibwatch.core.state import State
from aibwatch.runtime import ledger
from aibwatch.runtime.codec import CodecError, dump_observations
from aibwatch.runtime.recorder import Recorder
from aibwatch.runtime.store import JournalError
from aibwatch.views import history, incident, moves, report
from aibwatch.views.document import as_markdown
from aibwatch.views.history import Recorded

HISTORY = 200
"""Notes in one answer."""

LISTED = 200
"""Moves in one answer, the latest."""

MOVES = 1000
"""Moves that are looked through for those of an incident; it may be some time ago."""

SEEN = 20_000
"""Observations that are read for one incident; 10,000 templates that a new daemon lists at once, and as many again."""

NOTES = 1000
"""Notes that are told of one move or incident."""

NO_STORE = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}

log = structlog.get_logger(__name__)


class Records:
    """The pages that are made from the record."""

    def __init__(
        self,
        recorder: Recorder,
        *,
        state: Callable[[], State],
        setup: Callable[[], Setup],
        now: Callable[[], datetime],
    ) -> None:
        self._recorder, self._state, self._setup, self._now = recorder, state, setup, now

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
        known, _ = await self._known_moves()
        about = [kept for kept in known if subject is None or subject in _subjects(kept)]
        return _json(history.as_dict(records, subject, about, self._state().window.region_of))

    async def _moves(self, _: web.Request) -> web.Response:
        known, lost = await self._known_moves()
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
        kept = await self._find(wanted)
        if kept is None:
            known, lost = await self._known_moves()
            raise _not_found("move", wanted, [one.id for one in known], lost)
        now = self._now()
        notes = await self._notes(*report.period(kept, now), _subjects(kept))
        return report.Told(kept=kept, notes=notes, places=self._state().window.region_of, now=now)

    async def _find(self, wanted: str) -> KeptMove | None:
        try:
            read = await self._recorder.call(self._recorder.journal.moves_named, activation_ids(wanted))
        except JournalError as error:
            log.warning("moves cannot be read from the record", move=wanted, error=str(error))
            read = ledger.Read(moves=(), unreadable=0)
        return find(self._with_remembered(read), wanted)

    async def _known_moves(self, limit: int = LISTED) -> tuple[Sequence[KeptMove], str]:
        """Return the latest moves, oldest first, and why that may not be all of them."""
        lost = ""
        try:
            read = await self._recorder.call(self._recorder.journal.moves, limit)
        except JournalError as error:
            log.warning("moves cannot be read from the record", error=str(error))
            read, lost = ledger.Read(moves=(), unreadable=0), f"only what is remembered: {error}"
        if read.unreadable:
            lost = f"{count(read.unreadable, 'move')} on record not readable by this version"
        return sorted(self._with_remembered(read), key=lambda kept: kept.move.claimed_at), lost

    def _with_remembered(self, read: ledger.Read) -> Collection[KeptMove]:
        return (kept_moves(self._state().groups) | {kept.key: kept for kept in read.moves}).values()

    async def _incidents(self, _: web.Request) -> web.Response:
        return _json(incident.list_dict(self._state().incidents.values(), self._now()))

    async def _incident(self, request: web.Request) -> web.Response:
        known, wanted = self._state().incidents, request.match_info["id"]
        if wanted not in known:
            raise _not_found("incident", wanted, sorted(known), "")
        found, now = known[wanted], self._now()
        seen, cut = await self._seen(found, now)
        related = [kept for kept in (await self._known_moves(MOVES))[0] if _belongs(kept, found)]
        subjects = {found.region, *(kept.move.group for kept in related)}
        notes = await self._notes(*period_of_incident(found, now), sorted(subjects))
        told = incident.Told(
            incident=found,
            setup=self._setup(),
            places=self._places(),
            notes=notes,
            seen=seen,
            moves=related,
            canary=self._state().canaries.get(found.region),
            now=now,
            cut=cut,
        )
        # Beside the event loop: twenty thousand observations take a second or two.
        return _json(await asyncio.to_thread(_dossier, told))

    async def _seen(self, found: Incident, now: datetime) -> tuple[Sequence[Observation], bool]:
        since, until = period_of_incident(found, now)
        try:
            seen = await self._recorder.call(self._recorder.journal.seen_between, since, until, SEEN)
        except (JournalError, CodecError) as error:
            raise _unreadable(error) from error
        places = self._places()
        return [o for o in seen if incident.concerns(o, found.region, places)], len(seen) == SEEN

    async def _notes(self, since: datetime, until: datetime, subjects: Sequence[str]) -> tuple[Recorded, ...]:
        try:
            return await self._recorder.call(self._recorder.journal.notes_between, since, until, subjects, NOTES)
        except JournalError as error:
            raise _unreadable(error) from error

    def _places(self) -> dict[TemplateId, Region]:
        return {template: seen.region for template, seen in self._state().window.templates.items()}


def _dossier(told: incident.Told) -> Mapping[str, object]:
    return {**incident.as_dict(told), **incident.safe({"observations": dump_observations(told.seen)})}


def _subjects(kept: KeptMove) -> tuple[str, ...]:
    """Return under which names the record speaks of the move: its group, and the region that it left."""
    case = kept.move.case
    return (kept.move.group, case.region) if case and case.region else (kept.move.group,)


def _belongs(kept: KeptMove, found: Incident) -> bool:
    return kept.move.incident == found.id


def _not_found(what: str, wanted: str, known: Sequence[str], lost: str) -> web.HTTPNotFound:
    there = ", ".join(known[-LISTED:]) or "none"
    more = f" ({lost})" if lost else ""
    return web.HTTPNotFound(text=f"there is no {what} {wanted!r}; there are: {there}{more}\n")


def _unreadable(error: Exception) -> web.HTTPServiceUnavailable:
    return web.HTTPServiceUnavailable(text=f"the record cannot be read: {error}\n")


def _json(body: object, *, status: int = 200) -> web.Response:
    return web.json_response(body, status=status, headers=NO_STORE)
