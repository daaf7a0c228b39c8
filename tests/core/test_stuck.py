"""A run that is stuck is told from one that takes its time, and votes like one that failed."""

from dataclasses import replace

import pytest

from aibwatch.core.evidence import Evidence
from aibwatch.core.habits import Habit
from aibwatch.core.model import FailureClass, RunState, TemplateId
from aibwatch.core.observation import TemplateSeen
from aibwatch.core.signals import runs
from aibwatch.core.stuck import IN_BUILDING, LEAST, MOST, PAST_TIMEOUT, RULES, building_limit, stuck
from tests.core.builders import (
    BASE_WEST,
    MINUTE,
    a_canary,
    a_canary_run,
    a_hearing,
    a_run,
    a_template,
    a_window,
    at,
)


def a_habit(minutes: float | None) -> Habit:
    return Habit(started=at(0), to_customizing=None if minutes is None else minutes * MINUTE)


def under_way(phase: str = "building", *, timeout: int = 0, canceling: bool = False, minute: float = 0) -> TemplateSeen:
    run = a_run("running", started=0, phase=phase)
    run = replace(run, state=RunState.CANCELING) if canceling else run
    return replace(a_template(run=run, when=at(minute)), build_timeout_minutes=timeout)


def tells(seen: TemplateSeen, *, now: float, usual: float | None = None) -> tuple[str, float, str] | None:
    """Return class, minute since when, and the sentence; None if the run is not stuck."""
    known = stuck(seen, a_habit(usual), at(now))
    if known is None:
        return None
    return known.diagnosis.cls, (known.since - at(0)) / MINUTE, known.diagnosis.summary


# how long Building may take


@pytest.mark.parametrize(("usual", "limit"), [(None, 60), (1, 20), (7, 21), (19, 57), (50, 60), (-1, 20)])
def test_building_may_take_three_times_as_long_as_usual_within_bounds(usual: float | None, limit: float) -> None:
    assert building_limit(a_habit(usual)) == limit * MINUTE
    assert LEAST <= building_limit(a_habit(usual)) <= MOST


def test_of_a_template_of_which_nothing_is_known_the_most_is_allowed() -> None:
    assert building_limit(None) == MOST


def test_a_run_that_does_not_get_past_building_cannot_be_told_from_a_slow_one_yet() -> None:
    assert tells(under_way(), now=29.9, usual=10) is None
    assert tells(under_way(), now=30, usual=10) == (
        FailureClass.AMBIGUOUS,
        30,
        "not past Building after 30 min, 10 min is usual",
    )


def test_without_a_habit_it_says_so() -> None:
    assert tells(under_way("queued"), now=61) == (
        FailureClass.AMBIGUOUS,
        60,
        "not past Queued after 61 min, no run takes as long",
    )


@pytest.mark.parametrize("phase", ["customizing", "optimizing", "validating", "distributing"])
def test_a_run_past_building_is_left_to_its_own_time_out(phase: str) -> None:
    assert tells(under_way(phase), now=200, usual=1) is None


# past the time-out


def test_half_an_hour_past_its_time_out_the_service_should_have_ended_it() -> None:
    assert tells(under_way("customizing", timeout=60), now=89.9) is None
    assert tells(under_way("customizing", timeout=60), now=90) == (
        FailureClass.SERVICE,
        90,
        "in Customizing for 90 min, its time-out is 60 min",
    )


def test_no_time_out_means_the_services_four_hours() -> None:
    assert tells(under_way("customizing"), now=269.9) is None
    assert tells(under_way("customizing"), now=270) == (
        FailureClass.SERVICE,
        270,
        "in Customizing for 4 h, its time-out is 4 h",
    )


def test_a_cancellation_that_does_not_end_is_stuck_too_but_not_for_being_slow() -> None:
    assert tells(under_way("building", canceling=True), now=100, usual=1) is None
    assert tells(under_way("building", canceling=True, timeout=60), now=90) == (
        FailureClass.SERVICE,
        90,
        "in Canceling for 90 min, its time-out is 60 min",
    )


@pytest.mark.parametrize("how", ["ok", "service", "canceled"])
def test_a_run_that_ended_is_not_stuck(how: str) -> None:
    assert stuck(a_template(run=a_run(how)), None, at(9999)) is None


def test_a_template_that_was_never_run_is_not_stuck() -> None:
    assert stuck(a_template(), None, at(9999)) is None


# its vote


def votes(seen: TemplateSeen, *, now: float, habits: dict[TemplateId, Habit] | None = None) -> list[Evidence]:
    hearing = a_hearing(a_window(seen, now=at(now)), now=at(now), habits=habits or {})
    return [e for e in runs.weigh(hearing) if e.against]


@pytest.mark.parametrize(("now", "weights"), [(59.9, []), (60, [1.45]), (269, [1.45]), (270, [2.9])])
def test_a_stuck_run_votes_half_while_it_may_be_slow_and_in_full_past_its_time_out(
    now: float, weights: list[float]
) -> None:
    assert [e.weight for e in votes(under_way(minute=now), now=now)] == weights


def test_a_stuck_run_fails_at_this_moment_and_since_it_has_been_there_too_long() -> None:
    (said,) = votes(under_way(minute=70), now=70)
    assert (said.since, said.last, said.onset) == (at(60), at(70), at(60))


def test_a_run_that_hangs_for_hours_past_being_stuck_does_not_keep_its_region_suspect_for_ever() -> None:
    moments = [270 + 6 * 60, 270 + 6 * 60 + 0.1, 7 * 24 * 60]
    assert [[e.weight for e in votes(under_way(minute=m), now=m)] for m in moments] == [[2.9], [], []]


def test_the_habit_of_the_template_decides_when_it_votes() -> None:
    assert len(votes(under_way(minute=31), now=31, habits={BASE_WEST: a_habit(10)})) == 1


def test_a_canary_that_built_well_since_excuses_a_stuck_run_too() -> None:
    hearing = a_hearing(a_window(under_way(minute=70), now=at(70)), now=at(70))
    well = replace(hearing, canary=a_canary(a_canary_run("well", asked=61, ended=69)))
    assert [e.weight for e in runs.weigh(well)] == [0.0]


def test_both_rules_are_known_as_rules_of_being_stuck() -> None:
    slow, late = stuck(under_way(), None, at(60)), stuck(under_way(), None, at(270))
    assert slow is not None
    assert late is not None
    assert (slow.diagnosis.rule, late.diagnosis.rule, RULES) == (
        IN_BUILDING,
        PAST_TIMEOUT,
        frozenset({PAST_TIMEOUT, IN_BUILDING}),
    )
