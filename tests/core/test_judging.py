"""Regions are judged once for each viewpoint, and a judgement does not flicker."""

from dataclasses import replace
from datetime import timedelta

from aibwatch.core.decision import NoteKind
from aibwatch.core.judging import key, regional_verdicts, regions_of, verdict_for, viewpoint
from aibwatch.core.model import Mode
from aibwatch.core.policy import Policy
from aibwatch.core.verdict import VerdictKind
from tests.core.builders import (
    FRANCE,
    NORTH,
    WEST,
    Play,
    a_group,
    a_policy,
    a_run,
    a_setup,
    a_template_id,
    a_world,
    an_event,
    at,
)

STRICT = a_policy(suspect_score=3.0)


def test_a_group_with_the_default_thresholds_sees_with_the_default_eyes() -> None:
    spec = a_group(policy=a_policy(cooldown=Policy().cooldown * 2, mode=Mode.SHADOW))
    assert viewpoint(spec, a_setup(spec)) == ""


def test_a_group_with_thresholds_of_its_own_is_judged_under_its_own_name() -> None:
    spec = a_group(policy=STRICT)
    assert viewpoint(spec, a_setup(spec)) == "base"


def test_only_regions_that_members_of_groups_live_in_are_judged() -> None:
    play = Play(world=a_world(WEST, NORTH, FRANCE)).run(1)
    assert (regions_of(play.state, play.setup), set(play.state.verdicts)) == (
        (NORTH, WEST),
        {key("", NORTH), key("", WEST)},
    )


def test_each_viewpoint_has_its_own_verdict() -> None:
    play = Play(a_group(policy=STRICT)).run(1)
    play.world.ran(a_template_id("web"), a_run("service", ended=1))
    play.run(1)
    own = verdict_for(play.state, play.setup, play.setup.groups["base"], WEST)
    assert own is not None
    assert (own.kind, regional_verdicts(play.state)[WEST].kind) == (VerdictKind.HEALTHY, VerdictKind.SUSPECT)


def test_a_viewpoint_that_differs_is_told_once_and_not_at_every_event() -> None:
    play = Play(a_group(policy=STRICT)).run(1)
    play.world.ran(a_template_id("web"), a_run("service", ended=1))
    play.run(10)
    assert play.heard(NoteKind.VERDICT, WEST).count("healthy -> suspect") == 1
    assert len(play.heard(NoteKind.VERDICT, WEST)) <= 4


def test_one_old_failure_among_good_new_runs_does_not_flicker() -> None:
    play = Play().run(1)
    play.world.ran(a_template_id("web"), a_run("service", ended=1))
    play.run(20)
    play.world.ran(a_template_id("sql"), a_run("ok", started=3, ended=20))
    play.world.ran(a_template_id("base"), a_run("ok", started=3, ended=20))
    play.run(20)
    assert play.heard(NoteKind.VERDICT, WEST) == ["unseen -> healthy", "healthy -> suspect", "suspect -> healthy"]
    assert len(play.state.incidents) == 1


def test_an_event_with_good_runs_beside_it_does_not_flicker() -> None:
    play = Play().run(60)
    for name in ("web", "sql", "base"):
        play.world.ran(a_template_id(name), a_run("ok", started=30, ended=50))
    play.world.events = [an_event(concern="dependency", when=play.now, began=at(10))]
    play.run(10)
    assert len(play.heard(NoteKind.VERDICT, WEST)) <= 3


def test_one_failed_read_half_an_hour_ago_does_not_hide_an_outage() -> None:
    play = Play().run(5)
    play.world.probe[WEST] = "service"
    play.run(0.5).world.probe[WEST] = "ok"
    play.run(3).world.ran(a_template_id("base"), a_run("ok", started=9, ended=30))
    play.run(30).break_region()
    play.run(4)
    assert play.verdict().kind is VerdictKind.CONFIRMING, "that run began before this trouble, and proves nothing of it"


def test_global_is_seen_from_each_viewpoint() -> None:
    play = Play(a_group(policy=replace(STRICT, suspect_score=1.5))).run(1)
    play.break_region(WEST)
    play.break_region(NORTH)
    play.run(5)
    assert {v.kind for v in play.state.verdicts.values()} == {VerdictKind.GLOBAL}


def test_one_failed_run_in_another_region_does_not_make_a_trouble_global() -> None:
    play = Play().run(1)
    play.world.ran(a_template_id("web", NORTH), a_run("service", ended=1))
    play.break_region(WEST)
    play.run(5)
    assert play.verdict(WEST).kind is VerdictKind.CONFIRMING


def test_a_region_out_of_sight_does_not_make_the_trouble_of_another_one_global() -> None:
    play = Play().run(1)
    play.break_region(NORTH)
    play.run(5).world.probe[NORTH] = "network"
    play.run(5).break_region(WEST)
    play.run(3)
    assert (play.verdict(NORTH).kind, play.verdict(WEST).kind) == (VerdictKind.BLIND, VerdictKind.CONFIRMING)


def test_a_mishap_beside_an_outage_is_called_global_and_does_not_keep_a_group_from_leaving() -> None:
    play = Play().run(1)
    play.world.ran(a_template_id("web", NORTH), a_run("service", ended=1))
    play.break_region(WEST)
    play.run(15)
    assert (play.verdict(NORTH).kind, play.verdict(NORTH).alone) == (VerdictKind.GLOBAL, VerdictKind.SUSPECT)
    assert play.group().active == a_template_id("base", NORTH)


def test_trouble_of_a_third_region_holds_the_move_even_if_the_target_has_a_mishap() -> None:
    other = a_group("other", primary=a_template_id("base", FRANCE), policy=a_policy(mode=Mode.SHADOW))
    play = Play(a_group(), other, world=a_world(WEST, NORTH, FRANCE)).run(1)
    play.world.ran(a_template_id("web", NORTH), a_run("service", ended=1))
    play.break_region(WEST)
    play.break_region(FRANCE)
    play.run(15)
    assert (play.phase(), play.group().held_by, play.dispatched()) == ("held", ("not_global",), [])


def test_a_group_that_sees_trouble_everywhere_is_held_though_the_defaults_do_not() -> None:
    keen = a_policy(suspect_score=1.0, confirm_score=5.0)
    other = a_group("other", primary=a_template_id("base", FRANCE), policy=a_policy(mode=Mode.SHADOW))
    group = a_group(policy=keen)
    play = Play(
        group, other, world=a_world(WEST, NORTH, FRANCE), policy=a_policy(suspect_score=6.0, confirm_score=9.0)
    ).run(1)
    play.break_region(WEST)
    play.world.probe[FRANCE] = "service"
    play.run(20)
    assert (play.verdict(FRANCE).kind, play.group().held_by) == (VerdictKind.HEALTHY, ("not_global",))


def test_maintenance_names_the_trouble_and_holds_the_move() -> None:
    play = Play().run(1)
    play.world.events = [an_event(when=play.now, maintenance=True)]
    play.run(1).break_region()
    play.run(15)
    assert (play.verdict().kind, play.verdict().alone, play.group().held_by) == (
        VerdictKind.MAINTENANCE,
        VerdictKind.OUTAGE,
        ("maintenance",),
    )


def test_a_group_is_convicted_for_by_its_own_thresholds_only() -> None:
    play = Play(a_group(policy=a_policy(confirm_score=5.0)), policy=a_policy(confirm_score=50.0)).run(1)
    play.break_region()
    play.run(15)
    assert (play.verdict().kind, play.group().active) == (VerdictKind.SUSPECT, a_template_id("base", NORTH))


def test_a_gap_in_which_nobody_judged_begins_the_hold_anew_and_a_short_one_does_not() -> None:
    for minutes, expected in ((1.9, at(2.5)), (2.1, at(4.6))):
        play = Play().run(1)
        play.break_region()
        play.run(1.5)
        before = play.verdict().confirmed_since
        play.now += timedelta(minutes=minutes)
        play.poll()
        assert (before, play.verdict().confirmed_since) == (at(2.5), expected)


def test_a_region_whose_templates_are_listed_no_more_is_judged_no_more() -> None:
    play = Play(world=a_world(WEST, NORTH)).run(1)
    assert regions_of(replace(play.state, window=replace(play.state.window, templates={})), play.setup) == ()
