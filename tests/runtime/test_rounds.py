"""Do one thing again and again, whatever becomes of it and of the wall clock."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import structlog

from aibwatch.runtime.clock import Clock
from aibwatch.runtime.rounds import Round
from tests.clocks import others_first

SOON, HOUR = timedelta(milliseconds=1), timedelta(hours=1)


class Count:
    """Counts how often it was done, and lets wait for it."""

    def __init__(self, *, fails: bool = False) -> None:
        self.done, self.fails, self._more = 0, fails, asyncio.Event()

    async def __call__(self) -> None:
        self.done += 1
        self._more.set()
        if self.fails:
            raise ValueError("a fault")

    async def reaches(self, number: int) -> None:
        async with asyncio.timeout(5.0):
            while self.done < number:
                await self._more.wait()
                self._more.clear()


@asynccontextmanager
async def going(work: Callable[[], Awaitable[None]], every: timedelta) -> AsyncIterator[Round]:
    going = Round("test", work, every, Clock())
    task = asyncio.create_task(going.run())
    try:
        yield going
    finally:
        task.cancel()
        await asyncio.wait([task])


async def test_it_is_done_again_and_again() -> None:
    count = Count()
    async with going(count, SOON):
        await count.reaches(3)


async def test_the_first_time_is_after_one_interval() -> None:
    count = Count()
    async with going(count, HOUR):
        await others_first()
    assert count.done == 0


async def test_a_shorter_interval_counts_at_once() -> None:
    count = Count()
    async with going(count, HOUR) as round_:
        await others_first()
        round_.pace(SOON)
        await count.reaches(2)


async def test_it_can_be_asked_for_now_and_keeps_its_interval() -> None:
    count = Count()
    async with going(count, HOUR) as round_:
        await others_first()
        round_.pace(HOUR, at_once=True)
        await count.reaches(1)
        for _ in range(10):
            await others_first()
    assert count.done == 1


async def test_what_breaks_is_told_and_done_again() -> None:
    count = Count(fails=True)
    with structlog.testing.capture_logs() as logs:
        async with going(count, SOON):
            await count.reaches(2)
    assert {(entry["event"], entry["round"]) for entry in logs} == {
        ("a round broke; this is a fault of aibwatch", "test")
    }


async def test_what_takes_long_is_not_done_twice_side_by_side() -> None:
    begun, go_on = Count(), asyncio.Event()

    async def work() -> None:
        await begun()
        await go_on.wait()

    async with going(work, SOON) as round_:
        await begun.reaches(1)
        round_.pace(SOON, at_once=True)
        for _ in range(10):
            await others_first()
        assert begun.done == 1
        go_on.set()
        await begun.reaches(2)
