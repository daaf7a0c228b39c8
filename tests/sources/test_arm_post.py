"""The one request that has an effect goes out once, and we know whether it may have had it."""

from datetime import timedelta

import pytest

from aibwatch.core.model import FailureClass
from aibwatch.sources.answer import Answer, Bad, Good
from aibwatch.sources.arm import Api

from .conftest import Open
from .support import Rig, Script, begins, hangs, resets, says

PATH = "/subscriptions/x/run"


async def post(rig: Rig, script: Script) -> Answer:
    rig.azure.on(PATH, script, method="POST")
    return await rig.arm.post(PATH, api=Api.IMAGE_BUILDER, operation="run_template")


@pytest.mark.parametrize("status", [200, 202, 204])
async def test_a_post_is_accepted_without_a_body(rig: Rig, status: int) -> None:
    answer = await post(rig, says(status))

    assert isinstance(answer, Good)
    assert (answer.status, answer.body) == (status, {})


@pytest.mark.parametrize("then", [resets, hangs])
async def test_an_accepted_post_stays_accepted_if_the_rest_of_the_answer_is_lost(open_rig: Open, then: Script) -> None:
    rig = await open_rig(request_timeout=timedelta(seconds=0.2))
    answer = await post(rig, begins(b"{", status=202, then=then))

    assert isinstance(answer, Good)


REFUSED = {"error": {"code": "Some", "message": "words"}}


@pytest.mark.parametrize(
    ("script", "uncertain"),
    [
        pytest.param(says(500, REFUSED), True, id="500"),
        pytest.param(says(502, b"Forbidden\n"), True, id="502"),
        pytest.param(says(503, b"<html><body>Service Unavailable", Retry_After="1"), True, id="503"),
        pytest.param(says(504, REFUSED), True, id="504"),
        pytest.param(says(502, b"", azure=False), True, id="502 of a proxy"),
        pytest.param(says(200, b"<html>Sign in", azure=False), True, id="200 of a portal"),
        pytest.param(says(429, REFUSED, Retry_After="1"), False, id="429"),
        pytest.param(says(409, REFUSED), False, id="409"),
        pytest.param(says(405, {"code": "OperationNotAllowed", "message": "is running"}), False, id="405"),
        pytest.param(says(401, REFUSED), False, id="401"),
        pytest.param(resets, True, id="reset"),
        pytest.param(hangs, True, id="time-out"),
    ],
)
async def test_a_post_that_fails_goes_out_exactly_once(open_rig: Open, script: Script, uncertain: bool) -> None:
    rig = await open_rig(request_timeout=timedelta(seconds=0.3))
    answer = await post(rig, script)

    assert isinstance(answer, Bad)
    assert answer.uncertain == uncertain
    assert rig.azure.asked == [("POST", f"{PATH}?api-version=2025-10-01")]


async def test_a_post_over_a_line_that_was_idle_goes_out_once_too(rig: Rig) -> None:
    rig.azure.on("/warm", says(200, {}))
    await rig.arm.get("/warm", api=Api.IMAGE_BUILDER, operation="x")
    answer = await post(rig, resets)

    assert isinstance(answer, Bad)
    assert (answer.uncertain, rig.azure.count("POST", PATH)) == (True, 1)


async def test_a_conflict_over_an_unregistered_provider_registers_nothing(rig: Rig) -> None:
    answer = await post(rig, says(409, {"error": {"code": "MissingSubscriptionRegistration", "message": "register"}}))

    assert isinstance(answer, Bad)
    assert answer.symptom.code == "MissingSubscriptionRegistration"
    assert len(rig.azure.asked) == 1


async def test_a_run_that_is_already_under_way_is_told_as_expected(rig: Rig) -> None:
    words = "Operation 'run/action' is not allowed in provisioningState: 'provisioned', runState: 'running'"
    answer = await post(rig, says(405, {"code": "OperationNotAllowed", "message": words}))

    assert isinstance(answer, Bad)
    assert (answer.diagnosis.cls, answer.symptom.message) == (FailureClass.EXPECTED, words)
