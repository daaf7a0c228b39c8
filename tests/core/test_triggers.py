"""What an event means to a group, by itself and beside what the group waits for."""

from dataclasses import replace
from datetime import timedelta

import pytest

from aibwatch.core.events import EpochAnswered, Event, PolledAfresh, Reset, Started, StepEnded, Ticked
from aibwatch.core.failover import Trigger
from aibwatch.core.move.move import StepResult
from aibwatch.core.observation import Observation
from aibwatch.core.situation import Situation
from aibwatch.core.state import GroupState, State
from aibwatch.core.triggers import QUESTIONS, is_current, trigger_of, wait_before
from tests.core.builders import (
    BASE_NORTH,
    NORTH,
    WEST,
    a_group_state,
    a_move,
    a_poll,
    a_step,
    a_verdict,
    a_window,
    at,
)

FRESH = PolledAfresh(group="base", activation_id="base-1")


def a_situation(trigger: Trigger = Trigger.OUTAGE_OPEN) -> Situation:
    verdict = a_verdict("outage", convicted=True)
    return Situation(trigger=trigger, why="so it is", region=WEST, verdict=verdict, target=BASE_NORTH, gates=())


def meaning(
    event: Event,
    group: GroupState | None = None,
    *observations: Observation,
    seen: Situation | None = None,
    awake: float = -60,
) -> Trigger:
    state = State(awake_since=at(awake), window=a_window(*observations, now=at(10)))
    return trigger_of(event, group or a_group_state(), state, seen or a_situation())


def checking() -> GroupState:
    return a_group_state("checking", move=a_move(claimed_at=at(0)))


def moving(**step: object) -> GroupState:
    return a_group_state("moving", move=a_move(steps=(a_step(attempt=1, **step),)))


def ended(result: StepResult, *, step: int = 0, attempt: int = 1, activation: str = "base-1") -> StepEnded:
    return StepEnded(group="base", activation_id=activation, step=step, attempt=attempt, result=result, why="so it is")


@pytest.mark.parametrize("trigger", [Trigger.QUIET, Trigger.OUTAGE_HELD, Trigger.OUTAGE_OPEN])
def test_time_that_passes_means_what_the_situation_is(trigger: Trigger) -> None:
    assert meaning(Ticked(), seen=a_situation(trigger)) is trigger


def test_a_start_means_that_the_group_is_taken_up_again() -> None:
    assert meaning(Started()) is Trigger.RESUMED


def test_a_reset_means_something_only_to_its_group() -> None:
    mine, others = (Reset(group=g, owner="ann", reason="seen to") for g in ("base", "other"))
    assert (meaning(mine), meaning(others)) == (Trigger.RESET, Trigger.OUTAGE_OPEN)


# fresh polls


def test_fresh_polls_agree_if_the_region_answered_since_the_claim() -> None:
    assert meaning(FRESH, checking(), a_poll("service", when=at(0))) is Trigger.FRESH_AGREES


@pytest.mark.parametrize(
    "polls",
    [
        [],
        [a_poll("service", when=at(-1))],
        [a_poll("service", when=at(-1)), a_poll("network", when=at(1))],
        [a_poll("service", when=at(1), subject=NORTH)],
    ],
)
def test_fresh_polls_are_mute_if_it_did_not(polls: list[Observation]) -> None:
    assert meaning(FRESH, checking(), *polls) is Trigger.FRESH_MUTE


def test_fresh_polls_are_mute_if_the_last_of_them_had_no_answer() -> None:
    routine, fresh = a_poll("service", when=at(0.1)), a_poll("network", when=at(0.3))
    assert meaning(FRESH, checking(), routine, fresh) is Trigger.FRESH_MUTE


def test_an_answer_from_before_a_restart_is_not_fresh() -> None:
    assert meaning(FRESH, checking(), a_poll("service", when=at(0.1)), awake=8) is Trigger.FRESH_MUTE


@pytest.mark.parametrize("trigger", [Trigger.QUIET, Trigger.OUTAGE_HELD])
def test_fresh_polls_that_changed_the_situation_mean_the_new_situation(trigger: Trigger) -> None:
    seen = a_situation(trigger)
    assert meaning(FRESH, checking(), a_poll("service", when=at(1)), seen=seen) is trigger


def test_fresh_polls_for_nothing_open_are_no_news() -> None:
    assert meaning(FRESH, a_group_state()) is Trigger.OUTAGE_OPEN
    assert meaning(replace(FRESH, activation_id="base-7"), checking()) is Trigger.OUTAGE_OPEN


# the epoch


@pytest.mark.parametrize(
    ("written", "unwritable", "trigger"),
    [
        (True, False, Trigger.EPOCH_WRITTEN),
        (False, False, Trigger.EPOCH_REFUSED),
        (False, True, Trigger.EPOCH_UNWRITTEN),
    ],
)
def test_the_answer_to_our_epoch(written: bool, unwritable: bool, trigger: Trigger) -> None:
    event = EpochAnswered(group="base", activation_id="base-1", written=written, unwritable=unwritable)
    assert meaning(event, checking()) is trigger
    assert meaning(replace(event, activation_id="base-2"), checking()) is Trigger.OUTAGE_OPEN


# steps


@pytest.mark.parametrize(
    ("result", "trigger"),
    [
        (StepResult.APPLIED, Trigger.LAST_STEP_APPLIED),
        (StepResult.ALREADY_APPLIED, Trigger.LAST_STEP_APPLIED),
        (StepResult.NOTHING_CHANGED, Trigger.STEP_AGAIN),
        (StepResult.UNKNOWN, Trigger.STEP_UNKNOWN),
        (StepResult.NEVER, Trigger.STEP_HOPELESS),
        (StepResult.PARTIAL, Trigger.STEP_HOPELESS),
        (StepResult.REFUSED, Trigger.STEP_HOPELESS),
        (StepResult.CONTRADICTED, Trigger.STEP_HOPELESS),
    ],
)
def test_what_a_handlers_answer_means(result: StepResult, trigger: Trigger) -> None:
    assert meaning(ended(result), moving()) is trigger


def test_a_step_before_the_last_is_not_the_last() -> None:
    group = a_group_state("moving", move=a_move(steps=(a_step(attempt=1), a_step())))
    assert meaning(ended(StepResult.APPLIED), group) is Trigger.STEP_APPLIED


@pytest.mark.parametrize(("attempt", "trigger"), [(2, Trigger.STEP_AGAIN), (3, Trigger.STEP_HOPELESS)])
def test_attempts_are_bounded_by_the_retries(attempt: int, trigger: Trigger) -> None:
    group = a_group_state("moving", move=a_move(steps=(a_step(attempt=attempt, retries=2),)))
    assert meaning(ended(StepResult.NOTHING_CHANGED, attempt=attempt), group) is trigger


@pytest.mark.parametrize(
    ("answer", "otherwise"),
    [
        (replace(ended(StepResult.PARTIAL), resumable=True), Trigger.STEP_HOPELESS),
        (replace(ended(StepResult.UNKNOWN), repeatable=True), Trigger.STEP_UNKNOWN),
    ],
)
def test_a_handler_that_can_bear_it_is_called_again_while_attempts_are_left(
    answer: StepEnded, otherwise: Trigger
) -> None:
    assert meaning(answer, moving(retries=1)) is Trigger.STEP_AGAIN
    assert meaning(answer, moving(retries=0)) is otherwise
    assert meaning(replace(answer, resumable=False, repeatable=False), moving(retries=1)) is otherwise


@pytest.mark.parametrize(("questions", "trigger"), [(4, Trigger.STEP_UNKNOWN), (5, Trigger.STEP_HOPELESS)])
def test_questions_are_bounded(questions: int, trigger: Trigger) -> None:
    assert QUESTIONS == 5
    assert meaning(ended(StepResult.UNKNOWN), moving(questions=questions)) is trigger


@pytest.mark.parametrize(
    "event",
    [
        ended(StepResult.APPLIED, attempt=2),
        ended(StepResult.APPLIED, attempt=0),
        ended(StepResult.APPLIED, step=1),
        ended(StepResult.APPLIED, activation="base-0"),
    ],
)
def test_an_answer_to_another_attempt_is_no_news(event: StepEnded) -> None:
    group = moving()
    assert group.move is not None
    assert not is_current(event, group.move)
    assert meaning(event, group) is Trigger.OUTAGE_OPEN


def test_an_answer_to_a_step_that_is_done_is_no_news() -> None:
    steps = (a_step(attempt=1, result=StepResult.APPLIED), a_step(attempt=1))
    group = a_group_state("moving", move=a_move(steps=steps))
    assert meaning(ended(StepResult.NEVER), group) is Trigger.OUTAGE_OPEN


def test_an_answer_to_an_attempt_that_was_never_begun_is_no_news() -> None:
    assert not is_current(ended(StepResult.APPLIED, attempt=0), a_move())


def test_an_attempt_that_was_never_sent_does_not_count_as_one() -> None:
    last = a_group_state("moving", move=a_move(steps=(a_step(attempt=3, retries=2),)))
    assert meaning(ended(StepResult.NOTHING_CHANGED, attempt=3), last) is Trigger.STEP_HOPELESS
    assert meaning(ended(StepResult.NOT_SENT, attempt=3), last) is Trigger.STEP_AGAIN


def test_pauses_grow_and_come_to_less_than_two_minutes() -> None:
    pauses = [wait_before(number) / timedelta(seconds=1) for number in range(1, QUESTIONS + 1)]
    assert pauses == [0, 5, 10, 20, 40]


def test_no_pause_is_longer_than_a_few_minutes_however_often_it_was_asked() -> None:
    assert wait_before(1000) <= timedelta(minutes=5), "nothing grows without a limit"
