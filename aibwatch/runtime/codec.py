"""Write the core's values as JSON and read them back: what the journal keeps.

Pydantic does the work; the core's dataclasses do not know of it. What an older version wrote and this one cannot read
raises CodecError, and the journal says what to do.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from aibwatch.core.canary import Canary
from aibwatch.core.events import Event
from aibwatch.core.habits import Habit
from aibwatch.core.incident import Incident
from aibwatch.core.model import Region, TemplateId
from aibwatch.core.news import Mention
from aibwatch.core.observation import Observation
from aibwatch.core.policy import Setup
from aibwatch.core.state import GroupState, Phase, State
from aibwatch.core.verdict import Verdict
from aibwatch.handlers.api import Plan


class CodecError(Exception):
    """Something on record cannot be read by this version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What must outlive the process beside the observations: small, and rewritten whole."""

    verdicts: dict[str, Verdict] = field(default_factory=dict)
    incidents: dict[str, Incident] = field(default_factory=dict)
    groups: dict[str, GroupState] = field(default_factory=dict)
    canaries: dict[Region, Canary] = field(default_factory=dict)
    habits: dict[TemplateId, Habit] = field(default_factory=dict)
    clock_stepped_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """All that a decision rests on beside its event: what was known, and what the operator wanted."""

    state: State
    setup: Setup


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """An event without what is on record elsewhere."""

    event: Event
    mentions: tuple[Mention, ...] = ()


T = TypeVar("T")

_MEMORY = TypeAdapter(Memory)
_OBSERVATION: TypeAdapter[Observation] = TypeAdapter(Observation)
_PLAN = TypeAdapter(Plan)
_SCENE = TypeAdapter(Scene)
_HAPPENED = TypeAdapter(Happened)


def memory_of(state: State) -> Memory:
    """Return what to remember of the state.

    Texts that change with every second are left out, so that an unchanged memory is equal to the one before and need
    not be written: evidence and reasons are found anew from the window.
    """
    return Memory(
        verdicts={
            k: replace(v, evidence=(), why="", score=0.0, hold_until=None, proven_at=None)
            for k, v in state.verdicts.items()
        },
        incidents=dict(state.incidents),
        groups={name: _lasting(group) for name, group in state.groups.items()},
        canaries=dict(state.canaries),
        habits=dict(state.habits),
        clock_stepped_at=state.clock_stepped_at,
    )


def _lasting(group: GroupState) -> GroupState:
    """Leave out the reasons of the moment. Why a group was halted is no such: nothing would find it anew."""
    return group if group.phase is Phase.HALTED else replace(group, why="", detail="")


def dump_memory(memory: Memory) -> str:
    """Return the memory as JSON."""
    return _MEMORY.dump_json(memory).decode()


def load_memory(text: str) -> Memory:
    """Return the memory that was written, or raise CodecError."""
    return _read(_MEMORY, text, "the memory on record")


def dump_observation(observation: Observation) -> str:
    """Return the observation as JSON."""
    return _OBSERVATION.dump_json(observation).decode()


def dump_observations(observations: Sequence[Observation]) -> list[object]:
    """Return the observations as plain values that JSON can carry."""
    return [_OBSERVATION.dump_python(observation, mode="json") for observation in observations]


def load_observation(text: str) -> Observation:
    """Return the observation that was written, or raise CodecError."""
    return _read(_OBSERVATION, text, "an observation on record")


def dump_scene(state: State, setup: Setup) -> str:
    """Return state and set-up as JSON."""
    return _SCENE.dump_json(Scene(state=state, setup=setup)).decode()


def load_scene(text: str) -> tuple[State, Setup]:
    """Return the state and set-up that were written, or raise CodecError."""
    scene = _read(_SCENE, text, "the state of that time on record")
    return scene.state, scene.setup


def dump_happened(event: Event, mentions: tuple[Mention, ...]) -> str:
    """Return the event as JSON."""
    return _HAPPENED.dump_json(Happened(event=event, mentions=mentions)).decode()


def load_happened(text: str) -> tuple[Event, tuple[Mention, ...]]:
    """Return the event that was written and what was mentioned beside it, or raise CodecError."""
    happened = _read(_HAPPENED, text, "an event on record")
    return happened.event, happened.mentions


def dump_plan(plan: Plan) -> str:
    """Return the plan as JSON."""
    return _PLAN.dump_json(plan).decode()


def load_plan(text: str) -> Plan:
    """Return the plan that was written, or raise CodecError."""
    return _read(_PLAN, text, "a step's plan on record")


def _read(adapter: TypeAdapter[T], text: str, what: str) -> T:
    try:
        return adapter.validate_json(text)
    except ValidationError as error:
        raise CodecError(f"{what} is not readable by this version: {error.errors()[0]['msg']}") from error
