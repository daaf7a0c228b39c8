"""Count the votes of templates against their region: who has one, how much it weighs, who votes as one.

Rules: a template has one vote, whatever it comes from: a run, a call to run that was refused, or a run that is stuck.
Templates that share a script, identity, subnet, source or gallery are one witness: the first vote counts in full, the
second a quarter, the rest nothing. What failed before a canary got its build machine, and ended well, is not the
region's: the service made that machine after it failed.
This module does not know how a vote is told; the signals of runs and of calls both build on it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from aibwatch.core.canary.canary import Canary, CanaryResult, CanaryRun
from aibwatch.core.habits import Habit
from aibwatch.core.model import FailureClass, Region, RunState, TemplateId
from aibwatch.core.observation import TemplateSeen
from aibwatch.core.stuck import stuck
from aibwatch.core.window import KEEP, RunSeen, Window, ended_at

SERVICE_WEIGHT = 2.9
AMBIGUOUS_WEIGHT = SERVICE_WEIGHT / 2
SECOND_VOTE = 0.25
"""What the second failing template of one witness adds, as a share of its weight; later ones add nothing."""

SUSPICIOUS = {FailureClass.SERVICE: SERVICE_WEIGHT, FailureClass.AMBIGUOUS: AMBIGUOUS_WEIGHT}


class Voter(Protocol):
    """Whatever votes: it may share things with others."""

    @property
    def shares(self) -> frozenset[str]:
        """What others may need too."""


V = TypeVar("V", bound=Voter)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """All that counts when the votes of one region are counted at one moment."""

    window: Window
    region: Region
    run_window: timedelta
    """How long the end of a run counts."""
    now: datetime
    canary: Canary | None = None
    trouble_since: datetime | None = None
    """When the present trouble began; None where there is none."""
    reads_since: datetime | None = None
    """When reads began to fail; None while they do not."""
    habits: Mapping[TemplateId, Habit] = field(default_factory=dict)

    @property
    def own(self) -> TemplateId | None:
        """Return the canary's template, whose runs are for signals/canary.py."""
        return self.canary.template if self.canary else None

    def templates(self) -> list[TemplateSeen]:
        """Return the customer's templates of the region."""
        return [t for t in self.window.templates.values() if t.region == self.region and t.template != self.own]

    def latest_runs(self) -> list[RunSeen]:
        """Return the run that is each template's vote: its latest that was not cancelled, or one that is stuck."""
        votes = (
            r
            for r in (*self._ended(), *self._stuck())
            if r.run.state is not RunState.CANCELED and r.run.diagnosis.cls is not FailureClass.EXPECTED
        )
        return list({r.template: r for r in sorted(votes, key=lambda r: (ended_at(r.run), r.run.started))}.values())

    def suspects(self, seen: RunSeen) -> bool:
        """Return whether the run failed in a way that may be the region's doing."""
        if seen.run.state is not RunState.FAILED or seen.run.diagnosis.cls not in SUSPICIOUS:
            return False
        return not self.excuses(ended_at(seen.run))

    def excuses(self, failed_at: datetime) -> bool:
        """Return whether a canary that ended well was still before its build machine when that failed.

        Then the service made a machine after the failure, and it is not the region's fault. Nothing of what failed
        after reads began to fail is excused by a canary that was asked for before that.
        """
        canaries = self.canary.runs if self.canary else ()
        return any(self._excuses(run, failed_at) for run in canaries if run.result is CanaryResult.WELL)

    def _excuses(self, canary: CanaryRun, failed_at: datetime) -> bool:
        if failed_at > (canary.alive_at or canary.asked_at):
            return False
        return self.reads_since is None or failed_at < self.reads_since or canary.asked_at >= self.reads_since

    def _ended(self) -> Iterable[RunSeen]:
        since = self.now - self.run_window
        return (
            r
            for r in self.window.runs
            if r.region == self.region and r.template != self.own and ended_at(r.run) > since
        )

    def _stuck(self) -> Iterator[RunSeen]:
        """Return the runs that are stuck, as if they had failed when they had been there too long.

        One that hangs on for longer than KEEP tells of the region as little as a failure of that age.
        """
        for seen in self.templates():
            known = stuck(seen, self.habits.get(seen.template), self.now)
            if known is not None and seen.run is not None and self.now - known.since <= KEEP:
                run = replace(seen.run, state=RunState.FAILED, ended=known.since, diagnosis=known.diagnosis)
                yield RunSeen(template=seen.template, region=seen.region, run=run, shares=seen.shares)


def independent(voters: Sequence[V]) -> list[list[V]]:
    """Group voters that share something, directly or through a third; each group is one witness.

    Those to whom nothing happened are grouped too: that the template between two others is well does not make them
    strangers.
    """
    root = list(range(len(voters)))

    def top(number: int) -> int:
        while root[number] != number:
            root[number] = number = root[root[number]]
        return number

    first: dict[str, int] = {}
    for number, voter in enumerate(voters):
        for thing in voter.shares:
            root[top(number)] = top(first.setdefault(thing, number))
    witnesses: dict[int, list[V]] = {}
    for number, voter in enumerate(voters):
        witnesses.setdefault(top(number), []).append(voter)
    return list(witnesses.values())


def vote(weights: Iterable[float]) -> float:
    """Return what one witness weighs whose templates weigh so much each."""
    heaviest = sorted(weights, reverse=True)
    return sum(heaviest[:1]) + SECOND_VOTE * sum(heaviest[1:2])
