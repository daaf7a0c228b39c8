"""Keep the observations that still matter, each once, in an order that does not depend on their arrival.

Rules: the same fact seen twice is one fact; of an event's notices the one with the latest `updated` stands; of a
template the latest sight stands; a run is known by its template and its start, a call by its id and its template.
Nothing grows without a limit.
This module does not know what an observation is worth.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar, assert_never

from aibwatch.core.model import Diagnosis, FailureClass, Region, Run, TemplateId, template_name
from aibwatch.core.observation import (
    CallFailed,
    DependencySeen,
    EventSeen,
    HandlerChecked,
    Observation,
    PeerSaid,
    Polled,
    Probed,
    ReadinessSeen,
    Report,
    Source,
    TemplateGone,
    TemplateSeen,
    is_answer,
)
from aibwatch.core.readiness.finding import STANDS_FOR

KEEP = timedelta(hours=6)
"""How long runs and probes are kept: longer than every configured window, so that a longer one can be tried."""

PROBES_PER_REGION = 1000
"""Enough for KEEP at the default pace of one in 30 s (720), with room for polls made in suspicion."""

RUNS = 5000
"""Ended runs kept at the most: 5,000 templates run once in KEEP; beyond that the oldest are let go."""

CALLS = 5000
"""Failed calls kept at the most, for the same reason; a pipeline that tries again every minute makes 360 in KEEP."""


LISTS = f"{Source.TEMPLATES}/"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSeen:
    """A run and where it ran."""

    template: TemplateId
    region: Region
    run: Run
    shares: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PollRecord:
    """How asking one source about one subject went of late."""

    last: Diagnosis
    last_at: datetime
    answered_at: datetime | None = None
    """When the far side last spoke, well or ill; None if it never did."""
    mute_since: datetime | None = None
    """First poll in the present row of polls without an answer."""
    well_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """All observations that still matter."""

    templates: Mapping[TemplateId, TemplateSeen] = field(default_factory=dict)
    runs: tuple[RunSeen, ...] = ()
    """Ended runs, oldest end first."""
    probes: Mapping[Region, tuple[Probed, ...]] = field(default_factory=dict)
    """Oldest first."""
    events: Mapping[str, EventSeen] = field(default_factory=dict)
    """By tracking id and region."""
    dependencies: Mapping[str, DependencySeen] = field(default_factory=dict)
    readiness: Mapping[TemplateId, ReadinessSeen] = field(default_factory=dict)
    """The latest report of each secondary, by template."""
    peers: Mapping[str, PeerSaid] = field(default_factory=dict)
    """By peer and region."""
    handlers: Mapping[str, HandlerChecked] = field(default_factory=dict)
    """The latest check of each handler, by group, handler and target."""
    calls: Mapping[str, CallFailed] = field(default_factory=dict)
    """Calls to run a template that failed, by their keys."""
    polls: Mapping[str, PollRecord] = field(default_factory=dict)
    """By source and subject."""
    latest: datetime | None = None
    """The latest time that anything in here is dated with: later than now only after the clock was set back."""

    def region_of(self, template: TemplateId) -> Region | None:
        """Return where the template lives, or None if it was never seen."""
        seen = self.templates.get(template)
        return seen.region if seen else None

    def name_of(self, template: TemplateId) -> str:
        """Return what people call it: members of a group may have one name, so with its region where that is known."""
        region = self.region_of(template)
        return f"{template_name(template)} in {region}" if region else template_name(template)

    def poll(self, source: Source, subject: str) -> PollRecord | None:
        """Return how asking went, or None if it was never asked."""
        return self.polls.get(f"{source}/{subject}")

    def list_covering(self, template: TemplateId) -> PollRecord | None:
        """Return how the list went that shows this template: its subject is a scope that the id lies in.

        Of several scopes (they change with the configuration) the one that was asked last counts, the better of two.
        """
        lists = ((key.partition("/")[2], record) for key, record in self.polls.items() if key.startswith(LISTS))
        covering = [record for scope, record in lists if template.startswith(f"{scope}/")]
        return max(covering, key=lambda record: (record.last_at, record.well_at is not None), default=None)

    def polls_of(self, source: Source) -> tuple[PollRecord, ...]:
        """Return the records of all subjects of a source."""
        return tuple(record for key, record in self.polls.items() if key.startswith(f"{source}/"))


def add(window: Window, observations: Iterable[Observation], now: datetime) -> Window:
    """Return the window with the observations in and what is past KEEP out."""
    draft = _Draft(_until(window, now), now)
    for observation in sorted(observations, key=_order):
        draft.take(observation)
    return draft.done()


def _order(observation: Observation) -> tuple[datetime, str]:
    """Put the observations of a batch in an order of their own, so that the order of arrival does not matter."""
    return observation.at, repr(observation)


def _until(window: Window, now: datetime) -> Window:
    """Return the window without facts dated later than now.

    They were written before the clock was set back, and would outweigh all new ones.
    """
    if window.latest is None or window.latest <= now:
        return window
    return replace(
        window,
        templates={k: t if t.at <= now else replace(t, at=now) for k, t in window.templates.items()},
        probes={region: tuple(p for p in probes if p.at <= now) for region, probes in window.probes.items()},
        dependencies={k: d for k, d in window.dependencies.items() if d.at <= now},
        readiness={k: r for k, r in window.readiness.items() if r.at <= now},
        peers={k: p for k, p in window.peers.items() if p.at <= now},
        handlers={k: h for k, h in window.handlers.items() if h.at <= now},
        calls={k: c for k, c in window.calls.items() if c.at <= now},
        polls={k: r for k, r in window.polls.items() if r.last_at <= now},
        latest=now,
    )


class _Draft:
    """Mutable copies for one batch, so that ten thousand observations cost one copy and not ten thousand."""

    def __init__(self, window: Window, now: datetime) -> None:
        self.now, self.latest = now, window.latest or now
        self.templates = dict(window.templates)
        self.runs = {(r.template, r.run.started): r for r in window.runs}
        self.probes = {region: list(probes) for region, probes in window.probes.items()}
        self.events = dict(window.events)
        self.dependencies = dict(window.dependencies)
        self.readiness = dict(window.readiness)
        self.peers = dict(window.peers)
        self.handlers = dict(window.handlers)
        self.calls = dict(window.calls)
        self.polls = dict(window.polls)

    def take(self, observation: Observation) -> None:
        self.latest = max(self.latest, observation.at)
        match observation:
            case Polled():
                key = f"{observation.source}/{observation.subject}"
                self.polls[key] = _polled(self.polls.get(key), observation)
            case TemplateSeen():
                self._template(observation)
            case TemplateGone():
                seen = self.templates.get(observation.template)
                if seen is not None and observation.at >= seen.at:
                    del self.templates[observation.template]
            case Probed():
                _insert(self.probes.setdefault(observation.region, []), observation)
            case EventSeen():
                key = f"{observation.tracking_id}/{observation.region}"
                known = self.events.get(key)
                if known is None or (observation.updated, observation.at) >= (known.updated, known.at):
                    self.events[key] = observation
            case DependencySeen() | ReadinessSeen() | PeerSaid() | HandlerChecked():
                self._report(observation)
            case CallFailed():
                self._call(observation)
            case _:
                assert_never(observation)

    def _report(self, report: Report) -> None:
        match report:
            case DependencySeen():
                _keep_latest(self.dependencies, report.resource, report)
            case ReadinessSeen():
                _keep_latest(self.readiness, report.template, report)
            case PeerSaid():
                _keep_latest(self.peers, f"{report.peer}/{report.region}", report)
            case HandlerChecked():
                _keep_latest(self.handlers, report.key, report)

    def _template(self, seen: TemplateSeen) -> None:
        known = self.templates.get(seen.template)
        newest = known is None or seen.at >= known.at
        if newest:
            self.templates[seen.template] = seen
        if seen.run is not None and seen.run.state.ended:
            key = (seen.template, seen.run.started)
            if newest or key not in self.runs:
                self.runs[key] = RunSeen(template=seen.template, region=seen.region, run=seen.run, shares=seen.shares)

    def _call(self, seen: CallFailed) -> None:
        known = self.calls.get(seen.key)
        self.calls[seen.key] = one_call(known, seen) if known else seen

    def done(self) -> Window:
        horizon = self.now - KEEP
        return Window(
            templates=self.templates,
            runs=self._recent_runs(horizon),
            probes={region: _recent(probes, horizon) for region, probes in self.probes.items()},
            # An event that is still listed comes back with the next poll.
            events={k: e for k, e in self.events.items() if max(e.at, e.updated) >= horizon},
            dependencies={k: d for k, d in self.dependencies.items() if d.at >= horizon},
            readiness={k: r for k, r in self.readiness.items() if r.at >= self.now - STANDS_FOR},
            peers={k: p for k, p in self.peers.items() if p.at >= horizon},
            handlers={k: h for k, h in self.handlers.items() if h.at >= horizon},
            calls=_latest_calls(self.calls.values(), horizon),
            polls=self.polls,
            latest=self.latest,
        )

    def _recent_runs(self, horizon: datetime) -> tuple[RunSeen, ...]:
        recent = [r for r in self.runs.values() if ended_at(r.run) >= horizon]
        return tuple(sorted(recent, key=lambda r: (ended_at(r.run), r.template))[-RUNS:])


Key = TypeVar("Key", bound=str)
Dated = TypeVar("Dated", DependencySeen, ReadinessSeen, PeerSaid, HandlerChecked)


def _keep_latest(facts: dict[Key, Dated], key: Key, fact: Dated) -> None:
    known = facts.get(key)
    if known is None or fact.at >= known.at:
        facts[key] = fact


def _insert(probes: list[Probed], probed: Probed) -> None:
    """Put the probe where its time belongs: nearly always at the end. Of two at one moment one counts."""
    place = len(probes)
    while place and probes[place - 1].at > probed.at:
        place -= 1
    if place and probes[place - 1].at == probed.at:
        probes[place - 1] = max(probes[place - 1], probed, key=repr)
    else:
        probes.insert(place, probed)


def ended_at(run: Run) -> datetime:
    """Return when the run ended; its start where the service named no end for an ended run."""
    return run.ended or run.started


def one_call(one: CallFailed, other: CallFailed) -> CallFailed:
    """Return what two sights of one call come to: its latest failure, as it was seen first, and ours if either knew.

    A client that tries again under one id fails again later; the entry that names the client may come after the other.
    """
    latest = max(one.called_at, other.called_at)
    stands = min((c for c in (one, other) if c.called_at == latest), key=_order)
    return replace(stands, ours=one.ours or other.ours)


def _latest_calls(calls: Iterable[CallFailed], horizon: datetime) -> Mapping[str, CallFailed]:
    kept = sorted((c for c in calls if c.called_at >= horizon), key=lambda c: (c.called_at, c.key))
    return {c.key: c for c in kept[-CALLS:]}


def _recent(probes: list[Probed], horizon: datetime) -> tuple[Probed, ...]:
    first = next((number for number, probe in enumerate(probes) if probe.at >= horizon), len(probes))
    return tuple(probes[max(first, len(probes) - PROBES_PER_REGION) :])


def _polled(known: PollRecord | None, polled: Polled) -> PollRecord:
    if known is not None and polled.at < known.last_at:
        return known
    answered = is_answer(polled.diagnosis)
    # Without ids, which differ from poll to poll: they would make each failing one news.
    last = replace(polled.diagnosis, ids=())
    record = known or PollRecord(last=last, last_at=polled.at)
    return replace(
        record,
        last=last,
        last_at=polled.at,
        answered_at=polled.at if answered else record.answered_at,
        mute_since=None if answered else (record.mute_since or polled.at),
        well_at=polled.at if polled.diagnosis.cls is FailureClass.OK else record.well_at,
    )
