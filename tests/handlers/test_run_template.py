"""Ask the built-in handler for its plan, its effect and its status, with an Azure of one template behind the port."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from aibwatch.core.model import (
    Diagnosis,
    FailureClass,
    Region,
    Run,
    RunState,
    TemplateId,
)
from aibwatch.core.move.move import MoveKind, StepResult
from aibwatch.core.observation import TemplateSeen
from aibwatch.handlers.api import (
    Answer,
    Check,
    HandlerError,
    HandlerRequest,
    Plan,
    Refusal,
    Surroundings,
    TemporaryHandlerError,
)
from aibwatch.handlers.run_template import RunTemplate
from tests.clocks import BEGUN, FakeClock

SOURCE, TARGET = TemplateId("/t/ubuntu-weu"), TemplateId("/t/ubuntu-neu")
DAY_BEFORE = BEGUN - timedelta(days=1)
NEVER_RUN = Plan(
    changes=("run ubuntu-neu in northeurope, unless it was run since never",),
    before={"run_started": "never", "run_state": "never"},
)
RUN_BEFORE = Plan(
    changes=("run ubuntu-neu in northeurope, unless it was run since 2026-03-01T02:00:00+00:00",),
    before={"run_started": "2026-03-01T02:00:00+00:00", "run_state": "succeeded"},
)


def a_run(state: str = "succeeded", started: datetime = DAY_BEFORE) -> Run:
    ended = None if state in {"running", "canceling"} else started + timedelta(minutes=20)
    return Run(started=started, ended=ended, state=RunState(state))


def a_refusal(cls: str, *, uncertain: bool = False) -> Refusal:
    return Refusal(
        diagnosis=Diagnosis(cls=FailureClass(cls), rule="a-rule", summary=f"{cls} trouble"), uncertain=uncertain
    )


@dataclass
class OneTemplate:
    """The port to Azure, with one template behind it."""

    clock: FakeClock
    last: Run | None = None
    provisioning: str = "succeeded"
    unreadable: list[Refusal] = field(default_factory=list)
    """Refusals that the next reads meet."""
    refusal: Refusal | None = None
    """What every request for a run meets."""
    effect: bool = True
    """Whether a request for a run that is not refused, or only uncertain, starts one."""
    shows_after: timedelta = timedelta(0)
    """How long an accepted run takes to show in a read."""
    on_run: Callable[["OneTemplate"], None] = lambda _: None
    reads: int = 0
    posts: list[TemplateId] = field(default_factory=list)
    _begun: Run | None = None

    async def read(self, template: TemplateId) -> TemplateSeen | Refusal:
        self.reads += 1
        if self.unreadable:
            return self.unreadable.pop(0)
        began = self._begun
        if began is not None and self.clock.now() - began.started >= self.shows_after:
            self.last = began
        return TemplateSeen(
            at=self.clock.now(),
            template=template,
            region=Region("northeurope"),
            provisioning=self.provisioning,
            run=self.last,
            build_timeout_minutes=0,
        )

    async def run(self, template: TemplateId) -> Refusal | None:
        self.posts.append(template)
        self.on_run(self)
        if self.effect and (self.refusal is None or self.refusal.uncertain):
            self._begun = a_run("running", self.clock.now())
        return self.refusal


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def azure(clock: FakeClock) -> OneTemplate:
    return OneTemplate(clock, last=a_run())


@pytest.fixture
def handler(azure: OneTemplate, clock: FakeClock) -> RunTemplate:
    return RunTemplate(Surroundings(templates=azure, now=clock.now, pause=clock.pause, folder=Path("/nowhere")), {})


def a_request(**changes: object) -> HandlerRequest:
    known = HandlerRequest(
        activation_id="base-1",
        epoch=1,
        group="base",
        kind=MoveKind.FAILOVER,
        source=SOURCE,
        target=TARGET,
        step=0,
        attempt=1,
        deadline=BEGUN + timedelta(minutes=15),
    )
    return replace(known, **changes)  # type: ignore[arg-type]  # the names are those of HandlerRequest


SENT = a_request(sent_at=BEGUN)


# check


async def test_a_target_that_can_be_read_can_be_run_and_nothing_is_sent(
    handler: RunTemplate, azure: OneTemplate
) -> None:
    why = "ubuntu-neu was read in northeurope and can be run"
    assert (await handler.check(a_request()), azure.reads, azure.posts) == (Check(well=True, why=why), 1, [])


async def test_a_target_that_is_not_provisioned_could_not_be_run(handler: RunTemplate, azure: OneTemplate) -> None:
    azure.provisioning = "failed"
    assert await handler.check(a_request()) == Check(well=False, why="ubuntu-neu cannot be run: it is failed")


@pytest.mark.parametrize("cls", ["customer", "auth", "service", "network", "throttled"])
async def test_a_target_that_cannot_be_read_could_not_be_run(
    cls: str, handler: RunTemplate, azure: OneTemplate
) -> None:
    azure.unreadable = [a_refusal(cls)]
    assert await handler.check(a_request()) == Check(well=False, why=f"ubuntu-neu could not be read: {cls} trouble")


# plan


async def test_the_plan_keeps_the_start_of_the_last_run_and_sends_nothing(
    handler: RunTemplate, azure: OneTemplate
) -> None:
    assert (await handler.plan(a_request()), azure.posts) == (RUN_BEFORE, [])


async def test_the_plan_for_a_template_that_was_never_run_says_never(handler: RunTemplate, azure: OneTemplate) -> None:
    azure.last = None
    assert await handler.plan(a_request()) == NEVER_RUN


async def test_a_template_that_is_not_provisioned_cannot_be_planned_for(
    handler: RunTemplate, azure: OneTemplate
) -> None:
    azure.provisioning = "failed"
    with pytest.raises(HandlerError, match=r"^ubuntu-neu cannot be run: it is failed$") as raised:
        await handler.plan(a_request())
    assert raised.value.result is StepResult.NEVER


@pytest.mark.parametrize(
    ("cls", "error"),
    [
        ("customer", HandlerError),
        ("expected", HandlerError),
        ("service", TemporaryHandlerError),
        ("ambiguous", TemporaryHandlerError),
        ("throttled", TemporaryHandlerError),
        ("auth", TemporaryHandlerError),
        ("network", TemporaryHandlerError),
    ],
)
async def test_a_target_that_cannot_be_read_fails_for_now_unless_the_refusal_will_stand(
    cls: str, error: type[HandlerError], handler: RunTemplate, azure: OneTemplate
) -> None:
    azure.unreadable = [a_refusal(cls)]
    with pytest.raises(HandlerError, match=f"^ubuntu-neu could not be read: {cls} trouble$") as raised:
        await handler.plan(a_request())
    assert type(raised.value) is error


# activate


async def test_activate_posts_once(handler: RunTemplate, azure: OneTemplate) -> None:
    answer = await handler.activate(a_request(), RUN_BEFORE)
    assert answer == Answer(result=StepResult.APPLIED, why="Azure accepted the run of ubuntu-neu")
    assert azure.posts == [TARGET]


async def test_a_template_that_was_never_run_is_run(handler: RunTemplate, azure: OneTemplate) -> None:
    azure.last = None
    answer = await handler.activate(a_request(), NEVER_RUN)
    assert (answer.result, azure.posts) == (StepResult.APPLIED, [TARGET])


async def test_activated_twice_it_is_run_once(handler: RunTemplate, azure: OneTemplate) -> None:
    await handler.activate(a_request(), RUN_BEFORE)
    answer = await handler.activate(a_request(attempt=2), RUN_BEFORE)
    why = "ubuntu-neu was run at 02:00 UTC, after the plan was made"
    assert answer == Answer(result=StepResult.ALREADY_APPLIED, why=why)
    assert azure.posts == [TARGET]


@pytest.mark.parametrize("state", ["running", "succeeded", "failed", "canceled"])
async def test_a_run_since_the_plan_is_the_effect_whoever_caused_it(
    state: str, handler: RunTemplate, azure: OneTemplate
) -> None:
    azure.last = a_run(state, BEGUN)
    answer = await handler.activate(a_request(), RUN_BEFORE)
    why = "ubuntu-neu was run at 02:00 UTC, after the plan was made"
    assert answer == Answer(result=StepResult.ALREADY_APPLIED, why=why)
    assert azure.posts == []


async def test_a_run_that_was_under_way_before_the_plan_is_the_effect_too(
    handler: RunTemplate, azure: OneTemplate
) -> None:
    azure.last = a_run("running")
    plan = await handler.plan(a_request())
    answer = await handler.activate(a_request(), plan)
    assert answer == Answer(result=StepResult.ALREADY_APPLIED, why="ubuntu-neu is running since 02:00 UTC")
    assert azure.posts == []


async def test_refused_as_busy_because_somebody_was_faster_it_is_applied_already(
    handler: RunTemplate, azure: OneTemplate
) -> None:
    azure.refusal = a_refusal("expected")
    azure.on_run = lambda azure: setattr(azure, "last", a_run("running", BEGUN))
    answer = await handler.activate(a_request(), RUN_BEFORE)
    assert answer == Answer(result=StepResult.ALREADY_APPLIED, why="it is running since 02:00 UTC")


async def test_refused_as_busy_because_a_run_is_being_cancelled_it_changed_nothing(
    handler: RunTemplate, azure: OneTemplate
) -> None:
    azure.last = a_run("canceling")
    azure.refusal = a_refusal("expected")
    answer = await handler.activate(a_request(), await handler.plan(a_request()))
    assert answer == Answer(result=StepResult.NOTHING_CHANGED, why="expected trouble")


async def test_refused_as_busy_and_not_readable_afterwards_it_changed_nothing(
    handler: RunTemplate, azure: OneTemplate
) -> None:
    azure.refusal = a_refusal("expected")
    azure.on_run = lambda azure: azure.unreadable.append(a_refusal("network"))
    answer = await handler.activate(a_request(), RUN_BEFORE)
    assert answer == Answer(result=StepResult.NOTHING_CHANGED, why="expected trouble")


@pytest.mark.parametrize(
    ("cls", "result"),
    [
        ("service", "nothing_changed"),
        ("ambiguous", "nothing_changed"),
        ("capacity", "nothing_changed"),
        ("throttled", "nothing_changed"),
        ("auth", "nothing_changed"),
        ("network", "nothing_changed"),
        ("distribution", "nothing_changed"),
        ("customer", "never"),
    ],
)
async def test_a_certain_refusal_changed_nothing_and_only_a_wrong_request_never_will(
    cls: str, result: str, handler: RunTemplate, azure: OneTemplate
) -> None:
    azure.refusal = a_refusal(cls)
    answer = await handler.activate(a_request(), RUN_BEFORE)
    assert answer == Answer(result=StepResult(result), why=f"{cls} trouble")
    assert azure.posts == [TARGET]


@pytest.mark.parametrize("cls", [c for c in FailureClass if c not in {FailureClass.OK, FailureClass.EXPECTED}])
async def test_an_uncertain_refusal_is_unknown_and_not_sent_again(
    cls: str, handler: RunTemplate, azure: OneTemplate
) -> None:
    azure.refusal = a_refusal(cls, uncertain=True)
    answer = await handler.activate(a_request(), RUN_BEFORE)
    assert answer == Answer(result=StepResult.UNKNOWN, why=f"{cls} trouble")
    assert azure.posts == [TARGET]


async def test_a_target_that_cannot_be_read_is_not_run(handler: RunTemplate, azure: OneTemplate) -> None:
    azure.unreadable = [a_refusal("service")]
    with pytest.raises(TemporaryHandlerError):
        await handler.activate(a_request(), RUN_BEFORE)
    assert azure.posts == []


# status


async def test_a_run_since_the_plan_is_applied(handler: RunTemplate, azure: OneTemplate, clock: FakeClock) -> None:
    azure.last = a_run("running", BEGUN)
    answer = await handler.status(SENT, RUN_BEFORE)
    why = "ubuntu-neu was run at 02:00 UTC, after the plan was made"
    assert answer == Answer(result=StepResult.APPLIED, why=why)
    assert (azure.reads, clock.pauses, azure.posts) == (1, [], [])


async def test_a_run_that_shows_late_is_waited_for(handler: RunTemplate, azure: OneTemplate, clock: FakeClock) -> None:
    azure.shows_after = timedelta(seconds=3)
    await handler.activate(a_request(), RUN_BEFORE)
    answer = await handler.status(SENT, RUN_BEFORE)
    assert (answer.result, clock.pauses) == (StepResult.APPLIED, [2.0, 2.0])


async def test_only_after_thirty_seconds_without_a_run_it_is_certain_that_there_is_none(
    handler: RunTemplate, azure: OneTemplate, clock: FakeClock
) -> None:
    answer = await handler.status(SENT, RUN_BEFORE)
    why = "no run of ubuntu-neu since 2026-03-01T02:00:00+00:00"
    assert answer == Answer(result=StepResult.NOTHING_CHANGED, why=why)
    assert (azure.reads, clock.pauses) == (16, [2.0] * 15)


async def test_a_clock_that_was_set_back_since_is_not_waited_for(
    handler: RunTemplate, azure: OneTemplate, clock: FakeClock
) -> None:
    clock.time -= timedelta(hours=3)
    azure.last = None
    answer = await handler.status(SENT, NEVER_RUN)
    assert answer == Answer(result=StepResult.NOTHING_CHANGED, why="no run of ubuntu-neu since never")
    assert sum(clock.pauses) == 30.0


async def test_asked_long_after_it_was_sent_a_few_seconds_are_enough(
    handler: RunTemplate, azure: OneTemplate, clock: FakeClock
) -> None:
    clock.time += timedelta(minutes=5)
    azure.last = None
    answer = await handler.status(SENT, NEVER_RUN)
    assert answer == Answer(result=StepResult.NOTHING_CHANGED, why="no run of ubuntu-neu since never")
    assert (azure.reads, clock.pauses) == (3, [2.0, 2.0])


async def test_a_target_that_cannot_be_read_is_unknown(handler: RunTemplate, azure: OneTemplate) -> None:
    azure.unreadable = [a_refusal("customer")]
    answer = await handler.status(SENT, RUN_BEFORE)
    assert answer == Answer(result=StepResult.UNKNOWN, why="not readable now: customer trouble")


async def test_a_target_that_becomes_unreadable_while_settling_is_unknown(
    handler: RunTemplate, azure: OneTemplate, clock: FakeClock
) -> None:
    answers = iter([None, None, a_refusal("network")])
    plain = azure.read

    async def read(template: TemplateId) -> TemplateSeen | Refusal:
        return next(answers) or await plain(template)

    azure.read = read  # type: ignore[method-assign]  # this Azure breaks at the third read
    answer = await handler.status(SENT, RUN_BEFORE)
    assert answer == Answer(result=StepResult.UNKNOWN, why="not readable now: network trouble")
    assert clock.pauses == [2.0, 2.0]
