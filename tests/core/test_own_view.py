"""What we tell other observers of a region: what we saw ourselves, and never what they said."""

from dataclasses import replace

import pytest

from aibwatch.core.observation import Observation, PeerSaid, Source
from aibwatch.core.own_view import OwnView, own_view
from aibwatch.core.state import State
from aibwatch.core.verdict import VerdictKind
from tests.core.builders import (
    T0,
    WEST,
    Play,
    a_group,
    a_poll,
    a_probe,
    a_setup,
    a_template,
    a_window,
    an_event,
    at,
    probes,
)

WELL = OwnView(troubled=False, why="what it sees itself does not speak against it")
SETUP = a_setup(a_group())


def a_word(minute: float, *, troubled: bool = True) -> PeerSaid:
    return PeerSaid(at=at(minute), peer="north", region=WEST, troubled=troubled, why="the last 5 reads failed")


def seen(*observations: Observation, read: str = "ok") -> State:
    """Return a state in which the region was read a moment ago, and these things were seen."""
    polled = a_poll(read, when=at(9.9), source=Source.PROBE)
    return State(awake_since=T0, window=a_window(a_template(), polled, *observations, now=at(10)))


def view(state: State) -> OwnView | None:
    return own_view(state, SETUP, WEST, at(10))


def test_a_region_that_answers_and_where_nothing_fails_is_well() -> None:
    assert view(seen(a_probe(cls="ok", when=at(9.9)))) == WELL


def test_a_region_whose_reads_fail_is_troubled_and_the_reason_is_ours() -> None:
    failed = probes(when=at(8), number=4)
    assert view(seen(*failed, read="service")) == OwnView(troubled=True, why="the last 4 reads failed")


def test_what_a_peer_says_is_not_told_on() -> None:
    healthy, failing = (a_probe(cls="ok", when=at(9.9)),), probes(when=at(8), number=4)
    assert view(seen(*healthy, a_word(9.5))) == WELL, "its trouble is not ours"
    against = view(seen(*failing, a_word(9.5, troubled=False), read="service"))
    assert against is not None
    assert against.troubled, "its health is not ours either"


def test_two_that_ask_each_other_do_not_hold_a_suspicion_up_between_them() -> None:
    """The first one's trouble is over; what is left is only that the other one repeats it."""
    play = Play().run(2)
    play.world.probe[WEST] = "service"
    play.run(3)
    suspected = replace(play.state, window=replace(play.state.window, peers={"north/westeurope": a_word(play.minute)}))
    play.state = suspected
    play.world.probe[WEST] = "ok"
    play.run(1)
    assert play.verdict().kind is VerdictKind.SUSPECT, "held up by the peer's word"
    assert own_view(play.state, play.setup, WEST, play.now) == WELL


def test_what_the_provider_says_is_not_told_on_and_yet_the_region_is_not_called_well() -> None:
    event = an_event()
    assert view(seen(a_probe(cls="ok", when=at(9.9)), event)) is None
    failing = view(seen(*probes(when=at(8), number=4), event, read="service"))
    assert failing == OwnView(troubled=True, why="the last 4 reads failed")


@pytest.mark.parametrize("failures", [1, 2])
def test_a_region_whose_last_read_failed_is_called_neither_well_nor_troubled(failures: int) -> None:
    assert view(seen(*probes(when=at(9), number=failures), read="service")) is None


def test_nothing_is_said_of_a_region_that_was_never_answered_for() -> None:
    assert view(State(awake_since=T0, window=a_window(a_template(), now=at(10)))) is None


def test_nothing_is_said_by_one_that_does_not_see() -> None:
    blind = seen(a_poll("network", when=at(8)), a_poll("network", when=at(9)), read="network")
    assert view(blind) is None


def test_a_daemon_that_is_stuck_stops_speaking_by_itself() -> None:
    state = seen(a_probe(cls="ok", when=at(9.9)))
    assert own_view(state, SETUP, WEST, at(12)) == WELL
    assert own_view(state, SETUP, WEST, at(13)) is None
