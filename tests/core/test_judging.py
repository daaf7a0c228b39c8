"""Regions are judged once for each viewpoint, and a judgement does not flicker."""

from dataclasses import replace

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


def test_a_region_whose_templates_are_listed_no_more_is_judged_no_more() -> None:
    play = Play(world=a_world(WEST, NORTH)).run(1)
    assert regions_of(replace(play.state, window=replace(play.state.window, templates={})), play.setup) == ()
