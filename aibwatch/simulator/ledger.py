"""Keep the runs of every template: the stand-in's account of what has happened, exact to the single run.

Rules: 1 at most one run of a template goes on at a time. 2 a customer's own runs start at their seconds, unless one
goes on, a trouble prevents it or the template is not ready; when somebody looks makes no difference to that. 3
nothing is ever taken back. Where a run stands is computed (run.py), not kept.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from aibwatch.simulator.lots import guid, lot
from aibwatch.simulator.outcome import Outcome, Phase, RunState, death_message
from aibwatch.simulator.outcome import message as end_message
from aibwatch.simulator.parts import LastRun, Provisioning, TemplateSpec
from aibwatch.simulator.run import Course, Durations, Origin, Run, Spell, Status, course, status
from aibwatch.simulator.template import Template
from aibwatch.simulator.trouble import Answer, Desk, Trouble

MAX_RUNS = 50_000
"""Kept in all; about 30 MB. Past it the stand-in starts no more, rather than forget one that counts."""

LEAD = (0.2, 1.0)
"""Seconds by which a run's startTime precedes the answer that accepted it; recorded 0.2 to 1.5."""

_ENDED = {
    LastRun.SUCCEEDED: RunState.SUCCEEDED,
    LastRun.PARTIALLY_SUCCEEDED: RunState.PARTIALLY_SUCCEEDED,
    LastRun.FAILED: RunState.FAILED,
    LastRun.CANCELED: RunState.CANCELED,
}


ScheduleSeen = Callable[[Template, datetime, Run | Trouble], None]
"""Told of each of a customer's own calls to run: what came of it, a run or a trouble that prevented it."""


class LedgerFullError(RuntimeError):
    """The ledger holds all it may."""


class Ledger:
    """The runs of one world. Mutable: runs are added and cancels noted."""

    def __init__(
        self, desk: Desk, lengths: Durations, seed: int, begun: datetime, on_schedule: ScheduleSeen = lambda *_: None
    ) -> None:
        self._desk = desk
        self._lengths = lengths
        self._seed = seed
        self._begun = begun
        self._on_schedule = on_schedule
        self._runs: dict[int, list[Run]] = {}
        self._due: dict[int, float] = {}
        self._kept = 0

    def open(self, template: Template, spec: TemplateSpec | None = None) -> None:
        """Begin the account of a template: the run a scenario gave it, and its schedule."""
        self._runs[template.life] = []
        if template.every is not None:
            self._due[template.life] = template.every
        if spec is not None and spec.last_run is LastRun.RUNNING:
            self._start(template, self._begun, Origin.BEFORE)
        elif spec is not None and spec.last_run is not LastRun.NEVER:
            self._kept += 1
            self._runs[template.life].append(self._before(template, spec))

    def close(self, template: Template) -> None:
        """Start no more runs of a template that is gone; what it ran stays on the account."""
        self._due.pop(template.life, None)

    def _before(self, template: Template, spec: TemplateSpec) -> Run:
        length = sum(self._lengths.of(phase) for phase in template.phases())
        ended = self._begun - timedelta(seconds=spec.last_run_ended)
        state = _ENDED[spec.last_run]
        failing = next(
            (o for o in template.outcomes if o not in (Outcome.SUCCEEDS, Outcome.PARTIAL)), Outcome.SCRIPT_FAILS
        )
        outcome = {RunState.FAILED: failing, RunState.PARTIALLY_SUCCEEDED: Outcome.PARTIAL}.get(state, Outcome.SUCCEEDS)
        operation = guid(self._seed, "before", template.key, template.life)
        said = (
            "The build was canceled" if state is RunState.CANCELED else end_message(outcome, operation, template.region)
        )
        started = ended - timedelta(seconds=length)
        way = Course(phases=((Phase.QUEUED, started),), ended=ended, state=state, message=said)
        return Run(
            number=1,
            operation=operation,
            started=started,
            accepted=started,
            outcome=outcome,
            origin=Origin.BEFORE,
            settled=way,
        )

    def start(self, template: Template, now: datetime) -> Run:
        """Start a run somebody asked for. The caller has made sure that none goes on."""
        return self._start(template, now, Origin.REQUEST)

    def _start(self, template: Template, now: datetime, origin: Origin) -> Run:
        if self._kept >= MAX_RUNS:
            raise LedgerFullError(f"the stand-in has kept {MAX_RUNS} runs and takes no more; restart it")
        runs = self._runs[template.life]
        number = len(runs) + 1
        least, most = LEAD
        lead = timedelta(seconds=least + (most - least) * lot(self._seed, "lead", template.key, template.life, number))
        last = self.last(template, now)
        if last is not None and last[1].ended is not None:
            lead = min(lead, (now - last[1].ended) / 2)  # never before the run before
        # Outcomes are counted over the runs the stand-in started, not over the one a scenario began with.
        own = number - sum(1 for run in runs if run.settled is not None)
        run = Run(
            number=number,
            operation=guid(self._seed, "run", template.key, template.life, number),
            started=now - lead,
            accepted=now,
            outcome=template.outcome(own),
            origin=origin,
        )
        runs.append(run)
        self._kept += 1
        return run

    def cancel(self, template: Template, now: datetime) -> None:
        """Note that somebody asked to cancel the last run."""
        runs = self._runs[template.life]
        runs[-1] = replace(runs[-1], cancel_asked=now)

    def last(self, template: Template, now: datetime) -> tuple[Run, Status] | None:
        """Return the last run and where it stands; None for a template that never ran."""
        runs = self._runs[template.life]
        return (runs[-1], self.status(template, runs[-1], now)) if runs else None

    def last_begun(self, template: Template, at: datetime) -> tuple[Run, Status] | None:
        """Return the last run that had begun at a past moment, and where it stood then."""
        begun = [run for run in self._runs[template.life] if run.accepted <= at]
        return (begun[-1], self.status(template, begun[-1], at)) if begun else None

    def course(self, template: Template, run: Run) -> Course:
        """Return the way of a run, future included."""
        return course(run, template.region, template.phases(), self._lengths, self._spells(template, run))

    def status(self, template: Template, run: Run, now: datetime) -> Status:
        """Return where a run stands."""
        return status(run, self.course(template, run), now)

    def _spells(self, template: Template, run: Run) -> list[Spell]:
        return [
            Spell(
                begin=self._begun + timedelta(seconds=trouble.start),
                end=None if trouble.end is None else self._begun + timedelta(seconds=trouble.end),
                deadly=death_message(trouble.text, run.operation)
                if trouble.answer is Answer.DIES_IN_BUILDING
                else None,
            )
            for trouble in self._desk.fates(template.region, template.name, run.number)
        ]

    def advance(self, templates: Iterable[Template], now: datetime) -> None:
        """Start the customers' own runs that were due until now."""
        if not any(self._at(due) <= now for due in self._due.values()):
            return
        for template in templates:
            while (due := self._due.get(template.life)) is not None and self._at(due) <= now:
                self._due[template.life] = due + (template.every or 0.0)
                if self._may_start(template, self._at(due)) and self._kept < MAX_RUNS:
                    self._call(template, due)

    def _may_start(self, template: Template, at: datetime) -> bool:
        last = self.last(template, at)
        return (last is None or last[1].over) and template.provisioning(at) is Provisioning.SUCCEEDED

    def _call(self, template: Template, due: float) -> None:
        at = self._at(due)
        trouble = self._desk.prevented_by(template.region, template.name, due)
        self._on_schedule(template, at, trouble or self._start(template, at, Origin.SCHEDULE))

    def _at(self, seconds: float) -> datetime:
        return self._begun + timedelta(seconds=seconds)

    def runs(self, template: Template) -> tuple[Run, ...]:
        """Return every run of a template, oldest first."""
        return tuple(self._runs[template.life])

    def run(self, template: Template, number: int) -> Run:
        """Return one run of a template."""
        return self._runs[template.life][number - 1]
