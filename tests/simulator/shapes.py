"""Compare the shape of two exchanges: which paths a body has, of what kind each value is, which headers come with it.

Values are not compared, kinds are, and they are fine enough to matter: a time is no text, the year 1 is no time, an
id in the service's spelling is no other id, a GUID in capitals is no GUID, an empty text is no text.
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

FREE_KEYS = ("userAssignedIdentities", "tags", "artifactTags")
"""Objects whose keys are the customer's own."""

_KINDS = (
    ("empty text", re.compile(r"")),
    ("year one", re.compile(r"0001-01-01T00:00:00Z")),
    # Trailing zeros are cut, so how many digits there are is chance; test_simulator_wire.py counts them.
    ("time", re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z")),
    ("guid in capitals", re.compile(r"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}")),
    ("guid", re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")),
    ("checksum", re.compile(r"[0-9a-f]{64}")),
    ("id in lower case", re.compile(r"/subscriptions/[^/]+/resourcegroups/.+")),
    ("id", re.compile(r"/subscriptions/[^/]+/resourceGroups/.+")),
    ("build number", re.compile(r"\d+(\.\d+){1,3}")),
)


def kind(value: object) -> str:
    """Return what kind of value this is."""
    match value:
        case None:
            return "null"
        case bool():
            return "flag"
        case int() | float():
            return "number"
        case str():
            named = next((name for name, pattern in _KINDS if pattern.fullmatch(value)), None)
            return named or ("json in a text" if _is_json(value) else "text")
        case _:
            return type(value).__name__


def _is_json(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


def shape(body: Any, path: str = "", *, free: bool = False) -> set[str]:
    """Return every path of a body with the kind of value there; items of a list count together."""
    if isinstance(body, dict):
        return {f"{path}: object"}.union(
            *(shape(value, f"{path}.{'*' if free else key}", free=key in FREE_KEYS) for key, value in body.items())
        )
    if isinstance(body, list):
        return {f"{path}: list"}.union(*(shape(value, f"{path}[]") for value in body))
    return {f"{path}: {kind(body)}"}


def differences(recorded: set[str], ours: set[str], tolerated: Iterable[str] = ()) -> list[str]:
    """Return what one side has and the other has not, leaving out paths (without their kind) that match a pattern."""
    patterns = [re.compile(pattern) for pattern in tolerated]

    def counts(line: str) -> bool:
        return not any(pattern.fullmatch(line.rpartition(": ")[0]) for pattern in patterns)

    return sorted(
        [f"only recorded: {line}" for line in recorded - ours if counts(line)]
        + [f"only ours: {line}" for line in ours - recorded if counts(line)]
    )


WATCHED = (
    "location",
    "azure-asyncoperation",
    "retry-after",
    "content-type",
    "date",
    "x-ms-request-id",
    "x-ms-failure-cause",
)


def header_shape(headers: Mapping[str, str]) -> set[str]:
    """Return which of the headers the recorders kept are there; of the type, its value."""
    lower = {name.lower(): value for name, value in headers.items()}
    kept = {name for name in lower if name in WATCHED or name.startswith("x-ms-ratelimit-")}
    return {f"{name}: {lower[name] if name == 'content-type' else 'there'}" for name in kept}
