"""In worlds that chance made nobody moves who need not, and everybody who must, once."""

import os

import pytest

from aibwatch.backtest.play import play
from aibwatch.core.policy import Policy
from tests.backtest.random_worlds import a_region_that_is_down, a_stumbling_region, a_well_region, conduct

NUMBER = int(os.environ.get("AIBWATCH_RANDOM_WORLDS", "4"))
"""Worlds of each kind; `make backtest` plays hundreds."""

LONGEST = 90.0
"""Minutes to the move in the slowest of thousands of worlds, where builds are rare and every canary takes its time."""


@pytest.mark.parametrize("number", range(NUMBER))
def test_where_builds_go_on_nobody_moves_whatever_else_fails(number: int) -> None:
    assert play(a_well_region(number), Policy(), conduct(number)).failovers == ()


@pytest.mark.parametrize("number", range(NUMBER))
def test_where_trouble_passes_within_minutes_nobody_moves_however_often_it_comes(number: int) -> None:
    assert play(a_stumbling_region(number), Policy(), conduct(number)).failovers == ()


@pytest.mark.parametrize("number", range(NUMBER))
def test_where_a_region_is_down_the_group_leaves_it_once(number: int) -> None:
    moves = play(a_region_that_is_down(number), Policy(), conduct(number)).failovers
    assert [0.0 < minute < LONGEST for minute in moves] == [True]


def test_the_same_number_is_the_same_world() -> None:
    assert [make(7) for make in (a_well_region, a_stumbling_region, a_region_that_is_down)] == [
        make(7) for make in (a_well_region, a_stumbling_region, a_region_that_is_down)
    ]
