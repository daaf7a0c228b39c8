"""What the window keeps, what it forgets, and that the order of arrival does not matter."""

from dataclasses import replace
from datetime import timedelta

import pytest

from aibwatch.core.observation import Observation, Report, Source, TemplateGone
from aibwatch.core.policy import Policy
from aibwatch.core.readiness.finding import STANDS_FOR
from aibwatch.core.signals import events
from aibwatch.core.window import CALLS, KEEP, PROBES_PER_REGION, RUNS, PollRecord, Window, add, ended_at
from tests.core.builders import (
    BASE_WEST,
    BEAT,
    NORTH,
    SCOPE,
    T0,
    WEST,
    a_call,
    a_check,
    a_dependency,
    a_diagnosis,
    a_peer,
    a_poll,
    a_probe,
    a_report,
    a_run,
    a_template,
    a_window,
    an_event,
    at,
    probes,
)


def test_the_same_fact_seen_twice_is_one_fact() -> None:
    facts: tuple[Observation, ...] = (
        *probes(when=at(5)),
        a_template(run=a_run("service", ended=3), when=at(5)),
        an_event(when=at(5)),
        a_poll(when=at(5)),
        a_dependency(when=at(5)),
        a_call(when=at(5)),
    )
    once = a_window(*facts, now=at(5))
    assert add(once, facts, at(5)) == once == a_window(*facts, *facts, now=at(5))


def test_a_run_is_known_by_its_template_and_its_start() -> None:
    first, second = a_run("service", started=1), a_run("ok", started=5)
    window = a_window(a_template(run=first, when=at(3)), a_template(run=second, when=at(7)), now=at(7))
    assert [(r.template, r.run) for r in window.runs] == [(BASE_WEST, first), (BASE_WEST, second)]


def test_a_run_that_goes_on_is_not_kept_among_the_ended() -> None:
    assert a_window(a_template(run=a_run("running"))).runs == ()


def test_runs_are_kept_oldest_end_first() -> None:
    late, early = a_template("web", run=a_run(ended=9)), a_template("sql", run=a_run(ended=4))
    assert [ended_at(r.run) for r in a_window(late, early, now=at(10)).runs] == [at(4), at(9)]


def test_a_run_that_ended_without_a_time_counts_from_its_start() -> None:
    run = replace(a_run("service", started=2), ended=None)
    assert ended_at(run) == at(2)


def test_of_a_template_the_latest_sight_stands() -> None:
    new, old = a_template(provisioning="succeeded", when=at(5)), a_template(provisioning="updating", when=at(4))
    assert a_window(new, old, now=at(5)).templates == {BASE_WEST: new}


def test_a_late_sight_in_a_later_batch_does_not_stand_either() -> None:
    new, old = a_template(provisioning="succeeded", when=at(5)), a_template(provisioning="updating", when=at(4))
    assert add(a_window(new, now=at(5)), [old], at(6)).templates == {BASE_WEST: new}


def test_a_late_sight_still_brings_its_ended_run() -> None:
    run = a_run("service", started=1)
    window = a_window(a_template(when=at(5)), a_template(run=run, when=at(3)), now=at(5))
    assert [r.run for r in window.runs] == [run]


def test_a_late_older_sight_does_not_change_what_is_known_of_a_run() -> None:
    run = a_run("customer", started=1)
    known, outdated = a_template(run=run, when=at(5)), a_template(run=a_run("service", started=1), when=at(3))
    assert [r.run for r in a_window(known, outdated, now=at(5)).runs] == [run]


def test_a_template_that_is_gone_is_forgotten_and_its_runs_are_not() -> None:
    window = a_window(a_template(run=a_run("service")), TemplateGone(at=at(1), template=BASE_WEST), now=at(1))
    assert (window.region_of(BASE_WEST), len(window.runs)) == (None, 1)


def test_a_late_notice_that_a_template_is_gone_does_not_undo_a_newer_sight() -> None:
    seen, gone = a_template(when=at(5)), TemplateGone(at=at(3), template=BASE_WEST)
    assert a_window(seen, gone, now=at(5)).region_of(BASE_WEST) == WEST
    assert add(a_window(seen, now=at(5)), [gone], at(6)).region_of(BASE_WEST) == WEST


def test_of_an_event_the_notice_that_the_provider_updated_last_stands() -> None:
    resolved = an_event(active=False, when=at(9), updated=at(8))
    late = an_event(active=True, when=at(10), updated=at(2))
    assert list(a_window(resolved, late, now=at(10)).events.values()) == [resolved]


def test_an_event_is_kept_apart_for_each_region() -> None:
    assert len(a_window(an_event(WEST), an_event(active=False, region="northeurope")).events) == 2  # type: ignore[arg-type]  # a Region is a str


def test_of_a_dependency_the_latest_state_stands() -> None:
    now_well, was_ill = a_dependency("available", when=at(5)), a_dependency("unavailable", when=at(4))
    assert list(a_window(now_well, was_ill, now=at(5)).dependencies.values()) == [now_well]


def test_a_poll_without_an_answer_remembers_when_the_silence_began() -> None:
    window = a_window(
        *(a_poll(cls, when=at(i)) for i, cls in enumerate(["ok", "network", "auth", "throttled"])), now=at(3)
    )
    assert window.poll(Source.PROBE, WEST) == PollRecord(
        last=a_diagnosis("throttled"), last_at=at(3), answered_at=at(0), mute_since=at(1), well_at=at(0)
    )


def test_a_failure_of_the_provider_is_an_answer_and_not_a_good_one() -> None:
    window = a_window(a_poll("network", when=at(1)), a_poll("service", when=at(2)), now=at(2))
    assert window.poll(Source.PROBE, WEST) == PollRecord(
        last=a_diagnosis("service"), last_at=at(2), answered_at=at(2), mute_since=None, well_at=None
    )


def test_a_late_poll_does_not_overwrite_a_newer_one() -> None:
    window = a_window(a_poll("ok", when=at(2)), now=at(2))
    assert add(window, [a_poll("network", when=at(1))], at(2)) == window


def test_polls_that_arrive_in_one_batch_may_come_in_any_order() -> None:
    polls = [a_poll("ok", when=at(0)), a_poll("network", when=at(1)), a_poll("network", when=at(2))]
    assert a_window(*reversed(polls), now=at(2)) == a_window(*polls, now=at(2))


def test_two_answers_at_the_same_moment_are_kept_alike_in_any_order() -> None:
    one = a_probe(cls="service")
    other = replace(one, diagnosis=replace(one.diagnosis, summary="another trouble"))
    assert a_window(one, other) == a_window(other, one)


def test_runs_and_probes_are_let_go_after_keep() -> None:
    window = a_window(a_template(run=a_run(ended=0)), a_probe(when=at(0)), now=at(0))
    later = add(window, (), at(0) + KEEP + timedelta(seconds=1))
    assert (later.runs, later.probes) == ((), {WEST: ()})


def test_runs_and_probes_are_still_there_at_keep() -> None:
    window = a_window(a_template(run=a_run(ended=0)), a_probe(when=at(0)), now=at(0))
    later = add(window, (), at(0) + KEEP)
    assert (later.runs, later.probes) == (window.runs, window.probes)


def test_an_event_that_is_over_is_let_go_after_keep_and_one_that_is_still_listed_stays() -> None:
    over, active = an_event(active=False, tracking_id="A"), an_event(tracking_id="B")
    later = at(0) + KEEP + BEAT
    still = replace(active, at=later)
    assert list(add(a_window(over, active), [still], later).events.values()) == [still]


def test_an_active_event_that_is_not_listed_any_more_is_let_go_in_the_end() -> None:
    later = add(a_window(an_event()), (), at(0) + 30 * KEEP)
    assert later.events == {}, "nothing grows without a limit, says the module"


def test_a_dependency_that_nobody_reports_any_more_is_let_go_in_the_end() -> None:
    later = add(a_window(a_dependency()), (), at(0) + 30 * KEEP)
    assert later.dependencies == {}, "nothing grows without a limit, says the module"


def test_no_more_than_the_limit_of_probes_is_kept_and_the_newest_stay() -> None:
    many = [a_probe(when=at(i / 60)) for i in range(PROBES_PER_REGION + 10)]
    kept = a_window(*many, now=at(20)).probes[WEST]
    assert (len(kept), kept[-1]) == (PROBES_PER_REGION, many[-1])


def test_no_more_than_the_limit_of_runs_is_kept_and_the_newest_stay() -> None:
    many = [a_template(f"t{i}", run=a_run(started=i / 1000)) for i in range(RUNS + 3)]
    window = a_window(*many, now=at(10))
    assert (len(window.runs), window.runs[0].run) == (RUNS, many[3].run)


def test_a_list_covers_the_templates_that_its_scope_contains() -> None:
    window = a_window(
        a_poll(source=Source.TEMPLATES, subject=SCOPE), a_poll(source=Source.TEMPLATES, subject="/subscriptions/s")
    )
    assert window.list_covering(BASE_WEST) == window.poll(Source.TEMPLATES, SCOPE)


def test_of_two_lists_that_cover_a_template_the_better_one_counts_whichever_came_first() -> None:
    failing = a_poll("service", when=at(1), source=Source.TEMPLATES, subject=SCOPE)
    well = a_poll(when=at(1), source=Source.TEMPLATES, subject=f"{SCOPE}/resourcegroups/{WEST}")
    for order in ((failing, well), (well, failing)):
        record = a_window(*order, now=at(1)).list_covering(BASE_WEST)
        assert record is not None
        assert record.well_at == at(1)


def test_a_template_in_no_list_is_covered_by_none() -> None:
    assert Window().list_covering(BASE_WEST) is None


def test_the_records_of_one_source_are_told_apart_from_those_of_another() -> None:
    window = a_window(
        a_poll(source=Source.SERVICE_HEALTH, subject="x"), a_poll(source=Source.RESOURCE_HEALTH, subject="x")
    )
    assert window.polls_of(Source.SERVICE_HEALTH) == (window.poll(Source.SERVICE_HEALTH, "x"),)


def test_facts_are_kept_longer_than_any_of_them_is_weighed() -> None:
    assert max(events.FRESH, Policy().run_window) < KEEP


def test_facts_from_before_the_clock_was_set_back_do_not_outweigh_newer_ones() -> None:
    before = a_window(a_poll("ok", when=at(60)), now=at(60))
    after = add(before, [a_poll("service", when=at(1))], at(1))
    record = after.poll(Source.PROBE, WEST)
    assert record is not None
    assert (record.last_at, record.well_at) == (at(1), None)


# reports


@pytest.mark.parametrize(
    ("newer", "older", "keep"),
    [
        (a_report("ready", when=at(5)), a_report("not_ready", when=at(4)), STANDS_FOR),
        (a_peer(troubled=True, when=at(5)), a_peer(troubled=False, when=at(4)), KEEP),
        (a_check(well=True, when=at(5)), a_check(well=False, when=at(4)), KEEP),
    ],
    ids=lambda fact: getattr(fact, "type", ""),
)
def test_of_a_report_the_latest_stands_and_the_clock_may_be_set_back(
    newer: Report, older: Report, keep: timedelta
) -> None:
    def kept(window: Window) -> list[Report]:
        return [*window.readiness.values(), *window.peers.values(), *window.handlers.values()]

    assert kept(a_window(newer, older, now=at(5))) == kept(add(a_window(newer, now=at(5)), [older], at(6))) == [newer]
    assert kept(add(a_window(newer, now=at(5)), [older], at(4))) == [older]
    assert kept(add(a_window(newer, now=at(5)), (), at(5) + keep)) == [newer]
    assert kept(add(a_window(newer, now=at(5)), (), at(5) + keep + BEAT)) == []


def test_what_an_observer_says_of_two_regions_are_two_reports() -> None:
    assert len(a_window(a_peer(), a_peer(region=NORTH), a_peer(peer="rome")).peers) == 3


def test_the_window_knows_the_latest_time_in_it() -> None:
    ahead = a_window(a_poll(when=at(9)), now=at(5))
    assert (a_window(now=at(5)).latest, ahead.latest, add(ahead, (), at(7)).latest) == (at(5), at(9), at(7))


def test_a_template_is_not_forgotten_when_the_clock_is_set_back_and_its_next_sight_stands() -> None:
    before = a_window(a_template(provisioning="updating", when=at(60)), now=at(60))
    after = add(before, [a_template(when=at(2))], at(2))
    assert after.templates == {BASE_WEST: a_template(when=at(2))}


# failed calls


def test_a_call_is_known_by_its_id_and_its_template() -> None:
    calls = [a_call("web", call="1"), a_call("sql", call="1"), a_call("sql", call="2"), a_call("sql", call="2")]
    assert set(a_window(*calls, now=at(5)).calls.values()) == {*calls}


def test_of_a_call_that_failed_again_under_its_id_the_last_failure_stands() -> None:
    first, again = a_call(called=1), a_call(called=3)
    for batch in ((first, again), (again, first)):
        assert list(a_window(*batch, now=at(9)).calls.values()) == [again]
        assert list(add(a_window(batch[0], now=at(9)), batch[1:], at(9)).calls.values()) == [again]


def test_a_call_seen_twice_was_seen_first_when_it_was_seen_first() -> None:
    early, late = a_call(when=at(5)), a_call(when=at(7))
    assert list(add(a_window(late, now=at(8)), [early], at(8)).calls.values()) == [early]


def test_a_call_that_was_once_known_as_ours_stays_ours() -> None:
    stranger, ours = a_call(when=at(5)), a_call(when=at(7), ours=True)
    for batch in ((stranger, ours), (ours, stranger)):
        (kept,) = add(a_window(batch[0], now=at(8)), batch[1:], at(8)).calls.values()
        assert (kept.ours, kept.at) == (True, at(5))


def test_a_call_is_forgotten_by_the_age_of_its_failure_whenever_it_was_seen() -> None:
    late = a_call(called=0, when=T0 + KEEP)
    assert len(a_window(late, now=T0 + KEEP).calls) == 1
    assert a_window(late, now=T0 + KEEP + BEAT).calls == {}


def test_of_too_many_calls_the_oldest_are_let_go() -> None:
    calls = [a_call(called=i / 60, when=at(200), call=str(i)) for i in range(CALLS + 3)]
    kept = a_window(*calls, now=at(200)).calls.values()
    assert (len(kept), min(c.called_at for c in kept)) == (CALLS, at(3 / 60))


def test_a_call_that_was_seen_before_the_clock_was_set_back_is_forgotten() -> None:
    assert add(a_window(a_call(), now=at(5)), [], at(4)).calls == {}
