"""The simulated shell is like the real one where it matters, and leaving out quiet time changes nothing."""

import pytest

from aibwatch.backtest.play import Conduct, Course, play
from aibwatch.backtest.world import World
from aibwatch.core.policy import Policy

from .support import DOWN, REFUSED, SHIPPED, course, course_of, failed, needs_public, public, some

RUNS = [failed(2, "a"), failed(8, "b")]
SHORT = 3000
"""Minutes. Playing two months poll by poll takes minutes, and tells nothing that two days do not."""


def decided(it: Course) -> tuple[object, ...]:
    return it.failovers, it.holds, [(a.minute, a.kind, a.what) for a in it.alerts], it.canaries


def in_full(world: World) -> Course:
    return play(world, Policy(), Conduct(skip_quiet=False))


@pytest.mark.parametrize("world", some(SHIPPED).values(), ids=list(some(SHIPPED)))
def test_a_shipped_world_goes_the_same_with_its_quiet_time_played(world: World) -> None:
    skipped = course_of(world)
    # A course that left out nothing is the same play.
    if skipped.skipped and world.horizon_minutes <= SHORT:
        assert decided(skipped) == decided(in_full(world))


@needs_public
def test_a_public_world_goes_the_same_with_its_quiet_time_played() -> None:
    others = [w.id for w in some(public()).values() if _differs(w)]
    assert others == []


def _differs(world: World) -> bool:
    skipped = course_of(world)
    return skipped.skipped > 0 and world.horizon_minutes <= SHORT and decided(skipped) != decided(in_full(world))


@pytest.mark.parametrize("phase", [0.0, 0.13, 0.49])
def test_what_happens_between_two_lists_is_seen_before_time_is_skipped(phase: float) -> None:
    # A run that ended after the last list was once skipped until the horizon.
    found = course(runs=[failed(20.4)], horizon_minutes=500, conduct=Conduct(phase=phase))
    assert (found.canaries, found.skipped > 0) == (1, True)


def test_an_outage_moves_the_group_once() -> None:
    found = course(*DOWN, runs=RUNS)
    assert (len(found.failovers), found.holds) == (1, ())


def test_evidence_that_comes_twice_and_in_disorder_changes_nothing() -> None:
    once, twice = (course(*DOWN, runs=RUNS, conduct=Conduct(doubled=seed)) for seed in (None, 7))
    assert (once.failovers, once.canaries) == (twice.failovers, twice.canaries)


def test_the_same_conduct_gives_the_same_course() -> None:
    conduct = Conduct(phase=0.3, restart_at=5.0, doubled=11)
    assert course(*DOWN, runs=RUNS, conduct=conduct) == course(*DOWN, runs=RUNS, conduct=conduct)


def test_a_frozen_daemon_is_told_nothing_until_it_wakes() -> None:
    # The canary of minute 1 is refused at minute 2, while the machine is frozen.
    found = course(*DOWN, {"what": "observer_frozen", "from": 1.5, "to": 20}, runs=[failed(1)])
    assert [note.minute for note in found.said if 1.5 <= note.minute < 20] == []
    assert next(note.minute for note in found.said if note.what == "canary aibwatch-canary failed") == 20


def test_a_restarted_daemon_is_not_told_what_the_one_before_waited_for() -> None:
    found = course(*DOWN, conduct=Conduct(restart_at=1.5))
    ends = [
        note.what for note in found.said if note.what.startswith("canary aibwatch-canary ") and "start" not in note.what
    ]
    assert ends[0] == "canary aibwatch-canary was lost"


@pytest.mark.parametrize(
    "gate",
    [
        "paused",
        "frozen",
        "cooldown",
        "drill_fresh",
        "self_healthy",
        "mode_allows",
        "lease_held",
        "handler_ok",
        "no_unacknowledged_failure",
        "blast_radius",
    ],
)
def test_a_closed_gate_stays_closed_over_a_restart(gate: str) -> None:
    found = course(*DOWN, {"what": "closed_gate", "gate": gate}, runs=RUNS, conduct=Conduct(restart_at=20))
    assert (found.failovers, found.holds[-1].gates) == ((), (gate,))


@pytest.mark.parametrize("gate", ["self_healthy", "lease_held", "handler_ok", "drill_fresh", "blast_radius", "frozen"])
def test_a_gate_that_opens_lets_the_group_go(gate: str) -> None:
    found = course(*DOWN, {"what": "closed_gate", "gate": gate, "to": 30}, runs=[*RUNS, failed(29, "c")])
    # While nothing can be put on record no canary is asked; the first one is asked then, and answered a minute later.
    assert found.failovers == ((31,) if gate == "self_healthy" else (30,))


def test_a_run_that_dies_of_the_service_does_not_look_alive_on_its_way() -> None:
    dying = course(REFUSED, runs=[failed(2, "a"), failed(40, "b", started=10)])
    assert not any("got past Building" in note.why for note in dying.said)


def test_a_poll_without_a_way_shows_no_list() -> None:
    # The run fails while nothing is seen, and is found out when the way is back.
    found = course({"what": "read_probe", "from": 0, "to": 30, "answer": "network"}, runs=[failed(9)])
    assert next(note.minute for note in found.said if "suspect" in note.what) == 30
