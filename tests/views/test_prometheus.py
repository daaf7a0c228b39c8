"""Scrape the daemon: every family of the contract from the start, exact labels, one 1 in each family of states."""

import shutil
import subprocess
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

import pytest
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from aibwatch.core.correlation import WORDS
from aibwatch.core.gates import GATES
from aibwatch.core.observation import Source
from aibwatch.core.policy import CanarySpec
from aibwatch.core.state import State
from aibwatch.runtime.metrics import Metrics
from tests.core.builders import (
    BASE_FRANCE,
    BASE_NORTH,
    BASE_WEST,
    FRANCE,
    NORTH,
    T0,
    WEST,
    Play,
    a_group,
    a_run,
    a_world,
)

from .stories import STORIES, told

Labels = frozenset[str]


def labels(*names: str) -> Labels:
    return frozenset(names)


CONTRACT: Mapping[str, Labels] = {
    "build_info": labels("version"),
    "config_last_reload_successful": labels(),
    "poll_total": labels("source"),
    "poll_failures_total": labels("source"),
    "poll_last_success_timestamp_seconds": labels("source"),
    "poll_duration_seconds_count": labels("source"),
    "poll_duration_seconds_bucket": labels("source", "le"),
    "azure_requests_total": labels("operation", "azure_region", "code"),
    "template_info": labels("template", "group", "role", "azure_region", "id"),
    "template_run_state": labels("template", "azure_region", "state"),
    "template_run_stuck": labels("template", "azure_region"),
    "poll_interval_seconds": labels("source"),
    "unclassified_failures_total": labels(),
    "group_phase": labels("group", "phase"),
    "group_mode": labels("group", "mode"),
    "gate_open": labels("group", "gate"),
    "moves_total": labels("group", "kind"),
    "move_failures_total": labels("group", "kind"),
    "move_step_duration_seconds_count": labels("handler"),
    "would_have_failed_over_total": labels("group"),
    "builds_total": labels("group"),
    "build_failures_total": labels("group"),
    "expected_detection_seconds": labels("group", "failure"),
    "journal_write_failures_total": labels(),
    "loop_last_tick_timestamp_seconds": labels(),
}
"""Known before the first poll."""

ONCE_SEEN: Mapping[str, Labels] = {
    "template_last_run_start_timestamp_seconds": labels("template", "azure_region"),
    "region_verdict": labels("azure_region", "verdict"),
    "region_score": labels("azure_region"),
    "service_health_event_active": labels("azure_region", "tracking_id"),
    "group_active": labels("group", "azure_region"),
    "secondary_ready": labels("group", "azure_region"),
    "incident_open": labels("azure_region"),
    "correlated_failures": labels("azure_region", "class"),
}
"""Known once a list, an event or a run was seen. What the daemon counts along the way is in tests/runtime."""

ONE_HOT = {
    "template_run_state": "state",
    "region_verdict": "verdict",
    "group_phase": "phase",
    "group_mode": "mode",
    "group_active": "azure_region",
}

LISTED = [s for s in STORIES if s not in {"no_groups", "nothing_seen", "never_listed", "secondary_never_listed"}]


def scrape(play: Play) -> list[Sample]:
    metrics = Metrics(lambda: play.now)
    metrics.expose(lambda: play.state, lambda: play.setup)
    text = generate_latest(metrics.registry).decode()
    return [s for family in text_string_to_metric_families(text) for s in family.samples]


def value(play: Play, name: str, **wanted: str) -> float:
    found = [s.value for s in scrape(play) if s.name == f"aibwatch_{name}" and s.labels == wanted]
    assert len(found) == 1, f"{name} {wanted} is there {len(found)} times"
    return found[0]


@pytest.mark.parametrize(("name", "names"), CONTRACT.items())
def test_it_is_there_before_the_first_poll_with_exactly_its_labels(name: str, names: Labels) -> None:
    found = {frozenset(s.labels) for s in scrape(told("nothing_seen")) if s.name == f"aibwatch_{name}"}
    assert found == {names}


@pytest.mark.parametrize(("name", "names"), ONCE_SEEN.items())
def test_it_is_there_once_its_region_was_seen_with_exactly_its_labels(name: str, names: Labels) -> None:
    story = told("event_only") if name == "service_health_event_active" else told("moved_with_image")
    found = {frozenset(s.labels) for s in scrape(story) if s.name == f"aibwatch_{name}"}
    assert found == {names}


@pytest.mark.parametrize("story", LISTED)
def test_exactly_one_of_each_family_of_states_is_1(story: str) -> None:
    sums: dict[tuple[str, ...], float] = defaultdict(float)
    for s in scrape(told(story)):
        state = ONE_HOT.get(s.name.removeprefix("aibwatch_"))
        if state:
            assert s.value in {0.0, 1.0}
            sums[s.name, *(v for k, v in sorted(s.labels.items()) if k != state)] += s.value
    assert {key: total for key, total in sums.items() if total != 1.0} == {}


@pytest.mark.parametrize("story", STORIES)
def test_states_verdicts_phases_and_gates_are_lower_case(story: str) -> None:
    names = {"state", "verdict", "phase", "mode", "gate", "role", "kind", "source", "azure_region"}
    found = {v for s in scrape(told(story)) for k, v in s.labels.items() if k in names}
    assert {v for v in found if v != v.lower() or "." in v} == set()


@pytest.mark.parametrize("story", STORIES)
def test_no_series_is_there_twice(story: str) -> None:
    seen = [(s.name, tuple(sorted(s.labels.items()))) for s in scrape(told(story))]
    assert len(seen) == len(set(seen))


def test_every_gate_is_there_and_unknown_before_the_first_decision() -> None:
    assert {gate: value(told("nothing_seen"), "gate_open", group="base", gate=gate) for gate in GATES} == dict.fromkeys(
        GATES, -1.0
    )


def test_gates_are_1_open_0_closed_and_less_than_0_unknown() -> None:
    many, never = told("held_by_many"), told("secondary_never_listed")
    assert [
        value(many, "gate_open", group="base", gate="not_global"),
        value(many, "gate_open", group="base", gate="mode_allows"),
        value(never, "gate_open", group="base", gate="secondary_live"),
    ] == [1.0, 0.0, -1.0]


def test_a_gate_that_is_not_asked_of_a_failover_does_not_hold_one() -> None:
    assert min(value(told("quiet"), "gate_open", group="base", gate=gate) for gate in GATES) == 1.0


def test_the_gates_of_a_move_under_way_do_not_close_by_its_own_effect() -> None:
    assert value(told("moving"), "gate_open", group="base", gate="secondary_ready") == 1.0


def test_a_secondary_is_ready_or_not_by_itself_and_not_by_the_best_of_them() -> None:
    play = Play(a_group(secondaries=(BASE_NORTH, BASE_FRANCE)), world=a_world(WEST, NORTH, FRANCE))
    play.world.templates[BASE_NORTH] = replace(play.world.templates[BASE_NORTH], provisioning="failed")
    play.run(5)
    ready = [value(play, "secondary_ready", group="base", azure_region=region) for region in (NORTH, FRANCE)]
    assert ready == [0.0, 1.0]


def test_after_a_move_the_secondary_does_not_become_unknown() -> None:
    assert value(told("moved_with_image"), "secondary_ready", group="base", azure_region=NORTH) >= 0.0


def test_a_move_is_counted_and_so_is_its_failure() -> None:
    counted = [
        (value(told(s), "moves_total", group="base", kind="failover"), value_failed(told(s)))
        for s in ("quiet", "moved", "halted")
    ]
    assert counted == [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0)]


def value_failed(play: Play) -> float:
    return value(play, "move_failures_total", group="base", kind="failover")


def test_a_shadow_group_counts_what_it_would_have_done() -> None:
    assert value(told("held_by_mode"), "would_have_failed_over_total", group="base") == 1.0


def test_an_incident_is_open_until_its_region_is_healthy() -> None:
    stories = ("quiet", "suspect", "held_by_mode", "recovering", "recovered")
    assert [value(told(s), "incident_open", azure_region=WEST) for s in stories] == [0.0, 1.0, 1.0, 1.0, 0.0]


CANARIES = {
    # runs, failures, broken
    "canary_never_run": (0.0, 0.0, 0.0),
    "canary_well": (1.0, 0.0, 0.0),
    "canary_failed": (2.0, 2.0, 0.0),
    "canary_stuck": (1.0, 1.0, 0.0),
    "canary_broken": (1.0, 0.0, 1.0),
    "canary_lost": (1.0, 0.0, 0.0),
    "canary_elsewhere": (0.0, 0.0, 1.0),
}


@pytest.mark.parametrize(("story", "expected"), CANARIES.items())
def test_a_canary_counts_its_runs_and_their_failures_and_says_when_it_is_broken(
    story: str, expected: tuple[float, float, float]
) -> None:
    names = ("canary_runs_total", "canary_failures_total", "canary_broken")
    assert tuple(value(told(story), name, azure_region=WEST) for name in names) == expected


def test_a_canary_has_its_series_before_anything_was_seen() -> None:
    play = Play()
    play.setup = told("canary_never_run").setup
    names = ("canary_runs_total", "canary_failures_total", "canary_broken")
    assert [value(play, name, azure_region=WEST) for name in names] == [0.0, 0.0, 0.0]


def test_a_region_that_no_group_lives_in_has_the_series_of_its_canary() -> None:
    assert value(told("canary_for_nobody"), "canary_runs_total", azure_region=FRANCE) == 0.0


def test_templates_that_fail_alike_are_counted_by_class_and_the_other_classes_are_0() -> None:
    play = told("alike")
    counted = {s.labels["class"]: s.value for s in scrape(play) if s.name == "aibwatch_correlated_failures"
               and s.labels["azure_region"] == WEST}  # fmt: skip
    assert counted == {**dict.fromkeys(map(str, WORDS), 0.0), "customer": 3.0}


def test_verdicts_beside_an_outage_have_series_of_their_own() -> None:
    stories = {"degraded": "degraded", "maintained": "maintenance"}
    assert [value(told(s), "region_verdict", azure_region=WEST, verdict=v) for s, v in stories.items()] == [1.0, 1.0]


def test_an_active_event_is_told_under_its_tracking_id() -> None:
    play = told("event_only")
    assert value(play, "service_health_event_active", azure_region=WEST, tracking_id="VT60-RPZ") == 1.0


@pytest.mark.parametrize(
    ("story", "api", "build"), [("nothing_seen", "nan", "nan"), ("quiet", "nan", "inf"), ("never_listed", "nan", "nan")]
)
def test_how_soon_an_outage_would_be_noticed_is_no_number_while_it_is_not_known(
    story: str, api: str, build: str
) -> None:
    expected = [value(told(story), "expected_detection_seconds", group="base", failure=f) for f in ("api", "build")]
    assert [str(seconds) for seconds in expected] == [api, build]


def test_how_soon_an_outage_would_be_noticed_is_told_in_seconds() -> None:
    play = Play().run(5)
    canary = CanarySpec(region=WEST, template=BASE_FRANCE)
    play.setup = replace(play.setup, canaries={WEST: canary})
    assert value(play, "expected_detection_seconds", group="base", failure="api") == pytest.approx(774)


def test_a_template_that_was_never_run_is_never() -> None:
    play = told("quiet")
    assert value(play, "template_run_state", template="base", azure_region=WEST, state="never") == 1.0


def test_a_run_is_stuck_once_it_is_there_for_too_long() -> None:
    play = Play().run(2)
    play.world.ran(BASE_WEST, a_run("running", started=2, phase="building"))
    found = [value(play.run(m), "template_run_stuck", template="base", azure_region=WEST) for m in (58, 5)]
    assert found == [0.0, 1.0]


def test_every_source_says_how_often_it_is_polled() -> None:
    play = told("quiet")
    for source in Source:
        assert value(play, "poll_interval_seconds", source=source) == getattr(play.setup.pace, source).total_seconds()


def test_without_groups_a_scrape_is_still_a_scrape() -> None:
    play = Play()
    play.setup, play.state = told("no_groups").setup, State(awake_since=T0)
    assert [s for s in scrape(play) if s.name == "aibwatch_build_info"]


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed; it comes with Prometheus")
@pytest.mark.parametrize(
    "story", ["nothing_seen", "held_by_many", "moved_with_image", "event_only", "canary_broken", "alike"]
)
def test_promtool_finds_nothing_to_mend(story: str) -> None:
    play = told(story)
    metrics = Metrics(lambda: play.now)
    metrics.expose(lambda: play.state, lambda: play.setup)
    text = generate_latest(metrics.registry)
    checked = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, check=False, timeout=20)
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, b"")
