"""A move that is done is followed to the image that it was for."""

import pytest

from aibwatch.core.actions import ReadOutputs
from aibwatch.core.aftermath import follow
from aibwatch.core.decision import Note, NoteKind
from aibwatch.core.events import Event, OutputsRead, Started, Ticked
from aibwatch.core.model import WELL, Diagnosis, Run, RunState
from aibwatch.core.move import Move
from aibwatch.core.state import GroupState
from tests.core.builders import BASE_NORTH, NORTH, a_diagnosis, a_group_state, a_move, a_run, a_template, a_window, at

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
    note = Note(kind=NoteKind.RUN, subject="base", what="run on base running", why="started by the move base-1")
    assert followed(done(), a_run("running", started=10)) == (done(run_state=RunState.RUNNING), [note])


def test_what_is_known_of_a_run_is_told_once() -> None:
    move = done(run_state=RunState.RUNNING)
    assert followed(move, a_run("running", started=10)) == (move, [])


def test_when_the_run_ended_well_its_outputs_are_read() -> None:
    note = Note(kind=NoteKind.RUN, subject="base", what="run on base succeeded", why="started by the move base-1")
    move = done(run_state=RunState.SUCCEEDED, outputs_asked=True)
    assert followed(done(run_state=RunState.RUNNING), a_run("ok", started=10)) == (move, [READ, note])


def test_when_the_run_failed_people_are_told_why() -> None:
    note = Note(kind=NoteKind.RUN, subject="base", what="run on base failed", why="customer trouble", loud=True)
    assert followed(done(), a_run("customer", started=10)) == (done(run_state=RunState.FAILED), [note])


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


def test_after_a_restart_outputs_that_never_came_are_read_again() -> None:
    move = done(run_state=RunState.SUCCEEDED, outputs_asked=True)
    assert followed(move, event=Started()) == (move, [READ])


def test_after_a_restart_outputs_that_came_are_not_read_again() -> None:
    move = done(run_state=RunState.SUCCEEDED, outputs_asked=True, images=("/images/1",))
    assert followed(move, event=Started()) == (move, [])


def test_a_group_without_memory_is_left_alone() -> None:
    group = GroupState(name="base", active=BASE_NORTH, since=at(0), known_since=at(0))
    assert follow(group, outputs(), a_window()) == (group, (), ())
