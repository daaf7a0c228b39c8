"""Say values in words and colours: what a state timeline, a stat and a table write in place of a number.

The states are the daemon's own enums: one that is renamed there is renamed here, and a test tells of one that is new.
Colours are Grafana's names; they mean the same in both dashboards.
"""

from collections.abc import Mapping
from enum import StrEnum

from aibwatch.core.model import RunState
from aibwatch.core.state import Phase
from aibwatch.core.verdict import VerdictKind

Json = dict[str, object]

WELL, ODD, BAD, WORST, CALM, NOTHING = "green", "yellow", "orange", "red", "blue", "#808080"

VERDICTS: Mapping[StrEnum, str] = {
    VerdictKind.LEARNING: NOTHING,
    VerdictKind.HEALTHY: WELL,
    VerdictKind.SUSPECT: ODD,
    VerdictKind.CONFIRMING: BAD,
    VerdictKind.OUTAGE: WORST,
    VerdictKind.RECOVERING: CALM,
    VerdictKind.DEGRADED: ODD,
    VerdictKind.BLIND: "purple",
    VerdictKind.GLOBAL: WORST,
    VerdictKind.MAINTENANCE: CALM,
}
PHASES: Mapping[StrEnum, str] = {
    Phase.WATCHING: WELL,
    Phase.HELD: BAD,
    Phase.CHECKING: ODD,
    Phase.COMMITTING: "purple",
    Phase.MOVING: CALM,
    Phase.HALTED: WORST,
}
RUNS: Mapping[StrEnum, str] = {
    RunState.NEVER: NOTHING,
    RunState.RUNNING: CALM,
    RunState.CANCELING: ODD,
    RunState.SUCCEEDED: WELL,
    RunState.PARTIALLY_SUCCEEDED: ODD,
    RunState.FAILED: WORST,
    RunState.CANCELED: ODD,
    RunState.UNKNOWN: "purple",
}

GATES = {"1": ("open", WELL), "0": ("closed", WORST), "-1": ("unknown", NOTHING)}
READY = {"1": ("ready", WELL), "0": ("not ready", WORST), "-1": ("unknown", NOTHING)}
ACTIVE = {"1": ("active", CALM), "0": ("-", "transparent")}
RELOADED = {"1": ("in force", WELL), "0": ("refused", WORST)}
NEVER = {"0": ("never", NOTHING)}


def of_states(states: Mapping[StrEnum, str]) -> list[Json]:
    """Return the words for `metric.coded` numbers."""
    return of_values({str(n): (str(state), colour) for n, (state, colour) in enumerate(states.items(), start=1)})


def of_values(words: Mapping[str, tuple[str, str]]) -> list[Json]:
    """Return the words for single values."""
    options = {
        value: {"text": text, "color": colour, "index": i} for i, (value, (text, colour)) in enumerate(words.items())
    }
    return [{"type": "value", "options": options}]


def of_expectations() -> list[Json]:
    """Return the words for an expected time that may be infinite, or not known yet."""
    never = {"from": 1e12, "to": None, "result": {"text": "never by itself", "color": WORST, "index": 0}}
    unknown = {"match": "nan", "result": {"text": "not known yet", "color": NOTHING, "index": 1}}
    return [{"type": "range", "options": never}, {"type": "special", "options": unknown}]


def steps(*bounds: tuple[float | None, str]) -> Json:
    """Return thresholds: from which value on a colour holds; the first begins at None."""
    return {"mode": "absolute", "steps": [{"value": value, "color": colour} for value, colour in bounds]}


PLAIN = steps((None, CALM))
ANY_IS_BAD = steps((None, WELL), (1, WORST))
ANY_IS_ODD = steps((None, WELL), (1, BAD))
