"""The built-in handler `webhook` against a receiver on loopback: what it sends, and what it makes of answers."""

import asyncio
import json
import socket
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web

from aibwatch.core.move.move import MoveKind, StepResult
from aibwatch.handlers.api import (
    Answer,
    Capability,
    Check,
    Description,
    Plan,
    Surroundings,
    TemporaryHandlerError,
)
from aibwatch.handlers.signature import signed
from aibwatch.handlers.webhook import Webhook
from aibwatch.simulator.certificate import self_signed
from tests.clocks import BEGUN, FakeClock
from tests.handlers.receiver import Script, hangs_up, says, served, stops_in_the_body
from tests.handlers.test_run_template import OneTemplate, a_request

SECRET = b"a-secret-of-24-bytes-at-least"
PLAN = Plan(changes=())


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret"
    path.write_bytes(SECRET)
    return path


@pytest.fixture
def make(secret: Path) -> Callable[..., Webhook]:
    clock = FakeClock()

    def make(url: str, **options: str) -> Webhook:
        around = Surroundings(templates=OneTemplate(clock), now=clock.now, pause=clock.pause, folder=Path("/nowhere"))
        return Webhook(around, {"url": url, "secret_file": str(secret), **options})

    return make


Try = Callable[[Script], Awaitable[Answer]]


@pytest.fixture
def activate(make: Callable[..., Webhook]) -> Try:
    """Return what activate makes of a receiver that answers so; in "HOST" the receiver's port is left out."""

    async def activate(script: Script) -> Answer:
        async with served(script) as receiver:
            answer = await make(f"{receiver.base}/hook").activate(a_request(), PLAN)
            return replace(answer, why=answer.why.replace(receiver.base.removeprefix("http://"), "HOST"))

    return activate


@pytest.fixture
def ask(make: Callable[..., Webhook]) -> Try:
    """Return what status makes of a receiver that answers so."""

    async def ask(script: Script) -> Answer:
        async with served(script) as receiver:
            handler = make(f"{receiver.base}/hook", status_url=f"{receiver.base}/status")
            answer = await handler.status(a_request(), PLAN)
            return replace(answer, why=answer.why.replace(receiver.base.removeprefix("http://"), "HOST"))

    return ask


def closed_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


# what is sent


async def test_a_signed_cloud_event_is_sent_once(make: Callable[..., Webhook]) -> None:
    async with served(says(200)) as receiver:
        await make(f"{receiver.base}/hook").activate(a_request(attempt=2), PLAN)
    (got,) = receiver.got
    assert (got.method, got.target) == ("POST", "/hook")
    assert got.headers["content-type"] == "application/cloudevents+json; charset=utf-8"
    assert {name: got.headers[name] for name in got.headers if name.startswith("webhook-")} == signed(
        [SECRET], "base-1-0", BEGUN, got.body
    )
    assert json.loads(got.body) == {
        "specversion": "1.0",
        "id": "base-1-0",
        "source": "aibwatch",
        "type": "aibwatch.move.activate",
        "subject": "base",
        "time": "2026-03-02T02:00:00+00:00",
        "datacontenttype": "application/json",
        "data": {
            "protocol": 1,
            "activation_id": "base-1",
            "epoch": 1,
            "group": "base",
            "kind": "failover",
            "from": "/t/ubuntu-weu",
            "to": "/t/ubuntu-neu",
            "rehearsal": False,
            "deadline": "2026-03-02T02:15:00+00:00",
            "step": 0,
            "attempt": 2,
        },
    }


async def test_going_back_is_an_event_of_its_own_type(make: Callable[..., Webhook]) -> None:
    async with served(says(200)) as receiver:
        await make(receiver.base).deactivate(a_request(kind=MoveKind.FAILBACK), PLAN)
    body = json.loads(receiver.got[0].body)
    assert (body["type"], body["data"]["kind"]) == ("aibwatch.move.deactivate", "failback")


async def test_the_secret_is_read_anew_for_every_call(make: Callable[..., Webhook], secret: Path) -> None:
    async with served(says(200)) as receiver:
        handler = make(receiver.base)
        await handler.activate(a_request(), PLAN)
        await asyncio.to_thread(secret.write_bytes, SECRET + b"\n" + SECRET[::-1])
        await handler.activate(a_request(), PLAN)
    signatures = [got.headers["webhook-signature"].count("v1,") for got in receiver.got]
    assert signatures == [1, 2]


async def test_what_the_environment_says_of_proxies_and_logins_is_not_heeded(
    make: Callable[..., Webhook], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".netrc").write_text("default login ada password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{closed_port()}")
    async with served(says(200)) as receiver:
        answer = await make(receiver.base).activate(a_request(), PLAN)
    assert (answer.result, "authorization" in receiver.got[0].headers) == (StepResult.APPLIED, False)


# what becomes of answers


@pytest.mark.parametrize(
    ("status", "result"),
    [
        (200, "applied"),
        (202, "applied"),
        (204, "applied"),
        (409, "already_applied"),
        (412, "refused"),
        (429, "nothing_changed"),
        (500, "nothing_changed"),
        (503, "nothing_changed"),
        (400, "never"),
        (401, "never"),
        (404, "never"),
        (410, "never"),
    ],
)
async def test_the_status_of_an_answer_says_what_became_of_it(activate: Try, status: int, result: str) -> None:
    assert await activate(says(status)) == Answer(result=StepResult(result), why=f"HOST answered {status}")


async def test_a_redirect_is_not_followed_and_its_place_is_told(activate: Try) -> None:
    answer = await activate(says(307, Location="https://elsewhere.example.com/hook?sig=abcdef"))
    place = "https://elsewhere.example.com/hook?***"
    why = f"HOST answered 307 and points to {place}; redirects are not followed, correct url"
    assert answer == Answer(result=StepResult.NEVER, why=why)


async def test_the_words_of_the_receiver_are_passed_on_short_and_without_secrets(activate: Try) -> None:
    told = await activate(
        says(422, {"why": f"no \u001b[31m such pool; password=hunter22 {SECRET.decode()}" + "x" * 999})
    )
    assert told.result is StepResult.NEVER
    assert told.why.startswith("HOST answered 422: no [31m such pool; password=*** ***xxx")
    assert len(told.why) < 330


async def test_when_to_come_again_is_told(activate: Try) -> None:
    answer = await activate(says(503, "later", Retry_After="30"))
    assert answer.why == "HOST answered 503 (retry after 30): later"


async def test_an_answer_that_is_too_long_counts_by_its_status(activate: Try) -> None:
    assert (await activate(says(200, "x" * 3_000_000))).result is StepResult.APPLIED


async def test_an_answer_that_breaks_off_counts_by_its_status(activate: Try) -> None:
    assert await activate(stops_in_the_body) == Answer(result=StepResult.APPLIED, why="HOST answered 200: done")


async def test_a_connection_that_breaks_after_sending_leaves_it_unknown(activate: Try) -> None:
    answer = await activate(hangs_up)
    assert answer.result is StepResult.UNKNOWN
    assert answer.why.startswith("sent to HOST, and no answer came back: ")


async def test_no_answer_before_the_deadline_leaves_it_unknown(make: Callable[..., Webhook]) -> None:
    async def slow(request: web.Request) -> web.StreamResponse:
        await request.content.read()
        assert request.transport is not None
        while not request.transport.is_closing():
            await FakeClock().pause(timedelta(0))
        return web.Response()

    async with served(slow) as receiver:
        request = a_request(deadline=BEGUN + timedelta(milliseconds=200))
        answer = await make(receiver.base).activate(request, PLAN)
    assert (answer.result, answer.why.endswith(" did not answer in time")) == (StepResult.UNKNOWN, True)
    assert len(receiver.got) == 1


@pytest.mark.parametrize("url", ["http://127.0.0.1:{port}", "https://localhost:{port}"])
async def test_a_receiver_that_is_not_there_has_changed_nothing(make: Callable[..., Webhook], url: str) -> None:
    with pytest.raises(TemporaryHandlerError, match=r"^nothing was sent: Cannot connect to host "):
        await make(url.format(port=closed_port())).activate(a_request(), PLAN)


async def test_a_name_that_nobody_has_has_changed_nothing(make: Callable[..., Webhook]) -> None:
    with pytest.raises(TemporaryHandlerError, match=r"^nothing was sent: "):
        await make("https://nowhere.invalid").activate(a_request(), PLAN)


async def test_a_certificate_that_is_not_trusted_stops_it_before_anything_is_sent(
    make: Callable[..., Webhook], tmp_path: Path
) -> None:
    certificate, key, authority = self_signed(tmp_path)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    async with served(says(200), tls) as receiver:
        with pytest.raises(TemporaryHandlerError, match=r"^nothing was sent: .*certificate verify failed"):
            await make(receiver.base).activate(a_request(), PLAN)
        assert (await make(receiver.base).check(a_request())).well is False
        assert receiver.got == []
        trusting = make(receiver.base, ca_bundle=str(authority))
        assert (await trusting.check(a_request())).well is True
        assert (await trusting.activate(a_request(), PLAN)).result is StepResult.APPLIED


async def test_without_a_secret_nothing_is_sent(make: Callable[..., Webhook], secret: Path) -> None:
    await asyncio.to_thread(secret.unlink)
    async with served(says(200)) as receiver:
        with pytest.raises(TemporaryHandlerError, match=r"^secret_file .* cannot be read"):
            await make(receiver.base).activate(a_request(), PLAN)
    assert receiver.got == []


# status


@pytest.mark.parametrize(
    ("state", "result"),
    [
        ("applied", "applied"),
        ("not_applied", "nothing_changed"),
        ("partial", "partial"),
        ("unknown", "unknown"),
    ],
)
async def test_the_receiver_is_asked_for_the_state_of_the_event(ask: Try, state: str, result: str) -> None:
    answer = await ask(says(200, {"state": state, "why": "pool 3"}))
    assert answer == Answer(result=StepResult(result), why=f"HOST says {state}: pool 3")


async def test_a_question_is_signed_too(make: Callable[..., Webhook]) -> None:
    async with served(says(200, {"state": "applied"})) as receiver:
        await make(receiver.base, status_url=f"{receiver.base}/status").status(a_request(), PLAN)
    (got,) = receiver.got
    assert (got.method, got.target, got.body) == ("GET", "/status?id=base-1-0", b"")
    assert got.headers["webhook-signature"] == signed([SECRET], "base-1-0", BEGUN, b"")["webhook-signature"]


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (says(404, {"state": "not_applied"}), "HOST answered 404 without a state: nothing"),
        (says(200, "all is well"), "HOST answered 200 without a state: all is well"),
        (says(200, {"state": "fine", "why": "?"}), "HOST answered 200 without a state: ?"),
        (says(200, [1]), "HOST answered 200 without a state: [1]"),
        (says(302, "", Location="/elsewhere"), "HOST answered 302 without a state: nothing"),
    ],
    ids=str,
)
async def test_an_answer_without_a_state_leaves_it_unknown(ask: Try, script: Script, said: str) -> None:
    assert await ask(script) == Answer(result=StepResult.UNKNOWN, why=said)


async def test_a_question_that_is_not_answered_leaves_it_unknown(ask: Try) -> None:
    answer = await ask(hangs_up)
    assert (answer.result, answer.why.startswith("HOST cannot be asked: ")) == (StepResult.UNKNOWN, True)


async def test_a_receiver_without_status_url_cannot_be_asked(make: Callable[..., Webhook]) -> None:
    answer = await make("https://hooks.example.com").status(a_request(), PLAN)
    why = "the receiver cannot be asked: there is no status_url"
    assert answer == Answer(result=StepResult.UNKNOWN, why=why)


# describe, check, plan


async def test_it_may_be_called_again_and_knows_the_way_back(make: Callable[..., Webhook]) -> None:
    assert await make("https://hooks.example.com").describe() == Description(
        name="webhook", version="1", capabilities=frozenset({Capability.REPEATABLE})
    )


async def test_a_check_connects_and_sends_nothing(make: Callable[..., Webhook]) -> None:
    async with served(says(200)) as receiver:
        check = await make(receiver.base).check(a_request())
    host = receiver.base.removeprefix("http://")
    why = f"{host} was reached, and there is a secret to sign with"
    assert (check, receiver.got) == (Check(well=True, why=why), [])


async def test_a_check_tells_that_nobody_is_there(make: Callable[..., Webhook]) -> None:
    port = closed_port()
    check = await make(f"http://127.0.0.1:{port}").check(a_request())
    assert check.well is False
    assert check.why.startswith(f"no connection to 127.0.0.1:{port}: ")


async def test_a_check_tells_that_there_is_no_secret(make: Callable[..., Webhook], secret: Path) -> None:
    await asyncio.to_thread(secret.write_text, "short")
    why = f"secret_file {secret}, secret 1: has 5 bytes; 24 are the least"
    assert await make("http://127.0.0.1:1").check(a_request()) == Check(well=False, why=why)


@pytest.mark.parametrize(("rehearsal", "end"), [(False, ""), (True, ", as a rehearsal")])
async def test_the_plan_is_one_sentence(make: Callable[..., Webhook], rehearsal: bool, end: str) -> None:
    plan = await make("https://hooks.example.com/hook").plan(a_request(rehearsal=rehearsal))
    sentence = f"tell hooks.example.com that base moves to ubuntu-neu (aibwatch.move.activate, id base-1-0){end}"
    assert plan == Plan(changes=(sentence,))


# options


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"secret_file": "/s"}, 'url: is missing; write url = "https://HOST/PATH"'),
        ({"url": "https://h"}, 'secret_file: is missing; write secret_file = "/PATH"'),
        ({"uri": "https://h"}, "uri: is no option of webhook; there are url, secret_file, status_url, ca_bundle"),
        (
            {"url": "https://h", "secret_file": "/s", "ca_bundle": "/absent"},
            "ca_bundle: /absent cannot be read: No such file or directory",
        ),
        (
            {"url": "http://h.example.com", "secret_file": "/s"},
            (
                'url: "http://h.example.com" would send tokens unencrypted; write https, '
                "plain http is for loopback addresses only"
            ),
        ),
    ],
)
def test_options_that_cannot_be_used_are_named(options: dict[str, str], said: str) -> None:
    clock = FakeClock()
    around = Surroundings(templates=OneTemplate(clock), now=clock.now, pause=clock.pause, folder=Path("/nowhere"))
    with pytest.raises(ValueError, match=r".") as refused:
        Webhook(around, options)
    assert str(refused.value) == said
