"""Start polls and ticks at their times; see rounds.py for what that means."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

from aibwatch.core.events import ClockStepped, Event, Ticked
from aibwatch.core.model import Region
from aibwatch.core.policy import Pace
from aibwatch.runtime.checks import HandlerChecks
from aibwatch.runtime.clock import Clock
from aibwatch.runtime.lease import Lease
from aibwatch.runtime.polls import Polls
from aibwatch.runtime.rounds import Round

TICK = timedelta(seconds=1)
"""How exact holds and cooldowns are. They are minutes; a second costs next to nothing."""

JITTER_SHARE = 0.1
"""Of an interval: keeps the polls of many daemons, and of our own sources, from falling on the same moment."""

PRUNE = timedelta(hours=6)

AGAIN = timedelta(minutes=1)
"""Between questions to handlers that could not act: what passes should not hold a move for half an hour."""


class Scheduler:
    """Runs until stopped. Jobs are methods of `Polls`; the tick goes to the loop."""

    def __init__(
        self,
        polls: Polls,
        *,
        checks: HandlerChecks,
        lease: Lease,
        clock: Clock,
        put: Callable[[Event], Awaitable[None]],
        prune: Callable[[], Awaitable[None]],
    ) -> None:
        self._polls, self._clock, self._put, self._prune = polls, clock, put, prune
        self._checks, self._lease = checks, lease
        self._probed: set[Region] = set()
        self._probe_every = Pace().probe
        self.rounds: dict[str, Round] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._going = False

    def start(self, pace: Pace) -> None:
        """Begin: every source after its own interval, because the first polls are made before; handlers now.

        Not before: one that does not answer keeps nobody from watching.
        """
        self._going = True
        self.pace(pace)
        self._add("prune", self._prune, PRUNE)
        self._poll("handlers_again", self._checks.again, AGAIN)
        self._add("tick", self._tick, TICK)

    def pace(self, pace: Pace) -> None:
        """Poll at these intervals from now on."""
        self._probe_every = pace.probe
        for region in self._probed:
            self._poll(f"probe/{region}", partial(self._polls.probe, (region,)), pace.probe)
        polls = (
            ("templates", self._polls.templates, pace.templates),
            ("service_health", self._polls.service_health, pace.service_health),
            ("resource_health", self._polls.resource_health, pace.resource_health),
            ("activity_log", self._polls.activity_log, pace.activity_log),
            ("peers", self._polls.peers, pace.peer),
        )
        for name, job, every in polls:
            self._poll(name, job, every)
        # At once: there may be new groups, and who reloads every quarter of an hour would never come to a half.
        self._poll("handlers", self._checks.all, pace.readiness, at_once=True)

    def stop(self) -> None:
        """Start no more jobs."""
        self._going = False
        for task in self._tasks.values():
            task.cancel()
        self._tasks.clear()

    def _follow_regions(self) -> None:
        """Give every region a probe of its own, so that one that hangs does not keep the others waiting."""
        known = set(self._polls.regions())
        for region in known - self._probed:
            self._poll(f"probe/{region}", partial(self._polls.probe, (region,)), self._probe_every)
        for region in self._probed - known:
            self._tasks.pop(f"probe/{region}").cancel()
            del self.rounds[f"probe/{region}"]
        self._probed = known

    def _poll(self, name: str, job: Callable[[], Awaitable[None]], every: timedelta, *, at_once: bool = False) -> None:
        self._add(name, job, every, jitter=JITTER_SHARE, at_once=at_once)

    def _add(
        self,
        name: str,
        job: Callable[[], Awaitable[None]],
        every: timedelta,
        *,
        jitter: float = 0.0,
        at_once: bool = False,
    ) -> None:
        if not self._going:
            return
        if name not in self.rounds:
            self.rounds[name] = Round(name, job, every, self._clock, jitter=jitter)
            self._tasks[name] = asyncio.create_task(self.rounds[name].run(), name=name)
        self.rounds[name].pace(every, at_once=at_once)

    async def _tick(self) -> None:
        jump = self._clock.stepped()
        if jump:
            await self._put(ClockStepped(seconds=jump))
        self._follow_regions()
        await self._lease.look()
        await self._put(Ticked())
