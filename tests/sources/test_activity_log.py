"""What is asked of the Activity Log, and what comes of good and bad answers."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from aibwatch.core.model import WELL, FailureClass
from aibwatch.core.observation import CallFailed, Observation, Polled, Source
from aibwatch.sources.activity_log import ActivityLog
from aibwatch.sources.paging import Limits

from .support import NOW, RHEL, SUBSCRIPTION, UBUNTU, Rig, Script, now, says
from .test_parse_call import FAILED, WEST, an_entry

PATH = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Insights/eventtypes/management/values"
POLLED = Polled(at=NOW, source=Source.ACTIVITY_LOG, subject=SUBSCRIPTION, diagnosis=WELL)
MINUTE = timedelta(minutes=1)


async def poll(
    rig: Rig, *known: CallFailed, last_well: datetime | None = None, limits: Limits | None = None
) -> tuple[Observation, ...]:
    source = ActivityLog(rig.arm, now, limits) if limits else ActivityLog(rig.arm, now)
    return await source.poll(SUBSCRIPTION.upper(), {UBUNTU: WEST, RHEL: WEST}, {c.key: c for c in known}, last_well)


def query(rig: Rig) -> dict[str, list[str]]:
    return parse_qs(urlsplit(rig.azure.asked[-1][1]).query)


async def test_a_failed_call_is_told_of(rig: Rig) -> None:
    rig.azure.on(PATH, says(200, {"value": [an_entry()]}))
    assert await poll(rig) == (POLLED, FAILED)
    assert [seen.operation for seen in rig.seen] == ["list_calls"]


async def test_the_question_is_one_that_the_log_understands(rig: Rig) -> None:
    rig.azure.on(PATH, says(200, {"value": []}))
    await poll(rig)
    times = "eventTimestamp ge '2026-03-02T04:00:00Z' and eventTimestamp le '2026-03-02T10:00:01Z'"
    assert query(rig) == {
        "$filter": [f"{times} and resourceProvider eq 'Microsoft.VirtualMachineImages'"],
        "$select": ["correlationId,eventTimestamp,httpRequest,operationName,properties,resourceId,status,subStatus"],
        "api-version": ["2015-04-01"],
    }


@pytest.mark.parametrize(
    ("last_well", "since"),
    [
        (None, "04:00:00"),
        (NOW - timedelta(days=3), "04:00:00"),
        (NOW - 2 * MINUTE, "09:33:00"),
        (NOW, "09:35:00"),
        (NOW + 99 * MINUTE, "09:35:00"),
    ],
)
async def test_only_what_may_be_new_is_asked_for(rig: Rig, last_well: datetime | None, since: str) -> None:
    rig.azure.on(PATH, says(200, {"value": []}))
    await poll(rig, last_well=last_well)
    assert query(rig)["$filter"][0].startswith(f"eventTimestamp ge '2026-03-02T{since}Z' and ")


async def test_what_is_known_is_not_told_again(rig: Rig) -> None:
    rig.azure.on(PATH, says(200, {"value": [an_entry()]}))
    assert await poll(rig, replace(FAILED, at=NOW - MINUTE)) == (POLLED,)


@pytest.mark.parametrize(
    "known", [replace(FAILED, called_at=FAILED.called_at - MINUTE), replace(FAILED, template=RHEL)]
)
async def test_what_is_known_otherwise_is_told(rig: Rig, known: CallFailed) -> None:
    rig.azure.on(PATH, says(200, {"value": [an_entry()]}))
    assert await poll(rig, known) == (POLLED, FAILED)


async def test_a_call_that_is_known_as_ours_is_not_told_as_somebody_elses(rig: Rig) -> None:
    rig.azure.on(PATH, says(200, {"value": [an_entry()]}))
    assert await poll(rig, replace(FAILED, at=NOW - MINUTE, ours=True)) == (POLLED,)


async def test_pages_are_followed(rig: Rig) -> None:
    later = an_entry(correlationId="2")
    rig.azure.on(PATH, says(200, {"value": [later], "nextLink": f"{rig.azure.base}/more?$skiptoken=1"}))
    rig.azure.on("/more", says(200, {"value": [an_entry()]}))
    assert await poll(rig) == (POLLED, FAILED, replace(FAILED, call="2"))


@pytest.mark.parametrize(
    ("script", "cls", "words"),
    [
        (
            says(403, {"error": {"code": "AuthorizationFailed", "message": "no"}}),
            FailureClass.AUTH,
            "AuthorizationFailed",
        ),
        (says(400, {"code": "BadRequest", "message": "Odd."}), FailureClass.CUSTOMER, "400 BadRequest: Odd."),
        (says(500, {"error": {"code": "InternalServerError"}}), FailureClass.SERVICE, "500"),
        (says(200, {"value": 7}), FailureClass.AMBIGUOUS, "a page without a list"),
        (says(200, b"{"), FailureClass.AMBIGUOUS, "not JSON"),
        (says(200, b"<html>Sign in</html>", azure=False), FailureClass.NETWORK, "not Azure"),
        (says(200, {"value": [None, 7, {}]}), FailureClass.AMBIGUOUS, "3 of the log's entries cannot be read"),
    ],
)
async def test_what_is_no_good_answer_is_a_failed_poll(rig: Rig, script: Script, cls: FailureClass, words: str) -> None:
    rig.azure.on(PATH, script)
    (polled,) = await poll(rig)
    assert isinstance(polled, Polled)
    assert (polled.diagnosis.cls, words in polled.diagnosis.summary) == (cls, True)


async def test_of_a_torn_list_what_came_is_told_and_the_poll_has_failed(rig: Rig) -> None:
    rig.azure.on(PATH, says(200, {"value": [an_entry(), {}]}))
    polled, call = await poll(rig)
    assert isinstance(polled, Polled)
    assert (polled.diagnosis.cls is FailureClass.OK, call) == (False, FAILED)


async def test_a_list_without_an_end_has_one(rig: Rig) -> None:
    page: dict[str, Any] = {"value": [an_entry()]}
    rig.azure.on(PATH, says(200, {**page, "nextLink": f"{rig.azure.base}/a"}))
    rig.azure.on("/a", says(200, {**page, "nextLink": f"{rig.azure.base}/b"}))
    polled, _ = await poll(rig, limits=Limits(pages=2))
    assert isinstance(polled, Polled)
    assert "a list without an end" in polled.diagnosis.summary
    assert rig.azure.count("GET", "/b") == 0
