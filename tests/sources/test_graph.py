"""Rows of Resource Graph: over all pages, within limits, and honest about what did not come."""

import json
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from aibwatch.core.model import FailureClass
from aibwatch.sources.graph import MOST_SUBSCRIPTIONS, PATH, Graph, among, query_of
from aibwatch.sources.paging import Limits, Listed

from .support import Rig, Script, says

THROTTLED = {"error": {"code": "RateLimiting", "message": "Please provide below info when asking for support."}}
QUERY = query_of("location", "tags")


def page(*rows: object, token: object = None, truncated: object = "false") -> Script:
    body = {"totalRecords": 9, "count": len(rows), "data": list(rows), "facets": [], "resultTruncated": truncated}
    return says(200, body | ({} if token is None else {"$skipToken": token}), x_ms_user_quota_resets_after="00:00:05")


class Azure:
    """Resource Graph with these answers in turn: what it was asked, and how long we waited in between."""

    def __init__(self, rig: Rig, *answers: Script, limits: Limits | None = None) -> None:
        self.asked: list[dict[str, Any]] = []
        self.waited: list[timedelta] = []
        rig.azure.on(PATH, *(self._heard(answer) for answer in answers), method="POST")
        self._graph = Graph(rig.arm, self._pause, limits or Limits())

    async def rows(self, *subscriptions: str) -> Listed:
        return await self._graph.rows(QUERY, subscriptions or ("s1",), operation="query_things", page=3)

    def _heard(self, answer: Script) -> Script:
        async def listens(request: web.Request) -> web.StreamResponse:
            self.asked.append(json.loads(await request.text()))
            return await answer(request)

        return listens

    async def _pause(self, length: timedelta) -> None:
        self.waited.append(length)


async def torn(azure: Azure) -> tuple[tuple[object, ...], str]:
    listed = await azure.rows()
    assert listed.failure is not None
    return listed.entries, listed.failure.symptom.message


def test_a_query_names_its_columns_and_puts_rows_in_an_order_that_pages_can_be_made_of() -> None:
    assert query_of("location", where=among(["/b", "/a", "/it's"])) == (
        "resources | where type =~ 'microsoft.virtualmachineimages/imagetemplates' | where id in~ ('/a', '/b')"
        " | project id, location | order by id asc"
    )


async def test_pages_are_asked_for_by_the_token_of_the_one_before_whether_or_not_rows_were_cut_off(rig: Rig) -> None:
    azure = Azure(rig, page(1, 2, 3, token="t+/=", truncated="true"), page(4, token="u"), page(5, token=""))

    assert await azure.rows("s2", "s1", "s1") == Listed(entries=(1, 2, 3, 4, 5), pages=3)
    options = {"resultFormat": "objectArray", "$top": 3}
    question = {"subscriptions": ["s1", "s2"], "query": QUERY}
    assert azure.asked == [
        question | {"options": options},
        question | {"options": options | {"$skipToken": "t+/="}},
        question | {"options": options | {"$skipToken": "u"}},
    ]
    assert rig.azure.asked[0] == ("POST", f"{PATH}?api-version=2021-03-01")


async def test_without_subscriptions_the_tenant_is_not_searched(rig: Rig) -> None:
    azure = Azure(rig, page(1))
    listed = await Graph(rig.arm, azure._pause).rows(QUERY, (), operation="query_things")
    assert (listed, azure.asked) == (Listed(entries=(), pages=0), [])


async def test_more_subscriptions_than_a_query_takes_are_asked_for_in_several(rig: Rig) -> None:
    azure = Azure(rig, page(1, token="t"), page(2), page(3))
    listed = await azure.rows(*(f"s{number:04}" for number in range(MOST_SUBSCRIPTIONS + 1)))

    assert listed == Listed(entries=(1, 2, 3), pages=3)
    assert [len(question["subscriptions"]) for question in azure.asked] == [300, 300, 1]
    assert "$skipToken" not in azure.asked[2]["options"]


async def test_a_full_quota_is_waited_for_as_long_as_azure_says(rig: Rig) -> None:
    azure = Azure(rig, says(429, THROTTLED, x_ms_user_quota_resets_after="00:00:03"), page(1))

    assert await azure.rows() == Listed(entries=(1,), pages=1)
    assert azure.waited == [timedelta(seconds=3)]


async def test_a_quota_that_stays_full_is_asked_twice_and_no_more(rig: Rig) -> None:
    azure = Azure(rig, says(429, THROTTLED))
    listed = await azure.rows()

    assert listed.failure is not None
    assert (listed.entries, listed.failure.diagnosis.cls) == ((), FailureClass.THROTTLED)
    assert listed.failure.symptom.message.startswith("asked twice: ")
    assert (azure.waited, len(azure.asked)) == ([timedelta(seconds=5)], 2)


async def test_a_quota_that_is_full_for_long_is_not_waited_for(rig: Rig) -> None:
    azure = Azure(rig, says(429, THROTTLED, x_ms_user_quota_resets_after="00:10:00"))
    rows, words = await torn(azure)

    assert (rows, words.partition(": ")[0]) == ((), "not asked again, as the quota is full for 600 s")
    assert (azure.waited, len(azure.asked)) == ([], 1)


async def test_a_refusal_in_the_middle_keeps_what_came_and_says_that_it_is_not_all(rig: Rig) -> None:
    refused = {"error": {"code": "AccessDenied", "message": "no"}}
    rows, words = await torn(Azure(rig, page(1, token="t"), says(403, refused)))
    assert (rows, words) == ((1,), "only 1 page of the rows came: no")


@pytest.mark.parametrize(
    ("second", "why"),
    [
        (page(2, token="t"), "a token that was used already: the rows go in a circle"),
        (page(2, token={"a": 1}), "a token for the next page that is no text"),
        (page(2, truncated="true"), "rows were left out, and no way to them was given"),
        (page(2, truncated=True), "rows were left out, and no way to them was given"),
        (page(2, token="v"), "rows without an end"),
    ],
)
async def test_rows_that_do_not_end_as_they_should_are_not_all(rig: Rig, second: Script, why: str) -> None:
    azure = Azure(rig, page(1, token="t"), second, page(3), limits=Limits(pages=2))
    assert await torn(azure) == ((1, 2), f"only 2 pages of the rows came: {why}")


@pytest.mark.parametrize("body", [{}, {"data": {"columns": [], "rows": []}}, {"data": "none"}])
async def test_an_answer_of_another_form_is_no_empty_one(rig: Rig, body: object) -> None:
    assert await torn(Azure(rig, says(200, body))) == ((), "a page without a list of rows")


async def test_rows_that_take_too_long_are_given_up(rig: Rig) -> None:
    answers = [page(number, token=str(number)) for number in range(200)]
    azure = Azure(rig, *answers, limits=Limits(pages=10_000, time=timedelta(milliseconds=30)))
    _, words = await torn(azure)
    assert words.endswith("the rows did not end within 0.03 s")
