"""What became of a request, whatever came back."""

import gzip
import json
import zlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from aibwatch.core.model import WELL, FailureClass
from aibwatch.sources.answer import Answer, Bad, Good, RequestIds
from aibwatch.sources.arm import Api
from aibwatch.sources.body import MOST_BYTES, _Unzipped

from .conftest import Open
from .support import NOW, Rig, Script, begins, hangs, resets, says

PATH = "/subscriptions/x/thing"
SHORT = timedelta(seconds=0.2)


async def get(rig: Rig, script: Script) -> Answer:
    rig.azure.on(PATH, script)
    return await rig.arm.get(PATH, api=Api.IMAGE_BUILDER, operation="get_thing", region="westeurope")


async def fails(rig: Rig, script: Script) -> Bad:
    answer = await get(rig, script)
    assert isinstance(answer, Bad), answer
    return answer


async def test_a_good_answer_is_its_json_object(rig: Rig) -> None:
    answer = await get(rig, says(200, {"a": 1}))

    assert isinstance(answer, Good)
    assert (answer.status, answer.body, answer.size) == (200, {"a": 1}, 8)
    assert (answer.ids.request, answer.ids.correlation) == ("8c1e", "77aa")
    assert answer.ids.client


async def test_a_refusal_is_diagnosed_with_the_ids_that_support_finds_it_by(rig: Rig) -> None:
    bad = await fails(rig, says(500, {"error": {"code": "InternalServerError", "message": "no"}}))

    assert bad.diagnosis.ids == ("x-ms-correlation-request-id 77aa", "x-ms-request-id 8c1e")


async def test_where_nothing_answered_our_own_id_stands_for_the_request(rig: Rig) -> None:
    bad = await fails(rig, resets)

    assert bad.diagnosis.ids == (f"x-ms-client-request-id {bad.ids.client}",)


async def test_the_api_version_is_the_sdk_clients_own(rig: Rig) -> None:
    await rig.arm.get(PATH, api=Api.IMAGE_BUILDER, operation="x")
    await rig.arm.get(PATH, api=Api.RESOURCE_HEALTH, operation="x", query={"queryStartTime": "3/2/2026"})

    assert rig.azure.asked == [
        ("GET", f"{PATH}?api-version=2025-10-01"),
        ("GET", f"{PATH}?queryStartTime=3/2/2026&api-version=2025-05-01"),
    ]


@pytest.mark.parametrize(
    ("status", "cause", "cls"),
    [
        (500, "service", FailureClass.SERVICE),
        (500, "gateway", FailureClass.AMBIGUOUS),
        (503, "", FailureClass.SERVICE),
        (404, "gateway", FailureClass.CUSTOMER),
        (403, "gateway", FailureClass.AUTH),
        (429, "", FailureClass.THROTTLED),
        (405, "", FailureClass.CUSTOMER),
    ],
)
async def test_a_refusal_keeps_status_cause_code_and_message(
    rig: Rig, status: int, cause: str, cls: FailureClass
) -> None:
    headers: dict[str, Any] = {"x_ms_failure_cause": cause} if cause else {}
    bad = await fails(rig, says(status, {"error": {"code": "Some", "message": "why"}}, **headers))

    assert (bad.status, bad.symptom.status, bad.symptom.failure_cause) == (status, status, cause)
    assert (bad.symptom.code, bad.symptom.message, bad.diagnosis.cls) == ("Some", "why", cls)
    assert bad.uncertain == (status >= 500)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "an empty answer where JSON was due"),
        (b"  \n", "an empty answer where JSON was due"),
        (b"<!DOCTYPE html><title>Sign in</title>", "an answer that is not JSON: a web page: Sign in"),
        (b"\x00\xff{", "an answer that is not JSON"),
        (b'{"a": 1', "an answer that is not JSON"),
        (b"[1, 2]", "JSON that is not an object"),
        (b"[" * 100_000, "an answer that is not JSON"),
        (b'{"n": ' + b"9" * 5000 + b"}", "an answer that is not JSON"),
    ],
)
async def test_200_with_something_else_than_a_json_object_is_ambiguous(rig: Rig, body: bytes, words: str) -> None:
    bad = await fails(rig, says(200, body))

    assert bad.symptom.message.startswith(words)
    assert (bad.status, bad.diagnosis.cls) == (200, FailureClass.AMBIGUOUS)


@pytest.mark.parametrize("status", [200, 302, 401, 403, 404, 407, 429, 500, 502, 503])
async def test_an_answer_without_any_header_of_azure_says_nothing_about_azure(rig: Rig, status: int) -> None:
    bad = await fails(rig, says(status, {"value": []}, azure=False))

    assert bad.diagnosis.cls is FailureClass.NETWORK
    assert bad.status == status
    assert not bad.symptom.from_azure


async def test_a_redirect_is_an_answer(rig: Rig) -> None:
    bad = await fails(rig, says(307, Location=f"{rig.azure.base}/other?secret=1"))

    assert bad.status == 307
    assert bad.symptom.message == f"an answer that leads elsewhere ({rig.azure.base}/other), which is not followed"
    assert len(rig.azure.asked) == 1


async def endless(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"x-ms-request-id": "1"})
    await response.prepare(request)
    for _ in range(800):  # 50 MB
        await response.write(b" " * 65_536)
    raise AssertionError("nobody stopped reading")


def bomb() -> bytes:
    """Return 100 MB of blanks in a tenth of a megabyte."""

    def squeezed() -> Iterator[bytes]:
        press = zlib.compressobj(wbits=16 + zlib.MAX_WBITS)
        for _ in range(100):
            yield press.compress(b" " * 1_000_000)
        yield press.flush()

    return b"".join(squeezed())


async def test_a_long_body_is_read_to_the_limit_and_no_further(rig: Rig) -> None:
    bad = await fails(rig, endless)

    assert bad.symptom.message == "the body of the answer is longer than 8 MiB"
    assert bad.status == 200


async def test_a_small_body_that_swells_is_unpacked_to_the_limit_and_no_further(rig: Rig) -> None:
    bad = await fails(rig, says(200, bomb(), Content_Encoding="gzip"))

    assert bad.symptom.message == "the body of the answer is longer than 8 MiB"


async def test_a_compressed_answer_is_read(rig: Rig) -> None:
    content = gzip.compress(json.dumps({"a": "x" * 1_000_000}).encode())
    answer = await get(rig, says(200, content, Content_Encoding="gzip"))

    assert isinstance(answer, Good)
    assert answer.size > 1_000_000
    assert rig.azure.codings == ["gzip"], "the one coding that is understood here"


def test_a_chunk_is_unpacked_to_the_limit_and_no_further() -> None:
    unzipped = _Unzipped()
    unzipped.take(bomb())

    assert unzipped.length == MOST_BYTES + 1


@pytest.mark.parametrize(
    ("body", "coding", "words"),
    [
        (b"no gzip at all", "gzip", "compressed in a way that cannot be read"),
        (b"{}", "zstd", "compressed in a way that cannot be read"),
        (gzip.compress(b'{"a": 1}')[:-9], "gzip", "the answer broke off"),
    ],
)
async def test_a_body_that_cannot_be_unpacked_is_a_failure(rig: Rig, body: bytes, coding: str, words: str) -> None:
    assert words in (await fails(rig, says(200, body, Content_Encoding=coding))).symptom.message


async def test_an_answer_that_breaks_off_is_no_answer(rig: Rig) -> None:
    bad = await fails(rig, begins(b'{"value": [', then=resets))

    assert (bad.diagnosis.cls, bad.status) == (FailureClass.NETWORK, 200)


async def test_a_500_whose_body_breaks_off_is_a_500_all_the_same(rig: Rig) -> None:
    bad = await fails(rig, begins(b'{"error"', status=500, then=resets, x_ms_failure_cause="service"))

    assert bad.diagnosis.cls is FailureClass.SERVICE


async def test_a_500_whose_body_never_ends_is_a_500_all_the_same(open_rig: Open) -> None:
    rig = await open_rig(request_timeout=SHORT)
    bad = await fails(rig, begins(b'{"error"', status=500))

    assert bad.diagnosis.cls is FailureClass.SERVICE


async def test_no_answer_in_time_is_network_trouble(open_rig: Open) -> None:
    rig = await open_rig(request_timeout=SHORT)
    bad = await fails(rig, hangs)

    assert bad.symptom.message == "no answer came within 0.2 s"
    assert (bad.diagnosis.cls, bad.status, bad.uncertain) == (FailureClass.NETWORK, None, True)


async def test_a_reset_is_network_trouble(rig: Rig) -> None:
    bad = await fails(rig, resets)

    assert (bad.diagnosis.cls, bad.status, bad.uncertain) == (FailureClass.NETWORK, None, True)


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:1", "https://localhost:1", "https://no-such-host.invalid"])
async def test_where_nobody_answers_the_request_surely_had_no_effect(open_rig: Open, endpoint: str) -> None:
    rig = await open_rig(endpoint=endpoint, request_timeout=timedelta(seconds=1))
    answer = await rig.arm.post(PATH, api=Api.IMAGE_BUILDER, operation="x")

    assert isinstance(answer, Bad)
    assert (answer.diagnosis.cls, answer.status, answer.uncertain) == (FailureClass.NETWORK, None, False)


async def test_a_failed_connection_is_told_without_objects_and_their_addresses(open_rig: Open) -> None:
    rig = await open_rig(endpoint="https://localhost:1")
    bad = await rig.arm.get(PATH, api=Api.IMAGE_BUILDER, operation="x")

    assert isinstance(bad, Bad)
    assert bad.symptom.message.startswith("Cannot connect to host localhost:1 [")


async def test_what_is_not_http_is_no_answer(rig: Rig) -> None:
    bad = await fails(rig, says(200, {}, Location="x" * 40_000))

    assert bad.symptom.message.startswith("an answer that is not HTTP: Got more than 16384 bytes")
    assert (bad.diagnosis.cls, bad.uncertain) == (FailureClass.NETWORK, True)


async def test_headers_as_long_as_a_signed_poll_url_may_become_are_read(rig: Rig) -> None:
    answer = await get(rig, says(200, {}, Location="https://management.azure.com/?s=" + "x" * 15_000))

    assert isinstance(answer, Good)


@pytest.mark.parametrize(
    ("headers", "message", "wait"),
    [
        ({"Retry_After": "17"}, "", 17),
        ({"Retry_After": "Mon, 02 Mar 2026 10:01:00 GMT"}, "", 60),
        ({"Retry_After": "Mon, 02 Mar 2026 09:00:00 GMT"}, "", 0),
        ({"Retry_After": "99999999"}, "", 3600),
        ({}, "Please try again after '324' seconds.", 324),
        ({"Retry_After": "soon"}, "Please try again after '0' seconds.", 0),
        ({"Retry_After": "soon"}, "later", None),
    ],
)
async def test_how_long_azure_asks_us_to_wait(
    rig: Rig, headers: dict[str, Any], message: str, wait: int | None
) -> None:
    bad = await fails(rig, says(429, {"error": {"code": "ResourceRequestsThrottled", "message": message}}, **headers))

    assert bad.retry_after == (None if wait is None else timedelta(seconds=wait))


async def test_the_metrics_see_every_request_once(open_rig: Open) -> None:
    times = iter([NOW, NOW + timedelta(seconds=2)])
    rig = await open_rig(clock=lambda: next(times))
    headers: dict[str, Any] = {
        "x_ms_ratelimit_remaining_subscription_reads": "249",
        "x_ms_ratelimit_remaining_subscription_global_reads": "3749",
        "x_ms_ratelimit_remaining_resource": "Microsoft.Compute/HighCostGet3Min;107",
        "x_ms_ratelimit_remaining_tenant_reads": "many",
    }
    answer = await get(rig, says(200, {}, **headers))

    (seen,) = rig.seen
    assert (seen.operation, seen.region, seen.status) == ("get_thing", "westeurope", 200)
    assert seen.subscription == "x"
    assert (seen.duration, seen.diagnosis, seen.ids) == (timedelta(seconds=2), WELL, answer.ids)
    assert seen.remaining == {"subscription-reads": 249, "subscription-global-reads": 3749}


async def test_the_metrics_see_a_request_without_an_answer_as_status_0(rig: Rig) -> None:
    bad = await fails(rig, resets)

    assert [(seen.status, seen.diagnosis) for seen in rig.seen] == [(0, bad.diagnosis)]
    assert rig.seen[0].ids == RequestIds(client=bad.ids.client)


async def test_a_clock_that_steps_back_makes_no_negative_duration(open_rig: Open) -> None:
    times = iter([NOW, NOW - timedelta(hours=1)])
    rig = await open_rig(clock=lambda: next(times))
    await get(rig, says(200, {}))

    assert rig.seen[0].duration == timedelta()
