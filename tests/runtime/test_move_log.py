"""Change the active member by compare and swap, and mark every effect before and after."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from aibwatch.core.move.move import StepResult
from aibwatch.handlers.api import Answer, Plan
from aibwatch.runtime.codec import CodecError
from aibwatch.runtime.move_log import AttemptId, MoveLog
from aibwatch.runtime.store import Store
from tests.clocks import BEGUN

from .builders import APPLIED, PLAN, SOURCE, TARGET, a_store

FIRST = AttemptId(activation_id="base-1", step=0, attempt=1)
SECOND = AttemptId(activation_id="base-1", step=0, attempt=2)
LATER_PLAN = Plan(changes=("run base-north",), before={"run_started": "just now"})


@pytest.fixture
def moves(store: Store) -> MoveLog:
    return MoveLog(store)


def swap(moves: MoveLog, epoch: int, activation_id: str = "") -> bool:
    known = activation_id or f"base-{epoch}"
    return moves.swap_epoch(group="base", epoch=epoch, active=TARGET, activation_id=known, at=BEGUN)


def epochs(store: Store) -> list[tuple[object, ...]]:
    with store.transaction() as connection:
        rows = connection.execute(text("SELECT group_name, epoch, active, activation_id FROM epochs")).all()
    return [tuple(row) for row in rows]


def marks(store: Store) -> list[tuple[object, ...]]:
    with store.transaction() as connection:
        rows = connection.execute(text("SELECT activation_id, step, attempt, mark FROM marks ORDER BY id")).all()
    return [tuple(row) for row in rows]


def test_epochs_count_up_one_by_one(moves: MoveLog, store: Store) -> None:
    assert [swap(moves, 1), swap(moves, 2), swap(moves, 3)] == [True, True, True]
    assert epochs(store) == [("base", 3, TARGET, "base-3")]


def test_the_same_activation_may_ask_twice(moves: MoveLog, store: Store) -> None:
    assert [swap(moves, 1), swap(moves, 1)] == [True, True]
    assert epochs(store) == [("base", 1, TARGET, "base-1")]


def test_the_answer_survives_the_process(tmp_path: Path) -> None:
    for _ in range(2):
        store = a_store(tmp_path)
        assert swap(MoveLog(store), 1)
        store.close()


def test_the_epoch_of_another_activation_is_not_overwritten(moves: MoveLog, store: Store) -> None:
    swap(moves, 1, "somebody-else")
    assert not swap(moves, 1)
    assert epochs(store) == [("base", 1, TARGET, "somebody-else")]


@pytest.mark.parametrize("epoch", [0, 2, 7])
def test_the_first_epoch_is_1_and_no_other(epoch: int, moves: MoveLog, store: Store) -> None:
    assert not swap(moves, epoch)
    assert epochs(store) == []


@pytest.mark.parametrize("epoch", [1, 2, 4, 5])
def test_only_the_epoch_after_the_one_on_record_is_taken(epoch: int, moves: MoveLog, store: Store) -> None:
    for number in (1, 2):
        swap(moves, number)
    assert not swap(moves, epoch, "late")
    assert epochs(store) == [("base", 2, TARGET, "base-2")]


def test_groups_count_apart(moves: MoveLog, store: Store) -> None:
    swap(moves, 1)
    assert moves.swap_epoch(group="web", epoch=1, active=SOURCE, activation_id="web-1", at=BEGUN)
    assert epochs(store) == [("base", 1, TARGET, "base-1"), ("web", 1, SOURCE, "web-1")]


def test_marks_are_kept_in_their_order(moves: MoveLog, store: Store) -> None:
    moves.intend(FIRST, PLAN, BEGUN)
    moves.dispatch(FIRST, BEGUN)
    moves.conclude(FIRST, APPLIED, BEGUN)
    assert marks(store) == [("base-1", 0, 1, mark) for mark in ("intent", "dispatched", "result")]


def test_the_plan_that_counts_is_the_one_before_the_first_attempt(moves: MoveLog) -> None:
    moves.intend(FIRST, PLAN, BEGUN)
    moves.intend(SECOND, LATER_PLAN, BEGUN)
    assert (moves.first_plan(FIRST), moves.first_plan(SECOND)) == (PLAN, PLAN)


@pytest.mark.parametrize(
    "stranger",
    [
        AttemptId(activation_id="base-2", step=0, attempt=1),
        AttemptId(activation_id="base-1", step=1, attempt=1),
    ],
)
def test_another_step_or_move_has_no_plan_yet(stranger: AttemptId, moves: MoveLog) -> None:
    moves.intend(FIRST, PLAN, BEGUN)
    assert moves.first_plan(stranger) is None


def test_an_attempt_is_sent_once_it_is_marked_so(moves: MoveLog) -> None:
    moves.intend(FIRST, PLAN, BEGUN)
    intended = moves.sent_at(FIRST)
    moves.dispatch(FIRST, BEGUN + timedelta(seconds=1))
    assert (intended, moves.sent_at(FIRST)) == (None, BEGUN + timedelta(seconds=1))


def test_that_one_attempt_was_sent_says_nothing_of_the_next(moves: MoveLog) -> None:
    moves.dispatch(FIRST, BEGUN)
    assert moves.sent_at(SECOND) is None


def test_a_time_keeps_its_microseconds_and_its_zone(moves: MoveLog) -> None:
    exact = datetime.fromisoformat("2026-03-02T04:00:00.123456+02:00")
    moves.dispatch(FIRST, exact)
    assert moves.sent_at(FIRST) == exact


def test_a_result_may_say_anything(moves: MoveLog, store: Store) -> None:
    moves.conclude(FIRST, Answer(result=StepResult.UNKNOWN, why="'); DROP TABLE marks; --\n\x00…"), BEGUN)
    assert len(marks(store)) == 1


def test_a_plan_that_cannot_be_read_is_an_error_that_says_so(moves: MoveLog, store: Store) -> None:
    moves.intend(FIRST, PLAN, BEGUN)
    with store.transaction() as connection:
        connection.execute(text("UPDATE marks SET body = 'garbage'"))
    with pytest.raises(CodecError, match=r"^a step's plan on record is not readable by this version: "):
        moves.first_plan(FIRST)


def test_what_became_of_an_attempt_is_told_as_it_was_concluded(moves: MoveLog) -> None:
    moves.conclude(FIRST, Answer(result=StepResult.NEVER, why="no: it is gone"), BEGUN)
    assert moves.concluded(FIRST) == Answer(result=StepResult.NEVER, why="no: it is gone")
    assert moves.concluded(SECOND) is None
