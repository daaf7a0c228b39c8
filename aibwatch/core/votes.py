"""Count the votes of templates against their region: who has one, how much it weighs, who votes as one.

Rules: a template has one vote, whatever it comes from: a run, or a call to run that was refused. Templates that share a
script, identity, subnet, source or gallery are one witness: the first vote counts in full, the second a quarter, the
rest nothing.
This module does not know how a vote is told; the signals of runs and of calls both build on it.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from aibwatch.core.model import FailureClass, Region, RunState
from aibwatch.core.window import RunSeen, Window, ended_at

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


def latest_runs(window: Window, region: Region, run_window: timedelta, now: datetime) -> list[RunSeen]:
    """Return the run that is each template's vote: its latest that ended within `run_window` and was not cancelled."""
    votes = (
        r
        for r in window.runs
        if r.region == region
        and ended_at(r.run) > now - run_window
        and r.run.state is not RunState.CANCELED
        and r.run.diagnosis.cls is not FailureClass.EXPECTED
    )
    return list({r.template: r for r in sorted(votes, key=lambda r: (ended_at(r.run), r.run.started))}.values())


def is_suspicious(seen: RunSeen) -> bool:
    """Return whether the run failed in a way that may be the region's doing."""
    return seen.run.state is RunState.FAILED and seen.run.diagnosis.cls in SUSPICIOUS


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
