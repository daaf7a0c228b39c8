"""Variants move what luck moves, by as much as they say, and can be played again."""

import pytest

from aibwatch.backtest.play import BEAT, Conduct, play
from aibwatch.backtest.variant import MOVED, RESTARTS_WITHIN, STRETCH, vary
from aibwatch.core.policy import Policy

from .support import DOWN, SHIPPED, a_world, failed

WORLD = a_world(*DOWN, runs=[failed(2, "a"), failed(8, "b", started=6)], horizon_minutes=45)


def test_number_0_is_the_world_as_it_stands() -> None:
    assert vary(WORLD, 0) == (WORLD, Conduct())


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_variant_is_the_same_every_time_it_is_made_and_played(number: int) -> None:
    (world, conduct), again = vary(WORLD, number), vary(WORLD, number)
    assert (world, conduct) == again
    assert play(world, Policy(), conduct) == play(world, Policy(), conduct)


def test_variants_differ() -> None:
    assert len({(world.runs, conduct) for world, conduct in (vary(WORLD, number) for number in range(50))}) == 50


def test_only_runs_and_luck_are_varied_and_only_so_far() -> None:
    for number in range(1, 200):
        world, conduct = vary(WORLD, number)
        assert world.model_copy(update={"runs": WORLD.runs}) == WORLD
        assert all(abs(new.ended - old.ended) <= MOVED for new, old in zip(world.runs, WORLD.runs, strict=True))
        assert world.runs[1].started is not None
        assert world.runs[1].ended - world.runs[1].started == pytest.approx(2)
        assert 0 <= conduct.phase < BEAT
        assert abs(conduct.canary_stretch - 1) <= STRETCH
        assert conduct.restart_at is None or 0 <= conduct.restart_at <= min(45, RESTARTS_WITHIN)


def test_half_of_them_restart_the_daemon_and_half_double_the_evidence() -> None:
    conducts = [vary(world, number)[1] for world in SHIPPED.values() for number in range(1, 11)]
    for share in (
        sum(c.restart_at is not None for c in conducts) / len(conducts),
        sum(c.doubled is not None for c in conducts) / len(conducts),
    ):
        assert share == pytest.approx(0.5, abs=0.1)
