"""Describe a labelled world: what polls, probes and canaries would meet, minute by minute, and which decision is right.

Times are minutes after the trouble began; an interval without a beginning was always so, one without an end goes on for
ever. Outside its conditions a world is well. Reading is strict: an unknown key or condition, an interval that ends
before it begins or an expectation that lacks its number is an error with the world's id and the key, and a file with
one such error gives no world at all.
"""

import json
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from aibwatch.core.model import FailureClass
from aibwatch.core.observation import Concern
from aibwatch.core.readiness.finding import Ready

MOST_BYTES = 32 * 1024 * 1024
"""A file of worlds is a few hundred kilobytes; more is not one."""

LONGEST = 400 * 24 * 60
"""Minutes: longer than a year of routine, which is the longest that anything here looks back."""

Minute = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=-LONGEST, le=LONGEST)]
"""A number, and no text or truth value that could pass for one."""

Length = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0, le=LONGEST)]
ClosableGate = Literal[
    "paused",
    "frozen",
    "cooldown",
    "drill_fresh",
    "self_healthy",
    "mode_allows",
    "lease_held",
    "handler_ok",
    "no_unacknowledged_failure",
    "blast_radius",
    "geography_allowed",
]
"""Gates that a world can close by itself; the others close by what their own conditions show."""


class WorldError(ValueError):
    """A file of worlds that cannot be used; every message names the file, the world and the key."""

    def __init__(self, messages: Sequence[str]) -> None:
        super().__init__("\n".join(messages))
        self.messages = tuple(messages)


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Lasting(_Part):
    starts: Annotated[Minute | None, Field(alias="from")] = None
    ends: Annotated[Minute | None, Field(alias="to")] = None

    @model_validator(mode="after")
    def _in_order(self) -> "_Lasting":
        if self.begin > self.end:
            raise ValueError(f"it ends at minute {self.end:g}, before it begins at {self.begin:g}")
        return self

    @property
    def begin(self) -> float:
        """Return the first minute; minus infinity if it was always so."""
        return -math.inf if self.starts is None else self.starts

    @property
    def end(self) -> float:
        """Return the minute from which it is over; infinity if it goes on for ever."""
        return math.inf if self.ends is None else self.ends

    def at(self, minute: float) -> bool:
        """Return whether it is so at this minute."""
        return self.begin <= minute < self.end


class Answered(_Lasting):
    """How something is answered while it lasts."""

    what: Literal["read_probe", "write_probe", "controls", "secondary_probe"]
    answer: FailureClass


class CanaryEnds(_Lasting):
    """How a canary that is started in this time ends."""

    what: Literal["canary"]
    answer: FailureClass
    takes_minutes: Length = 22.0


class EventActive(_Lasting):
    """An active Service Health event for the primary region."""

    what: Literal["event"]
    service: Concern


class Elsewhere(_Lasting):
    """So many other watched regions show the same trouble."""

    what: Literal["other_regions"]
    answer: FailureClass = FailureClass.SERVICE
    regions: Annotated[int, Field(strict=True, ge=0, le=20)] = 1


class PeerSays(_Lasting):
    """What a second observer says."""

    what: Literal["peer"]
    says: Literal["agree", "disagree"]


class Readiness(_Lasting):
    """The standing readiness report of the secondary."""

    what: Literal["secondary_readiness"]
    answer: Ready


class GateClosed(_Lasting):
    """A gate is closed from outside."""

    what: Literal["closed_gate"]
    gate: ClosableGate


class Happens(_Lasting):
    """Something that happens to the observer, or was announced for the region."""

    what: Literal["maintenance", "clock_trouble", "observer_frozen"]


Condition = Annotated[
    Answered | CanaryEnds | EventActive | Elsewhere | PeerSays | Readiness | GateClosed | Happens,
    Field(discriminator="what"),
]


class WorldRun(_Part):
    """A run of one of the customer's templates."""

    ended: Minute
    template: Annotated[str, Field(min_length=1, max_length=100)]
    shares: Annotated[str, Field(max_length=200)] = ""
    cls: Annotated[FailureClass, Field(alias="class")]
    started: Minute | None = None

    @model_validator(mode="after")
    def _in_order(self) -> "WorldRun":
        if self.started is not None and self.started > self.ended:
            raise ValueError(f"it ended at minute {self.ended:g}, before it started at {self.started:g}")
        return self


class Expectation(_Part):
    """The decision that is right in a world."""

    kind: Literal["failover", "never", "alert", "hold", "once"]
    by_minute: Minute | None = None
    not_before_minute: Minute | None = None
    gate: str = ""
    max_canaries: Annotated[int, Field(strict=True, ge=0)] | None = None

    @model_validator(mode="after")
    def _complete(self) -> "Expectation":
        if self.kind in {"failover", "alert"} and self.by_minute is None:
            raise ValueError(f'"{self.kind}" needs by_minute')
        if self.kind == "hold" and not self.gate:
            raise ValueError('"hold" needs the gate that holds')
        if (
            self.by_minute is not None
            and self.not_before_minute is not None
            and self.by_minute < self.not_before_minute
        ):
            raise ValueError(f"minute {self.by_minute:g} comes before minute {self.not_before_minute:g}")
        return self


class World(_Part):
    """One labelled world."""

    id: Annotated[str, Field(min_length=1, max_length=200)]
    category: str = ""
    story: str = ""
    setup: str = ""
    point: str = ""
    source: str = ""
    """Where the facts behind it come from."""
    horizon_minutes: Annotated[Length, Field(gt=0)]
    conditions: tuple[Condition, ...] = ()
    runs: tuple[WorldRun, ...] = ()
    expect: Expectation | None = None


@dataclass(frozen=True, slots=True)
class _Located:
    """A world of a file, and what to call it in a message."""

    name: str
    raw: object


_WORLD = TypeAdapter(World)


def read_worlds(text: str, file: str) -> tuple[World, ...]:
    """Return the worlds of a file, or raise WorldError with everything that is wrong with it."""
    located = _locate(text, file)
    worlds: list[World] = []
    messages: list[str] = []
    for entry in located:
        try:
            worlds.append(_WORLD.validate_python(entry.raw))
        except ValidationError as error:
            messages += [f"{file}: {entry.name}: {_told(e['loc'], e['msg'], e['type'])}" for e in error.errors()]
    messages += _together(worlds, file)
    if messages:
        raise WorldError(messages)
    return tuple(worlds)


def _locate(text: str, file: str) -> list[_Located]:
    try:
        raw = json.loads(text, object_pairs_hook=_once)
        if ESCAPED_HALF in text.lower():
            json.dumps(raw, ensure_ascii=False).encode()  # half a character passes as JSON, and cannot be printed
    except (ValueError, RecursionError) as error:
        why = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise WorldError(
            [f"{file}: this cannot be read as JSON ({why}); a file of worlds is a list of objects"]
        ) from error
    if not isinstance(raw, list) or not raw:
        raise WorldError([f"{file}: a file of worlds is a list with at least one object"])
    return [_Located(_name(entry, number), entry) for number, entry in enumerate(raw, start=1)]


ESCAPED_HALF = "\\ud"


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Return the object; a key that is given twice would silently be the last."""
    double = next((key for key, times in Counter(key for key, _ in pairs).items() if times > 1), None)
    if double is not None:
        raise ValueError(f"the key {double!r} is given twice in one object")
    return dict(pairs)


def _name(entry: object, number: int) -> str:
    known = entry.get("id") if isinstance(entry, dict) else None
    return known if isinstance(known, str) and known else f"world {number}"


def _together(worlds: Sequence[World], file: str) -> list[str]:
    """Return what only shows when the worlds are looked at together."""
    ids = [world.id for world in worlds]
    double = sorted(i for i, times in Counter(ids).items() if times > 1)
    messages = [f"{file}: {i}: id: it is used twice; results are known by their id" for i in double]
    if any(world.expect for world in worlds):
        missing = (w.id for w in worlds if w.expect is None)
        messages += [f"{file}: {i}: expect: it is missing, and other worlds of this file have one" for i in missing]
    return messages


TAGS = frozenset(
    {
        "read_probe",
        "write_probe",
        "controls",
        "secondary_probe",
        "canary",
        "event",
        "other_regions",
        "peer",
        "secondary_readiness",
        "closed_gate",
        "maintenance",
        "clock_trouble",
        "observer_frozen",
    }
)
"""Names of conditions: pydantic puts them into the place of an error, where they are no key of the file."""


def _told(place: tuple[int | str, ...], message: str, kind: str) -> str:
    parts = [part for part in place if part not in TAGS]
    if kind == "union_tag_invalid":
        message = f"there is no such condition; known are {', '.join(sorted(TAGS))}"
        parts.append("what")
    elif kind == "union_tag_not_found":
        message = "it does not say what it is about"
        parts.append("what")
    elif kind in PLAINER:
        message = PLAINER[kind]
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts).removeprefix(".")
    return f"{path or 'the world'}: {message.removeprefix('Value error, ')}"


PLAINER = {
    "extra_forbidden": "there is no such key",
    "missing": "it is missing",
    "model_type": "it is no object",
    "model_attributes_type": "it is no object",
}
"""What pydantic says in its own words, in ours."""
