"""What a canary weighs, for how long, and when it forbids a conviction."""

from dataclasses import replace

import pytest

from aibwatch.core.canary.canary import CanaryRun
from aibwatch.core.evidence import Evidence, Kind, Standing, reads_fail_since
from aibwatch.core.policy import Policy
from aibwatch.core.signals import canary as signal
from aibwatch.core.signals import runs
from aibwatch.core.weigh import Known, weigh
from tests.core.builders import (
    CANARY,
    WEST,
    Play,
    a_canary,
    a_canary_run,
    a_canary_spec,
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


def says(
    *runs: CanaryRun, trouble: float | None = -60, reads: float | None = None, now: float = 30, unusable: str = ""
) -> list[Evidence]:
    """Return what the canary says at `now` of trouble that began at a minute, and of reads that fail since another."""
    canary = replace(a_canary(*runs), unusable=unusable)
    since, reads_since = (None if minute is None else at(minute) for minute in (trouble, reads))
    return list(signal.weigh(canary, trouble_since=since, reads_since=reads_since, now=at(now)))


def weighs(*runs: CanaryRun, trouble: float | None = -60, now: float = 30) -> list[tuple[float, int]]:
    return [(e.weight, e.witnesses) for e in says(*runs, trouble=trouble, now=now)]


def a_failure(asked: float = 0, ended: float | None = None, cls: str = "service") -> CanaryRun:
    return a_canary_run("failed", asked=asked, ended=asked + 2 if ended is None else ended, diagnosis=a_diagnosis(cls))


def test_a_region_without_a_canary_has_nothing_said_of_it_by_one() -> None:
    assert signal.weigh(None, trouble_since=at(0), reads_since=at(0), now=at(0)) == ()


# not under way


def test_a_canary_that_can_be_asked_is_awaited_before_it_is() -> None:
    for known in (says(), says(a_failure(0), now=63), says(a_canary_run("lost", asked=0), now=60)):
        assert [(e.weight, e.standing, e.sentence) for e in known] == [(0.0, Standing.AWAITED, "canary can be asked")]


def test_a_canary_that_cannot_be_asked_is_not_awaited_and_says_why() -> None:
    (said,) = says(unusable="2 of 2 runs in 24 h are used up")
    assert (said.weight, said.standing) == (0.0, None)
    assert said.sentence == "canary cannot be asked: 2 of 2 runs in 24 h are used up"


def test_one_that_is_under_way_is_awaited_although_no_further_one_can_be_asked() -> None:
    assert [e.standing for e in says(a_canary_run("running", asked=28), unusable="all used up")] == [Standing.AWAITED]


# failed


def test_a_failed_canary_weighs_much_and_is_told_in_full() -> None:
    assert says(a_failure()) == [
        Evidence(
            kind=Kind.CANARY,
            weight=4.5,
            witnesses=1,
            since=at(0),
            last=at(2),
            sentence="canary, with no script of yours in it, failed, started 02:00 UTC (30 min ago): service trouble",
            brief="1 canary failed",
            momentary=True,
        )
    ]


@pytest.mark.parametrize(("took", "momentary"), [(0, True), (4.9, True), (5, False)])
def test_a_single_canary_that_failed_within_five_minutes_tells_of_a_moment(took: float, momentary: bool) -> None:
    assert [e.momentary for e in says(a_failure(0, took))] == [momentary]


def test_two_in_a_row_and_one_that_is_stuck_tell_of_more_than_a_moment() -> None:
    assert [e.momentary for e in says(a_failure(0, 0), a_failure(5, 5))] == [False]
    assert [e.momentary for e in says(a_canary_run("stuck", asked=0))] == [False]


def test_a_second_failed_canary_adds_to_it_and_a_third_tells_nothing_new() -> None:
    rows = [[a_failure(5 * n) for n in range(number)] for number in (1, 2, 3)]
    assert [weighs(*row) for row in rows] == [[(4.5, 1)], [(7.5, 2)], [(7.5, 2)]]


def test_an_ambiguous_failure_of_a_canary_weighs_half() -> None:
    assert weighs(a_failure(cls="ambiguous")) == [(2.25, 1)]


def test_a_good_canary_between_makes_a_failed_one_the_first_again() -> None:
    assert weighs(a_failure(-20), a_canary_run("well", asked=-15), a_failure(10)) == [(4.5, 1)]


def test_a_failure_counts_for_an_hour() -> None:
    assert (weighs(a_failure(), now=62), weighs(a_failure(), now=62.1)) == ([(4.5, 1)], [(0.0, 0)])


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
    assert (weighs(a_canary_run("well"), now=82), weighs(a_canary_run("well"), now=82.1)) == ([(-4.0, 0)], [(0.0, 0)])


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
    assert (said.weight, said.standing, said.sentence) == (
        0.0,
        Standing.AWAITED,
        "canary was started 2 min ago; its result is awaited",
    )


def test_a_canary_past_building_is_proof_of_life() -> None:
    (said,) = says(a_canary_run("alive", asked=20))
    assert (said.weight, said.standing, said.last) == (-1.5, Standing.AWAITED, at(26))


def test_a_canary_past_building_that_was_asked_for_before_the_trouble_is_awaited_and_no_proof_of_life() -> None:
    (said,) = says(a_canary_run("alive", asked=20), trouble=21)
    assert (said.weight, said.standing) == (0.0, Standing.AWAITED)


@pytest.mark.parametrize("how", ["asked", "running", "alive"])
def test_a_canary_that_was_asked_for_before_reads_began_to_fail_is_outrun_and_settles_nothing(how: str) -> None:
    (said,) = says(a_canary_run(how, asked=20), reads=21)
    assert (said.weight, said.standing) == (0.0, Standing.OUTRUN)
    assert said.sentence == "canary was started 10 min ago, before reads began to fail: it will not settle this"
    assert [e.standing for e in says(a_canary_run(how, asked=21), reads=21)] == [Standing.AWAITED]


def test_a_good_canary_that_was_asked_for_before_reads_began_to_fail_proves_nothing() -> None:
    run = a_canary_run("well", asked=0)
    assert [says(run, reads=minute)[0].weight for minute in (0, 0.1)] == [-4.0, 0.0]


def test_a_stuck_canary_is_not_awaited() -> None:
    assert [e.standing for e in says(a_canary_run("stuck"))] == [None]


# requests that nobody answers

UNHEARD = a_canary_run("lost", asked=20, ended=23, started=None)
"""A request that got no answer, and no run showed."""


def test_a_request_is_not_awaited_if_the_one_before_it_got_no_answer_either() -> None:
    for reads in (None, 10, 29):
        (said,) = says(UNHEARD, a_canary_run("asked", asked=28), reads=reads)
        assert (said.weight, said.standing, said.against) == (0.0, None, False)
        assert said.sentence == "canary was asked for 2 min ago; the request before it got no answer either"


def test_it_is_awaited_again_once_the_service_took_it_or_an_hour_after_the_one_that_was_lost() -> None:
    assert [e.standing for e in says(UNHEARD, a_canary_run("running", asked=28))] == [Standing.AWAITED]
    late = [says(UNHEARD, a_canary_run("asked", asked=78), now=now)[0].standing for now in (79.9, 80)]
    assert late == [None, Standing.AWAITED]


@pytest.mark.parametrize("how", ["lost", "failed", "broken", "well"])
def test_a_request_after_one_that_was_taken_is_awaited(how: str) -> None:
    before = a_canary_run(how, asked=0, ended=22)
    assert says(before, a_canary_run("asked", asked=28))[-1].standing is Standing.AWAITED


def test_a_request_after_one_that_was_refused_is_awaited() -> None:
    refused = a_canary_run("failed", asked=20, ended=20, started=None)
    assert says(refused, a_canary_run("asked", asked=28))[-1].standing is Standing.AWAITED


def test_requests_that_time_out_do_not_keep_an_outage_from_being_proven() -> None:
    play = Play(canaries=[a_canary_spec()]).run(2)
    play.break_region()
    play.canary_answer = a_diagnosis("network")
    play.run(12)
    proven = play.verdict().confirmed_since
    assert (proven, len(play.canaries())) != (None, 1)
    play.run(6)
    assert (play.verdict().confirmed_since, play.verdict().alone) == (proven, "outage")


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
    assert (said.weight, said.witnesses, said.standing, said.forbids) == (0.0, 0, None, "")
    assert said.sentence == "canary is broken and proves nothing: auth trouble"


def test_a_lost_canary_proves_nothing_and_is_not_awaited_for_an_hour() -> None:
    (said,) = says(a_canary_run("lost"))
    assert (said.weight, said.witnesses, said.standing) == (0.0, 0, None)
    assert said.sentence == "canary was lost 8 min ago, so it proves nothing"


def test_neither_a_broken_nor_a_lost_canary_takes_back_what_the_one_before_showed() -> None:
    for how in ("broken", "lost"):
        assert weighs(a_failure(), a_canary_run(how, asked=10, ended=11)) == [(4.5, 1)]


# when the trouble began, for a canary


def test_reads_fail_since_the_probe_speaks_against_the_region_and_nothing_else_says_so() -> None:
    reads, failed = against("probe", since=20), against("runs", since=5)
    assert reads_fail_since((reads, failed)) == at(20)
    assert reads_fail_since((failed, in_favour("probe", 0.0))) is None


def test_a_canary_that_was_asked_for_before_reads_began_to_fail_does_not_answer_for_them() -> None:
    known = Known(window=a_window(*probes(when=at(10)), now=at(10)), canary=a_canary(a_canary_run("running", asked=8)))
    found = weigh(known, WEST, policy=Policy(), trouble_since=at(5), now=at(10))
    assert [e.standing for e in found if e.kind is Kind.CANARY] == [Standing.OUTRUN]


def test_a_canary_of_before_reads_began_to_fail_excuses_no_run_that_failed_since() -> None:
    failed = the_runs(("web", a_run("service", started=18, ended=20.8), ""))
    well = a_canary(a_canary_run("well", asked=8, alive_at=at(20.9), ended=21))
    for reads, weight in ((probes(when=at(21)), 2.9), ([], 0.0)):
        known = Known(window=a_window(*failed, *reads, now=at(21)), canary=well)
        found = weigh(known, WEST, policy=Policy(), trouble_since=at(5), now=at(21))
        assert [e.weight for e in found if e.kind is Kind.RUNS] == [weight]


# what a canary does to the votes of runs


def runs_say(*canary: CanaryRun, reads: float | None = None, failed: float = 20) -> list[tuple[float, str]]:
    window = a_window(*the_runs(("web", a_run("service", ended=failed), "")), now=at(30))
    since = None if reads is None else at(reads)
    hearing = a_hearing(window, now=at(30), canary=a_canary(*canary), reads_since=since)
    return [(e.weight, e.sentence) for e in runs.weigh(hearing)]


EXCUSED = (0.0, "1 run failed, but a canary got its machine after that and built well: not the region's fault")


def test_what_failed_before_a_good_canary_got_its_machine_is_not_the_regions_fault() -> None:
    assert runs_say(a_canary_run("well", asked=0, alive_at=at(6)), failed=6) == [EXCUSED]


def test_what_failed_after_a_good_canary_got_its_machine_may_be() -> None:
    assert [weight for weight, _ in runs_say(a_canary_run("well", asked=0, alive_at=at(6)), failed=6.1)] == [2.9]


def test_a_good_canary_that_was_not_seen_to_get_its_machine_got_it_when_it_was_asked_at_the_earliest() -> None:
    assert runs_say(a_canary_run("well", asked=5), failed=5) == [EXCUSED]
    assert [weight for weight, _ in runs_say(a_canary_run("well", asked=5), failed=5.1)] == [2.9]


@pytest.mark.parametrize("how", ["asked", "running", "alive", "stuck", "failed", "broken", "lost"])
def test_only_a_canary_that_built_well_excuses_a_failure(how: str) -> None:
    assert [weight for weight, _ in runs_say(a_canary_run(how, asked=21, alive_at=at(27)))] == [2.9]


def test_a_canary_that_was_asked_for_before_reads_began_to_fail_excuses_nothing_that_failed_since() -> None:
    run = a_canary_run("well", asked=2, alive_at=at(20))
    assert [weight for weight, _ in runs_say(run, reads=3, failed=3)] == [2.9]
    assert runs_say(run, reads=3, failed=2.9) == runs_say(run, reads=2, failed=3) == [EXCUSED]


def test_the_canarys_own_progress_is_no_customers_proof_of_life_and_its_being_stuck_no_vote() -> None:
    for phase, weight in (("customizing", -1.5), ("building", 1.45)):
        window = a_window(a_template("canary", run=a_run("running", started=0, phase=phase)), now=at(90))
        hearing = a_hearing(window, now=at(90), canary=a_canary())
        hearing = replace(hearing, trouble_since=at(-1))
        assert runs.weigh(hearing) == ()
        assert [e.weight for e in runs.weigh(replace(hearing, canary=None))] == [weight]


def test_the_canarys_own_runs_do_not_vote_as_a_customers() -> None:
    window = a_window(a_template("canary", run=a_run("service", ended=20), when=at(20)), now=at(30))
    hearing = a_hearing(window, now=at(30), canary=a_canary())
    assert (hearing.own, runs.weigh(hearing)) == (CANARY, ())
    assert [e.weight for e in runs.weigh(replace(hearing, canary=None))] == [2.9]
