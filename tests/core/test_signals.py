"""Every rule of every signal: what counts, how much, and what is silence."""

import pytest

from aibwatch.core.evidence import Evidence, Kind
from aibwatch.core.observation import Observation
from aibwatch.core.policy import Policy
from aibwatch.core.signals import events, peers, probe, runs
from aibwatch.core.weigh import Known, weigh
from tests.core.builders import (
    NORTH,
    WEST,
    a_dependency,
    a_hearing,
    a_peer,
    a_probe,
    a_run,
    a_template,
    a_window,
    an_event,
    at,
    probes,
    the_runs,
)


def probe_says(*observations: Observation, now: float = 10) -> Evidence | None:
    return next(iter(probe.weigh(a_window(*observations, now=at(now)), WEST, at(now))), None)


def probe_weight(*observations: Observation) -> float | None:
    said = probe_says(*observations)
    return said.weight if said else None


def runs_say(
    *observations: Observation, trouble_since: float | None = None, now: float = 30
) -> list[tuple[float, int]]:
    """Return weight and witnesses of every piece of evidence."""
    since = None if trouble_since is None else at(trouble_since)
    window = a_window(*observations, now=at(now))
    found = runs.weigh(a_hearing(window, now=at(now), trouble_since=since))
    return [(round(e.weight, 6), e.witnesses) for e in found]


# probe


def test_three_provider_failures_in_a_row_speak_against_the_region() -> None:
    assert probe_says(*probes(when=at(10))) == Evidence(
        kind=Kind.PROBE,
        weight=3.5,
        sentence="the last 3 reads in 60 s failed: service trouble",
        brief="the last 3 reads failed",
        since=at(9),
        last=at(10),
        witnesses=1,
    )


def test_two_failures_in_a_row_say_nothing_yet() -> None:
    said = probe_says(*probes(when=at(10), number=2))
    assert said == Evidence(
        kind=Kind.PROBE, weight=0.0, last=at(10), sentence="2 failed in a row, 3 needed to count: service trouble"
    )


def test_one_good_answer_ends_the_row() -> None:
    said = probe_says(*probes(when=at(9)), a_probe(cls="ok", when=at(10)))
    assert said == Evidence(kind=Kind.PROBE, weight=0.0, last=at(10), sentence="the last read was answered")


def test_a_refusal_that_is_ours_ends_the_row_and_says_so() -> None:
    said = probe_says(*probes(when=at(9)), a_probe(cls="customer", when=at(10)))
    assert said is not None
    assert (said.weight, said.sentence) == (
        0.0,
        "the last read was answered, though with a refusal that is ours: customer trouble",
    )


@pytest.mark.parametrize("cls", ["throttled", "auth", "network"])
def test_a_poll_without_an_answer_neither_lengthens_nor_ends_the_row(cls: str) -> None:
    two, mute = probes(when=at(9), number=2), a_probe(cls=cls, when=at(9.5))
    assert probe_weight(*two, mute) == 0.0
    assert probe_weight(*two, mute, a_probe(when=at(10))) == 3.5


def test_a_probe_that_was_never_answered_says_nothing() -> None:
    assert probe_says(*probes(cls="network", when=at(10))) is None


def test_ambiguous_answers_weigh_half_even_if_one_is_enough_to_doubt() -> None:
    said = probe_says(*probes(when=at(9), number=2), a_probe(cls="ambiguous", when=at(10)))
    assert said is not None
    assert said.weight == 1.75


def test_an_ambiguous_answer_long_before_the_last_three_does_not_matter() -> None:
    said = probe_says(a_probe(cls="ambiguous", when=at(6)), *probes(when=at(10)))
    assert said is not None
    assert (said.weight, said.since) == (3.5, at(6))


def test_a_row_of_failed_reads_that_lasts_for_minutes_speaks_louder() -> None:
    short, lasting = probe_says(*probes(when=at(10), number=10)), probe_says(*probes(when=at(10), number=11))
    assert short is not None
    assert lasting is not None
    assert (short.weight, lasting.weight) == (3.5, 4.5)


def test_the_probe_speaks_only_of_its_own_region() -> None:
    assert probe.weigh(a_window(*probes(when=at(10)), now=at(10)), NORTH, at(10)) == ()


def test_a_read_dated_in_the_future_does_not_count() -> None:
    said = probe_says(*probes(when=at(9)), a_probe(cls="ok", when=at(20)), now=10)
    assert said is not None
    assert said.weight == 3.5


# runs


def test_a_service_failure_weighs_in_full() -> None:
    assert runs_say(*the_runs(("web", a_run("service", ended=20), ""))) == [(2.9, 1)]


def test_an_ambiguous_failure_weighs_half() -> None:
    assert runs_say(*the_runs(("web", a_run("ambiguous", ended=20), ""))) == [(1.45, 1)]


@pytest.mark.parametrize("how", ["canceled", "expected"])
def test_a_cancelled_rerun_does_not_take_back_what_the_run_before_it_showed(how: str) -> None:
    failed, cancelled = a_run("service", started=5, ended=10), a_run(how, started=15, ended=20)
    assert runs_say(*the_runs(("web", failed, ""), ("web", cancelled, ""))) == [(2.9, 1)]


@pytest.mark.parametrize("cls", ["customer", "capacity", "throttled", "auth", "network", "distribution"])
def test_every_other_failure_weighs_nothing_and_says_why(cls: str) -> None:
    window = a_window(*the_runs(("web", a_run(cls, ended=20), "")), now=at(30))
    (said,) = runs.weigh(a_hearing(window, now=at(30), trouble_since=None))
    assert (said.weight, said.sentence) == (0.0, f"1 run failed, but for reasons that are not the region's ({cls})")


def test_a_template_has_one_vote_and_it_is_its_latest_run() -> None:
    failed, well = a_run("service", started=5, ended=10), a_run("ok", started=15, ended=20)
    assert runs_say(*the_runs(("web", failed, ""), ("web", well, ""))) == []


def test_templates_that_share_nothing_are_two_witnesses() -> None:
    both = the_runs(("web", a_run("service", ended=20), "a"), ("sql", a_run("service", ended=21), "b"))
    assert runs_say(*both) == [(5.8, 2)]


def test_the_second_template_of_one_witness_counts_a_quarter_and_the_third_nothing() -> None:
    two = the_runs(("web", a_run("service", ended=20), "a"), ("sql", a_run("service", ended=21), "a"))
    three = [*two, *the_runs(("app", a_run("service", ended=22), "a"))]
    assert (runs_say(*two), runs_say(*three)) == ([(3.625, 1)], [(3.625, 1)])


def test_templates_that_share_something_through_a_third_are_one_witness() -> None:
    chain = the_runs(
        ("web", a_run("service", ended=20), "a"),
        ("sql", a_run("service", ended=21), "b"),
        ("app", a_run("service", ended=22), "a b"),
    )
    assert runs_say(*chain) == [(3.625, 1)]


def test_the_good_end_of_the_run_that_joined_two_others_does_not_make_two_witnesses_of_them() -> None:
    chain = the_runs(
        ("web", a_run("service", ended=20), "a"),
        ("sql", a_run("service", ended=21), "b"),
        ("app", a_run("service", ended=22), "a b"),
    )
    healed = the_runs(("app", a_run("ok", started=23, ended=24), "a b"))
    before, after = runs_say(*chain), runs_say(*chain, *healed)
    assert (before, after) == ([(3.625, 1)], [(3.625, 1)]), "more good evidence never raises the score"


def test_a_run_older_than_the_window_does_not_count() -> None:
    old = the_runs(("web", a_run("service", ended=0), ""))
    assert (runs_say(*old, now=59.9), runs_say(*old, now=60)) == ([(2.9, 1)], [])


def test_a_run_in_another_region_does_not_count() -> None:
    assert runs_say(a_template("web", NORTH, run=a_run("service", ended=20))) == []


def test_a_good_run_before_any_trouble_adds_nothing() -> None:
    assert runs_say(*the_runs(("web", a_run("ok", started=1, ended=20), ""))) == []


def test_a_good_run_that_started_before_the_trouble_proves_little_and_says_so() -> None:
    window = a_window(*the_runs(("web", a_run("ok", started=1, ended=20), "")), now=at(30))
    (said,) = runs.weigh(a_hearing(window, now=at(30), trouble_since=at(5)))
    assert (said.weight, said.sentence) == (0.0, "1 run ended well, but started before the trouble")


def test_a_good_run_that_started_after_the_trouble_is_proof_of_life() -> None:
    assert runs_say(*the_runs(("web", a_run("ok", started=6, ended=20), "")), trouble_since=5) == [(-2.25, 0)]


@pytest.mark.parametrize("phase", ["customizing", "optimizing", "validating", "distributing"])
def test_a_new_run_that_gets_past_building_is_proof_of_life(phase: str) -> None:
    alive = the_runs(("web", a_run("running", started=6, phase=phase), ""))
    assert runs_say(*alive, trouble_since=5) == [(-1.5, 0)]


@pytest.mark.parametrize("phase", ["absent", "queued", "building", "unknown"])
def test_a_new_run_that_did_not_get_past_building_proves_nothing(phase: str) -> None:
    assert runs_say(*the_runs(("web", a_run("running", started=6, phase=phase), "")), trouble_since=5) == []


def test_an_old_run_that_goes_on_proves_nothing() -> None:
    assert runs_say(*the_runs(("web", a_run("running", started=4, phase="customizing"), "")), trouble_since=5) == []


def test_the_sentence_of_runs_names_templates_and_witnesses() -> None:
    window = a_window(
        *the_runs(("web", a_run("service", ended=20), "a"), ("sql", a_run("service", ended=21), "a")), now=at(30)
    )
    (said,) = runs.weigh(a_hearing(window, now=at(30), trouble_since=None))
    assert said == Evidence(
        kind=Kind.RUNS,
        weight=2.9 + 0.25 * 2.9,
        sentence="2 runs failed (sql and web), 1 independent witness: service trouble",
        brief="2 runs failed",
        since=at(20),
        last=at(21),
        onset=at(21),
        witnesses=1,
    )


# events


def events_say(*observations: Observation, now: float = 10) -> list[tuple[float, int, bool]]:
    return [
        (e.weight, e.witnesses, e.names_service)
        for e in events.weigh(a_window(*observations, now=at(now)), WEST, at(now))
    ]


def test_three_notices_of_the_provider_are_one_voice() -> None:
    notices = [an_event(when=at(5), tracking_id=name) for name in ("A", "B")]
    said = events_say(*notices, an_event(when=at(5), concern="dependency", tracking_id="C"))
    assert sorted(said, reverse=True) == [(4.9, 1, True), (0.0, 0, False), (0.0, 0, False)]


def test_an_image_builder_event_weighs_much() -> None:
    assert events.weigh(a_window(an_event(when=at(5), began=at(2)), now=at(10)), WEST, at(10)) == (
        Evidence(
            kind=Kind.EVENTS,
            weight=4.9,
            sentence='Service Health VT60-RPZ "Image Builder: failures", active since 02:02 UTC (8 min ago)',
            brief="Service Health event VT60-RPZ",
            since=at(2),
            last=at(5),
            witnesses=1,
            names_service=True,
        ),
    )


def test_an_event_of_a_dependency_weighs_less_and_does_not_name_the_service() -> None:
    assert events_say(an_event(concern="dependency")) == [(2.0, 1, False)]


def test_an_event_of_another_service_says_nothing() -> None:
    assert events_say(an_event(concern="other")) == []


def test_a_resolved_event_says_nothing() -> None:
    assert events_say(an_event(active=False)) == []


def test_an_event_in_another_region_says_nothing() -> None:
    assert events_say(an_event(NORTH)) == []


def test_announced_maintenance_has_no_weight() -> None:
    assert events_say(an_event(maintenance=True)) == [(0.0, 0, False)]


def test_an_event_that_was_not_updated_for_three_hours_has_no_weight_left() -> None:
    event = an_event(when=at(0))
    assert (events_say(event, now=180), events_say(event, now=180.1)) == ([(4.9, 1, True)], [(0.0, 0, False)])


# dependencies


def dependencies_say(*observations: Observation, now: float = 5) -> list[Evidence]:
    window = a_window(*observations, now=at(now))
    found = weigh(Known(window=window), WEST, policy=Policy(), trouble_since=None, now=at(now))
    return [e for e in found if e.kind is Kind.DEPENDENCIES]


def test_an_unavailable_dependency_weighs_a_little() -> None:
    assert dependencies_say(a_dependency(when=at(3))) == [
        Evidence(
            kind=Kind.DEPENDENCIES,
            weight=1.0,
            sentence="Resource Health of what you named: vnet unavailable",
            brief="vnet unavailable",
            since=at(3),
            last=at(3),
            witnesses=1,
        ),
    ]


def test_all_dependencies_together_weigh_once() -> None:
    said = dependencies_say(a_dependency(resource="/r/a"), a_dependency("degraded", resource="/r/b"))
    assert [(e.weight, e.witnesses, e.sentence) for e in said] == [
        (1.0, 1, "Resource Health of what you named: a unavailable and b degraded")
    ]


@pytest.mark.parametrize("state", ["available", "unknown", "unsupported"])
def test_unknown_and_unsupported_are_silence(state: str) -> None:
    assert dependencies_say(a_dependency(state)) == []


def test_what_the_customer_stopped_himself_does_not_count() -> None:
    assert dependencies_say(a_dependency(own=True)) == []


def test_a_dependency_of_another_region_does_not_count() -> None:
    assert dependencies_say(a_dependency(region=NORTH)) == []


def test_a_dependency_that_was_last_reported_hours_ago_does_not_count_any_more() -> None:
    assert dependencies_say(a_dependency(when=at(0)), now=300) == []


# peers


def peers_say(*observations: Observation, now: float = 5) -> list[tuple[float, int]]:
    return [(e.weight, e.witnesses) for e in peers.weigh(a_window(*observations, now=at(now)), WEST, at(now))]


def test_an_observer_that_sees_the_trouble_too_confirms_a_little() -> None:
    assert peers.weigh(a_window(a_peer(when=at(3)), now=at(5)), WEST, at(5)) == (
        Evidence(
            kind=Kind.PEERS,
            weight=2.0,
            witnesses=1,
            since=at(3),
            last=at(3),
            sentence="the observer oslo sees trouble too (2 min ago): it sees it",
            brief="oslo agrees",
        ),
    )


def test_an_observer_that_sees_the_region_well_weighs_more_against_the_suspicion() -> None:
    assert peers.weigh(a_window(a_peer(troubled=False, when=at(3)), now=at(5)), WEST, at(5)) == (
        Evidence(
            kind=Kind.PEERS,
            weight=-4.0,
            last=at(3),
            sentence="the observer oslo sees the region well (2 min ago): it sees it",
        ),
    )


def test_observers_of_one_mind_weigh_once_and_of_two_minds_both() -> None:
    two = [a_peer(peer="oslo"), a_peer(peer="rome")]
    assert (peers_say(*two), peers_say(*two, a_peer(peer="bern", troubled=False))) == (
        [(2.0, 1)],
        [(2.0, 1), (-4.0, 0)],
    )


def test_an_observer_counts_by_its_last_word_and_for_five_minutes() -> None:
    assert peers_say(a_peer(), a_peer(troubled=False, when=at(1))) == [(-4.0, 0)]
    assert (peers_say(a_peer(), now=5), peers_say(a_peer(), now=5.1)) == ([(2.0, 1)], [])


def test_what_an_observer_says_of_another_region_does_not_count() -> None:
    assert peers_say(a_peer(region=NORTH)) == []


# all together


def test_all_signals_are_asked_and_the_strongest_is_told_first() -> None:
    window = a_window(
        *probes(when=at(20)),
        *the_runs(("web", a_run("service", ended=20), "")),
        an_event(when=at(20)),
        a_dependency(when=at(20)),
        a_peer(when=at(20)),
        now=at(20),
    )
    found = weigh(Known(window=window), WEST, policy=Policy(), trouble_since=None, now=at(20))
    assert [(e.kind.value, e.weight) for e in found] == [
        ("events", 4.9),
        ("probe", 3.5),
        ("runs", 2.9),
        ("peers", 2.0),
        ("dependencies", 1.0),
    ]
