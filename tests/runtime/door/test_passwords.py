"""Ask for passwords at the door."""

import asyncio
import base64
from pathlib import Path
from unittest import mock

import bcrypt
import pytest

from aibwatch.runtime.door.passwords import REMEMBERED, WAITING, BusyError, Passwords
from aibwatch.runtime.door.visitor import Cut
from tests.certificates import a_hash
from tests.runtime.door.support import a_house
from tests.web_files import ADA

USERS = {"ada": a_hash("right"), "bob": a_hash("x" * 72)}


def basic(name: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> mock.Mock:
    """Count how often bcrypt is really asked."""
    counted = mock.Mock(side_effect=bcrypt.checkpw)
    monkeypatch.setattr(bcrypt, "checkpw", counted)
    return counted


@pytest.mark.parametrize(
    ("authorization", "admitted"),
    [
        (basic("ada", "right"), True),
        (basic("ada", "right").replace("Basic", "bAsIc"), True),
        (basic("bob", "x" * 100), True),
        (basic("ada", "wrong"), False),
        (basic("ada", ""), False),
        (basic("ada", "right\0"), False),
        (basic("bob", "right"), False),
        (basic("eve", "right"), False),
        ("", False),
        ("Basic", False),
        ("Basic !!!", False),
        ("Basic /////w==", False),
        ("Basic " + base64.b64encode(b"ada").decode(), False),
        ("Bearer right", False),
    ],
)
async def test_only_name_and_password_of_a_user_are_let_in(authorization: str, admitted: bool) -> None:
    assert await Passwords().admits(USERS, authorization) is admitted


@pytest.mark.parametrize("password", ["right", "wrong"])
async def test_the_same_password_again_costs_nothing(password: str, work: mock.Mock) -> None:
    keeper = Passwords()
    told = {await keeper.admits(USERS, basic("ada", password)) for _ in range(50)}
    assert (told, work.call_count) == ({password == "right"}, 1)


async def test_a_name_that_is_unknown_takes_as_much_work_as_one_that_is_known(work: mock.Mock) -> None:
    await Passwords().admits(USERS, basic("eve", "wrong"))
    assert work.call_count == 1


async def test_a_new_hash_forgets_who_was_right() -> None:
    keeper = Passwords()
    before = await keeper.admits(USERS, basic("ada", "right"))
    assert (before, await keeper.admits({"ada": a_hash("new")}, basic("ada", "right"))) == (True, False)


async def test_many_wrong_ones_push_out_nobody_who_was_right_and_fill_no_memory(work: mock.Mock) -> None:
    keeper = Passwords()
    await keeper.admits(USERS, basic("ada", "right"))
    for number in range(REMEMBERED + 20):
        await keeper.admits(USERS, basic("ada", str(number)))
    calls = work.call_count
    assert await keeper.admits(USERS, basic("ada", "right"))
    assert (work.call_count, len(keeper._wrong), len(keeper._right)) == (calls, REMEMBERED, 1)


async def test_few_wait_and_whoever_is_known_does_not() -> None:
    keeper = Passwords()
    await keeper.admits(USERS, basic("ada", "right"))
    async with keeper._one_at_a_time, asyncio.TaskGroup() as tasks:
        waiting = [tasks.create_task(keeper.admits(USERS, basic("ada", str(n)))) for n in range(WAITING)]
        await asyncio.gather(*(asyncio.wait([task], timeout=0) for task in waiting))
        assert await keeper.admits(USERS, basic("ada", "right"))
        with pytest.raises(BusyError):
            await keeper.admits(USERS, basic("ada", "one too many"))
        for task in waiting:
            task.cancel()
    assert keeper._waiting == 0


async def test_every_page_asks_for_a_password_also_those_that_are_not_there(tmp_path: Path) -> None:
    (tmp_path / "web.yml").write_text(ADA)
    async with a_house(file=tmp_path / "web.yml") as house:
        told = [await house.get(path, auth=auth) for path in ("/", "/nowhere") for auth in ("", "ada:no", "ada:right")]
        assert (told, house.asked) == ([401, 401, 200, 401, 401, 404], [""])
        assert house.cuts == [Cut.PASSWORD] * 4


async def test_a_user_who_is_taken_out_is_let_in_no_more(tmp_path: Path) -> None:
    file = tmp_path / "web.yml"
    file.write_text(ADA)
    async with a_house(file=file) as house:
        before = await house.get(auth="ada:right")
        file.write_text(ADA.replace("ada", "bob"))
        house.guard.look()
        house.guard.look()
        assert (before, await house.get(auth="ada:right"), await house.get(auth="bob:right")) == (200, 401, 200)


async def test_headers_are_sent_with_every_answer_refusals_included(tmp_path: Path) -> None:
    (tmp_path / "web.yml").write_text(ADA + "http_server_config:\n  headers:\n    X-Frame-Options: deny\n")
    async with a_house(file=tmp_path / "web.yml") as house:
        told = await (await house.knock(b"GET / HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n")).rest()
        assert b"401 Unauthorized" in told
        assert b"\r\nX-Frame-Options: deny\r\n" in told
        assert b'\r\nWWW-Authenticate: Basic realm="aibwatch"' in told
