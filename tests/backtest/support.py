"""Worlds in a line, and where the labelled ones are."""

import json
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from aibwatch.backtest.files import load, shipped
from aibwatch.backtest.play import Conduct, Course, play
from aibwatch.backtest.world import World, WorldError, read_worlds
from aibwatch.core.policy import Policy

REFUSED = {"what": "canary", "from": 0, "answer": "service", "takes_minutes": 1}
DOWN = ({"what": "read_probe", "from": 0, "answer": "service"}, REFUSED)
"""An API that answers nothing but 500."""

PUBLIC = (
    Path(os.environ.get("AIBWATCH_SHARED") or Path(__file__).parents[2].parent / "shared") / "scenarios/public.json"
)
needs_public = pytest.mark.skipif(
    not PUBLIC.is_file(), reason=f"the labelled worlds are no part of this project and not on this machine ({PUBLIC})"
)

SHIPPED = {world.id: world for world in shipped()}


@cache
def public() -> Mapping[str, World]:
    return {world.id: world for world in load([PUBLIC])} if PUBLIC.is_file() else {}


def a_text(*conditions: Mapping[str, object], **changes: object) -> str:
    """Return a file with one world in it."""
    return json.dumps([{"id": "one", "horizon_minutes": 60, "conditions": conditions, **changes}])


def a_world(*conditions: Mapping[str, object], **changes: object) -> World:
    return read_worlds(a_text(*conditions, **changes), "a.json")[0]


def failed(minute: float, name: str = "a", cls: str = "service", **more: object) -> dict[str, object]:
    """Return a run that shares nothing with another."""
    return {"ended": minute, "template": name, "shares": f"script of {name}", "class": cls, **more}


@cache
def course_of(world: World) -> Course:
    """Return the course of a world as it stands; worlds are played once for all tests."""
    return play(world, Policy())


def course(*conditions: Mapping[str, object], conduct: Conduct | None = None, **changes: object) -> Course:
    return play(a_world(*conditions, **changes), Policy(), conduct or Conduct())


def mistakes(text: str) -> tuple[str, ...]:
    with pytest.raises(WorldError) as error:
        read_worlds(text, "bad.json")
    return error.value.messages


def some(worlds: Mapping[str, World]) -> dict[str, World]:
    """Return every sixth world, or all of them with AIBWATCH_THOROUGH set, as `make backtest` does."""
    return dict(list(worlds.items())[:: 1 if "AIBWATCH_THOROUGH" in os.environ else 6])
