"""Call the journal from the event loop, with a limit of time."""

import threading

import pytest

from aibwatch.runtime import recorder as recorder_module
from aibwatch.runtime.recorder import Recorder
from aibwatch.runtime.store import JournalError


async def test_calls_are_made_one_after_the_other_in_one_thread(recorder: Recorder) -> None:
    threads = {await recorder.call(threading.current_thread) for _ in range(5)}
    assert [thread.name for thread in threads] == ["journal_0"]


async def test_an_error_comes_back_as_it_is(recorder: Recorder) -> None:
    def fails() -> None:
        raise JournalError("the disk is full")

    with pytest.raises(JournalError, match=r"^the disk is full$"):
        await recorder.call(fails)


async def test_a_journal_that_hangs_is_given_up(recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder_module, "LIMIT", 0.05)
    mended = threading.Event()
    try:
        with pytest.raises(JournalError, match=r"^the journal did not answer within 0 s$"):
            await recorder.call(mended.wait)
    finally:
        mended.set()


async def test_a_call_that_was_given_up_before_its_turn_is_never_made(
    recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder_module, "LIMIT", 0.05)
    mended, made = threading.Event(), threading.Event()
    for call in (mended.wait, made.set):
        with pytest.raises(JournalError):
            await recorder.call(call)
    mended.set()
    monkeypatch.setattr(recorder_module, "LIMIT", 30.0)
    await recorder.call(lambda: None)
    assert not made.is_set()
