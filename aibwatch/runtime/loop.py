"""Own the state: one queue, one consumer, a decision for every event, on record before anything is done.

Rules: there is no await between taking an event and having its decision. A decision that cannot be recorded is not
acted on: seeing and judging go on, groups stay as they are, and outcomes wait until the journal can be written again,
because an outcome comes only once. An order of a human does not wait: it is refused, lest it be followed when nobody
expects it any more.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from aibwatch.core.actions import Action
from aibwatch.core.decision import Decision, NoteKind, Refusal, Reply
from aibwatch.core.engine import step
from aibwatch.core.events import (
    BuildAnswered,
    BuildLooked,
    CanaryAnswered,
    EpochAnswered,
    Event,
    Excluded,
    JournalFailed,
    JournalRecovered,
    LeaseChecked,
    Observed,
    Ordered,
    OutputsRead,
    PolledAfresh,
    Started,
    StepEnded,
)
from aibwatch.core.news import is_news
from aibwatch.core.observation import Observation
from aibwatch.core.policy import Setup
from aibwatch.core.recall import memory_of
from aibwatch.core.state import State
from aibwatch.core.window import Window
from aibwatch.runtime.clock import Clock
from aibwatch.runtime.executor import Executor
from aibwatch.runtime.recorder import Recorder
from aibwatch.runtime.store import JournalError
from aibwatch.runtime.trace import Told

QUEUE = 10_000
"""Events that may wait. Polls bring a few a second at the most; a full queue means that the consumer is stuck."""

ANSWER = timedelta(seconds=30)
"""For an order to be answered: it waits behind a few polls, and for one write to a disk that may be slow."""

NOBODY = Reply(text="there is no such group any more", refusal=Refusal.UNASKED)

RETRY = timedelta(seconds=5)
"""Between attempts to write a journal that failed."""

Watcher = Callable[[State, Decision, Event], None]
"""Told the state before, the decision and what it was about."""

KEPT = (
    Started
    | PolledAfresh
    | EpochAnswered
    | StepEnded
    | OutputsRead
    | Excluded
    | CanaryAnswered
    | BuildLooked
    | BuildAnswered
)
"""Events that come only once, and so must not be lost to a broken journal."""

SIGHTS = frozenset({NoteKind.VERDICT, NoteKind.ALIKE, NoteKind.DISCOVERY, NoteKind.HOST})
"""What is said also while nothing can be recorded: it tells what is, not what was done."""

log = structlog.get_logger(__name__)


class Loop:
    """The one owner of the state."""

    def __init__(self, *, setup: Setup, state: State, recorder: Recorder, executor: Executor, clock: Clock) -> None:
        self.setup, self.state = setup, state
        self._recorder, self._executor, self._clock = recorder, executor, clock
        self._queue: asyncio.Queue[tuple[Event, asyncio.Future[Reply] | None]] = asyncio.Queue(maxsize=QUEUE)
        self._waiting: deque[Event] = deque()
        self._watchers: list[Watcher] = []
        self._waiter: asyncio.Task[None] | None = None
        self._lost_since: datetime | None = None
        """The last decision before the journal failed; None while it is well."""
        self.decided_at = clock.now()
        """When the last decision was taken."""

    def watch(self, watcher: Watcher) -> None:
        """Call the watcher with every decision that was taken over, after it is on record. It must not wait."""
        self._watchers.append(watcher)

    async def put(self, event: Event) -> None:
        """Hand in an event; waits where the queue is full."""
        await self._queue.put((event, None))

    async def order(self, order: Ordered) -> Reply:
        """Hand in what a human orders, and return what came of it once that is on record.

        Raises:
            JournalError: if it cannot be put on record; then it was not followed, and will not be.
            TimeoutError: if nobody answers; it may be followed all the same.
        """
        answer: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        async with asyncio.timeout(ANSWER.total_seconds()):
            await self._queue.put((order, answer))
            return await answer

    async def run(self) -> None:
        """Consume events until cancelled. Actions run beside it and are cancelled with it."""
        async with asyncio.TaskGroup() as tasks:
            await self._handle(Started(), tasks)
            while True:
                event, answer = await self._queue.get()
                await self._handle(event, tasks, answer)
                self._queue.task_done()

    async def settled(self) -> None:
        """Wait until every event handed in so far was handled."""
        await self._queue.join()

    async def _handle(
        self, event: Event, tasks: asyncio.TaskGroup, answer: asyncio.Future[Reply] | None = None
    ) -> None:
        now, setup = self._clock.now(), self.setup
        decision = step(self.state, event, setup, now)
        told = Told(event=event, before=self.state, after=decision.state, setup=setup, lost_since=self._lost_since)
        try:
            await self._record(decision, told, now)
        except JournalError as error:
            if answer is not None and not answer.done():
                answer.set_exception(error)
            self._degrade(event, error, tasks)
            return
        if isinstance(event, JournalRecovered):
            self._lost_since = None
        self._adopt(decision, event)
        if answer is not None and not answer.done():
            answer.set_result(decision.reply or NOBODY)
        for action in decision.actions:
            tasks.create_task(self._perform(action))

    def _adopt(self, decision: Decision, event: Event) -> None:
        before, self.state = self.state, decision.state
        self.decided_at = self._clock.now()
        for watcher in self._watchers:
            watcher(before, decision, event)

    async def _record(self, decision: Decision, told: Told, now: datetime) -> None:
        await self._recorder.call(
            self._recorder.journal.record,
            at=now,
            memory=memory_of(decision.state),
            observations=_news(self.state.window, told.event),
            notes=decision.notes,
            told=told,
        )

    def _degrade(self, event: Event, error: JournalError, tasks: asyncio.TaskGroup) -> None:
        """Go on seeing without a journal: take over what was seen and judged, leave groups and canaries as they are."""
        if self._waiter is None or self._waiter.done():
            log.error("journal not written; nothing is done until it can be", error=str(error))
            self._waiter = tasks.create_task(self._wait_for_journal())
        self._lost_since = self._lost_since or self.state.judged_at
        if isinstance(event, KEPT):
            self._waiting.append(event)
        if isinstance(event, Observed | LeaseChecked):
            self._adopt_sight(event)  # of a lost state directory both are told: that it is lost, and no more written
        self._adopt_sight(JournalFailed(why=str(error)))

    def _adopt_sight(self, event: Observed | LeaseChecked | JournalFailed) -> None:
        """Take over what an event lets us see, and say it; what would be done about it is left out.

        A canary that is due is not asked for, so it must not be remembered as asked for either; nor must a build.
        """
        decision = step(self.state, event, self.setup, self._clock.now())
        notes = tuple(note for note in decision.notes if note.kind in SIGHTS)
        was = self.state
        state = replace(decision.state, groups=was.groups, canaries=was.canaries, builds=was.builds)
        self._adopt(Decision(state=state, notes=notes), event)

    async def _wait_for_journal(self) -> None:
        while True:
            await self._clock.pause(RETRY)
            try:
                await self._recorder.call(self._recorder.journal.prove_writable, self._clock.now())
            except JournalError:
                continue
            break
        await self.put(JournalRecovered())
        while self._waiting:
            await self.put(self._waiting.popleft())

    async def _perform(self, action: Action) -> None:
        await self.put(await self._executor.perform(action))


def _news(before: Window, event: Event) -> tuple[Observation, ...]:
    """Return what is worth writing down: not what only says once more that all is as it was."""
    return tuple(o for o in event.observations if is_news(before, o)) if isinstance(event, Observed) else ()
