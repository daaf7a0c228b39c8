"""Where the stand-in listens, its certificate, and the drill's own paths."""

import asyncio
import json
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path

import aiohttp
import pytest

from aibwatch.simulator import journal
from aibwatch.simulator.certificate import self_signed
from aibwatch.simulator.scenario import default_scenario
from aibwatch.simulator.server import ListenError, StandIn
from aibwatch.simulator.world import World

from .support import NORTH, UBUNTU, Clock, Rig, scenario

Open = Callable[..., Awaitable[Rig]]


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1", "example.com", ""])
async def test_it_listens_on_loopback_only(host: str) -> None:
    clock = Clock()
    with pytest.raises(ListenError, match=r"loopback only; use 127\.0\.0\.1"):
        await StandIn(scenario(), clock.now, clock.pause).start(host)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "localhost"])
async def test_it_says_where_it_listens(host: str) -> None:
    clock = Clock()
    stand_in = StandIn(World(scenario(), clock.now), clock.now, clock.pause)
    base = await stand_in.start(host)
    try:
        assert base.startswith(f"http://{host}:")
        async with aiohttp.ClientSession() as session, session.get(f"{base}/_stand-in/runs") as response:
            assert (response.status, await response.json()) == (200, [])
    finally:
        await stand_in.close()


async def test_a_port_that_is_taken_is_an_error(rig: Open) -> None:
    one = await rig()
    clock = Clock()
    second = StandIn(scenario(), clock.now, clock.pause)
    with pytest.raises(OSError, match="address already in use"):
        await second.start("127.0.0.1", int(one.base.rsplit(":", 1)[1]))


async def test_it_speaks_tls_under_its_own_authority(tmp_path: Path) -> None:
    certificate, key, authority = self_signed(tmp_path / "tls")
    assert key.stat().st_mode & 0o077 == 0
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(certificate, key)
    trusting = ssl.create_default_context(cafile=str(authority))
    clock = Clock()
    stand_in = StandIn(default_scenario(), clock.now, clock.pause)
    base = await stand_in.start("127.0.0.1", ssl_context=served)
    port = base.rsplit(":", 1)[1]
    try:
        async with aiohttp.ClientSession() as session:
            for name in ("127.0.0.1", "localhost"):
                async with session.get(f"https://{name}:{port}/_stand-in/runs", ssl=trusting) as response:
                    assert response.status == 200
            with pytest.raises(aiohttp.ClientConnectorCertificateError):
                await session.get(f"https://127.0.0.1:{port}/_stand-in/runs")
    finally:
        await stand_in.close()


async def test_what_was_asked_can_be_read(rig: Open) -> None:
    one = await rig()
    await one.arm("GET", UBUNTU)
    await one.arm("POST", f"{NORTH}/run")
    asked = [(e["method"], e["operation"], e["region"], e["status"]) for e in await one.requests()]
    assert asked == [("GET", "token", "", 200), ("GET", "get", "westeurope", 200), ("POST", "run", "northeurope", 202)]
    assert (await one.requests())[1]["path"] == UBUNTU
    assert (await one.requests())[1]["time"] == "2026-03-02T10:00:00.250000+00:00"


async def test_the_account_of_requests_is_bounded(rig: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "MAX_ENTRIES", 3)
    one = await rig()
    for _ in range(4):
        await one.arm("GET", UBUNTU + "x" * 1000)
    answer = await one.plain("GET", "/_stand-in/requests")
    assert [len(entry["path"]) for entry in answer.json] == [journal.MAX_PATH] * 3
    assert answer.headers["X-Stand-In-Dropped"] == "2"


async def test_the_account_of_runs_is_exact(rig: Open) -> None:
    one = await rig()
    for path in (UBUNTU, NORTH, UBUNTU):
        await one.arm("POST", f"{path}/run")
    runs = await one.runs()
    assert [(run["template"].rsplit("/", 1)[1], run["by"], run["state"]) for run in runs] == [
        ("ubuntu-weu", "request", "Running"),
        ("ubuntu-neu", "request", "Running"),
    ]
    assert runs[0]["started"] == ((await one.last_run()) or {})["startTime"]


async def test_many_who_ask_at_once_start_one_run(rig: Open) -> None:
    one = await rig()
    answers = await asyncio.gather(*(one.arm("POST", f"{UBUNTU}/run") for _ in range(50)))
    assert sorted(answer.status for answer in answers) == [202, *[409] * 49]
    assert len(await one.runs()) == 1


async def _post(one: Rig, sent: object) -> tuple[int, dict[str, object]]:
    answer = await one.plain("POST", "/_stand-in/trouble", data=json.dumps(sent).encode())
    return answer.status, answer.json


async def test_a_trouble_can_be_added_and_ended_while_it_runs(rig: Open) -> None:
    one = await rig()
    one.clock.advance(100)
    assert await _post(one, {"region": "westeurope", "answer": "500", "for": 10}) == (201, {"trouble": 0})
    assert (await one.arm("GET", UBUNTU)).status == 500
    one.clock.advance(10)
    assert (await one.arm("GET", UBUNTU)).status == 200
    assert (await _post(one, {"region": "*", "answer": "500"}))[0] == 201
    assert (await one.arm("GET", NORTH)).status == 500
    assert (await one.plain("DELETE", "/_stand-in/trouble")).json == {"ended": 1}
    assert (await one.arm("GET", NORTH)).status == 200


async def test_a_trouble_cannot_be_added_to_the_past(rig: Open) -> None:
    one = await rig()
    await one.arm("POST", f"{UBUNTU}/run")
    one.clock.advance(700)
    await _post(one, {"region": "*", "answer": "dies-in-building", "from": 0})
    assert ((await one.last_run()) or {})["runState"] == "Succeeded"


async def test_ending_troubles_takes_back_what_was_still_to_come(rig: Open) -> None:
    one = await rig('[[trouble]]\nanswer = "500"\nfrom = 100\n[[trouble]]\nanswer = "503"\nto = 5')
    one.clock.advance(10)
    assert (await one.plain("DELETE", "/_stand-in/trouble")).json == {"ended": 1}
    one.clock.advance(100)
    assert (await one.arm("GET", UBUNTU)).status == 200


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"answer": "teapot"}, "answer: 'teapot' is none of 500, "),
        ({"answer": "500", "region": "mars"}, "region: no template lives in 'mars'"),
        ({"answer": "500", "colour": "red"}, "colour: is not a key here"),
        ([], "this is no object"),
    ],
)
async def test_a_trouble_nobody_understands_is_refused(rig: Open, sent: object, said: str) -> None:
    status, body = await _post(await rig(), sent)
    assert status == 400
    assert said in str(body["mistakes"])


async def test_an_unknown_drill_path_says_what_is_known(rig: Open) -> None:
    one = await rig()
    for method, path in (("GET", "/_stand-in/"), ("PUT", "/_stand-in/trouble"), ("GET", "/_stand-in/../x")):
        assert (await one.plain(method, path)).status in (401, 404)
    assert (await one.plain("POST", "/_stand-in/trouble", data=b"{")).status == 400
