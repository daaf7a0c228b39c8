"""The expected time to notice an outage, held against worlds in which it is noticed."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from math import inf
from statistics import mean

import pytest

from aibwatch.backtest.play import play
from aibwatch.backtest.scene import CANARY, GROUP, HOME, PRIMARY, a_setup, moment, quiet_template, template
from aibwatch.backtest.world import World
from aibwatch.core.habits import Habit
from aibwatch.core.model import TemplateId
from aibwatch.core.policy import Policy, Setup
from aibwatch.core.protection import Expectation, Protection, Protections
from aibwatch.core.state import State
from aibwatch.core.window import Window, add
from tests.core.builders import MINUTE, a_group_state

WITHIN = 1.0
"""Minutes by which a played outage of the API may be noticed earlier or later than expected."""

TOLERANCE = 0.35
"""Share by which the mean of played random worlds may differ from the expectation."""


def state_of(templates: Mapping[TemplateId, timedelta], setup: Setup) -> State:
    here = next(iter(templates), HOME)
    listed = [
        quiet_template(t, PRIMARY, moment(0)) for t in (*(templates or [HOME]), *([CANARY] if setup.canaries else []))
    ]
    habits = {t: Habit(started=moment(0), interval=interval) for t, interval in templates.items()}
    group = a_group_state(active=here)
    window = add(Window(), listed, moment(0))
    return State(awake_since=moment(0), window=window, habits=habits, groups={GROUP: replace(group, name=GROUP)})


def minutes(expectation: Expectation) -> float | None:
    return expectation.after / MINUTE if expectation.after is not None else None


def expected(every: float, number: int, *, canary: bool = True) -> Protection:
    """Return what is expected where so many templates build, each so often (minutes)."""
    setup = a_setup(Policy(), others=0)
    setup = setup if canary else replace(setup, canaries={})
    names = [template("golden", PRIMARY), *(template(f"t{n}", PRIMARY) for n in range(number))]
    state = state_of(dict.fromkeys(names[1:], every * MINUTE), setup)
    return Protections(state, setup, moment(0)).of(setup.groups[GROUP])


def noticed(world: Mapping[str, object]) -> float:
    """Return the minute at which the region was an outage in the played world; infinity if it never was."""
    course = play(World.model_validate({"id": "w", **world}), Policy())
    return min((note.minute for note in course.said if note.kind == "outage"), default=inf)


def failing(every: float, number: int, seed: int, horizon: float) -> Sequence[Mapping[str, object]]:
    """Return runs of templates that share nothing, all failing by the service's fault, at random times."""
    chance, runs = random.Random(seed), []  # a seed, so that it is the same each time
    for n in range(number):
        started = chance.expovariate(1 / every)
        while started + 20 < horizon:
            runs.append({"started": started, "ended": started + 20, "template": f"t{n}", "shares": f"s{n}"})
            started += chance.expovariate(1 / every)
    return [{**run, "class": "service"} for run in sorted(runs, key=lambda r: (r["ended"], r["template"]))]


READS = {"what": "read_probe", "from": 0, "answer": "service"}
BROKEN = {"what": "canary", "from": 0, "answer": "auth", "takes_minutes": 1}


def test_an_outage_of_the_api_is_noticed_when_it_is_expected() -> None:
    refused = {"what": "canary", "from": 0, "answer": "service", "takes_minutes": 1}
    played = noticed({"horizon_minutes": 60, "conditions": [READS, refused]})
    assert minutes(expected(60, 0).api) == pytest.approx(played, abs=WITHIN)


def test_builds_that_fail_are_noticed_about_when_it_is_expected() -> None:
    slow = {"what": "canary", "from": 0, "answer": "service", "takes_minutes": 20}
    played = [
        noticed({"horizon_minutes": 300, "conditions": [slow], "runs": failing(120, 4, seed, 300)}) for seed in range(6)
    ]
    assert minutes(expected(120, 4).build) == pytest.approx(mean(played), rel=TOLERANCE)


def test_without_a_canary_an_outage_of_the_api_waits_for_two_builds_as_expected() -> None:
    played = [
        noticed({"horizon_minutes": 400, "conditions": [READS, BROKEN], "runs": failing(120, 4, seed, 400)})
        for seed in range(6)
    ]
    assert minutes(expected(120, 4, canary=False).api) == pytest.approx(mean(played), rel=TOLERANCE)


def test_what_cannot_be_noticed_is_not_noticed() -> None:
    assert expected(60, 4, canary=False).build.seconds == inf
    assert noticed({"horizon_minutes": 300, "conditions": [BROKEN], "runs": failing(60, 4, 1, 300)}) == inf
    assert expected(60, 1, canary=False).api.seconds == inf
    assert noticed({"horizon_minutes": 300, "conditions": [READS, BROKEN], "runs": failing(60, 1, 1, 300)}) == inf
