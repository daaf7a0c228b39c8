"""Run the target's image template: the one effect of a move that Azure does not make idempotent.

Rules: run unless run since. The start of the last run is read before anything is recorded as intended; a run with
another start is an effect that is there, whoever caused it. A run that is under way is success. POST goes out once an
attempt, and an attempt only follows one that is known to have changed nothing.

Note [Settling]: a read in the same second as an accepted run still showed the run before (seen in two recordings). So
an unchanged start proves nothing until VISIBLE_AFTER has passed since the request was sent. Because clocks are set,
it is also counted by pauses: never fewer than LEAST_WAIT, and never more than VISIBLE_AFTER.
"""

from datetime import datetime, timedelta

from aibwatch.core.model import FailureClass, Options, Run, RunState, template_name
from aibwatch.core.move.move import StepResult
from aibwatch.core.observation import TemplateSeen
from aibwatch.core.sentences import clock
from aibwatch.handlers.api import (
    Answer,
    Check,
    Description,
    HandlerError,
    HandlerRequest,
    Plan,
    Refusal,
    Surroundings,
    TemporaryHandlerError,
)

VISIBLE_AFTER = timedelta(seconds=30)
"""How long an accepted run may take to show in a read: it took at most 3 s where that was recorded; ten times that."""

LEAST_WAIT = timedelta(seconds=4)
"""Also where the clock says that it was sent long ago: the clock may have been set forward since."""

LOOK_AGAIN = timedelta(seconds=2)
"""Between reads while settling: a build takes minutes, a read costs one of 250 tokens."""

NEVER_RUN = "never"

VERSION = "1"
"""Of what this handler does, not of aibwatch: it changes when a drill of before says nothing of it any more."""

PERMANENT = frozenset({FailureClass.CUSTOMER, FailureClass.EXPECTED})
"""Refusals that another attempt would meet again."""


class RunTemplate:
    """The built-in handler `run-template`."""

    def __init__(self, surroundings: Surroundings, options: Options) -> None:
        if options:
            raise ValueError(f"{min(options)}: run-template takes no options; remove this key")
        self._templates = surroundings.templates
        self._now = surroundings.now
        self._pause = surroundings.pause

    async def describe(self) -> Description:
        """Return what it is."""
        return Description(name="run-template", version=VERSION)

    async def check(self, request: HandlerRequest) -> Check:
        """Return whether the target can be read and run.

        The right to run it shows only when it is run; but who may not read it cannot plan, and so not run it either.
        """
        try:
            seen = await self._runnable(request)
        except HandlerError as error:
            return Check(well=False, why=str(error))
        return Check(well=True, why=f"{template_name(request.target)} was read in {seen.region} and can be run")

    async def plan(self, request: HandlerRequest) -> Plan:
        """Return what the target's last run is now, and that it will be run."""
        seen = await self._runnable(request)
        state = seen.run.state if seen.run else RunState.NEVER
        return Plan(
            changes=(
                f"run {template_name(request.target)} in {seen.region}, unless it was run since {_start(seen.run)}",
            ),
            before={"run_started": _start(seen.run), "run_state": state.value},
        )

    async def activate(self, request: HandlerRequest, plan: Plan) -> Answer:
        """Ask for a run, unless there is one already."""
        there = _effect(await self._read(request), plan)
        if there:
            return Answer(result=StepResult.ALREADY_APPLIED, why=there)
        refusal = await self._templates.run(request.target)
        if refusal is None:
            return Answer(result=StepResult.APPLIED, why=f"Azure accepted the run of {template_name(request.target)}")
        if refusal.diagnosis.cls is FailureClass.EXPECTED:
            return await self._refused_as_busy(request, refusal)
        if refusal.uncertain:
            return Answer(result=StepResult.UNKNOWN, why=refusal.diagnosis.summary)
        permanent = refusal.diagnosis.cls in PERMANENT
        result = StepResult.NEVER if permanent else StepResult.NOTHING_CHANGED
        return Answer(result=result, why=refusal.diagnosis.summary)

    async def status(self, request: HandlerRequest, plan: Plan) -> Answer:
        """Return whether there is a run since the plan; waits until an accepted run would show. See Note [Settling]."""
        waited = timedelta(0)
        while True:
            seen = await self._templates.read(request.target)
            if isinstance(seen, Refusal):
                return Answer(result=StepResult.UNKNOWN, why=f"not readable now: {seen.diagnosis.summary}")
            there = _effect(seen, plan)
            if there:
                return Answer(result=StepResult.APPLIED, why=there)
            if waited >= VISIBLE_AFTER or (waited >= LEAST_WAIT and self._is_long_ago(request.sent_at)):
                why = f"no run of {template_name(request.target)} since {plan.before.get('run_started', NEVER_RUN)}"
                return Answer(result=StepResult.NOTHING_CHANGED, why=why)
            await self._pause(LOOK_AGAIN)
            waited += LOOK_AGAIN

    def _is_long_ago(self, sent_at: datetime | None) -> bool:
        return sent_at is None or self._now() - sent_at >= VISIBLE_AFTER

    async def _runnable(self, request: HandlerRequest) -> TemplateSeen:
        seen = await self._read(request)
        if seen.provisioning != "succeeded":
            raise HandlerError(f"{template_name(request.target)} cannot be run: it is {seen.provisioning}")
        return seen

    async def _read(self, request: HandlerRequest) -> TemplateSeen:
        seen = await self._templates.read(request.target)
        if isinstance(seen, Refusal):
            why = f"{template_name(request.target)} could not be read: {seen.diagnosis.summary}"
            raise HandlerError(why) if seen.diagnosis.cls in PERMANENT else TemporaryHandlerError(why)
        return seen

    async def _refused_as_busy(self, request: HandlerRequest, refusal: Refusal) -> Answer:
        """Azure says that the template is busy: a run under way is what we want, one being cancelled is not."""
        seen = await self._templates.read(request.target)
        if not isinstance(seen, Refusal) and seen.run is not None and seen.run.state is RunState.RUNNING:
            return Answer(result=StepResult.ALREADY_APPLIED, why=f"it is running since {clock(seen.run.started)}")
        return Answer(result=StepResult.NOTHING_CHANGED, why=refusal.diagnosis.summary)


def _effect(seen: TemplateSeen, plan: Plan) -> str:
    """Return the sentence that says why the effect is there; empty if it is not."""
    if seen.run is None:
        return ""
    name = template_name(seen.template)
    if _start(seen.run) != plan.before.get("run_started"):
        return f"{name} was run at {clock(seen.run.started)}, after the plan was made"
    if seen.run.state is RunState.RUNNING:
        return f"{name} is running since {clock(seen.run.started)}"
    return ""


def _start(run: Run | None) -> str:
    return run.started.isoformat() if run else NEVER_RUN
