"""Open the pages in a real browser: it complains of nothing, nothing is wider than a phone, keys lead through them.

Set AIBWATCH_PICTURES to a folder to have a picture of every page that is opened here, for somebody to look at.
"""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from aibwatch.views.pages import overview
from tests.views.pages.every import pages_of
from tests.views.pages.night import night
from tests.views.pages.seen import seen_of
from tests.views.pages.test_overview import a_fleet
from tests.views.stories import told

from .chromium import MISSING, PROGRAM, Chromium, chromium
from .stand import Stand, a_stand

pytestmark = [
    pytest.mark.slow,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(PROGRAM is None, reason=MISSING),
]

STORIES = ("quiet", "suspect", "held_by_many", "moving", "moved_with_image", "halted", "night")
PHONE, DESK = 360, 1280
HIGHEST = 4000
"""Pixels of a picture."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stand() -> AsyncIterator[Stand]:
    async with a_stand() as stand:
        yield stand


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Chromium]:
    async with chromium(tmp_path_factory.mktemp("profile")) as browser:
        yield browser


@pytest.fixture(autouse=True)
def well(stand: Stand) -> None:
    stand.broken, stand.pages = False, pages_of(told("moved_with_image"))


@pytest.mark.parametrize("story", STORIES)
async def test_the_browser_complains_of_nothing_and_nothing_is_wider_than_the_screen(
    story: str, stand: Stand, browser: Chromium
) -> None:
    stand.pages = pages_of(night() if story == "night" else told(story))
    found = {}
    async with browser.tab() as tab:
        for name in stand.pages:
            for wide, dark in ((DESK, False), (PHONE, True)):
                await tab.open(stand.address(name), wide=wide, dark=dark)
                too_wide = await tab.value("document.documentElement.scrollWidth") - wide
                found[name, wide, dark] = (max(0, too_wide), *tab.said)
                if "AIBWATCH_PICTURES" in os.environ:
                    shown = f"{story}-{name.replace(' ', '-')}-{wide}-{'dark' if dark else 'light'}.png"
                    await tab.whole(Path(os.environ["AIBWATCH_PICTURES"]) / shown, wide, HIGHEST)
    assert {page: what for page, what in found.items() if what != (0,)} == {}


async def test_light_and_dark_are_what_the_system_says(stand: Stand, browser: Chromium) -> None:
    grounds = []
    async with browser.tab() as tab:
        for dark in (False, True):
            await tab.open(stand.address("status"), dark=dark)
            grounds.append(await tab.value("getComputedStyle(document.body).backgroundColor"))
    assert grounds == ["rgb(243, 245, 248)", "rgb(15, 19, 25)"]


async def test_the_banner_is_seen_from_across_the_room(stand: Stand, browser: Chromium) -> None:
    async with browser.tab() as tab:
        await tab.open(stand.address("status"))
        size = await tab.value("parseFloat(getComputedStyle(document.querySelector('.word')).fontSize)")
        ground = await tab.value("getComputedStyle(document.querySelector('.banner')).backgroundColor")
    assert (size >= 48, ground) == (True, "rgb(168, 31, 23)")


async def test_keys_lead_first_past_the_navigation_and_then_through_every_link(stand: Stand, browser: Chromium) -> None:
    focused = "document.activeElement.textContent"
    visible = "document.activeElement.getBoundingClientRect().left >= 0"
    outlined = "getComputedStyle(document.activeElement).outlineStyle"
    async with browser.tab() as tab:
        await tab.open(stand.address("status"))
        await tab.press("Tab")
        assert (await tab.value(focused), await tab.value(visible)) == ("Skip to what is said", True)
        walked = []
        for _ in range(8):
            await tab.press("Tab")
            walked.append((await tab.value(focused), await tab.value(outlined)))
    words = [word for word, _ in walked]
    assert words[:6] == ["Status", "Regions", "Groups", "Moves", "westeurope", "northeurope"]
    assert {outline for _, outline in walked} == {"solid"}


@pytest.mark.parametrize("wide", [DESK, PHONE])
async def test_a_screen_reader_is_told_landmarks_headings_tables_and_pictures_by_name(
    wide: int, stand: Stand, browser: Chromium
) -> None:
    async with browser.tab() as tab:
        await tab.open(stand.address("status"), wide=wide)
        nodes = (await tab.ask("Accessibility.getFullAXTree"))["nodes"]
    told_of = [(n["role"]["value"], n.get("name", {}).get("value", "")) for n in nodes if not n["ignored"]]
    roles = {role for role, _ in told_of}
    assert {
        "banner",
        "navigation",
        "main",
        "contentinfo",
        "region",
        "article",
        "table",
        "columnheader",
        "image",
    } <= roles
    must = {"link", "image", "heading", "table", "region", "navigation", "columnheader"}
    assert [role for role, name in told_of if role in must and not name] == []


async def test_it_is_whole_without_scripts_and_then_renewed_by_the_browser(stand: Stand, browser: Chromium) -> None:
    async with browser.tab() as tab:
        await tab.open(stand.address("status"), script=False)
        root = (await tab.ask("DOM.getDocument", depth=-1))["root"]["nodeId"]
        seen = [
            (await tab.ask("DOM.querySelector", nodeId=root, selector=what))["nodeId"] > 0
            for what in ("noscript meta[http-equiv=refresh]", ".banner h1", "svg.line rect", "article")
        ]
    assert (seen, tab.said) == ([True] * 4, [])


async def test_with_scripts_it_is_changed_in_its_place_and_keeps_what_is_open(stand: Stand, browser: Chromium) -> None:
    fleet = a_fleet(20)
    stand.pages = {"status": overview.as_html(seen_of(fleet))}
    async with browser.tab() as tab:
        await tab.open(stand.address("status"))
        await tab.value("window.mark = 1; document.querySelector('details').open = true; undefined")
        await tab.value("document.querySelector('main a').focus()")
        fleet.break_region()
        fleet.run(20)
        stand.pages = {"status": overview.as_html(seen_of(fleet))}
        await tab.value("renew()")
        banner = await tab.value("document.querySelector('.banner').className")
        kept = await tab.value(
            "[window.mark, !!document.querySelector('details[open]'), document.activeElement.tagName]"
        )
        title = await tab.value("document.title")
    assert (banner, kept, tab.said) == ("banner bad", [1, True, "A"], [])
    assert title.startswith("aibwatch: Image Builder is down in westeurope")


async def test_a_page_that_gets_no_answer_says_that_it_is_old_until_it_gets_one(
    stand: Stand, browser: Chromium
) -> None:
    shown = "getComputedStyle(document.querySelector('.stale')).display"
    states = []
    async with browser.tab() as tab:
        await tab.open(stand.address("status"))
        for stand.broken in (False, True, False):
            await tab.value("renew()")
            states.append(await tab.value(shown))
    assert states == ["none", "block", "none"]


async def test_what_gets_in_all_the_same_does_not_run(stand: Stand, browser: Chromium) -> None:
    evil = "const s = document.createElement('script'); s.text = 'window.evil = 1'; document.body.append(s); undefined"
    async with browser.tab() as tab:
        await tab.open(stand.address("status"))
        await tab.value(evil)
        ran = await tab.value("window.evil === 1")
        sent = await tab.value("fetch('http://127.0.0.1:9/').then(() => true, () => false)")
    assert (ran, sent, any("Content Security Policy" in said for said in tab.said)) == (False, False, True)
