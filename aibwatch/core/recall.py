"""Make the state that a daemon begins with from what outlived the one before."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from aibwatch.core.observation import Observation
from aibwatch.core.state import State
from aibwatch.core.window import Window, add


def recall(memory: State, observations: Iterable[Observation], now: datetime) -> State:
    """Return the state after a restart: what was remembered, and the window built anew from what is on record.

    `memory` is a state of which only verdicts, incidents, groups, canaries, habits and the clock's last jump count.
    """
    known = tuple(observations)
    return replace(
        State(awake_since=now),
        judged_at=max((o.at for o in known if o.at <= now), default=None),
        window=add(Window(), known, now),
        verdicts=memory.verdicts,
        incidents=memory.incidents,
        groups=memory.groups,
        canaries=memory.canaries,
        habits=memory.habits,
        clock_stepped_at=memory.clock_stepped_at,
    )
