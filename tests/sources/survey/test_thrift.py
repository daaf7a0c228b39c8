"""Asking sparingly."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from aiohttp import web

from aibwatch.core.readiness.survey import Unread
from aibwatch.sources.answer import Bad, Good
from aibwatch.sources.arm import Api
from aibwatch.sources.survey.thrift import AT_ONCE, LONGEST, MOST_IN_A_ROW, MOST_IN_ALL, Question, Thrift
from tests.sources.support import GROUP, NOW, Rig, now, says

FAILS = says(500, {"error": {"code": "InternalServerError", "message": "no"}})
WELL = says(200, {"value": []})


def a_question(name: str = "a", subject: str = "things") -> Question:
    return Question(path=f"{GROUP}/{name}", api=Api.RESOURCES, operation="survey_resource", subject=subject)


def a_round(rig: Rig, clock: Callable[[], datetime] = now, faults: list[Exception] | None = None) -> Thrift:
    told: list[Exception] = [] if faults is None else faults
    return Thrift(rig.arm, clock, on_fault=told.append)


def said(answer: object) -> str:
    assert isinstance(answer, Bad)
    return answer.diagnosis.summary


async def test_one_fact_is_found_once_for_all_who_ask(rig: Rig) -> None:
    rig.azure.on(f"{GROUP}/a", WELL)
    async with a_round(rig) as thrift:
        answers = await asyncio.gather(*(thrift.once("key", lambda: thrift.get(a_question())) for _ in range(5)))
    assert [isinstance(answer, Good) for answer in answers] == [True] * 5
    assert len(rig.azure.asked) == 1


async def test_one_who_is_cancelled_does_not_take_the_fact_from_the_others(rig: Rig) -> None:
    begun, go = asyncio.Event(), asyncio.Event()

    async def slow() -> int:
        begun.set()
        await go.wait()
        return 7

    async with a_round(rig) as thrift:
        first = asyncio.create_task(thrift.once("key", slow))
        second = asyncio.create_task(thrift.once("key", slow))
        await begun.wait()
        first.cancel()
        go.set()
        assert await second == 7


async def test_what_is_under_way_at_the_end_of_a_round_is_cancelled(rig: Rig) -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def endless() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async with a_round(rig) as thrift:
        waiting = asyncio.create_task(thrift.once("key", endless))
        await begun.wait()
    assert ended.is_set()
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_a_fault_of_ours_costs_one_fact_and_is_told(rig: Rig) -> None:
    faults: list[Exception] = []

    async def broken() -> int:
        raise KeyError("x")

    async with a_round(rig, faults=faults) as thrift:
        found = await thrift.once("key", broken)
    assert found == Unread(why="aibwatch has a fault here (KeyError); its log says more")
    assert [type(fault) for fault in faults] == [KeyError]


async def test_no_more_than_a_few_requests_are_under_way(rig: Rig) -> None:
    full, waiting, most = asyncio.Event(), 0, 0

    async def slow(request: web.Request) -> web.StreamResponse:
        nonlocal waiting, most
        waiting += 1
        most = max(most, waiting)
        if waiting == AT_ONCE:
            full.set()
        await full.wait()
        waiting -= 1
        return await WELL(request)

    for number in range(AT_ONCE * 3):
        rig.azure.on(f"{GROUP}/{number}", slow)
    async with a_round(rig) as thrift:
        await asyncio.gather(*(thrift.get(a_question(str(number))) for number in range(AT_ONCE * 3)))
    assert (most, len(rig.azure.asked)) == (AT_ONCE, AT_ONCE * 3)


async def test_a_subject_that_does_not_answer_is_given_up_and_others_are_not(rig: Rig) -> None:
    rig.azure.on(f"{GROUP}/a", FAILS)
    thrift = a_round(rig)
    answers = [await thrift.get(a_question()) for _ in range(MOST_IN_A_ROW + 1)]
    assert said(answers[-2]) == "500 InternalServerError: no"
    assert said(answers[-1]) == (
        "500 InternalServerError: not asked, because 3 reads like it have failed in this round: no"
    )
    assert len(rig.azure.asked) == MOST_IN_A_ROW
    assert (await thrift.list(a_question())).failure == answers[-1]
    await thrift.get(a_question(subject="others"))
    assert len(rig.azure.asked) == MOST_IN_A_ROW + 1


async def test_a_subject_that_fails_every_second_time_is_given_up_in_the_end(rig: Rig) -> None:
    rig.azure.on(f"{GROUP}/a", *(script for _ in range(20) for script in (FAILS, WELL)))
    thrift = a_round(rig)
    for _ in range(40):
        await thrift.get(a_question())
    assert len(rig.azure.asked) == 2 * MOST_IN_ALL - 1


async def test_a_refusal_and_an_absence_are_answers(rig: Rig) -> None:
    rig.azure.on(f"{GROUP}/a", says(403, {"error": {"code": "AuthorizationFailed", "message": "no"}}))
    thrift = a_round(rig)
    for _ in range(MOST_IN_ALL):
        await thrift.get(a_question())
        await thrift.get(a_question("gone"))
    assert len(rig.azure.asked) == 2 * MOST_IN_ALL


async def test_a_subscription_that_is_throttled_is_left_alone(rig: Rig) -> None:
    rig.azure.on(f"{GROUP}/a", says(429, {"error": {"code": "TooManyRequests", "message": "slowly"}}))
    thrift = a_round(rig)
    await thrift.get(a_question())
    assert said(await thrift.get(a_question("b", "others"))) == (
        "429 TooManyRequests: not asked, because Azure throttles this subscription: slowly"
    )
    await thrift.get(Question(path="/subscriptions/2", api=Api.RESOURCES, operation="o", subject="things"))
    assert len(rig.azure.asked) == 2


async def test_a_round_that_takes_too_long_asks_nothing_more(rig: Rig) -> None:
    times = iter([NOW, NOW + LONGEST + timedelta(seconds=1)])
    answer = await a_round(rig, lambda: next(times)).get(a_question())
    assert said(answer) == "not asked, because this round took more than 20 minutes"
    assert rig.azure.asked == []
