"""Ask over real HTTP for what is on record of moves and incidents."""

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from sqlalchemy import text

from aibwatch.core.decision import Note, NoteKind
from aibwatch.core.incident import Incident
from aibwatch.core.policy import Setup
from aibwatch.core.recall import Memory, memory_of
from aibwatch.core.state import State
from aibwatch.runtime import accounts as accounts_module
from aibwatch.runtime.accounts import Accounts
from aibwatch.runtime.recorder import Recorder
from aibwatch.runtime.records import Records
from tests.core.builders import (
    T0,
    WEST,
    Play,
    a_call,
    a_diagnosis,
    a_group_state,
    a_move,
    a_probe,
    a_setup,
    a_window,
    an_event,
    at,
)

NOTE = Note(kind=NoteKind.HOST, subject="host", what="clock jumped", why="by +9 s")
INCIDENT = Incident(
    id="westeurope-1", region=WEST, opened_at=at(2), why="so it is", confirmed_at=at(5), closed_at=at(60)
)


@dataclass
class Site:
    """The pages of the record, and what they are made from."""

    recorder: Recorder
    state: State
    setup: Setup
    now: datetime
    base: str = ""

    async def get(self, path: str) -> tuple[int, str]:
        async with aiohttp.ClientSession() as session, session.get(f"{self.base}/api/v1/{path}") as answer:
            return answer.status, await answer.text()

    async def json(self, path: str) -> Any:
        status, told = await self.get(path)
        assert status == 200, told
        return json.loads(told)

    def record(self, *notes: Note, minute: float = 9, seen: tuple[Any, ...] = (), memory: Memory | None = None) -> None:
        known = memory or memory_of(self.state)
        self.recorder.journal.record(at=at(minute), memory=known, observations=seen, notes=notes)


@pytest.fixture
async def site(recorder: Recorder) -> AsyncIterator[Site]:
    site = Site(recorder, State(awake_since=T0, window=a_window(a_probe())), a_setup(), at(120))
    accounts = Accounts(recorder, state=lambda: site.state, setup=lambda: site.setup, now=lambda: site.now)
    pages = Records(recorder, accounts, state=lambda: site.state, now=lambda: site.now)
    app = web.Application()
    app.add_routes(pages.routes())
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    site.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield site
    await runner.cleanup()


def moved(site: Site, **settings: object) -> None:
    """Let the group have two moves behind it, of which it remembers the second."""
    first = a_move(committed_at=at(1), ended_at=at(2))
    second = a_move(activation_id="base-2", claimed_at=at(5), committed_at=at(6), ended_at=at(7))
    site.record(memory=Memory(groups={"base": a_group_state(last=first)}))
    group = a_group_state(**{"last": second, **settings})  # type: ignore[arg-type]
    site.state = State(awake_since=T0, groups={"base": group}, incidents={INCIDENT.id: INCIDENT})
    site.record()


# history


async def test_history_may_be_asked_for_one_subject(site: Site) -> None:
    other = Note(kind=NoteKind.HOST, subject="other", what="x", why="y")
    site.record(NOTE, other)
    assert [e["what"] for e in (await site.json("history?subject=host"))["history"]] == ["clock jumped"]


async def test_history_has_a_line_a_move(site: Site) -> None:
    moved(site)
    told = await site.json("history")
    assert [move["activation_id"] for move in told["moves"]] == ["base-1", "base-2"]
    assert "failover base -> base: done, image awaited" in told["text"]
    assert (await site.json("history?subject=nobody"))["moves"] == []


async def test_a_record_that_cannot_be_read_is_told(site: Site) -> None:
    with site.recorder._store.transaction() as connection:
        connection.execute(text("DROP TABLE notes"))
    status, told = await site.get("history")
    assert (status, "the record cannot be read: " in json.loads(told)["error"]) == (503, True)


# moves


async def test_moves_are_told_beyond_what_the_group_remembers(site: Site) -> None:
    moved(site)
    told = await site.json("moves")
    assert [(move["id"], move["state"]) for move in told["moves"]] == [
        ("base-1-20260302-020000", "done, image awaited"),
        ("base-2-20260302-020500", "done, image awaited"),
    ]
    assert "incomplete" not in told


async def test_where_the_record_cannot_be_read_the_remembered_moves_are_told(site: Site) -> None:
    moved(site)
    with site.recorder._store.transaction() as connection:
        connection.execute(text("DROP TABLE moves"))
    told = await site.json("moves")
    assert [move["activation_id"] for move in told["moves"]] == ["base-2"]
    assert told["incomplete"].startswith("only what is remembered: ")
    assert (await site.json("moves/base-2"))["activation_id"] == "base-2"


async def test_moves_that_this_version_cannot_read_are_said_to_be_missing(site: Site) -> None:
    moved(site)
    with site.recorder._store.transaction() as connection:
        connection.execute(text("UPDATE moves SET body = '{}' WHERE activation_id = 'base-1'"))
    told = await site.json("moves")
    assert [move["activation_id"] for move in told["moves"]] == ["base-2"]
    assert told["incomplete"] == "1 move on record not readable by this version"


async def test_a_move_is_told_with_the_notes_of_its_time(site: Site) -> None:
    moved(site)
    early = Note(kind=NoteKind.PHASE, subject="base", what="early", why="long before")
    site.record(early, minute=-60)
    site.record(Note(kind=NoteKind.PHASE, subject="base", what="held", why="a gate closed"), minute=1)
    site.record(Note(kind=NoteKind.PHASE, subject="other", what="held", why="its own"), minute=1)
    told = await site.json("moves/base-1-20260302-020000")
    assert [entry["why"] for entry in told["timeline"]] == ["a gate closed"]
    assert told["schema"] == 1


async def test_the_report_of_a_move_is_markdown(site: Site) -> None:
    moved(site)
    async with aiohttp.ClientSession() as session, session.get(f"{site.base}/api/v1/moves/base-2/report") as answer:
        assert (answer.status, answer.content_type) == (200, "text/markdown")
        assert (await answer.text()).startswith("# Failover of base, 2026-03-02\n\nbase failed over ")


async def test_an_unknown_move_is_answered_with_those_there_are(site: Site) -> None:
    moved(site)
    known = "there is no move 'x'; there are: base-1-20260302-020000, base-2-20260302-020500\n"
    assert [await site.get(f"moves/x{more}") for more in ("", "/report")] == [(404, known), (404, known)]


# incidents


async def test_incidents_are_told_oldest_first_with_a_line_each(site: Site) -> None:
    moved(site)
    told = await site.json("incidents")
    assert [i["id"] for i in told["incidents"]] == ["westeurope-1"]
    assert told["text"].startswith("westeurope-1  Trouble of Image Builder in westeurope since 2026-03-02 02:02:00 UTC")


async def test_an_incident_is_told_with_all_that_was_seen_in_its_region_in_its_time(site: Site) -> None:
    moved(site)
    ids = ("x-ms-correlation-request-id c1",)
    failed = a_probe(cls="service", when=at(3))
    failed = replace(failed, diagnosis=replace(failed.diagnosis, ids=ids))
    seen = (failed, a_call(called=4), an_event(when=at(5)), a_probe(cls="service", when=at(-120)))
    site.record(seen=seen[:3], minute=5)
    site.record(seen=seen[3:], minute=-120)
    told = await site.json("incidents/westeurope-1")
    assert [(f["what"], f["ids"]) for f in told["failures"]] == [
        ("read of a template", list(ids)),
        ("call to run base", ["correlation id c0ffee"]),
    ]
    assert (told["tracking_ids"], told["region"], told["cut"]) == (["VT60-RPZ"], "westeurope", False)
    assert [o["type"] for o in told["observations"]] == ["probed", "call_failed", "event_seen"]


async def test_more_than_is_read_is_said_to_be_cut(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts_module, "SEEN", 2)
    moved(site)
    site.record(seen=(a_probe(when=at(3)), a_probe(when=at(4)), a_probe(when=at(5))), minute=5)
    told = await site.json("incidents/westeurope-1")
    assert (told["cut"], "the last of it is left out" in told["text"]) == (True, True)


async def test_an_unknown_incident_is_answered_with_those_there_are(site: Site) -> None:
    moved(site)
    assert await site.get("incidents/x") == (404, "there is no incident 'x'; there are: westeurope-1\n")


async def test_an_incident_whose_record_cannot_be_read_is_said_to_be_so(
    site: Site, lock: Callable[[bool], None]
) -> None:
    moved(site)
    with site.recorder._store.transaction() as connection:
        connection.execute(text("DROP TABLE observations"))
    status, told = await site.get("incidents/westeurope-1")
    assert (status, told.startswith("the record cannot be read: ")) == (503, True)


async def test_a_whole_story_is_told(site: Site) -> None:
    play = Play()
    play.break_region()
    play.run(20)
    site.state, site.now = play.state, play.now
    site.record(*play.said, minute=10)
    (found,) = (await site.json("incidents"))["incidents"]
    told = await site.json(f"incidents/{found['id']}")
    assert [move["activation_id"] for move in told["moves"]] == ["base-1"]
    assert any("-> outage" in entry["what"] for entry in told["history"])
    assert a_diagnosis("service").summary in told["text"]
