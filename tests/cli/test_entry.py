"""Get through a door with TLS and passwords as commands do."""

import asyncio
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aibwatch.cli.entry import credentials
from aibwatch.cli.reach import UnreachableError, call
from aibwatch.config.schema import HttpSettings
from tests.certificates import a_pair
from tests.runtime.door.support import House, a_house
from tests.web_files import ADA, PAIR

LONG_AGO = datetime(2021, 1, 1, tzinfo=UTC)
MUTUAL = PAIR + "  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: client.pem\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    a_pair(tmp_path)
    (tmp_path / "web.yml").write_text(PAIR + ADA)
    (tmp_path / "password").write_text("right\n")
    return tmp_path / "web.yml"


def settings(house: House, file: Path, **more: str) -> HttpSettings:
    usual = {
        "web_config_file": str(file),
        "username": "ada",
        "password_file": str(file.with_name("password")),
    }
    return HttpSettings(listen=f"127.0.0.1:{house.port}", **{**usual, **more})


async def asked(house: House, file: Path, **more: str) -> tuple[int, bytes]:
    return await asyncio.to_thread(call, settings(house, file, **more), "/")


async def test_a_question_gets_through_by_the_certificate_and_the_password(file: Path) -> None:
    async with a_house(file=file) as house:
        assert await asked(house, file) == (200, b"here")
        assert (await asked(house, file, username="", password_file=""))[0] == 401


async def test_a_certificate_that_has_ended_locks_nobody_out(file: Path, tmp_path: Path) -> None:
    a_pair(tmp_path, expires=LONG_AGO)
    async with a_house(file=file) as house:
        assert await asked(house, file) == (200, b"here")


async def test_nothing_is_sent_to_one_who_shows_another_certificate(file: Path, tmp_path: Path) -> None:
    async with a_house(file=file) as house:
        a_pair(tmp_path)
        with pytest.raises(UnreachableError, match=r"it shows another certificate than .*here.pem"):
            await asked(house, file)
        assert (house.asked, house.cuts) == ([], [])


async def test_only_the_first_certificate_of_the_file_is_the_daemon_s(file: Path, tmp_path: Path) -> None:
    authority = a_pair(tmp_path, "authority")
    async with a_house(file=file) as house:
        file.with_name("here.pem").write_text(file.with_name("here.pem").read_text() + authority.cert.read_text())
        assert await asked(house, file) == (200, b"here")
        shutil.copy(authority.cert, tmp_path / "here.pem")
        with pytest.raises(UnreachableError, match="another certificate"):
            await asked(house, file)


async def test_a_certificate_is_shown_where_one_is_demanded(file: Path, tmp_path: Path) -> None:
    client = a_pair(tmp_path, "client")
    await asyncio.to_thread(file.write_text, MUTUAL)
    async with a_house(file=file) as house:
        shown = {"client_cert_file": str(client.cert), "client_key_file": str(client.key)}
        assert await asked(house, file, **shown) == (200, b"here")
        with pytest.raises(UnreachableError):
            await asked(house, file)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"web_config_file": "/nowhere/web.yml"}, "/nowhere/web.yml:1: file: cannot be read"),
        ({"password_file": "/nowhere/password"}, "password_file /nowhere/password cannot be read: No such file"),
        ({"client_cert_file": "/nowhere/c", "client_key_file": "/nowhere/k"}, "http.client_cert_file /nowhere/c and"),
    ],
)
async def test_what_cannot_be_read_is_named(more: dict[str, str], said: str, file: Path) -> None:
    async with a_house(file=file) as house:
        with pytest.raises(UnreachableError, match=f"cannot be asked: {said}"):
            await asked(house, file, **more)


def test_the_token_has_a_header_of_its_own_where_a_password_takes_its_place(file: Path) -> None:
    known = HttpSettings(username="ada", password_file=str(file.with_name("password")))
    assert credentials(HttpSettings(), "") == {}
    assert credentials(HttpSettings(), "t") == {"Authorization": "Bearer t"}
    assert credentials(known, "t") == {"Authorization": "Basic YWRhOnJpZ2h0", "X-Aibwatch-Token": "t"}
