"""Write the core's values as JSON and read them back: what the journal keeps.

Pydantic does the work; the core's dataclasses do not know of it. What an older version wrote and this one cannot read
raises CodecError, and the journal says what to do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from aibwatch.core.events import Event
from aibwatch.core.habits import Habit
from aibwatch.core.move.moves import KeptMove
from aibwatch.core.news import Mention
from aibwatch.core.observation import Observation, ReadinessSeen
from aibwatch.core.policy import Setup
from aibwatch.core.recall import Memory
from aibwatch.core.state import State
from aibwatch.handlers.api import Plan


class CodecError(Exception):
    """Something on record cannot be read by this version."""


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
_HABIT = TypeAdapter(Habit)
_REPORT = TypeAdapter(ReadinessSeen)
_OBSERVATION: TypeAdapter[Observation] = TypeAdapter(Observation)
_PLAN = TypeAdapter(Plan)
_MOVE = TypeAdapter(KeptMove)
_SCENE = TypeAdapter(Scene)
_HAPPENED = TypeAdapter(Happened)


def dump_memory(memory: Memory) -> str:
    """Return the memory as JSON, without habits and reports, which are written one by one."""
    return _MEMORY.dump_json(memory, exclude={"habits", "reports"}).decode()


def load_memory(text: str) -> Memory:
    """Return the memory that was written, or raise CodecError."""
    return _read(_MEMORY, text, "the memory on record")


def dump_habit(habit: Habit) -> str:
    """Return the habit as JSON."""
    return _HABIT.dump_json(habit).decode()


def load_habit(text: str) -> Habit:
    """Return the habit that was written, or raise CodecError."""
    return _read(_HABIT, text, "a template's habit on record")


def dump_report(report: ReadinessSeen) -> str:
    """Return the report of readiness as JSON."""
    return _REPORT.dump_json(report).decode()


def load_report(text: str) -> ReadinessSeen:
    """Return the report of readiness that was written, or raise CodecError."""
    return _read(_REPORT, text, "a report of readiness on record")


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


def dump_move(kept: KeptMove) -> str:
    """Return the move as JSON."""
    return _MOVE.dump_json(kept).decode()


def load_move(text: str) -> KeptMove:
    """Return the move that was written, or raise CodecError."""
    return _read(_MOVE, text, "a move on record")


def _read(adapter: TypeAdapter[T], text: str, what: str) -> T:
    try:
        return adapter.validate_json(text)
    except ValidationError as error:
        raise CodecError(f"{what} is not readable by this version: {error.errors()[0]['msg']}") from error
