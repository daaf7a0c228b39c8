"""Perform actions on a real journal, with a handler that says what it is told."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from aibwatch.core.actions import ExcludeFromLatest, PollAfresh, ReadOutputs, RunCanary, WriteEpoch
from aibwatch.core.events import CanaryAnswered, EpochAnswered, Excluded, OutputsRead, PolledAfresh, StepEnded
from aibwatch.core.model import WELL, Diagnosis, FailureClass, Region
from aibwatch.core.move import StepResult
from aibwatch.handlers.api import Answer, HandlerError, Plan, Refusal, TemporaryHandlerError
from aibwatch.runtime import executor as executor_module
from aibwatch.runtime.executor import EPOCH_TRIES
from aibwatch.runtime.move_log import AttemptId
from tests.clocks import BEGUN, others_first

from .builders import APPLIED, PLAN, TARGET, Bench, a_call, silence, to_ask, to_dispatch

SOON = timedelta(seconds=0.5)
"""For what never answers; long enough for what has to be on record before."""
FIRST = AttemptId(activation_id="base-1", step=0, attempt=1)
OTHER_PLAN = Plan(changes=("run base-north",), before={"run_started": "just now"})


def ended(result: str, why: str, *, attempt: int = 1) -> StepEnded:
    return StepEnded(group="base", activation_id="base-1", step=0, attempt=attempt, result=StepResult(result), why=why)


def on_record(bench: Bench) -> list[tuple[int, str, str]]:
    """Return attempt, mark and body of everything on record; of plans only whether there is one."""
    with bench.recorder._store.transaction() as connection:
        rows = connection.execute(text("SELECT attempt, mark, body FROM marks ORDER BY id")).all()
    return [(row.attempt, row.mark, "" if row.mark == "intent" else row.body) for row in rows]


# dispatch


async def test_intent_and_dispatch_are_on_record_before_the_handler_acts(bench: Bench) -> None:
    seen: list[tuple[int, str, str]] = []
    bench.handler.at_activate = lambda: seen.extend(on_record(bench))
    outcome = await bench.executor().perform(to_dispatch())
    assert outcome == ended("applied", "it is done")
    assert seen == [(1, "intent", ""), (1, "dispatched", "")]
    assert on_record(bench) == [*seen, (1, "result", "applied: it is done")]
    assert (bench.handler.calls, bench.steps) == (["plan", "activate"], ["fake"])


@pytest.mark.parametrize("result", list(StepResult))
async def test_a_handler_is_taken_at_its_word(result: StepResult, bench: Bench) -> None:
    bench.handler.says = Answer(result=result, why="I say so")
    assert await bench.executor().perform(to_dispatch()) == ended(result, "I say so")
    assert on_record(bench)[-1] == (1, "result", f"{result}: I say so")


@pytest.mark.parametrize(
    ("error", "before", "after"),
    [
        (HandlerError("no such thing"), ("never", "no such thing"), ("never", "no such thing")),
        (TemporaryHandlerError("not now"), ("nothing_changed", "not now"), ("nothing_changed", "not now")),
        (OSError("no line"), ("nothing_changed", "OSError: no line"), ("unknown", "OSError: no line")),
        (ValueError("a fault"), ("nothing_changed", "ValueError: a fault"), ("unknown", "ValueError: a fault")),
        (
            TimeoutError(),
            ("nothing_changed", "it did not answer in time"),
            ("unknown", "it did not answer in time"),
        ),
        (KeyError("name"), ("nothing_changed", "KeyError: 'name'"), ("unknown", "KeyError: 'name'")),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
async def test_what_a_handler_raises_changed_nothing_before_it_was_sent_and_is_unknown_after(
    error: Exception, before: tuple[str, str], after: tuple[str, str], bench: Bench
) -> None:
    bench.handler.plan_says = error
    in_plan = await bench.executor().perform(to_dispatch())
    bench.handler.plan_says, bench.handler.says = PLAN, error
    in_activate = await bench.executor().perform(to_dispatch(attempt=2))
    assert (in_plan, in_activate) == (ended(*before), ended(*after, attempt=2))


async def test_a_handler_past_its_deadline_is_unknown(bench: Bench) -> None:
    bench.handler.says = silence
    outcome = await bench.executor().perform(to_dispatch(timeout=SOON))
    assert outcome == ended("unknown", "it did not answer in time")


async def test_the_deadline_is_told_to_the_handler(bench: Bench) -> None:
    await bench.executor().perform(to_dispatch())
    request = bench.handler.requests[0]
    assert (request.deadline, request.sent_at, request.attempt) == (BEGUN + timedelta(minutes=15), None, 1)


async def test_a_cancelled_attempt_has_no_result_on_record_and_no_outcome(bench: Bench) -> None:
    reached = asyncio.Event()
    bench.handler.at_activate, bench.handler.says = reached.set, silence
    task = asyncio.create_task(bench.executor().perform(to_dispatch()))
    await reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [mark for _, mark, _ in on_record(bench)] == ["intent", "dispatched"]


async def test_a_second_attempt_reuses_the_plan_of_the_first(bench: Bench) -> None:
    bench.handler.says = TemporaryHandlerError("not now")
    await bench.executor().perform(to_dispatch())
    bench.handler.plan_says, bench.handler.says = OTHER_PLAN, APPLIED
    await bench.executor().perform(to_dispatch(attempt=2))
    assert bench.handler.plans == [PLAN, PLAN]
    assert bench.handler.calls == ["plan", "activate", "activate"]


async def test_a_handler_that_is_not_loaded_will_never_do_anything(bench: Bench) -> None:
    outcome = await bench.executor({}).perform(to_dispatch())
    assert outcome == ended("never", "no handler 'fake' is installed")


async def test_a_journal_that_fails_before_the_dispatch_keeps_the_handler_from_acting(
    bench: Bench, lock: Callable[[bool], None]
) -> None:
    lock(True)
    outcome = await bench.executor().perform(to_dispatch())
    lock(False)
    assert isinstance(outcome, StepEnded)
    assert outcome.result is StepResult.NOTHING_CHANGED
    assert "database is locked" in outcome.why
    assert (bench.handler.calls, on_record(bench)) == (["plan"], [])


async def test_a_dispatch_that_cannot_be_recorded_keeps_the_handler_from_acting(bench: Bench) -> None:
    with bench.recorder._store.transaction() as connection:
        fails = "WHEN NEW.mark = 'dispatched' BEGIN SELECT RAISE(ABORT, 'full'); END"
        connection.execute(text(f"CREATE TRIGGER full BEFORE INSERT ON marks {fails}"))
    outcome = await bench.executor().perform(to_dispatch())
    assert isinstance(outcome, StepEnded)
    assert outcome.result is StepResult.NOTHING_CHANGED
    assert bench.handler.calls == ["plan"]


async def test_a_result_that_cannot_be_recorded_is_told_all_the_same(
    bench: Bench, lock: Callable[[bool], None]
) -> None:
    bench.handler.at_activate = lambda: lock(True)
    outcome = await bench.executor().perform(to_dispatch())
    lock(False)
    assert outcome == ended("applied", "it is done")
    assert [mark for _, mark, _ in on_record(bench)] == ["intent", "dispatched"]


async def test_a_plan_on_record_that_cannot_be_read_stops_the_step(bench: Bench) -> None:
    bench.recorder.moves.intend(FIRST, PLAN, BEGUN)
    with bench.recorder._store.transaction() as connection:
        connection.execute(text("UPDATE marks SET body = 'garbage'"))
    outcome = await bench.executor().perform(to_dispatch())
    assert isinstance(outcome, StepEnded)
    assert outcome.result is StepResult.NEVER
    assert bench.handler.calls == []


async def test_an_attempt_waits_as_long_as_it_was_told(bench: Bench) -> None:
    action = type(to_dispatch())(call=a_call(), wait=timedelta(seconds=10))
    await bench.executor().perform(action)
    assert (bench.clock.pauses, bench.handler.requests[0].deadline) == ([10.0], BEGUN + timedelta(seconds=910))


# status


async def test_what_was_never_sent_is_not_asked_about(bench: Bench) -> None:
    bench.recorder.moves.intend(FIRST, PLAN, BEGUN)
    outcome = await bench.executor().perform(to_ask())
    assert outcome == ended("not_sent", "by the journal it was never sent")
    assert bench.handler.calls == []


@pytest.mark.parametrize("result", list(StepResult))
async def test_what_was_sent_is_asked_about_with_the_first_plan_and_the_time(result: StepResult, bench: Bench) -> None:
    await bench.executor().perform(to_dispatch())
    bench.handler.status_says = Answer(result=result, why="I looked")
    outcome = await bench.executor().perform(to_ask())
    assert outcome == ended(result, "I looked")
    assert (bench.handler.plans[-1], bench.handler.requests[-1].sent_at) == (PLAN, BEGUN)


async def test_of_a_second_attempt_that_was_not_sent_it_is_known_though_the_first_was(bench: Bench) -> None:
    await bench.executor().perform(to_dispatch())
    outcome = await bench.executor().perform(to_ask(attempt=2))
    assert outcome == ended("not_sent", "by the journal it was never sent", attempt=2)


@pytest.mark.parametrize("error", [HandlerError("no"), TemporaryHandlerError("no"), ValueError("no"), KeyError("no")])
async def test_whatever_a_question_raises_nobody_knows(error: Exception, bench: Bench) -> None:
    await bench.executor().perform(to_dispatch())
    bench.handler.status_says = error
    outcome = await bench.executor().perform(to_ask())
    assert outcome == ended("unknown", f"{type(error).__name__}: {error}")


async def test_a_question_that_is_not_answered_is_unknown(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executor_module, "STATUS_TIMEOUT", SOON)
    await bench.executor().perform(to_dispatch())
    bench.handler.status_says = silence
    assert await bench.executor().perform(to_ask()) == ended("unknown", "it did not answer in time")


# epochs


def to_write(epoch: int = 1) -> WriteEpoch:
    return WriteEpoch(group="base", activation_id="base-1", epoch=epoch, target=TARGET)


def answered(*, written: bool, why: str = "") -> EpochAnswered:
    return EpochAnswered(group="base", activation_id="base-1", written=written, why=why)


async def test_an_epoch_is_written_once_and_asked_for_as_often_as_one_likes(bench: Bench) -> None:
    outcomes = [await bench.executor().perform(to_write()) for _ in range(2)]
    assert outcomes == [answered(written=True)] * 2


async def test_an_epoch_that_somebody_else_changed_is_refused(bench: Bench) -> None:
    outcome = await bench.executor().perform(to_write(epoch=3))
    assert outcome == answered(written=False, why="the epoch on record is not 2 any more")


async def test_an_epoch_is_tried_again_until_the_journal_heals(bench: Bench, lock: Callable[[bool], None]) -> None:
    lock(True)
    task = asyncio.create_task(bench.executor().perform(to_write()))
    while not bench.clock.pauses:
        await others_first()
    lock(False)
    assert await task == answered(written=True)


async def test_an_epoch_that_cannot_be_written_is_given_up_in_the_end(
    bench: Bench, lock: Callable[[bool], None]
) -> None:
    lock(True)
    outcome = await bench.executor().perform(to_write())
    lock(False)
    assert isinstance(outcome, EpochAnswered)
    assert (outcome.written, len(bench.clock.pauses)) == (False, EPOCH_TRIES)
    assert "database is locked" in outcome.why


# the rest


async def test_polling_afresh_ends_when_the_polls_do(bench: Bench) -> None:
    regions = (Region("westeurope"), Region("northeurope"))
    action = PollAfresh(group="base", activation_id="base-1", regions=regions)
    assert await bench.executor().perform(action) == PolledAfresh(group="base", activation_id="base-1")
    assert bench.polled == [regions]


async def test_polling_afresh_asks_the_groups_handlers_as_well(bench: Bench) -> None:
    await bench.executor().perform(PollAfresh(group="base", activation_id="base-1", regions=()))
    assert bench.checked == ["base"]


TO_RUN = RunCanary(region=Region("westeurope"), template=TARGET, asked_at=BEGUN)


async def test_a_canary_is_asked_for_once_and_its_answer_comes_back(bench: Bench) -> None:
    outcome = await bench.executor().perform(TO_RUN)
    assert outcome == CanaryAnswered(region=TO_RUN.region, asked_at=BEGUN, diagnosis=WELL)
    assert bench.ran == [TARGET]


@pytest.mark.parametrize("uncertain", [False, True])
async def test_a_canary_that_is_refused_is_told_with_what_may_have_happened(uncertain: bool, bench: Bench) -> None:
    why = Diagnosis(cls=FailureClass.SERVICE, rule="a-rule", summary="500")
    bench.refusal = Refusal(diagnosis=why, uncertain=uncertain)
    outcome = await bench.executor().perform(TO_RUN)
    assert outcome == CanaryAnswered(region=TO_RUN.region, asked_at=BEGUN, diagnosis=why, uncertain=uncertain)
    assert bench.ran == [TARGET]


async def test_a_fault_of_ours_while_a_canary_is_asked_for_speaks_against_nobody(bench: Bench) -> None:
    bench.refusal = KeyError("nobody thought of it")
    outcome = await bench.executor().perform(TO_RUN)
    assert isinstance(outcome, CanaryAnswered)
    assert (outcome.diagnosis.cls, outcome.uncertain, bench.ran) == (FailureClass.NETWORK, True, [TARGET])


TO_READ = ReadOutputs(group="base", activation_id="base-1", template=TARGET)


async def test_outputs_are_read(bench: Bench) -> None:
    known = OutputsRead(group="base", activation_id="base-1", images=("/images/1",), diagnosis=WELL)
    assert await bench.executor().perform(TO_READ) == known


async def test_outputs_that_cannot_be_read_are_told_with_the_reason(bench: Bench) -> None:
    bench.outputs = Diagnosis(cls=FailureClass.SERVICE, rule="a-rule", summary="500")
    known = OutputsRead(group="base", activation_id="base-1", images=(), diagnosis=bench.outputs)
    assert await bench.executor().perform(TO_READ) == known


async def test_a_fault_of_ours_while_outputs_are_read_is_an_outcome_too(bench: Bench) -> None:
    bench.outputs = ValueError("a shape that nobody thought of")
    outcome = await bench.executor().perform(TO_READ)
    assert isinstance(outcome, OutputsRead)
    assert outcome.diagnosis.summary == "ValueError: a shape that nobody thought of"


TO_EXCLUDE = ExcludeFromLatest(
    group="base", activation_id="base-1", run=BEGUN, image="/images/late", wait=timedelta(minutes=2)
)


async def test_outputs_of_a_late_run_are_told_as_that_runs(bench: Bench) -> None:
    wait = timedelta(minutes=2)
    outcome = await bench.executor().perform(replace(TO_READ, late_run=BEGUN, wait=wait))
    assert bench.clock.now() - BEGUN == wait
    assert outcome == OutputsRead(
        group="base", activation_id="base-1", images=("/images/1",), diagnosis=WELL, late_run=BEGUN
    )


async def test_a_gallery_is_asked_once_after_its_wait(bench: Bench) -> None:
    before = bench.clock.now()
    outcome = await bench.executor().perform(TO_EXCLUDE)
    known = Excluded(group="base", activation_id="base-1", run=BEGUN, image="/images/late", diagnosis=WELL)
    assert (outcome, bench.excluded) == (known, ["/images/late"])
    assert bench.clock.now() - before == timedelta(minutes=2)


async def test_a_fault_of_ours_in_asking_a_gallery_is_an_outcome_too(bench: Bench) -> None:
    bench.gallery = ValueError("no such thing")
    outcome = await bench.executor().perform(TO_EXCLUDE)
    assert isinstance(outcome, Excluded)
    assert (outcome.diagnosis.rule, outcome.diagnosis.summary) == ("fault-of-ours", "ValueError: no such thing")
