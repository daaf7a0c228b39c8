"""Triggers of a template."""

from typing import Any

from hypothesis import given

from aibwatch.core.model import Region
from aibwatch.core.readiness.survey import Trigger, Unread
from aibwatch.sources.survey.triggers import parse_triggers, triggers_of
from tests.sources.anything import json_with
from tests.sources.support import UBUNTU, Rig, a_thrift, says

WEU = Region("westeurope")


def a_trigger(code: str = "Healthy") -> dict[str, Any]:
    status = {"code": code, "message": "", "time": "2026-03-02T10:00:00Z"}
    return {"name": "source", "properties": {"kind": "SourceImage", "status": status, "provisioningState": "Succeeded"}}


async def test_triggers_are_listed_and_one_that_is_not_healthy_is_told(rig: Rig) -> None:
    rig.azure.on(f"{UBUNTU}/triggers", says(200, {"value": [a_trigger(), a_trigger("Deactivated")]}))
    found = await triggers_of(a_thrift(rig), UBUNTU, WEU)
    well = Trigger(name="source", kind="SourceImage", healthy=True)
    assert found == (well, Trigger(name="source", kind="SourceImage", healthy=False))


async def test_a_failure_is_not_taken_for_no_triggers(rig: Rig) -> None:
    rig.azure.on(f"{UBUNTU}/triggers", says(500, {"error": {"code": "InternalError", "message": "no"}}))
    assert await triggers_of(a_thrift(rig), UBUNTU, WEU) == Unread(why="500 InternalError: no")


def test_a_trigger_of_which_nothing_is_told_is_one_that_runs() -> None:
    assert parse_triggers([{"name": 7, "properties": None}]) == (Trigger(name="", kind="", healthy=True),)


@given(json_with(["name", "properties", "kind", "status", "code"]))
def test_no_json_makes_reading_triggers_raise(entry: Any) -> None:
    parse_triggers([entry])
