"""Compare a primary with its secondary: what differs, whether that is right between regions, how grave it is if not.

Rules: what means the same is the same (see `normal`); every other leaf that differs is one difference, unknown fields
too; steps and targets are matched by their place, the regions that an image is replicated to by name. A checksum that
only one of them has is no difference, because the service fills it in by itself. Nothing here raises.
This module does not know what follows from a difference.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, StrEnum
from itertools import islice

from aibwatch.core.definition.normal import normal
from aibwatch.core.definition.portable import Json
from aibwatch.core.definition.regional import Pair, why_right
from aibwatch.core.model import Region
from aibwatch.core.reading import one_line, text
from aibwatch.core.redact import redacted

MOST = 200
"""Differences told of one pair; whoever has more of them has two templates, not one in two regions."""

LONGEST_VALUE = 90
"""Characters shown of one value: two of them, and the place, on a line that a person still reads."""

LEAD = 24
"""Characters shown before the first one that differs, where a value is too long to be shown from its beginning."""


LOOKED_AT = 10_000
"""Characters of a value in which what differs is looked for, to be shown; secrets are looked for in all of them."""


class Gravity(StrEnum):
    """What a difference touches."""

    RECIPE = "recipe"
    """What is built and where it goes. What is not known is taken for this, as the graver of the two."""
    CIRCUMSTANCE = "circumstance"
    """How it is built: the machine, time-outs, tags, error handling."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that the two say differently."""

    path: str
    """Where, for people: "customize[1].inline[0]". What is under `properties` stands without it."""
    primary: str
    """What the primary says there, as JSON without secrets, cut; "nothing" where it says nothing."""
    secondary: str
    gravity: Gravity
    right: str
    """Why the two have to differ here, being in two regions; "" where they do not, which is drift."""

    @property
    def drift(self) -> bool:
        """Whether the two ought to say the same."""
        return not self.right

    @property
    def line(self) -> str:
        """The difference on one line."""
        why = f" ({self.right})" if self.right else ""
        return f"{self.path}: primary {self.primary}, secondary {self.secondary}{why}"


class _Nothing(Enum):
    NOTHING = "nothing"


NOTHING = _Nothing.NOTHING

CIRCUMSTANCES = (
    "location",
    "tags",
    "identity",
    "vmProfile",
    "buildTimeoutInMinutes",
    "errorHandling",
    "optimize",
    "managedResourceTags",
    "stagingResourceGroup",
    "autoRun",
)
"""Parts of a definition that do not change what is in the image."""


def differences(primary: Json, secondary: Json) -> tuple[Difference, ...]:
    """Return every difference of two templates as a GET or a list shows them, the gravest first, at most MOST."""
    home, away = normal(primary), normal(secondary)
    regions = Region(text(home, "location")), Region(text(away, "location"))
    found = _differing(home, away, "")
    told = [_difference(path, one, other, regions) for path, one, other in islice(found, MOST)]
    return tuple(sorted(told, key=lambda one: (not one.drift, one.gravity is Gravity.CIRCUMSTANCE)))


def _differing(one: object, other: object, path: str) -> Iterator[tuple[str, object, object]]:
    if isinstance(one, dict) and isinstance(other, dict):
        by_region = path.endswith(".targetRegions")
        if by_region and {*one} != {*other}:
            yield path, sorted(one), sorted(other)
        for key in sorted({*one} & {*other} if by_region else {*one, *other}):
            mine, theirs = one.get(key, NOTHING), other.get(key, NOTHING)
            if key != "sha256Checksum" or (mine is not NOTHING and theirs is not NOTHING):
                yield from _differing(_opened(mine, theirs), _opened(theirs, mine), _below(path, key))
    elif isinstance(one, list) and isinstance(other, list):
        for number in range(max(len(one), len(other))):
            mine = one[number] if number < len(one) else NOTHING
            theirs = other[number] if number < len(other) else NOTHING
            yield from _differing(mine, theirs, f"{path}[{number}]")
    elif _as_json(one) != _as_json(other):
        yield path, one, other


def _opened(found: object, other: object) -> object:
    """Return something empty where nothing is, so that each thing in the other's table or list is told by itself."""
    return type(other)() if found is NOTHING and isinstance(other, dict | list) else found


def _below(path: str, key: str) -> str:
    path = "" if path == "properties" else path
    if not re.fullmatch(r"[\w-]+", key):
        return f"{path}[{json.dumps(one_line(key))}]"
    return f"{path}.{key}" if path else key


def _difference(path: str, one: object, other: object, regions: tuple[Region, Region]) -> Difference:
    pair = Pair(path=path, primary=_value(one), secondary=_value(other), home=regions[0], away=regions[1])
    shown = _shown(one, other)
    return Difference(path=path, primary=shown[0], secondary=shown[1], gravity=_gravity(path), right=why_right(pair))


def _value(found: object) -> object:
    return None if found is NOTHING else found


def _gravity(path: str) -> Gravity:
    first = re.split(r"[.\[]", path, maxsplit=1)[0]
    in_target = re.fullmatch(r"distribute\[\d+\]\.(.+)", path)
    circumstance = first in CIRCUMSTANCES or (in_target is not None and in_target[1] != "type")
    return Gravity.CIRCUMSTANCE if circumstance else Gravity.RECIPE


def _shown(one: object, other: object) -> tuple[str, str]:
    """Return both as people see them, each cut so that the first character that differs can be seen."""
    brief = _names_in(one), _names_in(other)
    if brief[0] and brief[1] and brief[0] != brief[1]:
        one, other = brief
    texts = [one_line(redacted(_as_json(value)[:LOOKED_AT]), limit=LOOKED_AT) for value in (one, other)]
    if texts[0] == texts[1]:
        return texts[0][:LONGEST_VALUE], "the same but for what is hidden or cut"
    start = next((at for at, pair in enumerate(zip(*texts, strict=False)) if pair[0] != pair[1]), 0)
    first = max(0, start - LEAD) if max(map(len, texts)) > LONGEST_VALUE else 0
    return _cut(texts[0], first), _cut(texts[1], first)


def _names_in(value: object) -> str:
    """Return of a resource id what people call it, its group and its names: "images-weu/gallery_weu/ubuntu"."""
    parts = value.split("/") if isinstance(value, str) and value.startswith("/subscriptions/") else []
    return "/".join([parts[4], *parts[8::2]]) if len(parts) > 8 else ""


def _cut(words: str, first: int) -> str:
    if words == NOTHING.value:
        return words
    lead = "…" if first else ""
    return lead + one_line(words[first:], limit=LONGEST_VALUE)


def _as_json(value: object) -> str:
    return NOTHING.value if value is NOTHING else json.dumps(value, sort_keys=True, ensure_ascii=False)
