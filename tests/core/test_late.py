"""Runs of a member that was left are found, told once, and taken out of "latest" where the policy says so."""

from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aibwatch.core.actions import Action, ExcludeFromLatest, ReadOutputs
from aibwatch.core.decision import Note, NoteKind
from aibwatch.core.events import Event, Excluded, OutputsRead, Started, Ticked
from aibwatch.core.model import WELL, Diagnosis, Run, RunState
from aibwatch.core.move.late import MOST_RUNS, TRIES, WATCHED, follow
from aibwatch.core.move.left import LateImage, LateRun, Left, Taken
from aibwatch.core.move.move import Move, MoveKind
from aibwatch.core.policy import Policy
from aibwatch.core.state import GroupState
from tests.core.builders import (
    BASE_NORTH,
    BASE_WEST,
    MINUTE,
    NORTH,
    WEST,
    Play,
    a_diagnosis,
    a_group,
    a_group_state,
    a_move,
    a_policy,
    a_run,
    a_template,
    a_window,
    at,
)

GALLERY = "/subscriptions/s1/resourceGroups/rg/providers/Microsoft.Compute/galleries/g/images/ubuntu/versions"
LATE, BUILT = f"{GALLERY}/1.0.7", f"{GALLERY}/1.0.8"
EXCLUDE = Policy(exclude_late_images=True)

LEFT = Left(activation_id="base-1", claimed_at=at(0), template=BASE_WEST, at=at(5), run_known=at(-60))
RUN = LateRun(started=at(2), ended=at(30), state=RunState.SUCCEEDED)


def moved(**changes: Any) -> Move:
    """Return a failover whose member has built."""
    known = {
        "committed_at": at(5),
        "ended_at": at(6),
        "run_state": RunState.SUCCEEDED,
        "run_started": at(6),
        "images": (BUILT,),
    }
    return a_move(**{**known, **changes})


def gone(*runs: LateRun, **changes: Any) -> GroupState:
    """Return a group that went north, and what is known of the west's runs since."""
    left = (Left(activation_id="base-1", claimed_at=at(0), template=BASE_WEST, at=at(5), run_known=at(-60), runs=runs),)
    return a_group_state(**{"active": BASE_NORTH, "epoch": 1, "last": moved(), "left": left, **changes})


def followed(
    group: GroupState,
    event: Event | None = None,
    *,
    run: Run | None = None,
    policy: Policy | None = None,
    now: float = 40,
) -> tuple[tuple[Left, ...], list[Action], list[Note]]:
    """Return what is known of members that were left, what is asked for, and what is told."""
    window = a_window(a_template(region=WEST, run=run), a_template(region=NORTH), now=at(now))
    after, actions, notes = follow(group, event or Ticked(), window, policy or Policy(), at(now))
    return after.left, list(actions), list(notes)


def outputs(*images: str, diagnosis: Diagnosis = WELL) -> OutputsRead:
    return OutputsRead(group="base", activation_id="base-1", images=images, diagnosis=diagnosis, late_run=at(2))


def answered(cls: str = "ok") -> Excluded:
    said = WELL if cls == "ok" else a_diagnosis(cls)
    return Excluded(group="base", activation_id="base-1", run=at(2), image=LATE, diagnosis=said)


def read(*images: LateImage) -> LateRun:
    return LateRun(started=at(2), ended=at(30), state=RunState.SUCCEEDED, images=images, read=True)


def asked(tries: int = 1, why: str = "") -> LateRun:
    return read(LateImage(id=LATE, taken=Taken.ASKED, tries=tries, why=why))


def to_exclude(wait: timedelta = timedelta(0)) -> ExcludeFromLatest:
    return ExcludeFromLatest(group="base", activation_id="base-1", run=at(2), image=LATE, wait=wait)


def to_read(wait: timedelta = timedelta(0)) -> ReadOutputs:
    return ReadOutputs(group="base", activation_id="base-1", template=BASE_WEST, late_run=at(2), wait=wait)


# who is watched


def test_with_the_commit_the_member_that_was_left_is_watched() -> None:
    group = a_group_state(active=BASE_NORTH, move=moved(ended_at=None))
    left, actions, notes = followed(group, run=a_run("ok", started=-60))
    assert (left, actions, notes) == ((LEFT,), [], [])


def test_a_run_under_way_at_the_commit_is_not_accounted_for() -> None:
    left, _, _ = followed(a_group_state(active=BASE_NORTH, last=moved()), run=a_run("running", started=2))
    assert left[0].run_known is None


@pytest.mark.parametrize("kind", [MoveKind.FAILBACK, MoveKind.DRILL])
def test_nobody_is_watched_after_what_is_no_failover(kind: MoveKind) -> None:
    assert followed(a_group_state(active=BASE_NORTH, last=moved(kind=kind)))[0] == ()


def test_before_the_commit_nobody_is_watched() -> None:
    assert followed(a_group_state(move=moved(committed_at=None, ended_at=None)))[0] == ()


def test_the_watch_ends_when_the_group_comes_back() -> None:
    assert followed(gone(active=BASE_WEST))[0] == ()


def test_the_watch_ends_after_a_week_and_does_not_begin_again() -> None:
    week = WATCHED / MINUTE
    assert [len(followed(gone(), now=5 + week + more)[0]) for more in (-1, 1)] == [1, 0]


def test_a_second_failover_does_not_end_the_watch_of_the_first_region() -> None:
    other = a_template("other", NORTH).template
    second = moved(activation_id="base-2", claimed_at=at(35), committed_at=at(36), source=BASE_NORTH, target=other)
    left, _, _ = followed(gone(active=other, last=second))
    assert [(one.template, one.activation_id) for one in left] == [(BASE_WEST, "base-1"), (BASE_NORTH, "base-2")]


# what is late


def test_a_run_that_ends_well_after_the_commit_is_late_and_its_outputs_are_read() -> None:
    left, actions, notes = followed(gone(), run=a_run("ok", started=2, ended=30))
    assert left[0].runs == (RUN,)
    assert (actions, notes) == (
        [ReadOutputs(group="base", activation_id="base-1", template=BASE_WEST, late_run=at(2))],
        [],
    )


@pytest.mark.parametrize(
    ("why", "run"),
    [
        ("it was known before", a_run("ok", started=-60, ended=-50)),
        ("it ended before the commit", a_run("ok", started=-10, ended=4)),
        ("it goes on", a_run("running", started=2)),
        ("it failed", a_run("service", started=2, ended=30)),
        ("it was cancelled", a_run("canceled", started=2, ended=30)),
    ],
)
def test_another_run_is_not_late(why: str, run: Run) -> None:
    left, actions, _ = followed(gone(), run=run)
    assert (left[0].runs, actions) == ((), []), why


def test_a_run_that_was_found_is_not_read_a_second_time() -> None:
    left, actions, _ = followed(gone(RUN), run=a_run("ok", started=2, ended=30))
    assert (left[0].runs, actions) == ((RUN,), [])


def test_a_run_that_a_failback_wants_is_not_late() -> None:
    back = a_move(
        kind=MoveKind.FAILBACK, source=BASE_NORTH, target=BASE_WEST, activation_id="base-2", committed_at=at(35)
    )
    left, actions, _ = followed(gone(move=back), run=a_run("ok", started=36, ended=39))
    assert (left[0].runs, left[0].run_known, actions) == ((), at(36), [])


def test_a_run_that_a_drill_wanted_is_not_late() -> None:
    drill = a_move(kind=MoveKind.DRILL, target=BASE_WEST, activation_id="base-2", run_started=at(36), ended_at=at(37))
    left, actions, _ = followed(gone(drill=drill), run=a_run("ok", started=36, ended=39))
    assert (left[0].runs, actions) == ((), [])


def test_of_many_late_runs_the_latest_are_remembered() -> None:
    known = tuple(LateRun(started=at(n), ended=at(n), state=RunState.SUCCEEDED, read=True) for n in range(MOST_RUNS))
    left, _, _ = followed(gone(*known), run=a_run("ok", started=38, ended=39))
    assert [run.started for run in left[0].runs] == [*(at(n) for n in range(1, MOST_RUNS)), at(38)]


# what is told


def test_a_late_image_is_told_with_what_it_may_hide_and_what_to_do() -> None:
    left, actions, (note,) = followed(gone(RUN), outputs(LATE))
    assert left[0].runs == (read(LateImage(id=LATE, why="exclude_late_images is off")),)
    assert actions == []
    assert note == Note(
        kind=NoteKind.LATE,
        subject="base",
        what="base in westeurope has built late",
        why="its run of 02:02 UTC, started before base left it at 02:05 UTC, ended at 02:30 UTC and put out "
        f'{LATE}; the active member base built {BUILT}; "latest" may now point at the older one; nothing was changed '
        "(exclude_late_images is off); see which version your consumers get, and set "
        "publishingProfile.excludeFromLatest on the older one",
        loud=True,
    )


def test_an_image_that_is_newer_than_the_active_members_is_not_called_the_older_one() -> None:
    _, _, (note,) = followed(gone(RUN, last=moved(run_started=at(1))), outputs(LATE))
    assert '"latest" may now point at this newer one; nothing was changed' in note.why


def test_outputs_that_cannot_be_read_are_told_at_once_and_asked_for_again() -> None:
    # The usual case: the region that was left is still in trouble.
    left, actions, (note,) = followed(gone(RUN), outputs(diagnosis=a_diagnosis("service")))
    assert left[0].runs == (replace(RUN, failed_reads=1, why="service trouble"),)
    assert actions == [to_read(timedelta(seconds=30))]
    assert "its outputs cannot be read (service trouble); they are asked for again" in note.why


def test_that_outputs_cannot_be_read_is_not_told_each_time() -> None:
    known = replace(RUN, failed_reads=1, why="service trouble")
    left, actions, notes = followed(gone(known), outputs(diagnosis=a_diagnosis("service")))
    assert (left[0].runs[0].failed_reads, actions, notes) == (2, [to_read(timedelta(minutes=2))], [])


def test_outputs_that_can_be_read_at_last_are_told() -> None:
    left, _, (note,) = followed(gone(replace(RUN, failed_reads=3, why="service trouble")), outputs(LATE))
    assert (left[0].runs[0].read, left[0].runs[0].why, LATE in note.why) == (True, "", True)


def test_outputs_that_can_never_be_read_are_given_up_and_told() -> None:
    known = replace(RUN, failed_reads=TRIES - 1, why="service trouble")
    left, actions, (note,) = followed(gone(known), outputs(diagnosis=a_diagnosis("service")))
    assert (left[0].runs[0].read, actions) == (True, [])
    assert "not asked for any more" in note.why


def test_outputs_of_a_run_that_another_has_followed_are_not_asked_for_again() -> None:
    left, actions, (note,) = followed(gone(RUN), outputs(diagnosis=a_diagnosis("expected")), policy=EXCLUDE)
    assert (left[0].runs[0].read, left[0].runs[0].images, actions) == (True, (), [])
    assert "images that are not known" in note.why


def test_outputs_that_come_twice_are_told_once() -> None:
    known = read(LateImage(id=LATE))
    left, actions, notes = followed(gone(known), outputs(LATE))
    assert (left[0].runs, actions, notes) == ((known,), [], [])


def test_before_the_active_member_has_built_it_is_said_that_it_has_not() -> None:
    _, _, (note,) = followed(gone(RUN, last=moved(run_state=None, images=())), outputs(LATE))
    assert "the active member base has no image yet" in note.why


# what is taken out of latest


def test_an_older_image_is_taken_out_of_latest_where_the_policy_says_so() -> None:
    left, actions, (note,) = followed(gone(RUN), outputs(LATE), policy=EXCLUDE)
    assert (left[0].runs, actions) == ((asked(),), [to_exclude()])
    assert 'it is taken out of "latest" by exclude_late_images' in note.why


@pytest.mark.parametrize(
    "image",
    [
        "/subscriptions/s1/resourceGroups/rg/providers/Microsoft.Compute/images/managed",
        "https://store.blob.core.windows.net/vhds/x.vhd",
        f"{GALLERY}/../../other/versions/1.0.0",
        f"{GALLERY}/1.0.0?x=1",
        BUILT.upper(),
    ],
)
def test_what_is_no_version_of_its_own_in_a_gallery_is_told_and_never_asked_for(image: str) -> None:
    left, actions, notes = followed(gone(RUN), outputs(image), policy=EXCLUDE)
    assert (left[0].runs[0].images[0].taken, actions, len(notes)) == (Taken.TOLD, [], 1)


def test_a_run_that_was_started_after_the_active_members_is_told_and_left_alone() -> None:
    # Somebody who prepares the way back builds the newer image.
    left, actions, _ = followed(gone(RUN, last=moved(run_started=at(1))), outputs(LATE), policy=EXCLUDE)
    assert (left[0].runs[0].images[0].taken, actions) == (Taken.TOLD, [])


def test_nothing_is_taken_out_before_another_can_be_latest_in_its_place() -> None:
    building = moved(run_state=RunState.RUNNING, images=())
    left, actions, _ = followed(gone(RUN, last=building), outputs(LATE), policy=EXCLUDE)
    (waiting,) = left[0].runs[0].images
    assert (waiting.taken, actions) == (Taken.WAITING, [])
    left, actions, _ = followed(gone(read(waiting)), policy=EXCLUDE)
    assert (left[0].runs, actions) == ((asked(),), [to_exclude()])


def test_what_waits_is_only_told_when_the_policy_is_turned_off() -> None:
    left, actions, _ = followed(gone(read(LateImage(id=LATE, taken=Taken.WAITING))))
    assert (left[0].runs[0].images[0].taken, actions) == (Taken.TOLD, [])


def test_an_image_that_was_taken_out_is_told() -> None:
    left, actions, (note,) = followed(gone(asked()), answered(), policy=EXCLUDE)
    assert (left[0].runs[0].images[0].taken, actions, note.loud) == (Taken.EXCLUDED, [], True)
    assert note.what == "late image taken out of latest"


def test_a_gallery_that_fails_is_asked_again_later() -> None:
    left, actions, notes = followed(gone(asked(2)), answered("service"), policy=EXCLUDE)
    assert (left[0].runs, actions, notes) == (
        (asked(3, "service trouble"),),
        [to_exclude(timedelta(minutes=2))],
        [],
    )


@pytest.mark.parametrize(("tries", "cls"), [(TRIES, "service"), (1, "auth"), (1, "customer")])
def test_a_gallery_that_will_not_is_given_up_and_told(tries: int, cls: str) -> None:
    left, actions, (note,) = followed(gone(asked(tries)), answered(cls), policy=EXCLUDE)
    assert (left[0].runs[0].images[0].taken, actions) == (Taken.FAILED, [])
    assert (note.what, note.loud) == ("late image still counts as latest", True)


def test_an_answer_to_what_is_not_open_changes_nothing() -> None:
    known = read(LateImage(id=LATE, taken=Taken.EXCLUDED))
    assert followed(gone(known), answered("service"), policy=EXCLUDE) == (gone(known).left, [], [])


# after a restart


def test_after_a_restart_all_that_is_open_is_asked_for_again_at_once() -> None:
    group = gone(RUN, LateRun(started=at(3), ended=at(31), state=RunState.SUCCEEDED, images=asked(3).images, read=True))
    _, actions, notes = followed(group, Started(), policy=EXCLUDE)
    assert actions == [
        ReadOutputs(group="base", activation_id="base-1", template=BASE_WEST, late_run=at(2)),
        ExcludeFromLatest(group="base", activation_id="base-1", run=at(3), image=LATE, wait=timedelta(0)),
    ]
    assert notes == []


def test_after_a_restart_what_is_concluded_stays_so() -> None:
    known = read(LateImage(id=LATE, taken=Taken.EXCLUDED))
    assert followed(gone(known), Started(), policy=EXCLUDE) == (gone(known).left, [], [])


# a whole story


def a_night(*, exclude: bool) -> Play:
    """Let a build hang through the outage, and end well after the group has moved and built elsewhere."""
    play = Play(a_group(policy=a_policy(exclude_late_images=exclude)))
    play.images, play.late_images = (BUILT,), (LATE,)
    play.world.ran(BASE_WEST, a_run("running", started=-1))
    play.break_region()
    play.run(15)
    play.world.ran(BASE_NORTH, a_run("ok", started=play.minute, ended=play.minute + 1))
    play.run(5)
    play.world.ran(BASE_WEST, a_run("ok", started=-1, ended=play.minute))
    return play.run(5)


def test_through_a_whole_night_a_late_image_is_told_once() -> None:
    play = a_night(exclude=False)
    assert play.heard(NoteKind.LATE) == ["base in westeurope has built late"]
    assert not [a for a in play.wanted if isinstance(a, ExcludeFromLatest)]


def test_through_a_whole_night_an_older_image_is_taken_out_once() -> None:
    play = a_night(exclude=True)
    assert play.heard(NoteKind.LATE) == ["base in westeurope has built late", "late image taken out of latest"]
    assert [a.image for a in play.wanted if isinstance(a, ExcludeFromLatest)] == [LATE]


# whatever happens


@cache
def a_move_with_a_build_under_way() -> Play:
    play = Play(a_group(policy=a_policy(exclude_late_images=True)))
    play.world.ran(BASE_WEST, a_run("running", started=-1))
    play.break_region()
    play.run(10)
    assert play.group().active == BASE_NORTH
    return play


def gone_on_from(play: Play) -> Play:
    """Return the same story, to go on with as one likes."""
    known = play.world
    world = replace(known, templates=dict(known.templates), probe=dict(known.probe), events=list(known.events))
    twin = Play(a_group(policy=a_policy(exclude_late_images=True)), world=world)
    twin.state, twin.now, twin.images = play.state, play.now, (BUILT,)
    return twin


STEPS = st.sampled_from(["ends", "runs", "waits", "restart", "answer", "fails", "builds"])


@settings(max_examples=30)
@given(steps=st.lists(STEPS, max_size=20))
def test_whatever_happens_a_late_run_is_told_once_and_only_its_own_older_images_are_asked_for(steps: list[str]) -> None:
    play = gone_on_from(a_move_with_a_build_under_way())
    ended, started = 0, -1.0
    for step in steps:
        play.late_images = (f"{GALLERY}/1.1.{ended}", BUILT)
        match step:
            case "ends":
                play.world.ran(BASE_WEST, a_run("ok", started=started, ended=play.minute))
                ended += play.group().left[0].run_known != at(started)
            case "runs":
                started = play.minute
                play.world.ran(BASE_WEST, a_run("running", started=started))
            case "builds":
                play.world.ran(BASE_NORTH, a_run("ok", started=play.minute, ended=play.minute))
            case "restart":
                play.tell(Started())
            case "fails":
                play.gallery.append(a_diagnosis("service"))
            case "answer":
                again = [a for a in play.wanted if isinstance(a, ReadOutputs | ExcludeFromLatest)]
                for answer in play.answers(again[-1]) if again else ():
                    play.tell(answer)
            case _:
                pass
        play.run(0.5)
    told = [what for what in play.heard(NoteKind.LATE) if "has built late" in what]
    asked_for = {a.image for a in play.wanted if isinstance(a, ExcludeFromLatest)}
    last = play.group().last
    built_from = last.run_started if last else None
    runs = [run for left in play.group().left for run in left.runs]
    older = {image.id for run in runs if built_from and run.started < built_from for image in run.images}
    assert len(told) == ended
    assert BUILT not in asked_for
    assert asked_for <= older
