"""Understand what somebody pasted: a message, an error body, a run's status, a whole template. Pure; nothing raises.

Rules: JSON is looked for in the text, because tools put words around it. Of a template only its error or its last run
matters, as its definition may quote anything. Of an error body all of it is searched: what counts is often a detail.
A text without an HTTP status is taken for that of a run or an operation.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from aibwatch.core.classify import Symptom
from aibwatch.core.model import RunPhase, RunState
from aibwatch.core.reading import moment, table
from aibwatch.sources.error_body import error_of
from aibwatch.sources.parse_template import id_of

MOST_TRIED = 20
"""Opening braces at which JSON is tried; messages have one or two, a hostile text has thousands."""

LONGEST_JSON = 1024 * 1024
"""Characters that are read as JSON. A template with a hundred steps has 50,000; what is longer is searched as text."""

STATUS_NAME = "lastRunStatus"

_BRACE = re.compile(r"\{\s*\"")
_DECODER = json.JSONDecoder()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pasted:
    """What the text says, and whether it says that all is well."""

    symptom: Symptom
    well: RunState | None = None
    """The state of a run that has not failed; None where the text is about a failure."""


def understand(pasted: str) -> Pasted:
    """Return what the text is about."""
    found = (_of_object(value, pasted) for value in _objects(pasted))
    return next((one for one in found if one), Pasted(symptom=Symptom(message=pasted, of_run=True)))


def phase_named(name: str) -> RunPhase | None:
    """Return the phase of that name, in any case; None for none that a run can be in."""
    return _PHASES.get(name.strip().lower())


_PHASES = {p.value: p for p in RunPhase if p not in {RunPhase.ABSENT, RunPhase.UNKNOWN}}
_STATES = {s.value: s for s in RunState if s not in {RunState.NEVER, RunState.UNKNOWN}}

_TOLD_BY_STATE = {
    RunState.CANCELED: "The build was canceled",
    RunState.CANCELING: "Canceling image build",
    RunState.PARTIALLY_SUCCEEDED: "PartiallySucceeded",
}
"""States that say what happened even where the message does not."""

PHASES = tuple(p.value.capitalize() for p in _PHASES.values())
"""As the service writes them."""


def _objects(pasted: str) -> Iterator[Mapping[str, object]]:
    if len(pasted) > LONGEST_JSON:
        return
    end = 0
    for tried, found in enumerate(_BRACE.finditer(pasted)):
        if tried >= MOST_TRIED:
            return
        if found.start() < end:
            continue
        try:
            value, end = _DECODER.raw_decode(pasted, found.start())
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict):
            yield value


def _of_object(value: Mapping[str, object], pasted: str) -> Pasted | None:
    properties = table(value, "properties")
    refusal = table(properties, "provisioningError") or table(value, "provisioningError")
    if refusal or "provisioningErrorCode" in value:
        return _of_creation(refusal or value)
    for status in (value, table(value, STATUS_NAME), table(properties, STATUS_NAME)):
        if isinstance(status.get("runState"), str):
            return _of_run(status)
    if id_of(value) or "distribute" in properties:
        return Pasted(symptom=Symptom(of_run=True), well=RunState.NEVER)
    code, message = error_of(json.dumps(value).encode())
    return Pasted(symptom=Symptom(code=code, message=pasted, of_run=True)) if code or message else None


def _of_creation(refusal: Mapping[str, object]) -> Pasted:
    symptom = Symptom(code=_string(refusal, "provisioningErrorCode"), message=_string(refusal, "message"), of_run=True)
    return Pasted(symptom=symptom)


def _of_run(status: Mapping[str, object]) -> Pasted:
    state = _STATES.get(_string(status, "runState").strip().lower())
    started, ended = moment(status, "startTime"), moment(status, "endTime")
    symptom = Symptom(
        of_run=True,
        code=_TOLD_BY_STATE.get(state, "") if state else "",
        message=_string(status, "message"),
        phase=phase_named(_string(status, "runSubState")) or RunPhase.ABSENT,
        lasted=ended - started if started and ended and ended >= started else None,
    )
    return Pasted(symptom=symptom, well=state if state in {RunState.SUCCEEDED, RunState.RUNNING} else None)


def _string(value: Mapping[str, object], key: str) -> str:
    found = value.get(key)
    return found if isinstance(found, str) else ""
