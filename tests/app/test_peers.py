"""Where the daemon and `probe --once` take peers from: only from the configuration in force."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from aibwatch.app.daemon import _without_strangers
from aibwatch.app.once import DEGRADED, UNREACHABLE, Report, poll_once
from aibwatch.config.load import load, loads
from aibwatch.core.observation import PeerSaid
from aibwatch.core.state import State
from tests.core.builders import T0, WEST, a_window
from tests.story.support import a_config, a_world, an_azure

SEEN = {"name": "westeurope", "own_view": {"troubled": True, "why": "the last 6 reads failed"}}


def a_word(peer: str) -> PeerSaid:
    return PeerSaid(at=T0, peer=peer, region=WEST, troubled=False, why="nothing")


def test_what_a_peer_said_that_is_not_configured_any_more_does_not_outlive_a_restart() -> None:
    # Nobody would ever hear it again, and the gate would wait for its next word.
    state = State(awake_since=T0, window=a_window(a_word("north"), a_word("removed")))
    settings = loads('[[peer]]\nname = "north"\nurl = "https://north.example.com"\n', Path("config.toml")).settings
    kept = _without_strangers(state, settings).window.peers
    assert [said.peer for said in kept.values()] == ["north"]


@pytest.fixture
async def north() -> AsyncIterator[str]:
    """Give the address of a peer that sees the region in trouble."""

    async def status(_: web.Request) -> web.Response:
        return web.json_response({"schema": 1, "regions": [SEEN]})

    application = web.Application()
    application.router.add_get("/api/v1/status", status)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def poll(folder: Path, azure: str, peer: str, monkeypatch: pytest.MonkeyPatch) -> Report:
    monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", azure)
    for name in ("IDENTITY_ENDPOINT", "MSI_ENDPOINT", "AZURE_FEDERATED_TOKEN_FILE"):
        monkeypatch.delenv(name, raising=False)
    file = folder / "config.toml"
    text = a_config(folder, azure, 9877).replace('request_timeout = "2s"', 'request_timeout = "1s"')
    file.write_text(f'{text}\n[[peer]]\nname = "north"\nurl = "{peer}"\n')
    return await poll_once(load(file))


async def test_what_a_peer_says_is_shown_like_everything_else_that_is_polled(
    tmp_path: Path, north: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with an_azure(a_world()) as azure:
        report = await poll(tmp_path, azure.base, north, monkeypatch)
    text = str(report.body["text"])
    assert (report.code, text.split("\n")[0]) == (0, "7 of 7 polls were answered well.")
    assert "peer        westeurope       north sees it in trouble: the last 6 reads failed" in text


async def test_a_peer_that_does_not_answer_is_shown_and_makes_the_code_3(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with an_azure(a_world()) as azure:
        report = await poll(tmp_path, azure.base, "http://127.0.0.1:9", monkeypatch)
    assert (report.code, str(report.body["text"]).split("\n")[0]) == (DEGRADED, "6 of 7 polls were answered well.")


async def test_a_peer_that_answers_does_not_stand_in_for_azure(
    tmp_path: Path, north: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (await poll(tmp_path, "http://127.0.0.1:9", north, monkeypatch)).code == UNREACHABLE
