"""What a canary weighs, for how long, and when it forbids a conviction."""

from dataclasses import replace

import pytest

from aibwatch.core.canary import CanaryRun
from aibwatch.core.evidence import Evidence, Kind, latest_onset
from aibwatch.core.policy import Policy
from aibwatch.core.signals import canary as signal
from aibwatch.core.signals import runs
from aibwatch.core.weigh import Known, weigh
from tests.core.builders import (
    CANARY,
    WEST,
    a_canary,
    a_canary_run,
    a_diagnosis,
    a_hearing,
    a_run,
    a_template,
    a_window,
    against,
    at,
    in_favour,
    probes,
    the_runs,
)


def says(*runs: CanaryRun, trouble: float | None = -60, now: float = 30) -> list[Evidence]:
    """Return what the canary says at `now` of trouble that began at a minute."""
    return list(signal.weigh(a_canary(*runs), None if trouble is None else at(trouble), at(now)))


def weighs(*runs: CanaryRun, trouble: float | None = -60, now: float = 30) -> list[tuple[float, int]]:
    return [(e.weight, e.witnesses) for e in says(*runs, trouble=trouble, now=now)]


def a_failure(asked: float = 0, ended: float | None = None, cls: str = "service") -> CanaryRun:
    return a_canary_run("failed", asked=asked, ended=asked + 2 if ended is None else ended, diagnosis=a_diagnosis(cls))


def test_a_region_without_a_canary_has_nothing_said_of_it_by_one() -> None:
    assert (signal.weigh(None, at(0), at(0)), says()) == ((), [])


# failed


def test_a_failed_canary_weighs_much_and_is_told_in_full() -> None:
    assert says(a_failure()) == [
        Evidence(
            kind=Kind.CANARY,
            weight=4.5,
            witnesses=1,
            since=at(0),
            last=at(2),
            sentence=(
                "canary failed, started 02:00 UTC (30 min ago): service trouble; "
                "it has no script and its own identity, so this is not your configuration"
            ),
            brief="1 canary failed",
        )
    ]


def test_a_second_failed_canary_adds_to_it_and_a_third_tells_nothing_new() -> None:
    rows = [[a_failure(5 * n) for n in range(number)] for number in (1, 2, 3)]
    assert [weighs(*row) for row in rows] == [[(4.5, 1)], [(7.5, 2)], [(7.5, 2)]]


def test_an_ambiguous_failure_of_a_canary_weighs_half() -> None:
    assert weighs(a_failure(cls="ambiguous")) == [(2.25, 1)]


def test_a_good_canary_between_makes_a_failed_one_the_first_again() -> None:
    assert weighs(a_failure(-20), a_canary_run("well", asked=-15), a_failure(10)) == [(4.5, 1)]


def test_a_failure_counts_for_an_hour() -> None:
    assert (weighs(a_failure(), now=62), weighs(a_failure(), now=62.1)) == ([(4.5, 1)], [])


def test_an_old_failure_does_not_count_beside_a_new_one() -> None:
    assert weighs(a_failure(0), a_failure(60), now=70) == [(4.5, 1)]


def test_a_stuck_canary_fails_at_this_moment_and_twice_when_stuck_for_twice_as_long() -> None:
    stuck = a_canary_run("stuck", asked=0)
    assert (weighs(stuck, now=30), weighs(stuck, now=50)) == ([(4.5, 1)], [(7.5, 2)])
    assert [e.last for e in says(stuck, now=200)] == [at(200)]


# well


def test_a_good_canary_weighs_against_suspicion_and_forbids_a_conviction_for_its_respite() -> None:
    assert says(a_canary_run("well"), now=30) == [
        Evidence(
            kind=Kind.CANARY,
            weight=-4.0,
            last=at(22),
            sentence="canary built an image, ended 8 min ago: the region can build",
            forbids="a canary built well 8 min ago; until 02:42 UTC only a newer one that fails can convict",
        )
    ]


def test_after_its_respite_a_good_canary_still_weighs_and_forbids_nothing_more() -> None:
    (just,), (after,) = says(a_canary_run("well"), now=41.9), says(a_canary_run("well"), now=42)
    assert (bool(just.forbids), after.forbids, after.weight) == (True, "", -4.0)


def test_a_good_canary_counts_for_an_hour() -> None:
    assert (weighs(a_canary_run("well"), now=82), weighs(a_canary_run("well"), now=82.1)) == ([(-4.0, 0)], [])


def test_a_good_canary_counts_as_long_as_its_respite_lasts_however_long_that_is() -> None:
    row = [a_canary_run("well", asked=30 * n) for n in range(4)]
    (said,) = says(*row, now=112 + 159)
    assert (said.weight, bool(said.forbids)) == (-4.0, True)


def test_a_good_canary_that_was_started_before_the_trouble_proves_nothing_and_says_so() -> None:
    (said,) = says(a_canary_run("well", asked=0), trouble=1)
    assert (said.weight, said.forbids, said.sentence) == (
        0.0,
        "",
        "canary built an image 8 min ago, but was started before the trouble",
    )


def test_a_newer_failure_takes_the_place_of_a_good_one() -> None:
    (said,) = says(a_canary_run("well", asked=0), a_failure(25), now=30)
    assert (said.weight, said.forbids) == (4.5, "")


# under way


@pytest.mark.parametrize("how", ["asked", "running"])
def test_a_canary_that_is_under_way_weighs_nothing_and_is_awaited(how: str) -> None:
    (said,) = says(a_canary_run(how, asked=28))
    assert (said.weight, said.awaited, said.sentence) == (
        0.0,
        True,
        "canary was started 2 min ago; its result is awaited",
    )


def test_a_canary_past_building_is_proof_of_life() -> None:
    (said,) = says(a_canary_run("alive", asked=20))
    assert (said.weight, said.awaited, said.last) == (-1.5, True, at(26))


@pytest.mark.parametrize("how", ["running", "alive"])
def test_a_canary_that_was_asked_for_before_the_trouble_began_settles_nothing(how: str) -> None:
    (said,) = says(a_canary_run(how, asked=20), trouble=21)
    assert (said.weight, said.awaited) == (0.0, False)
    assert said.sentence.endswith("that was before the trouble, so its result will not settle it")


def test_a_stuck_canary_is_not_awaited() -> None:
    assert [e.awaited for e in says(a_canary_run("stuck"))] == [False]


def test_a_failed_canary_counts_on_while_the_next_is_under_way() -> None:
    assert weighs(a_failure(), a_canary_run("running", asked=20)) == [(4.5, 1), (0.0, 0)]


def test_the_end_of_a_good_canary_does_not_weigh_less_than_its_progress_did() -> None:
    first = a_canary_run("well", asked=-30)
    before = sum(e.weight for e in says(first, a_canary_run("alive", asked=10), now=31))
    after = sum(e.weight for e in says(first, a_canary_run("well", asked=10, ended=31), now=31))
    assert after <= before, "more good evidence never raises the score"


# broken, lost


def test_a_broken_canary_is_no_evidence_and_says_so() -> None:
    (said,) = says(a_canary_run("broken", asked=0, ended=1))
    assert (said.weight, said.witnesses, said.awaited, said.forbids) == (0.0, 0, False, "")
    assert said.sentence == "canary is broken and proves nothing: auth trouble"


def test_a_lost_canary_says_nothing_at_all() -> None:
    assert says(a_canary_run("lost")) == []


def test_neither_a_broken_nor_a_lost_canary_takes_back_what_the_one_before_showed() -> None:
    for how in ("broken", "lost"):
        assert weighs(a_failure(), a_canary_run(how, asked=10, ended=11)) == [(4.5, 1)]


# when the trouble began, for a canary


def test_for_a_canary_the_trouble_begins_not_before_reads_began_to_fail() -> None:
    reads, failed = against("probe", since=20), against("runs", since=5)
    assert latest_onset(at(0), (reads, failed)) == at(20)
    assert latest_onset(at(30), (reads,)) == at(30)
    assert latest_onset(at(0), (failed, in_favour())) == at(0)
    assert latest_onset(None, ()) is None


def test_a_canary_that_was_asked_for_before_reads_began_to_fail_does_not_answer_for_them() -> None:
    known = Known(window=a_window(*probes(when=at(10)), now=at(10)), canary=a_canary(a_canary_run("running", asked=8)))
    found = weigh(known, WEST, policy=Policy(), trouble_since=at(5), now=at(10))
    assert [e.awaited for e in found if e.kind is Kind.CANARY] == [False]


# what a canary does to the votes of runs


def runs_say(*canary: CanaryRun, asked_since: float | None = -60, failed: float = 20) -> list[tuple[float, str]]:
    window = a_window(*the_runs(("web", a_run("service", ended=failed), "")), now=at(30))
    since = None if asked_since is None else at(asked_since)
    hearing = a_hearing(window, now=at(30), canary=a_canary(*canary), asked_since=since)
    return [(e.weight, e.sentence) for e in runs.weigh(hearing, None)]


EXCUSED = (0.0, "1 run failed, but a canary built well at that time or later: not the region's fault")


def test_what_failed_before_a_canary_ended_well_is_not_the_regions_fault() -> None:
    assert runs_say(a_canary_run("well", asked=0), failed=22) == [EXCUSED]


def test_what_failed_after_a_canary_ended_well_may_be() -> None:
    assert [weight for weight, _ in runs_say(a_canary_run("well", asked=0), failed=22.1)] == [2.9]


@pytest.mark.parametrize("how", ["asked", "running", "alive", "stuck", "failed", "broken", "lost"])
def test_only_a_canary_that_built_well_excuses_a_failure(how: str) -> None:
    assert [weight for weight, _ in runs_say(a_canary_run(how, asked=0))] == [2.9]


def test_a_canary_that_was_started_before_the_trouble_excuses_nothing() -> None:
    run = a_canary_run("well", asked=0)
    assert [weight for weight, _ in runs_say(run, asked_since=0.1)] == [2.9]
    assert runs_say(run, asked_since=None) == runs_say(run, asked_since=0) == [EXCUSED]


def test_the_canarys_own_progress_is_no_customers_proof_of_life_and_its_being_stuck_no_vote() -> None:
    for phase, weight in (("customizing", -1.5), ("building", 1.45)):
        window = a_window(a_template("canary", run=a_run("running", started=0, phase=phase)), now=at(90))
        hearing = a_hearing(window, now=at(90), canary=a_canary())
        assert runs.weigh(hearing, at(-1)) == ()
        assert [e.weight for e in runs.weigh(replace(hearing, canary=None), at(-1))] == [weight]


def test_the_canarys_own_runs_do_not_vote_as_a_customers() -> None:
    window = a_window(a_template("canary", run=a_run("service", ended=20), when=at(20)), now=at(30))
    hearing = a_hearing(window, now=at(30), canary=a_canary())
    assert (hearing.own, runs.weigh(hearing, None)) == (CANARY, ())
    assert [e.weight for e in runs.weigh(replace(hearing, canary=None), None)] == [2.9]
