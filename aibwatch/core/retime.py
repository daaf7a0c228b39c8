"""Set right what is remembered with its time, after the host's clock was set.

Rules: what we dated ourselves is moved by as much as the clock was, so that what had lasted for two minutes has lasted
for two minutes still: a hold is neither cut short nor waited for until the old time comes round again. Nothing that has
happened is later than now; where that is found at a start, the clock was set back while we were away, nobody knows by
how much, and it is taken to have happened just now. What others dated (runs, events), what people name (a pause ends at
a time of day) and what is a name (a move is known by when it was claimed, a canary's run by when it was asked for)
stays as it is.
The window and canaries have rules of their own for what is dated later than now.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import overload

from aibwatch.core.approval import Approval
from aibwatch.core.incident import Incident
from aibwatch.core.move.move import Move, Step
from aibwatch.core.state import GroupState, State
from aibwatch.core.verdict import Verdict

LONGEST_AHEAD = timedelta(minutes=15)
"""What is waited for until later than this was dated by a clock that was wrong."""


def retimed(state: State, seconds: float, now: datetime) -> State:
    """Return the state with its own times moved by as much as the clock, and none of them later than now."""
    clock = _Set(by=timedelta(seconds=seconds), now=now)
    return replace(
        state,
        verdicts={key: _verdict(verdict, clock) for key, verdict in state.verdicts.items()},
        incidents={key: _incident(incident, clock) for key, incident in state.incidents.items()},
        groups={name: _group(group, clock) for name, group in state.groups.items()},
    )


def is_ahead(state: State, now: datetime) -> bool:
    """Return whether something is remembered that has not happened yet: then the clock was set back meanwhile."""
    return retimed(state, 0.0, now) != state


@dataclass(frozen=True, slots=True, kw_only=True)
class _Set:
    """By how much a clock was set, and what it shows now."""

    by: timedelta
    now: datetime

    @overload
    def past(self, at: datetime) -> datetime: ...
    @overload
    def past(self, at: None) -> None: ...
    @overload
    def past(self, at: datetime | None) -> datetime | None: ...
    def past(self, at: datetime | None) -> datetime | None:
        """Return when it was by the new time."""
        return None if at is None else min(at + self.by, self.now)

    def ahead(self, at: datetime | None) -> datetime | None:
        """Return when it will be by the new time."""
        return None if at is None else min(at + self.by, self.now + LONGEST_AHEAD)


def _verdict(verdict: Verdict, clock: _Set) -> Verdict:
    return replace(
        verdict,
        since=clock.past(verdict.since),
        trouble_since=clock.past(verdict.trouble_since),
        confirmed_since=clock.past(verdict.confirmed_since),
        hold_until=clock.ahead(verdict.hold_until),
        proven_at=clock.past(verdict.proven_at),
        outage_since=clock.past(verdict.outage_since),
        quiet_since=clock.past(verdict.quiet_since),
    )


def _incident(incident: Incident, clock: _Set) -> Incident:
    return replace(
        incident,
        opened_at=clock.past(incident.opened_at),
        confirmed_at=clock.past(incident.confirmed_at),
        closed_at=clock.past(incident.closed_at),
    )


def _group(group: GroupState, clock: _Set) -> GroupState:
    return replace(
        group,
        since=clock.past(group.since),
        known_since=clock.past(group.known_since),
        check_after=clock.ahead(group.check_after),
        move=_move(group.move, clock),
        last=_move(group.last, clock),
        drill=_move(group.drill, clock),
        moved_at=tuple(clock.past(at) for at in group.moved_at),
        approval=_approval(group.approval, clock),
        drilled_at=clock.past(group.drilled_at),
    )


def _approval(approval: Approval | None, clock: _Set) -> Approval | None:
    if approval is None:
        return None
    return replace(
        approval,
        asked_at=clock.past(approval.asked_at),
        told_at=clock.past(approval.told_at),
        answered_at=clock.past(approval.answered_at),
    )


def _move(move: Move | None, clock: _Set) -> Move | None:
    if move is None:
        return None
    return replace(
        move,
        committed_at=clock.past(move.committed_at),
        ended_at=clock.past(move.ended_at),
        steps=tuple(_step(step, clock) for step in move.steps),
    )


def _step(step: Step, clock: _Set) -> Step:
    return replace(step, ended_at=clock.past(step.ended_at))
