"""Tokens are asked for once, go to one place, and their absence is told apart from everything else."""

import asyncio
import base64
import ssl
from datetime import timedelta
from pathlib import Path

import pytest
from azure.core.exceptions import ClientAuthenticationError, ServiceRequestError
from azure.core.rest import HttpRequest

from aibwatch.core.model import FailureClass
from aibwatch.simulator.certificate import self_signed
from aibwatch.sources.answer import Answer, Bad, Good
from aibwatch.sources.arm import Api
from aibwatch.sources.policies import LeftHomeError

from .conftest import Open
from .support import Purse, Rig, ScriptedAzure, says

PATH = "/subscriptions/x"


async def get(rig: Rig, api: Api = Api.IMAGE_BUILDER) -> Answer:
    return await rig.arm.get(PATH, api=api, operation="x")


async def test_one_token_serves_many_requests_of_all_clients(rig: Rig) -> None:
    rig.azure.on(PATH, says(200, {}))
    await asyncio.gather(*(get(rig, api) for api in Api for _ in range(10)))

    assert rig.purse.given == 1
    assert rig.azure.tokens == ["Bearer token-1"] * 10 * len(Api)


@pytest.mark.parametrize(
    "trouble",
    [
        ClientAuthenticationError(message="no identity\nis assigned to this host"),
        ServiceRequestError("no route to 169.254.169.254"),
        OSError("token file is gone"),
        ValueError("odd tenant"),
    ],
)
async def test_whatever_a_credential_raises_means_that_no_token_could_be_had(
    open_rig: Open, trouble: Exception
) -> None:
    rig = await open_rig(purse=Purse(trouble))
    bad = await get(rig)

    assert isinstance(bad, Bad)
    assert bad.symptom.message == "no token could be had: " + " ".join(str(trouble).split())
    assert (bad.diagnosis.cls, bad.status, bad.uncertain) == (FailureClass.AUTH, None, False)
    assert rig.azure.asked == []


async def test_a_token_that_does_not_come_in_time_is_trouble_with_the_token_not_with_azure(open_rig: Open) -> None:
    rig = await open_rig(purse=Purse(slow=True), request_timeout=timedelta(seconds=0.1))
    bad = await rig.arm.post(PATH, api=Api.IMAGE_BUILDER, operation="x")

    assert isinstance(bad, Bad)
    assert bad.symptom.message == "no token could be had: none came within 0.1 s"
    assert (bad.diagnosis.cls, bad.uncertain) == (FailureClass.AUTH, False)


CLAIMS = base64.urlsafe_b64encode(b'{"access_token": 1}').decode().rstrip("=")


async def test_a_challenge_for_more_claims_is_met_once(rig: Rig) -> None:
    challenge = f'Bearer error="insufficient_claims", claims="{CLAIMS}"'
    rig.azure.on(PATH, says(401, b"x" * 100_000, WWW_Authenticate=challenge), says(200, {}))
    answer = await get(rig)

    assert isinstance(answer, Good)
    assert rig.purse.claims == [None, '{"access_token": 1}']
    assert rig.arm._session.connector is not None
    assert not rig.arm._session.connector._acquired, "the line of the 401 was given back"


async def test_a_challenge_is_met_for_what_must_go_out_once_too_because_it_had_no_effect(rig: Rig) -> None:
    challenge = f'Bearer error="insufficient_claims", claims="{CLAIMS}"'
    rig.azure.on(PATH, says(401, WWW_Authenticate=challenge), says(202, {}), method="POST")

    answer = await rig.arm.post(PATH, api=Api.IMAGE_BUILDER, operation="x")

    assert isinstance(answer, Good)
    assert rig.azure.count("POST", PATH) == 2


@pytest.mark.parametrize("challenge", ['Bearer error="insufficient_claims", claims="AAA%"', "Bearer", "Basic x=y"])
async def test_a_challenge_that_cannot_be_met_stays_a_401(rig: Rig, challenge: str) -> None:
    rig.azure.on(PATH, says(401, {"error": {"code": "InvalidToken"}}, WWW_Authenticate=challenge))
    bad = await get(rig)

    assert isinstance(bad, Bad)
    assert (bad.status, bad.symptom.code, bad.diagnosis.cls) == (401, "InvalidToken", FailureClass.AUTH)


async def test_a_refused_token_is_not_used_again(rig: Rig) -> None:
    rig.azure.on(PATH, says(401, {"error": {"code": "ExpiredToken"}}), says(200, {}))
    await get(rig)
    await get(rig)

    assert rig.azure.tokens == ["Bearer token-1", "Bearer token-2"]


@pytest.mark.parametrize(
    "form", ["{base}/next", "{base}", "//{host}/next", "{base}/?{endpoint}", "{at}/next", "http://[{host}"]
)
async def test_a_link_to_another_place_is_refused_before_there_is_a_token(
    rig: Rig, elsewhere: ScriptedAzure, form: str
) -> None:
    host = elsewhere.base.removeprefix("http://")
    at = f"http://{rig.azure.base.removeprefix('http://')}@{host}"
    link = form.format(base=elsewhere.base, host=host, at=at, endpoint="{endpoint}")
    bad = await rig.arm.follow(link, api=Api.IMAGE_BUILDER, operation="x")

    assert isinstance(bad, Bad)
    assert (bad.diagnosis.cls, bad.uncertain) == (FailureClass.NETWORK, False)
    assert bad.symptom.message.startswith("refused to go to")
    assert (elsewhere.asked, rig.azure.asked, rig.purse.given) == ([], [], 0)


async def test_the_pipeline_itself_stays_home_whoever_asks_it(rig: Rig, elsewhere: ScriptedAzure) -> None:
    with pytest.raises(LeftHomeError):
        await rig.arm._clients[Api.IMAGE_BUILDER].send_request(
            HttpRequest("GET", f"{elsewhere.base}/x"), enforce_https=False
        )

    assert (elsewhere.asked, rig.purse.given) == ([], 0)


async def test_a_redirect_to_another_place_takes_no_token_there(rig: Rig, elsewhere: ScriptedAzure) -> None:
    rig.azure.on(PATH, says(302, Location=f"{elsewhere.base}/x"))
    await get(rig)

    assert elsewhere.asked == []


async def test_a_proxy_for_plain_http_never_sees_the_token(
    open_rig: Open, elsewhere: ScriptedAzure, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", elsewhere.base)
    monkeypatch.setenv("http_proxy", elsewhere.base)
    rig = await open_rig()
    rig.azure.on(PATH, says(200, {}))
    answer = await get(rig)

    assert isinstance(answer, Good)
    assert elsewhere.asked == []


async def test_braces_in_a_link_are_not_the_sdks_placeholders(rig: Rig) -> None:
    await rig.arm.follow("/subscriptions/{endpoint}?a={", api=Api.IMAGE_BUILDER, operation="x")

    assert rig.azure.asked == [("GET", "/subscriptions/%7Bendpoint%7D?a=%7B")]


async def test_a_path_may_hold_what_a_resource_group_may(rig: Rig) -> None:
    rig.azure.on("/subscriptions/x/resourcegroups/bilder-für(alle)", says(200, {}))
    answer = await rig.arm.get("/subscriptions/x/resourcegroups/bilder-für(alle)", api=Api.IMAGE_BUILDER, operation="x")

    assert isinstance(answer, Good)


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://management.azure.com",
        "http://10.0.0.1:8080",
        "ftp://localhost",
        "management.azure.com",
        "https://a@b",
        "",
    ],
)
async def test_an_endpoint_that_would_show_tokens_is_refused_at_once(open_rig: Open, endpoint: str) -> None:
    with pytest.raises(ValueError, match=r"would send tokens unencrypted|is not the address"):
        await open_rig(endpoint=endpoint or "https://")


async def test_tls_is_trusted_by_the_bundle_and_by_nothing_else(open_rig: Open, tmp_path: Path) -> None:
    certificate, key, authority = self_signed(tmp_path)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate, key)
    trusting = await open_rig(tls=tls, ca_bundle=str(authority))
    trusting.azure.on(PATH, says(200, {}))
    doubting = await open_rig(tls=tls)
    bad = await get(doubting)

    assert isinstance(await get(trusting), Good)
    assert isinstance(bad, Bad)
    assert bad.symptom.message.startswith("the certificate of 127.0.0.1 is not trusted: ")
    assert (bad.diagnosis.cls, bad.uncertain, doubting.azure.asked) == (FailureClass.NETWORK, False, [])


async def test_closing_closes_the_credential_too(rig: Rig) -> None:
    await rig.arm.close()

    assert rig.purse.closed
