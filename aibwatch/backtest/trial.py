"""Try a policy in worlds, and in variants of them on all cores.

A variant is known by the id of its world and its number; the same two always give the same play.
"""

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context

from aibwatch.backtest.judge import is_unsafe, what_is_wrong
from aibwatch.backtest.play import Course, play
from aibwatch.backtest.variant import vary
from aibwatch.backtest.world import World
from aibwatch.core.policy import Policy

AT_ONCE = 3
"""Variants that a process plays before it tells how they went: half a second, so that Ctrl-C is not kept waiting."""

ENOUGH = 0.995
"""Share of variants that must be right. Luck may make one of a few hundred late; none may be unsafe."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """How it went in one world."""

    world: World
    course: Course
    wrong: str
    """What is wrong, as a sentence; empty if it is right, or nobody said what would be."""

    @property
    def correct(self) -> bool | None:
        """Whether it went right; None where the world does not say what is right."""
        return None if self.world.expect is None else not self.wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """One variant that went wrong."""

    id: str
    number: int
    what: str
    unsafe: bool
    """Whether something was done that must not be done, as against missed or late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variants:
    """How it went in the variants of all labelled worlds."""

    played: int
    misses: tuple[Miss, ...]

    @property
    def share(self) -> float:
        """The share that is right, from 0 to 1."""
        return 1.0 - len(self.misses) / self.played if self.played else 1.0

    @property
    def unsafe(self) -> int:
        """How many did what must not be done."""
        return sum(miss.unsafe for miss in self.misses)

    @property
    def good(self) -> bool:
        """Whether enough are right and none is unsafe. See ENOUGH."""
        return self.share >= ENOUGH and not self.unsafe


def try_world(world: World, policy: Policy) -> Trial:
    """Return how it goes in the world as it stands."""
    course = play(world, policy)
    return Trial(world=world, course=course, wrong=what_is_wrong(world.expect, course) if world.expect else "")


def try_variants(
    worlds: Sequence[World], policy: Policy, number: int, told: Callable[[int], None], processes: int | None = None
) -> Variants:
    """Return how it goes in so many variants of each labelled world; `told` hears how many were played."""
    labelled = [world for world in worlds if world.expect is not None]
    pieces = [
        (world, range(first, min(first + AT_ONCE, number + 1)))
        for world in labelled
        for first in range(1, number + 1, AT_ONCE)
    ]
    misses: list[Miss] = []
    played = 0
    for count, found in _side_by_side(pieces, policy, processes or len(os.sched_getaffinity(0))):
        played += count
        misses += found
        told(played)
    place = {world.id: at for at, world in enumerate(labelled)}
    return Variants(played=played, misses=tuple(sorted(misses, key=lambda m: (place[m.id], m.number))))


Piece = tuple[World, range]


def _side_by_side(pieces: Sequence[Piece], policy: Policy, processes: int) -> Iterator[tuple[int, tuple[Miss, ...]]]:
    # Spawned, not forked: whoever calls may have threads, and a fork of those may hang.
    pool = ProcessPoolExecutor(processes, mp_context=get_context("spawn"), initializer=_leave_interrupts_to_parent)
    try:
        futures: list[Future[tuple[int, tuple[Miss, ...]]]] = [pool.submit(_try, *piece, policy) for piece in pieces]
        for future in as_completed(futures):
            yield future.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _leave_interrupts_to_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _try(world: World, numbers: range, policy: Policy) -> tuple[int, tuple[Miss, ...]]:
    found = (_miss(world, number, policy) for number in numbers)
    return len(numbers), tuple(miss for miss in found if miss)


def _miss(world: World, number: int, policy: Policy) -> Miss | None:
    variant, conduct = vary(world, number)
    course = play(variant, policy, conduct)
    if variant.expect is None:
        return None
    wrong = what_is_wrong(variant.expect, course)
    return Miss(id=world.id, number=number, what=wrong, unsafe=is_unsafe(variant.expect, course)) if wrong else None
