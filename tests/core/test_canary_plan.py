"""When a canary is due: on suspicion, at a pace that its results set, and never more often than allowed."""

from dataclasses import replace
from datetime import timedelta

import pytest

from aibwatch.core.canary.canary import Canary, CanaryResult, CanaryRun
from aibwatch.core.canary.plan import Trouble, due, respite_until, spent, unusable
from aibwatch.core.policy import CanarySpec
from tests.core.builders import MINUTE, a_canary, a_canary_run, a_canary_spec, at

SPEC = a_canary_spec()
OLD = Trouble(since=at(-60), onset=at(-60))
"""Trouble that began before any canary here was asked for."""


def first_due(*runs: CanaryRun, trouble: Trouble | None = OLD, since: float = 0.0, limit: int = 24) -> float | None:
    """Return the first minute from `since` on, within a day, at which the canary is due."""
    spec, canary = replace(SPEC, max_per_day=limit), a_canary(*runs)
    minutes = (since + m for m in range(24 * 60))
    return next((m for m in minutes if due(as_known(canary, spec, m), spec, trouble, at(m))), None)


def as_known(canary: Canary, spec: CanarySpec, minute: float) -> Canary:
    """Return the canary as the engine keeps it: with why it cannot be asked at this minute."""
    return replace(canary, unusable=unusable(canary, spec, at(minute), listed=True))


def failed(*asked: float) -> tuple[CanaryRun, ...]:
    """Return canaries that failed two minutes after each was asked for."""
    return tuple(a_canary_run("failed", asked=m, ended=m + 2) for m in asked)


def well(*asked: float) -> tuple[CanaryRun, ...]:
    return tuple(a_canary_run("well", asked=m) for m in asked)


# on suspicion


def test_a_canary_that_was_never_run_is_due_on_suspicion_at_once() -> None:
    assert due(a_canary(), SPEC, OLD, at(0)) == "suspicion"


def test_without_trouble_and_without_a_routine_none_is_due() -> None:
    assert due(a_canary(), SPEC, None, at(0)) == ""


@pytest.mark.parametrize("how", ["asked", "running", "alive", "stuck"])
def test_never_two_at_a_time(how: str) -> None:
    assert first_due(a_canary_run(how)) is None


def test_after_one_failed_canary_the_next_follows_after_five_minutes() -> None:
    assert first_due(*failed(0)) == 5


def test_a_build_that_took_its_time_to_fail_needs_only_a_minute_more() -> None:
    assert first_due(a_canary_run("failed", asked=0, ended=30), since=28) == 31


def test_once_two_have_failed_the_next_follows_after_ten_minutes() -> None:
    assert first_due(*failed(0, 5), since=6) == 15


def test_once_many_have_failed_the_next_follows_after_half_an_hour() -> None:
    assert first_due(*failed(0, 5, 15, 25, 35, 45), since=46) == 75


def test_a_good_canary_between_begins_the_row_anew() -> None:
    assert first_due(*failed(0, 5), *well(10), *failed(40), since=41) == 45


@pytest.mark.parametrize(("good", "respite"), [(1, 20), (2, 40), (3, 80), (4, 160)])
def test_after_each_further_good_canary_it_waits_twice_as_long(good: int, respite: float) -> None:
    runs = well(*(30 * n for n in range(good)))
    ended = 30 * (good - 1) + 22
    assert first_due(*runs, since=ended) == ended + respite


def test_the_respite_has_a_limit() -> None:
    runs = well(*(30 * n for n in range(8)))
    assert respite_until(a_canary(*runs), at(240)) == at(7 * 30 + 22 + 4 * 60)


def test_good_canaries_of_last_week_do_not_make_tonights_respite_longer() -> None:
    assert first_due(*well(-3000, -2000, -1000, 0), since=22) == 42


def test_a_canary_that_was_started_before_the_trouble_began_does_not_answer_for_it() -> None:
    assert first_due(*well(0), trouble=Trouble(since=at(10), onset=at(10)), since=22) == 23


def test_what_failed_since_a_good_canary_ended_deserves_a_new_look() -> None:
    assert first_due(*well(0), trouble=Trouble(since=at(-60), onset=at(25)), since=25) == 27


def test_what_failed_while_a_good_canary_built_does_not() -> None:
    assert first_due(*well(0), trouble=Trouble(since=at(-60), onset=at(21)), since=22) == 42


def test_after_a_lost_one_it_is_asked_again_soon() -> None:
    assert first_due(a_canary_run("lost", asked=0, ended=3), since=3) == 8


def test_a_broken_canary_is_tried_again_as_seldom_as_after_a_good_one() -> None:
    one, two = (a_canary_run("broken", asked=m, ended=m + 1) for m in (0, 21))
    assert (first_due(one), first_due(one, two, since=22)) == (21, 62)


# the limit of a day


def test_never_more_in_a_day_than_the_operator_allows() -> None:
    runs = failed(0, 30, 60)
    assert first_due(*runs, since=61, limit=3) == 24 * 60
    assert first_due(*runs, since=61, limit=4) == 70


def test_why_it_cannot_be_asked_is_told() -> None:
    spec, canary = replace(SPEC, max_per_day=2), a_canary(*failed(0, 30))
    assert unusable(canary, spec, at(60), listed=True) == "2 of 2 runs in 24 h are used up"
    assert (
        unusable(a_canary(), spec, at(60), listed=False)
        == "Azure does not list it, or no list was read since the start"
    )
    assert unusable(a_canary(), spec, at(60), listed=True) == ""


@pytest.mark.parametrize("trouble", [OLD, None])
def test_one_that_cannot_be_asked_is_not_due(trouble: Trouble | None) -> None:
    canary, spec = replace(a_canary(), unusable="it is not listed"), replace(SPEC, routine=timedelta(hours=20))
    assert due(canary, spec, trouble, at(0)) == ""


def test_every_request_counts_whatever_became_of_it() -> None:
    runs = [a_canary_run(how, asked=n) for n, how in enumerate(CanaryResult)]
    assert spent(a_canary(*runs), at(60)) == len(CanaryResult)


def test_requests_count_for_exactly_a_day() -> None:
    canary = a_canary(*failed(0))
    assert (spent(canary, at(24 * 60 - 1)), spent(canary, at(24 * 60))) == (1, 0)


# routine


def test_on_ordinary_days_it_is_run_once_in_a_while_to_see_that_it_still_works() -> None:
    spec = replace(SPEC, routine=timedelta(hours=20))
    canary = a_canary(*well(0))
    assert [due(canary, spec, None, at(h * 60)) for h in (19.9, 20)] == ["", "routine"]
    assert due(a_canary(), spec, None, at(0)) == "routine", "one that never ran proves nothing when it is needed"


# how long a good canary answers


def test_a_good_canary_answers_for_the_region_until_its_respite_is_over() -> None:
    assert respite_until(a_canary(*well(0)), at(30)) == at(22) + 20 * MINUTE


@pytest.mark.parametrize("how", ["failed", "stuck"])
def test_a_newer_bad_result_ends_it(how: str) -> None:
    assert respite_until(a_canary(*well(0), a_canary_run(how, asked=30)), at(35)) is None


@pytest.mark.parametrize("how", ["broken", "lost", "running"])
def test_a_newer_run_that_says_nothing_does_not_end_it(how: str) -> None:
    assert respite_until(a_canary(*well(0), a_canary_run(how, asked=30)), at(35)) is not None
