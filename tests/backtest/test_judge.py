"""Whether a course is right: each kind of expectation, met and missed; and which misses are unsafe."""

import pytest

from aibwatch.backtest.judge import is_unsafe, what_is_wrong
from aibwatch.backtest.play import Course, Held, Said
from aibwatch.backtest.scene import BEGIN
from aibwatch.backtest.world import Expectation
from aibwatch.core.decision import NoteKind
from aibwatch.core.state import State


def a_course(*moves: float, holds: tuple[Held, ...] = (), told: tuple[float, ...] = (), canaries: int = 0) -> Course:
    said = tuple(
        Said(minute=m, kind="outage", about=NoteKind.VERDICT, subject="s", what="w", why="y", loud=True) for m in told
    )
    state = State(awake_since=BEGIN)
    return Course(failovers=moves, holds=holds, said=said, canaries=canaries, state=state, skipped=0)


def held(minute: float, *gates: str) -> tuple[Held, ...]:
    return (Held(minute=minute, gates=gates),)


MOVE = Expectation(kind="failover", by_minute=10)
LATER = Expectation(kind="failover", by_minute=40, not_before_minute=30)
NEVER = Expectation(kind="never")
ALERT = Expectation(kind="alert", by_minute=5)
HOLD = Expectation(kind="hold", gate="paused")
ONCE = Expectation(kind="once")
FEW = Expectation(kind="never", max_canaries=2)


@pytest.mark.parametrize(
    ("expect", "course"),
    [
        (MOVE, a_course(10)),
        (MOVE, a_course(10.5)),
        (LATER, a_course(30)),
        (NEVER, a_course()),
        (ALERT, a_course(told=(5.5, 90))),
        (HOLD, a_course(holds=held(7, "frozen", "paused"), told=(22,))),
        (ONCE, a_course()),
        (ONCE, a_course(5, 365)),
        (FEW, a_course(canaries=2)),
    ],
)
def test_right_is_right(expect: Expectation, course: Course) -> None:
    assert (what_is_wrong(expect, course), is_unsafe(expect, course)) == ("", False)


@pytest.mark.parametrize(
    ("expect", "course", "wrong", "unsafe"),
    [
        (MOVE, a_course(), "it did not move, and should by minute 10", False),
        (MOVE, a_course(10.6), "it moved at 10.6, and should by minute 10", False),
        (MOVE, a_course(5, 9), "it moved 2 times, at 5, 9", True),
        (LATER, a_course(29.9), "it moved at 29.9, and must not before minute 30", True),
        (NEVER, a_course(5), "it moved at 5 and must not move", True),
        (ALERT, a_course(3, told=(1,)), "it moved at 3 and must not move", True),
        (ALERT, a_course(), "people were told never, and should be by minute 5", False),
        (ALERT, a_course(told=(6,)), "people were told at 6, and should be by minute 5", False),
        (HOLD, a_course(7, holds=held(6, "paused"), told=(6,)), "it moved at 7 and must not move", True),
        (HOLD, a_course(holds=held(6, "frozen"), told=(6,)), "the gate paused never held a wanted move", False),
        (HOLD, a_course(holds=held(20, "paused"), told=(4, 36)), "the move was held at 20 and nobody was told", False),
        (ONCE, a_course(5, 364), "it moved at 5, 364; one move in 360 minutes is allowed", True),
        (FEW, a_course(canaries=3), "3 canaries were started, 2 are allowed", False),
    ],
)
def test_wrong_is_said_in_a_sentence(expect: Expectation, course: Course, wrong: str, unsafe: bool) -> None:
    assert (what_is_wrong(expect, course), is_unsafe(expect, course)) == (wrong, unsafe)
