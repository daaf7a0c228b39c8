"""Tell the past from the record, and compare it with what the live engine knew: evidence, score, verdicts and gates."""

import asyncio
import random
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from aibwatch.backtest.play import Conduct
from aibwatch.backtest.scene import GROUP, PRIMARY, moment
from aibwatch.backtest.variant import vary
from aibwatch.backtest.world import World
from aibwatch.core.events import ClockStepped, JournalRecovered, Observed, Paused, Started, Ticked
from aibwatch.core.judging import regional_verdicts
from aibwatch.core.model import Mode
from aibwatch.core.news import is_news
from aibwatch.core.policy import Setup
from aibwatch.core.recall import memory_of
from aibwatch.core.replay import Silence
from aibwatch.core.state import State
from aibwatch.runtime import past, trace
from aibwatch.runtime.codec import CodecError
from aibwatch.runtime.journal import Journal
from aibwatch.runtime.past import MOST_ASKING, LookingError, NotOnRecordError, PastReader, reconstruct
from aibwatch.runtime.recorder import Recorder
from aibwatch.runtime.store import MOMENTS, Store
from aibwatch.runtime.trace import KEEP_PAST, Told, TooMuchError
from aibwatch.views import explain
from aibwatch.views.past import ONLY_THEN, Past, group_as_dict, region_as_dict
from tests.clocks import others_first
from tests.core.builders import MINUTE, T0, WEST, Play, at

from .chronicle import Chronicle

WORLDS: Mapping[str, Mapping[str, object]] = {
    "an outage that is left": {
        "horizon_minutes": 60,
        "conditions": [
            {"what": "read_probe", "from": 0, "to": 40, "answer": "service"},
            {"what": "canary", "from": 0, "to": 40, "answer": "service", "takes_minutes": 1},
        ],
        "runs": [{"ended": 2, "template": "a", "shares": "x", "class": "service"}],
    },
    "builds that fail while reads are well": {
        "horizon_minutes": 90,
        "conditions": [
            {"what": "canary", "from": 0, "to": 60, "answer": "service", "takes_minutes": 7},
            {"what": "event", "from": 12, "to": 70, "service": "image_builder"},
        ],
        "runs": [
            {"ended": 3, "template": "a", "shares": "x", "class": "service"},
            {"ended": 5, "template": "b", "shares": "y", "class": "ambiguous"},
        ],
    },
    "a mistake of the customer's": {
        "horizon_minutes": 60,
        "runs": [
            {"ended": 1, "template": "a", "shares": "x", "class": "ambiguous"},
            {"ended": 3, "template": "b", "shares": "x", "class": "ambiguous"},
            {"ended": 6, "template": "c", "shares": "x", "class": "ambiguous"},
        ],
    },
    "no way out": {
        "horizon_minutes": 40,
        "conditions": [
            {"what": "read_probe", "from": 4, "to": 20, "answer": "network"},
            {"what": "controls", "from": 4, "to": 20, "answer": "network"},
            {"what": "secondary_probe", "from": 4, "to": 20, "answer": "network"},
        ],
    },
    "trouble in two regions": {
        "horizon_minutes": 40,
        "conditions": [
            {"what": "read_probe", "from": 0, "answer": "service"},
            {"what": "other_regions", "from": 2, "answer": "service", "regions": 1},
        ],
    },
    "a machine that freezes": {
        "horizon_minutes": 60,
        "conditions": [
            {"what": "read_probe", "from": 0, "answer": "service"},
            {"what": "canary", "from": 0, "answer": "service", "takes_minutes": 1},
            {"what": "observer_frozen", "from": 6, "to": 20},
        ],
    },
    "a clock that jumps": {
        "horizon_minutes": 40,
        "conditions": [
            {"what": "read_probe", "from": 0, "answer": "service"},
            {"what": "clock_trouble", "from": 8, "to": 15},
        ],
    },
    "held by a pause, a mode and a freeze": {
        "horizon_minutes": 60,
        "conditions": [
            {"what": "read_probe", "from": 0, "answer": "service"},
            {"what": "canary", "from": 0, "answer": "service", "takes_minutes": 1},
            {"what": "closed_gate", "from": 0, "to": 25, "gate": "paused"},
            {"what": "closed_gate", "from": 5, "to": 30, "gate": "mode_allows"},
            {"what": "closed_gate", "from": 10, "to": 35, "gate": "frozen"},
        ],
    },
    "a peer, maintenance and a secondary that is not ready": {
        "horizon_minutes": 60,
        "conditions": [
            {"what": "read_probe", "from": 0, "to": 30, "answer": "service"},
            {"what": "peer", "from": 0, "to": 40, "says": "agree"},
            {"what": "maintenance", "from": 5, "to": 20},
            {"what": "secondary_readiness", "from": 0, "answer": "not_ready"},
        ],
        "runs": [{"ended": 2, "template": "a", "class": "service"}, {"ended": 30, "template": "b", "class": "ok"}],
    },
}

LOOKS = 6
"""Moments compared in each play."""


def a_world(name: str, **changes: object) -> World:
    return World.model_validate({"id": name, **WORLDS[name], **changes})


@pytest.fixture
def chronicle(tmp_path: Path) -> Iterator[Callable[..., Chronicle]]:
    opened: list[Chronicle] = []

    def play(world: World, conduct: Conduct | None = None) -> Chronicle:
        opened.append(Chronicle(world, tmp_path, conduct))
        opened[-1].run()
        return opened[-1]

    yield play
    for one in opened:
        one.store.close()


@pytest.mark.parametrize("number", [0, 3])
@pytest.mark.parametrize("name", WORLDS)
def test_the_past_is_what_the_live_engine_knew(name: str, number: int, chronicle: Callable[..., Chronicle]) -> None:
    # In some variants observations come twice and in disorder, and the daemon is restarted.
    played = chronicle(*vary(a_world(name), number))
    askable = [look for look in played.looks if look.at <= played.now]  # not what a wrong clock took for now
    looks = random.Random(f"{name}/{number}").sample(askable, LOOKS)  # any moments will do
    for look in looks:
        told = played.past(look.at)
        assert (told.state, told.setup, told.silence) == (look.state, look.setup, None), look.at
        live = explain.group_as_dict(look.state, look.setup, GROUP, look.at)
        then = group_as_dict(told, GROUP, look.setup, (), look.at)
        assert {key: then[key] for key in live if key != "text"} == {k: v for k, v in live.items() if k != "text"}
        assert explain.group_account(look.state, look.setup, GROUP, look.at) in str(then["text"])


def test_what_is_told_of_a_region_is_what_was_said_of_it(chronicle: Callable[..., Chronicle]) -> None:
    played = chronicle(a_world("an outage that is left"))
    look = next(look for look in played.looks if regional_verdicts(look.state)[PRIMARY].kind == "confirming")
    told = region_as_dict(played.past(look.at), PRIMARY, look.setup, (), look.at)
    live = explain.region_as_dict(look.state, look.setup, PRIMARY, look.at)
    assert [told[key] for key in ("evidence", "score", "verdict", "why")] == [
        live[key] for key in ("evidence", "score", "verdict", "why")
    ]
    assert (told["reconstructed"], told["at"], told["limits"]) == (True, look.at.isoformat(), [ONLY_THEN])


def test_while_the_machine_was_frozen_nothing_is_made_up(chronicle: Callable[..., Chronicle]) -> None:
    played = chronicle(a_world("a machine that freezes"))
    told = played.past(moment(15))
    assert told.silence is not None
    assert (told.silence.since < moment(6), told.silence.until >= moment(20), told.ended_by) == (True, True, "")
    text = str(group_as_dict(told, GROUP, told.setup, (), moment(30))["text"])
    assert "the host or the program stood still; the state is the one at its beginning" in text


def test_while_the_daemon_was_down_it_says_so(chronicle: Callable[..., Chronicle]) -> None:
    world = a_world("an outage that is left")
    played = chronicle(world, Conduct(restart_at=20.0))
    down = Scribe(played.store)
    down.tell(Started(), moment(90))
    told = reconstruct(down.rows(moment(75)), moment(75))
    assert told.silence == Silence(since=played.told_at[-1], until=moment(90))
    assert "aibwatch was not running" in told.ended_by


class Scribe:
    """The journal under a story of the core."""

    def __init__(self, store: Store) -> None:
        self.journal = Journal(store)
        self.play = Play()

    def tell(self, event: object, now: datetime, *, lost_since: datetime | None = None) -> None:
        before, self.play.now = self.play.state, now
        decision = self.play.tell(event)  # type: ignore[arg-type]  # whatever the test tells
        seen = event.observations if isinstance(event, Observed) else ()
        self.journal.record(
            at=now,
            memory=memory_of(decision.state),
            observations=[o for o in seen if is_news(before.window, o)],
            notes=decision.notes,
            told=Told(
                event=event,  # type: ignore[arg-type]  # the same
                before=before,
                after=decision.state,
                setup=self.play.setup,
                lost_since=lost_since,
            ),
        )

    def poll(self, now: datetime) -> None:
        self.tell(Observed(observations=self.play.world.polls(now)), now)

    def rows(self, moment: datetime) -> trace.Rows:
        rows = self.journal.past(moment)
        assert rows is not None
        return rows

    def past(self, moment: datetime) -> Past:
        return reconstruct(self.rows(moment), moment)


@pytest.fixture
def scribe(store: Store) -> Scribe:
    scribe = Scribe(store)
    scribe.tell(Started(), T0)
    for beat in range(1, 11):
        scribe.poll(at(beat / 2))
    return scribe


def test_polls_that_said_nothing_new_are_told_to_the_second(scribe: Scribe) -> None:
    text = explain.region_as_text(*_state_and_setup(scribe.past(at(4.25))), WEST, at(4.25))
    assert "answered 15 s ago" in text


def _state_and_setup(past: Past) -> tuple[State, Setup]:
    return past.state, past.setup


def test_the_configuration_of_then_is_used_and_the_difference_is_told(scribe: Scribe) -> None:
    before = scribe.play.setup
    spec = before.groups["base"]
    shadow = replace(spec, policy=replace(spec.policy, mode=Mode.SHADOW))
    scribe.play.setup = replace(before, groups={"base": shadow})
    scribe.tell(Ticked(), at(5.5))
    told = scribe.past(at(5))
    body = group_as_dict(told, "base", scribe.play.setup, (), at(6))
    assert (body["mode"], scribe.past(at(5.6)).setup) == ("auto", scribe.play.setup)
    assert "the configuration of then was used; it is not the one in force now" in str(body["text"])


def test_a_pause_is_remembered_as_it_was(scribe: Scribe) -> None:
    scribe.tell(Paused(group="base", owner="ada", reason="a release", until=at(60)), at(5.5))
    scribe.poll(at(6))
    gates = [explain.group_as_dict(*_state_and_setup(scribe.past(at(m))), "base", at(m))["gates"] for m in (5.4, 5.9)]
    paused = [next(g["state"] for g in told if g["name"] == "paused") for told in gates]  # type: ignore[attr-defined]
    assert paused == ["open", "closed"]


def test_another_version_is_told(scribe: Scribe) -> None:
    told = replace(scribe.past(at(3)), version="0.0.9")
    assert "aibwatch 0.0.9 decided then" in str(group_as_dict(told, "base", told.setup, (), at(6))["text"])


def test_quiet_polls_wait_in_memory_and_are_not_forgotten(scribe: Scribe, store: Store) -> None:
    scribe.play.world.templates.clear()  # a source reports only templates that changed
    writes: list[datetime] = []
    for beat in range(11, 31):
        before = scribe.journal._trace.waits
        scribe.poll(at(beat / 2))
        writes += [at(beat / 2)] if before and not scribe.journal._trace.waits else []
    assert 3 <= len(writes) <= 10, "one write a minute, not one a poll"
    assert scribe.past(at(15)).state.judged_at == at(15)


def test_a_moment_is_written_now_and_then(scribe: Scribe, store: Store) -> None:
    for beat in range(11, 200):
        scribe.poll(at(beat / 2))
    with store.transaction() as connection:
        written = connection.execute(MOMENTS.select()).all()
    assert [row.why for row in written] == ["started"] + ["routine"] * 6


def test_what_is_older_than_is_kept_is_let_go(scribe: Scribe) -> None:
    scribe.journal.prune(at(6) + KEEP_PAST)
    assert (scribe.journal.past(at(3)), scribe.journal.past_from()) == (None, None)


def test_after_three_quiet_days_new_observations_are_told_all_the_same(scribe: Scribe) -> None:
    scribe.play.world.templates.clear()
    days = at(4 * 24 * 60)
    scribe.tell(Ticked(), days - 3 * MINUTE)  # a moment, before all observations are let go
    scribe.journal.prune(days)
    scribe.play.world.probe[WEST] = "service"
    for beat in range(4):
        scribe.poll(days + beat * MINUTE)
    told = scribe.past(days + 3 * MINUTE)
    assert told.state.window.probes[WEST] == scribe.play.state.window.probes[WEST]


def test_an_observation_that_is_missing_is_an_error_that_says_so(scribe: Scribe) -> None:
    rows = scribe.rows(at(3))
    with pytest.raises(CodecError, match="what was seen about then is not on record any more"):
        reconstruct(replace(rows, observations=rows.observations[:2]), at(3))


def test_more_than_may_be_replayed_is_refused(scribe: Scribe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trace, "MOST_OBSERVATIONS", 10)
    with pytest.raises(TooMuchError, match="more than 10 observations or 500 events"):
        scribe.journal.past(at(5))


def test_a_state_that_cannot_be_read_is_an_error_that_says_so(scribe: Scribe, store: Store) -> None:
    rows = scribe.rows(at(3))
    with store.transaction() as connection:
        connection.execute(MOMENTS.update().values(body=zlib.compress(b'{"state": 1}')))
    with pytest.raises(CodecError, match="the state of that time on record is not readable"):
        reconstruct(scribe.rows(at(3)), at(3))
    assert reconstruct(rows, at(3)).at == at(3)


# asked for by people


@pytest.fixture
async def reader(recorder: Recorder) -> PastReader:
    scribe = Scribe(recorder._store)
    scribe.journal = recorder.journal
    scribe.tell(Started(), T0)
    for beat in range(1, 11):
        scribe.poll(at(beat / 2))
    return PastReader(recorder, lambda: at(6))


async def test_a_moment_is_told_as_people_write_it(reader: PastReader) -> None:
    assert [(await reader.at(written)).at for written in ("02:03", "3 min ago")] == [at(3), at(3)]


@pytest.mark.parametrize("written", ["1 h ago", "2026-03-01", "next week", "", "02:30", "2027-01-01", "01:00 +00:00"])
async def test_what_cannot_be_told_is_answered_with_what_can(written: str, reader: PastReader) -> None:
    with pytest.raises(NotOnRecordError, match=r"from 2026-03-02 02:00:00 UTC to now; 3 days are kept"):
        # "02:30" was yesterday: today's is in the future.
        await reader.at(written)


async def test_nothing_on_record_is_said_to_be_so(recorder: Recorder) -> None:
    with pytest.raises(NotOnRecordError, match="nothing of the past is on record yet"):
        await PastReader(recorder, lambda: T0).at("02:00")


async def test_looks_wait_for_each_other_but_not_without_end(reader: PastReader) -> None:
    asked = await asyncio.gather(*(reader.at("02:03") for _ in range(MOST_ASKING + 1)), return_exceptions=True)
    refused = [str(a) for a in asked if isinstance(a, LookingError)]
    assert refused == [f"{MOST_ASKING} others are looking at the past at this moment; try again"]
    assert len({a.at for a in asked if isinstance(a, Past)}) == 1
    assert (await reader.at("02:03")).at == at(3)


async def test_a_look_does_not_keep_the_daemon_from_its_work(
    reader: PastReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_go_on = threading.Event()

    def long_look(rows: trace.Rows, moment: datetime) -> Past:
        assert may_go_on.wait(10), "the event loop stood still"
        return reconstruct(rows, moment)

    monkeypatch.setattr(past, "reconstruct", long_look)
    asked = asyncio.create_task(reader.at("02:03"))
    await reader._recorder.call(lambda: None)
    await others_first()
    may_go_on.set()
    assert (await asked).at == at(3)


def test_a_clock_that_was_set_back_leaves_the_later_record_on_top(scribe: Scribe) -> None:
    scribe.tell(ClockStepped(seconds=-180), at(2))
    scribe.poll(at(2.5))
    scribe.poll(at(6))
    told = scribe.past(at(3))
    assert (told.state.clock_stepped_at, told.state.judged_at) == (at(2), at(2.5))
    assert "no decision is on record from 2026-03-02 02:02:30 UTC" in str(
        group_as_dict(told, "base", told.setup, (), at(7))["text"]
    )


async def test_what_came_next_is_told_of_the_group_and_its_regions(reader: PastReader, recorder: Recorder) -> None:
    told = await reader.at("02:00:10")
    followed = await reader.followed(told, ("base", WEST))
    assert [r.note.subject for r in followed] == [WEST]
    assert "learning -> healthy" in [r.note.what for r in followed] or followed[0].note.what.startswith("unseen")


def test_a_time_without_a_journal_is_lost_and_said_to_be(scribe: Scribe) -> None:
    scribe.play.tell(Ticked())
    scribe.tell(JournalRecovered(), at(20), lost_since=at(5))
    told = scribe.past(at(12))
    assert told.silence == Silence(since=at(5), until=at(20))
    assert "the journal could not be written" in told.ended_by
    assert scribe.past(at(20)).silence is None
