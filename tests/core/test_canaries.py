"""Stories of canaries: when the engine starts one, how it follows it, and what it says."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest

from aibwatch.core.actions import RunCanary
from aibwatch.core.canary.canary import Canary, CanaryResult
from aibwatch.core.decision import NoteKind
from aibwatch.core.events import CanaryAnswered, ClockStepped, JournalFailed, JournalRecovered, Paused, Ticked
from aibwatch.core.model import WELL, Mode, TemplateId
from aibwatch.core.policy import CanarySpec
from aibwatch.core.verdict import VerdictKind
from tests.core.builders import (
    BASE_WEST,
    CANARY,
    FRANCE,
    NORTH,
    WEST,
    Play,
    a_canary_spec,
    a_diagnosis,
    a_group,
    a_policy,
    a_run,
    a_template_id,
    a_world,
    an_event,
    at,
    minutes_of,
    the,
)


def a_play(*canaries: CanarySpec, strict: bool = False, failed: str = "service") -> Play:
    """Return a story two minutes old in which one run just failed: enough for a suspicion."""
    group = a_group(policy=a_policy(suspect_score=4.0, mode=Mode.SHADOW)) if strict else a_group()
    play = Play(group, canaries=canaries or [a_canary_spec()]).run(2)
    play.world.ran(a_template_id("web"), a_run(failed, started=1, ended=2))
    return play


def the_canary(play: Play, how: str = "running", *, phase: str = "building", template: TemplateId = CANARY) -> Play:
    """Let the list show the run that was asked for last, as it is now."""
    started = (play.canaries()[-1].asked_at - at(0)) / timedelta(minutes=1) + 0.05
    play.world.ran(template, a_run(how, started=started, ended=play.minute, phase=phase))
    play.poll()
    return play


def results(play: Play) -> list[str]:
    return [run.result.value for run in play.canary().runs]


# starting


def test_a_suspicion_starts_a_canary_and_says_so() -> None:
    play = a_play().run(0.5)
    assert play.canaries() == [RunCanary(region=WEST, template=CANARY, asked_at=play.now)]
    (note,) = [n for n in play.said if n.kind is NoteKind.CANARY]
    assert (note.subject, note.what, note.why, note.loud) == (
        WEST,
        "canary canary started",
        "suspicion; 1 of 24 in 24 h",
        False,
    )


def test_a_region_that_is_well_starts_none_but_for_routine() -> None:
    assert Play(canaries=[a_canary_spec()]).run(60).canaries() == []
    play = Play(canaries=[a_canary_spec(routine=timedelta(minutes=30))]).run(1)
    assert [n.why for n in play.said if n.kind is NoteKind.CANARY] == ["routine; 1 of 24 in 24 h"]


def test_while_one_is_open_no_other_is_started_whatever_happens() -> None:
    play = a_play().run(1)
    the_canary(play).break_region()
    play.run(40)
    assert (len(play.canaries()), results(play)) == (1, ["stuck"])


def test_a_canary_is_started_also_while_a_group_is_paused_and_in_every_mode() -> None:
    play = a_play(strict=True)
    play.tell(Paused(group="", owner="ann", reason="holidays", until=at(9999)))
    assert len(play.run(1).canaries()) == 1


def test_while_the_journal_cannot_be_written_none_is_started() -> None:
    play = a_play()
    play.tell(JournalFailed(why="disk full"))
    assert (play.run(5).canaries(), play.canary().runs) == ([], ())
    assert [e.sentence for e in play.verdict().evidence if e.kind == "canary"] == [
        "canary cannot be asked: nothing can be put on record"
    ], "what cannot be asked is not awaited"
    play.tell(JournalRecovered())
    assert len(play.run(0.5).canaries()) == 1


def test_blindness_starts_no_canary_because_its_result_would_not_be_seen() -> None:
    play = a_play()
    play.world.probe = dict.fromkeys(play.world.probe, "network")
    play.world.controls = "network"
    play.run(30)
    assert (play.verdict().kind, play.canaries()) == (VerdictKind.BLIND, [])


def test_blindness_starts_no_routine_either() -> None:
    play = Play(canaries=[a_canary_spec(routine=timedelta(minutes=30))])
    play.world.probe = dict.fromkeys(play.world.probe, "network")
    play.world.controls = "network"
    assert play.run(5).canaries() == []
    play.world.probe, play.world.controls = dict.fromkeys(play.world.probe, "ok"), "ok"
    assert len(play.run(0.5).canaries()) == 1


def test_a_canary_of_a_region_that_no_group_lives_in_is_never_started() -> None:
    spec = CanarySpec(region=FRANCE, template=a_template_id("canary", FRANCE))
    play = Play(canaries=[spec], world=a_world(WEST, NORTH, FRANCE)).run(2)
    play.break_region(FRANCE)
    assert play.run(30).canaries() == [], "nobody judges that region"


def test_each_region_has_its_own_canary() -> None:
    north = CanarySpec(region=NORTH, template=a_template_id("canary", NORTH), routine=None)
    play = a_play(a_canary_spec(), north)
    play.world.ran(a_template_id("web", NORTH), a_run("service", started=1, ended=2))
    assert {a.region for a in play.run(0.5).canaries()} == {NORTH, WEST}


def test_the_limit_of_a_day_holds_through_a_day_of_trouble() -> None:
    play = a_play(a_canary_spec(max_per_day=4))
    play.canary_answer = a_diagnosis("service")
    play.world.probe[WEST] = "service"
    for _ in range(22):
        play.now += timedelta(minutes=59)
        play.run(2)
    assert len(play.canaries()) == 4


def test_a_canary_that_lives_elsewhere_is_neither_asked_nor_awaited() -> None:
    spec = a_canary_spec(template=a_template_id("web", NORTH))
    play = Play(canaries=[a_canary_spec()]).run(2)
    play.setup = replace(play.setup, canaries={WEST: spec})
    play.world.ran(a_template_id("web"), a_run("service", started=1, ended=2))
    assert play.run(5).canaries() == []
    assert "it is in northeurope, and so proves nothing of westeurope" in play.canary().unusable


# following


def test_progress_the_end_and_a_failure_are_told_once_each() -> None:
    play = the_canary(a_play().run(1)).run(6)
    the_canary(play, phase="customizing").run(2)
    the_canary(play, "ok").run(2)
    assert play.heard(NoteKind.CANARY, WEST) == [
        "canary canary started",
        "canary canary got past Building",
        "canary canary built well",
    ]


def test_a_broken_canary_is_told_loudly_because_nobody_else_would_notice() -> None:
    play = a_play()
    play.canary_answer = a_diagnosis("auth")
    play.run(1)
    (note,) = [n for n in play.said if n.loud]
    assert (note.what, note.why) == ("canary canary is broken", "auth trouble")


def loud(play: Play) -> list[str]:
    """Return what was said loudly of canaries."""
    return [n.what for n in play.said if n.loud and n.kind is NoteKind.CANARY]


def test_the_second_failed_canary_in_a_row_is_told_loudly_and_no_other_of_that_row() -> None:
    play = a_play()
    play.canary_answer = a_diagnosis("ambiguous")
    play.run(4)
    assert (results(play), loud(play)) == (["failed"], [])
    play.run(56)
    assert (len(results(play)) > 3, loud(play)) == (True, ["canary canary failed"])


def test_the_end_of_a_canary_that_was_stuck_is_not_told_loudly_once_more() -> None:
    play = a_play()
    play.canary_answer = a_diagnosis("service")
    play.run(3)
    play.canary_answer = WELL
    the_canary(play.run(4)).run(40)
    assert (results(play), loud(play)) == (["failed", "stuck"], ["canary canary is stuck"])
    the_canary(play, "service").run(1)
    assert (results(play)[:2], loud(play)) == (["failed", "failed"], ["canary canary is stuck"])


def test_one_that_is_stuck_and_then_fails_is_one_and_the_next_is_the_second() -> None:
    play = the_canary(a_play().run(1)).run(30)
    the_canary(play, "service").run(0.5)
    assert (results(play), loud(play)) == (["failed"], [])
    play.canary_answer = a_diagnosis("service")
    play.run(6)
    assert loud(play) == ["canary canary failed"]


def test_after_a_good_canary_the_second_one_that_fails_is_told_anew() -> None:
    play = a_play()
    play.canary_answer = a_diagnosis("service")
    play.run(6).canary_answer = WELL
    the_canary(play.run(12)).run(2)
    the_canary(play, "ok").run(1)
    play.world.ran(a_template_id("sql"), a_run("service", started=play.minute - 1, ended=play.minute))
    play.canary_answer = a_diagnosis("service")
    play.run(20)
    assert results(play)[:5] == ["failed", "failed", "well", "failed", "failed"]
    assert loud(play) == ["canary canary failed", "canary canary failed"]


def test_a_good_canary_clears_an_ambiguous_failure() -> None:
    play = the_canary(a_play(failed="ambiguous").run(1)).run(20)
    the_canary(play, "ok").run(1)
    assert (play.verdict().kind, len(play.canaries())) == (VerdictKind.HEALTHY, 1)


def test_two_failed_canaries_and_a_failed_run_convict() -> None:
    play = a_play()
    play.canary_answer = a_diagnosis("service")
    play.run(6)
    assert (results(play)[:2], play.verdict().kind) == (["failed", "failed"], VerdictKind.CONFIRMING)


def test_a_good_canary_forbids_for_its_respite_what_an_event_and_stray_failures_would_prove() -> None:
    play = a_play()
    play.world.events = [an_event(when=play.now)]
    the_canary(play.run(1)).run(20)
    the_canary(play, "ok")
    for name in ("web", "sql", "base"):
        play.world.ran(a_template_id(name), a_run("service", started=play.minute, ended=play.minute + 0.2))
    play.run(1)
    assert (play.verdict().alone, "a canary built well" in play.verdict().why) == (VerdictKind.SUSPECT, True)


def test_new_failures_after_a_good_canary_start_another_within_minutes() -> None:
    play = the_canary(a_play().run(1)).run(20)
    the_canary(play, "ok").run(3)
    play.world.ran(a_template_id("sql"), a_run("service", started=24, ended=26))
    play.run(6)
    assert len(play.canaries()) == 2


def test_blindness_in_the_middle_of_a_canary_neither_ends_it_nor_convicts() -> None:
    play = the_canary(a_play().run(1))
    play.world.probe = dict.fromkeys(play.world.probe, "network")
    play.world.controls = play.world.lists = "network"
    play.run(60)
    assert (results(play), play.verdict().kind) == (["stuck"], VerdictKind.BLIND)
    play.world.probe = dict.fromkeys(play.world.probe, "ok")
    play.world.controls = play.world.lists = "ok"
    the_canary(play, "ok")
    assert results(play) == ["well"]


# the configuration changes


def test_a_canary_that_is_taken_out_of_the_configuration_is_forgotten() -> None:
    play = the_canary(a_play().run(1))
    play.setup = replace(play.setup, canaries={})
    play.run(1)
    assert (play.state.canaries, [e.kind for e in play.verdict().evidence if e.kind == "canary"]) == ({}, [])


def test_another_template_in_its_place_is_another_canary() -> None:
    play = the_canary(a_play().run(1))
    play.setup = replace(play.setup, canaries={WEST: a_canary_spec(template=BASE_WEST)})
    play.unanswered = {RunCanary}
    play.run(0.5)
    assert play.canary().template == BASE_WEST
    assert results(play) == ["asked"]


def test_an_answer_for_a_canary_that_is_no_more_changes_nothing() -> None:
    play = a_play()
    play.unanswered = {RunCanary}
    play.run(0.5)
    (asked,) = play.canaries()
    play.setup = replace(play.setup, canaries={WEST: a_canary_spec(template=BASE_WEST)})
    play.tick(1)
    before = play.canary()
    play.tell(CanaryAnswered(region=WEST, asked_at=asked.asked_at, diagnosis=a_diagnosis("auth")))
    assert [r.asked_at for r in before.runs] != [asked.asked_at]
    assert play.canary() == before


# two viewpoints


def test_a_canary_is_started_if_any_viewpoint_suspects_its_region() -> None:
    group = a_group(policy=a_policy(suspect_score=1.0))
    play = Play(group, canaries=[a_canary_spec()], policy=a_policy(suspect_score=4.0)).run(2)
    play.world.ran(a_template_id("web"), a_run("service", started=1, ended=2))
    play.run(1)
    assert (play.verdict().kind, len(play.canaries())) == (VerdictKind.HEALTHY, 1)


def test_two_viewpoints_that_suspect_start_one_canary() -> None:
    assert len(a_play(strict=True).run(2).canaries()) == 1


# the clock


@pytest.mark.parametrize("how", list(CanaryResult))
def test_a_clock_that_is_set_back_leaves_nothing_to_convict_with_and_does_not_stop_canaries(how: CanaryResult) -> None:
    play = a_play().run(1)
    play.state = replace(play.state, canaries={WEST: _told(play.canary(), how)})
    play.tell(ClockStepped(seconds=-115 * 60))
    assert not any(e.kind == "canary" and e.against for e in play.verdict().evidence)
    before = len(play.canaries())
    play.world.ran(a_template_id("sql"), a_run("service", started=2, ended=3))
    play.run(7)
    assert len(play.canaries()) == before + 1


def _told(canary: Canary, how: CanaryResult) -> Canary:
    (run, *_) = canary.runs
    ended = None if how.open else at(119)
    return replace(canary, runs=(replace(run, asked_at=at(118), result=how, ended_at=ended),))


def test_following_needs_no_configured_canary_and_no_event() -> None:
    play = Play().run(1)
    play.tell(CanaryAnswered(region=WEST, asked_at=at(0), diagnosis=WELL))
    play.tell(Ticked())
    assert (play.state.canaries, play.wanted) == ({}, [])


def test_the_settings_of_a_canary_may_change_while_one_is_open() -> None:
    play = the_canary(a_play().run(1))
    specs: Iterable[CanarySpec] = [a_canary_spec(max_per_day=1)]
    play.setup = replace(play.setup, canaries={spec.region: spec for spec in specs})
    the_canary(play.run(5), "service").run(60)
    assert (results(play), len(play.canaries())) == (["failed"], 1)


# to prove a recovery


def an_absence(**settings: object) -> Play:
    """Return a group that left the west by order, while the canary builds well whenever it is asked for."""
    policy = a_policy(cooldown=timedelta(0))
    play = Play(a_group(policy=policy), canaries=[a_canary_spec(**settings)]).run(2)
    play.order("failover")
    return play


def run_canaries(play: Play, minutes: int) -> None:
    """Let time pass, and every canary build well in ten minutes."""
    for _ in range(minutes):
        asked = play.canaries()
        if asked and the(play.canary().last).result.open:
            began = minutes_of(asked[-1].asked_at) + 0.1
            over = play.minute - began >= 10
            play.world.ran(CANARY, a_run("ok" if over else "running", started=began, ended=play.minute))
        play.run(1)


def test_while_a_group_is_away_canaries_prove_that_it_may_go_back_and_then_no_more_are_run() -> None:
    play = an_absence()
    run_canaries(play, 240)
    assert {run.why for run in play.canary().runs} == {"recovery"}
    assert len(play.canary().runs) == 3  # 31 minutes from one to the next
    assert play.order("failback").refusal is None


def test_no_canary_is_run_for_a_group_that_is_at_home() -> None:
    play = Play(a_group(), canaries=[a_canary_spec()]).run(240)
    assert play.canary().runs == ()


def test_a_recovery_is_not_proven_by_more_runs_than_a_day_allows() -> None:
    play = an_absence(max_per_day=2)
    run_canaries(play, 240)
    assert len(play.canary().runs) == 2
