"""Say what must outlive the process beside the observations, and make the state of the next one of it.

Texts that change with every second are not remembered: evidence and reasons are found anew from the window, so an
unchanged memory is equal to the one before and need not be written again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from aibwatch.core.builds.build import Builds
from aibwatch.core.canary.canary import Canary
from aibwatch.core.habits import Habit
from aibwatch.core.incident import Incident
from aibwatch.core.model import Region, TemplateId
from aibwatch.core.observation import Observation, ReadinessSeen
from aibwatch.core.state import GroupState, Phase, State
from aibwatch.core.verdict import Verdict
from aibwatch.core.window import Window, add


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What must outlive the process beside the observations."""

    verdicts: Mapping[str, Verdict] = field(default_factory=dict)
    incidents: Mapping[str, Incident] = field(default_factory=dict)
    groups: Mapping[str, GroupState] = field(default_factory=dict)
    canaries: Mapping[Region, Canary] = field(default_factory=dict)
    builds: Builds = field(default_factory=Builds)
    habits: Mapping[TemplateId, Habit] = field(default_factory=dict)
    """The state's own mapping, not a copy: there may be one for each of ten thousand templates, and a run changes one
    of them, so they are written one by one and told apart by identity."""
    reports: Mapping[TemplateId, ReadinessSeen] = field(default_factory=dict)
    """Of readiness, the last one of each secondary: one that says what was said before is no news, but counts as proof
    of a later time. Written one by one, like habits."""
    clock_stepped_at: datetime | None = None


def memory_of(state: State) -> Memory:
    """Return what to remember of the state."""
    return Memory(
        verdicts={
            k: replace(v, evidence=(), why="", score=0.0, hold_until=None, proven_at=None)
            for k, v in state.verdicts.items()
        },
        incidents=dict(state.incidents),
        groups={name: _lasting(group) for name, group in state.groups.items()},
        canaries=dict(state.canaries),
        builds=state.builds,
        habits=state.habits,
        reports=state.window.readiness,
        clock_stepped_at=state.clock_stepped_at,
    )


def recall(memory: Memory, observations: Iterable[Observation], now: datetime) -> State:
    """Return the state after a restart: what was remembered, and the window built anew from what is on record."""
    known = tuple(observations)
    return State(
        awake_since=now,
        judged_at=max((o.at for o in known if o.at <= now), default=None),
        window=add(Window(), (*memory.reports.values(), *known), now),
        verdicts=memory.verdicts,
        incidents=memory.incidents,
        groups=memory.groups,
        canaries=memory.canaries,
        builds=memory.builds,
        habits=memory.habits,
        clock_stepped_at=memory.clock_stepped_at,
    )


def _lasting(group: GroupState) -> GroupState:
    """Leave out the reasons of the moment. Why a group was halted is no such: nothing would find it anew."""
    return group if group.phase is Phase.HALTED else replace(group, why="", detail="")
