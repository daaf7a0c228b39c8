"""Supply the shell's tests with a real journal, a clock that stands still, and handlers that say what they are told."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

from aibwatch.core.actions import AskStatus, DispatchStep, LookForBuild, RunBuild, StepCall
from aibwatch.core.events import Event, Ticked
from aibwatch.core.model import WELL, Diagnosis, Options, Region, TemplateId
from aibwatch.core.move.move import MoveKind, StepResult
from aibwatch.handlers.api import Answer, Check, Handler, HandlerRequest, Plan, Refusal
from aibwatch.handlers.loader import Find, UnknownHandlerError
from aibwatch.runtime.executor import Executor, Ports
from aibwatch.runtime.recorder import Recorder
from aibwatch.runtime.store import Store
from tests.clocks import FakeClock

SOURCE, TARGET = TemplateId("/t/base-west"), TemplateId("/t/base-north")
PLAN = Plan(changes=("run base-north",), before={"run_started": "never"})
CAN_ACT = Check(well=True, why="it can act")
APPLIED = Answer(result=StepResult.APPLIED, why="it is done")

Say = Callable[[], Awaitable[Answer]]


def a_url(path: Path) -> str:
    return f"sqlite:///{path}"


def a_store(folder: Path) -> Store:
    return Store(a_url(folder / "aibwatch.db"))


def a_call(**changes: object) -> StepCall:
    known = StepCall(
        group="base",
        activation_id="base-1",
        kind=MoveKind.FAILOVER,
        epoch=1,
        source=SOURCE,
        target=TARGET,
        step=0,
        attempt=1,
        handler="fake",
        timeout=timedelta(minutes=15),
    )
    return replace(known, **changes)  # type: ignore[arg-type]  # the names are those of StepCall


def to_dispatch(**changes: object) -> DispatchStep:
    return DispatchStep(call=a_call(**changes), wait=timedelta(0))


def to_ask(**changes: object) -> AskStatus:
    return AskStatus(call=a_call(**changes), wait=timedelta(0))


@dataclass
class FakeHandler:
    """A handler that answers as it is told, and notes the order of its calls."""

    calls: list[str] = field(default_factory=list)
    plans: list[Plan] = field(default_factory=list)
    """Plans that activate and status were given."""
    requests: list[HandlerRequest] = field(default_factory=list)
    says: Answer | Exception | Say = APPLIED
    status_says: Answer | Exception | Say = APPLIED
    plan_says: Plan | Exception = PLAN
    check_says: Check | Exception | Say = CAN_ACT
    at_activate: Callable[[], None] = lambda: None

    async def check(self, request: HandlerRequest) -> Check:
        self.requests.append(request)
        says = self.check_says
        if isinstance(says, Exception):
            raise says
        if isinstance(says, Check):
            return says
        await says()
        return CAN_ACT

    async def plan(self, request: HandlerRequest) -> Plan:
        self.calls.append("plan")
        if isinstance(self.plan_says, Exception):
            raise self.plan_says
        return self.plan_says

    async def activate(self, request: HandlerRequest, plan: Plan) -> Answer:
        self.at_activate()
        return await self._answer("activate", self.says, request, plan)

    async def status(self, request: HandlerRequest, plan: Plan) -> Answer:
        return await self._answer("status", self.status_says, request, plan)

    async def _answer(self, call: str, says: Answer | Exception | Say, request: HandlerRequest, plan: Plan) -> Answer:
        self.calls.append(call)
        self.requests.append(request)
        self.plans.append(plan)
        if isinstance(says, Exception):
            raise says
        return says if isinstance(says, Answer) else await says()


async def silence() -> Answer:
    """Never answer."""
    await asyncio.Event().wait()
    return APPLIED


async def no_build(_: LookForBuild | RunBuild) -> Event:
    """Stand in where nobody orders builds."""
    return Ticked()


@dataclass
class Bench:
    """An executor on a real journal, with a handler called "fake"."""

    recorder: Recorder
    clock: FakeClock
    handler: FakeHandler
    polled: list[tuple[Region, ...]] = field(default_factory=list)
    checked: list[str] = field(default_factory=list)
    """Groups about whose handlers was asked."""
    outputs: tuple[str, ...] | Diagnosis | Exception = ("/images/1",)
    gallery: Diagnosis | Exception = WELL
    excluded: list[str] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    ran: list[TemplateId] = field(default_factory=list)
    refusal: Refusal | Exception | None = None
    """How a request for a canary's run is answered."""

    def executor(self, handlers: Mapping[str, Handler] | None = None) -> Executor:
        ports = Ports(
            find=by_name({"fake": self.handler} if handlers is None else handlers),
            poll_afresh=self._poll,
            check=self._check,
            read_outputs=self._outputs,
            exclude=self._exclude,
            run_canary=self._run,
            build=no_build,
            observe_step=lambda name, _: self.steps.append(name),
        )
        return Executor(self.recorder, ports, self.clock)

    async def _poll(self, regions: tuple[Region, ...]) -> None:
        self.polled.append(regions)

    async def _exclude(self, image: str) -> Diagnosis:
        self.excluded.append(image)
        if isinstance(self.gallery, Exception):
            raise self.gallery
        return self.gallery

    async def _check(self, group: str) -> None:
        self.checked.append(group)

    async def _run(self, template: TemplateId) -> Refusal | None:
        self.ran.append(template)
        if isinstance(self.refusal, Exception):
            raise self.refusal
        return self.refusal

    async def _outputs(self, _: TemplateId, __: datetime | None) -> tuple[str, ...] | Diagnosis:
        if isinstance(self.outputs, Exception):
            raise self.outputs
        return self.outputs


def by_name(handlers: Mapping[str, object]) -> Find:
    """Return what finds these handlers; options change nothing."""

    def find(name: str, options: Options) -> Handler:
        if name not in handlers:
            raise UnknownHandlerError(f"no handler {name!r} is installed")
        return cast(Handler, handlers[name])

    return find
