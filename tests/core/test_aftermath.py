"""A move that is done is followed to the image that it was for."""

from dataclasses import replace
from typing import Any

import pytest

from aibwatch.core.actions import ReadOutputs
from aibwatch.core.decision import Note, NoteKind
from aibwatch.core.events import Event, OutputsRead, Started, Ticked
from aibwatch.core.model import WELL, Diagnosis, Run, RunState
from aibwatch.core.move.aftermath import follow
from aibwatch.core.move.move import Move, MoveKind
from aibwatch.core.state import GroupState
from tests.core.builders import (
    BASE_NORTH,
    NORTH,
    a_diagnosis,
    a_group_state,
    a_move,
    a_run,
    a_step,
    a_template,
    a_window,
    at,
)

READ = ReadOutputs(group="base", activation_id="base-1", template=BASE_NORTH)


def followed(move: Move | None, run: Run | None = None, event: Event | None = None) -> tuple[Move | None, list[object]]:
    """Return the last move afterwards, with actions and notes."""
    window = a_window(a_template(region=NORTH, run=run), now=at(30))
    group, actions, notes = follow(a_group_state(last=move), event or Ticked(), window)
    assert group == a_group_state(last=group.last)
    return group.last, [*actions, *notes]


def done(**settings: object) -> Move:
    return a_move(**{"run_before": at(-5), "ended_at": at(10), **settings})


def outputs(images: tuple[str, ...] = ("/images/1",), diagnosis: Diagnosis = WELL) -> OutputsRead:
    return OutputsRead(group="base", activation_id="base-1", images=images, diagnosis=diagnosis)


def test_without_a_move_there_is_nothing_to_follow() -> None:
    assert followed(None, a_run("ok")) == (None, [])


def test_a_failed_move_is_not_followed() -> None:
    assert followed(done(failed=True), a_run("ok")) == (done(failed=True), [])


def test_the_run_from_before_the_move_is_not_ours() -> None:
    assert followed(done(), a_run("ok", started=-5)) == (done(), [])


def test_a_run_with_another_start_is_ours_and_is_told() -> None:
    note = Note(kind=NoteKind.RUN, subject="base", what="run on base running", why="wanted by the move base-1")
    assert followed(done(), a_run("running", started=10)) == (
        done(run_state=RunState.RUNNING, run_started=at(10)),
        [note],
    )


def test_what_is_known_of_a_run_is_told_once() -> None:
    move = done(run_state=RunState.RUNNING)
    assert followed(move, a_run("running", started=10)) == (move, [])


def test_when_the_run_ended_well_its_outputs_are_read() -> None:
    note = Note(kind=NoteKind.RUN, subject="base", what="run on base succeeded", why="wanted by the move base-1")
    run = a_run("ok", started=10)
    move = done(run_state=RunState.SUCCEEDED, run_started=at(10), run_ended=run.ended, outputs_asked=True)
    assert followed(done(run_state=RunState.RUNNING), run) == (move, [READ, note])


def test_when_the_run_failed_people_are_told_why() -> None:
    note = Note(kind=NoteKind.RUN, subject="base", what="run on base failed", why="customer trouble", loud=True)
    run = a_run("customer", started=10)
    ended = done(run_state=RunState.FAILED, run_started=at(10), run_ended=run.ended)
    assert followed(done(), run) == (ended, [note])


def test_when_the_run_was_cancelled_people_are_told_with_a_reason() -> None:
    _, (note,) = followed(done(), a_run("canceled", started=10))
    assert isinstance(note, Note)
    assert (note.what, note.loud, bool(note.why)) == ("run on base canceled", True, True)


@pytest.mark.parametrize("state", [RunState.SUCCEEDED, RunState.FAILED, RunState.CANCELED])
def test_a_run_that_ended_is_not_followed_any_more(state: RunState) -> None:
    move = done(run_state=state)
    assert followed(move, a_run("running", started=25)) == (move, [])


def test_the_images_are_told_to_everybody() -> None:
    note = Note(kind=NoteKind.IMAGE, subject="base", what="base put out 1 image", why="/images/1", loud=True)
    assert followed(done(), event=outputs()) == (done(images=("/images/1",)), [note])


def test_a_run_that_put_out_nothing_is_told_with_a_reason() -> None:
    _, (note,) = followed(done(), event=outputs(images=()))
    assert isinstance(note, Note)
    assert (note.what, bool(note.why)) == ("base put out 0 images", True)


def test_outputs_that_cannot_be_read_are_told_as_what_they_are() -> None:
    note = Note(
        kind=NoteKind.IMAGE,
        subject="base",
        what="outputs not readable",
        why="throttled trouble; the image is there, only its name could not be read",
    )
    assert followed(done(), event=outputs((), a_diagnosis("throttled"))) == (done(), [note])


def test_images_that_are_known_are_not_forgotten_for_a_late_failure_to_read_them() -> None:
    move, _ = followed(done(images=("/images/1",)), event=outputs((), a_diagnosis("throttled")))
    assert move == done(images=("/images/1",))


def test_the_outputs_of_another_move_are_not_ours() -> None:
    event = OutputsRead(group="base", activation_id="base-9", images=("/x",), diagnosis=WELL)
    assert followed(done(run_state=RunState.SUCCEEDED), event=event) == (done(run_state=RunState.SUCCEEDED), [])


def test_the_outputs_of_a_late_run_of_the_member_that_was_left_are_not_the_moves() -> None:
    move = done(run_state=RunState.SUCCEEDED)
    assert followed(move, event=replace(outputs(), late_run=at(1))) == (move, [])


def test_after_a_restart_outputs_that_never_came_are_read_again() -> None:
    move = done(run_state=RunState.SUCCEEDED, outputs_asked=True)
    assert followed(move, event=Started()) == (move, [READ])


def test_after_a_restart_outputs_that_came_are_not_read_again() -> None:
    move = done(run_state=RunState.SUCCEEDED, outputs_asked=True, images=("/images/1",))
    assert followed(move, event=Started()) == (move, [])


def test_a_group_without_memory_is_left_alone() -> None:
    group = GroupState(name="base", active=BASE_NORTH, since=at(0), known_since=at(0))
    assert follow(group, outputs(), a_window()) == (group, (), ())


# drills


def rehearsed(drill: Move, run: Run | None = None, **group: Any) -> tuple[GroupState, list[object]]:
    """Return the group afterwards, with actions and notes."""
    window = a_window(a_template(region=NORTH, run=run), now=at(60))
    after, actions, notes = follow(a_group_state(drill=drill, **group), Ticked(), window)
    return after, [*actions, *notes]


def a_drill(**settings: object) -> Move:
    return done(**{"kind": MoveKind.DRILL, **settings})


def test_a_drill_counts_once_its_image_is_built_and_from_that_moment() -> None:
    run = a_run("ok", started=10, ended=30)
    group, told = rehearsed(a_drill(), run)
    note = Note(
        kind=NoteKind.RUN, subject="base", what="the way to base is rehearsed", why="base-1: its image is built"
    )
    assert (group.drilled_at, told[-1]) == (run.ended, note)


def test_a_drill_whose_image_is_not_there_yet_does_not_count() -> None:
    group, _ = rehearsed(a_drill(), a_run("running", started=10))
    assert group.drilled_at is None


def test_a_drill_whose_run_failed_is_told_and_does_not_count() -> None:
    group, told = rehearsed(a_drill(), a_run("customer", started=10))
    note = Note(
        kind=NoteKind.RUN,
        subject="base",
        what="the rehearsal failed: run on base failed",
        why="customer trouble",
        loud=True,
    )
    assert (group.drilled_at, group.drill is not None and group.drill.failed, told) == (None, True, [note])


def test_a_drill_of_which_no_image_comes_counts_when_its_last_step_is_done() -> None:
    group, _ = rehearsed(a_drill(steps=(a_step(handler="command"),)))
    assert group.drilled_at == at(10)


def test_a_drill_that_failed_in_a_step_does_not_count() -> None:
    group, told = rehearsed(a_drill(failed=True), a_run("ok", started=10))
    assert (group.drilled_at, told) == (None, [])


def test_a_drill_that_built_and_failed_in_a_later_step_does_not_count() -> None:
    group, _ = rehearsed(a_drill(failed=True, run_state=RunState.SUCCEEDED))
    assert group.drilled_at is None


def test_a_later_rehearsal_is_not_made_older_by_one_before_it() -> None:
    group, told = rehearsed(a_drill(steps=(a_step(handler="command"),)), drilled_at=at(50))
    assert (group.drilled_at, told) == (at(50), [])


def test_the_run_of_a_drill_and_that_of_the_last_move_are_followed_beside_each_other() -> None:
    last = done(activation_id="base-2", run_state=RunState.FAILED)
    group, _ = rehearsed(a_drill(), a_run("running", started=10), last=last)
    assert (group.last, group.drill) == (last, a_drill(run_state=RunState.RUNNING, run_started=at(10)))
