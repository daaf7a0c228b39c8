"""Call the journal from the event loop: in one thread of its own, one call after the other, with a limit of time."""

import asyncio
import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from aibwatch.runtime.journal import Journal
from aibwatch.runtime.move_log import MoveLog
from aibwatch.runtime.store import JournalError, Store

P = ParamSpec("P")
R = TypeVar("R")

LIMIT = 30.0
"""Seconds for one call. A write takes milliseconds; a disk that needs longer than this is broken."""


class Recorder:
    """The journal and the move log of one store, for use in the event loop."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.journal = Journal(store)
        self.moves = MoveLog(store)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="journal")

    async def call(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run a method of the journal or the move log.

        Raises:
            JournalError: if it failed, or took too long; then whether it was written is not known.
        """
        work = asyncio.get_running_loop().run_in_executor(self._thread, partial(function, *args, **kwargs))
        try:
            # Not wait_for: in Python 3.11 it swallows a cancellation that comes just as the work ends.
            async with asyncio.timeout(LIMIT):
                return await work
        except TimeoutError as error:
            raise JournalError(f"the journal did not answer within {LIMIT:.0f} s") from error

    def close(self) -> None:
        """Finish what is being written and let go of the file."""
        self._thread.shutdown(wait=True)
        with contextlib.suppress(JournalError):  # what waits is worth less than a clean end
            self.journal.flush()
        self._store.close()
