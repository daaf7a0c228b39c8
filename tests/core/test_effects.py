"""What each effect does to a group's memory, and which actions it names."""

from dataclasses import replace
from datetime import timedelta

import pytest

from aibwatch.core.actions import AskStatus, DispatchStep, PollAfresh, StepCall, WriteEpoch
from aibwatch.core.approval import Approval
from aibwatch.core.effects import BETWEEN_CHECKS, Scene, apply, take_answer
from aibwatch.core.events import EpochAnswered, StepEnded, Ticked
from aibwatch.core.failover import Effect
from aibwatch.core.incident import Incident
from aibwatch.core.model import Run
from aibwatch.core.move.move import MoveKind, Rehearsed, StepResult
from aibwatch.core.policy import StepSpec
from aibwatch.core.state import State
from tests.core.builders import (
    BASE_NORTH,
    BASE_WEST,
    MINUTE,
    NORTH,
    WEST,
    a_group,
    a_group_state,
    a_move,
    a_run,
    a_step,
    a_template,
    a_window,
    at,
)

CALL = StepCall(
    group="base",
    activation_id="base-1",
    kind=MoveKind.FAILOVER,
    epoch=1,
    source=BASE_WEST,
    target=BASE_NORTH,
    step=0,
    attempt=1,
    handler="run-template",
    timeout=15 * MINUTE,
)


def a_scene(*, run: Run | None = None, steps: tuple[StepSpec, ...] = (StepSpec(handler="run-template"),)) -> Scene:
    incident = Incident(id="i1", region=WEST, opened_at=at(0), why="so it is")
    window = a_window(a_template(region=WEST), a_template(region=NORTH, run=run), now=at(9))
    return Scene(
        state=State(awake_since=at(0), window=window, incidents={"i1": incident}),
        spec=a_group(steps=steps),
        target=BASE_NORTH,
        region=WEST,
        now=at(9),
    )


def test_a_claim_writes_down_the_whole_move_and_does_nothing() -> None:
    group, actions = apply(Effect.CLAIM, a_group_state(epoch=6), a_scene())
    move = a_move(activation_id="base-7", epoch=7, incident="i1", claimed_at=at(9))
    assert (group, actions) == (a_group_state(epoch=6, move=move), ())


def test_a_claim_keeps_the_steps_as_they_were_configured_then() -> None:
    steps = (StepSpec(handler="a", retries=0, timeout=MINUTE), StepSpec(handler="b"))
    group, _ = apply(Effect.CLAIM, a_group_state(), a_scene(steps=steps))
    assert group.move is not None
    assert group.move.steps == (a_step(handler="a", retries=0, timeout=MINUTE), a_step(handler="b"))


@pytest.mark.parametrize(
    ("run", "expected"),
    [(None, None), (a_run("ok", started=3), at(3)), (a_run("service", started=3), at(3)), (a_run("running"), None)],
)
def test_a_claim_remembers_the_targets_last_run_if_that_had_ended(run: Run | None, expected: object) -> None:
    group, _ = apply(Effect.CLAIM, a_group_state(), a_scene(run=run))
    assert group.move is not None
    assert group.move.run_before == expected


def test_an_abandoned_claim_leaves_only_a_pause_before_the_next_check() -> None:
    scene = a_scene()
    left = replace(a_group_state(), check_after=scene.now + BETWEEN_CHECKS)
    assert apply(Effect.ABANDON, a_group_state(move=a_move()), scene) == (left, ())


def test_polling_afresh_asks_both_regions() -> None:
    group = a_group_state("checking", move=a_move())
    action = PollAfresh(group="base", activation_id="base-1", regions=(WEST, NORTH))
    assert apply(Effect.POLL_AFRESH, group, a_scene()) == (group, (action,))


def test_writing_the_epoch_changes_nothing_yet() -> None:
    group = a_group_state("checking", move=a_move())
    action = WriteEpoch(group="base", activation_id="base-1", epoch=1, target=BASE_NORTH)
    assert apply(Effect.WRITE_EPOCH, group, a_scene()) == (group, (action,))


def test_a_commit_changes_the_active_member_and_the_epoch() -> None:
    yesterday = at(-24 * 60)
    group, actions = apply(Effect.COMMIT, a_group_state(move=a_move(), moved_at=(yesterday, at(0))), a_scene())
    assert actions == ()
    assert group == a_group_state(
        active=BASE_NORTH,
        epoch=1,
        committed={MoveKind.FAILOVER: 1},
        moved_at=(at(0), at(9)),
        move=a_move(committed_at=at(9)),
    )


def test_a_commit_uses_the_approval_up_and_keeps_it_with_the_move() -> None:
    given = Approval(id="base-1", target=BASE_NORTH, incident="i", asked_at=at(0), told_at=at(0))
    group, _ = apply(Effect.COMMIT, a_group_state(move=a_move(), approval=given), a_scene())
    assert (group.approval, group.move) == (None, a_move(committed_at=at(9), approval=given))


def test_a_failback_that_is_given_up_leaves_the_last_move_and_the_days_moves_as_they_were() -> None:
    back = a_move(kind=MoveKind.FAILBACK, activation_id="base-2", committed_at=at(5))
    before = a_group_state("moving", move=back, last=a_move(), moved_at=(at(0), at(5)))
    group, actions = apply(Effect.GIVE_UP, before, a_scene())
    left = replace(before, move=None, moved_at=(at(0),), failed={MoveKind.FAILBACK: 1})
    assert (group, actions) == (left, ())


def test_dispatching_begins_an_attempt_and_calls_the_handler_at_once() -> None:
    group, actions = apply(Effect.DISPATCH, a_group_state(move=a_move()), a_scene())
    assert group.move == a_move(steps=(a_step(attempt=1),))
    assert actions == (DispatchStep(call=CALL, wait=timedelta(0)),)


def test_a_further_attempt_waits_a_little_and_forgets_what_was_asked() -> None:
    step = a_step(attempt=2, questions=3, result=StepResult.NOTHING_CHANGED)
    group, actions = apply(Effect.DISPATCH, a_group_state(move=a_move(steps=(step,))), a_scene())
    assert group.move == a_move(steps=(a_step(attempt=3),))
    assert [a.wait for a in actions if isinstance(a, DispatchStep)] == [timedelta(seconds=10)]


def test_dispatching_takes_the_first_step_that_is_not_done() -> None:
    steps = (a_step(attempt=1, result=StepResult.ALREADY_APPLIED), a_step(handler="next"))
    _, actions = apply(Effect.DISPATCH, a_group_state(move=a_move(steps=steps)), a_scene())
    assert [(a.call.step, a.call.handler) for a in actions if isinstance(a, DispatchStep)] == [(1, "next")]


def test_asking_counts_the_question_and_stays_with_the_attempt() -> None:
    step = a_step(attempt=1, questions=1, result=StepResult.UNKNOWN)
    group, actions = apply(Effect.ASK_STATUS, a_group_state(move=a_move(steps=(step,))), a_scene())
    assert group.move == a_move(steps=(a_step(attempt=1, questions=2),))
    assert actions == (AskStatus(call=CALL, wait=timedelta(seconds=5)),)


def test_a_failover_that_is_finished_becomes_the_last_move_and_has_shown_the_way() -> None:
    known = (Rehearsed(handler="run-template", options="[]", version=""),)
    group, actions = apply(Effect.FINISH, a_group_state(move=a_move()), a_scene())
    assert (group, actions) == (a_group_state(last=a_move(ended_at=at(9)), rehearsed_as=known), ())


def test_a_move_that_failed_is_counted() -> None:
    group, actions = apply(Effect.FAIL, a_group_state(move=a_move()), a_scene())
    assert (group, actions) == (
        a_group_state(last=a_move(ended_at=at(9), failed=True), failed={MoveKind.FAILOVER: 1}),
        (),
    )


@pytest.mark.parametrize("effect", sorted(set(Effect) - {Effect.CLAIM, Effect.ABANDON, Effect.CUT_SHORT}))
def test_an_effect_without_a_move_is_a_fault_of_ours(effect: Effect) -> None:
    with pytest.raises(AssertionError, match="without a move"):
        apply(effect, a_group_state(), a_scene())


# answers


def an_answer(**settings: object) -> StepEnded:
    known: dict[str, object] = {"activation_id": "base-1", "step": 0, "attempt": 1, "result": StepResult.APPLIED}
    return StepEnded(group="base", why="done", **(known | settings))  # type: ignore[arg-type]  # names of StepEnded


def test_an_answer_is_entered_into_the_open_step() -> None:
    group = take_answer(a_group_state(move=a_move(steps=(a_step(attempt=1),))), an_answer(), at(9))
    done = a_step(attempt=1, result=StepResult.APPLIED, why="done", ended_at=at(9))
    assert group == a_group_state(move=a_move(steps=(done,)))


@pytest.mark.parametrize("settings", [{"attempt": 2}, {"step": 1}, {"activation_id": "base-9"}])
def test_an_answer_to_something_else_is_not_entered(settings: dict[str, object]) -> None:
    group = a_group_state(move=a_move(steps=(a_step(attempt=1),)))
    assert take_answer(group, an_answer(**settings), at(9)) == group


def test_an_answer_to_an_attempt_that_was_never_begun_is_not_entered() -> None:
    group = a_group_state("committing", move=a_move())
    assert take_answer(group, an_answer(attempt=0), at(9)) == group


def test_other_events_bring_no_answer() -> None:
    group = a_group_state(move=a_move(steps=(a_step(attempt=1),)))
    assert take_answer(group, Ticked(), at(9)) == group


def test_an_epoch_on_record_that_is_newer_is_taken_over_when_ours_was_refused() -> None:
    group = a_group_state("committing", move=a_move(), epoch=0)
    refused = EpochAnswered(group="base", activation_id="base-1", written=False, standing=7)
    assert take_answer(group, refused, at(9)).epoch == 7
    assert take_answer(group, replace(refused, activation_id="base-9"), at(9)) == group
    assert take_answer(group, replace(refused, standing=0), at(9)) == group
