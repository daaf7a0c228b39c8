"""Say how soon an outage would be noticed, or that it would not be, and hold it against worlds that are played."""

import random
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from math import inf, isnan
from statistics import mean

import pytest

from aibwatch.core.canary.canary import Canary, CanaryResult, CanaryRun
from aibwatch.core.habits import Habit
from aibwatch.core.policy import CanarySpec
from aibwatch.core.protection import Expectation, Protection, Protections
from aibwatch.core.state import State
from aibwatch.core.window import Window, add
from aibwatch.core.witnesses import time_to_fail
from tests.core.builders import (
    BASE_NORTH,
    BASE_WEST,
    MINUTE,
    NORTH,
    T0,
    WEST,
    a_diagnosis,
    a_group,
    a_group_state,
    a_policy,
    a_setup,
    a_template,
    a_template_id,
)

HOUR, DAY, WEEK = 60 * MINUTE, timedelta(days=1), timedelta(days=7)
CANARY = a_template_id("canary")
A_CANARY = CanarySpec(region=WEST, template=CANARY)


def protect(
    intervals: Mapping[str, timedelta | None],
    *,
    shared: Iterable[str] = (),
    canary: CanarySpec | None = None,
    runs: tuple[CanaryRun, ...] = (),
    **policy: object,
) -> Protection:
    """Return what a group may expect in the west, where these templates build so often; None is not known yet."""
    listed = [a_template(name, shares=shared) for name in intervals] + [a_template("base", NORTH)]
    listed += [replace(a_template("canary"), template=CANARY)] if canary else []
    habits = {
        a_template_id(name): Habit(started=T0, interval=interval) for name, interval in intervals.items() if interval
    }
    group = a_group(policy=a_policy(**policy))
    setup = a_setup(group, policy=group.policy)
    setup = replace(setup, canaries={WEST: canary} if canary else {})
    state = State(
        awake_since=T0,
        window=add(Window(), listed, T0),
        habits=habits,
        canaries={WEST: Canary(region=WEST, template=CANARY, runs=runs)} if canary else {},
        groups={"base": a_group_state()},
    )
    return Protections(state, setup, T0).of(group)


def minutes(expected: Expectation) -> float | None:
    return expected.after / MINUTE if expected.after is not None else None


def a_canary_run(result: str, **changes: object) -> CanaryRun:
    run = CanaryRun(asked_at=T0 - MINUTE, why="suspicion", run_before=None, result=CanaryResult(result))
    return replace(run, ended_at=T0, **changes)  # type: ignore[arg-type]  # the names are those of CanaryRun


# what it says


def test_with_a_canary_an_outage_of_the_api_is_noticed_within_minutes_though_nothing_builds() -> None:
    api = protect({"base": None}, canary=A_CANARY).api
    assert api.sentence == "about 12 min: it takes reads that fail and 2 failed canaries, and a hold of 5 min"
    assert api.seconds == pytest.approx(12.9 * 60)


def test_with_a_canary_builds_that_fail_are_noticed_an_hour_after_the_first() -> None:
    build = protect({"base": DAY}, canary=A_CANARY).build
    assert build.sentence == (
        "about 25 h: it takes 1 failed build of yours (westeurope sees one in 24 h) and 2 failed canaries, "
        "and a hold of 5 min"
    )
    assert (minutes(build) or 0) - 24 * 60 == pytest.approx(20 + 1 + 42 + 5.4)


def test_one_weekly_template_and_no_canary_cannot_be_protected() -> None:
    told = protect({"base": WEEK})
    assert (told.api.seconds, told.build.seconds) == (inf, inf)
    assert told.api.sentence == (
        "it cannot be noticed by itself: it takes 2 failed builds of yours that share nothing, all within 60 min, "
        "beside reads that fail; westeurope has 1 independent build, one run in 7 days, and no canary"
    )
    assert told.build.sentence == (
        "it cannot be noticed by itself: builds alone convict nobody, it takes a Service Health event beside two of "
        "them that share nothing; westeurope has 1 independent build, one run in 7 days, and no canary"
    )


def test_many_templates_that_share_a_script_are_one_witness() -> None:
    many = dict.fromkeys(("base", "web", "sql", "app"), HOUR)
    assert protect(many).api.after is not None
    assert protect(many, shared={"one.sh"}).api.seconds == inf


def test_busier_regions_are_protected_sooner() -> None:
    told = [minutes(protect(dict.fromkeys(("base", "web", "sql"), every)).api) for every in (HOUR, 4 * HOUR, DAY)]
    assert told == sorted(told, key=lambda m: inf if m is None else m)
    assert told[0] is not None
    assert told[0] < 3 * 60


def test_weekly_templates_are_as_good_as_no_protection() -> None:
    assert protect(dict.fromkeys(("base", "web", "sql"), WEEK)).api.seconds == inf


def test_what_is_not_known_yet_is_not_guessed() -> None:
    told = protect({"base": None, "web": None})
    assert isnan(told.api.seconds)
    assert told.api.sentence == (
        "not known yet: of base and web no two runs were seen, so how often they run is not known"
    )


def test_templates_that_are_not_known_do_not_hide_what_the_others_promise() -> None:
    known = protect({"base": HOUR, "web": HOUR})
    assert protect({"base": HOUR, "web": HOUR, "sql": None}).api.after == known.api.after


def test_what_can_never_be_is_said_though_something_is_not_known() -> None:
    # Without a canary no number of builds convicts by itself.
    assert protect({"base": None, "web": None}).build.seconds == inf


@pytest.mark.parametrize(
    ("run", "spec", "why"),
    [
        (a_canary_run("broken", diagnosis=a_diagnosis("auth")), A_CANARY, "a broken canary (auth trouble)"),
        (a_canary_run("well"), replace(A_CANARY, max_per_day=1), "a canary that has used up its runs of the day"),
    ],
)
def test_a_canary_that_cannot_be_run_protects_nobody(run: CanaryRun, spec: CanarySpec, why: str) -> None:
    told = protect({"base": WEEK}, canary=spec, runs=(run,))
    assert (told.api.seconds, told.api.sentence.endswith(f"and {why}")) == (inf, True)


def test_one_canary_a_day_needs_a_build_beside_it() -> None:
    told = protect({"base": HOUR}, canary=replace(A_CANARY, max_per_day=1))
    assert "1 failed build of yours (westeurope sees one in 60 min) and 1 failed canary" in told.api.sentence


def test_a_short_run_window_forgets_the_build_before_the_canaries_have_answered() -> None:
    assert protect({"base": HOUR}, canary=A_CANARY, run_window=30 * MINUTE).build.seconds == inf


def test_a_template_that_was_never_listed_is_not_judged() -> None:
    setup = a_setup(a_group(primary=a_template_id("nowhere")))
    told = Protections(State(awake_since=T0), setup, T0).of(setup.groups["base"])
    assert (isnan(told.api.seconds), told.api.sentence) == (
        True,
        "not known yet: Azure has not listed its active template",
    )


def test_a_group_that_moved_is_told_of_where_it_is_now() -> None:
    group = a_group()
    setup = replace(a_setup(group), canaries={WEST: A_CANARY})
    window = add(Window(), [a_template(), a_template("base", NORTH)], T0)
    states = [
        State(awake_since=T0, window=window, groups={"base": a_group_state(active=member)})
        for member in (BASE_WEST, BASE_NORTH)
    ]
    told = [Protections(state, setup, T0).of(group).api.seconds for state in states]
    assert (told[0] < 15 * 60, told[1]) == (True, inf)


def test_the_time_for_several_witnesses_is_no_shorter_than_chance_says() -> None:
    # Two witnesses, each once an hour, within half an hour of each other: played 4,000 times.
    rates, window = (1 / 3600, 1 / 3600), 30 * MINUTE
    chance, took = random.Random(7), []  # a seed, so that it is the same each time
    for _ in range(4000):
        last, now = {0: -inf, 1: -inf}, 0.0
        while abs(last[0] - last[1]) > window.total_seconds() or -inf in last.values():
            now += chance.expovariate(sum(rates))
            last[chance.randrange(2)] = now
        took.append(now)
    expected = time_to_fail(rates, 2, window)
    assert expected is not None
    assert mean(took) <= expected.total_seconds() <= 1.35 * mean(took)
