"""Perform actions. Each ends in exactly one outcome event; only the end of the process leaves one without.

Rules: an effect is sent only after it is on record: how steps do that is in steps.py. For a canary the decision to run
it is enough, because one run of it more or less changes nothing; for a build too, because it is never sent again.
Whether anything is tried again is not decided here.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

import structlog

from aibwatch.core.actions import (
    Action,
    AskStatus,
    DispatchStep,
    ExcludeFromLatest,
    LookForBuild,
    PollAfresh,
    ReadOutputs,
    RunBuild,
    RunCanary,
    StepCall,
    WriteEpoch,
)
from aibwatch.core.events import CanaryAnswered, EpochAnswered, Event, Excluded, OutputsRead, PolledAfresh, StepEnded
from aibwatch.core.model import WELL, Diagnosis, FailureClass, Region, TemplateId
from aibwatch.core.sentences import printable
from aibwatch.handlers.api import Answer, Refusal
from aibwatch.handlers.loader import Find
from aibwatch.runtime.answers import told
from aibwatch.runtime.clock import Clock
from aibwatch.runtime.recorder import Recorder
from aibwatch.runtime.steps import Steps
from aibwatch.runtime.store import JournalError

EPOCH_TRIES = 5
EPOCH_PAUSE = timedelta(seconds=5)
"""A busy or full disk may heal within half a minute; after that the group halts rather than waits for ever."""

OTHERS = "something else has written to this state: see to it that only one daemon has it"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """What the executor acts through, beside the journal."""

    find: Find
    poll_afresh: Callable[[tuple[Region, ...]], Awaitable[None]]
    """Polls the regions now; every answer has become an event when it returns. Raises nothing."""
    check: Callable[[str], Awaitable[None]]
    """Asks everything else that the group's gates rest on, in the same way: its handlers, and whether the state is
    still ours."""
    read_outputs: Callable[[TemplateId, datetime | None], Awaitable[tuple[str, ...] | Diagnosis]]
    """Reads what the last run of a template put out. Where the start of a run is given, a Diagnosis if that is not the
    last one any more."""
    exclude: Callable[[str], Awaitable[Diagnosis]]
    """Asks the gallery of an image to leave that version out of its latest; WELL if it was taken."""
    run_canary: Callable[[TemplateId], Awaitable[Refusal | None]]
    """Asks once for a run of a canary; None if it was accepted."""
    build: Callable[[LookForBuild | RunBuild], Awaitable[Event]]
    """Reads or runs a template for a build. Raises nothing."""
    observe_step: Callable[[str, float], None]
    """Told the handler's name and how many seconds a call took."""


class Executor:
    """Performs one action at a time for each caller; callers run side by side."""

    def __init__(self, recorder: Recorder, ports: Ports, clock: Clock) -> None:
        self._recorder, self._ports, self._clock = recorder, ports, clock
        self._steps = Steps(recorder, ports.find, ports.observe_step, clock)

    async def perform(self, action: Action) -> Event:
        """Do what is asked and return what became of it."""
        match action:
            case PollAfresh():
                await asyncio.gather(self._ports.poll_afresh(action.regions), self._ports.check(action.group))
                return PolledAfresh(group=action.group, activation_id=action.activation_id)
            case WriteEpoch():
                return await self._write_epoch(action)
            case DispatchStep():
                await self._clock.pause(action.wait)
                return _ended(action.call, await self._steps.dispatch(action.call))
            case AskStatus():
                await self._clock.pause(action.wait)
                return _ended(action.call, await self._steps.ask(action.call))
            case ReadOutputs():
                await self._clock.pause(action.wait)
                return await self._read_outputs(action)
            case ExcludeFromLatest():
                await self._clock.pause(action.wait)
                return await self._exclude(action)
            case RunCanary():
                return await self._run_canary(action)
            case LookForBuild() | RunBuild():
                return await self._ports.build(action)
            case _:
                assert_never(action)

    async def _read_outputs(self, action: ReadOutputs) -> OutputsRead:
        try:
            read = await self._ports.read_outputs(action.template, action.late_run)
        except Exception as error:
            # The outermost edge of an action: a fault of ours is an outcome too, and told.
            log.exception("outputs not read; this is a fault of aibwatch", template=action.template)
            read = Diagnosis(cls=FailureClass.NETWORK, rule="fault-of-ours", summary=told(error))
        images, diagnosis = ((), read) if isinstance(read, Diagnosis) else (read, WELL)
        return OutputsRead(
            group=action.group,
            activation_id=action.activation_id,
            images=images,
            diagnosis=diagnosis,
            late_run=action.late_run,
        )

    async def _exclude(self, action: ExcludeFromLatest) -> Excluded:
        try:
            said = await self._ports.exclude(action.image)
        except Exception as error:
            # The outermost edge of an action: a fault of ours is an outcome too, and told.
            log.exception("image not taken out of latest; this is a fault of aibwatch", image=action.image)
            said = Diagnosis(cls=FailureClass.NETWORK, rule="fault-of-ours", summary=told(error))
        return Excluded(
            group=action.group,
            activation_id=action.activation_id,
            run=action.run,
            image=action.image,
            diagnosis=said,
        )

    async def _run_canary(self, action: RunCanary) -> CanaryAnswered:
        try:
            refusal = await self._ports.run_canary(action.template)
        except Exception as error:
            # The outermost edge of an action: a fault of ours is an outcome too, and told.
            log.exception("canary not started; this is a fault of aibwatch", template=action.template)
            why = Diagnosis(cls=FailureClass.NETWORK, rule="fault-of-ours", summary=told(error))
            refusal = Refusal(diagnosis=why, uncertain=True)
        return CanaryAnswered(
            region=action.region,
            asked_at=action.asked_at,
            diagnosis=refusal.diagnosis if refusal else WELL,
            uncertain=refusal is not None and refusal.uncertain,
        )

    async def _write_epoch(self, action: WriteEpoch) -> EpochAnswered:
        why = ""
        for _ in range(EPOCH_TRIES):
            try:
                written = await self._recorder.call(
                    self._recorder.moves.swap_epoch,
                    group=action.group,
                    epoch=action.epoch,
                    active=action.target,
                    activation_id=action.activation_id,
                    at=self._clock.now(),
                )
                standing = 0 if written else await self._recorder.call(self._recorder.moves.epoch, action.group)
            except JournalError as error:
                why = str(error)
                await self._clock.pause(EPOCH_PAUSE)
                continue
            why = "" if written else f"the epoch on record is {standing}, and not {action.epoch - 1}; {OTHERS}"
            return EpochAnswered(
                group=action.group, activation_id=action.activation_id, written=written, why=why, standing=standing
            )
        return EpochAnswered(
            group=action.group, activation_id=action.activation_id, written=False, why=why, unwritable=True
        )


def _ended(call: StepCall, answer: Answer) -> StepEnded:
    return StepEnded(
        group=call.group,
        activation_id=call.activation_id,
        step=call.step,
        attempt=call.attempt,
        result=answer.result,
        why=printable(answer.why),
        resumable=answer.resumable,
        repeatable=answer.repeatable,
    )
