"""Gates about how often and how much is moved."""

import math
from datetime import datetime, timedelta

from aibwatch.core.gates.question import CLOSED, OPEN, Answer, Question
from aibwatch.core.move.move import MoveKind
from aibwatch.core.sentences import ago, count, span
from aibwatch.core.state import GroupState, Phase

FLEET_SHARE = 0.5
FLEET_LEAST = 3
"""Moves of all groups in 24 h: half of the groups, and three in any case. What goes beyond is likelier a mistake
than an outage, and a human decides."""

DAY = timedelta(hours=24)

MOVING = frozenset({Phase.CHECKING, Phase.COMMITTING, Phase.MOVING})


def cooldown(q: Question) -> Answer:
    """Ask whether the last move was long enough ago."""
    last = q.group.last
    if last is None or last.ended_at is None:
        return OPEN, "no move before this one"
    length = q.spec.policy.cooldown * (2 if last.failed else 1)
    if q.now - last.ended_at < length:
        what = "its last move failed" if last.failed else "moved"
        return CLOSED, f"{what} {ago(last.ended_at, q.now)}, the cooldown is {span(length)}"
    return OPEN, f"last moved {ago(last.ended_at, q.now)}"


def blast_radius(q: Question) -> Answer:
    """Ask whether few enough was moved lately, and nothing leaves another region now.

    A move that has begun does not count against itself: a failback waits for its image with its epoch written.
    """
    others = [g for g in q.state.groups.values() if g.name != q.group.name and _flees(g)]
    for other in others:
        leaving = q.state.window.region_of(other.move.source) if other.move else None
        if leaving != q.source_region:
            return CLOSED, f"{other.name} is leaving {leaving} at this moment; one region at a time"
    own = _own(q.group)
    recent = _moves_of(q.group, q.now) - own
    most = q.spec.policy.max_moves_per_day
    if recent >= most:
        return CLOSED, f"{count(recent, 'move')} in 24 h, {most} allowed"
    claimed = sum(g.phase in {Phase.CHECKING, Phase.COMMITTING} for g in others)
    everywhere = sum(_moves_of(g, q.now) for g in q.state.groups.values()) + claimed - own
    limit = max(FLEET_LEAST, math.ceil(len(q.setup.groups) * FLEET_SHARE))
    if everywhere >= limit:
        return CLOSED, f"{count(everywhere, 'move')} of all groups in 24 h, {limit} allowed; the rest is for a human"
    return OPEN, f"{count(recent, 'move')} in 24 h, {most} allowed; no other region is being left"


def _flees(group: GroupState) -> bool:
    """Return whether the group is leaving a region. A drill leaves nothing, and who goes home is in no hurry."""
    return group.phase in MOVING and group.move is not None and group.move.kind is MoveKind.FAILOVER


def _own(group: GroupState) -> int:
    """Return how many of the group's moves on record are the one that is under way."""
    return group.moved_at.count(group.move.committed_at) if group.move and group.move.committed_at else 0


def _moves_of(group: GroupState, now: datetime) -> int:
    return sum(now - at < DAY for at in group.moved_at)
