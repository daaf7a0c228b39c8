"""Make worlds by chance whose truth is known: the region is well, it stumbles for minutes, or it is down.

Nobody chose these worlds to suit the rules. The first ones found that groups moved after troubles of four minutes, and
beside an event about one feature while builds went on. A number makes the same world each time.
"""

import random
from collections.abc import Iterator

from aibwatch.backtest.play import BEAT, Conduct
from aibwatch.backtest.world import World

HOURS = 240.0
"""Minutes that a world is looked at."""

SHORTEST_ACTED_ON = 4.4
"""Minutes: a trouble that is over by then must never move anybody; five is the least age of an outage by default."""

FLAKES = ("service", "ambiguous", "customer", "ok", "capacity", "expected")
FLAKE_WEIGHTS = (3, 4, 3, 3, 1, 1)


def conduct(number: int) -> Conduct:
    """Return the luck of a daemon: when its rounds of polls fall."""
    return Conduct(phase=random.Random(number).uniform(0.0, BEAT))


def a_well_region(number: int) -> World:
    """Return a region that builds all the time, while much else fails: runs, reads for up to an hour, the news."""
    chance = random.Random(f"well/{number}")
    conditions: list[dict[str, object]] = []
    minute = chance.uniform(0.0, 60.0)
    for _ in range(chance.randint(0, 2)):
        length = chance.uniform(1.0, 60.0)
        how = chance.choice(["service", "service", "ambiguous", "throttled", "network"])
        conditions.append(_lasting("read_probe", minute, minute + length, answer=how))
        minute += length + chance.uniform(1.0, 60.0)
    if chance.random() < 0.4:
        begin = chance.uniform(-30.0, 120.0)
        about = chance.choice(["image_builder", "dependency"])
        conditions.append(_lasting("event", begin, begin + chance.uniform(10.0, 200.0), service=about))
    return _world(f"well-{number}", conditions, list(_flakes(chance)))


def a_stumbling_region(number: int) -> World:
    """Return a region in which everything fails for a few minutes, once or several times."""
    chance = random.Random(f"stumbling/{number}")
    conditions: list[dict[str, object]] = []
    runs: list[dict[str, object]] = []
    begin = chance.uniform(0.0, 20.0)
    for _ in range(chance.randint(1, 4)):
        end = begin + chance.uniform(0.5, SHORTEST_ACTED_ON)
        conditions.append(_lasting("canary", begin, end, answer="service", takes_minutes=chance.choice([0.5, 1.0])))
        if chance.random() < 0.8:
            conditions.append(_lasting("read_probe", begin, end, answer="service"))
        runs += (
            _run(chance.uniform(begin, end), chance.randint(0, 9), chance.randint(0, 5), "service")
            for _ in range(chance.randint(0, 3))
        )
        begin = end + chance.uniform(10.0, 70.0)
    if chance.random() < 0.3:
        minute = chance.uniform(0.0, 60.0)
        conditions.append(_lasting("event", minute, minute + chance.uniform(10.0, 120.0), service="image_builder"))
    return _world(f"stumbling-{number}", conditions, runs)


def a_region_that_is_down(number: int) -> World:
    """Return a region that is down from minute 0: its API, only its writes, or its builds."""
    chance = random.Random(f"down/{number}")
    how, takes = chance.choice([("api", 1.0), ("writes", 0.5), ("builds", chance.uniform(4.0, 14.0))])
    conditions = [_lasting("canary", 0.0, None, answer="service", takes_minutes=takes)]
    if how == "api":
        conditions.append(_lasting("read_probe", 0.0, None, answer="service"))
    runs: list[dict[str, object]] = []
    minute = 8.0 if how == "builds" else 0.5
    for template in range(chance.randint(0 if how == "api" else 2, 5)):
        minute += chance.expovariate(1 / 8)
        cls = chance.choice(["service", "service", "ambiguous"]) if how == "builds" else "service"
        runs.append(_run(minute, template, template, cls))
    if chance.random() < 0.4:
        runs.append(_run(-chance.uniform(1.0, 60.0), 8, 8, "service"))
    return _world(f"down-{how}-{number}", conditions, runs)


def _flakes(chance: random.Random) -> Iterator[dict[str, object]]:
    for number in range(chance.randint(0, 14)):
        ended = chance.uniform(0.0, HOURS)
        cls = chance.choices(FLAKES, FLAKE_WEIGHTS)[0]
        run = _run(ended, number % 10, chance.randint(0, 5), cls)
        yield run | {"started": max(-5.0, ended - chance.uniform(14.0, 40.0))} if cls == "ok" else run


def _run(ended: float, template: int, shares: int, cls: str) -> dict[str, object]:
    return {"ended": ended, "template": f"t{template}", "shares": f"g{shares}", "class": cls}


def _lasting(what: str, begin: float, end: float | None, **more: object) -> dict[str, object]:
    return {"what": what, "from": begin, "to": end, **more}


def _world(name: str, conditions: list[dict[str, object]], runs: list[dict[str, object]]) -> World:
    raw = {"id": name, "horizon_minutes": HOURS, "conditions": conditions, "runs": runs}
    return World.model_validate(raw)
