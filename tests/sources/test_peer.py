"""Ask another observer over real HTTP: whatever goes wrong is a failed poll, and never evidence."""

import asyncio
import gzip
import json
import ssl
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web

from aibwatch.core.model import WELL, FailureClass
from aibwatch.core.observation import Observation, PeerSaid, Polled, Source, is_answer
from aibwatch.simulator.certificate import self_signed
from aibwatch.sources import peer as peer_module
from aibwatch.sources.peer import Peer, PeerSpec
from tests.core.builders import NORTH, WEST

from .support import NOW, Script, ScriptedAzure, begins, hangs, now, resets, says

PATH = "/api/v1/status"
POLLED = Polled(at=NOW, source=Source.PEER, subject="north", diagnosis=WELL)
SEEN = {"name": WEST, "own_view": {"troubled": True, "why": "the last 6 reads failed"}}
STATUS = {"schema": 1, "instance": "5ca1ab1e", "at": "1999-12-31T23:59:59Z", "regions": [SEEN]}


def said(*, troubled: bool = True, why: str = "the last 6 reads failed") -> PeerSaid:
    return PeerSaid(at=NOW, peer="north", region=WEST, troubled=troubled, why=why)


def a_peer(url: str, instance: str = "0ddba11") -> Peer:
    return Peer(PeerSpec(name="north", url=url), now, instance=instance)


async def poll(server: ScriptedAzure, script: Script, **settings: str) -> tuple[Observation, ...]:
    server.on(PATH, script)
    return await a_peer(server.base, **settings).poll((WEST, NORTH))


def failed(found: tuple[Observation, ...]) -> str:
    """Return why a poll failed; fail if it brought anything else."""
    (polled,) = found
    assert isinstance(polled, Polled)
    assert (polled.source, polled.subject, polled.at) == (Source.PEER, "north", NOW)
    assert polled.diagnosis.cls is FailureClass.NETWORK
    assert not is_answer(polled.diagnosis)
    return polled.diagnosis.summary


async def test_what_it_says_is_dated_with_our_own_clock(elsewhere: ScriptedAzure) -> None:
    assert await poll(elsewhere, says(200, STATUS, azure=False)) == (POLLED, said())


async def test_the_base_may_have_a_path_and_a_slash(elsewhere: ScriptedAzure) -> None:
    elsewhere.on(f"/north{PATH}", says(200, STATUS))
    assert await a_peer(f"{elsewhere.base}/north/").poll((WEST,)) == (POLLED, said())


async def test_one_that_says_nothing_of_our_regions_was_polled_well(elsewhere: ScriptedAzure) -> None:
    assert await poll(elsewhere, says(200, {**STATUS, "regions": []})) == (POLLED,)


async def test_ourselves_are_no_second_observer(elsewhere: ScriptedAzure) -> None:
    assert failed(await poll(elsewhere, says(200, STATUS), instance="5ca1ab1e")).startswith(
        "this daemon itself answers"
    )


async def test_nothing_is_sent_that_lets_anybody_in(
    elsewhere: ScriptedAzure, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".netrc").write_text("default login ada password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    headers: list[dict[str, str]] = []

    async def note(request: web.Request) -> web.StreamResponse:
        headers.append(dict(request.headers))
        return await says(200, STATUS)(request)

    assert (await poll(elsewhere, note))[0] == POLLED
    assert {name.lower() for name in headers[0]} == {
        "host",
        "accept",
        "accept-encoding",
        "cache-control",
        "user-agent",
        "connection",
    }


async def test_name_and_password_are_sent_where_they_are_configured_and_read_each_time(
    elsewhere: ScriptedAzure, tmp_path: Path
) -> None:
    sent: list[str] = []

    async def note(request: web.Request) -> web.StreamResponse:
        sent.append(request.headers["Authorization"])
        return await says(200, STATUS)(request)

    elsewhere.on(PATH, note)
    spec = PeerSpec(name="north", url=elsewhere.base, username="ada", password_file=str(tmp_path / "password"))
    peer = Peer(spec, now)
    for password in ("old\n", "new"):
        (tmp_path / "password").write_text(password)
        assert (await peer.poll((WEST,)))[0] == POLLED
    assert sent == ["Basic YWRhOm9sZA==", "Basic YWRhOm5ldw=="]


async def test_a_password_that_cannot_be_read_is_a_failed_poll(elsewhere: ScriptedAzure, tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("\n")
    for name, why in (("gone", "cannot be read: No such file or directory"), ("empty", "holds no password; write it")):
        spec = PeerSpec(name="north", url=elsewhere.base, username="ada", password_file=str(tmp_path / name))
        assert why in failed(await Peer(spec, now).poll((WEST,)))


async def test_a_proxy_of_the_environment_is_not_used(
    elsewhere: ScriptedAzure, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert await poll(elsewhere, says(200, STATUS)) == (POLLED, said())


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(elsewhere: ScriptedAzure, status: int) -> None:
    elsewhere.on("/away", says(200, STATUS))
    assert failed(await poll(elsewhere, says(status, None, Location="/away"))).startswith(f"it answered {status} ")
    assert elsewhere.count("GET", "/away") == 0


@pytest.mark.parametrize(
    ("script", "why"),
    [
        pytest.param(says(500, STATUS), "it answered 500 Internal Server Error", id="500"),
        pytest.param(says(401, None), "it answered 401 Unauthorized", id="401"),
        pytest.param(says(204, None), "it answered 204 No Content", id="204"),
        pytest.param(says(200, None), "what answers is not an aibwatch: its answer is no JSON object", id="empty"),
        pytest.param(
            says(200, b"\xff\x00{"), "what answers is not an aibwatch: its answer is no JSON object", id="junk"
        ),
        pytest.param(says(200, {}), "what answers is not an aibwatch that this version understands", id="shape"),
        pytest.param(
            says(200, gzip.compress(json.dumps(STATUS).encode()), Content_Encoding="gzip"),
            "its answer is compressed, which was not asked for",
            id="compressed",
        ),
        pytest.param(resets, "", id="reset"),
        pytest.param(begins(b"{", then=resets), "", id="broken off"),
    ],
)
async def test_whatever_goes_wrong_is_a_failed_poll(elsewhere: ScriptedAzure, script: Script, why: str) -> None:
    summary = failed(await poll(elsewhere, script))
    assert summary == why if why else summary


async def test_nobody_there_is_a_failed_poll() -> None:
    assert "9" in failed(await a_peer("http://127.0.0.1:9").poll((WEST,)))


async def test_a_name_that_leads_nowhere_is_a_failed_poll() -> None:
    assert failed(await a_peer("https://peer.invalid").poll((WEST,)))


async def test_something_that_is_no_http_is_a_failed_poll() -> None:
    async def shout(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-OpenSSH_9.6\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(shout, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        assert failed(await a_peer(f"http://127.0.0.1:{port}").poll((WEST,)))


@pytest.mark.parametrize("script", [hangs, begins(b'{"schema": 1, ')], ids=["silence", "a beginning"])
async def test_one_that_does_not_come_to_an_end_is_given_up(
    elsewhere: ScriptedAzure, script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(peer_module, "LIMIT", timedelta(seconds=0.3))
    assert failed(await poll(elsewhere, script)) == "no answer came within 0 s"


async def test_a_huge_answer_is_not_read_to_its_end(elsewhere: ScriptedAzure, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peer_module, "LARGEST", 1024 * 1024)
    written: list[int] = []

    async def floods(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(1000):
            await response.write(b" " * 65536)
            written.append(65536)
        return response

    assert failed(await poll(elsewhere, floods)) == "its answer is longer than 1 MiB"
    assert sum(written) < 32 * 1024 * 1024


async def test_a_certificate_that_is_not_trusted_is_a_failed_poll_and_a_trusted_one_is_not(tmp_path: Path) -> None:
    certificate, key, authority = self_signed(tmp_path)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate, key)
    server = ScriptedAzure()
    await server.start(tls)
    try:
        server.on(PATH, says(200, STATUS))
        strange = await a_peer(server.base).poll((WEST,))
        trusted = Peer(PeerSpec(name="north", url=server.base, ca_bundle=str(authority)), now)
        assert "certificate" in failed(strange).lower()
        assert await trusted.poll((WEST,)) == (POLLED, said())
    finally:
        await server.stop()


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_bundle_that_cannot_be_read_is_said_at_the_start(tmp_path: Path, content: str | None) -> None:
    bundle = tmp_path / "ca.pem"
    if content is not None:
        bundle.write_text(content)
    with pytest.raises(ValueError, match=r"^peer north: its ca_bundle .*ca\.pem cannot be read: "):
        Peer(PeerSpec(name="north", url="https://peer.example", ca_bundle=str(bundle)), now)
