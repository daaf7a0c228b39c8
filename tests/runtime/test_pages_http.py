"""Ask for the web pages over real HTTP."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

import aiohttp
import pytest
from aiohttp import web
from sqlalchemy import text

from aibwatch.core.policy import Setup
from aibwatch.core.recall import memory_of
from aibwatch.core.state import State
from aibwatch.runtime.accounts import Accounts
from aibwatch.runtime.pages_http import Pages
from aibwatch.runtime.recorder import Recorder
from aibwatch.views.pages.renewal import SCRIPT
from tests.core.builders import T0
from tests.views.pages.strict import Strict, read
from tests.views.stories import told

MOVE = "base-1-20260302-020900"
INCIDENT = "westeurope-20260302-020230"


@dataclass
class Site:
    """The pages, and what they are made from."""

    state: State
    setup: Setup
    now: datetime
    base: str = ""

    async def ask(self, path: str) -> tuple[aiohttp.ClientResponse, str]:
        async with aiohttp.ClientSession() as session, session.get(self.base + path) as answer:
            return answer, await answer.text()

    async def page(self, path: str, status: int = 200) -> Strict:
        answer, text = await self.ask(path)
        assert (answer.status, answer.headers["Content-Type"]) == (status, "text/html; charset=utf-8"), text
        return read(text)


@pytest.fixture
async def site(recorder: Recorder) -> AsyncIterator[Site]:
    """Pages after a failover, with what was said of it on record."""
    play = told("moved_with_image")
    for at, note in zip(play.said_at, play.said, strict=True):
        recorder.journal.record(at=at, memory=memory_of(play.state), observations=(), notes=(note,))
    site = Site(state=play.state, setup=play.setup, now=play.now)
    accounts = Accounts(recorder, state=lambda: site.state, setup=lambda: site.setup, now=lambda: site.now)
    app = web.Application()
    app.add_routes(Pages(accounts, state=lambda: site.state, setup=lambda: site.setup, now=lambda: site.now).routes())
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    site.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield site
    await runner.cleanup()


ADDRESSES = (
    "/",
    "/groups/base",
    "/regions/westeurope",
    "/regions/WestEurope",
    f"/moves/{MOVE}",
    f"/incidents/{INCIDENT}",
)


@pytest.mark.parametrize("address", ADDRESSES)
async def test_every_page_is_there_and_every_link_on_it_leads_somewhere(address: str, site: Site) -> None:
    page = await site.page(address)
    ours = {str(a["href"]).partition("#")[0] for a in page.all_of("a")}
    for link in sorted(one for one in ours if one and not one.startswith(("/api", "/metrics"))):
        await site.page(link)


async def test_the_time_line_is_that_of_the_record(site: Site) -> None:
    page = await site.page("/regions/westeurope")
    assert "then healthy for 2 min, then suspect for 60 s, then confirming for 5 min" in page.text_in("title")


@pytest.mark.parametrize("address", [*ADDRESSES, "/groups/nobody", "/icons/bad.svg"])
async def test_a_browser_may_do_nothing_with_a_page_but_show_and_renew_it(address: str, site: Site) -> None:
    answer, _ = await site.ask(address)
    policy = dict(rule.split(" ", 1) for rule in answer.headers["Content-Security-Policy"].split("; "))
    assert {name for name, value in policy.items() if value == "'none'"} == {
        "default-src", "base-uri", "form-action", "frame-ancestors"
    }  # fmt: skip
    assert policy["style-src"].startswith("'sha256-")
    assert policy["script-src"].startswith("'sha256-")
    assert (policy["connect-src"], policy["img-src"], len(policy)) == ("'self'", "'self'", 8)
    assert {name: answer.headers[name] for name in ("X-Content-Type-Options", "Referrer-Policy", "Cache-Control")} == {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
    }


@pytest.mark.parametrize(
    ("address", "headline", "instead"),
    [
        ("/groups/nobody", "There is no group nobody.", "/groups/base"),
        ("/groups/%3Cscript%3E", "There is no group <script>.", "/groups/base"),
        ("/regions/atlantis", "There is no region atlantis.", "/regions/westeurope"),
        ("/moves/base-9", "There is no move base-9.", f"/moves/{MOVE}"),
        ("/incidents/x", "There is no incident x.", f"/incidents/{INCIDENT}"),
    ],
)
async def test_an_unknown_name_is_a_page_with_the_names_there_are(
    address: str, headline: str, instead: str, site: Site
) -> None:
    page = await site.page(address, 404)
    assert page.text_in("h1") == headline
    assert instead in [a["href"] for a in page.all_of("a")]
    assert page.text_in("script") == SCRIPT


async def test_while_the_journal_cannot_be_read_the_pages_say_so_and_are_there(site: Site, recorder: Recorder) -> None:
    with recorder._store.transaction() as connection:
        connection.execute(text("DROP TABLE notes"))
    assert "The record cannot be read" in (await site.page("/")).text_in("main")
    assert "The record cannot be read" in (await site.page(f"/moves/{MOVE}", 503)).text_in("p")


async def test_before_anything_was_decided_the_pages_are_there(site: Site) -> None:
    site.state = State(awake_since=T0)
    assert "STARTING" in (await site.page("/")).text_in("article")
    assert "Wait: the first polls are not in." in (await site.page("/groups/base")).text_in("p")
    await site.page("/regions/westeurope", 404)


async def test_a_sign_that_is_none_is_404(site: Site) -> None:
    assert [(await site.ask(f"/icons/{name}.svg"))[0].status for name in ("good", "x")] == [200, 404]
