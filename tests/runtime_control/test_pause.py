"""Hold moves back for a while over real HTTP, and let them go on."""

from datetime import timedelta

import pytest

from aibwatch.core.decision import NoteKind
from aibwatch.core.state import Pause
from aibwatch.runtime.control import LONGEST_PAUSE

from .support import ORDER, TOKEN, Site, Told

PAUSE = {**ORDER, "for": "2h"}


async def order(site: Site, verb: str, json: object, token: str | None = TOKEN) -> Told:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    return await site.post(f"/api/v1/groups/web/{verb}", headers, json=json)


async def pause_of(site: Site) -> Pause | None:
    await site.phase("web")
    return site.loop.state.groups["web"].pause


async def test_a_pause_names_its_end_its_owner_and_its_reason(site: Site) -> None:
    told = await order(site, "pause", PAUSE)
    until = site.clock.now() + timedelta(hours=2)
    assert (told.status, await pause_of(site)) == (202, Pause(owner="ann", reason="the gallery was full", until=until))
    assert f"before {until:%Y-%m-%d %H:%M} UTC; watching goes on" in told.text


async def test_a_pause_is_on_record_and_told(site: Site) -> None:
    await order(site, "pause", PAUSE)
    (note,) = [r.note for r in await site.notes() if r.note.kind is NoteKind.PAUSE]
    assert (note.subject, note.why, note.loud) == ("web", "by ann: the gallery was full", True)


async def test_a_pause_can_be_ended_before_its_time(site: Site) -> None:
    await order(site, "pause", PAUSE)
    await pause_of(site)
    assert ((await order(site, "resume", ORDER)).status, await pause_of(site)) == (202, None)


async def test_who_resumes_what_is_not_paused_is_told(site: Site) -> None:
    told = await order(site, "resume", ORDER)
    assert (told.status, told.said) == (409, "web is not paused")


@pytest.mark.parametrize("length", [None, "", "soon", "0s", "-1h", 7, f"{LONGEST_PAUSE.days}d1s"])
async def test_a_pause_without_a_sensible_length_is_refused_with_the_reason(site: Site, length: object) -> None:
    told = await order(site, "pause", {**ORDER, "for": length})
    assert (told.status, told.text[:5], await pause_of(site)) == (400, "for: ", None)


@pytest.mark.parametrize("verb", ["pause", "resume"])
async def test_orders_need_the_token_and_say_who_and_why(site: Site, verb: str) -> None:
    assert (await order(site, verb, PAUSE, token="wrong-wrong-wrong")).status == 401
    assert (await order(site, verb, {"for": "2h"})).status == 400
    assert await pause_of(site) is None
