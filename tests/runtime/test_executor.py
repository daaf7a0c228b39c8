"""Perform actions on a real journal; those of steps are in test_steps.py."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from aibwatch.core.actions import ExcludeFromLatest, PollAfresh, ReadOutputs, RunCanary, WriteEpoch
from aibwatch.core.events import CanaryAnswered, EpochAnswered, Excluded, OutputsRead, PolledAfresh
from aibwatch.core.model import WELL, Diagnosis, FailureClass, Region
from aibwatch.handlers.api import Refusal
from aibwatch.runtime.executor import EPOCH_TRIES, OTHERS
from tests.clocks import BEGUN, others_first

from .builders import TARGET, Bench

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
    assert outcome == answered(written=False, why=f"the epoch on record is 0, and not 2; {OTHERS}")


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
