"""What becomes of one run of a canary, by the answer to the request and by what the list shows of its template."""

from dataclasses import replace
from datetime import timedelta

import pytest

from aibwatch.core.canary.canary import ENDLESS, KEPT, Canary, CanaryResult, CanaryRun, ask, follow
from aibwatch.core.events import CanaryAnswered, Event, Ticked
from aibwatch.core.model import WELL, Run, RunPhase, RunState
from tests.core.builders import (
    CANARY,
    NORTH,
    WEST,
    a_canary,
    a_canary_run,
    a_diagnosis,
    a_run,
    a_template,
    at,
)

ASKED = a_canary(a_canary_run("asked", asked=10))


def after(canary: Canary, event: Event | None = None, *, shows: Run | None = None, now: float = 10.0) -> CanaryRun:
    """Return the latest run after an event at `now`, when the list shows this run of the template."""
    seen = {CANARY: a_template("canary", run=shows)}
    last = follow(canary, event or Ticked(), seen, at(now)).last
    assert last is not None
    return last


def answered(cls: str = "ok", *, asked: float = 10.0, uncertain: bool = False) -> CanaryAnswered:
    return CanaryAnswered(region=WEST, asked_at=at(asked), diagnosis=a_diagnosis(cls), uncertain=uncertain)


# asking


def test_asking_remembers_the_run_before_so_that_a_run_with_another_start_is_ours() -> None:
    canary = ask(a_canary(), "suspicion", a_template("canary", run=a_run(started=3)), at(10))
    assert canary.runs == (CanaryRun(asked_at=at(10), why="suspicion", run_before=at(3)),)


def test_a_template_that_was_never_run_or_never_seen_has_no_run_before() -> None:
    for seen in (None, a_template("canary")):
        last = ask(a_canary(), "suspicion", seen, at(10)).last
        assert last is not None
        assert last.run_before is None


def test_only_so_many_runs_are_remembered_and_the_newest_stay() -> None:
    full = a_canary(*(a_canary_run("well", asked=n) for n in range(KEPT)))
    runs = ask(full, "suspicion", None, at(99)).runs
    assert (len(runs), runs[0].asked_at, runs[-1].asked_at) == (KEPT, at(1), at(99))


# the answer to the request


def test_a_request_that_was_taken_is_a_run_that_goes_on() -> None:
    assert after(ASKED, answered()).result is CanaryResult.RUNNING


@pytest.mark.parametrize("cls", ["service", "ambiguous"])
def test_a_request_that_the_service_refused_is_a_failed_canary(cls: str) -> None:
    run = after(ASKED, answered(cls), now=10.5)
    assert (run.result, run.ended_at, run.diagnosis) == (CanaryResult.FAILED, at(10.5), a_diagnosis(cls))


@pytest.mark.parametrize("cls", ["customer", "capacity", "auth", "distribution"])
def test_a_request_that_was_refused_for_a_reason_of_ours_is_a_broken_canary(cls: str) -> None:
    assert after(ASKED, answered(cls)).result is CanaryResult.BROKEN


@pytest.mark.parametrize("cls", ["network", "throttled"])
def test_a_request_without_an_answer_leaves_open_whether_it_was_taken(cls: str) -> None:
    assert after(ASKED, answered(cls)).result is CanaryResult.ASKED


@pytest.mark.parametrize("cls", ["service", "ambiguous"])
def test_a_5xx_is_a_failed_canary_at_once_though_the_run_may_have_begun(cls: str) -> None:
    run = after(ASKED, answered(cls, uncertain=True), now=10.5)
    assert (run.result, run.ended_at, run.diagnosis) == (CanaryResult.FAILED, at(10.5), a_diagnosis(cls))


def test_a_run_that_shows_after_a_5xx_does_not_take_the_failure_back() -> None:
    failed = replace(ASKED, runs=(after(ASKED, answered("service", uncertain=True)),))
    run = after(failed, shows=a_run("running", started=10.1, phase="building"), now=11)
    assert (run.result, run.diagnosis) == (CanaryResult.FAILED, a_diagnosis("service"))


def test_a_refusal_of_which_it_is_not_sure_that_it_was_one_stands_if_no_run_shows() -> None:
    waiting = replace(ASKED, runs=(after(ASKED, answered("customer", uncertain=True)),))
    assert [after(waiting, now=m).result for m in (12.9, 13)] == [CanaryResult.ASKED, CanaryResult.BROKEN]
    shown = after(waiting, shows=a_run("running", started=10.1, phase="building"), now=11)
    assert (shown.result, shown.diagnosis) == (CanaryResult.RUNNING, WELL)


def test_a_refusal_that_comes_when_the_run_shows_already_changes_nothing() -> None:
    alive = a_run("running", started=10.1, phase="customizing")
    canary = replace(ASKED, runs=(after(ASKED, shows=alive, now=17),))
    assert after(canary, answered("service"), shows=alive, now=18).result is CanaryResult.ALIVE


def test_an_answer_to_another_request_or_of_another_region_is_not_ours() -> None:
    assert after(ASKED, answered("service", asked=9)).result is CanaryResult.ASKED
    assert after(ASKED, replace(answered("service"), region=NORTH)).result is CanaryResult.ASKED


def test_an_answer_that_comes_twice_or_after_the_end_changes_nothing() -> None:
    failed = replace(ASKED, runs=(after(ASKED, answered("service"), now=11),))
    assert follow(failed, answered("service"), {}, at(12)) == failed
    assert follow(failed, answered("ok"), {}, at(12)) == failed


def test_the_other_answer_that_comes_late_does_not_take_the_progress_back() -> None:
    alive = a_run("running", started=10.1, phase="customizing")
    canary = replace(ASKED, runs=(after(ASKED, shows=alive, now=17),))
    run = after(canary, answered(), shows=alive, now=20)
    assert (run.result, run.alive_at) == (CanaryResult.ALIVE, at(17))


# somebody else runs it


def test_a_canary_that_is_running_already_is_taken_for_ours_as_of_its_own_start() -> None:
    asked = a_canary(a_canary_run("asked", asked=10, run_before=at(4)))
    run = after(asked, answered("expected"), shows=a_run("running", started=4, phase="building"))
    assert (run.result, run.started, run.asked_at) == (CanaryResult.RUNNING, at(4), at(4))


@pytest.mark.parametrize("how", ["ok", "service", "canceled"])
def test_an_old_run_that_has_ended_is_not_the_one_that_is_running_already(how: str) -> None:
    old = a_run(how, started=-600, ended=-570)
    asked = a_canary(a_canary_run("asked", asked=10, run_before=at(-600)))
    run = after(asked, answered("expected"), shows=old)
    assert (run.result, run.ended_at) == (CanaryResult.ASKED, None)


def test_the_run_that_was_under_way_unseen_is_taken_for_ours_when_it_shows() -> None:
    asked = a_canary(a_canary_run("asked", asked=10, run_before=at(-600)))
    waiting = replace(asked, runs=(after(asked, answered("expected"), shows=a_run(started=-600)),))
    assert after(waiting, shows=a_run("running", started=9.8), now=11).result is CanaryResult.RUNNING


def test_a_run_of_somebody_elses_is_nothing_to_us_while_none_of_ours_is_open() -> None:
    canary = a_canary(a_canary_run("well", asked=10))
    assert follow(canary, Ticked(), {CANARY: a_template("canary", run=a_run("service", started=50))}, at(60)) == canary


# what the list shows


def test_the_run_before_ours_is_not_ours() -> None:
    asked = a_canary(a_canary_run("running", asked=10, run_before=at(3)))
    assert after(asked, shows=a_run("service", started=3), now=12).result is CanaryResult.RUNNING


def test_without_a_run_before_any_run_that_shows_is_ours() -> None:
    assert after(ASKED, shows=a_run("running", started=10.1), now=11).started == at(10.1)


@pytest.mark.parametrize("phase", ["customizing", "optimizing", "validating", "distributing"])
def test_a_run_past_building_is_alive_since_it_was_first_seen_so(phase: str) -> None:
    run = after(ASKED, shows=a_run("running", started=10.1, phase=phase), now=17)
    assert (run.result, run.alive_at) == (CanaryResult.ALIVE, at(17))
    later = after(a_canary(run), shows=a_run("running", started=10.1, phase="distributing"), now=20)
    assert (later.result, later.alive_at) == (CanaryResult.ALIVE, at(17))


@pytest.mark.parametrize(
    ("how", "result"),
    [("ok", CanaryResult.WELL), ("service", CanaryResult.FAILED), ("ambiguous", CanaryResult.FAILED)]
    + [(cls, CanaryResult.BROKEN) for cls in ("customer", "capacity", "auth", "throttled", "network", "distribution")],
)
def test_how_the_run_ended_is_how_the_canary_did(how: str, result: CanaryResult) -> None:
    run = after(ASKED, shows=a_run(how, started=10.1, ended=30), now=31)
    assert (run.result, run.ended_at) == (result, at(30))


def test_a_run_that_somebody_cancelled_says_nothing() -> None:
    assert after(ASKED, shows=a_run("canceled", started=10.1, ended=15), now=16).result is CanaryResult.LOST


def test_a_canary_that_built_in_part_built() -> None:
    part = replace(a_run("ok", started=10.1, ended=30), state=RunState.PARTIALLY_SUCCEEDED)
    assert after(ASKED, shows=part, now=31).result is CanaryResult.WELL


@pytest.mark.parametrize(("ended", "told"), [(None, 31.0), (99.0, 31.0), (2.0, 10.0)])
def test_an_end_that_cannot_be_is_put_where_it_can(ended: float | None, told: float) -> None:
    shows = replace(a_run("ok", started=10.1), ended=None if ended is None else at(ended))
    assert after(ASKED, shows=shows, now=31).ended_at == at(told)


# lost


def test_a_run_that_was_asked_for_and_never_shows_is_lost() -> None:
    assert (after(ASKED, now=12.9).result, after(ASKED, now=13).result) == (CanaryResult.ASKED, CanaryResult.LOST)


@pytest.mark.parametrize(("started", "minutes"), [(None, 25), (0.1, 300)])
def test_a_run_that_was_taken_is_waited_for_longer_if_it_was_ever_seen(started: float | None, minutes: float) -> None:
    run = a_canary_run("running", asked=0, started=None if started is None else at(started))
    results = [after(a_canary(run), now=now).result for now in (minutes - 1, minutes)]
    assert results == [CanaryResult.RUNNING, CanaryResult.LOST]


def test_a_run_that_hangs_on_for_ever_says_nothing_any_more() -> None:
    stuck, hanging = a_canary(a_canary_run("stuck", asked=0)), a_run("running", started=0, phase="building")
    end = ENDLESS / timedelta(minutes=1)
    assert after(stuck, shows=hanging, now=end - 1).result is CanaryResult.STUCK
    assert after(stuck, shows=hanging, now=end).result is CanaryResult.LOST


# stuck


@pytest.mark.parametrize("phase", ["queued", "building", "unknown", "absent"])
def test_a_run_that_does_not_get_past_building_is_stuck_after_25_minutes(phase: str) -> None:
    shows = a_run("running", started=10, phase=phase)
    early, late = after(ASKED, shows=shows, now=34.9), after(ASKED, shows=shows, now=35)
    assert (early.result, late.result, late.failures(at(35))) == (CanaryResult.RUNNING, CanaryResult.STUCK, 1)


def test_twice_as_long_stuck_stands_for_two_failed_canaries() -> None:
    stuck = after(ASKED, shows=a_run("running", started=10, phase="queued"), now=60)
    assert (stuck.failures(at(59.9)), stuck.failures(at(60)), stuck.told_at(at(60))) == (1, 2, at(60))


def test_a_run_is_not_stuck_before_it_was_under_way_for_so_long_itself() -> None:
    shows = a_run("running", started=33, phase="building")
    assert after(ASKED, shows=shows, now=36).result is CanaryResult.RUNNING


def test_a_stuck_run_that_gets_past_building_after_all_is_alive_and_says_nothing_of_being_stuck() -> None:
    stuck = a_canary(after(ASKED, shows=a_run("running", started=10, phase="queued"), now=40))
    run = after(stuck, shows=a_run("running", started=10, phase="customizing"), now=41)
    assert (run.result, run.diagnosis, run.failures(at(41))) == (CanaryResult.ALIVE, WELL, 0)


def test_a_stuck_run_that_ends_well_built_well() -> None:
    stuck = a_canary(after(ASKED, shows=a_run("running", started=10, phase="queued"), now=40))
    run = after(stuck, shows=a_run("ok", started=10, ended=50), now=51)
    assert (run.result, run.diagnosis) == (CanaryResult.WELL, WELL)


# the clock


def test_results_from_before_the_clock_was_set_back_say_nothing_and_are_still_counted() -> None:
    canary = a_canary(a_canary_run("well", asked=-60), a_canary_run("failed", asked=100))
    lost = a_canary_run("lost", asked=20, ended=20, started=at(100))
    assert canary.until(at(20)) == a_canary(canary.runs[0], lost)


def test_a_clock_that_is_put_right_by_a_second_loses_nothing() -> None:
    assert ASKED.until(at(10) - timedelta(seconds=1)) == ASKED


# what is asked of a canary


def test_a_broken_canary_says_why_until_it_is_run_again() -> None:
    broken = a_canary(a_canary_run("broken"))
    assert (broken.broken, ask(broken, "suspicion", None, at(60)).broken) == ("auth trouble", "")


def test_only_what_speaks_of_the_service_is_a_result_the_latest_first() -> None:
    runs = [a_canary_run(how, asked=n * 30) for n, how in enumerate(["well", "failed", "broken", "lost", "stuck"])]
    assert [run.result for run in a_canary(*runs).latest()] == ["stuck", "failed", "well"]


@pytest.mark.parametrize("result", CanaryResult)
def test_a_run_is_open_as_long_as_more_may_come_of_it(result: CanaryResult) -> None:
    assert result.open is (result in {"asked", "running", "alive", "stuck"})


def test_a_phase_is_progress_only_past_building() -> None:
    past = {p for p in RunPhase if after(ASKED, shows=a_run("running", started=10, phase=p), now=11).alive_at}
    assert past == {RunPhase.CUSTOMIZING, RunPhase.OPTIMIZING, RunPhase.VALIDATING, RunPhase.DISTRIBUTING}
