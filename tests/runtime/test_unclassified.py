"""What no row of the failure table knows is told once, with what it takes to write a row, and without secrets."""

import pytest
from structlog.testing import capture_logs

from aibwatch.core.classify import Symptom
from aibwatch.core.model import RunPhase
from aibwatch.runtime.unclassified import KIND, LONGEST_MESSAGE, MOST_REMEMBERED, Unclassified
from tests.core.builders import WEST, a_template

GUIDS = ("11112222-3333-4444-5555-666677778888", "99992222-3333-4444-5555-666677778888")


def lines(*messages: str, by: Unclassified | None = None) -> list[dict[str, object]]:
    """Let failures with these messages be seen, and return what was written."""
    unclassified = by or Unclassified()
    with capture_logs() as written:
        for message in messages:
            unclassified.seen(a_template(), Symptom(message=message, of_run=True, phase=RunPhase.BUILDING))
    return [dict(line) for line in written]


def test_the_line_has_what_it_takes_to_write_a_row() -> None:
    (line,) = lines("Something new broke.")
    assert line.pop("hint")
    assert line == {
        "event": "a failure that is not known",
        "log_level": "warning",
        "kind": KIND,
        "template": a_template().template,
        "region": WEST,
        "status": None,
        "code": "",
        "phase": "building",
        "failure_cause": "",
        "lasted_seconds": None,
        "message": "Something new broke.",
    }


@pytest.mark.parametrize(
    "again",
    [
        "Something new broke (7): id 2",
        "SOMETHING new\n broke (31): id 44",
        "Deployment failed. Correlation ID: abc-1. Something new broke (1): id 3",
    ],
)
def test_the_same_text_is_told_once_however_it_is_numbered_and_wrapped(again: str) -> None:
    assert len(lines("Something new broke (5): id 1", again)) == 1


def test_ids_make_no_other_text_of_it_and_are_shown() -> None:
    (line,) = lines(*(f"Something new broke: {guid}" for guid in GUIDS))
    assert line["message"] == f"Something new broke: {GUIDS[0]}"


def test_another_text_is_told_too() -> None:
    assert len(lines("Something new broke.", "Something else broke.")) == 2


def test_secrets_are_not_written() -> None:
    (line,) = lines("new: https://s.blob.core.windows.net/c/f?sig=abc password=hunter22")
    assert line["message"] == "new: https://s.blob.core.windows.net/c/f?*** password=***"


def test_a_long_message_is_cut() -> None:
    (line,) = lines("new " * 9999)
    assert len(str(line["message"])) == LONGEST_MESSAGE


def test_what_is_remembered_has_a_limit_and_the_oldest_is_forgotten_first() -> None:
    unclassified = Unclassified()
    letters = [chr(0x4E00 + number) for number in range(MOST_REMEMBERED + 1)]
    assert len(lines(*letters, by=unclassified)) == len(letters)
    assert [line["message"] for line in lines(letters[-1], letters[0], by=unclassified)] == [letters[0]]
