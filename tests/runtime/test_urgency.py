"""Mark lines for the journal, where it is the journal that reads them."""

import io
import logging
from pathlib import Path

import pytest

from aibwatch.runtime.urgency import goes_to_journal, marked


@pytest.mark.parametrize(
    ("level", "mark"),
    [
        (logging.CRITICAL, "<2>"),
        (logging.ERROR, "<3>"),
        (logging.WARNING, "<4>"),
        (logging.INFO, "<6>"),
        (logging.DEBUG, "<7>"),
    ],
)
def test_every_level_has_the_number_that_syslog_gives_it(level: int, mark: str) -> None:
    assert marked("it is so", level) == f"{mark}it is so"


def test_each_line_is_marked_because_the_journal_takes_each_by_itself() -> None:
    assert marked("one\ntwo", logging.ERROR) == "<3>one\n<3>two"


def test_the_journal_is_known_by_device_and_inode(tmp_path: Path) -> None:
    with (tmp_path / "out").open("w") as out:
        found = (tmp_path / "out").stat()
        assert goes_to_journal(out, {"JOURNAL_STREAM": f"{found.st_dev}:{found.st_ino}"})
        assert not goes_to_journal(out, {"JOURNAL_STREAM": f"{found.st_dev}:{found.st_ino + 1}"})
        assert not goes_to_journal(out, {})


def test_what_is_no_file_is_not_the_journal() -> None:
    assert not goes_to_journal(io.StringIO(), {"JOURNAL_STREAM": "1:1"})
