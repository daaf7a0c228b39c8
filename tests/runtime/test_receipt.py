"""Keep the last effect that was sent beside the journal, and tell when the journal does not know of it."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from aibwatch.runtime.move_log import AttemptId, MoveLog
from aibwatch.runtime.receipt import Receipt, Sent
from aibwatch.runtime.store import JournalError, Store
from tests.clocks import BEGUN

FIRST = AttemptId(activation_id="base-1", step=0, attempt=1)
SECOND = AttemptId(activation_id="base-1", step=0, attempt=2)
SENT = Sent(activation_id="base-1", step=0, attempt=2, at="2026-03-02T02:00:00+00:00")


@contextmanager
def a_full_disk() -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_the_last_effect_stands_in_the_place_of_the_one_before(store: Store, tmp_path: Path) -> None:
    moves = MoveLog(store)
    for attempt in (FIRST, SECOND):
        moves.dispatch(attempt, BEGUN)
    assert Receipt(store.path).read() == SENT
    assert moves.forgotten() is None


def test_an_effect_that_the_journal_does_not_know_is_told(store: Store) -> None:
    Receipt(store.path).write(SENT)
    assert MoveLog(store).forgotten() == SENT


def test_people_are_told_which_effect_it_was() -> None:
    assert str(SENT) == "step 1 of base-1, attempt 2, sent at 2026-03-02T02:00:00+00:00"


def test_a_journal_without_a_receipt_is_of_an_older_version_and_not_doubted(store: Store) -> None:
    assert MoveLog(store).forgotten() is None


def test_on_a_full_disk_the_receipt_before_stands(store: Store) -> None:
    receipt = Receipt(store.path)
    receipt.write(SENT)
    with a_full_disk(), pytest.raises(JournalError, match=f"^{receipt.path}: File too large$"):
        receipt.write(Sent(activation_id="base-2", step=0, attempt=1, at="later"))
    assert receipt.read() == SENT


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"step": 1}', "7"])
def test_a_receipt_that_is_not_what_was_written_is_told_with_its_path(store: Store, content: str) -> None:
    receipt = Receipt(store.path)
    receipt.path.write_text(content)
    with pytest.raises(JournalError, match=f"^{receipt.path}: cannot be read "):
        receipt.read()
