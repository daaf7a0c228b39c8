"""Call the handler of one step: have it act, or ask what became of that. No word of it is taken without another.

Rules: an effect is sent only after its intent and its dispatch are on record. A handler has a deadline; what it does
not say is UNKNOWN, and asked about later. Where it says that the effect is there, its `status` is asked at once: if
that says otherwise the step is CONTRADICTED, and if it cannot tell, the word stands and the reason says so; see
Note [Denials that may be none]. After a
crash or a time-out an attempt that outlives its call is waited for before anybody asks about its effect, because while
it goes on no answer lasts. Whether anything is tried again is not decided here.

Note [May be called again]: that a handler resumes, or that its receiver drops doubles, is asked of it (`describe`) when
it matters, after the answer. A handler that does not say it then cannot do it. Where attempts outlive their call, an
UNKNOWN may be repeated only after the attempt was waited for.

Note [Denials that may be none]: "not there" after a rehearsal is what a handler says that only pretended, and after
`deactivate` what one says that undid what it had done. Both are told what they are asked about, but a group must not
halt because one took the question the other way; so the word stands, and the reason has both. "In part" is a denial
always.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from aibwatch.core.actions import StepCall
from aibwatch.core.move.move import MoveKind, StepResult
from aibwatch.handlers.api import (
    GRACE,
    Answer,
    Capability,
    Describes,
    GoesBack,
    Handler,
    HandlerError,
    HandlerRequest,
    Plan,
    Rejoins,
    UnderWayError,
)
from aibwatch.handlers.loader import Find, UnknownHandlerError
from aibwatch.runtime.answers import as_answer, as_description, as_plan, heard, told
from aibwatch.runtime.clock import Clock
from aibwatch.runtime.codec import CodecError
from aibwatch.runtime.move_log import AttemptId
from aibwatch.runtime.recorder import Recorder
from aibwatch.runtime.store import JournalError

STATUS_TIMEOUT = timedelta(seconds=60)
"""For one question about an effect: more than an accepted run may take to show, less than a page may take to come."""

DESCRIBE_TIMEOUT = timedelta(seconds=15)
"""For a handler to say what it can do: it only has to say it."""

SLACK = timedelta(seconds=10)
"""Beyond deadline and grace, for an attempt that was told to end to be seen to have ended."""

ABILITY = {StepResult.PARTIAL: Capability.RESUME, StepResult.UNKNOWN: Capability.REPEATABLE}
"""What a handler must be able to do to be called again after such an answer."""

log = structlog.get_logger(__name__)


class Steps:
    """Calls handlers, with a record of every call."""

    def __init__(
        self, recorder: Recorder, find: Find, observe_step: Callable[[str, float], None], clock: Clock
    ) -> None:
        self._recorder, self._find, self._observe_step, self._clock = recorder, find, observe_step, clock

    async def dispatch(self, call: StepCall) -> Answer:
        """Make an attempt; return what became of it."""
        attempt, began = attempt_of(call), self._clock.elapsed()
        try:
            handler = self._find(call.handler, call.options)
        except UnknownHandlerError as error:
            return Answer(result=StepResult.NEVER, why=str(error))
        request, sent_at, plan = self._request(call, call.timeout), None, None
        try:
            async with asyncio.timeout(call.timeout.total_seconds()):
                plan = await self._plan(handler, request, attempt)
                now = self._clock.now()
                await self._recorder.call(self._recorder.moves.dispatch, attempt, now)
                sent_at = now
                answer = as_answer(await heard(_act(handler, request, plan)))
        except Exception as error:  # noqa: BLE001  # a plug-in may raise anything; each case has its answer
            answer = _answer_to(error, dispatched=sent_at is not None)
        self._observe_step(call.handler, self._clock.elapsed() - began)
        if plan is not None and sent_at is not None:
            answer = await self._settled(handler, call, plan, sent_at, answer)
        await self._conclude(attempt, answer)
        return answer

    async def ask(self, call: StepCall) -> Answer:
        """Find out what became of an attempt that was begun, by this daemon or the one before.

        What is on record as its result, and only its event was lost, is taken as it is: it had its second look.
        """
        attempt = attempt_of(call)
        try:
            sent_at = await self._recorder.call(self._recorder.moves.sent_at, attempt)
            plan = await self._recorder.call(self._recorder.moves.first_plan, attempt)
            if sent_at is None or plan is None:
                return Answer(result=StepResult.NOT_SENT, why="by the journal it was never sent")
            concluded = await self._recorder.call(self._recorder.moves.concluded, attempt)
            if concluded is not None and concluded.result not in ABILITY:
                return concluded
            handler = self._find(call.handler, call.options)
            past = await self._rejoined(handler, call, plan, sent_at)
            if past is not None and past.result is not StepResult.UNKNOWN:
                return await self._settled(handler, call, plan, sent_at, past)
            answer = await self._status(handler, self._request(call, STATUS_TIMEOUT, sent_at), plan)
            answer = replace(answer, why=f"{past.why}; {answer.why}") if past else answer
            return await self._able(handler, answer)
        except UnderWayError as error:
            return Answer(result=StepResult.UNKNOWN, why=str(error))
        except Exception as error:  # noqa: BLE001  # the journal, or a handler that is gone; then nobody knows
            return Answer(result=StepResult.UNKNOWN, why=told(error))

    async def _plan(self, handler: Handler, request: HandlerRequest, attempt: AttemptId) -> Plan:
        plan = await self._recorder.call(self._recorder.moves.first_plan, attempt)
        if plan is None:
            plan = as_plan(await heard(handler.plan(request)))
        await self._recorder.call(self._recorder.moves.intend, attempt, plan, self._clock.now())
        return plan

    async def _settled(self, handler: Handler, call: StepCall, plan: Plan, sent_at: datetime, answer: Answer) -> Answer:
        """Return the answer after a second look at it: is it so, and could the handler be called again?"""
        if answer.result.effective:
            seen = await self._status(handler, self._request(call, STATUS_TIMEOUT, sent_at), plan)
            undone = call.kind is MoveKind.FAILBACK and isinstance(handler, GoesBack)
            return _confirmed(answer, seen, deniable=not undone and call.kind is not MoveKind.DRILL)
        if answer.result is StepResult.UNKNOWN and isinstance(handler, Rejoins):
            return replace(answer, repeatable=False)  # see Note [May be called again]
        return await self._able(handler, answer)

    async def _status(self, handler: Handler, request: HandlerRequest, plan: Plan) -> Answer:
        try:
            async with asyncio.timeout(STATUS_TIMEOUT.total_seconds()):
                return as_answer(await heard(handler.status(request, plan)))
        except Exception as error:  # noqa: BLE001  # a plug-in may raise anything; then nobody knows
            return Answer(result=StepResult.UNKNOWN, why=told(error))

    async def _rejoined(self, handler: Handler, call: StepCall, plan: Plan, sent_at: datetime) -> Answer | None:
        """Wait for an attempt that outlives its call; None if this handler's do not, or there is none.

        Raises:
            UnderWayError: if it goes on for longer than it may.
        """
        if not isinstance(handler, Rejoins):
            return None
        until = sent_at + call.timeout + GRACE
        # No longer than an attempt may take in all: after the clock was set back the end lies hours ahead.
        left = min(max(timedelta(0), until - self._clock.now()), call.timeout + GRACE)
        try:
            async with asyncio.timeout((left + SLACK).total_seconds()):
                past = await heard(handler.rejoin(self._request(call, left, sent_at), plan, until))
        except UnderWayError:
            raise
        except Exception as error:
            # A plug-in may raise anything. While nobody knows whether the attempt goes on, nobody may ask further.
            raise UnderWayError(f"whether the attempt still goes on is not known: {told(error)}") from error
        return None if past is None else as_answer(past)

    async def _able(self, handler: Handler, answer: Answer) -> Answer:
        """Return the answer with whether the handler can be called again after it."""
        ability = ABILITY.get(answer.result)
        if ability is None or not isinstance(handler, Describes):
            return answer
        try:
            async with asyncio.timeout(DESCRIBE_TIMEOUT.total_seconds()):
                able = ability in as_description(await heard(handler.describe())).capabilities
        except Exception as error:  # noqa: BLE001  # a plug-in may raise anything; then it cannot
            log.warning("a handler does not say what it can do", why=told(error))
            return answer
        if answer.result is StepResult.PARTIAL:
            return replace(answer, resumable=able)
        return replace(answer, repeatable=able)

    async def _conclude(self, attempt: AttemptId, answer: Answer) -> None:
        try:
            await self._recorder.call(self._recorder.moves.conclude, attempt, answer, self._clock.now())
        except JournalError as error:
            # The outcome event still goes to the loop, which keeps it until the journal can be written again.
            log.warning("result not on record yet", activation=attempt.activation_id, error=str(error))

    def _request(self, call: StepCall, time: timedelta, sent_at: datetime | None = None) -> HandlerRequest:
        return HandlerRequest(
            activation_id=call.activation_id,
            epoch=call.epoch,
            group=call.group,
            kind=call.kind,
            source=call.source,
            target=call.target,
            step=call.step,
            attempt=call.attempt,
            deadline=self._clock.now() + time,
            sent_at=sent_at,
            rehearsal=call.kind is MoveKind.DRILL,
        )


def attempt_of(call: StepCall) -> AttemptId:
    """Return what the journal knows the attempt by."""
    return AttemptId(activation_id=call.activation_id, step=call.step, attempt=call.attempt)


async def _act(handler: Handler, request: HandlerRequest, plan: Plan) -> Answer:
    if request.kind is MoveKind.FAILBACK and isinstance(handler, GoesBack):
        return await handler.deactivate(request, plan)
    return await handler.activate(request, plan)


def _confirmed(answer: Answer, seen: Answer, *, deniable: bool) -> Answer:
    """Return a word that an effect is there, beside what `status` says of it. See Note [Denials that may be none]."""
    match seen.result:
        case StepResult.APPLIED | StepResult.ALREADY_APPLIED:
            return answer
        case StepResult.PARTIAL:
            return _contradicted(answer, f"its status says that the effect is there in part: {seen.why}")
        case StepResult.NOTHING_CHANGED if deniable:
            return _contradicted(answer, f"its status says that the effect is not there: {seen.why}")
        case _:
            return replace(answer, why=f"{answer.why}; its status did not confirm it: {seen.why}")


def _contradicted(answer: Answer, denial: str) -> Answer:
    return Answer(result=StepResult.CONTRADICTED, why=f"it said {answer.result} ({answer.why}); {denial}")


def _answer_to(error: Exception, *, dispatched: bool) -> Answer:
    match error:
        case HandlerError():
            return Answer(result=error.result, why=str(error))
        case CodecError():
            return Answer(result=StepResult.NEVER, why=str(error))
        case JournalError() if not dispatched:
            # A full disk is no fault of the step: it does not count as an attempt.
            return Answer(result=StepResult.NOT_SENT, why=str(error))
        case _:
            result = StepResult.UNKNOWN if dispatched else StepResult.NOTHING_CHANGED
            return Answer(result=result, why=told(error))
