"""Each trouble does what it says, to whom it says, when it says."""

import asyncio
from collections.abc import Awaitable, Callable

import aiohttp
import pytest

from .support import EVENTS, EVERYTHING, NORTH, UBUNTU, VERSION, Answer, Rig

Open = Callable[..., Awaitable[Rig]]
WEU_LIST = UBUNTU.rsplit("/", 1)[0]
NEU_LIST = NORTH.rsplit("/", 1)[0]


def trouble(answer: str, *more: str, region: str = "westeurope") -> str:
    return "\n".join(["[[trouble]]", f'region = "{region}"', f'answer = "{answer}"', *more])


@pytest.mark.parametrize(
    ("answer", "status", "cause", "words"),
    [
        ("500", 500, "service", b'"code": "InternalServerError"'),
        ("arm-500", 500, "gateway", b"Encountered internal server error. Diagnostic information: timestamp"),
        ("502", 502, "service", b'"code":"BadGatewayConnection"'),
        ("503", 503, "service", b'"code":"ServiceUnavailable"'),
        ("503-html", 503, "service", b"HTTP Error 503. The service is unavailable."),
        (
            "504",
            504,
            "service",
            b"did not receive a response from 'Microsoft.VirtualMachineImages' within the specified",
        ),
        ("429", 429, "gateway", b'"code":"SubscriptionRequestsThrottled"'),
        ("429-text", 429, "gateway", b"Please try again after '30' seconds."),
        ("unauthorized", 401, "gateway", b'"code":"ExpiredAuthenticationToken"'),
        ("forbidden", 403, "gateway", b"perform action 'Microsoft.VirtualMachineImages/imageTemplates/run/action'"),
    ],
)
async def test_an_error_names_who_failed(rig: Open, answer: str, status: int, cause: str, words: bytes) -> None:
    one = await rig(trouble(answer, 'operations = ["run"]'))
    got = await one.arm("POST", f"{UBUNTU}/run")
    assert (got.status, got.headers["x-ms-failure-cause"]) == (status, cause)
    assert words in got.content
    assert await one.runs() == []


@pytest.mark.parametrize(
    ("shape", "body"),
    [
        ("message", {"Message": "An error has occurred."}),
        ("wrapped", {"error": {"code": "InternalServerError"}}),
        ("unwrapped", {"code": "InternalServerError"}),
        ("codeless", {"error": {}}),
    ],
)
async def test_a_500_comes_in_four_shapes(rig: Open, shape: str, body: dict[str, object]) -> None:
    one = await rig(trouble("500", f'shape = "{shape}"'))
    got = (await one.arm("GET", UBUNTU)).json
    got.pop("message", None)
    if isinstance(got.get("error"), dict):
        assert got["error"].pop("message").startswith("Internal error occurred.")
    assert got == body


@pytest.mark.parametrize(("answer", "wait"), [("429", "17"), ("503", "17"), ("429-text", None)])
async def test_the_wait_is_in_the_header_or_only_in_the_text(rig: Open, answer: str, wait: str | None) -> None:
    one = await rig(trouble(answer, "retry_after = 17"))
    got = await one.arm("GET", UBUNTU)
    assert got.headers.get("Retry-After") == wait


async def test_a_challenge_comes_with_an_expired_token(rig: Open) -> None:
    one = await rig(trouble("unauthorized"))
    assert "invalid_token" in (await one.arm("GET", UBUNTU)).headers["WWW-Authenticate"]


def _is_json(answer: Answer) -> bool:
    try:
        return answer.json is not None
    except ValueError:
        return False


@pytest.mark.parametrize(
    ("answer", "kind", "is_json"),
    [
        ("html", "text/html; charset=utf-8", False),
        ("empty", None, False),
        ("garbage", "application/json", False),
        ("wrong-shape", "application/json", True),
    ],
)
async def test_a_200_can_be_worthless(rig: Open, answer: str, kind: str | None, is_json: bool) -> None:
    one = await rig(trouble(answer))
    got = await one.arm("GET", WEU_LIST)
    assert got.status == 200
    assert got.headers.get("Content-Type", "application/json") == (kind or "application/json")
    assert _is_json(got) == is_json
    if is_json:
        assert not isinstance(got.json["value"], list)
    if answer == "html":
        assert "x-ms-request-id" not in got.headers


async def test_a_huge_answer_is_more_than_fifty_megabytes_of_json(rig: Open) -> None:
    one = await rig(trouble("huge"))
    got = await one.arm("GET", WEU_LIST)
    assert len(got.content) > 50 * 1024 * 1024
    assert got.content.startswith(b'{"value":[{"filler":"')
    assert got.content.endswith(b"{}]}")


async def test_a_client_may_leave_a_huge_answer(rig: Open) -> None:
    one = await rig(trouble("huge", "templates = ['ubuntu-weu']"))
    async with aiohttp.ClientSession() as session:
        headers = {"Authorization": f"Bearer {one.token}"}
        async with session.get(f"{one.base}{UBUNTU}?api-version={VERSION}", headers=headers) as response:
            assert len(await response.content.readexactly(1000)) == 1000
    assert (await one.arm("GET", NORTH)).status == 200


async def test_a_timeout_is_never_answered(rig: Open) -> None:
    one = await rig(trouble("timeout", 'operations = ["run"]'))
    with pytest.raises(TimeoutError):
        await one.arm("POST", f"{UBUNTU}/run", timeout=0.2)
    assert await one.runs() == []
    (asked,) = [asked for asked in await one.requests() if asked["operation"] == "run"]
    assert (asked["status"], asked["trouble"]) == (None, "timeout")


async def test_a_timeout_ends_when_the_stand_in_closes(rig: Open) -> None:
    one = await rig(trouble("timeout"))
    waiting = asyncio.create_task(one.arm("GET", UBUNTU))
    while not any(asked["trouble"] for asked in await one.requests()):  # until it waits
        pass
    await one.stand_in.close()
    with pytest.raises(aiohttp.ClientError):
        await waiting


async def test_a_slow_answer_comes_after_its_delay(rig: Open) -> None:
    one = await rig(trouble("slow", "delay = 90", 'operations = ["run"]'))
    assert (await one.arm("POST", f"{UBUNTU}/run")).status == 202
    assert one.clock.pauses == [90]
    (run,) = await one.runs()
    assert run["accepted"] == "2026-03-02T10:01:30.250000+00:00"


@pytest.mark.parametrize(("answer", "runs"), [("reset", 0), ("reset-after", 1)])
async def test_a_reset_cuts_the_line_before_or_after_the_deed(rig: Open, answer: str, runs: int) -> None:
    one = await rig(trouble(answer, 'operations = ["run"]'))
    with pytest.raises(aiohttp.ClientConnectionError):
        await one.arm("POST", f"{UBUNTU}/run")
    assert len(await one.runs()) == runs
    assert (await one.last_run() is None) == (runs == 0)


async def test_a_deed_can_be_done_and_its_answer_spoilt(rig: Open) -> None:
    one = await rig(trouble("504", 'operations = ["run"]', "effect = true"))
    assert (await one.arm("POST", f"{UBUNTU}/run")).status == 504
    assert len(await one.runs()) == 1
    with pytest.raises(TimeoutError):
        await (await rig(trouble("timeout", "effect = true"))).arm("POST", f"{UBUNTU}/run", timeout=0.2)


async def test_a_deed_done_twice_behind_spoilt_answers_is_done_once(rig: Open) -> None:
    one = await rig(trouble("reset-after", 'operations = ["run"]'))
    for _ in range(3):
        with pytest.raises(aiohttp.ClientConnectionError):
            await one.arm("POST", f"{UBUNTU}/run")
    assert len(await one.runs()) == 1
    assert len([asked for asked in await one.requests() if asked["operation"] == "run"]) == 3


async def test_a_foreign_next_link_leads_elsewhere_over_plain_http(rig: Open) -> None:
    one = await rig(trouble("foreign-next-link", region="*"))
    page = (await one.arm("GET", EVERYTHING)).json
    assert page["nextLink"].startswith("http://tm.aibrp.stand-in.invalid/")
    assert len(page["value"]) == 2
    assert "nextLink" not in (await one.arm("GET", UBUNTU)).json


async def test_a_trouble_has_a_beginning_and_an_end(rig: Open) -> None:
    one = await rig(trouble("500", "from = 10", "to = 20"))
    seen = []
    for _ in range(5):
        seen.append((await one.arm("GET", UBUNTU)).status)
        one.clock.advance(5)
    assert seen == [200, 200, 500, 500, 200]


async def test_a_trouble_keeps_to_its_region_and_operations(rig: Open) -> None:
    one = await rig(trouble("500", 'operations = ["get", "list"]'))
    assert [(await one.arm("GET", path)).status for path in (UBUNTU, NORTH, WEU_LIST, NEU_LIST)] == [500, 200, 500, 200]
    assert (await one.arm("POST", f"{UBUNTU}/run")).status == 202


async def test_a_list_over_all_regions_fails_only_with_all_of_them(rig: Open) -> None:
    regional, everywhere = await rig(trouble("500")), await rig(trouble("500", region="*"))
    assert (await regional.arm("GET", EVERYTHING)).status == 200
    assert (await regional.arm("GET", EVENTS)).status == 200
    assert (await everywhere.arm("GET", EVERYTHING)).status == 500
    assert (await everywhere.arm("GET", EVENTS)).status == 500


async def test_a_trouble_keeps_to_its_templates(rig: Open) -> None:
    more = '[[template]]\nname = "other"\nresource_group = "images-weu"\nregion = "westeurope"'
    one = await rig(more, trouble("500", 'templates = ["Ubuntu-weu"]'))
    assert (await one.arm("GET", UBUNTU)).status == 500
    assert (await one.arm("GET", UBUNTU.replace("ubuntu-weu", "other"))).status == 200


async def test_every_nth_request_meets_it(rig: Open) -> None:
    one = await rig(trouble("500", "every_nth = 3"))
    assert [(await one.arm("GET", UBUNTU)).status for _ in range(6)] == [200, 200, 500, 200, 200, 500]


async def test_a_share_is_drawn_alike_each_time(rig: Open) -> None:
    first, second = await rig(trouble("500", "share = 0.5")), await rig(trouble("500", "share = 0.5"))
    drawn = [[(await one.arm("GET", UBUNTU)).status for _ in range(40)] for one in (first, second)]
    assert drawn[0] == drawn[1]
    assert 10 < drawn[0].count(500) < 30


async def test_the_first_trouble_that_fits_is_the_one(rig: Open) -> None:
    one = await rig(trouble("503", "to = 10"), trouble("500"))
    assert (await one.arm("GET", UBUNTU)).status == 503
    one.clock.advance(10)
    assert (await one.arm("GET", UBUNTU)).status == 500


async def test_a_poll_meets_the_trouble_of_its_region(rig: Open) -> None:
    one = await rig(trouble("500", 'operations = ["operation"]'))
    url = (await one.arm("POST", f"{UBUNTU}/run")).headers["Location"]
    north = (await one.arm("POST", f"{NORTH}/run")).headers["Location"]
    assert [(await one.arm("GET", link)).status for link in (url, north)] == [500, 200]


async def test_a_token_can_be_in_trouble_too(rig: Open) -> None:
    one = await rig(trouble("500", 'operations = ["token"]', region="*"))
    assert one.token == ""
    assert (await one.requests())[0]["status"] == 500


async def test_a_request_that_is_not_understood_meets_no_trouble(rig: Open) -> None:
    one = await rig(trouble("500", "every_nth = 2", region="*"))
    assert (await one.plain("GET", UBUNTU)).status == 401
    assert [(await one.arm("GET", UBUNTU)).status for _ in range(2)] == [200, 500]
