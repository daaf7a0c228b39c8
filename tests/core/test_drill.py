"""Rehearse a failover: the same way, nothing moved, and never in the way of a real one."""

from datetime import timedelta

import pytest

from aibwatch.core.actions import DispatchStep, PollAfresh, WriteEpoch
from aibwatch.core.decision import NoteKind, Refusal
from aibwatch.core.events import Started
from aibwatch.core.model import Mode
from aibwatch.core.move.move import MoveKind, StepResult
from aibwatch.core.policy import StepSpec
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
    a_template_id,
    a_world,
    step_answer,
    the,
)

SCRIPT = (StepSpec(handler="switch"),)
BOTH = (StepSpec(handler="run-template"), StepSpec(handler="switch"))


def a_play(*steps: StepSpec, mode: Mode = Mode.AUTO, **settings: object) -> Play:
    spec = a_group(policy=a_policy(mode=mode, **settings), steps=steps or BOTH)
    return Play(spec).run(3)


def the_call(play: Play) -> DispatchStep:
    """Return the latest call to act."""
    return [a for a in play.wanted if isinstance(a, DispatchStep)][-1]


def test_a_drill_goes_the_whole_way_and_moves_nothing() -> None:
    play = a_play()
    reply = play.order("drill")
    assert (reply.refusal, play.phase(), play.group().active) == (None, "watching", BASE_WEST)
    assert [type(a) for a in play.wanted if not isinstance(a, DispatchStep)][:2] == [PollAfresh, WriteEpoch]
    assert play.dispatched() == [("base-1", 0, 1), ("base-1", 1, 1)]
    assert (play.group().epoch, play.group().committed) == (1, {MoveKind.DRILL: 1})


def test_handlers_are_told_that_it_is_a_drill() -> None:
    play = a_play()
    play.order("drill")
    assert {a.call.kind for a in play.wanted if isinstance(a, DispatchStep)} == {MoveKind.DRILL}


def test_a_drill_is_no_move_to_cool_down_from_and_none_of_the_day_s() -> None:
    play = a_play(max_moves_per_day=1)
    play.order("drill")
    assert (play.group().last, play.group().moved_at) == (None, ())
    play.break_region()
    assert play.until("watching").run(20).group().active == BASE_NORTH


def test_the_next_move_after_a_drill_has_the_next_epoch() -> None:
    play = a_play()
    play.order("drill")
    play.order("failover")
    assert [activation for activation, _, _ in play.dispatched()] == ["base-1"] * 2 + ["base-2"] * 2


def test_a_drill_that_runs_no_template_is_done_with_its_last_step() -> None:
    play = a_play(*SCRIPT)
    play.order("drill")
    assert play.group().drilled_at == play.now


def test_what_was_rehearsed_is_remembered() -> None:
    play = a_play()
    play.order("drill")
    assert [r.handler for r in play.group().rehearsed_as] == ["run-template", "switch"]


@pytest.mark.parametrize("result", [StepResult.NEVER, StepResult.REFUSED, StepResult.CONTRADICTED, StepResult.PARTIAL])
def test_a_drill_that_fails_halts_nobody_and_is_told(result: StepResult) -> None:
    play = a_play()
    play.step_results = [StepResult.APPLIED, result]
    play.order("drill")
    assert (play.phase(), play.group().move, play.group().failed) == ("watching", None, {MoveKind.DRILL: 1})
    assert (the(play.group().drill).failed, play.group().drilled_at) == (True, None)
    (note,) = [n for n in play.said if n.kind is NoteKind.PHASE and "the drill failed" in n.why]
    assert note.loud


def test_after_a_drill_that_failed_it_asks_before_it_moves() -> None:
    play = a_play()
    play.step_results = [StepResult.NEVER]
    play.order("drill")
    play.break_region()
    play.until("held")
    assert (play.group().held_by, play.group().active) == (("drill_fresh",), BASE_WEST)
    assert "the last rehearsal failed" in play.group().detail


def test_an_outage_in_the_check_of_a_drill_gives_the_drill_up() -> None:
    play = a_play()
    play.unanswered = {PollAfresh}
    play.order("drill")
    play.unanswered = set()
    play.break_region()
    play.run(30)
    assert (play.group().active, play.group().epoch) == (BASE_NORTH, 1)
    assert play.group().drill is None


def test_an_outage_in_the_middle_of_a_drill_ends_it_after_its_open_step_and_the_group_moves() -> None:
    play = a_play()
    play.unanswered = {DispatchStep}
    play.order("drill")
    play.break_region()
    play.run(20)
    assert (play.phase(), play.group().active) == ("moving", BASE_WEST)
    play.unanswered = set()
    play.tell(step_answer(the_call(play), StepResult.APPLIED))
    play.run(1)
    assert play.group().active == BASE_NORTH
    assert [activation for activation, step, _ in play.dispatched() if step == 1] == ["base-2"]


def test_a_drill_that_was_cut_short_neither_proves_nor_disproves_the_way() -> None:
    play = a_play()
    play.unanswered = {DispatchStep}
    play.order("drill")
    play.break_region()
    play.run(20)
    play.tell(step_answer(the_call(play), StepResult.NEVER))
    group = play.group()
    assert (group.drill, group.drilled_at, group.rehearsed_as, group.failed) == (None, None, (), {})


def test_a_drill_whose_step_nobody_knows_of_is_asked_about_even_in_an_outage() -> None:
    play = a_play()
    play.unanswered = {DispatchStep}
    play.order("drill")
    play.break_region()
    play.run(20)
    play.unanswered = set()
    play.status_results = [StepResult.APPLIED]
    play.tell(step_answer(the_call(play), StepResult.UNKNOWN))
    assert len(play.asked()) == 1
    assert play.run(1).group().active == BASE_NORTH


def test_no_drill_is_begun_in_an_outage() -> None:
    play = a_play(mode=Mode.SHADOW)
    play.break_region()
    play.until("held")
    reply = play.order("drill")
    assert (reply.refusal, reply.held_by) == (Refusal.HELD, ("calm",))
    assert "this is no time for a rehearsal" in reply.text


def test_a_drill_needs_a_ready_target_as_a_move_does() -> None:
    play = a_play()
    play.world.probe[NORTH] = "service"
    play.run(1)
    assert play.order("drill").held_by == ("secondary_live",)


def test_neither_the_mode_nor_the_cooldown_nor_an_old_drill_holds_a_drill() -> None:
    play = a_play(mode=Mode.SHADOW, drill_max_age=timedelta(minutes=1))
    assert play.order("drill").refusal is None
    assert play.order("drill").refusal is None


def test_a_restart_in_the_middle_of_a_drill_asks_what_became_of_its_step() -> None:
    play = a_play()
    play.unanswered = {DispatchStep}
    play.order("drill")
    play.unanswered = set()
    play.tell(Started())
    assert (len(play.asked()), play.group().active, play.phase()) == (1, BASE_WEST, "watching")


def test_another_group_s_drill_does_not_keep_this_one_from_moving() -> None:
    base = a_group(primary=BASE_FRANCE, secondaries=(BASE_NORTH,), steps=SCRIPT)
    web = a_group("web", primary=a_template_id("web"), secondaries=(a_template_id("web", NORTH),))
    play = Play(base, web, world=a_world(WEST, NORTH, FRANCE)).run(3)
    play.unanswered = {DispatchStep}
    play.order("drill")
    play.unanswered = set()
    play.break_region()
    play.run(20)
    assert (play.phase(), play.group("web").active) == ("moving", a_template_id("web", NORTH))
