"""A world answers by the minute, and canaries meet their fate by the minute they are started at."""

import math

import pytest

from aibwatch.backtest.timeline import CanaryFate, Timeline
from aibwatch.core.model import FailureClass
from aibwatch.core.readiness.finding import Ready

from .support import a_world, failed


def test_outside_its_conditions_a_world_is_well() -> None:
    well = Timeline(a_world())
    assert (well.answer("read_probe", 5), well.others(5)) == (FailureClass.OK, (0, FailureClass.OK))
    assert (well.readiness(5), well.happens("maintenance", 5)) == (Ready.READY, False)


def test_of_two_conditions_at_once_the_first_of_the_file_counts() -> None:
    timeline = Timeline(
        a_world(
            {"what": "read_probe", "from": 5, "to": 9, "answer": "network"},
            {"what": "read_probe", "from": 0, "answer": "service"},
        )
    )
    assert [timeline.answer("read_probe", m) for m in (4, 5, 9)] == ["service", "network", "service"]


@pytest.mark.parametrize(
    ("minute", "stretch", "fate"),
    [
        (-1, 1.0, CanaryFate(cls=FailureClass.OK, alive=6.0, ends=22.0)),
        (0, 1.0, CanaryFate(cls=FailureClass.SERVICE, alive=math.inf, ends=10.0)),
        (0, 1.5, CanaryFate(cls=FailureClass.SERVICE, alive=math.inf, ends=15.0)),
        (20, 1.0, CanaryFate(cls=FailureClass.OK, alive=12.0, ends=44.0)),
    ],
)
def test_a_canary_ends_as_the_minute_of_its_start_decides(minute: float, stretch: float, fate: CanaryFate) -> None:
    world = a_world(
        {"what": "canary", "from": 0, "to": 20, "answer": "service", "takes_minutes": 10},
        {"what": "canary", "from": 20, "answer": "ok", "takes_minutes": 44},
    )
    assert Timeline(world, canary_stretch=stretch).fate(minute) == fate


def test_turns_are_where_something_begins_or_ends_and_where_a_run_gets_on_or_is_overdue() -> None:
    world = a_world({"what": "maintenance", "from": 3, "to": 8}, runs=[failed(20, started=1)])
    assert Timeline(world).turns() == (1, 3, 7, 8, 20, 271)
