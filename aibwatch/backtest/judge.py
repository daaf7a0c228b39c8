"""Say whether a course was right for its world.

Rules: a failover expected means exactly one, in time; every other expectation but "once" forbids any. What people are
to be told must have been told in time. A hold must name the gate.
"""

from itertools import pairwise

from aibwatch.backtest.play import Course
from aibwatch.backtest.world import Expectation

TOLD_WITHIN = 15.0
"""Minutes after a hold began in which people must have been told."""

APART = 360.0
"""Minutes in which "once" allows one move."""

POLL = 0.5
"""Minutes: what happens between two rounds of polls cannot be seen before the second."""


def what_is_wrong(expect: Expectation, course: Course) -> str:
    """Return what is wrong with the course, as a sentence; empty if it is right."""
    wrong = _moves(expect, course) or _told(expect, course)
    if not wrong and expect.max_canaries is not None and course.canaries > expect.max_canaries:
        return f"{course.canaries} canaries were started, {expect.max_canaries} are allowed"
    return wrong


def is_unsafe(expect: Expectation, course: Course) -> bool:
    """Return whether something was done that must not be done, as against something missed or late."""
    if expect.kind == "failover":
        early = expect.not_before_minute is not None and any(m < expect.not_before_minute for m in course.failovers)
        return early or len(course.failovers) > 1
    return bool(_moves(expect, course))


def _moves(expect: Expectation, course: Course) -> str:
    moves = course.failovers
    if expect.kind == "failover":
        return _one_failover(expect, moves)
    if expect.kind == "once":
        close = any(later - earlier < APART for earlier, later in pairwise(moves))
        return f"it moved at {_minutes(moves)}; one move in {APART:g} minutes is allowed" if close else ""
    return f"it moved at {_minutes(moves)} and must not move" if moves else ""


def _one_failover(expect: Expectation, moves: tuple[float, ...]) -> str:
    if len(moves) > 1:
        return f"it moved {len(moves)} times, at {_minutes(moves)}"
    if not moves:
        return f"it did not move, and should by minute {expect.by_minute:g}"
    if expect.by_minute is not None and moves[0] > expect.by_minute + POLL:
        return f"it moved at {_minute(moves[0])}, and should by minute {expect.by_minute:g}"
    if expect.not_before_minute is not None and moves[0] < expect.not_before_minute:
        return f"it moved at {_minute(moves[0])}, and must not before minute {expect.not_before_minute:g}"
    return ""


def _told(expect: Expectation, course: Course) -> str:
    if expect.kind == "alert" and expect.by_minute is not None:
        first = min((a.minute for a in course.alerts), default=None)
        if first is None or first > expect.by_minute + POLL:
            when = "never" if first is None else f"at {_minute(first)}"
            return f"people were told {when}, and should be by minute {expect.by_minute:g}"
    if expect.kind == "hold":
        held = next((h for h in course.holds if expect.gate in h.gates), None)
        if held is None:
            return f"the gate {expect.gate} never held a wanted move"
        if not any(held.minute - TOLD_WITHIN <= a.minute <= held.minute + TOLD_WITHIN for a in course.alerts):
            return f"the move was held at {_minute(held.minute)} and nobody was told"
    return ""


def _minutes(moves: tuple[float, ...]) -> str:
    return ", ".join(map(_minute, moves))


def _minute(minute: float) -> str:
    return f"{round(minute, 2):g}"
