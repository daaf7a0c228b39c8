"""Go back to the primary: after a proven recovery, the primary run once first, and nothing switched before it built."""

from dataclasses import replace
from datetime import timedelta

import pytest

from aibwatch.core.actions import DispatchStep
from aibwatch.core.decision import NoteKind, Refusal
from aibwatch.core.events import Started
from aibwatch.core.model import Mode
from aibwatch.core.move.move import MoveKind, StepResult, plan_steps
from aibwatch.core.policy import StepSpec
from aibwatch.core.proof import LONGEST
from tests.core.builders import (
    BASE_NORTH,
    BASE_WEST,
    MINUTE,
    WEST,
    Play,
    a_canary_run,
    a_canary_spec,
    a_group,
    a_policy,
    a_run,
    step_answer,
    the,
)

BOTH = (StepSpec(handler="switch"), StepSpec(handler="run-template", retries=1))


def away(*steps: StepSpec, **settings: object) -> Play:
    """Return a group that left for the north a while ago, and whose primary's region is well since."""
    policy = a_policy(**{"mode": Mode.AUTO, "cooldown": timedelta(0), "recovery_min": 5 * MINUTE, **settings})
    play = Play(a_group(policy=policy, steps=steps or BOTH)).run(2)
    play.break_region()
    play.run(20)
    assert play.group().active == BASE_NORTH
    play.mend_region()
    return play.run(90)


def build(play: Play, how: str = "ok") -> None:
    """Let the primary's run, which began a minute ago, end so."""
    play.world.ran(BASE_WEST, a_run(how, started=play.minute - 1, ended=None if how == "running" else play.minute))


def test_the_primary_is_run_once_and_nothing_else_is_done_before_it_built() -> None:
    play = away()
    assert play.order("failback").refusal is None
    build(play, "running")
    play.run(30)
    assert play.dispatched()[-1] == ("base-2", 0, 1)
    assert (play.phase(), play.group().active) == ("moving", BASE_NORTH)
    assert play.group().why == "the primary is run once first; waiting for its image"


def test_when_it_has_built_the_other_steps_follow_and_then_it_is_active() -> None:
    play = away()
    play.order("failback")
    build(play)
    play.unanswered = {DispatchStep}
    play.run(0.5)
    assert (play.dispatched()[-1], play.group().active) == (("base-2", 1, 1), BASE_NORTH)
    play.unanswered = set()
    call = [a for a in play.wanted if isinstance(a, DispatchStep)][-1]
    play.tell(step_answer(call, StepResult.APPLIED))
    assert (play.phase(), play.group().active, play.group().move) == ("watching", BASE_WEST, None)
    assert (the(play.group().last).kind, play.group().committed[MoveKind.FAILBACK]) == (MoveKind.FAILBACK, 1)


def test_one_that_only_runs_the_template_is_done_when_that_built() -> None:
    play = away(StepSpec(handler="run-template"))
    play.order("failback")
    assert play.group().active == BASE_NORTH
    build(play)
    assert play.run(0.5).group().active == BASE_WEST


def test_the_steps_begin_with_the_run_whatever_is_configured() -> None:
    spec = a_group(steps=(StepSpec(handler="switch"), StepSpec(handler="hook")))
    names = [step.handler for step in plan_steps(spec, MoveKind.FAILBACK)]
    assert names == ["run-template", "switch", "hook"]
    retries = [step.retries for step in plan_steps(a_group(steps=BOTH), MoveKind.FAILBACK)]
    assert retries == [1, 2]


@pytest.mark.parametrize("how", ["service", "customer", "canceled"])
def test_a_primary_that_does_not_build_ends_the_failback_and_the_group_stays_where_it_is(how: str) -> None:
    play = away()
    play.order("failback")
    build(play, how)
    play.run(0.5)
    assert (play.phase(), play.group().active, play.group().move) == ("watching", BASE_NORTH, None)
    assert play.group().failed == {MoveKind.FAILBACK: 1}
    (note,) = [n for n in play.said if "the failback is given up" in n.why]
    assert note.loud


def test_the_move_that_brought_it_away_is_still_the_last_one_after_a_failback_that_was_given_up() -> None:
    play = away()
    play.order("failback")
    build(play, "service")
    play.run(0.5)
    assert the(play.group().last).kind is MoveKind.FAILOVER


def test_a_primary_that_flaps_while_its_image_is_awaited_ends_the_failback() -> None:
    play = away()
    play.order("failback")
    build(play, "running")
    play.run(2)
    play.break_region()
    play.run(20)
    assert (play.phase(), play.group().active) == ("watching", BASE_NORTH)
    (note,) = [n for n in play.said if "the failback is given up" in n.why]
    assert "westeurope is down again: " in note.why


def test_a_gate_that_is_closed_when_the_image_is_there_is_waited_for() -> None:
    play = away()
    play.order("failback")
    build(play)
    play.world.probe[WEST] = "network"
    play.run(0.5)
    assert (play.phase(), play.group().active) == ("moving", BASE_NORTH)
    assert "has built, and the move is held: " in play.group().detail
    play.world.probe[WEST] = "ok"
    assert play.run(3).group().active == BASE_WEST


def test_a_run_that_cannot_be_begun_gives_the_failback_up_and_halts_nobody() -> None:
    play = away()
    play.step_results = [StepResult.NEVER]
    play.order("failback")
    assert (play.phase(), play.group().active) == ("watching", BASE_NORTH)


def test_a_later_step_that_cannot_be_done_halts() -> None:
    play = away()
    play.step_results = [StepResult.APPLIED, StepResult.NEVER]
    play.order("failback")
    build(play)
    play.run(0.5)
    assert (play.phase(), play.group().active) == ("halted", BASE_NORTH)


def test_an_image_is_not_awaited_for_ever() -> None:
    play = away()
    play.order("failback")
    build(play, "running")
    play.run(1)
    play.now += LONGEST
    play.poll()
    assert (play.phase(), play.group().active) == ("watching", BASE_NORTH)


def test_the_run_from_before_is_not_the_image_that_is_awaited() -> None:
    play = away()
    build(play)
    play.run(1)
    play.order("failback")
    play.run(5)
    assert (play.phase(), play.group().active) == ("moving", BASE_NORTH)


def test_a_restart_while_the_image_is_awaited_calls_no_handler() -> None:
    play = away()
    play.order("failback")
    build(play, "running")
    play.run(1)
    calls, asked = len(play.dispatched()), len(play.asked())
    play.tell(Started())
    play.run(1)
    assert (len(play.dispatched()), len(play.asked()), play.phase()) == (calls, asked, "moving")
    build(play)
    assert play.run(1).group().active == BASE_WEST


def test_nobody_goes_back_before_the_region_was_well_for_an_hour() -> None:
    play = away(recovery_min=60 * MINUTE)
    reply = play.order("failback")
    assert (reply.refusal, reply.held_by) == (Refusal.HELD, ("recovered",))
    assert "without a canary there, 6 h without trouble are asked for" in reply.text


def test_nobody_goes_back_to_a_region_in_trouble() -> None:
    play = away()
    play.world.probe[WEST] = "service"
    play.run(6)
    assert {"not_global", "secondary_live", "recovered"} <= set(play.order("failback").held_by)


def test_there_is_no_way_back_from_home() -> None:
    play = Play(a_group()).run(2)
    reply = play.order("failback")
    assert (reply.refusal, reply.text) == (
        Refusal.UNASKED,
        "failback of base not begun: base builds at its primary already",
    )


def test_the_failback_is_on_record_from_the_order_to_the_image() -> None:
    play = away()
    play.order("failback")
    build(play)
    play.run(0.5)
    assert play.heard(NoteKind.ORDER) == ["failback ordered"]
    assert play.heard(NoteKind.STEP)[-1] == "the primary builds"


def with_canaries(*ended: float) -> Play:
    """Return the group away, with good canaries of the west that ended at these minutes."""
    policy = a_policy(cooldown=timedelta(0), recovery_min=10 * MINUTE)
    play = Play(a_group(policy=policy, steps=BOTH), canaries=[a_canary_spec()]).run(2)
    play.order("failover")
    play.run(90)
    runs = tuple(a_canary_run("well", asked=end - 20, ended=end) for end in ended)
    canaries = {WEST: replace(play.canary(), runs=runs)}
    play.state = replace(play.state, canaries=canaries)
    return play


@pytest.mark.parametrize(
    ("ended", "held"),
    [
        ((), ("recovered",)),
        ((40, 70), ("recovered",)),
        ((40, 60, 80), ("recovered",)),
        ((25, 60, 90), ()),
        ((25, 90), ("recovered",)),
        ((1, 2, 90), ("recovered",)),
    ],
)
def test_three_good_canaries_in_a_row_over_an_hour_prove_the_recovery(
    ended: tuple[float, ...], held: tuple[str, ...]
) -> None:
    assert with_canaries(*ended).order("failback").held_by == held


def test_a_canary_that_failed_in_between_begins_the_count_anew() -> None:
    play = with_canaries(25, 60, 90)
    first, *others = play.canary().runs
    runs = (first, a_canary_run("failed", asked=26, ended=28), *others)
    play.state = replace(play.state, canaries={WEST: replace(play.canary(), runs=runs)})
    assert play.order("failback").held_by == ("recovered",)


def test_a_failback_is_a_move_of_the_day_and_cools_down() -> None:
    play = away(StepSpec(handler="run-template"), cooldown=60 * MINUTE)
    play.order("failback")
    build(play)
    play.run(1)
    assert (play.group().active, len(play.group().moved_at)) == (BASE_WEST, 2)
    assert play.order("failover").held_by == ("cooldown",)


def test_a_failback_is_not_held_by_being_the_last_move_that_the_day_allows() -> None:
    play = away(StepSpec(handler="run-template"), max_moves_per_day=2)
    assert play.order("failback").refusal is None
    build(play)
    play.run(1)
    assert (play.phase(), play.group().active) == ("watching", BASE_WEST)


def test_a_failback_that_was_given_up_is_no_move_of_the_day() -> None:
    play = away(StepSpec(handler="run-template"))
    play.order("failback")
    build(play, "service")
    play.run(1)
    assert (play.phase(), play.group().active, len(play.group().moved_at)) == ("watching", BASE_NORTH, 1)
