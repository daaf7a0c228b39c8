"""Write logs as a daemon does, to a real file in place of stderr."""

import json
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import structlog

from aibwatch.core.decision import Decision, Note, NoteKind
from aibwatch.core.events import Ticked
from aibwatch.core.state import State
from aibwatch.runtime import logs
from tests.clocks import BEGUN

QUIET = State(awake_since=BEGUN)


@contextmanager
def stderr(folder: Path, *, journal: bool = False, terminal: bool = False) -> Iterator[Callable[[], list[str]]]:
    """Configure the logs with a file for stderr, and give what returns its lines."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    with (folder / "stderr").open("w", buffering=1) as out, pytest.MonkeyPatch.context() as patch:
        found = (folder / "stderr").stat()
        patch.setenv("JOURNAL_STREAM", f"{found.st_dev}:{found.st_ino}" if journal else "1:1")
        patch.setattr(sys, "stderr", out)
        patch.setattr(out, "isatty", lambda: terminal)
        patch.setattr(logs, "log", structlog.get_logger("aibwatch.decision"))
        logs.configure()
        try:
            yield lambda: (folder / "stderr").read_text().splitlines()
        finally:
            root.handlers[:] = before
            root.setLevel(level)
            structlog.reset_defaults()


def a_note(**changes: Any) -> Note:
    known = {"kind": NoteKind.HOST, "subject": "host", "what": "clock jumped", "why": "it was set"}
    return Note(**(known | changes))


def test_a_note_is_one_line_of_json_with_its_urgency(tmp_path: Path) -> None:
    notes = (a_note(loud=True), a_note(why="so\nit is"))
    with stderr(tmp_path, journal=True) as lines:
        logs.log_decision(QUIET, Decision(state=QUIET, notes=notes), Ticked())
        loud, quiet = lines()
    assert (loud[:3], quiet[:3]) == ("<4>", "<6>")
    told = json.loads(loud[3:])
    assert (told["event"], told["subject"], told["why"], told["on"]) == ("clock jumped", "host", "it was set", "ticked")
    assert json.loads(quiet[3:])["why"] == "so\nit is"


def fail() -> None:
    raise ValueError("password=hunter22secret")


def test_no_secret_is_written_whatever_it_stands_in(tmp_path: Path) -> None:
    address = 'see "https://logs.example/c.log?sv=1&sig=c2lnbmF0dXJl" now'
    with stderr(tmp_path) as lines:
        structlog.get_logger("one").error("it failed", why=address, more=[{"said": "Bearer eyJhbGciOi.eyJzdWIi.c2ln"}])
        try:
            fail()
        except ValueError:
            logging.getLogger("of a library").exception("broke")
        written = lines()
    assert [part for part in ("c2ln", "eyJ", "hunter22secret") if part in "".join(written)] == []
    assert [json.loads(line)["event"] for line in written] == ["it failed", "broke"]


def test_elsewhere_than_in_the_journal_lines_have_no_mark(tmp_path: Path) -> None:
    with stderr(tmp_path) as lines:
        structlog.get_logger("one").warning("it is so")
        assert json.loads(lines()[0])["event"] == "it is so"


def test_a_terminal_gets_text(tmp_path: Path) -> None:
    with stderr(tmp_path, terminal=True) as lines:
        structlog.get_logger("one").warning("it is so", why="that was set")
        assert "it is so" in lines()[0]
        assert not lines()[0].startswith("{")
