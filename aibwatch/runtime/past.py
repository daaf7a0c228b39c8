"""Tell how things stood at a moment of the last days: read what is on record, and let the engine decide it again.

Rules: reading is the recorder's; deciding again may take seconds, so it is done in a thread beside the event loop, and
for one asker at a time. Nothing that was decided then is done again, and nothing is written but what waited for it.
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from aibwatch.core.moment import parse_moment
from aibwatch.core.replay import replay
from aibwatch.runtime.recorder import Recorder
from aibwatch.runtime.trace import KEEP_PAST, Rows, Why, understand
from aibwatch.views.history import Recorded
from aibwatch.views.past import Past

FOLLOWED = 6
"""Notes told of what came next: the history has all of them."""

MOST_ASKING = 8
"""Who may wait for a look at once. A look takes a second or less where a few dozen templates are watched."""

ENDED_BY = {
    Why.STARTED: "aibwatch was not running, or was killed before it wrote its last minute",
    Why.CLOCK: "this host's clock jumped",
    Why.JOURNAL: "the journal could not be written, so what was seen and decided then is lost",
}


class NotOnRecordError(ValueError):
    """That moment cannot be told; the message says why, and which time can be."""


class LookingError(Exception):
    """Too many are looking at the past at this moment."""


class PastReader:
    """Looks at the past, one look at a time."""

    def __init__(self, recorder: Recorder, now: Callable[[], datetime]) -> None:
        self._recorder, self._now = recorder, now
        self._looking = asyncio.Lock()
        self._asking = 0

    async def at(self, written: str) -> Past:
        """Return how things stood at the moment that was written.

        Raises:
            NotOnRecordError: if that is no moment, or none that can be told.
            TooMuchError: if too much happened about then.
            LookingError: if MOST_ASKING others have asked and were not answered yet.
            JournalError: if the record cannot be read.
            CodecError: if another version wrote it and this one does not understand it.
        """
        try:
            moment = parse_moment(written, self._now())
        except ValueError as error:
            raise NotOnRecordError(f"{error}; {await self._range()}") from error
        if self._asking >= MOST_ASKING:
            raise LookingError(f"{self._asking} others are looking at the past at this moment; try again")
        self._asking += 1
        try:
            async with self._looking:
                return await self._look(moment)
        finally:
            self._asking -= 1

    async def _look(self, moment: datetime) -> Past:
        rows = await self._recorder.call(self._recorder.journal.past, moment)
        if rows is None:
            when = moment.astimezone(UTC)
            raise NotOnRecordError(f"{when:%Y-%m-%d %H:%M:%S} UTC is not on record; {await self._range()}")
        return await asyncio.to_thread(reconstruct, rows, moment)

    async def followed(self, past: Past, subjects: tuple[str, ...]) -> tuple[Recorded, ...]:
        """Return what was noted of these subjects next.

        Raises:
            JournalError: if the record cannot be read.
        """
        return await self._recorder.call(self._recorder.journal.notes_after, past.at, subjects, FOLLOWED)

    async def _range(self) -> str:
        since = await self._recorder.call(self._recorder.journal.past_from)
        if since is None:
            return "nothing of the past is on record yet"
        days = KEEP_PAST // timedelta(days=1)
        return f"what can be asked for goes from {since:%Y-%m-%d %H:%M:%S} UTC to now; {days} days are kept"


def reconstruct(rows: Rows, moment: datetime) -> Past:
    """Return how things stood at the moment.

    Raises:
        CodecError: if it was written by a version that this one does not understand.
    """
    stretch = understand(rows)
    state, silence = replay(stretch.state, stretch.setup, stretch.happenings, then=stretch.gap, moment=moment)
    ended_by = ENDED_BY.get(stretch.gap_why, "") if silence == stretch.gap and stretch.gap_why else ""
    return Past(
        at=moment, state=state, setup=stretch.setup, version=stretch.version, silence=silence, ended_by=ended_by
    )
