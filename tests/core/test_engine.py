"""Stories: what the engine does as time goes by. Play polls every 30 s and answers what the engine wants."""

from dataclasses import replace
from datetime import timedelta

import pytest

from aibwatch.core.actions import AskStatus, DispatchStep, PollAfresh, ReadOutputs, WriteEpoch
from aibwatch.core.decision import NoteKind
from aibwatch.core.engine import LOUD_VERDICTS
from aibwatch.core.events import (
    ClockStepped,
    EpochAnswered,
    JournalFailed,
    JournalRecovered,
    LeaseChecked,
    PolledAfresh,
    Reset,
    Started,
)
from aibwatch.core.failover import TABLE, Trigger
from aibwatch.core.model import Mode
from aibwatch.core.move.move import MoveKind, StepResult
from aibwatch.core.policy import StepSpec
from aibwatch.core.state import Phase
from aibwatch.core.triggers import QUESTIONS
from aibwatch.core.verdict import VerdictKind
from tests.core.builders import (
    BASE_FRANCE,
    BASE_NORTH,
    BASE_WEST,
    FRANCE,
    NORTH,
    SWEDEN,
    WEST,
    Play,
    a_group,
    a_policy,
    a_run,
    a_template_id,
    a_world,
    an_event,
    at,
    step_answer,
)

UNKNOWN, NOTHING = StepResult.UNKNOWN, StepResult.NOTHING_CHANGED
RESET = Reset(group="base", owner="ann", reason="the gallery was full")


def a_broken_west(*play: Play) -> Play:
    """Return a story two minutes old in which the west region just broke."""
    story = (play[0] if play else Play()).run(2)
    story.break_region()
    return story


def a_move_at_work() -> Play:
    """Return a story in which the step of a move was called; its answers are the story's to give."""
    play = a_broken_west()
    play.unanswered = {DispatchStep, AskStatus}
    return play.until("moving")


# the whole way


def test_in_a_quiet_night_nothing_is_done_and_little_is_said() -> None:
    play = Play().idle(4 * 60)
    assert (play.wanted, [n.what for n in play.said]) == ([], ["unseen -> healthy", "unseen -> healthy"])
    assert (play.group().why, play.group().detail) == (
        "it stays, because its region is not proven down",
        "westeurope is healthy: nothing speaks against it",
    )


def test_an_outage_is_left_for_the_secondary() -> None:
    play = a_broken_west().until("watching", most=0.5).run(20)
    assert [type(a) for a in play.wanted] == [PollAfresh, WriteEpoch, DispatchStep]
    assert play.heard(NoteKind.VERDICT, WEST)[1:] == [
        "healthy -> suspect",
        "suspect -> confirming",
        "confirming -> outage",
    ]
    assert play.heard(NoteKind.PHASE) == [
        "watching -> checking",
        "checking -> committing",
        "committing -> moving",
        "moving -> watching",
    ]
    assert (play.group().active, play.group().epoch, play.group().committed) == (
        BASE_NORTH,
        1,
        {MoveKind.FAILOVER: 1},
    )


def test_the_hold_is_as_long_as_the_confirmations_say() -> None:
    play = a_broken_west()
    play.until("watching").run(20)
    moved = play.group().moved_at[0]
    assert at(2) + timedelta(minutes=1.5 + 5.4) <= moved <= at(2) + timedelta(minutes=1.5 + 5.4 + 0.5)


def test_the_run_on_the_secondary_is_followed_to_its_image() -> None:
    play = a_broken_west().run(10)
    play.world.ran(BASE_NORTH, a_run("running", started=play.minute))
    play.run(10)
    play.world.ran(BASE_NORTH, a_run("ok", started=play.minute - 10, ended=play.minute))
    play.run(10)
    assert play.heard(NoteKind.RUN) == ["run on base running", "run on base succeeded"]
    assert play.heard(NoteKind.IMAGE) == ["base put out 1 image"]
    last = play.group().last
    assert last is not None
    assert (last.images, [type(a) for a in play.wanted].count(ReadOutputs)) == (("/images/1",), 1)


def test_people_are_told_at_confirmation_and_not_only_after_the_hold() -> None:
    play = a_broken_west().run(2)
    loud = [n.what for n in play.said if n.loud]
    assert loud == ["suspect -> confirming"]


def test_after_the_move_nothing_goes_back_by_itself() -> None:
    play = a_broken_west().run(20)
    play.mend_region()
    play.idle(6 * 60)
    assert (play.verdict().kind, play.group().active, play.group().epoch) == (VerdictKind.HEALTHY, BASE_NORTH, 1)


def test_if_the_secondary_fails_too_the_group_does_not_go_back_to_the_primary() -> None:
    play = a_broken_west().run(20)
    play.mend_region()
    play.idle(120).break_region(NORTH)
    play.run(30)
    assert (play.phase(), play.group().active, len(play.group().moved_at)) == ("held", BASE_NORTH, 1)
    assert "going back is for a human" in play.group().detail


def test_from_a_secondary_the_group_may_go_on_to_the_next() -> None:
    play = Play(a_group(secondaries=(BASE_NORTH, BASE_FRANCE)), world=a_world(WEST, NORTH, FRANCE))
    a_broken_west(play).run(20).mend_region()
    play.idle(120).break_region(NORTH)
    play.run(30)
    assert (play.group().active, play.group().epoch) == (BASE_FRANCE, 2)


# what must not move anyone


def test_a_blip_of_four_minutes_does_nothing() -> None:
    play = a_broken_west().run(4)
    play.mend_region()
    play.idle(60)
    assert (play.wanted, play.phase(), play.group().active) == ([], "watching", BASE_WEST)


def test_failures_of_the_customer_never_move() -> None:
    play = Play().run(2)
    for name in ("base", "web", "sql"):
        play.world.ran(a_template_id(name), a_run("customer", started=1, ended=2))
    play.idle(120)
    assert (play.wanted, play.verdict().kind) == ([], VerdictKind.HEALTHY)


def test_the_probe_alone_never_moves() -> None:
    play = Play().run(2)
    play.world.probe[WEST] = "service"
    play.idle(120)
    assert (play.wanted, play.verdict().kind) == ([], VerdictKind.SUSPECT)


def test_runs_alone_never_move() -> None:
    play = Play().run(2)
    for name in ("base", "web", "sql"):
        play.world.ran(a_template_id(name), a_run("service", started=1, ended=2))
    play.run(55)
    assert (play.wanted, play.verdict().kind) == ([], VerdictKind.SUSPECT)


def test_events_alone_never_move() -> None:
    play = Play().run(2)
    play.world.events = [an_event(when=play.now, tracking_id=f"E{n}") for n in range(4)]
    play.idle(60)
    assert (play.wanted, play.verdict().kind) == ([], VerdictKind.SUSPECT)


def test_trouble_in_both_regions_is_global_and_moves_nobody() -> None:
    play = a_broken_west()
    play.break_region(NORTH)
    play.idle(60)
    assert (play.wanted, play.verdict().kind, play.verdict(NORTH).kind) == ([], VerdictKind.GLOBAL, VerdictKind.GLOBAL)


def test_an_outage_that_is_over_before_its_event_does_not_make_the_next_blip_a_proof() -> None:
    play = a_broken_west(Play(a_group(policy=a_policy(mode=Mode.SHADOW))))
    play.world.events = [an_event(when=play.now)]
    play.run(20)
    play.world.probe[WEST] = "ok"
    play.idle(90)
    for name in ("web", "sql"):
        play.world.ran(a_template_id(name), a_run("service", started=play.minute - 1, ended=play.minute))
    play.world.probe[WEST] = "service"
    play.run(2.5)
    assert not play.verdict().warrants_move, "two minutes of trouble must be held like any other"


# blindness


def test_blindness_does_not_move_and_does_not_forget() -> None:
    play = a_broken_west().run(6)
    began = play.verdict().trouble_since
    play.world.probe = dict.fromkeys(play.world.probe, "network")
    play.world.controls = play.world.lists = "network"
    play.idle(60)
    assert (play.verdict().kind, play.verdict().trouble_since, play.wanted) == (VerdictKind.BLIND, began, [])
    assert [i.closed_at for i in play.state.incidents.values()] == [None]


def test_blindness_is_told() -> None:
    play = Play().run(2)
    play.world.probe = dict.fromkeys(play.world.probe, "network")
    play.run(5)
    assert [n.what for n in play.said if n.loud] == ["healthy -> blind", "healthy -> blind"]


def test_a_daemon_that_slept_through_the_hold_does_not_move_on_waking() -> None:
    play = a_broken_west().run(2)
    assert play.verdict().kind is VerdictKind.CONFIRMING
    play.now += timedelta(minutes=60)
    for name in ("web", "sql"):
        play.world.ran(a_template_id(name), a_run("service", started=play.minute - 5, ended=play.minute - 3))
    play.poll()
    assert (play.verdict().kind, play.wanted) == (VerdictKind.CONFIRMING, []), "nobody saw that it stayed so"


def test_silence_ends_a_conviction_when_time_passes_without_polls() -> None:
    play = a_broken_west().run(4)
    for _ in range(60):
        play.tick(30)
    assert (play.verdict().kind, play.wanted) == (VerdictKind.BLIND, [])


# between claim and commit


def test_a_recovery_between_claim_and_commit_gives_the_move_up() -> None:
    play = a_broken_west()
    play.unanswered = {PollAfresh}
    play.until("checking").mend_region()
    play.poll()
    play.tell(PolledAfresh(group="base", activation_id="base-1"))
    assert (play.phase(), play.group().move, play.group().epoch) == ("watching", None, 0)
    note = play.said[-1]
    assert (note.what, note.why.partition(": ")[0]) == ("checking -> watching", "given up before anything was changed")


def test_a_gate_that_closes_during_the_check_gives_the_move_up() -> None:
    play = a_broken_west()
    play.unanswered = {PollAfresh}
    play.until("checking")
    play.now += timedelta(seconds=10)
    play.world.probe[NORTH] = "network"
    play.poll()
    assert (play.phase(), play.group().held_by, play.group().move) == ("held", ("secondary_live",), None)
    assert play.group().why == "given up before anything was changed: a gate closed"
    assert play.group().detail.startswith("secondary_live: ")


def test_no_outage_moves_a_group_out_of_its_allowed_geographies() -> None:
    play = a_broken_west()
    spec = replace(play.setup.groups["base"], allowed_geographies=("Japan",))
    play.setup = replace(play.setup, groups={"base": spec})
    play.until("held").run(5)
    assert (play.phase(), play.group().held_by, play.group().active) == ("held", ("geography_allowed",), BASE_WEST)
    assert "northeurope is in Europe, outside of allowed_geographies (Japan)" in play.group().detail


def test_fresh_polls_without_an_answer_give_the_move_up() -> None:
    play = a_broken_west()
    play.unanswered = {PollAfresh}
    play.until("checking")
    play.now += timedelta(seconds=10)
    play.world.probe[WEST] = "network"
    play.poll()
    play.tell(PolledAfresh(group="base", activation_id="base-1"))
    assert (play.phase(), play.group().move, [type(a) for a in play.wanted]) == ("held", None, [PollAfresh])


def test_a_check_that_found_no_answer_is_not_begun_again_at_once() -> None:
    play = a_broken_west()
    play.unanswered = {PollAfresh}
    play.until("checking")
    play.world.probe[WEST] = "network"
    for _ in range(10):
        play.now += timedelta(seconds=1)
        play.poll()
        play.tell(PolledAfresh(group="base", activation_id="base-1"))
        play.tick(1)
    assert len(play.wanted) <= 3, "asking ten times in 20 s is no way to treat a region in trouble"


def test_a_recovery_after_the_commit_changes_nothing_the_move_is_finished() -> None:
    play = a_move_at_work()
    play.mend_region()
    play.run(30)
    (call,) = [a for a in play.wanted if isinstance(a, DispatchStep)]
    play.tell(step_answer(call, StepResult.APPLIED))
    assert (play.verdict().kind, play.phase(), play.group().active) == (VerdictKind.HEALTHY, "watching", BASE_NORTH)


def test_while_the_epoch_is_written_nothing_else_happens() -> None:
    play = a_broken_west()
    play.unanswered = {WriteEpoch}
    play.until("committing").mend_region()
    play.run(30)
    assert (play.phase(), play.group().active, play.group().epoch) == ("committing", BASE_WEST, 0)


def test_an_epoch_that_is_refused_halts_and_says_who_refused() -> None:
    play = a_broken_west()
    play.epoch_written = False
    play.until("halted").run(60)
    assert (play.group().active, play.group().epoch, play.dispatched()) == (BASE_WEST, 0, [])
    assert any("the epoch on record is 7" in n.why for n in play.said)


# steps


def test_all_steps_are_called_one_after_the_other() -> None:
    play = a_broken_west(Play(a_group(steps=tuple(StepSpec(handler=name) for name in "abc"))))
    play.step_results = [StepResult.APPLIED, StepResult.ALREADY_APPLIED, UNKNOWN]
    play.run(10)
    assert play.dispatched() == [("base-1", 0, 1), ("base-1", 1, 1), ("base-1", 2, 1)]
    assert [a.call.step for a in play.asked()] == [2]
    assert (play.phase(), play.group().active) == ("watching", BASE_NORTH)


def test_a_step_that_changed_nothing_is_tried_again_and_not_for_ever() -> None:
    play = a_broken_west(Play())
    play.step_results = [NOTHING] * 9
    play.until("halted")
    assert play.dispatched() == [("base-1", 0, 1), ("base-1", 0, 2), ("base-1", 0, 3)]
    assert [a.wait.total_seconds() for a in play.wanted if isinstance(a, DispatchStep)] == [0, 5, 10]


@pytest.mark.parametrize("result", [StepResult.NEVER, StepResult.PARTIAL, StepResult.REFUSED])
def test_a_step_that_is_hopeless_halts_at_once(result: StepResult) -> None:
    play = a_broken_west()
    play.step_results = [result]
    play.until("halted").run(60)
    assert play.dispatched() == [("base-1", 0, 1)]
    assert (play.group().active, play.group().epoch, play.group().failed) == (BASE_NORTH, 1, {MoveKind.FAILOVER: 1})
    assert any(n.why.endswith(f": {result}: the handler says so") and n.loud for n in play.said)


def test_an_unknown_step_is_asked_for_with_growing_waits_and_then_halts() -> None:
    play = a_broken_west()
    play.step_results, play.status_results = [UNKNOWN], [UNKNOWN] * 9
    play.until("halted")
    assert [a.wait.total_seconds() for a in play.asked()] == [0, 5, 10, 20, 40]
    assert (len(play.asked()), play.dispatched()) == (QUESTIONS, [("base-1", 0, 1)])


def test_an_unknown_step_whose_effect_is_there_is_done() -> None:
    play = a_broken_west()
    play.step_results, play.status_results = [UNKNOWN], [UNKNOWN, StepResult.ALREADY_APPLIED]
    play.run(20)
    assert (play.phase(), play.group().active, play.dispatched()) == ("watching", BASE_NORTH, [("base-1", 0, 1)])


def test_an_unknown_step_whose_effect_is_not_there_is_called_again_as_another_attempt() -> None:
    play = a_broken_west()
    play.step_results, play.status_results = [UNKNOWN], [NOTHING]
    play.run(20)
    assert (play.phase(), play.dispatched()) == ("watching", [("base-1", 0, 1), ("base-1", 0, 2)])


def test_a_late_answer_of_an_old_attempt_changes_nothing() -> None:
    play = a_move_at_work()
    (first,) = [a for a in play.wanted if isinstance(a, DispatchStep)]
    play.tell(step_answer(first, NOTHING))
    before = play.state
    for result in StepResult:
        assert play.tell(step_answer(first, result)).actions == ()
    assert replace(play.group(), why="", detail="") == replace(before.groups["base"], why="", detail="")


def test_an_answer_that_comes_twice_changes_nothing_the_second_time() -> None:
    play = a_move_at_work()
    (first,) = [a for a in play.wanted if isinstance(a, DispatchStep)]
    play.tell(step_answer(first, StepResult.APPLIED))
    before = play.group()
    play.tell(step_answer(first, StepResult.APPLIED))
    assert replace(play.group(), why=before.why, detail=before.detail) == before


# halted


def test_only_a_human_lets_a_halted_group_go_on() -> None:
    play = a_broken_west()
    play.step_results = [StepResult.NEVER]
    play.until("halted").mend_region()
    play.idle(120)
    for event in (Started(), JournalRecovered(), ClockStepped(seconds=5)):
        play.tell(event)
    assert play.phase() == "halted"
    play.tell(RESET)
    assert play.phase() == "watching"


def test_a_halted_group_keeps_on_saying_why_it_was_halted() -> None:
    play = a_broken_west()
    play.step_results = [StepResult.NEVER]
    play.until("halted")
    before = (play.group().why, play.group().detail)
    play.run(5).tell(Started())
    assert (play.group().why, play.group().detail) == before
    assert before == ("the step cannot be finished; a human must look", "run-template: never: the handler says so")


def test_a_reset_is_on_record_with_its_owner_and_reason() -> None:
    play = a_broken_west()
    play.step_results = [StepResult.NEVER]
    play.until("halted").tell(RESET)
    note = play.said[-1]
    assert note.what == "halted -> watching"
    assert "ann" in note.why
    assert "the gallery was full" in note.why


def test_after_a_failed_move_the_cooldown_is_doubled() -> None:
    play = Play(a_group(secondaries=(BASE_NORTH, BASE_FRANCE)), world=a_world(WEST, NORTH, FRANCE))
    a_broken_west(play).step_results = [StepResult.NEVER]
    play.until("halted").tell(RESET)
    play.mend_region()
    play.idle(90).break_region(NORTH)
    play.run(20)
    assert (play.phase(), play.group().held_by) == ("held", ("cooldown",))


# held


def test_a_wanted_move_that_is_held_is_told_with_every_closed_gate() -> None:
    play = a_broken_west()
    play.world.probe[NORTH] = "network"
    play.until("held")
    note = next(n for n in play.said if n.kind is NoteKind.PHASE)
    assert (note.what, note.loud, play.group().held_by) == ("watching -> held", True, ("not_global", "secondary_live"))
    assert all(gate in note.why for gate in play.group().held_by)


def test_when_the_gates_that_hold_change_it_is_told_again() -> None:
    play = a_broken_west()
    play.world.probe[NORTH] = "network"
    play.until("held").tell(JournalFailed(why="disk full"))
    assert play.heard(NoteKind.HOLD) == ["held by self_healthy, not_global, secondary_live"]


def test_when_the_last_gate_opens_the_group_moves() -> None:
    play = a_broken_west()
    play.world.probe[NORTH] = "network"
    play.until("held").world.probe[NORTH] = "ok"
    play.run(5)
    assert play.group().active == BASE_NORTH


def test_shadow_counts_once_for_each_incident() -> None:
    play = a_broken_west(Play(a_group(policy=a_policy(mode=Mode.SHADOW)))).run(40)
    assert (play.group().would_have_moved, play.heard(NoteKind.WOULD_MOVE)) == (1, ["would fail over now"])
    play.mend_region()
    play.run(30).break_region()
    play.run(20)
    assert (play.group().would_have_moved, play.dispatched()) == (2, [])


def test_shadow_counts_also_for_a_group_with_thresholds_of_its_own() -> None:
    play = Play(a_group(policy=a_policy(mode=Mode.SHADOW, confirm_score=5.0))).run(2)
    play.world.probe[WEST] = "service"
    play.world.events = [an_event(when=play.now)]
    play.run(15)
    assert (play.phase(), play.group().would_have_moved) == ("held", 1)


def test_shadow_does_not_count_when_another_gate_is_closed_too() -> None:
    play = a_broken_west(Play(a_group(policy=a_policy(mode=Mode.SHADOW))))
    play.world.probe[NORTH] = "network"
    play.run(20)
    assert (play.phase(), play.group().would_have_moved) == ("held", 0)


# host


def test_a_failing_journal_closes_self_healthy_until_it_recovers() -> None:
    play = a_broken_west()
    play.tell(JournalFailed(why="disk full"))
    play.tell(JournalFailed(why="disk still full"))
    play.until("held").run(20)
    assert (play.group().held_by, play.heard(NoteKind.HOST, "host")) == (("self_healthy",), ["journal not writable"])
    play.tell(JournalRecovered())
    play.run(1)
    assert play.group().active == BASE_NORTH


def test_a_jump_of_the_clock_holds_for_five_minutes() -> None:
    play = a_broken_west().run(5)
    play.tell(ClockStepped(seconds=90))
    play.until("held")
    assert play.group().held_by == ("self_healthy",)
    play.until("watching", most=6)
    assert play.group().active == BASE_NORTH


def test_after_the_clock_was_set_back_an_old_good_read_does_not_open_the_gate() -> None:
    play = Play().run(61)
    play.now = at(1)
    play.tell(ClockStepped(seconds=-3600))
    play.break_region()
    play.world.probe[NORTH] = "network"
    play.run(30)
    assert play.dispatched() == []


def test_a_jump_of_the_clock_is_not_taken_for_silence() -> None:
    play = Play().run(2)
    play.now += timedelta(hours=1)
    play.tell(ClockStepped(seconds=3600))
    assert play.verdict().kind is VerdictKind.HEALTHY


# who is told


def test_a_suspicion_is_not_told_to_everybody_unless_the_provider_admits_it() -> None:
    play = Play().run(2)
    play.world.probe[WEST] = "service"
    play.run(3)
    assert (play.verdict().kind, [n.what for n in play.said if n.loud]) == (VerdictKind.SUSPECT, [])
    play.world.events = [an_event(when=play.now)]
    play.poll()
    assert [n.what for n in play.said if n.loud] == ["suspect, and the provider says so"]
    assert [n.what for n in play.run(0.5).said if n.loud][1:] == [], "told once"


def test_what_the_provider_says_of_a_dependency_is_not_told_to_everybody() -> None:
    play = Play().run(2)
    play.world.events = [an_event(when=play.now, concern="dependency")]
    play.run(3)
    assert (play.verdict().kind, [n.what for n in play.said if n.loud]) == (VerdictKind.SUSPECT, [])


def test_a_suspicion_that_begins_with_the_providers_word_is_told_at_once() -> None:
    play = Play().run(2)
    play.world.events = [an_event(when=play.now)]
    play.run(1)
    assert [n.what for n in play.said if n.loud] == ["healthy -> suspect"]


@pytest.mark.parametrize("kind", sorted(VerdictKind))
def test_people_are_told_of_everything_but_health_suspicion_and_recovery(kind: VerdictKind) -> None:
    quiet = {VerdictKind.LEARNING, VerdictKind.HEALTHY, VerdictKind.SUSPECT, VerdictKind.RECOVERING}
    assert (kind in LOUD_VERDICTS) is (kind not in quiet)


# the lease


def test_a_lost_lease_holds_and_is_told_once_and_the_lease_that_is_back_lets_go() -> None:
    play = a_broken_west()
    play.tell(LeaseChecked(held=False, why="the row names another host"))
    play.tell(LeaseChecked(held=False, why="the row still names another host"))
    play.until("held")
    assert play.group().held_by == ("lease_held",)
    play.tell(LeaseChecked(held=True))
    play.tell(LeaseChecked(held=True))
    assert play.heard(NoteKind.HOST, "host") == [
        "the lease on the state is lost",
        "the lease on the state is held again",
    ]
    assert play.run(1).group().active == BASE_NORTH


def test_a_lease_that_is_lost_without_a_reason_is_lost() -> None:
    play = a_broken_west()
    play.tell(LeaseChecked(held=False))
    assert play.until("held").group().held_by == ("lease_held",)


# restarts


def test_the_time_in_which_the_daemon_did_not_run_is_not_taken_for_silence() -> None:
    play = Play().run(2)
    play.now += timedelta(hours=1)
    play.tell(Started())
    assert play.verdict().kind is VerdictKind.HEALTHY


def test_a_restart_forgets_that_the_journal_failed_because_it_was_just_read() -> None:
    play = Play().run(2)
    play.tell(JournalFailed(why="disk full"))
    play.tell(Started())
    assert play.state.journal_failing_since is None


@pytest.mark.parametrize("phase", list(Phase))
def test_a_restart_in_every_phase_is_answered_by_the_table(phase: Phase) -> None:
    assert TABLE[phase, Trigger.RESUMED].to is phase


def test_a_restart_while_watching_changes_nothing() -> None:
    play = Play().run(2)
    play.tell(Started())
    assert (play.phase(), play.wanted) == ("watching", [])


def test_a_restart_does_not_start_the_clock_of_an_outage_again() -> None:
    play = a_broken_west().run(4)
    before = play.verdict()
    play.tell(Started())
    play.run(1)
    assert (play.verdict().confirmed_since, play.verdict().trouble_since) == (
        before.confirmed_since,
        before.trouble_since,
    )


def test_a_restart_while_checking_polls_afresh_again_and_moves_once() -> None:
    play = a_broken_west()
    play.unanswered = {PollAfresh}
    play.until("checking").unanswered = set()
    play.now += timedelta(seconds=20)
    play.tell(Started())
    assert (play.phase(), play.group().active, play.dispatched()) == ("watching", BASE_NORTH, [("base-1", 0, 1)])


def test_a_restart_while_committing_writes_the_same_epoch_again() -> None:
    play = a_broken_west()
    play.unanswered = {WriteEpoch}
    play.until("committing").tell(Started())
    first, second = [a for a in play.wanted if isinstance(a, WriteEpoch)]
    assert first == second
    play.tell(EpochAnswered(group="base", activation_id="base-1", written=True))
    play.tell(EpochAnswered(group="base", activation_id="base-1", written=True))
    assert (play.phase(), play.dispatched()) == ("watching", [("base-1", 0, 1)])


def test_a_restart_while_moving_asks_and_never_calls_again_blindly() -> None:
    play = a_move_at_work()
    play.tell(Started())
    assert (play.dispatched(), len(play.asked())) == ([("base-1", 0, 1)], 1)
    play.tell(step_answer(play.asked()[0], StepResult.APPLIED))
    assert (play.phase(), play.dispatched()) == ("watching", [("base-1", 0, 1)])


def test_a_daemon_that_is_restarted_again_and_again_does_not_wait_for_hours() -> None:
    play = a_move_at_work()
    for _ in range(40):
        play.tell(Started())
    assert max(a.wait for a in play.asked()) <= timedelta(minutes=5)


def test_a_restart_while_held_or_halted_changes_nothing() -> None:
    play = a_broken_west(Play(a_group(policy=a_policy(mode=Mode.SHADOW)))).until("held")
    play.tell(Started())
    assert (play.phase(), play.group().held_by, play.wanted) == ("held", ("mode_allows",), [])


# several groups


def test_two_groups_of_one_region_leave_together() -> None:
    web = a_group("web", primary=a_template_id("web"), secondaries=(a_template_id("web", NORTH),))
    play = a_broken_west(Play(a_group(), web)).run(20)
    assert {play.group(name).active for name in ("base", "web")} == {BASE_NORTH, a_template_id("web", NORTH)}
    assert play.dispatched() == [("base-1", 0, 1), ("web-1", 0, 1)]


def test_a_second_group_sees_that_another_region_is_being_left() -> None:
    secondary = a_template_id("web", SWEDEN)
    web = a_group("web", primary=a_template_id("web", FRANCE), secondaries=(secondary,))
    play = Play(a_group(), web, world=a_world(WEST, NORTH, FRANCE, SWEDEN))
    a_broken_west(play).unanswered = {DispatchStep, AskStatus}
    play.until("moving").mend_region()
    play.idle(60).break_region(FRANCE)
    play.until("held", group="web")
    assert play.group("web").held_by == ("blast_radius",)
    assert "base is leaving westeurope" in play.group("web").detail


def test_every_group_always_has_a_reason() -> None:
    play = a_broken_west()
    for _ in range(60):
        play.run(0.5)
        assert play.group().why
    assert all(n.why and n.what for n in play.said)
