"""Ask peers with the regular polls, and once more before a commit."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from aiohttp import web

from aibwatch.app.daemon import make_sources
from aibwatch.config.schema import AzureSettings, Peer, Settings
from aibwatch.core.events import Event, Observed
from aibwatch.core.observation import PeerSaid, Polled, Source
from aibwatch.core.state import State
from aibwatch.runtime.polls import Polls, PollTaken
from aibwatch.sources.connection import connect
from tests.clocks import BEGUN, FakeClock
from tests.core.builders import WEST, a_group, a_setup, a_template, a_window

TROUBLED = {"troubled": True, "why": "the last 6 reads failed"}
REGIONS = [{"name": "westeurope", "own_view": TROUBLED}, {"name": "francecentral", "own_view": TROUBLED}]


@dataclass
class Bench:
    """Polls of one peer that answers and one that does not, and of an Azure that does not either."""

    polls: Polls
    asked: list[str]
    found: list[object] = field(default_factory=list)
    taken: list[PollTaken] = field(default_factory=list)


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    asked: list[str] = []

    async def status(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.json_response({"schema": 1, "regions": REGIONS})

    application = web.Application()
    application.router.add_get("/api/v1/status", status)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    settings = Settings(
        azure=AzureSettings(arm_endpoint="http://127.0.0.1:9"),
        peer=(
            Peer(name="north", url=f"http://127.0.0.1:{runner.addresses[0][1]}"),
            Peer(name="dead", url="http://127.0.0.1:9"),
        ),
    )
    clock = FakeClock()
    arm = connect(settings.azure, now=clock.now, on_request=lambda _: None)
    state = State(awake_since=BEGUN, window=a_window(a_template(), now=BEGUN))
    found: list[object] = []
    taken: list[PollTaken] = []

    async def put(event: Event) -> None:
        assert isinstance(event, Observed)
        found.extend(event.observations)

    polls = Polls(
        make_sources(settings, arm, clock),
        clock=clock,
        setup=lambda: a_setup(a_group()),
        state=lambda: state,
        put=put,
        taken=taken.append,
    )
    yield Bench(polls, asked, found, taken)
    await arm.close()
    await runner.cleanup()


async def test_each_peer_is_a_poll_and_only_regions_of_our_groups_are_heard(bench: Bench) -> None:
    await bench.polls.peers()
    word = PeerSaid(at=BEGUN, peer="north", region=WEST, troubled=True, why="the last 6 reads failed")
    assert [o for o in bench.found if isinstance(o, PeerSaid)] == [word]
    assert sorted((taken.source, taken.failed) for taken in bench.taken) == [(Source.PEER, False), (Source.PEER, True)]


async def test_a_peer_that_does_not_answer_is_a_failed_poll_under_its_name(bench: Bench) -> None:
    await bench.polls.peers()
    polled = {o.subject: o.diagnosis.cls for o in bench.found if isinstance(o, Polled)}
    assert polled == {"north": "ok", "dead": "network"}


async def test_peers_are_asked_once_more_before_a_commit(bench: Bench) -> None:
    await bench.polls.afresh(())
    assert bench.asked == ["/api/v1/status"]
