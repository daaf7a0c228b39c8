"""A human orders a move: what is followed, what is refused, and what he is told."""

from dataclasses import replace
from datetime import timedelta

import pytest

from aibwatch.core.actions import DispatchStep, PollAfresh, WriteEpoch
from aibwatch.core.decision import NoteKind, Refusal, Reply
from aibwatch.core.events import Started
from aibwatch.core.gates import FINAL, gates_of
from aibwatch.core.model import Mode
from aibwatch.core.move.move import MoveKind, StepResult
from aibwatch.core.state import Pause
from tests.core.builders import (
    BASE_FRANCE,
    BASE_NORTH,
    BASE_WEST,
    FRANCE,
    NORTH,
    WEST,
    Play,
    a_group,
    a_policy,
    a_world,
    at,
    the,
)


def a_play(mode: Mode = Mode.SHADOW, **settings: object) -> Play:
    """Return a well world in which the group only moves when a human says so."""
    return Play(a_group(policy=a_policy(mode=mode, **settings))).run(3)


def test_a_human_moves_a_group_in_shadow_without_any_outage() -> None:
    play = a_play()
    reply = play.order("failover")
    assert (reply.refusal, reply.id, play.group().active) == (None, "base-1", BASE_NORTH)
    assert play.dispatched() == [("base-1", 0, 1)]
    assert (the(the(play.group().last).order).owner, the(play.group().last).kind) == ("ann", MoveKind.FAILOVER)


def test_an_order_is_on_record_with_who_why_and_what_came_of_it() -> None:
    play = a_play()
    play.order("failover")
    (note,) = [n for n in play.said if n.kind is NoteKind.ORDER]
    assert (note.what, note.why.split("; ")[0]) == ("failover ordered", "by ann: so she wants")
    assert "base-1: failover to base in northeurope begun" in note.why


def test_an_order_is_held_by_a_closed_gate_and_says_which() -> None:
    play = a_play()
    play.world.probe[NORTH] = "service"
    play.run(1)
    reply = play.order("failover")
    assert (reply.refusal, play.phase(), play.group().move) == (Refusal.HELD, "watching", None)
    assert "secondary_live" in reply.held_by
    assert "secondary_live: the last read in northeurope failed" in reply.text


def test_a_gate_is_overridden_by_its_name_and_only_that_one() -> None:
    play = a_play()
    play.world.probe[NORTH] = "service"
    play.run(6)
    assert play.order("failover").held_by == ("not_global", "secondary_live")
    assert play.order("failover", over=("not_global",)).held_by == ("secondary_live",)
    assert play.order("failover", over=("secondary_live",)).held_by == ("not_global",)


def test_an_override_stands_through_the_check_and_is_remembered() -> None:
    play = a_play()
    play.world.probe[NORTH] = "service"
    play.run(1)
    closed = play.order("failover").held_by
    play.order("failover", over=closed)
    assert play.group().active == BASE_NORTH
    assert the(the(play.group().last).order).overrides == closed


@pytest.mark.parametrize("gate", sorted(FINAL))
def test_what_keeps_a_move_from_being_made_twice_or_where_it_may_not_be_cannot_be_overridden(gate: str) -> None:
    play = a_play()
    spec = replace(play.setup.groups["base"], allowed_geographies=("Japan",))
    play.setup = replace(play.setup, groups={"base": spec})
    play.state = replace(play.state, lease_lost="another host", journal_failing_since=at(1))
    reply = play.order("failover", over=tuple(gates_of(MoveKind.FAILOVER)))
    assert gate in reply.held_by
    assert play.group().move is None


def test_of_two_orders_at_once_the_first_is_followed_and_the_second_is_told() -> None:
    play = a_play()
    play.unanswered = {PollAfresh}
    first, second = play.order("failover"), play.order("failover", owner="ben")
    assert (first.refusal, second.refusal) == (None, Refusal.BUSY)
    assert "the failover base-1 is under way (checking)" in second.text
    assert len([a for a in play.wanted if isinstance(a, PollAfresh)]) == 1


@pytest.mark.parametrize(("kind", "waits"), [(WriteEpoch, "committing"), (DispatchStep, "moving")])
def test_an_order_meets_a_move_under_way_and_changes_nothing(kind: type, waits: str) -> None:
    play = a_play()
    play.unanswered = {kind}
    play.order("failover")
    before = play.group().move
    assert (play.phase(), play.order("drill").refusal, play.group().move) == (waits, Refusal.BUSY, before)


def test_a_halted_group_is_not_moved_before_it_is_reset() -> None:
    play = a_play()
    play.step_results = [StepResult.NEVER]
    play.order("failover")
    reply = play.order("failover")
    assert (play.phase(), reply.refusal) == ("halted", Refusal.UNASKED)
    assert reply.text == (
        "failover of base not begun: it is halted (run-template: never: the handler says so); see to it, then: "
        "aibwatch reset base"
    )


def test_a_pause_holds_an_order_too_unless_it_is_overridden() -> None:
    play = a_play()
    group = replace(play.group(), pause=Pause(owner="ben", reason="audit", until=at(99)))
    play.state = replace(play.state, groups={"base": group})
    assert play.order("failover").held_by == ("paused",)
    assert play.order("failover", over=("paused",)).refusal is None


def test_the_secondary_may_be_named() -> None:
    spec = a_group(secondaries=(BASE_NORTH, BASE_FRANCE), policy=a_policy(mode=Mode.SHADOW))
    play = Play(spec, world=a_world(WEST, NORTH, FRANCE)).run(3)
    play.order("failover", to=BASE_FRANCE)
    assert play.group().active == BASE_FRANCE


def test_the_first_ready_secondary_is_taken_where_none_is_named() -> None:
    spec = a_group(secondaries=(BASE_NORTH, BASE_FRANCE), policy=a_policy(mode=Mode.SHADOW))
    play = Play(spec, world=a_world(WEST, NORTH, FRANCE)).run(3)
    play.world.probe[NORTH] = "service"
    play.run(1)
    reply = play.order("failover", over=("not_global",))
    assert (reply.refusal, play.group().active) == (None, BASE_FRANCE)


def test_there_is_no_way_to_where_it_is_already() -> None:
    play = a_play(cooldown=timedelta(0))
    play.order("failover")
    again, there = play.order("failover"), play.order("failover", to=BASE_NORTH)
    assert (again.refusal, again.text) == (
        Refusal.UNASKED,
        "failover of base not begun: there is no other secondary to go to",
    )
    assert there.text == "failover of base not begun: base is where it builds already"


def test_a_gate_that_closes_in_the_check_gives_the_ordered_move_up_before_anything_is_changed() -> None:
    play = a_play()
    play.unanswered = {PollAfresh}
    play.order("failover")
    play.world.probe[NORTH] = "service"
    play.run(0.5)
    assert (play.phase(), play.group().move, play.group().epoch) == ("watching", None, 0)
    assert "what was ordered cannot be done any more" in play.said[-1].why
    assert play.said[-1].loud


def test_an_ordered_move_does_not_ask_whether_the_region_it_leaves_answers() -> None:
    play = a_play()
    play.world.probe[WEST] = "network"
    play.run(1)
    assert play.order("failover").refusal is None
    assert play.group().active == BASE_NORTH


def test_a_restart_in_the_check_of_an_ordered_move_polls_again_and_goes_on() -> None:
    play = a_play()
    play.unanswered = {PollAfresh}
    play.order("failover")
    play.unanswered = set()
    play.tell(Started())
    assert (play.group().active, play.dispatched()) == (BASE_NORTH, [("base-1", 0, 1)])


def test_an_outage_that_is_held_can_be_left_by_order() -> None:
    play = a_play()
    play.break_region()
    play.until("held")
    assert play.group().held_by == ("mode_allows",)
    assert play.order("failover").refusal is None
    assert play.group().active == BASE_NORTH


def test_an_order_for_another_group_is_not_answered_by_this_one() -> None:
    play = a_play()
    assert play.tell(Started()).reply is None
    assert play.group().active == BASE_WEST


def test_before_its_template_was_ever_listed_nothing_can_be_ordered() -> None:
    play = Play(a_group(policy=a_policy(mode=Mode.SHADOW)))
    reply = play.order("failover")
    assert isinstance(reply, Reply)
    assert (reply.refusal, play.phase()) == (Refusal.UNASKED, "watching")
    assert "was never listed by Azure" in reply.text
