"""The core decides rightly in the worlds of the package and in the public ones, and in variants of them."""

import re
from typing import get_args

import pytest

from aibwatch.backtest.judge import what_is_wrong
from aibwatch.backtest.play import play
from aibwatch.backtest.variant import vary
from aibwatch.backtest.world import TAGS, ClosableGate, GateClosed, World
from aibwatch.core.gates import gates_of
from aibwatch.core.move.move import MoveKind
from aibwatch.core.policy import Policy

from .support import SHIPPED, course_of, needs_public, public, some


def wrong(world: World) -> str:
    assert world.expect is not None
    return what_is_wrong(world.expect, course_of(world))


def wrong_variants(world: World, *numbers: int) -> dict[int, str]:
    assert world.expect is not None
    found = {}
    for number in numbers:
        variant, conduct = vary(world, number)
        found[number] = what_is_wrong(world.expect, play(variant, Policy(), conduct))
    return {number: what for number, what in found.items() if what}


@pytest.mark.parametrize("world", SHIPPED.values(), ids=list(SHIPPED))
def test_a_shipped_world_goes_right(world: World) -> None:
    assert wrong(world) == ""


@pytest.mark.parametrize("world", some(SHIPPED).values(), ids=list(some(SHIPPED)))
def test_two_variants_of_a_shipped_world_go_right(world: World) -> None:
    assert wrong_variants(world, 1, 2) == {}


@needs_public
def test_the_public_worlds_go_right() -> None:
    assert {world.id: what for world in some(public()).values() if (what := wrong(world))} == {}


@pytest.mark.parametrize("world", SHIPPED.values(), ids=list(SHIPPED))
def test_a_shipped_world_says_what_happens_why_it_matters_and_where_it_is_from(world: World) -> None:
    assert re.fullmatch(r"[a-z][a-z-]+", world.id)
    assert all((world.category, world.story, world.point, world.source, world.expect))


def test_the_shipped_worlds_have_every_condition_and_close_every_gate() -> None:
    conditions = [c for world in SHIPPED.values() for c in world.conditions]
    assert TAGS - {c.what for c in conditions} == set()
    assert set(get_args(ClosableGate)) - {c.gate for c in conditions if isinstance(c, GateClosed)} == set()


def test_every_gate_holds_a_move_in_some_shipped_world() -> None:
    assert set(gates_of(MoveKind.FAILOVER)) - {world.expect.gate for world in SHIPPED.values() if world.expect} == set()


@needs_public
def test_no_shipped_world_is_a_public_one() -> None:
    mine, theirs = ({(w.conditions, w.runs) for w in worlds.values()} for worlds in (SHIPPED, public()))
    assert (mine & theirs, SHIPPED.keys() & public().keys()) == (set(), set())
