"""Open what the tests of the shell need, and close it again."""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from aibwatch.runtime import store as store_module
from aibwatch.runtime.recorder import Recorder
from aibwatch.runtime.store import Store
from tests.clocks import FakeClock

from .builders import Bench, FakeHandler, a_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = a_store(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def recorder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Recorder]:
    # A locked database is given up at once, so that tests of a failing journal take no ten seconds.
    monkeypatch.setattr(store_module, "BUSY_SECONDS", 0.01)
    opened = Recorder(a_store(tmp_path))
    yield opened
    opened.close()


@pytest.fixture
def bench(recorder: Recorder, clock: FakeClock) -> Bench:
    return Bench(recorder, clock, FakeHandler())


@pytest.fixture
def lock(tmp_path: Path) -> Iterator[Callable[[bool], None]]:
    """Keep the journal's writers out (True), or let them in again, as another program with the file open would."""
    stranger = sqlite3.connect(tmp_path / "aibwatch.db", isolation_level=None, check_same_thread=False)

    def keep_out(out: bool) -> None:
        stranger.execute("BEGIN IMMEDIATE" if out else "ROLLBACK")

    yield keep_out
    stranger.close()
