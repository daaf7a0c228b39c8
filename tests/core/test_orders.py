"""What a human orders beside moves: to hold them back for a while, and to let them go on."""

import pytest

from aibwatch.core.actions import PollAfresh
from aibwatch.core.decision import Note, NoteKind, Refusal, Reply
from aibwatch.core.events import Event, Paused, Resumed, Ticked
from aibwatch.core.orders import take_order
from aibwatch.core.state import Pause
from tests.core.builders import NORTH, Play, a_group_state, a_template_id, at

PAUSE = Pause(owner="ann", reason="gallery move", until=at(90))


def a_pause(group: str = "base", until: float = 90) -> Paused:
    return Paused(group=group, owner="ann", reason="gallery move", until=at(until))


def a_resumption(group: str = "base") -> Resumed:
    return Resumed(group=group, owner="ben", reason="done")


@pytest.mark.parametrize("group", ["base", ""])
def test_a_pause_is_remembered_with_its_owner_and_told_to_everybody(group: str) -> None:
    note = Note(
        kind=NoteKind.PAUSE, subject="base", what="paused until 03:30 UTC", why="by ann: gallery move", loud=True
    )
    assert take_order(a_group_state(), a_pause(group), at(0)) == (
        a_group_state(pause=PAUSE),
        [note],
        Reply(text="base is not moved before 2026-03-02 03:30 UTC; watching goes on"),
    )


@pytest.mark.parametrize("group", ["base", ""])
def test_a_human_ends_a_pause_before_its_time(group: str) -> None:
    note = Note(kind=NoteKind.PAUSE, subject="base", what="resumed", why="by ben: done", loud=True)
    assert take_order(a_group_state(pause=PAUSE), a_resumption(group), at(0)) == (
        a_group_state(),
        [note],
        Reply(text="base may be moved again"),
    )


def test_the_later_pause_stands() -> None:
    group, _, _ = take_order(a_group_state(pause=PAUSE), a_pause(until=30), at(0))
    assert group.pause == Pause(owner="ann", reason="gallery move", until=at(30))


@pytest.mark.parametrize("event", [a_pause("web"), a_resumption("web"), Ticked()])
def test_an_order_for_another_group_changes_nothing(event: Event) -> None:
    assert take_order(a_group_state(pause=PAUSE), event, at(0)) == (a_group_state(pause=PAUSE), [], None)


def test_nothing_is_resumed_that_is_not_paused() -> None:
    assert take_order(a_group_state(), a_resumption(), at(0)) == (
        a_group_state(),
        [],
        Reply(text="base is not paused", refusal=Refusal.UNASKED),
    )


def test_a_pause_holds_a_wanted_move_until_it_is_over_and_detection_goes_on() -> None:
    play = Play().run(2)
    play.break_region()
    play.tell(a_pause(until=40))
    play.run(37)
    assert (play.phase(), play.group().held_by, play.verdict().kind) == ("held", ("paused",), "outage")
    assert play.run(3).group().active == a_template_id("base", NORTH)


def test_a_pause_in_the_middle_of_the_check_gives_the_move_up() -> None:
    play = Play().run(2)
    play.break_region()
    play.unanswered = {PollAfresh}
    play.until("checking").tell(a_pause())
    assert (play.phase(), play.group().held_by, play.group().move) == ("held", ("paused",), None)
