"""Lists over several pages, whole and torn."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from aibwatch.core.model import FailureClass
from aibwatch.sources.arm import Api
from aibwatch.sources.paging import Limits, Listed, collect

from .support import Rig, Script, ScriptedAzure, hangs, says

PATH = "/subscriptions/x/things"


def page(*entries: object, link: object = None) -> Script:
    return says(200, {"value": list(entries)} | ({} if link is None else {"nextLink": link}))


async def list_all(rig: Rig, limits: Limits | None = None) -> Listed:
    return await collect(rig.arm, PATH, api=Api.IMAGE_BUILDER, operation="list_things", limits=limits or Limits())


async def torn(rig: Rig, limits: Limits | None = None) -> tuple[str, int, FailureClass]:
    listed = await list_all(rig, limits)
    assert listed.failure is not None
    return listed.failure.symptom.message, listed.pages, listed.failure.diagnosis.cls


async def test_absolute_and_relative_links_are_followed_as_they_mean(rig: Rig) -> None:
    rig.azure.on(PATH, page(1, link=f"{rig.azure.base}/next?api-version=1&$skipToken=a%2Fb%2B%26%3D"))
    rig.azure.on("/next", page(2, link="/last?skipToken=20"))
    rig.azure.on("/last", page(3))

    assert await list_all(rig) == Listed(entries=(1, 2, 3), pages=3)
    first, second = [parse_qs(urlsplit(path).query) for _, path in rig.azure.asked[1:]]
    assert first == {"api-version": ["1"], "$skipToken": ["a/b+&="]}
    assert second == {"skipToken": ["20"]}


@pytest.mark.parametrize("end", [None, ""])
async def test_a_list_ends_where_there_is_no_link(rig: Rig, end: object) -> None:
    rig.azure.on(PATH, page(1, link=end))

    assert await list_all(rig) == Listed(entries=(1,), pages=1)


async def test_a_link_to_another_place_tears_the_list(rig: Rig, elsewhere: ScriptedAzure) -> None:
    rig.azure.on(PATH, page(1, link=f"{elsewhere.base}/x"))
    listed = await list_all(rig)

    assert listed.entries == (1,)
    assert listed.failure is not None
    assert listed.failure.diagnosis.summary.startswith("only 1 page of the list came: refused to go to ")
    assert elsewhere.asked == []


async def test_a_circle_is_left_at_once(rig: Rig) -> None:
    rig.azure.on(PATH, page(1, link="/a"))
    rig.azure.on("/a", page(2, link="/b"))
    rig.azure.on("/b", page(3, link="/a"))
    words = "only 3 pages of the list came: a link to a page that was already read: the list goes in a circle"

    assert await torn(rig) == (words, 3, FailureClass.AMBIGUOUS)


async def test_a_list_without_an_end_is_left_at_the_limit_of_pages(rig: Rig) -> None:
    rig.azure.on(PATH, page(1, link="/0"))
    for number in range(10):
        rig.azure.on(f"/{number}", page(1, link=f"/{number + 1}"))

    assert await torn(rig, Limits(pages=4)) == (
        "only 4 pages of the list came: a list without an end",
        4,
        FailureClass.AMBIGUOUS,
    )


async def test_a_list_of_huge_pages_is_left_at_the_limit_of_bytes(rig: Rig) -> None:
    rig.azure.on(PATH, page("x" * 10_000, link="/next"))
    rig.azure.on("/next", page("x" * 10_000, link="/last"))

    assert (await torn(rig, Limits(size=15_000)))[0] == "only 2 pages of the list came: a list without an end"


async def test_a_list_that_takes_too_long_is_no_evidence(rig: Rig) -> None:
    rig.azure.on(PATH, page(1, link="/next"))
    rig.azure.on("/next", hangs)

    assert await torn(rig, Limits(time=timedelta(seconds=0.2))) == (
        "only 1 page of the list came: the list did not end within 0.2 s",
        1,
        FailureClass.NETWORK,
    )


@pytest.mark.parametrize("body", [{}, {"value": None}, {"value": {}}, {"value": "x"}])
async def test_a_page_without_a_list_is_a_failure(rig: Rig, body: object) -> None:
    rig.azure.on(PATH, says(200, body))

    assert await torn(rig) == ("a page without a list", 0, FailureClass.AMBIGUOUS)


@pytest.mark.parametrize("link", [7, ["/x"], {"href": "/x"}, True])
async def test_a_link_that_is_no_text_is_a_failure(rig: Rig, link: object) -> None:
    rig.azure.on(PATH, page(1, link=link))

    assert (await torn(rig))[1:] == (1, FailureClass.AMBIGUOUS)


async def test_a_failing_page_gives_its_own_reason(rig: Rig) -> None:
    rig.azure.on(PATH, page(1, link="/next"))
    rig.azure.on("/next", says(500, {"error": {"code": "E", "message": "M"}}, x_ms_failure_cause="service"))

    assert await torn(rig) == ("only 1 page of the list came: M", 1, FailureClass.SERVICE)
