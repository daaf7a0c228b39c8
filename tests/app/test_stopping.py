"""Stop in the middle of a write: a request to stop must never be lost."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from aibwatch.runtime.recorder import Recorder
from aibwatch.runtime.store import Store
from tests.clocks import others_first


@pytest.fixture
def recorder(tmp_path: Path) -> Iterator[Recorder]:
    opened = Recorder(Store(f"sqlite:///{tmp_path}/aibwatch.db"))
    yield opened
    opened.close()


@pytest.mark.parametrize("turns", range(5))
async def test_a_call_that_is_cancelled_just_as_its_write_ends_is_cancelled(recorder: Recorder, turns: int) -> None:
    # Python 3.11's asyncio.wait_for gives the answer and swallows the cancellation: SIGTERM is lost, the loop goes on.
    async def call_and_go_on() -> None:
        await recorder.call(lambda: None)
        await asyncio.Event().wait()

    consumer = asyncio.create_task(call_and_go_on())
    await others_first()
    recorder._thread.submit(lambda: None).result(timeout=5)  # now the write has ended, and nobody knows it yet
    for _ in range(turns):
        await others_first()
    consumer.cancel()
    await asyncio.wait({consumer}, timeout=0.2)
    stopped = consumer.cancelled()
    consumer.cancel()
    assert stopped, "it waits on for ever"
