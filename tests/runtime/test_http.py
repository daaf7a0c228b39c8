"""Ask the daemon's pages over real HTTP."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import aiohttp
import pytest

from aibwatch.core.decision import Reply
from aibwatch.core.events import Ordered, Reset, Started
from aibwatch.core.policy import Setup
from aibwatch.core.recall import memory_of
from aibwatch.core.state import State
from aibwatch.runtime.accounts import Accounts
from aibwatch.runtime.http import Http, Served
from aibwatch.runtime.metrics import Metrics
from aibwatch.runtime.pages_http import Pages
from aibwatch.runtime.past import PastReader
from aibwatch.runtime.recorder import Recorder
from aibwatch.runtime.records import Records
from aibwatch.runtime.trace import Told
from tests.core.builders import BASE_NORTH, BASE_WEST, T0, Play, a_group_state, a_setup
from tests.runtime_control.support import a_control

TOKEN = "a-token-that-is-long-enough"
ORDER = {"owner": "ada", "reason": "looked at it"}


@dataclass
class Site:
    """A server, and what it serves."""

    state: State
    setup: Setup
    now: datetime
    decided_at: datetime
    ready: bool = True
    orders: list[Ordered] = field(default_factory=list)
    base: str = ""

    async def order(self, order: Ordered) -> Reply:
        self.orders.append(order)
        return Reply(text="as you say")

    async def get(self, path: str, **headers: str) -> tuple[int, str, str]:
        return await self.ask("GET", path, headers=headers)

    async def ask(self, method: str, path: str, **settings: Any) -> tuple[int, str, str]:
        async with aiohttp.ClientSession() as session, session.request(method, self.base + path, **settings) as answer:
            return answer.status, answer.headers["Content-Type"], await answer.text()

    async def json(self, path: str) -> Any:
        status, kind, text = await self.get(path)
        assert (status, kind) == (200, "application/json; charset=utf-8"), text
        return json.loads(text)


@cache
def a_story() -> Play:
    """Return a state after a failover; played once, because nothing here changes it."""
    play = Play()
    play.break_region()
    return play.run(20)


@pytest.fixture
async def site(recorder: Recorder) -> AsyncIterator[Site]:
    """A daemon's pages after a failover."""
    play = a_story()
    site = Site(state=play.state, setup=play.setup, now=play.now, decided_at=play.now)
    metrics = Metrics(lambda: site.now)
    metrics.expose(lambda: site.state, lambda: site.setup)
    served = Served(
        state=lambda: site.state,
        setup=lambda: site.setup,
        now=lambda: site.now,
        ready=lambda: site.ready,
        decided_at=lambda: site.decided_at,
        registry=metrics.registry,
        past=PastReader(recorder, lambda: site.now),
        instance="5ca1ab1e",
    )
    control = a_control(
        TOKEN, state=lambda: site.state, setup=lambda: site.setup, order=site.order, now=lambda: site.now
    )
    accounts = Accounts(recorder, state=lambda: site.state, setup=lambda: site.setup, now=lambda: site.now)
    records = Records(recorder, accounts, state=lambda: site.state, now=lambda: site.now)
    pages = Pages(accounts, state=lambda: site.state, setup=lambda: site.setup, now=lambda: site.now)
    http = Http(served, [*records.routes(), *control.routes(), *pages.routes()])
    site.base = await http.start("127.0.0.1", 0)
    yield site
    await http.stop()


async def test_the_status_says_which_daemon_it_is_and_what_it_sees_by_itself(site: Site) -> None:
    told = await site.json("/api/v1/status")
    assert told["instance"] == "5ca1ab1e"
    assert {region["name"]: region["own_view"]["troubled"] for region in told["regions"]} == {
        "northeurope": False,
        "westeurope": True,
    }


async def test_metrics_are_text_or_what_the_scraper_asks_for(site: Site) -> None:
    plain = await site.get("/metrics")
    opened = await site.get("/metrics", Accept="application/openmetrics-text; version=1.0.0")
    assert (plain[0], plain[1].partition(";")[0]) == (200, "text/plain")
    assert (opened[0], opened[1].partition(";")[0]) == (200, "application/openmetrics-text")
    assert opened[2].endswith("# EOF\n")


async def test_it_is_healthy_until_the_loop_is_stuck(site: Site) -> None:
    healthy = await site.get("/-/healthy")
    site.now = site.decided_at + timedelta(seconds=31)
    stuck = await site.get("/-/healthy")
    assert healthy == (200, "text/plain; charset=utf-8", "healthy\n")
    assert stuck == (503, "text/plain; charset=utf-8", "no decision for 31 s\n")


async def test_it_is_ready_when_the_first_polls_are_in(site: Site) -> None:
    ready = await site.get("/-/ready")
    site.ready = False
    assert (ready[0], ready[2], *(await site.get("/-/ready"))[::2]) == (200, "ready\n", 503, "starting\n")


async def test_active_is_the_id_alone(site: Site) -> None:
    assert await site.get("/api/v1/groups/base/active") == (200, "text/plain; charset=utf-8", BASE_NORTH)


@pytest.mark.parametrize(
    ("path", "keys"),
    [
        ("status", {"schema", "at", "severity", "headline", "regions", "groups", "text"}),
        ("groups", {"schema", "groups"}),
        ("groups/base", {"schema", "name", "phase", "active", "epoch", "gates", "why", "text"}),
        ("regions/westeurope", {"schema", "name", "verdict", "score", "evidence", "why", "text"}),
        ("regions/WestEurope", {"schema", "name", "verdict"}),
        ("incidents", {"schema", "incidents", "text"}),
        ("incidents/westeurope-20260302-020030", {"schema", "id", "region", "failures", "history", "observations"}),
        ("moves", {"schema", "moves", "text"}),
        ("moves/base-1", {"schema", "id", "case", "steps", "timeline", "seconds", "next", "text"}),
        ("history", {"schema", "history", "moves", "text"}),
    ],
)
async def test_every_report_is_json_of_schema_1(path: str, keys: set[str], site: Site) -> None:
    told = await site.json(f"/api/v1/{path}")
    assert (told["schema"], keys - told.keys()) == (1, set())


@pytest.mark.parametrize("path", ["status", "groups", "groups/base", "incidents", "moves"])
async def test_every_report_is_there_before_anything_was_decided(path: str, site: Site) -> None:
    site.state = State(awake_since=T0)
    assert (await site.json(f"/api/v1/{path}"))["schema"] == 1


async def test_before_anything_was_decided_the_primary_is_active_and_the_page_is_there(site: Site) -> None:
    site.state = State(awake_since=T0)
    assert (await site.get("/api/v1/groups/base/active"))[2] == BASE_WEST
    assert (await site.get("/"))[0] == (await site.get("/metrics"))[0] == 200


async def test_a_move_is_told_from_claim_to_image(site: Site) -> None:
    (move,) = (await site.json("/api/v1/moves"))["moves"]
    told = {key: move[key] for key in ("activation_id", "from", "to", "epoch", "failed")}
    assert told == {"activation_id": "base-1", "from": BASE_WEST, "to": BASE_NORTH, "epoch": 1, "failed": False}
    assert [step["result"] for step in move["steps"]] == ["applied"]


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("groups/nobody", "there is no group 'nobody'; there are: base\n"),
        ("groups/nobody/active", "there is no group 'nobody'; there are: base\n"),
        ("groups/%3Cscript%3E", "there is no group '<script>'; there are: base\n"),
        ("regions/atlantis", "there is no region 'atlantis'; there are: northeurope, westeurope\n"),
        ("moves/base-9", "there is no move 'base-9'; there are: base-1-20260302-020700\n"),
        ("moves/base-9/report", "there is no move 'base-9'; there are: base-1-20260302-020700\n"),
        ("incidents/x", "there is no incident 'x'; there are: westeurope-20260302-020030\n"),
    ],
)
async def test_an_unknown_name_is_answered_with_the_names_there_are(path: str, told: str, site: Site) -> None:
    assert await site.get(f"/api/v1/{path}") == (404, "text/plain; charset=utf-8", told)


async def test_without_groups_the_404_says_that_there_are_none(site: Site) -> None:
    site.setup = Setup(groups={})
    assert (await site.get("/api/v1/groups/base"))[2] == "there is no group 'base'; there are: none\n"


@pytest.mark.parametrize("what", ["groups/base", "regions/westeurope"])
async def test_the_past_is_asked_for_by_its_time(what: str, site: Site, recorder: Recorder) -> None:
    remember(site, recorder)
    body = await site.json(f"/api/v1/{what}?at={site.now:%H:%M:%S}")
    assert (body["schema"], body["reconstructed"], body["seen_at"]) == (1, True, body["at"])
    assert body["text"].startswith(f"{what.partition('/')[2]} as it stood at 2026-03-02 ")
    assert {"What came next", "What this cannot tell"} < set(body["text"].split("\n"))


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        ("groups/base?at=tomorrow", 400, "'tomorrow' is not a time; write it like"),
        ("groups/base?at=5+h+ago", 400, "is not on record; what can be asked for goes from 2026-03-02 "),
        ("groups/nobody?at=0+s+ago", 404, "there was then no group 'nobody'; there were: base"),
        ("regions/atlantis?at=0+s+ago", 404, "there was then no region 'atlantis'; there were: northeurope, "),
    ],
)
async def test_what_cannot_be_told_of_the_past_is_said(
    path: str, status: int, told: str, site: Site, recorder: Recorder
) -> None:
    remember(site, recorder)
    answered, _, text = await site.get(f"/api/v1/{path}")
    assert (answered, told in text) == (status, True), text


def remember(site: Site, recorder: Recorder) -> None:
    """Put the state of the site on record."""
    told = Told(event=Started(), before=site.state, after=site.state, setup=site.setup)
    memory = memory_of(site.state)
    recorder.journal.record(at=site.now, memory=memory, observations=(), notes=(), told=told)


@pytest.mark.parametrize("path", ["/", "/metrics", "/api/v1/status", "/-/healthy", "/api/v1/groups/base"])
async def test_reading_pages_takes_no_orders(path: str, site: Site) -> None:
    assert (await site.ask("POST", path))[0] == 405


# orders


async def reset(site: Site, *, name: str = "base", **settings: Any) -> tuple[int, str]:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    known = {"headers": headers, "json": ORDER, **settings}
    status, _, text = await site.ask("POST", f"/api/v1/groups/{name}/reset", **known)
    return status, text


def halted(site: Site) -> None:
    site.state = State(awake_since=T0, groups={"base": a_group_state("halted")})
    site.setup = a_setup()


async def test_a_halted_group_is_reset_on_order(site: Site) -> None:
    halted(site)
    status, text = await reset(site)
    assert (status, json.loads(text)["schema"]) == (202, 1)
    assert site.orders == [Reset(group="base", owner="ada", reason="looked at it")]


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer ünï"])
async def test_an_order_without_the_token_is_refused(header: str, site: Site) -> None:
    halted(site)
    status, _ = await reset(site, headers={"Authorization": header} if header else {})
    assert (status, site.orders) == (401, [])


async def test_a_group_that_is_not_there_cannot_be_reset(site: Site) -> None:
    assert await reset(site, name="nobody") == (404, "there is no group 'nobody'; there are: base\n")


@pytest.mark.parametrize(
    "body",
    [b"", b"garbage", b"[]", b"{}", b'{"owner": "ada"}', b'{"owner": "", "reason": ""}', b'{"owner": 1}', b"\xff"],
)
async def test_an_order_must_say_who_gives_it_and_why(body: bytes, site: Site) -> None:
    halted(site)
    status, _ = await reset(site, json=None, data=body)
    assert (status, site.orders) == (400, [])
