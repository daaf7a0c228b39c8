"""Order builds over real HTTP: who may, what is refused, and what is told of them."""

import json
from typing import Any

import aiohttp
import pytest

from aibwatch.core.builds.build import Build
from aibwatch.core.model import Region

from .support import LIMIT, ORDER, TOKEN, Site, Told

NAMED = {**ORDER, "id": "run-17"}


async def order(site: Site, body: object = NAMED, *, group: str = "web", token: str | None = TOKEN) -> Told:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    return await site.post(f"/api/v1/groups/{group}/build", headers, json=body)


async def get(site: Site, path: str) -> tuple[int, Any]:
    async with aiohttp.ClientSession(timeout=LIMIT) as session, session.get(site.base + path) as answer:
        text = await answer.text()
        return answer.status, json.loads(text) if answer.status == 200 else text


async def builds(site: Site) -> tuple[Build, ...]:
    await site.phase("web")
    return site.loop.state.builds.kept


async def test_an_order_is_taken_by_its_id_and_names_who_and_why(site: Site) -> None:
    told = await order(site)
    (build,) = await builds(site)
    assert (told.status, json.loads(told.text)["id"]) == (202, "run-17")
    assert (build.id, build.group, build.order.owner, build.order.reason) == ("run-17", "web", *ORDER.values())


async def test_without_an_id_it_is_given_one(site: Site) -> None:
    told = await order(site, ORDER)
    (build,) = await builds(site)
    assert (json.loads(told.text)["id"], told.said) == (
        build.id,
        f"web is built; follow it: aibwatch build web --id {build.id}",
    )
    assert build.id.startswith("web-2026")


async def test_the_same_order_twice_is_one_build(site: Site) -> None:
    first, second = await order(site), await order(site)
    assert [(t.status, json.loads(t.text)["id"]) for t in (first, second)] == [(202, "run-17")] * 2
    assert len(await builds(site)) == 1


async def test_a_second_build_of_the_group_is_told_of_the_first(site: Site) -> None:
    await order(site)
    await builds(site)
    told = await order(site, {**ORDER, "id": "run-18"})
    assert (told.status, told.said) == (409, "the build run-17 of web is under way, ordered by ann; one at a time")
    assert json.loads(told.text)["refusal"] == "busy"


async def test_an_id_of_another_build_is_refused(site: Site) -> None:
    await order(site)
    await builds(site)
    told = await order(site, group="base")
    assert (told.status, told.text) == (400, "the id run-17 is that of another build, of web; choose another one\n")


@pytest.mark.parametrize("known_as", ["", "a/b", "-x", "x" * 81, "a b", "ä", 7, ["x"]])
async def test_an_id_that_is_none_is_refused_with_the_form(site: Site, known_as: object) -> None:
    told = await order(site, {**ORDER, "id": known_as})
    assert (told.status, told.text[:3], await builds(site)) == (400, "id:", ())


async def test_a_region_may_be_written_as_people_do(site: Site) -> None:
    assert (await order(site, {**NAMED, "to": "North Europe"})).status == 202
    assert [build.to for build in await builds(site)] == [Region("northeurope")]


@pytest.mark.parametrize("to", ["", 7, "x" * 61, "mars"])
async def test_a_region_without_a_member_is_refused(site: Site, to: object) -> None:
    told = await order(site, {**NAMED, "to": to})
    assert (told.status, await builds(site)) == (400, ())
    assert told.text.startswith("to: name a region") or "there are members in: northeurope and westeurope" in told.text


async def test_orders_need_the_token_and_say_who_and_why(site: Site) -> None:
    answers = [await order(site, token=None), await order(site, {"id": "x"}), await order(site, group="nobody")]
    assert [told.status for told in answers] == [401, 400, 404]
    assert await builds(site) == ()


async def test_a_build_is_told_with_all_that_a_pipeline_needs(site: Site) -> None:
    await order(site)
    await builds(site)
    status, told = await get(site, "/api/v1/builds/run-17")
    assert status == 200
    assert {k: told[k] for k in ("schema", "id", "group", "owner", "reason", "to", "accepted", "images")} == {
        "schema": 1,
        "id": "run-17",
        "group": "web",
        **ORDER,
        "to": None,
        "accepted": False,
        "images": [],
    }
    assert told["text"]


async def test_all_builds_are_told(site: Site) -> None:
    assert await get(site, "/api/v1/builds") == (
        200,
        {"schema": 1, "builds": [], "text": "Nobody ordered a build yet."},
    )
    await order(site)
    await builds(site)
    _, told = await get(site, "/api/v1/builds")
    assert ([b["id"] for b in told["builds"]], told["text"][:11]) == (["run-17"], "run-17  web")


async def test_a_build_that_nobody_knows_is_404(site: Site) -> None:
    status, text = await get(site, "/api/v1/builds/nobody")
    assert (status, text) == (404, "there is no build 'nobody'; only the latest hundred are remembered\n")
