"""Play stories in a process of their own while the tests go on.

A story is a coroutine function at the top level of a module, and its arguments: it is given a folder, and returns a
value that can be pickled. It must not touch what is its process's (environment, signals): others are played beside it.
"""

import asyncio
import os
import signal
import sys
import tempfile
import threading
import traceback
import warnings
from collections.abc import Iterable
from concurrent.futures import Future
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from tests.program import FORKS

AT_ONCE = 12
"""Stories under way at a time. They mostly wait, a second at a time, and a daemon costs a few percent of a core; but
all begin with a burst, and answers are waited for no longer than two seconds."""

LIMIT = 300.0
"""Seconds to wait for a story. Every wait within one has its own limit, which says more."""

Story = tuple[Any, ...]
"""A story's coroutine function and its arguments; tests that name the same one judge the same showing of it."""


class Stage:
    """Where stories are played."""

    def __init__(self, stories: Iterable[Story]) -> None:
        """Begin all of them, in this order."""
        self._folder = tempfile.TemporaryDirectory(
            prefix="aibwatch-stories-", dir=os.environ.get("PYTEST_DEBUG_TEMPROOT")
        )
        self._endings: dict[Story, Future[Any]] = {story: Future() for story in stories}
        self._told, tell = FORKS.Pipe(duplex=False)
        played = (tuple(self._endings), Path(self._folder.name), tell)
        self._process = FORKS.Process(target=_play_all, args=played)
        self._process.start()
        tell.close()
        self._listener = threading.Thread(target=self._listen)
        self._listener.start()

    def outcome(self, story: Story) -> Any:
        """Wait for the end of a story, and return what it returned.

        Raises:
            AssertionError: if it raised something; the message is the traceback.
        """
        return self._endings[story].result(timeout=LIMIT)

    def close(self) -> None:
        """Break off what is still being played, in good order, and tidy up."""
        if self._process.is_alive():
            self._process.terminate()
        self._process.join()
        self._listener.join()
        self._told.close()
        self._folder.cleanup()

    def _listen(self) -> None:
        endings = list(self._endings.values())
        with suppress(EOFError):
            while True:
                number, told, fault = self._told.recv()
                if fault:
                    endings[number].set_exception(AssertionError(f"the story broke off: {fault}"))
                else:
                    endings[number].set_result(told)
        for ending in endings:
            if not ending.done():
                ending.set_exception(AssertionError("the process that plays the stories has ended"))


def _play_all(stories: tuple[Story, ...], folder: Path, tell: Connection) -> None:
    # What would fail a test, fails a story; whose object it was that was not closed is not known, so the next to end.
    warnings.simplefilter("error")
    faults: list[str] = []
    sys.unraisablehook = lambda what: faults.append(f"{what.exc_value!r} in {what.object!r}")

    async def play(number: int, room: asyncio.Semaphore) -> None:
        play_it, *arguments = stories[number]
        async with room:
            (mine := folder / str(number)).mkdir()
            try:
                told, fault = await play_it(mine, *arguments), ""
            except Exception:  # noqa: BLE001  # whatever it was, it is told
                told, fault = None, traceback.format_exc()
            tell.send((number, told, fault or "\n".join(faults)))

    async def play_all() -> None:
        task, room = asyncio.current_task(), asyncio.Semaphore(AT_ONCE)
        assert task is not None
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        await asyncio.gather(*(play(number, room) for number in range(len(stories))))

    with suppress(asyncio.CancelledError):
        asyncio.run(play_all())
