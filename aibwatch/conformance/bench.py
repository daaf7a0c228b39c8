"""Hold the handler that is tried, and make up the moves that it is asked for.

Every activation is a new one that goes from one made-up template to the other, so that each has an effect that can be
told from the one before. Epochs begin with the seconds of the clock: a handler remembers the highest one, also from the
last time it was tried here. The plan of an activation is asked for once and kept, as aibwatch does.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar

from aibwatch.conformance.effect import Effect, Lines
from aibwatch.conformance.finding import FailedError, NotCheckedError
from aibwatch.conformance.raw import Ended, Raw
from aibwatch.conformance.sender import Sender
from aibwatch.core.model import TemplateId
from aibwatch.core.move.move import MoveKind, StepResult, activation_id
from aibwatch.handlers.api import Answer, Capability, Describes, GoesBack, Handler, HandlerError, HandlerRequest, Plan
from aibwatch.handlers.delivery import NotSentError

T = TypeVar("T")

LOOKS, LOOK_AGAIN = 50, timedelta(milliseconds=200)
"""At a receiver that is not there: ten seconds, in which anything small has started."""

AHEAD = 1000
"""Epochs: more than a trial needs."""
MOST_TRIALS = 20
"""That may lie ahead of the clock: so many in a minute are more than a human starts."""
TAKEN = {StepResult.REFUSED, StepResult.ALREADY_APPLIED}
"""Answers to an activation that say that its epoch is not new."""


@dataclass(kw_only=True)
class Bench:
    """One handler under trial."""

    handler: Handler
    now: Callable[[], datetime]
    pause: Callable[[timedelta], Awaitable[None]]
    limit: timedelta
    """For each call."""
    grace: timedelta
    """From TERM to KILL, for a program."""
    group: str
    members: tuple[TemplateId, TemplateId]
    effect: Effect
    program: Raw | None = None
    """The program, if it is one."""
    sender: Sender | None = None
    """The way to the receiver, if it is one."""
    askable: bool = True
    """Whether its status can be asked."""
    usual_growth: int = 0
    """Lines that --effect shows more after a plain activation."""
    kills: "list[Kill]" = field(default_factory=list)
    """What came of every call that was cut off."""
    heard: "list[tuple[str, Ended]]" = field(default_factory=list)
    """Every call of a program that nobody disturbed, with its verb."""
    _active: int = 0
    _epoch: int = 0
    _first: int = 0
    _capabilities: frozenset[Capability] | None = None
    _plans: dict[str, Plan] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin with epochs that no trial before this one has used."""
        self._epoch = self._first = int(self.now().timestamp())

    async def begin(self) -> None:
        """Find epochs that are newer than any that the handler has seen.

        Those of the last trial may lie ahead of the clock. A receiver may have been started just before us, and is
        waited for. What else is wrong with it is for the checks to find.
        """
        if self.sender is not None:
            await self._arrival(self.sender)
        with suppress(HandlerError, FailedError):
            for _ in range(MOST_TRIALS):
                if (await self.activate(self.request())).result not in TAKEN:
                    return
                self._epoch = self._first = self._epoch + AHEAD

    async def _arrival(self, sender: Sender) -> None:
        for _ in range(LOOKS):
            try:
                await sender.receiver.reach(sender.url)
            except NotSentError:
                await self.pause(LOOK_AGAIN)
            else:
                break

    def request(self, kind: MoveKind = MoveKind.FAILOVER, epoch: int = 0) -> HandlerRequest:
        """Return a request of a new activation, to the template that is not active."""
        if not epoch:
            self._epoch += 1
        number = epoch or self._epoch
        return HandlerRequest(
            activation_id=activation_id(self.group, number),
            epoch=number,
            group=self.group,
            kind=kind,
            source=self.members[self._active],
            target=self.members[1 - self._active],
            step=0,
            attempt=1,
            deadline=self.now() + self.limit,
            rehearsal=kind is MoveKind.DRILL,
        )

    def stale(self) -> HandlerRequest:
        """Return a request of an epoch that is older than any that had an effect in this trial, and was never used."""
        return self.request(epoch=self._first - 1)

    async def capabilities(self) -> frozenset[Capability]:
        """Return what the handler says that it can do, asked once."""
        if self._capabilities is None:
            handler = self.handler
            told = await handler.describe() if isinstance(handler, Describes) else None
            self._capabilities = told.capabilities if told else frozenset()
        return self._capabilities

    async def planned(self, request: HandlerRequest) -> Plan:
        """Return the plan of the activation, made at its first call."""
        if request.activation_id not in self._plans:
            self._plans[request.activation_id] = await self._in_time("plan", self.handler.plan(self._timed(request)))
        return self._plans[request.activation_id]

    async def activate(self, request: HandlerRequest) -> Answer:
        """Return what the handler makes of the request; it goes back where the request is to go back."""
        handler = self.handler
        act = handler.activate
        if request.kind is MoveKind.FAILBACK and isinstance(handler, GoesBack):
            act = handler.deactivate
        try:
            plan = await self.planned(request)
            answer = await self._in_time("activate", act(self._timed(request), plan))
        except HandlerError as error:
            return Answer(result=error.result, why=str(error))
        if answer.result.effective and not request.rehearsal:
            self.now_active(request)
        return answer

    def now_active(self, request: HandlerRequest) -> None:
        """Remember that the target of the request is the active template now."""
        self._active = self.members.index(request.target)

    async def status(self, request: HandlerRequest) -> Answer:
        """Return what the handler says of the request's effect.

        Raises:
            NotCheckedError: if it cannot be asked.
        """
        if not self.askable:
            raise NotCheckedError("the receiver cannot be asked what became of an event; give --status-url")
        plan = await self.planned(request)
        asked = replace(self._timed(request), sent_at=self.now())
        return await self._in_time("status", self.handler.status(asked, plan))

    async def applied(self, request: HandlerRequest, when: str) -> None:
        """Raise FailedError unless the status, if it can be asked, is that the effect is there."""
        if not self.askable:
            return
        answer = await self.status(request)
        if answer.result is not StepResult.APPLIED:
            raise FailedError(f"{when}, its status is {state(answer)}: {answer.why}")

    async def done(self) -> HandlerRequest:
        """Return an activation that was brought about just now.

        Raises:
            FailedError: if it was not.
        """
        request = self.request()
        answer = await self.activate(request)
        if not answer.result.effective:
            raise FailedError(f"a plain activate is answered with {answer.result.value}: {answer.why}")
        return request

    async def seen(self) -> Lines:
        """Return what --effect shows now."""
        return await self.effect.seen()

    def _timed(self, request: HandlerRequest) -> HandlerRequest:
        return replace(request, deadline=self.now() + self.limit)

    async def _in_time(self, verb: str, call: Awaitable[T]) -> T:
        try:
            async with asyncio.timeout((self.limit + self.grace).total_seconds()):
                return await call
        except HandlerError:
            raise
        except TimeoutError as error:
            raise FailedError(f"{verb} did not end within {self.limit.total_seconds():.0f} s") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Kill:
    """What came of one call that was cut off."""

    where: str
    trouble: str
    """Why nobody could go on from there; empty if all went well."""
    grown: int
    """Lines that --effect shows more than before, after all."""
    settled: bool
    """Whether yet another call changed nothing that --effect shows."""


def state(answer: Answer) -> str:
    """Return the word for a state that a handler's `status` uses itself."""
    return "not_applied" if answer.result is StepResult.NOTHING_CHANGED else answer.result.value
