"""Vary a world and the daemon's luck in it, without changing which decision is right.

Runs end up to a minute and a half earlier or later, canaries take up to a third less or more, the rounds of polls fall
anywhere; in half of the variants every observation comes twice and in disorder, in half the daemon is restarted at a
random minute. The same world and number give the same variant.
"""

import random

from aibwatch.backtest.play import BEAT, Conduct
from aibwatch.backtest.world import World, WorldRun

MOVED = 1.5
"""Minutes that a run is moved by at the most."""

STRETCH = 0.3
RESTARTS_WITHIN = 120.0
"""Minutes: a restart long after everything was decided would test nothing."""


def vary(world: World, number: int) -> tuple[World, Conduct]:
    """Return the nth variant of the world. Number 0 is the world as it stands."""
    if number == 0:
        return world, Conduct()
    # Chance here is the number, so that a variant can be looked at again; nothing secret hangs on it.
    chance = random.Random(f"{world.id}/{number}")  # noqa: S311
    runs = tuple(_moved(run, chance.uniform(-MOVED, MOVED)) for run in world.runs)
    within = min(world.horizon_minutes, RESTARTS_WITHIN)
    conduct = Conduct(
        phase=chance.uniform(0.0, BEAT),
        canary_stretch=1.0 + chance.uniform(-STRETCH, STRETCH),
        restart_at=chance.uniform(0.0, within) if chance.random() < 0.5 else None,
        doubled=chance.randrange(2**32) if chance.random() < 0.5 else None,
    )
    return world.model_copy(update={"runs": runs}), conduct


def _moved(run: WorldRun, by: float) -> WorldRun:
    started = None if run.started is None else run.started + by
    return run.model_copy(update={"ended": run.ended + by, "started": started})
