"""Cut the power at every point of every kind of move, start again, and count the effects: each is there once.

All of them with AIBWATCH_THOROUGH=1 (`make crashes`), else a few. With real processes: tests/story/.
"""

import os

import pytest

from .play import told

OUT, BACK = "failover", "failback"
THERE = "run of base in northeurope: 1"
ORDERS = {
    OUT: ("> ann orders failover because so", f"{THERE}, switch for base-1: 1"),
    "drill": ("> ann orders drill because so", f"{THERE}, switch for base-1: 1"),
    BACK: (
        "> ann orders failback because so",
        f"{THERE}, run of base in westeurope: 1, switch for base-1: 1, switch for base-2: 1",
    ),
}
"""Of each kind of move: how it is ordered, and what has its effect in the whole story."""

ENDS = {
    OUT: "active base in northeurope, epoch 1",
    "drill": "active base in westeurope, epoch 1",
    BACK: "active base in westeurope, epoch 2",
}

STEPS = [f"{what} of step {number}" for number in (1, 2) for what in ("intent", "dispatch", "effect", "result")]
POINTS = ["decision checking", "decision committing", "epoch", "decision moving", *STEPS, "decision watching"]
CUTS = [f"{side} {point}" for point in POINTS for side in ("before", "after")][1:]
"""Before the claim is on record there is no move, and whoever ordered it has no answer."""

ALL = [(kind, cut) for kind in ORDERS for cut in CUTS]
CHOSEN = ALL if os.environ.get("AIBWATCH_THOROUGH") else [ALL[i] for i in (3, 38, 60, 68)]


def a_story(kind: str, cut: str) -> str:
    away = ["> ann orders failover because so", "> 2 h pass"] if kind == BACK else []
    order, _ = ORDERS[kind]
    cuts = [f"> the power is cut {cut}", order, "> 30 min pass", "> start again", "> 40 min pass", "> what was done?"]
    return "\n".join(["> start", "> 2 min pass", *away, *cuts])


@pytest.mark.parametrize(("kind", "cut"), CHOSEN)
def test_whenever_the_power_is_cut_every_effect_is_there_once(kind: str, cut: str) -> None:
    lines = told(cut, a_story(kind, cut)).splitlines()
    assert any(line.endswith(f"cut {cut}") for line in lines if "power" in line), "the power was never cut"
    _, effects = ORDERS[kind]
    assert lines[-2:] == [f"  | base is watching, {ENDS[kind]}", f"  | effects: {effects}"]
