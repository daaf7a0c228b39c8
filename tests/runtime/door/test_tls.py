"""Speak TLS at the door, change certificates while it is open, and speak it where nobody does."""

import asyncio
import shutil
import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest

from aibwatch.config.problem import ConfigError
from aibwatch.runtime.door.guard import Guard, examine
from aibwatch.runtime.door.visitor import Cut
from tests.certificates import Pair, a_pair, with_pass_phrase
from tests.runtime.door.support import LARGE, PATIENT, SOON, House, Knock, a_house
from tests.waiting import until
from tests.web_files import ADA, PAIR

NOW = datetime(2030, 1, 1, tzinfo=UTC)
MUTUAL = PAIR + "  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: client.pem\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    a_pair(tmp_path)
    file = tmp_path / "web.yml"
    file.write_text(PAIR)
    return file


def write(file: Path, text: str) -> None:
    file.write_text(text)


def trust(cert: Path, client: Pair | None = None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=cert)
    if client is not None:
        context.load_cert_chain(client.cert, client.key)
    return context


async def test_questions_are_answered_over_tls(file: Path) -> None:
    async with a_house(file=file) as house:
        assert house.base.startswith("https://localhost:")
        assert await house.get(trust=trust(file.with_name("here.pem"))) == 200


async def test_plain_http_at_a_tls_port_is_hung_up_on_and_others_are_served(file: Path) -> None:
    async with a_house(file=file) as house:
        told = await (await house.knock(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")).rest()
        served = await house.get(trust=trust(file.with_name("here.pem")))
        assert (b"HTTP" in told, served, house.cuts) == (False, 200, [Cut.HANDSHAKE])


async def test_a_handshake_that_never_comes_is_cut_off_while_others_are_served(file: Path) -> None:
    async with a_house(replace(PATIENT, greeting=SOON), file) as house:
        silent = await house.knock()
        served = await house.get(trust=trust(file.with_name("here.pem")))
        assert (await silent.rest(), served) == (b"", 200)
        assert house.cuts == [Cut.HANDSHAKE]


async def test_only_those_with_a_certificate_come_in_where_one_is_asked_for(file: Path, tmp_path: Path) -> None:
    client, stranger = a_pair(tmp_path, "client"), a_pair(tmp_path, "stranger")
    write(file, MUTUAL)
    async with a_house(file=file) as house:
        assert await house.get(trust=trust(tmp_path / "here.pem", client)) == 200
        for context in (trust(tmp_path / "here.pem"), trust(tmp_path / "here.pem", stranger)):
            with pytest.raises(aiohttp.ClientError):
                await house.get(trust=context)
        assert house.asked == [""]


async def test_what_is_sent_along_with_the_end_of_the_handshake_is_not_lost(file: Path) -> None:
    async with a_house(file=file) as house:
        knock = await house.knock()
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = trust(file.with_name("here.pem")).wrap_bio(incoming, outgoing, server_hostname="localhost")
        while True:
            try:
                tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                knock.writer.write(outgoing.read())
                incoming.write(await knock.reader.read(65_536))
        tls.write(b"GET / HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n")
        knock.writer.write(outgoing.read())  # the end of the handshake and the question, in one piece

        async def answer() -> bytes:
            incoming.write(await knock.reader.read(65_536))
            try:
                return tls.read()
            except ssl.SSLWantReadError:  # that was about the session
                return b""

        assert (await until("the answer comes", answer, within=10)).startswith(b"HTTP/1.1 200 OK")
        knock.close()


async def test_who_does_not_take_the_answer_is_cut_off_over_tls_too(file: Path) -> None:
    async with a_house(replace(PATIENT, between=SOON), file) as house:
        context = trust(file.with_name("here.pem"))
        reader, writer = await asyncio.open_connection("localhost", house.port, ssl=context)
        writer.write(b"GET /large HTTP/1.1\r\nHost: here\r\n\r\n")
        served = await house.get(trust=context)
        await house.cut_for(Cut.SLOW_READER)
        assert (served, len(await Knock(reader, writer).rest()) < LARGE) == (200, True)


async def test_everybody_who_left_in_the_middle_of_the_handshake_is_forgotten(file: Path) -> None:
    async with a_house(file=file) as house:
        for text in (b"", b"\x16\x03\x01\x02\x00"):
            (await house.knock(text)).close()
        assert await house.get(trust=trust(file.with_name("here.pem"))) == 200

        async def empty() -> bool:
            return not (len(house.entrance._hall) or house.entrance._hall._awaited or house.entrance._hall._served_by)

        await until("nobody is there", empty, within=10)


@pytest.mark.parametrize(("names", "served"), [("[ops, web]", True), ("[other]", False)])
async def test_a_client_must_have_one_of_the_names_that_are_allowed(
    names: str, served: bool, file: Path, tmp_path: Path
) -> None:
    client = a_pair(tmp_path, "client", serves="ops")
    write(file, f"{MUTUAL}  client_allowed_sans: {names}\n")
    async with a_house(file=file) as house:
        try:
            assert await house.get(trust=trust(tmp_path / "here.pem", client)) == 200
        except aiohttp.ClientError:
            assert not served
        assert house.asked == [""] * served


def looked(house: House) -> None:
    """Look twice, as the daemon does within a second."""
    house.guard.look()
    house.guard.look()


async def test_a_new_certificate_counts_for_the_next_connection(file: Path, tmp_path: Path) -> None:
    before = trust(tmp_path / "here.pem")
    async with a_house(file=file) as house:
        new = a_pair(tmp_path, "new")
        shutil.copy(new.cert, tmp_path / "here.pem")
        looked(house)  # the certificate without its key: what was in force stays
        assert await house.get(trust=before) == 200
        shutil.copy(new.key, tmp_path / "here.key")
        looked(house)
        assert await house.get(trust=trust(new.cert)) == 200
        with pytest.raises(aiohttp.ClientConnectorCertificateError):
            await house.get(trust=before)


@pytest.mark.parametrize("text", ["", "foo: 1\n", PAIR.replace("here.pem", "gone.pem")], ids=["none", "wrong", "gone"])
def test_a_bad_change_keeps_what_was_in_force_and_is_told_once(text: str, file: Path) -> None:
    told: list[bool] = []
    guard = Guard(file, told.append)
    before = guard.tls
    file.write_text(text)
    for _ in range(5):
        guard.look()
    assert (guard.tls is before, told) == (True, [False])


def test_what_was_bad_is_taken_when_it_is_mended(file: Path) -> None:
    told: list[bool] = []
    guard = Guard(file, told.append)
    for text in ("foo: 1\n", PAIR + ADA):
        file.write_text(text)
        guard.look()
        guard.look()
    assert (list(guard.users), told) == (["ada"], [False, True])


def test_nothing_is_read_before_the_files_are_at_rest(file: Path) -> None:
    told: list[bool] = []
    guard = Guard(file, told.append)
    for number in range(3):
        file.write_text(PAIR + "#" * number + "\n")
        guard.look()
    assert told == []
    guard.look()
    assert told == [True]


def test_the_end_of_a_certificate_is_warned_of_two_weeks_before(file: Path, tmp_path: Path) -> None:
    def said(days: int) -> list[str]:
        a_pair(tmp_path, expires=NOW + timedelta(days=days, hours=1))
        return [problem.message for problem in examine(file, NOW)]

    assert [said(days) for days in (15, 13, -1)] == [
        [],
        ["the certificate ends in 13 days, at 2030-01-14 01:00 UTC; renew it"],
        ["the certificate ended at 2029-12-31 01:00 UTC, and clients refuse it; renew it"],
    ]


def test_a_key_with_a_pass_phrase_is_refused_and_nobody_is_asked_for_it(file: Path, tmp_path: Path) -> None:
    with_pass_phrase(a_pair(tmp_path))
    with pytest.raises(ConfigError, match=r"key_file: .* has a pass phrase, and nobody is there to type it"):
        Guard(file)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"web.yml:1: file: cannot be read: No such file or directory; correct http"):
        Guard(tmp_path / "web.yml")


def test_an_authority_that_is_none_is_refused(file: Path) -> None:
    file.write_text(MUTUAL.replace("client.pem", "here.key"))
    with pytest.raises(ConfigError, match=r"client_ca_file: .*/here.key holds no certificates in PEM form"):
        Guard(file)
