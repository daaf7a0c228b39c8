"""Say where a run is at any moment: a pure function of its start, its outcome and what befell its region.

Rules: 1 phases follow one another in the service's order, with the scenario's lengths. 2 a run that would leave
Queued while runs are stuck leaves it when they are no longer. 3 a run alive while builds die ends Failed: out of
Building as soon as it is there, or where it stands if it was past it. 4 a cancel asked for before the end wins over
all of it. This module does not know templates, HTTP or the clock.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from aibwatch.simulator import outcome as ends
from aibwatch.simulator.outcome import Outcome, Phase, RunState


@dataclass(frozen=True, slots=True, kw_only=True)
class Durations:
    """Lengths in build seconds; a scenario's `speed` divides them all. The defaults make a build of 40 minutes."""

    queued: float = 20.0
    building: float = 300.0
    customizing: float = 900.0
    optimizing: float = 300.0
    validating: float = 120.0
    distributing: float = 1180.0
    canceling: float = 80.0
    """Recorded: 2 to 80 s, and in quotes hours."""
    creating: float = 34.0
    """Recorded median of 343 creations."""
    updating: float = 1.7
    deleting: float = 131.0
    dying: float = 81.0
    """How long a doomed run lasts in Building: a real failure before any virtual machine was there took 81 s."""

    def of(self, phase: Phase) -> float:
        """Return the length of a phase."""
        length: float = getattr(self, phase.value.lower())
        return length


class Origin(StrEnum):
    """Who started a run."""

    REQUEST = "request"
    SCHEDULE = "schedule"
    BEFORE = "before"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """A time in which runs are stuck or die."""

    begin: datetime
    end: datetime | None
    deadly: str | None
    """The message runs die with; None for runs that are stuck in Queued."""

    def covers(self, at: datetime) -> bool:
        """Return whether the spell is on at that moment."""
        return self.begin <= at and (self.end is None or at < self.end)

    def touches(self, begin: datetime, end: datetime | None) -> bool:
        """Return whether the spell and the interval have a moment in common."""
        return (self.end is None or begin < self.end) and (end is None or self.begin < end) and self.begin != self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """The whole way of a run, future included."""

    phases: tuple[tuple[Phase, datetime], ...]
    ended: datetime | None
    """None if it never ends."""
    state: RunState
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One accepted run."""

    number: int
    """Counted per template, from 1."""
    operation: str
    started: datetime
    """What lastRunStatus says: by the clock of the builder, a little before the answer that accepted it."""
    accepted: datetime
    """When the request was answered; the phases count from here."""
    outcome: Outcome
    origin: Origin
    cancel_asked: datetime | None = None
    settled: Course | None = None
    """The course of a run that was over before the stand-in began."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What lastRunStatus says of a run at one moment."""

    state: RunState
    phase: Phase | None
    ended: datetime | None
    message: str

    @property
    def over(self) -> bool:
        """Whether no more will come of the run."""
        return self.state not in (RunState.RUNNING, RunState.CANCELING)


def course(run: Run, region: str, phases: Sequence[Phase], lengths: Durations, spells: Sequence[Spell]) -> Course:
    """Return the way of a run through those phases. `lengths` are in seconds of the stand-in already."""
    if run.settled is not None:
        return run.settled
    way = _undisturbed(run, region, phases, lengths, [s for s in spells if s.deadly is None])
    for spell in spells:
        way = _doomed(way, run, spell, lengths.dying)
    return _canceled(way, run, lengths.canceling)


def _undisturbed(run: Run, region: str, phases: Sequence[Phase], lengths: Durations, stuck: Sequence[Spell]) -> Course:
    ending = ends.ending(run.outcome)
    at: datetime | None = run.accepted
    begun: list[tuple[Phase, datetime]] = []
    for phase in phases:
        if at is None:
            break
        begun.append((phase, at))
        at += timedelta(seconds=lengths.of(phase) * (ending.part if phase is ending.phase else 1.0))
        if phase is Phase.QUEUED:
            at = _unstuck(at, stuck)
        if phase is ending.phase:
            break
    return Course(
        phases=tuple(begun), ended=at, state=ending.state, message=ends.message(run.outcome, run.operation, region)
    )


def _unstuck(at: datetime, stuck: Sequence[Spell]) -> datetime | None:
    while spell := next((s for s in stuck if s.covers(at)), None):
        if spell.end is None:
            return None
        at = spell.end
    return at


def _doomed(way: Course, run: Run, spell: Spell, dying: float) -> Course:
    building = next((at for phase, at in way.phases if phase is Phase.BUILDING), None)
    if spell.deadly is None or building is None or not spell.touches(run.accepted, way.ended):
        return way
    death = max(spell.begin, building) + timedelta(seconds=dying)
    if way.ended is not None:
        death = min(death, way.ended)
    begun = tuple((phase, at) for phase, at in way.phases if at < death)
    return Course(phases=begun, ended=death, state=RunState.FAILED, message=spell.deadly)


def _canceled(way: Course, run: Run, canceling: float) -> Course:
    if run.cancel_asked is None or (way.ended is not None and way.ended <= run.cancel_asked):
        return way
    ended = run.cancel_asked + timedelta(seconds=canceling)
    return Course(phases=way.phases, ended=ended, state=RunState.CANCELED, message="The build was canceled")


def status(run: Run, way: Course, now: datetime) -> Status:
    """Return what the run shows now."""
    if way.ended is not None and way.ended <= now:
        return Status(state=way.state, phase=None, ended=way.ended, message=way.message)
    if run.cancel_asked is not None and run.cancel_asked <= now and way.state is RunState.CANCELED:
        return Status(state=RunState.CANCELING, phase=None, ended=None, message="Canceling image build")
    phase = next((phase for phase, at in reversed(way.phases) if at <= now), way.phases[0][0])
    return Status(state=RunState.RUNNING, phase=phase, ended=None, message="")
