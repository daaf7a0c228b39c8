"""Count what happens, and serve it in a form that Prometheus takes."""

from collections import Counter
from dataclasses import replace

import pytest
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from aibwatch.core.decision import Decision
from aibwatch.core.events import Event, JournalFailed, Observed, Ticked
from aibwatch.core.model import TemplateId, template_id
from aibwatch.core.observation import Source, TemplateSeen
from aibwatch.core.policy import Setup
from aibwatch.core.state import State
from aibwatch.runtime.metrics import ALWAYS, Metrics
from aibwatch.runtime.polls import PollTaken
from tests.core.builders import (
    BASE_NORTH,
    BASE_WEST,
    NORTH,
    T0,
    WEST,
    Play,
    a_group,
    a_run,
    a_setup,
    a_template,
    a_window,
)

CONTRACT = {
    "build_info",
    "config_last_reload_successful",
    "poll_total",
    "poll_failures_total",
    "poll_last_success_timestamp_seconds",
    "poll_duration_seconds",
    "azure_requests_total",
    "azure_ratelimit_remaining",
    "template_info",
    "template_run_state",
    "template_last_run_start_timestamp_seconds",
    "template_last_success_timestamp_seconds",
    "run_failures_total",
    "unclassified_failures_total",
    "region_verdict",
    "region_score",
    "service_health_event_active",
    "group_active",
    "group_phase",
    "group_mode",
    "gate_open",
    "secondary_ready",
    "moves_total",
    "move_failures_total",
    "move_step_duration_seconds",
    "would_have_failed_over_total",
    "canary_runs_total",
    "canary_failures_total",
    "incident_open",
    "paused_seconds_remaining",
    "last_drill_timestamp_seconds",
    "leader",
    "journal_write_failures_total",
    "loop_last_tick_timestamp_seconds",
}


class Scraped:
    """What a scrape shows."""

    def __init__(self, metrics: Metrics) -> None:
        families = list(text_string_to_metric_families(generate_latest(metrics.registry).decode()))
        self.names = {f.name + ("_total" if f.type == "counter" else "") for f in families}
        self.samples = [s for f in families for s in f.samples]

    def value(self, name: str, **labels: str) -> float | None:
        found = [s.value for s in self.samples if s.name == f"aibwatch_{name}" and s.labels == labels]
        return found[0] if len(found) == 1 else None

    def doubles(self) -> list[object]:
        number = Counter((s.name, tuple(sorted(s.labels.items()))) for s in self.samples)
        return [key for key, times in number.items() if times > 1]


def metrics_of(state: State, setup: Setup | None = None) -> Metrics:
    metrics = Metrics(lambda: T0)
    metrics.expose(lambda: state, lambda: setup or a_setup())
    return metrics


def watched(metrics: Metrics, *seen: TemplateSeen, before: State | None = None) -> State:
    """Let the metrics watch a decision about these sights, and return the state after it."""
    known = before or State(awake_since=T0)
    after = replace(known, window=a_window(*known.window.templates.values(), *seen))
    event: Event = Observed(observations=seen)
    metrics.watch(known, Decision(state=after), event)
    return after


def test_every_metric_of_the_contract_is_there_from_the_start() -> None:
    names = Scraped(metrics_of(State(awake_since=T0))).names
    assert {f"aibwatch_{name}" for name in CONTRACT} - names == set()


def test_a_daemon_whose_state_was_taken_leads_no_group() -> None:
    for lost, leads in (("", 1.0), ("the file is another one", 0.0)):
        scraped = generate_latest(metrics_of(State(awake_since=T0, lease_lost=lost)).registry).decode()
        assert f'aibwatch_leader{{group="base"}} {leads}' in scraped


@pytest.mark.parametrize("source", sorted(ALWAYS))
def test_every_source_has_its_series_before_its_first_poll(source: str) -> None:
    scraped = Scraped(metrics_of(State(awake_since=T0)))
    names = ("poll_total", "poll_failures_total", "poll_last_success_timestamp_seconds", "poll_duration_seconds_count")
    assert [scraped.value(name, source=source) for name in names] == [0.0, 0.0, 0.0, 0.0]


def test_peers_have_series_from_the_start_where_there_are_peers_and_none_where_not() -> None:
    polled = "aibwatch_poll_total{source="
    without, with_peers = Metrics(lambda: T0), Metrics(lambda: T0, ALWAYS | {Source.PEER})
    assert f'{polled}"peer"}}' not in generate_latest(without.registry).decode()
    assert f'{polled}"peer"}} 0.0' in generate_latest(with_peers.registry).decode()


def test_a_scrape_in_the_middle_of_a_story_can_be_read_and_names_nothing_twice() -> None:
    play = Play()
    play.break_region()
    play.until("watching", most=1).run(20)
    scraped = Scraped(metrics_of(play.state, play.setup))
    assert scraped.doubles() == []
    assert scraped.value("region_verdict", azure_region=WEST, verdict="outage") == 1.0
    assert scraped.value("group_active", group="base", azure_region=NORTH) == 1.0
    assert scraped.value("moves_total", group="base", kind="failover") == 1.0


def test_a_poll_is_counted_and_its_failure_too() -> None:
    metrics = metrics_of(State(awake_since=T0))
    for failed in (False, True, True):
        metrics.poll_taken(PollTaken(source=Source.PROBE, at=T0, seconds=0.2, failed=failed))
    scraped = Scraped(metrics)
    assert (scraped.value("poll_total", source="probe"), scraped.value("poll_failures_total", source="probe")) == (3, 2)
    assert scraped.value("poll_last_success_timestamp_seconds", source="probe") == T0.timestamp()


def test_a_failed_run_is_counted_once_however_often_it_is_seen() -> None:
    metrics = metrics_of(State(awake_since=T0))
    failed = a_template(run=a_run("service"))
    state = watched(metrics, failed)
    watched(metrics, failed, before=state)
    assert Scraped(metrics).value("run_failures_total", **{"azure_region": WEST, "class": "service"}) == 1.0


def test_the_next_run_that_fails_is_counted_again() -> None:
    metrics = metrics_of(State(awake_since=T0))
    state = watched(metrics, a_template(run=a_run("service")))
    watched(metrics, a_template(run=a_run("service", started=5.0)), before=state)
    assert Scraped(metrics).value("run_failures_total", **{"azure_region": WEST, "class": "service"}) == 2.0


def test_a_region_has_all_its_classes_of_failure_once_it_is_seen() -> None:
    metrics = metrics_of(State(awake_since=T0))
    watched(metrics, a_template())
    shown = {s.labels["class"]: s.value for s in Scraped(metrics).samples if s.name == "aibwatch_run_failures_total"}
    assert shown == dict.fromkeys(
        ("service", "ambiguous", "customer", "capacity", "throttled", "auth", "network", "distribution", "expected"), 0
    )


def test_a_failure_that_no_row_fits_is_counted_apart() -> None:
    metrics = metrics_of(State(awake_since=T0))
    run = a_run("ambiguous")
    watched(metrics, a_template(run=replace(run, diagnosis=replace(run.diagnosis, rule="default"))))
    assert Scraped(metrics).value("unclassified_failures_total") == 1.0


def test_a_run_whose_text_comes_after_its_state_is_one_failure() -> None:
    metrics = metrics_of(State(awake_since=T0))
    run = a_run("ambiguous")
    state = watched(metrics, a_template(run=replace(run, diagnosis=replace(run.diagnosis, rule="no-words"))))
    watched(metrics, a_template(run=replace(run, diagnosis=replace(run.diagnosis, rule="default"))), before=state)
    scraped = Scraped(metrics)
    failures = scraped.value("run_failures_total", **{"azure_region": WEST, "class": "ambiguous"})
    assert (failures, scraped.value("unclassified_failures_total")) == (1.0, 1.0)


def test_a_failure_that_no_row_fits_is_counted_once_however_often_it_is_seen() -> None:
    metrics = metrics_of(State(awake_since=T0))
    run = a_run("ambiguous")
    unknown = a_template(run=replace(run, diagnosis=replace(run.diagnosis, rule="default")))
    watched(metrics, unknown, before=watched(metrics, unknown))
    assert Scraped(metrics).value("unclassified_failures_total") == 1.0


def test_a_decision_that_was_not_recorded_is_counted_and_the_loop_lives() -> None:
    metrics = metrics_of(State(awake_since=T0))
    nothing = Decision(state=State(awake_since=T0))
    metrics.watch(State(awake_since=T0), nothing, JournalFailed(why="full"))
    metrics.watch(State(awake_since=T0), nothing, Ticked())
    scraped = Scraped(metrics)
    assert scraped.value("journal_write_failures_total") == 1.0
    assert scraped.value("loop_last_tick_timestamp_seconds") == T0.timestamp()


def a_recalled_state() -> State:
    """Return what a daemon knows after a restart, before its first poll."""
    return State(awake_since=T0, window=a_window(a_template(run=a_run("ok")), a_template(region=NORTH)))


def test_after_a_restart_a_region_that_is_remembered_has_its_series_at_once() -> None:
    # Without them the first failure after a restart is a series that begins with 1, which no increase() sees.
    scraped = Scraped(metrics_of(a_recalled_state()))
    assert scraped.value("run_failures_total", **{"azure_region": WEST, "class": "service"}) == 0.0


def test_after_a_restart_the_last_success_is_remembered() -> None:
    # The list reports only what changed, so nothing would say it again before the next run.
    scraped = Scraped(metrics_of(a_recalled_state()))
    known = scraped.value("template_last_success_timestamp_seconds", template="base", azure_region=WEST)
    assert known == (a_run("ok").ended or T0).timestamp()


def test_two_templates_of_one_name_in_one_region_do_not_break_the_scrape() -> None:
    # Prometheus refuses a whole scrape that names a series twice.
    def namesake(template: TemplateId) -> TemplateId:
        return template_id(template.replace("/resourcegroups/", "/resourcegroups/other-"))

    others = a_group("web", primary=namesake(BASE_WEST), secondaries=(namesake(BASE_NORTH),))
    seen = [a_template(region=region) for region in (WEST, NORTH)]
    alike = [replace(s, template=namesake(s.template)) for s in seen]
    state = State(awake_since=T0, window=a_window(*seen, *alike))
    assert Scraped(metrics_of(state, a_setup(a_group(), others))).doubles() == []
