"""Count what happens along the way, and serve it together with what follows from the state.

Totals and failures are two counters each; times are timestamps, not ages. Series exist from the start where their
labels are known then, and from the first sight of a region where they are not.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from aibwatch import __version__
from aibwatch.core.decision import Decision
from aibwatch.core.events import Event, JournalFailed, Observed
from aibwatch.core.failures import DEFAULT
from aibwatch.core.model import FailureClass, Region, RunState
from aibwatch.core.observation import Source, TemplateSeen
from aibwatch.core.policy import Setup
from aibwatch.core.state import State
from aibwatch.runtime.door.visitor import Cut
from aibwatch.runtime.polls import PollTaken
from aibwatch.sources.answer import RequestSeen
from aibwatch.views.prometheus import families, labels_of

POLL_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
ORDINARY = (
    ("list_templates", "200"),
    ("get_template", "200"),
    ("run_template", "202"),
    ("run_canary", "202"),
    ("run_build", "202"),
    ("list_events", "200"),
    ("list_calls", "200"),
    ("survey_templates", "200"),
    ("survey_resource", "200"),
    ("survey_names", "200"),
    ("survey_providers", "200"),
)
"""Requests that belong to no region, with the answer that they get on a good day: their series begin at 0."""

ALWAYS = frozenset(Source) - {Source.PEER, Source.DISCOVERY}
"""Sources that every daemon polls. Peers and tags are read only where that is configured."""

STEP_BUCKETS = (0.5, 1, 5, 15, 60, 300, 900)


class Metrics:
    """All counters of the process, in a registry of its own."""

    def __init__(self, now: Callable[[], datetime], sources: Iterable[Source] = ALWAYS) -> None:
        self._now = now
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._polls = self._counter("poll", "Polls of a source.", "source")
        self._poll_failures = self._counter("poll_failures", "Polls without a good answer.", "source")
        self._poll_success = self._gauge(
            "poll_last_success_timestamp_seconds", "When the source was last read well.", "source"
        )
        self._poll_seconds = Histogram(
            "aibwatch_poll_duration_seconds",
            "Length of a poll.",
            ["source"],
            buckets=POLL_BUCKETS,
            registry=self.registry,
        )
        self._requests = self._counter(
            "azure_requests", "Requests to Azure by answer; code 0 is none.", "operation", "azure_region", "code"
        )
        self._remaining = self._gauge(
            "azure_ratelimit_remaining", "What Azure says is left of a quota.", "subscription", "operation"
        )
        self._last_success = self._gauge(
            "template_last_success_timestamp_seconds", "When the last good run ended.", "template", "azure_region"
        )
        self._run_failures = self._counter("run_failures", "Runs that failed, by whose fault.", "azure_region", "class")
        self._unclassified = self._counter("unclassified_failures", "Failures that no row of the table fits.")
        self._step_seconds = Histogram(
            "aibwatch_move_step_duration_seconds",
            "Length of a handler's call.",
            ["handler"],
            buckets=STEP_BUCKETS,
            registry=self.registry,
        )
        self._journal_failures = self._counter("journal_write_failures", "Decisions that could not be recorded.")
        self._refused = self._counter("orders_unauthorized", "Orders over HTTP without the right token.")
        self._http_refused = self._counter("http_refused", "Connections and requests not served, by reason.", "reason")
        for cut in Cut:
            self._http_refused.labels(cut)
        self._web_failures = self._counter("web_config_reload_failures", "Changes of it that were not taken over.")
        self._web_well = self._gauge(
            "web_config_last_reload_successful", "Whether the web config file in force is the one on disk."
        )
        self._web_well.set(1)
        self._last_tick = self._gauge("loop_last_tick_timestamp_seconds", "When the loop last took a decision.")
        self._reload_well = self._gauge("config_last_reload_successful", "Whether the last (re)load was taken over.")
        self._reload_well.set(1)
        self._gauge("build_info", "Version of aibwatch.", "version").labels(__version__).set(1)
        for operation, code in ORDINARY:
            self._requests.labels(operation, "", code)
        for source in sources:
            if source is Source.DISCOVERY:
                self._requests.labels("discover_templates", "", "200")
            self._polls.labels(source)
            self._poll_failures.labels(source)
            self._poll_success.labels(source)
            self._poll_seconds.labels(source)

    def expose(self, state: Callable[[], State], setup: Callable[[], Setup]) -> None:
        """Serve the state's metrics too; series of configured handlers begin here."""
        self.registry.register(_OfState(state, setup, self._now))
        self._note_templates(state(), state().window.templates.values())  # known from before a restart
        for handler in {step.handler for spec in setup().groups.values() for step in spec.steps}:
            self._step_seconds.labels(handler)

    def reloaded(self, well: bool) -> None:
        """Note whether the configuration in force is the one of the file."""
        self._reload_well.set(1 if well else 0)

    def poll_taken(self, poll: PollTaken) -> None:
        """Count a poll."""
        self._polls.labels(poll.source).inc()
        self._poll_seconds.labels(poll.source).observe(poll.seconds)
        if poll.failed:
            self._poll_failures.labels(poll.source).inc()
        else:
            self._poll_success.labels(poll.source).set(poll.at.timestamp())

    def request_seen(self, request: RequestSeen) -> None:
        """Count a request to Azure."""
        self._requests.labels(request.operation, request.region, str(request.status)).inc()
        for operation, left in request.remaining.items():
            self._remaining.labels(request.subscription, operation).set(left)

    def step_taken(self, handler: str, seconds: float) -> None:
        """Count a call of a handler."""
        self._step_seconds.labels(handler).observe(seconds)

    def order_refused(self) -> None:
        """Count an order that came without the right token."""
        self._refused.inc()

    def not_served(self, cut: Cut) -> None:
        """Count somebody who connected and was not served."""
        self._http_refused.labels(cut).inc()

    def web_config_read(self, well: bool) -> None:
        """Note whether a changed web config file was taken over."""
        self._web_well.set(1 if well else 0)
        if not well:
            self._web_failures.inc()

    def watch(self, before: State, decision: Decision, event: Event) -> None:
        """Take note of a decision: that the loop lives, and which runs newly failed or went well."""
        self._last_tick.set(self._now().timestamp())
        if isinstance(event, JournalFailed):
            self._journal_failures.inc()
        if not isinstance(event, Observed):
            return
        seen = [o for o in event.observations if isinstance(o, TemplateSeen)]
        self._note_templates(decision.state, seen)
        for template in seen:
            self._run_seen(before, template)

    def _begin_series(self, region: Region) -> None:
        self._requests.labels("probe", region, "200")
        for cls in FailureClass:
            if cls is not FailureClass.OK:
                self._run_failures.labels(region, cls)

    def _run_seen(self, before: State, seen: TemplateSeen) -> None:
        if seen.run is None:
            return
        if seen.run.state is not RunState.FAILED:
            return
        known = before.window.templates.get(seen.template)
        same = known.run if known and known.run and known.run.started == seen.run.started else None
        # The text of a failure may come after its state: the same run is then diagnosed anew, and is still one failure.
        if same is None or same.state is not RunState.FAILED:
            self._run_failures.labels(seen.region, seen.run.diagnosis.cls).inc()
        if seen.run.diagnosis.rule == DEFAULT.name and (same is None or same.diagnosis.rule != DEFAULT.name):
            self._unclassified.inc()

    def _note_templates(self, state: State, templates: Collection[TemplateSeen]) -> None:
        labels = labels_of((t.template for t in templates), state) if templates else {}
        for seen in templates:
            self._begin_series(seen.region)
            if seen.run is not None and seen.run.state is RunState.SUCCEEDED and seen.run.ended:
                ended = seen.run.ended.timestamp()
                self._last_success.labels(labels[seen.template], seen.region).set(ended)

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"aibwatch_{name}", text, labels, registry=self.registry)

    def _gauge(self, name: str, text: str, *labels: str) -> Gauge:
        return Gauge(f"aibwatch_{name}", text, labels, registry=self.registry)


class _OfState(Collector):
    """Renders the state at each scrape."""

    def __init__(self, state: Callable[[], State], setup: Callable[[], Setup], now: Callable[[], datetime]) -> None:
        self._state, self._setup, self._now = state, setup, now

    def collect(self) -> Iterator[Metric]:
        return families(self._state(), self._setup(), self._now())
