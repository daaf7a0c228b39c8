"""Start polls and ticks at their times.

APScheduler does the polls. Three of its defaults are traps for a watcher and are set here: a job that is more than a
second late is skipped without a word (misfire_grace_time), late runs pile up (coalesce), and a slow poll would run
twice side by side (max_instances).

Note [A clock that is set]: APScheduler asks the wall clock when the next time is. When that was set back by three hours
nothing was polled for three hours; set forward by a month, it counted every second that it had missed. So the tick is
no job of it: it goes by a clock that no one can set, notices that the wall clock was set, and has every job begin anew.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

import structlog
from apscheduler.executors.asyncio import AsyncIOExecutor
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from aibwatch.core.events import ClockStepped, Event, Ticked
from aibwatch.core.model import Region
from aibwatch.core.policy import Pace
from aibwatch.runtime.checks import HandlerChecks
from aibwatch.runtime.clock import Clock
from aibwatch.runtime.lease import Lease
from aibwatch.runtime.polls import Polls
from aibwatch.runtime.surveys import Surveys

TICK = timedelta(seconds=1)
"""How exact holds and cooldowns are. They are minutes; a second costs next to nothing."""

JITTER_SHARE = 0.1
"""Of an interval: keeps the polls of many daemons, and of our own sources, from falling on the same moment."""

PRUNE = timedelta(hours=6)

AGAIN = timedelta(minutes=1)
"""Between questions to handlers that could not act, and between looks for tags while they fail: what passes should not
hold a move for half an hour, nor leave new groups unwatched for a quarter of one."""

DUE = timedelta(seconds=5)
"""Between looks whether a secondary wants surveying out of turn: soon after a suspicion, and costs nothing else."""

log = structlog.get_logger(__name__)


class Scheduler:
    """Runs until stopped. Jobs are methods of `Polls`; the tick goes to the loop."""

    def __init__(
        self,
        polls: Polls,
        *,
        checks: HandlerChecks,
        surveys: Surveys,
        lease: Lease,
        clock: Clock,
        put: Callable[[Event], Awaitable[None]],
        prune: Callable[[], Awaitable[None]],
    ) -> None:
        self._polls, self._clock, self._put, self._prune = polls, clock, put, prune
        self._checks, self._surveys, self._lease = checks, surveys, lease
        self._probed: set[Region] = set()
        self._pace = Pace()
        self._beat: asyncio.Task[None] | None = None
        defaults = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        self._scheduler = AsyncIOScheduler(
            timezone="UTC", job_defaults=defaults, executors={"default": AsyncIOExecutor()}
        )

    def start(self, pace: Pace) -> None:
        """Begin: every source after its own interval, because the first polls are made before; handlers now.

        Not before: one that does not answer keeps nobody from watching.
        """
        self.pace(pace)
        self._scheduler.start()
        self._beat = asyncio.create_task(self._ticks(), name="ticks")

    def pace(self, pace: Pace) -> None:
        """Poll at these intervals from now on."""
        self._pace = pace
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
        self._poll("handlers_again", self._checks.again, AGAIN)
        self._poll("readiness", self._surveys.all, pace.readiness, at_once=True)
        self._poll("readiness_due", self._surveys.due, min(DUE, pace.readiness))
        # The first look was made before the start; a reload may have taken groups away that tags say too.
        self._poll("discovery", self._polls.discovery, pace.discovery, at_once=self._scheduler.running)
        self._poll("discovery_again", self._polls.discovery_again, AGAIN)
        self._add("prune", self._prune, PRUNE, jitter=None)

    def ask_handlers(self) -> None:
        """Ask handlers now, because there are new groups; before the start they are asked at the start."""
        if self._scheduler.running:
            self._poll("handlers", self._checks.all, self._pace.readiness, at_once=True)

    def stop(self) -> None:
        """Start no more jobs."""
        if self._beat is not None:
            self._beat.cancel()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    async def begun(self) -> None:
        """Wait, once started, for the first look at secondaries, for as long as that is worth waiting for."""
        await self._surveys.begun()

    async def ended(self) -> None:
        """Wait, once stopped, until no round of surveys is on its way to Azure any more."""
        await self._surveys.ended()

    def _follow_regions(self) -> None:
        """Give every region a probe of its own, so that one that hangs does not keep the others waiting."""
        known = set(self._polls.regions())
        for region in known - self._probed:
            self._poll(f"probe/{region}", partial(self._polls.probe, (region,)), self._pace.probe)
        for region in self._probed - known:
            self._scheduler.remove_job(f"probe/{region}")
        self._probed = known

    def _poll(self, name: str, job: Callable[[], Awaitable[None]], every: timedelta, *, at_once: bool = False) -> None:
        self._add(name, job, every, jitter=every.total_seconds() * JITTER_SHARE, at_once=at_once)

    def _add(
        self,
        name: str,
        job: Callable[[], Awaitable[None]],
        every: timedelta,
        jitter: float | None,
        *,
        at_once: bool = False,
    ) -> None:
        trigger = IntervalTrigger(seconds=every.total_seconds(), timezone="UTC", jitter=jitter)
        first = {"next_run_time": self._clock.now()} if at_once else {}
        self._scheduler.add_job(job, trigger, id=name, name=name, replace_existing=True, **first)

    async def _ticks(self) -> None:
        while True:
            await self._clock.pause(TICK)
            try:
                await self._tick()
            except Exception:
                # The outermost edge of a tick: a fault of ours must not be the last one.
                log.exception("a tick broke; this is a fault of aibwatch")

    async def _tick(self) -> None:
        jump = self._clock.stepped()
        if jump:
            self.pace(self._pace)  # see Note [A clock that is set]
            await self._put(ClockStepped(seconds=jump))
        self._follow_regions()
        await self._lease.look()
        await self._put(Ticked())
