"""The scripted handler of the stories: it switches something once for a move, and behaves as a story says."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from aibwatch.core.move.move import StepResult
from aibwatch.handlers.api import (
    Answer,
    Capability,
    Check,
    Description,
    Handler,
    HandlerRequest,
    Plan,
)

from .timeline import StoryClock
from .transcript import Transcript

Ways = Callable[[HandlerRequest], Awaitable[Any]]


class Switch:
    """Keeps count of what it did. Its effects outlive every daemon."""

    def __init__(self, clock: StoryClock) -> None:
        self._clock = clock
        self.done: Counter[str] = Counter()
        """How often it did the whole, by activation."""
        self.half: set[str] = set()
        self.version, self.capabilities, self.refuses = "1", set[Capability](), ""
        self.activations: list[str] = []
        """How it behaves in the next calls to act; the last one stays."""
        self.looks: list[str] = []
        """How it behaves when it is next asked for the state."""
        self._late: set[asyncio.Task[None]] = set()

    async def describe(self) -> Description:
        return Description(name="switch", version=self.version, capabilities=frozenset(self.capabilities))

    async def check(self, request: HandlerRequest) -> Check:
        return Check(well=not self.refuses, why=self.refuses or "it can switch")

    async def plan(self, request: HandlerRequest) -> Plan:
        return Plan(changes=("switch the pipelines",))

    async def activate(self, request: HandlerRequest, plan: Plan) -> Answer:
        way = self.activations.pop(0) if self.activations else "do it"
        return await self._ways()[way](request)  # type: ignore[no-any-return]  # some ways are no answers: that is the point

    async def status(self, request: HandlerRequest, plan: Plan) -> Answer:
        way = self.looks.pop(0) if self.looks else "tell the truth"
        return await self._looks()[way](request)  # type: ignore[no-any-return]  # as above

    @property
    def ways(self) -> frozenset[str]:
        """Return what a story may say of its calls to act."""
        return frozenset(self._ways())

    @property
    def ways_to_look(self) -> frozenset[str]:
        """Return what a story may say of its status."""
        return frozenset(self._looks())

    def _ways(self) -> dict[str, Ways]:
        return {
            "do it": self._do,
            "do it and hang": self._do_and_hang,
            "do it within 5 min": self._slowly(timedelta(minutes=5)),
            "do it within 10 min": self._slowly(timedelta(minutes=10)),
            "do it 20 min after its time-out": self._do_late,
            "do it and answer garbage": self._do_and_babble,
            "do half": self._do_half,
            "do nothing and say applied": self._says(StepResult.APPLIED, "all is switched"),
            "do nothing and say nothing_changed": self._says(StepResult.NOTHING_CHANGED, "the switch was busy"),
            "do nothing and say never": self._says(StepResult.NEVER, "there is no such switch"),
            "do nothing and hang": self._hang,
            "do nothing and flood": self._flood,
        }

    def _looks(self) -> dict[str, Ways]:
        return {
            "tell the truth": self._truth,
            "hang": self._hang,
            "know nothing": self._says(StepResult.UNKNOWN, "the switch is not reachable"),
            "flood": self._flood,
        }

    async def _do(self, request: HandlerRequest) -> Answer:
        if self.done[request.activation_id]:
            return Answer(result=StepResult.ALREADY_APPLIED, why="it was switched before")
        self._apply(request)
        return Answer(result=StepResult.APPLIED, why="switched")

    async def _do_and_hang(self, request: HandlerRequest) -> Answer:
        self._apply(request)
        return await self._hang(request)

    def _slowly(self, length: timedelta) -> Ways:
        async def do(request: HandlerRequest) -> Answer:
            await self._clock.pause(length)
            return await self._do(request)

        return do

    async def _do_late(self, request: HandlerRequest) -> Answer:
        self._late.add(asyncio.create_task(self._later(request, timedelta(minutes=35))))
        return await self._hang(request)

    async def _later(self, request: HandlerRequest, length: timedelta) -> None:
        await self._clock.pause(length)
        await self._do(request)

    async def _do_and_babble(self, request: HandlerRequest) -> object:
        self._apply(request)
        return {"result": "ok"}

    async def _do_half(self, request: HandlerRequest) -> Answer:
        self.half.add(request.activation_id)
        return Answer(result=StepResult.PARTIAL, why="one of two pipelines is switched")

    async def _flood(self, request: HandlerRequest) -> Answer:
        return Answer(result=StepResult.NOTHING_CHANGED, why="no such pipeline; " * 100_000)

    async def _hang(self, request: HandlerRequest) -> Answer:
        await asyncio.Event().wait()
        raise AssertionError("nobody ends this wait")

    async def _truth(self, request: HandlerRequest) -> Answer:
        if self.done[request.activation_id]:
            return Answer(result=StepResult.APPLIED, why="the pipelines are switched")
        if request.activation_id in self.half:
            return Answer(result=StepResult.PARTIAL, why="one of two pipelines is switched")
        return Answer(result=StepResult.NOTHING_CHANGED, why="no pipeline is switched")

    def _says(self, result: StepResult, why: str) -> Ways:
        async def say(_: HandlerRequest) -> Answer:
            return Answer(result=result, why=why)

        return say

    def _apply(self, request: HandlerRequest) -> None:
        self.half.discard(request.activation_id)
        self.done[request.activation_id] += 1


class Asked:
    """A handler whose calls are told, and at whose calls the power may be cut."""

    def __init__(self, name: str, handler: Handler, transcript: Transcript, crossing: "Cross") -> None:
        self._name, self._handler, self._transcript, self._cross = name, handler, transcript, crossing

    async def describe(self) -> Description:
        described: Description = await self._handler.describe()  # type: ignore[attr-defined]  # both have it
        return described

    async def check(self, request: HandlerRequest) -> Check:
        return await self._handler.check(request)

    async def plan(self, request: HandlerRequest) -> Plan:
        return await self._handler.plan(request)

    async def activate(self, request: HandlerRequest, plan: Plan) -> Answer:
        rehearsal = ", a rehearsal" if request.rehearsal else ""
        self._tell(request, f"activate, attempt {request.attempt}{rehearsal}")
        await self._cross("before", f"effect of step {request.step + 1}")
        answer = await self._handler.activate(request, plan)
        await self._cross("after", f"effect of step {request.step + 1}")
        return answer

    async def status(self, request: HandlerRequest, plan: Plan) -> Answer:
        self._tell(request, "status")
        return await self._handler.status(request, plan)

    def _tell(self, request: HandlerRequest, what: str) -> None:
        text = f"{self._name} for {request.activation_id}, step {request.step + 1}: {what}"
        self._transcript.line("asked", text)


Cross = Callable[[str, str], Awaitable[None]]
"""Called on either side of what a story may cut the power at."""
