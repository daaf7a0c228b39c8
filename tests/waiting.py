"""Wait for something to have happened, with a deadline. The one place where tests spend real time."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

from aibwatch.runtime.clock import Clock

T = TypeVar("T")

BETWEEN = timedelta(milliseconds=100)
"""Between looks: short against the seconds that daemons need, long against what a look costs."""

USUAL = 90.0
"""Seconds. A wait that is met ends at once, so the limit costs only where something is wrong. On a busy machine a check
before a move may be given up, and the next one follows half a minute later."""


async def until(
    what: str, look: Callable[[], Awaitable[T | None]], *, within: float = USUAL, seen: Callable[[], object] = str
) -> T:
    """Return the first truthy answer of `look`; fail with `what` and what was `seen` last after `within` seconds."""
    clock = Clock()
    end = clock.elapsed() + within
    while True:
        answer = await look()
        if answer:
            return answer
        if clock.elapsed() > end:
            raise AssertionError(f"{what}: not within {within:.0f} s; {seen()}")
        await clock.pause(BETWEEN)
