"""Write the core's values as JSON and read them back: what the journal keeps.

Pydantic does the work; the core's dataclasses do not know of it. What an older version wrote and this one cannot read
raises CodecError, and the journal says what to do.
"""

from collections.abc import Sequence
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from aibwatch.core.habits import Habit
from aibwatch.core.observation import Observation
from aibwatch.core.recall import Memory
from aibwatch.handlers.api import Plan


class CodecError(Exception):
    """Something on record cannot be read by this version."""


T = TypeVar("T")

_MEMORY = TypeAdapter(Memory)
_HABIT = TypeAdapter(Habit)
_OBSERVATION: TypeAdapter[Observation] = TypeAdapter(Observation)
_PLAN = TypeAdapter(Plan)


def dump_memory(memory: Memory) -> str:
    """Return the memory as JSON, without the habits, which are written one by one."""
    return _MEMORY.dump_json(memory, exclude={"habits"}).decode()


def load_memory(text: str) -> Memory:
    """Return the memory that was written, or raise CodecError."""
    return _read(_MEMORY, text, "the memory on record")


def dump_habit(habit: Habit) -> str:
    """Return the habit as JSON."""
    return _HABIT.dump_json(habit).decode()


def load_habit(text: str) -> Habit:
    """Return the habit that was written, or raise CodecError."""
    return _read(_HABIT, text, "a template's habit on record")


def dump_observation(observation: Observation) -> str:
    """Return the observation as JSON."""
    return _OBSERVATION.dump_json(observation).decode()


def dump_observations(observations: Sequence[Observation]) -> list[object]:
    """Return the observations as plain values that JSON can carry."""
    return [_OBSERVATION.dump_python(observation, mode="json") for observation in observations]


def load_observation(text: str) -> Observation:
    """Return the observation that was written, or raise CodecError."""
    return _read(_OBSERVATION, text, "an observation on record")


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
