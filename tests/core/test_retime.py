"""Set right what is remembered with its time: by as much as the clock was set, and never later than now."""

from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import TypeVar

import pytest

from aibwatch.core.approval import Approval
from aibwatch.core.decision import NoteKind
from aibwatch.core.events import ClockStepped, Started
from aibwatch.core.incident import Incident
from aibwatch.core.model import Region
from aibwatch.core.move.move import Move, MoveKind, Step
from aibwatch.core.retime import is_ahead, retimed
from aibwatch.core.state import GroupState, State
from aibwatch.core.verdict import Verdict, VerdictKind

from .builders import BASE_NORTH, BASE_WEST, WEST, Play, at

T = TypeVar("T")

HOURS = 3 * 3600.0

NOT_OURS = {
    "claimed_at": "the move is known by it",
    "run_before": "the service dated it",
    "run_started": "the service dated it",
    "run_ended": "the service dated it",
}
"""Fields of the same dataclasses that stay, and why."""


def test_what_had_lasted_for_two_minutes_has_lasted_for_two_minutes_still() -> None:
    for seconds in (HOURS, -HOURS):
        now = at(10) + timedelta(seconds=seconds)
        (verdict,) = retimed(a_state(), seconds, now).verdicts.values()
        assert (now - verdict.since, verdict.hold_until) == (timedelta(minutes=2), now + timedelta(minutes=5))


def test_nothing_that_happened_is_later_than_now_and_nothing_is_waited_for_for_hours() -> None:
    now = at(10) - timedelta(hours=3)
    state = retimed(a_state(), 0.0, now)
    (verdict,), (group,) = state.verdicts.values(), state.groups.values()
    assert (verdict.since, verdict.hold_until, group.moved_at) == (now, now + timedelta(minutes=15), (now,))
    assert not is_ahead(state, now)


def test_a_state_without_anything_from_the_future_is_left_as_it_is() -> None:
    assert retimed(a_state(), 0.0, at(10)) == a_state()


@pytest.mark.parametrize("kind", [Verdict, Incident, GroupState, Approval, Move, Step])
def test_every_time_is_either_moved_or_left_for_a_reason(kind: type) -> None:
    dated = {field.name for field in fields(kind) if "datetime.datetime" in str(field.type)}
    before, after = _one(kind, a_state()), _one(kind, retimed(a_state(), -60.0, at(10)))
    moved = {name for name in dated if getattr(before, name) != getattr(after, name)}
    assert dated - moved == dated & NOT_OURS.keys(), "a new time: move it in retime.py, or say here why not"


def _one(kind: type, state: State) -> object:
    (group,) = state.groups.values()
    assert group.move is not None
    known = [*state.verdicts.values(), *state.incidents.values(), group, group.approval, group.move, *group.move.steps]
    return next(one for one in known if type(one) is kind)


def a_state() -> State:
    """Return one of each with every time set, at minute 10."""
    verdict = Verdict(region=WEST, kind=VerdictKind.OUTAGE, since=at(8), score=9.0, evidence=(), why="")
    group = GroupState(name="base", active=BASE_WEST, since=at(8), known_since=at(8), moved_at=(at(9),))
    step = Step(handler="run-template", timeout=timedelta(minutes=1), retries=0)
    move = Move(
        activation_id="base-1", kind=MoveKind.FAILOVER, group="base", source=BASE_WEST, target=BASE_NORTH, epoch=1,
        incident="", claimed_at=at(8), steps=(_dated(step),),
    )  # fmt: skip
    approval = Approval(id="base-1", target=BASE_NORTH, incident="", asked_at=at(8), told_at=at(8))
    incident = Incident(id="i", region=Region(WEST), opened_at=at(8), why="")
    return State(
        awake_since=at(1),
        verdicts={"": replace(_dated(verdict), hold_until=at(15))},
        incidents={"i": _dated(incident)},
        groups={"base": replace(_dated(group), move=_dated(move), approval=_dated(approval))},
    )


def _dated(value: T) -> T:
    """Return the dataclass with every time in it set."""
    unset = {field.name: at(8) for field in fields(value) if field.type == datetime | None}  # type: ignore[arg-type]
    return replace(value, **unset)  # type: ignore[type-var]  # whatever dataclass it is


def a_held_outage() -> Play:
    play = Play().run(2)
    play.break_region()
    play.run(4)
    assert play.verdict().kind is VerdictKind.CONFIRMING
    return play


@pytest.mark.parametrize("hours", [-3, 3, -24 * 30, 24 * 30])
def test_a_hold_is_neither_cut_short_nor_begun_from_the_future(hours: int) -> None:
    play = a_held_outage()
    confirmed = play.verdict().confirmed_since
    assert confirmed is not None
    age = play.now - confirmed
    play.now += timedelta(hours=hours)
    play.tell(ClockStepped(seconds=hours * 3600.0))
    still = play.verdict().confirmed_since
    assert still is None or play.now - still <= age + timedelta(minutes=1)
    assert play.heard(NoteKind.HOST, "host") == ["clock jumped"]


@pytest.mark.parametrize("hours", [-3, -24 * 30])
def test_after_a_clock_was_set_back_a_move_is_not_waited_for_until_the_old_time_comes_round(hours: int) -> None:
    play = a_held_outage()
    play.now += timedelta(hours=hours)
    play.tell(ClockStepped(seconds=hours * 3600.0))
    play.run(40)
    assert play.group().active == BASE_NORTH


def test_a_clock_that_was_set_back_while_we_were_away_is_noticed_and_told() -> None:
    play = a_held_outage()
    play.now -= timedelta(hours=3)
    play.tell(Started())
    assert play.heard(NoteKind.HOST, "host") == ["clock was set back while we were away"]
    assert play.state.clock_stepped_at == play.now
