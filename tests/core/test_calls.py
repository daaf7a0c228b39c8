"""Calls to run that were refused: what they weigh, and that nothing counts twice, within them or together with runs."""

import pytest

from aibwatch.core.conviction import lacking
from aibwatch.core.evidence import Evidence, Kind
from aibwatch.core.model import Run
from aibwatch.core.observation import CallFailed, Observation, TemplateSeen
from aibwatch.core.policy import Policy
from aibwatch.core.signals import calls
from aibwatch.core.weigh import Known, weigh
from tests.core.builders import (
    BEAT,
    NORTH,
    WEST,
    a_call,
    a_hearing,
    a_run,
    a_template,
    a_window,
    an_event,
    at,
    probes,
)


def calls_say(*observations: Observation, now: float = 30) -> list[tuple[float, int]]:
    """Return weight and witnesses of what the calls say."""
    window = a_window(*observations, now=at(now))
    found = calls.weigh(a_hearing(window, now=at(now)))
    return [(round(e.weight, 6), e.witnesses) for e in found]


def together(*observations: Observation, now: float = 30) -> tuple[float, int]:
    """Return weight and witnesses of calls and runs together."""
    found = weigh(
        Known(window=a_window(*observations, now=at(now))), WEST, policy=Policy(), trouble_since=None, now=at(now)
    )
    mine = [e for e in found if e.kind.family is Kind.RUNS and e.against]
    return round(sum(e.weight for e in mine), 6), sum(e.witnesses for e in mine)


def a_place(name: str = "base", *shares: str, run: Run | None = None) -> TemplateSeen:
    return a_template(name, run=run, shares=shares or (f"{name}.sh",), when=at(29))


def called(name: str = "base", cls: str = "service", *, at_minute: float = 10.0, ours: bool = False) -> CallFailed:
    return a_call(name, cls, called=at_minute, call=f"{name}-{at_minute}", ours=ours)


def test_a_build_that_was_refused_weighs_once_also_when_the_log_tells_of_the_same_request() -> None:
    told_by_us = a_call("base", called=10, call="build b1/1", when=at(10))
    told_by_the_log = a_call("base", called=10.1, call="5ca1ab1e", when=at(25), ours=True)
    assert calls_say(a_place(), told_by_us) == [(2.9, 1)]
    assert calls_say(a_place(), told_by_us, told_by_the_log) == [(2.9, 1)]


def test_a_refused_call_weighs_like_a_failed_run() -> None:
    window = a_window(a_place(), called(), now=at(30))
    assert calls.weigh(a_hearing(window, now=at(30))) == (
        Evidence(
            kind=Kind.CALLS,
            weight=2.9,
            witnesses=1,
            since=at(10),
            last=at(10),
            onset=at(10),
            sentence="1 call to run a template failed (base), 1 independent witness: service trouble",
            brief="1 call to run failed",
        ),
    )


@pytest.mark.parametrize(("cls", "weight"), [("service", 2.9), ("ambiguous", 1.45)])
def test_a_call_of_which_it_is_not_sure_who_failed_weighs_half(cls: str, weight: float) -> None:
    assert calls_say(a_place(), called(cls=cls)) == [(weight, 1)]


@pytest.mark.parametrize("cls", ["customer", "capacity", "throttled", "auth", "network", "expected"])
def test_a_call_refused_for_other_reasons_says_nothing(cls: str) -> None:
    assert calls_say(a_place(), called(cls=cls)) == []


def test_a_call_of_our_own_is_no_witness() -> None:
    assert calls_say(a_place(), called(ours=True)) == []


def test_a_call_counts_for_the_region_of_its_template_only() -> None:
    assert calls_say(a_template(region=NORTH), a_call(region=NORTH, called=10)) == []


def test_a_call_for_a_template_that_is_gone_counts_like_its_run_would() -> None:
    assert calls_say(called()) == [(2.9, 1)]


def test_a_call_counts_within_the_window_of_runs_by_when_it_failed() -> None:
    late = a_call(called=10, when=at(40))
    assert calls_say(a_place(), late, now=69.9) == [(2.9, 1)]
    assert calls_say(a_place(), late, now=70) == []


def test_two_strangers_are_two_witnesses() -> None:
    assert calls_say(a_place("web"), a_place("sql"), called("web"), called("sql")) == [(5.8, 2)]


def test_who_tries_again_has_one_vote() -> None:
    assert calls_say(a_place(), *(called(at_minute=m) for m in (8, 9, 10))) == [(2.9, 1)]


def test_of_two_that_share_something_the_second_counts_a_quarter_and_the_third_nothing() -> None:
    places = [a_place(name, "a.sh") for name in ("web", "sql", "app")]
    assert calls_say(*places, called("web")) == [(2.9, 1)]
    assert calls_say(*places, called("web"), called("sql")) == [(3.625, 1)]
    assert calls_say(*places, called("web"), called("sql"), called("app")) == [(3.625, 1)]


# never twice


@pytest.mark.parametrize("how", ["ok", "service", "customer", "running"])
@pytest.mark.parametrize("apart", [-1.9, 0, 1.9])
def test_a_call_that_was_carried_out_all_the_same_does_not_count(how: str, apart: float) -> None:
    run = a_run(how, started=10 + apart, ended=25)
    assert calls_say(a_place(run=run), called(at_minute=10)) == []


@pytest.mark.parametrize("how", ["customer", "ok", "canceled"])
@pytest.mark.parametrize("ended", [9, 10, 11, 25])
def test_a_call_that_failed_while_a_run_went_on_or_ended_is_left_to_the_run(how: str, ended: float) -> None:
    assert calls_say(a_place(run=a_run(how, started=1, ended=ended)), called(at_minute=10)) == []


def test_a_run_that_ended_well_before_the_call_takes_nothing_away() -> None:
    assert calls_say(a_place(run=a_run("ok", started=5, ended=7.9)), called(at_minute=10)) == [(2.9, 1)]


@pytest.mark.parametrize("how", ["ok", "customer"])
def test_a_later_run_that_ended_is_the_templates_vote_instead(how: str) -> None:
    assert calls_say(a_place(run=a_run(how, started=15, ended=25)), called(at_minute=10)) == []


def test_a_later_run_that_goes_on_has_not_voted_yet() -> None:
    assert calls_say(a_place(run=a_run("running", started=15)), called(at_minute=10)) == [(2.9, 1)]


def test_a_template_whose_run_failed_too_has_still_one_vote() -> None:
    failed = a_place(run=a_run("service", started=1, ended=5))
    assert together(failed) == (2.9, 1)
    assert together(failed, called()) == (2.9, 1)


def test_the_weightier_of_run_and_call_is_the_templates_vote() -> None:
    assert together(a_place(run=a_run("ambiguous", started=1, ended=5)), called()) == (2.9, 1)


def test_a_call_and_a_run_that_share_something_are_one_witness() -> None:
    failed = a_place("web", "a.sh", run=a_run("service", started=1, ended=5))
    assert together(failed, a_place("sql", "a.sh"), called("sql")) == (3.625, 1)


def test_a_call_and_a_run_that_share_nothing_are_two_witnesses() -> None:
    failed = a_place("web", run=a_run("service", started=1, ended=5))
    assert together(failed, a_place("sql"), called("sql")) == (5.8, 2)


def test_a_call_that_adds_nothing_says_so() -> None:
    window = a_window(a_place(run=a_run("service", started=1, ended=5)), called(), now=at(30))
    assert calls.weigh(a_hearing(window, now=at(30))) == (
        Evidence(
            kind=Kind.CALLS,
            weight=0.0,
            last=at(10),
            sentence="1 call to run a template failed (base), but failed runs of the same witnesses count already",
        ),
    )


def test_a_good_template_between_two_makes_them_one_witness() -> None:
    between = a_place("app", "a.sh", "b.sh", run=a_run("ok", started=1, ended=5))
    ends = (a_place("web", "a.sh"), a_place("sql", "b.sh"), called("web"), called("sql"))
    assert (calls_say(*ends), calls_say(*ends, between)) == ([(5.8, 2)], [(3.625, 1)])


# one family


def proof(*observations: Observation) -> str:
    now = at(30)
    window = a_window(*observations, now=now)
    return lacking(weigh(Known(window=window), WEST, policy=Policy(), trouble_since=None, now=now), Policy(), now)


def two_failed_calls(minute: float) -> list[Observation]:
    names = ("web", "sql")
    return [a for name in names for a in (a_place(name), called(name, at_minute=minute))]


def test_calls_and_runs_alone_are_one_kind_of_source() -> None:
    failed = [a_place(n, run=a_run("service", started=20, ended=25)) for n in ("app", "db", "api")]
    assert proof(*failed, *two_failed_calls(22)) == ("two kinds of source are needed and only runs speaks against it")


def test_two_refused_strangers_and_the_probe_convict() -> None:
    assert proof(*probes(when=at(30)), *two_failed_calls(29)) == "", "a log that is late is still a log"


def test_a_refused_call_and_a_failed_run_of_strangers_are_the_two_that_an_event_needs() -> None:
    failed = a_place("web", run=a_run("service", started=20, ended=25))
    event = an_event(when=at(30))
    assert proof(failed, a_place("sql"), called("sql", at_minute=22), event) == ""
    assert proof(failed, event) != ""


def test_calls_that_failed_long_ago_do_not_say_that_it_still_fails() -> None:
    assert proof(*two_failed_calls(19), an_event(when=at(30))) == "nothing of ours failed in the last 10 min"


def test_more_time_between_call_and_sight_changes_nothing_but_when_it_is_known() -> None:
    early, late = (a_call(called=10, when=at(10) + n * BEAT) for n in (6, 38))
    says = [calls.weigh(a_hearing(a_window(a_place(), c, now=at(30)), now=at(30))) for c in (early, late)]
    assert says[0] == says[1]
