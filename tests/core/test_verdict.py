"""Every rule by which a region is judged, in the order of the module's docstring."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from aibwatch.core.conviction import AWAITED, hold_for, is_alike, is_mixed, lacking, score_of
from aibwatch.core.evidence import Evidence, Standing
from aibwatch.core.model import Region
from aibwatch.core.policy import Policy
from aibwatch.core.sight import Sight
from aibwatch.core.verdict import Verdict, VerdictKind, is_troubled, judge
from tests.core.builders import FRANCE, MINUTE, NORTH, SEEN, WEST, a_proof, against, at, in_favour

QUORUM = "two of these must agree: a failed canary, the probe, an Image Builder event, two independent failed runs"
BLIND = Sight(seen=False, learned=True, why="no poll was answered")


def judged(
    *evidence: Evidence,
    now: float = 0.0,
    before: Verdict | None = None,
    sight: Sight = SEEN,
    elsewhere: Sequence[Region] = (),
    maintenance: str = "",
    policy: Policy | None = None,
) -> Verdict:
    return judge(
        WEST,
        evidence=evidence,
        sight=sight,
        troubled_elsewhere=elsewhere,
        maintenance=maintenance,
        before=before,
        policy=policy or Policy(),
        now=at(now),
    )


def an_outage(*, since: float = 0.0, now: float = 6.0) -> Verdict:
    """Return an outage that was proven from `since` to `now`."""
    confirming = judged(*a_proof(last=since, since=since), now=since)
    return judged(*a_proof(last=now, since=since), now=now, before=confirming)


@pytest.mark.parametrize("kind", VerdictKind)
def test_every_kind_of_verdict_ends_a_sentence_about_one_region_and_about_several(kind: VerdictKind) -> None:
    one, many = kind.phrase.split()[0], kind.phrase_of_many.split()[0]
    assert (one, many) in {("is", "are"), ("looks", "look"), ("shows", "show")}


# 1 out of sight


def test_out_of_sight_is_blind_whatever_the_evidence_says() -> None:
    verdict = judged(*a_proof(), sight=BLIND)
    assert (verdict.kind, verdict.why, verdict.warrants_move) == (VerdictKind.BLIND, "no poll was answered", False)


def test_blindness_remembers_when_the_trouble_began_and_that_it_was_an_outage() -> None:
    before = an_outage(now=6)
    verdict = judged(*a_proof(), sight=BLIND, now=7, before=before)
    assert (verdict.trouble_since, verdict.outage_since) == (before.trouble_since, before.outage_since)


def test_after_blindness_the_hold_begins_anew_because_nobody_saw_that_it_stayed_so() -> None:
    blind = judged(*a_proof(), sight=BLIND, now=7, before=an_outage(now=6))
    verdict = judged(*a_proof(last=30), now=30, before=blind)
    assert (verdict.kind, verdict.confirmed_since) == (VerdictKind.CONFIRMING, at(30))


def test_after_blindness_a_quiet_region_recovers_before_it_is_healthy() -> None:
    blind = judged(sight=BLIND, now=7, before=an_outage(now=6))
    assert judged(now=8, before=blind).kind is VerdictKind.RECOVERING


def test_minutes_of_blindness_do_not_count_as_quiet() -> None:
    recovering = judged(now=7, before=an_outage(now=6))
    blind = judged(sight=BLIND, now=16, before=judged(sight=BLIND, now=8, before=recovering))
    assert judged(now=17.5, before=blind).kind is VerdictKind.RECOVERING, "silence is not evidence, of health neither"


# 2 never answered


def test_a_region_that_never_answered_is_learning() -> None:
    verdict = judged(against("events", 9.9), sight=Sight(seen=True, learned=False, why=""))
    assert (verdict.kind, verdict.why) == (VerdictKind.LEARNING, "no read of this region was answered yet")


# 3 no trouble


def test_without_evidence_a_region_is_healthy() -> None:
    assert judged() == Verdict(
        region=WEST,
        kind=VerdictKind.HEALTHY,
        alone=VerdictKind.HEALTHY,
        since=at(0),
        score=0.0,
        evidence=(),
        why="nothing speaks against it",
    )


def test_a_healthy_region_with_a_little_against_it_is_not_said_to_have_nothing_against_it() -> None:
    verdict = judged(against("dependencies", 1.0))
    assert verdict.kind is VerdictKind.HEALTHY
    assert verdict.why != "nothing speaks against it"


def test_a_verdict_remembers_since_when_it_is_what_it_is() -> None:
    assert judged(now=5, before=judged(now=0)).since == at(0)


@pytest.mark.parametrize(("weight", "kind"), [(1.1, VerdictKind.HEALTHY), (1.2, VerdictKind.SUSPECT)])
def test_a_healthy_region_becomes_suspect_at_the_suspicion_score(weight: float, kind: VerdictKind) -> None:
    assert judged(against("runs", weight)).kind is kind


@pytest.mark.parametrize(("weight", "kind"), [(0.5, VerdictKind.HEALTHY), (0.6, VerdictKind.SUSPECT)])
def test_a_suspect_region_is_cleared_at_half_of_it(weight: float, kind: VerdictKind) -> None:
    suspect = judged(against("runs", 2.9))
    assert judged(against("runs", weight), now=1, before=suspect).kind is kind


def test_after_an_outage_a_quiet_region_is_recovering_and_says_how_long() -> None:
    verdict = judged(now=7, before=an_outage(now=6))
    assert (verdict.kind, verdict.quiet_since, verdict.why) == (
        VerdictKind.RECOVERING,
        at(7),
        "nothing speaks against it since 02:07 UTC (0 s ago); 10 min more and it is called healthy",
    )


def test_a_region_that_recovered_for_long_enough_is_healthy_and_forgets() -> None:
    recovering = judged(now=7, before=an_outage(now=6))
    still = judged(now=16.9, before=recovering)
    verdict = judged(now=17, before=still)
    assert (still.kind, verdict.kind, verdict.outage_since, verdict.trouble_since) == (
        VerdictKind.RECOVERING,
        VerdictKind.HEALTHY,
        None,
        None,
    )


def test_a_relapse_starts_its_own_clocks() -> None:
    recovering = judged(now=7, before=an_outage(now=6))
    verdict = judged(*a_proof(since=0, last=9), now=9, before=recovering)
    assert (verdict.kind, verdict.trouble_since, verdict.confirmed_since) == (VerdictKind.CONFIRMING, at(9), at(9))


def test_a_little_trouble_while_recovering_is_no_relapse() -> None:
    recovering = judged(now=7, before=an_outage(now=6))
    assert judged(against("runs", 0.7), now=8, before=recovering).kind is VerdictKind.RECOVERING


def test_a_suspicion_that_passes_leaves_no_recovery_behind() -> None:
    confirming = judged(*a_proof())
    assert judged(now=1, before=confirming).kind is VerdictKind.HEALTHY


# 4 everywhere


def test_trouble_here_and_elsewhere_is_called_global_and_the_proof_goes_on_beneath() -> None:
    verdict = judged(*a_proof(last=7), now=7, before=an_outage(now=6), elsewhere=[NORTH])
    assert (verdict.kind, verdict.alone, verdict.why) == (
        VerdictKind.GLOBAL,
        VerdictKind.OUTAGE,
        "northeurope shows trouble at the same time; moving would not help",
    )


def test_a_global_outage_wants_to_move_so_that_the_gates_can_say_what_holds_it() -> None:
    verdict = judged(*a_proof(last=7), now=7, before=an_outage(now=6), elsewhere=[NORTH, FRANCE])
    assert (verdict.warrants_move, verdict.why[:37]) == (True, "francecentral and northeurope show tr")


def test_trouble_during_announced_maintenance_is_called_so_and_the_proof_goes_on_beneath() -> None:
    verdict = judged(*a_proof(last=7), now=7, before=an_outage(now=6), maintenance="an upgrade was announced")
    assert (verdict.kind, verdict.alone, verdict.warrants_move, verdict.why[:24]) == (
        VerdictKind.MAINTENANCE,
        VerdictKind.OUTAGE,
        True,
        "an upgrade was announced",
    )


def test_maintenance_without_trouble_is_no_verdict() -> None:
    assert judged(maintenance="an upgrade was announced").kind is VerdictKind.HEALTHY


def test_a_region_where_some_runs_fail_and_others_succeed_is_degraded() -> None:
    verdict = judged(against("runs", 5.8, witnesses=2), in_favour("runs"))
    assert (verdict.kind, verdict.alone) == (VerdictKind.DEGRADED, VerdictKind.SUSPECT)


def test_one_failure_beside_a_success_is_a_suspicion_and_no_brownout() -> None:
    assert judged(against("runs", 5.8, witnesses=1), in_favour("runs")).kind is VerdictKind.SUSPECT


def test_a_proven_outage_is_not_softened_by_one_success() -> None:
    verdict = judged(*a_proof(last=7), in_favour("runs", -0.1), now=7, before=an_outage(now=6))
    assert verdict.kind is VerdictKind.OUTAGE


def test_a_quiet_region_is_healthy_whatever_happens_elsewhere() -> None:
    assert judged(elsewhere=[NORTH]).kind is VerdictKind.HEALTHY


def test_when_the_other_region_is_well_again_the_outage_is_an_outage_and_its_clock_did_not_start_again() -> None:
    everywhere = judged(*a_proof(last=7), now=7, before=an_outage(now=6), elsewhere=[NORTH])
    verdict = judged(*a_proof(last=8), now=8, before=everywhere)
    assert (verdict.kind, verdict.confirmed_since, verdict.trouble_since) == (VerdictKind.OUTAGE, at(0), at(0))


# 5 conviction


def test_a_conviction_lacks_nothing() -> None:
    assert lacking(a_proof(), Policy(), at(0)) == ""


@pytest.mark.parametrize(
    ("evidence", "missing"),
    [
        ([against("probe", 20)], "two kinds of source are needed and only probe speaks against it"),
        ([against("runs", 20, witnesses=9)], "two kinds of source are needed and only runs speaks against it"),
        (
            [against("probe", 20), in_favour("runs", 0.0)],
            "two kinds of source are needed and only probe speaks against it",
        ),
        (
            [against("events", 10), against("dependencies", 10)],
            "nothing that we saw ourselves speaks against it, only what the provider says",
        ),
        (
            [against("probe", 10), against("runs", 10)],
            QUORUM,
        ),
        (
            [against("events", 10), against("runs", 10)],
            QUORUM,
        ),
        (
            [against("runs", 10, witnesses=5), against("dependencies", 10)],
            QUORUM,
        ),
        ([against("probe", 3.5), against("events", 4.9)], "the score is 8.4 of 9.2 needed"),
        ([against("probe", 10, last=-10.1), against("events", 10)], "nothing of ours failed in the last 10 min"),
    ],
)
def test_a_conviction_says_what_it_still_lacks(evidence: list[Evidence], missing: str) -> None:
    assert lacking(evidence, Policy(), at(0)) == missing
    assert judged(*evidence).kind is VerdictKind.SUSPECT
    assert judged(*evidence).why == missing


@pytest.mark.parametrize(
    "evidence",
    [
        [against("probe", 5), against("events", 5)],
        [against("probe", 5), against("runs", 5, witnesses=2)],
        [against("events", 5), against("runs", 5, witnesses=2)],
        [against("canary", 5), against("probe", 5)],
        [against("canary", 5), against("events", 5)],
        [against("canary", 5), against("runs", 5, witnesses=2)],
        [against("canary", 8, witnesses=2), against("runs", 5)],
    ],
)
def test_each_quorum_is_enough(evidence: list[Evidence]) -> None:
    assert lacking(evidence, Policy(), at(0)) == ""


def test_while_a_canary_is_awaited_everything_else_waits_for_its_answer() -> None:
    awaited = replace(in_favour("canary", 0.0), standing=Standing.AWAITED)
    assert lacking([*a_proof(), against("events", 5), awaited], Policy(), at(0)) == AWAITED


def test_where_a_canary_was_outrun_the_probe_and_failed_runs_are_enough_and_an_event_is_not() -> None:
    outrun = replace(in_favour("canary", 0.0), standing=Standing.OUTRUN)
    assert lacking([*a_proof(), outrun], Policy(), at(0)) == ""
    assert lacking([against("probe", 5), against("events", 5), outrun], Policy(), at(0)) == QUORUM


def test_a_canary_that_failed_before_is_enough_while_the_next_one_is_awaited() -> None:
    awaited = replace(in_favour("canary", 0.0), standing=Standing.AWAITED)
    assert lacking([against("canary", 5), against("probe", 5), awaited], Policy(), at(0)) == ""


def test_two_failed_canaries_without_another_kind_of_source_convict_nobody() -> None:
    missing = lacking([against("canary", 20, witnesses=2)], Policy(), at(0))
    assert missing == "two kinds of source are needed and only canary speaks against it"


def test_what_forbids_a_conviction_is_said_whatever_the_score() -> None:
    veto = replace(in_favour("canary", -4), forbids="a canary built well")
    assert lacking([*a_proof(), veto], Policy(confirm_score=1.0), at(0)) == "a canary built well"


def test_an_event_that_does_not_name_the_service_makes_no_quorum_with_the_probe() -> None:
    event = replace(against("events", 10), names_service=False)
    assert lacking([against("probe", 10), event], Policy(), at(0)) == QUORUM


def test_what_the_provider_still_says_is_not_a_failure_that_goes_on() -> None:
    stale = [against("probe", 10, last=-11), against("events", 10, last=0)]
    assert lacking(stale, Policy(), at(0)) == "nothing of ours failed in the last 10 min"


def test_what_failed_ten_minutes_ago_still_counts() -> None:
    assert lacking([against("probe", 10, last=-10), against("events", 10)], Policy(), at(0)) == ""


@pytest.mark.parametrize(("confirmations", "minutes"), [(0, 15), (1, 15), (2, 9), (3, 5.4), (4, 3.24), (5, 3), (50, 3)])
def test_the_more_things_confirm_it_the_shorter_the_hold(confirmations: int, minutes: float) -> None:
    evidence = [against("runs", 1.0)] * confirmations
    assert hold_for(evidence, Policy()) / MINUTE == pytest.approx(minutes)


def test_what_speaks_for_a_region_does_not_shorten_the_hold() -> None:
    assert hold_for([against("probe"), replace(in_favour(), witnesses=5)], Policy()) == 15 * MINUTE


def test_a_conviction_is_confirming_for_the_length_of_the_hold() -> None:
    verdict = judged(*a_proof())
    assert (
        verdict.kind,
        (verdict.confirmed_since is not None),
        verdict.warrants_move,
        verdict.hold_until,
        verdict.why,
    ) == (
        VerdictKind.CONFIRMING,
        True,
        False,
        at(5.4),
        "3 independent confirmations, score 9.3 of 9.2 needed; waiting 5 min to see that it stays so",
    )


def test_after_the_hold_it_is_an_outage_and_warrants_a_move() -> None:
    confirming = judged(*a_proof())
    before, after = (judged(*a_proof(last=now), now=now, before=confirming) for now in (5.3, 5.4))
    assert (before.kind, after.kind, after.warrants_move) == (VerdictKind.CONFIRMING, VerdictKind.OUTAGE, True)


def test_an_outage_is_never_younger_than_the_policy_says() -> None:
    many = (against("probe"), against("runs", 9.0, witnesses=9))
    verdict = judged(*many)
    assert (hold_for(many, Policy()), verdict.hold_until) == (3 * MINUTE, at(5))


def test_the_age_of_an_outage_counts_from_its_first_fact() -> None:
    many = (against("probe", since=-4), against("runs", 9.0, witnesses=9, since=-1))
    assert judged(*many).hold_until == at(3)


def test_a_break_in_the_proof_starts_the_hold_anew() -> None:
    broken = judged(against("probe", 3.5), now=2, before=judged(*a_proof()))
    verdict = judged(*a_proof(last=3), now=3, before=broken)
    assert (broken.kind, verdict.confirmed_since, verdict.trouble_since) == (VerdictKind.SUSPECT, at(3), at(0))


def test_an_outage_does_not_turn_back_to_confirming_when_a_witness_leaves() -> None:
    fewer = (against("probe", 5, last=7), against("events", 5, last=7))
    assert judged(*fewer, now=7, before=an_outage(now=6)).kind is VerdictKind.OUTAGE


# an outage that is only remembered


def test_an_outage_whose_proof_is_gone_stays_one_and_warrants_no_move() -> None:
    verdict = judged(against("events", 4.9), now=20, before=an_outage(now=6))
    assert (verdict.kind, verdict.warrants_move, verdict.why) == (
        VerdictKind.OUTAGE,
        False,
        "it was proven before; at this moment two kinds of source are needed and only events speaks against it",
    )


def test_a_proof_that_comes_back_after_hours_is_held_again() -> None:
    remembered = judged(against("events", 4.9), now=20, before=an_outage(now=6))
    later = judged(against("events", 4.9), now=120, before=remembered)
    blip = (*a_proof(last=121), against("events", 4.9))
    assert not judged(*blip, now=121, before=later).warrants_move, "a blip of a minute must not move anyone"


# what is alike


@pytest.mark.parametrize(
    ("evidence", "alike"),
    [
        ((against("runs", 2.9, witnesses=1),), False),
        ((against("events", 4.9),), False),
        ((against("runs", 5.8, witnesses=2),), True),
        ((against("probe"),), True),
    ],
)
def test_one_failed_run_elsewhere_does_not_make_a_trouble_global(evidence: tuple[Evidence, ...], alike: bool) -> None:
    assert is_alike(evidence) is alike


@pytest.mark.parametrize(
    ("evidence", "mixed"),
    [
        ((against("runs", 5.8, witnesses=2), in_favour()), True),
        ((against("runs", 2.9), against("probe"), in_favour("canary", -4)), True),
        ((against("runs", 2.9), in_favour()), False),
        ((against("events", 4.9, witnesses=9), in_favour()), False),
        ((against("runs", 5.8, witnesses=2), in_favour("runs", 0.0)), False),
    ],
)
def test_it_is_mixed_only_where_two_of_ours_fail_and_something_succeeds(
    evidence: tuple[Evidence, ...], mixed: bool
) -> None:
    assert is_mixed(evidence) is mixed


@pytest.mark.parametrize(
    "evidence",
    [
        [against("canary", 20, witnesses=1), against("peers", 20)],
        [against("canary", 20, witnesses=1), against("runs", 20, witnesses=1)],
        [against("probe", 20), against("peers", 20), against("dependencies", 20)],
        [against("runs", 20, witnesses=1), against("calls", 0.0), against("probe", 20)],
    ],
)
def test_one_pillar_is_no_quorum_however_much_it_weighs(evidence: list[Evidence]) -> None:
    assert lacking(evidence, Policy(), at(0)) == QUORUM


def test_a_refused_call_and_a_failed_run_make_the_pillar_of_runs_together() -> None:
    both = [against("runs", 5, witnesses=1), against("calls", 5, witnesses=1)]
    assert lacking([*both, against("probe", 5)], Policy(), at(0)) == ""


WAITING, OUTRUN = (replace(in_favour("canary", 0.0), standing=standing) for standing in Standing)
READS, RUNS, EVENT, FAILED = (
    against("probe", 5),
    against("runs", 5, witnesses=2),
    against("events", 5),
    against("canary", 5),
)
MOMENT = replace(FAILED, momentary=True)
SECOND = "one canary was refused and reads are well, which tells of a moment; a second one is needed"


@pytest.mark.parametrize(
    ("evidence", "missing"),
    [
        # while a canary is awaited, one of the two must be a failed canary
        ([READS, RUNS, EVENT, WAITING], AWAITED),
        ([RUNS, EVENT, WAITING], AWAITED),
        ([READS, FAILED, WAITING], ""),
        ([RUNS, FAILED, WAITING], ""),
        ([EVENT, FAILED, WAITING], ""),
        # one that was outrun by the reads blocks the next one: reads and runs do, an event instead of either does not
        ([READS, RUNS, OUTRUN], ""),
        ([READS, EVENT, OUTRUN], QUORUM),
        ([RUNS, EVENT, OUTRUN], QUORUM),
        ([READS, against("runs", 5), EVENT, OUTRUN], QUORUM),
        ([READS, FAILED, OUTRUN], ""),
        # no canary at all
        ([READS, EVENT], ""),
        ([RUNS, EVENT], ""),
        # one that was refused at once tells of a moment
        ([RUNS, MOMENT], SECOND),
        ([RUNS, MOMENT, WAITING], SECOND),
        ([EVENT, MOMENT, RUNS], SECOND),
        ([READS, MOMENT], ""),
        ([RUNS, FAILED], ""),
    ],
)
def test_what_a_canary_without_a_result_and_one_of_a_moment_do_to_the_quorum(
    evidence: list[Evidence], missing: str
) -> None:
    assert lacking(evidence, Policy(), at(0)) == missing


# how old an outage is


def age_of(*evidence: Evidence, now: float, before: Verdict | None = None) -> str:
    return judged(*evidence, now=now, before=before).kind


def test_an_outage_is_as_old_as_failures_were_seen_and_not_as_the_clock_says() -> None:
    first = judged(*a_proof(last=2), now=2)
    assert [age_of(*a_proof(last=last), now=11, before=first) for last in (2, 5)] == ["confirming", "outage"]


def test_where_reads_fail_the_present_row_of_failed_reads_must_be_old_enough() -> None:
    first = judged(*a_proof(), now=0)
    runs = against("runs", 5.8, witnesses=2, since=0, last=8)
    found = [age_of(runs, against("probe", 4.5, since=since, last=11), now=11, before=first) for since in (8, 6)]
    assert found == ["confirming", "outage"]


def test_trouble_elsewhere_is_told_before_maintenance_and_maintenance_before_a_mixture() -> None:
    mixed = (against("runs", 5.8, witnesses=2), in_favour("runs"))
    assert judged(*mixed, elsewhere=[NORTH], maintenance="announced").kind is VerdictKind.GLOBAL
    assert judged(*mixed, maintenance="announced").kind is VerdictKind.MAINTENANCE


def test_a_name_has_its_own_beginning_and_keeps_it() -> None:
    first = judged(*a_proof(), now=0, elsewhere=[NORTH])
    assert judged(*a_proof(last=3), now=3, before=first, elsewhere=[NORTH]).since == at(0)
    assert judged(*a_proof(last=3), now=3, before=first).since == at(3)


@pytest.mark.parametrize("named", [{"elsewhere": [NORTH]}, {"maintenance": "announced"}])
def test_under_another_name_the_hold_goes_on(named: dict[str, object]) -> None:
    first = judged(*a_proof(), now=0, **named)  # type: ignore[arg-type]  # names of its arguments
    verdict = judged(*a_proof(last=6), now=6, before=first, **named)  # type: ignore[arg-type]
    assert (first.alone, verdict.alone, verdict.confirmed_since) == (
        VerdictKind.CONFIRMING,
        VerdictKind.OUTAGE,
        at(0),
    )


# score and trouble


def test_good_evidence_is_not_saved_up() -> None:
    assert (score_of([in_favour(weight=-50)]), score_of([])) == (-3.0, 0.0)


@pytest.mark.parametrize(
    ("before", "troubled"),
    [
        (None, False),
        (judged(against("runs", 2.9)), True),
        (judged(now=7, before=an_outage(now=6)), False),
        (judged(against("runs", 2.9), sight=BLIND, before=judged(against("runs", 2.9))), True),
    ],
)
def test_suspicion_leaves_later_than_it_comes(before: Verdict | None, troubled: bool) -> None:
    assert is_troubled([against("runs", 0.7)], before, Policy()) is troubled
