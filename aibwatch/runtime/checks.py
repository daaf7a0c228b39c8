"""Ask handlers whether they could act now, long before they have to.

Rules: each is asked for every template that its group could go to, once per `poll.readiness`; again each minute while
it could not; and before every commit. A handler that raises, does not answer in time, answers
something else, or is not loaded could not act. One without `check` is of an older protocol, and counts as well.
With every check a handler is asked what it is, so that a changed one can be told; it need not say.
A check has no effects, so nothing of it is in the journal of moves.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog

from aibwatch.core.events import Event, Observed
from aibwatch.core.model import TemplateId
from aibwatch.core.move.move import MoveKind
from aibwatch.core.observation import HandlerChecked, handler_key
from aibwatch.core.policy import GroupSpec, Setup, StepSpec
from aibwatch.core.state import GroupState, State
from aibwatch.handlers.api import Check, Describes, HandlerRequest
from aibwatch.handlers.loader import Find, UnknownHandlerError
from aibwatch.runtime.answers import as_check, as_description, fit, heard, told
from aibwatch.runtime.clock import Clock
from aibwatch.runtime.steps import DESCRIBE_TIMEOUT

TIMEOUT = timedelta(seconds=30)
"""For one check. It has no effects, so it need not outwait an ARM that is just recovering, as a step must."""

AT_ONCE = 4
"""Checks under way at a time. A read takes a tenth of a second: this stays near the 25 reads a second that Azure
refills, however many groups there are."""

BATCH = 50
"""Checks handed in at a time: every event has all regions judged anew, so a thousand single ones would be felt."""

MOST_AGAIN = 20
"""Questions asked again in one round. A right that is missing may be missing for a thousand templates."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """Whether the handler of this step could act on the target."""

    step: StepSpec
    request: HandlerRequest

    @property
    def key(self) -> str:
        """What the answer will be known by."""
        return handler_key(self.request.group, self.request.step, self.step.handler, self.request.target)


class HandlerChecks:
    """All checks of the daemon."""

    def __init__(
        self,
        find: Find,
        *,
        clock: Clock,
        setup: Callable[[], Setup],
        state: Callable[[], State],
        put: Callable[[Event], Awaitable[None]],
    ) -> None:
        self._find, self._clock = find, clock
        self._setup, self._state, self._put = setup, state, put
        self._room = asyncio.Semaphore(AT_ONCE)

    async def all(self) -> None:
        """Ask about every group."""
        await self._ask([question for spec in self._setup().groups.values() for question in self._questions(spec)])

    async def again(self) -> None:
        """Ask again what was answered with no, for it may have passed; first for groups that would move but for it."""
        refused = {key: check.at for key, check in self._state().window.handlers.items() if not check.well}
        questions = [
            question
            for spec in self._setup().groups.values()
            for question in self._questions(spec)
            if question.key in refused
        ]
        questions.sort(key=lambda question: (not self._is_held(question.request.group), refused[question.key]))
        await self._ask(questions[:MOST_AGAIN])

    async def of(self, group: str) -> None:
        """Ask about one group; return when every answer was handed in.

        It does not wait for its turn: a move must not stand in a row with a thousand routine questions.
        """
        spec = self._setup().groups.get(group)
        await self._ask([*self._questions(spec)] if spec else [], asyncio.Semaphore(AT_ONCE))

    async def _ask(self, questions: Sequence[_Question], room: asyncio.Semaphore | None = None) -> None:
        for start in range(0, len(questions), BATCH):
            batch = questions[start : start + BATCH]
            checked = await asyncio.gather(*(self._one(question, room or self._room) for question in batch))
            await self._put(Observed(observations=tuple(checked)))

    def _questions(self, spec: GroupSpec) -> Iterable[_Question]:
        """Return each handler of the group's steps once for each member that it could go to.

        That is the target of a move under way, else every secondary; the primary never is, see situation.py.
        """
        group = self._state().groups.get(spec.name)
        active = group.active if group else spec.primary
        open_move = group.move if group else None
        targets = [open_move.target] if open_move else [t for t in spec.secondaries if t != active]
        for number, step in enumerate(spec.steps):
            for target in targets:
                yield _Question(step=step, request=self._request(spec, group, number, target))

    def _request(self, spec: GroupSpec, group: GroupState | None, step: int, target: TemplateId) -> HandlerRequest:
        return HandlerRequest(
            activation_id="",
            epoch=group.epoch if group else 0,
            group=spec.name,
            kind=MoveKind.FAILOVER,
            source=(group.move.source if group.move else group.active) if group else spec.primary,
            target=target,
            step=step,
            attempt=0,
            deadline=self._clock.now() + TIMEOUT,
        )

    async def _one(self, question: _Question, room: asyncio.Semaphore) -> HandlerChecked:
        async with room:
            request = replace(question.request, deadline=self._clock.now() + TIMEOUT)
            version = await self._version(question.step)
            check = await self._check(question.step, request)
        return HandlerChecked(
            at=self._clock.now(),
            group=request.group,
            handler=question.step.handler,
            step=request.step,
            target=request.target,
            well=check.well,
            why=fit(check.why),
            version=version,
        )

    async def _check(self, step: StepSpec, request: HandlerRequest) -> Check:
        try:
            handler = self._find(step.handler, step.options)
        except UnknownHandlerError as error:
            return Check(well=False, why=str(error))
        ask = getattr(handler, "check", None)
        if ask is None:
            return Check(well=True, why="it cannot be asked: it is of a protocol without check")
        try:
            async with asyncio.timeout(TIMEOUT.total_seconds()):
                return as_check(await heard(ask(request)))
        except TimeoutError:
            return Check(well=False, why=f"it did not answer within {TIMEOUT.total_seconds():.0f} s")
        except Exception as error:  # noqa: BLE001  # a plug-in may raise anything; then it could not act
            return Check(well=False, why=told(error))

    async def _version(self, step: StepSpec) -> str:
        """Return what the handler says it is; empty if it does not."""
        try:
            handler = self._find(step.handler, step.options)
            if not isinstance(handler, Describes):
                return ""
            async with asyncio.timeout(DESCRIBE_TIMEOUT.total_seconds()):
                description = as_description(await heard(handler.describe()))
        except Exception as error:  # noqa: BLE001  # a plug-in may raise anything; whether it could act is asked apart
            log.debug("a handler does not say what it is", handler=step.handler, why=told(error))
            return ""
        return f"{description.name} {description.version}"

    def _is_held(self, name: str) -> bool:
        group = self._state().groups.get(name)
        return group is not None and GATE in group.held_by


GATE = "handler_ok"
"""The gate that goes by these checks."""
