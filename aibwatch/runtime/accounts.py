"""Put together what the record and the memory say of a move, of an incident, and of the last hours.

Rules: reading only. Moves are told as far as the memory goes where the journal cannot be read, because they are asked
for in just that night; of everything else it is said that it cannot be read.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

import structlog

from aibwatch.core.incident import Incident
from aibwatch.core.incident import period as period_of_incident
from aibwatch.core.model import Region, TemplateId
from aibwatch.core.move.moves import KeptMove, activation_ids, find, kept_moves
from aibwatch.core.observation import Observation
from aibwatch.core.policy import Setup
from aibwatch.core.sentences import count
from aibwatch.core.state import State
from aibwatch.runtime import ledger
from aibwatch.runtime.recorder import Recorder
from aibwatch.runtime.store import JournalError
from aibwatch.views import incident, report
from aibwatch.views.history import Recorded

LISTED = 200
"""Moves in one answer, the latest."""

MOVES = 1000
"""Moves that are looked through for those of an incident; it may be some time ago."""

SEEN = 20_000
"""Observations that are read for one incident; 10,000 templates that a new daemon lists at once, and as many again."""

NOTES = 1000
"""Notes that are told of one move or incident, or of the last hours."""

log = structlog.get_logger(__name__)


class Accounts:
    """What is told of the past, from the record and the memory."""

    def __init__(
        self,
        recorder: Recorder,
        *,
        state: Callable[[], State],
        setup: Callable[[], Setup],
        now: Callable[[], datetime],
    ) -> None:
        self._recorder, self._state, self._setup, self._now = recorder, state, setup, now

    async def of_move(self, wanted: str) -> report.Told | None:
        """Return what is to be told of the move of this id; None if there is none.

        Raises:
            JournalError: if the notes of its time cannot be read.
        """
        kept = await self._find(wanted)
        if kept is None:
            return None
        now = self._now()
        notes = await self.notes(*report.period(kept, now), subjects_of(kept))
        return report.Told(kept=kept, notes=notes, places=self._state().window.region_of, now=now)

    async def of_incident(self, wanted: str) -> incident.Told | None:
        """Return what is to be told of the incident of this id; None if there is none.

        Raises:
            JournalError: if its time cannot be read.
            CodecError: if this version cannot read what was seen then.
        """
        found, now = self._state().incidents.get(wanted), self._now()
        if found is None:
            return None
        seen, cut = await self._seen(found, now)
        related = [kept for kept in (await self.moves(MOVES))[0] if kept.move.incident == found.id]
        subjects = {found.region, *(kept.move.group for kept in related)}
        return incident.Told(
            incident=found,
            setup=self._setup(),
            places=self._places(),
            notes=await self.notes(*period_of_incident(found, now), sorted(subjects)),
            seen=seen,
            moves=related,
            canary=self._state().canaries.get(found.region),
            now=now,
            cut=cut,
        )

    async def moves(self, limit: int = LISTED) -> tuple[Sequence[KeptMove], str]:
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

    async def notes(self, since: datetime, until: datetime, subjects: Sequence[str]) -> tuple[Recorded, ...]:
        """Return the notes of these subjects between two moments, oldest first; at most NOTES, the first ones.

        Raises:
            JournalError: if they cannot be read.
        """
        return await self._recorder.call(self._recorder.journal.notes_between, since, until, subjects, NOTES)

    async def _find(self, wanted: str) -> KeptMove | None:
        try:
            read = await self._recorder.call(self._recorder.journal.moves_named, activation_ids(wanted))
        except JournalError as error:
            log.warning("moves cannot be read from the record", move=wanted, error=str(error))
            read = ledger.Read(moves=(), unreadable=0)
        return find(self._with_remembered(read), wanted)

    def _with_remembered(self, read: ledger.Read) -> Collection[KeptMove]:
        return (kept_moves(self._state().groups) | {kept.key: kept for kept in read.moves}).values()

    async def _seen(self, found: Incident, now: datetime) -> tuple[Sequence[Observation], bool]:
        since, until = period_of_incident(found, now)
        seen = await self._recorder.call(self._recorder.journal.seen_between, since, until, SEEN)
        places = self._places()
        return [o for o in seen if incident.concerns(o, found.region, places)], len(seen) == SEEN

    def _places(self) -> dict[TemplateId, Region]:
        return {template: seen.region for template, seen in self._state().window.templates.items()}


def subjects_of(kept: KeptMove) -> tuple[str, ...]:
    """Return under which names the record speaks of the move: its group, and the region that it left."""
    case = kept.move.case
    return (kept.move.group, case.region) if case and case.region else (kept.move.group,)
