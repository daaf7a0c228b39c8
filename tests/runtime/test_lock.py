"""Let one daemon at a time have a state."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from aibwatch.runtime.lock import BusyError, StateLock
from tests.clocks import BEGUN

HOLDER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from aibwatch.runtime.lock import StateLock
with StateLock(Path(sys.argv[1]), datetime(2026, 3, 2, 2, 0, tzinfo=UTC)):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def a_holder(path: Path) -> Iterator[subprocess.Popen[str]]:
    """Let another process hold the lock."""
    program = [sys.executable, "-c", HOLDER, str(path)]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_the_holder_writes_its_name_into_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    with StateLock(path, BEGUN):
        told = json.loads(path.read_text())
    assert told == {"pid": os.getpid(), "host": socket.gethostname(), "since": "2026-03-02T02:00:00+00:00"}


def test_the_file_is_nobody_elses_to_read(tmp_path: Path) -> None:
    with StateLock(tmp_path / "a.lock", BEGUN):
        assert (tmp_path / "a.lock").stat().st_mode & 0o777 == 0o600


def test_a_second_holder_is_refused_and_told_who_the_first_is(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    with a_holder(path) as first, pytest.raises(BusyError) as raised, StateLock(path, BEGUN):
        pass
    assert str(raised.value) == f"another aibwatch works on this state: {path.read_text()}"
    assert json.loads(path.read_text())["pid"] == first.pid


def test_a_refused_second_holder_does_not_disturb_the_first(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    with a_holder(path):
        for _ in range(2):
            with pytest.raises(BusyError), StateLock(path, BEGUN):
                pass


def test_a_killed_holder_holds_no_longer(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    with a_holder(path) as first:
        first.send_signal(signal.SIGKILL)
        first.wait()
        with StateLock(path, BEGUN):
            assert json.loads(path.read_text())["pid"] == os.getpid()


def test_a_shorter_name_leaves_nothing_of_the_longer_one_before(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    path.write_text("x" * 5000)
    with StateLock(path, BEGUN):
        assert json.loads(path.read_text())["pid"] == os.getpid()


def test_after_use_the_next_one_may_have_it(tmp_path: Path) -> None:
    for _ in range(2):
        with StateLock(tmp_path / "a.lock", BEGUN):
            pass


def test_a_holder_without_a_name_is_told_too(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    with a_holder(path):
        os.truncate(path, 0)
        with pytest.raises(BusyError, match=r"it left no name$"), StateLock(path, BEGUN):
            pass


def test_a_place_that_cannot_be_written_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), StateLock(tmp_path / "nowhere" / "a.lock", BEGUN):
        pass
