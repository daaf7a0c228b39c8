"""Render the state as Prometheus metrics: everything that is a fact of the state, none of it kept twice.

Counters of what happened along the way (polls, requests) are not here but in runtime.metrics. Every series of a known
group, region or template exists from the first scrape; states are exported as one gauge a state, 0 or 1.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from aibwatch.core.correlation import WORDS
from aibwatch.core.gates import GATES, GateState
from aibwatch.core.incident import open_incident
from aibwatch.core.judging import regional_verdicts, regions_of
from aibwatch.core.model import Mode, Region, RunState, TemplateId, template_name
from aibwatch.core.modes import mode_of
from aibwatch.core.move.move import MoveKind
from aibwatch.core.observation import Source
from aibwatch.core.policy import GroupSpec, Setup
from aibwatch.core.protection import Protections
from aibwatch.core.situation import ask_gates, situation
from aibwatch.core.state import GroupState, Phase, State
from aibwatch.core.stuck import stuck
from aibwatch.core.verdict import VerdictKind
from aibwatch.views.canaries import known, useless

PREFIX = "aibwatch_"
GATE_VALUE = {GateState.OPEN: 1.0, GateState.CLOSED: 0.0, GateState.UNKNOWN: -1.0}
"""Plain numbers, so that `min by (group)` over the gates says whether a move would be held."""

NOT_ASKED = 1.0
"""Of a gate that is not asked of the group's next move, and so does not hold it."""


def families(state: State, setup: Setup, now: datetime) -> Iterator[Metric]:
    """Return every metric that follows from the state."""
    yield from _templates(state, setup, now)
    yield _pace(setup)
    yield from _regions(state, setup)
    yield from _canaries(state, setup)
    yield from _groups(state, setup, now)
    yield from _builds(state, setup)
    yield _pauses(state, setup, now)
    yield from _gates(state, setup, now)
    yield from _protection(state, setup, now)
    yield from _discovery(state, setup)


def labels_of(templates: Iterable[TemplateId], state: State) -> Mapping[TemplateId, str]:
    """Return the `template` labels: the name, with its resource group where another one of its region has it too.

    Two series with the same labels would make Prometheus refuse the whole scrape.
    """
    all_known = {*templates, *state.window.templates}
    names = Counter((template_name(t), state.window.region_of(t)) for t in all_known)
    return {
        t: f"{t.split('/')[4]}/{template_name(t)}"
        if names[template_name(t), state.window.region_of(t)] > 1
        else template_name(t)
        for t in all_known
    }


def _templates(state: State, setup: Setup, now: datetime) -> Iterator[Metric]:
    info = _gauge(
        "template_info", "A watched template and its role.", "template", "group", "role", "azure_region", "id"
    )
    states = _gauge(
        "template_run_state", "State of the last run, 1 for the one it is in.", "template", "azure_region", "state"
    )
    started = _gauge(
        "template_last_run_start_timestamp_seconds", "When the last run started.", "template", "azure_region"
    )
    late = _gauge("template_run_stuck", "Whether the last run is there for too long.", "template", "azure_region")
    labels = labels_of((template for template, _ in _members(setup)), state)
    for template, spec in sorted(_members(setup)):
        name, region = labels[template], state.window.region_of(template) or ""
        role = "primary" if template == spec.primary else "secondary"
        info.add_metric([name, spec.name, role, region, template], 1)
        seen = state.window.templates.get(template)
        run = seen.run if seen else None
        _one_hot(states, [name, region], RunState, run.state if run else RunState.NEVER if seen else RunState.UNKNOWN)
        late.add_metric([name, region], 1 if seen and stuck(seen, state.habits.get(template), now) else 0)
        if run is not None:
            started.add_metric([name, region], run.started.timestamp())
    yield from (info, states, started, late)


def _pace(setup: Setup) -> Metric:
    """Return how often each source is polled, because how old is too old follows from it."""
    interval = _gauge("poll_interval_seconds", "How often the source is polled.", "source")
    paces = {
        Source.TEMPLATES: setup.pace.templates,
        Source.PROBE: setup.pace.probe,
        Source.SERVICE_HEALTH: setup.pace.service_health,
        Source.RESOURCE_HEALTH: setup.pace.resource_health,
        Source.PEER: setup.pace.peer,
        Source.ACTIVITY_LOG: setup.pace.activity_log,
        Source.DISCOVERY: setup.pace.discovery,
    }
    for source, pace in paces.items():
        interval.add_metric([source], pace.total_seconds())
    return interval


def _regions(state: State, setup: Setup) -> Iterator[Metric]:
    verdicts = _gauge("region_verdict", "Verdict on the region, 1 for the one that stands.", "azure_region", "verdict")
    score = _gauge("region_score", "Natural-log likelihood ratio against the region.", "azure_region")
    incident = _gauge("incident_open", "Whether an incident of the region is open.", "azure_region")
    events = _gauge(
        "service_health_event_active", "A Service Health event that concerns us.", "azure_region", "tracking_id"
    )
    judged = regional_verdicts(state)
    for region in regions_of(state, setup):
        verdict = judged.get(region)
        _one_hot(verdicts, [region], VerdictKind, verdict.kind if verdict else VerdictKind.LEARNING)
        score.add_metric([region], verdict.score if verdict else 0.0)
        incident.add_metric([region], 1 if open_incident(state.incidents, region) else 0)
    for event in state.window.events.values():
        events.add_metric([event.region, event.tracking_id], 1 if event.active else 0)
    yield from (verdicts, score, incident, events)


def _canaries(state: State, setup: Setup) -> Iterator[Metric]:
    runs = _counter("canary_runs", "Runs of the region's canary that were asked for.", "azure_region")
    failures = _counter("canary_failures", "Runs of the region's canary that failed or were stuck.", "azure_region")
    broken = _gauge("canary_broken", "Whether the region's canary proves nothing: 1 repair it.", "azure_region")
    alike = _gauge(
        "correlated_failures",
        "Templates that fail alike for a reason that is not the region's.",
        "azure_region",
        "class",
    )
    useless_ones = useless(state, setup)
    for region, spec in sorted(setup.canaries.items()):
        canary = known(state, spec)
        runs.add_metric([region], canary.asked)
        failures.add_metric([region], canary.failed)
        broken.add_metric([region], 1 if region in useless_ones else 0)
    numbers = {(c.region, c.cls): len(c.templates) for c in state.correlations}
    for region in regions_of(state, setup):
        for cls in WORDS:
            alike.add_metric([region, str(cls)], numbers.get((region, cls), 0))
    yield from (runs, failures, broken, alike)


def _groups(state: State, setup: Setup, now: datetime) -> Iterator[Metric]:
    active = _gauge("group_active", "Where the group's runs go, 1 for that region.", "group", "azure_region")
    phases = _gauge("group_phase", "Phase of the group, 1 for the one it is in.", "group", "phase")
    modes = _gauge(
        "group_mode", "Mode that counts, 1 for the one it is; a stale drill makes auto ask.", "group", "mode"
    )
    moves = _counter("moves", "Moves whose new epoch was written.", "group", "kind")
    failures = _counter("move_failures", "Moves that halted the group or were given up.", "group", "kind")
    would = _counter("would_have_failed_over", "Incidents in which only the mode kept the group.", "group")
    waiting = _gauge("approval_waiting", "Whether the group asks to move and nobody has answered.", "group")
    drilled = _gauge("last_drill_timestamp_seconds", "When the way was last rehearsed to its end, 0 never.", "group")
    for name, spec in sorted(setup.groups.items()):
        group = state.groups.get(name)
        for region in sorted({r for t in spec.members if (r := state.window.region_of(t))}):
            here = group is not None and state.window.region_of(group.active) == region
            active.add_metric([name, region], 1 if here else 0)
        _one_hot(phases, [name], Phase, group.phase if group else Phase.WATCHING)
        _one_hot(modes, [name], Mode, mode_of(state.window, spec, group, now) if group else spec.policy.mode)
        asked = group.approval if group else None
        waiting.add_metric([name], 1 if asked is not None and asked.answer is None else 0)
        drilled.add_metric([name], group.drilled_at.timestamp() if group and group.drilled_at else 0)
        for kind in MoveKind:
            moves.add_metric([name, str(kind)], group.committed.get(kind, 0) if group else 0)
            failures.add_metric([name, str(kind)], group.failed.get(kind, 0) if group else 0)
        would.add_metric([name], group.would_have_moved if group else 0)
    yield from (active, phases, modes, moves, failures, would, waiting, drilled)


def _builds(state: State, setup: Setup) -> Iterator[Metric]:
    ordered = _counter("builds", "Builds that people ordered and that were begun.", "group")
    failed = _counter("build_failures", "Builds that ended without an image, whoever's fault it was.", "group")
    for name in sorted(setup.groups):
        ordered.add_metric([name], state.builds.ordered.get(name, 0))
        failed.add_metric([name], state.builds.failed.get(name, 0))
    yield from (ordered, failed)


def _pauses(state: State, setup: Setup, now: datetime) -> Metric:
    paused = _gauge("paused_seconds_remaining", "How long moves are held back by a pause, 0 without one.", "group")
    for name in sorted(setup.groups):
        group = state.groups.get(name)
        left = (group.pause.until - now).total_seconds() if group and group.pause else 0.0
        paused.add_metric([name], max(0.0, left))
    return paused


def _gates(state: State, setup: Setup, now: datetime) -> Iterator[Metric]:
    text = "Gate of the group's next move: 1 open or not asked of it, 0 closed, -1 unknown."
    gates = _gauge("gate_open", text, "group", "gate")
    ready = _gauge("secondary_ready", "Secondary is ready: 1 yes, 0 no, -1 unknown.", "group", "azure_region")
    for name, spec in sorted(setup.groups.items()):
        group = state.groups.get(name)
        answers = _answers(state, setup, spec, group, now) if group else {}
        for gate in GATES:
            gates.add_metric([name, gate], answers.get(gate, -1.0))
        for region, value in sorted(_readiness(state, setup, spec, group, now).items()):
            ready.add_metric([name, region], value)
    yield from (gates, ready)


def _answers(state: State, setup: Setup, spec: GroupSpec, group: GroupState, now: datetime) -> dict[str, float]:
    answers = {gate.name: GATE_VALUE[gate.state] for gate in situation(state, setup, spec, group, now).gates}
    return {**dict.fromkeys(GATES, NOT_ASKED), **answers} if answers else {}


def _readiness(
    state: State, setup: Setup, spec: GroupSpec, group: GroupState | None, now: datetime
) -> dict[Region, float]:
    """Return how ready each secondary is to be gone to from the primary, the worse of two in one region."""
    ready: dict[Region, float] = {}
    for secondary in spec.secondaries:
        region = state.window.region_of(secondary)
        if region is not None:
            gates = ask_gates(state, setup, spec, group, secondary, spec.primary, now) if group else ()
            value = next((GATE_VALUE[g.state] for g in gates if g.name == "secondary_ready"), -1.0)
            ready[region] = min(value, ready.get(region, 1.0))
    return ready


def _protection(state: State, setup: Setup, now: datetime) -> Iterator[Metric]:
    text = "Expected time until an outage is noticed: +Inf never by itself, NaN not known yet."
    expected = _gauge("expected_detection_seconds", text, "group", "failure")
    known = Protections(state, setup, now)
    for name, spec in sorted(setup.groups.items()):
        protection = known.of(spec)
        expected.add_metric([name, "api"], protection.api.seconds)
        expected.add_metric([name, "build"], protection.build.seconds)
    yield expected


def _discovery(state: State, setup: Setup) -> Iterator[Metric]:
    found = _gauge("discovered_groups", "Groups that are watched because tags say so.")
    found.add_metric([], sum(spec.tagged for spec in setup.groups.values()))
    problems = _gauge("discovery_problems", "What tags say that cannot be followed as it is.")
    problems.add_metric([], len(state.window.discovery.problems) if state.window.discovery else 0)
    yield from (found, problems)


def _members(setup: Setup) -> Iterable[tuple[TemplateId, GroupSpec]]:
    return ((template, spec) for spec in setup.groups.values() for template in spec.members)


def _one_hot(family: GaugeMetricFamily, labels: list[str], states: type[StrEnum], current: StrEnum) -> None:
    for each in states:
        family.add_metric([*labels, str(each)], 1 if each is current else 0)


def _gauge(name: str, text: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(PREFIX + name, text, labels=labels)


def _counter(name: str, text: str, *labels: str) -> CounterMetricFamily:
    return CounterMetricFamily(PREFIX + name, text, labels=labels)
