"""Understand what a program answered: its exit code, and the result among the lines that it printed.

Output is JSON lines, {"type": "progress", "text": ...} and last {"type": "result", ...}. Of a result are read:

    any verb    "why"      one sentence for people
    check       "well"     false says no, whatever the exit code
    plan        "changes"  a list of sentences; "before": texts that come back with every later call
    describe    "name", "version", "capabilities" (see api.Capability; others are left alone)
    status      "state"    applied, not_applied, partial or unknown

Rules: whatever a program prints, there is an answer with a reason. Exit codes say what became of an effect; 0 without a
result is 0 all the same. `status` must name its state: without one nobody knows.
"""

import json
import signal
from collections.abc import Mapping

from aibwatch.core.move.move import StepResult
from aibwatch.core.sentences import printable
from aibwatch.handlers.api import (
    Answer,
    Capability,
    Check,
    Description,
    HandlerError,
    Plan,
    RefusedHandlerError,
    TemporaryHandlerError,
)
from aibwatch.handlers.errand import Ending
from aibwatch.handlers.wire import STATES

CODES = {
    0: StepResult.APPLIED,
    10: StepResult.ALREADY_APPLIED,
    20: StepResult.NOTHING_CHANGED,
    30: StepResult.NEVER,
    40: StepResult.PARTIAL,
    50: StepResult.REFUSED,
}
"""What exit codes say."""

LONGEST = 300
"""Characters of what is quoted from a program."""

MOST_RESULTS = 1000
"""Lines that look like a result and are none, before the search is given up."""


def answer_of(ending: Ending, name: str) -> Answer:
    """Return what became of a call for an effect."""
    if not ending.began:
        result = StepResult.NOTHING_CHANGED if ending.passes else StepResult.NEVER
        return Answer(result=result, why=_how(ending, name))
    known = None if ending.stopped or ending.code is None else CODES.get(ending.code)
    return Answer(result=known or StepResult.UNKNOWN, why=_told(ending, name, known is not None))


def status_of(ending: Ending | None, name: str) -> Answer:
    """Return what a program says of its effect."""
    if not _answered(ending):
        refused = ending is not None and ending.code == 50 and not ending.stopped
        return Answer(result=StepResult.REFUSED if refused else StepResult.UNKNOWN, why=_told(ending, name, refused))
    said = result_in(ending.output).get("state") if ending else None
    state = STATES.get(said) if isinstance(said, str) else None
    if state is None:
        why = f"{name} named no state: it said {_quoted(said)}" if said is not None else f"{name} named no state"
        return Answer(result=StepResult.UNKNOWN, why=why)
    return Answer(result=state, why=_why(ending) or f"{name} says {said}")


def check_of(ending: Ending | None, name: str) -> Check:
    """Return whether a program says that it could act."""
    if not _answered(ending):
        return Check(well=False, why=_told(ending, name, _is_known(ending)))
    no = result_in(ending.output).get("well") is False if ending else True
    return Check(well=not no, why=_why(ending) or f"{name} says that it {'could not' if no else 'can'} act")


def plan_of(ending: Ending | None, name: str) -> Plan:
    """Return what a program would change.

    Raises:
        HandlerError: if it made no plan; of the kind that its exit code says.
    """
    if ending is None or not _answered(ending):
        raise _refusal(ending)(_told(ending, name, _is_known(ending)))
    result = result_in(ending.output)
    changes, before = result.get("changes", [f"{name} does not say what it will change"]), result.get("before", {})
    if not isinstance(changes, list) or not all(isinstance(change, str) for change in changes):
        raise HandlerError(f'{name} made a plan that cannot be used: "changes" is no list of texts')
    if not isinstance(before, dict) or not all(isinstance(value, str) for value in before.values()):
        raise HandlerError(f'{name} made a plan that cannot be used: "before" is no table of texts')
    return Plan(changes=tuple(changes), before=before)


def description_of(ending: Ending | None, name: str, digest: str) -> Description:
    """Return what a program is; one that does not know the question is described by its file alone.

    Raises:
        HandlerError: if it was not heard: another time it would say something else, without having changed.
    """
    if ending is None or not ending.began or ending.stopped or ending.code is None:
        raise TemporaryHandlerError(_how(ending, name))
    result = result_in(ending.output) if ending.code == 0 else {}
    called, version, can = (result.get(key) for key in ("name", "version", "capabilities"))
    listed = can if isinstance(can, list) else []
    return Description(
        name=called if isinstance(called, str) and called else name,
        version=f"{version} {digest}" if isinstance(version, str) and version else digest,
        capabilities=frozenset(capability for capability in Capability if capability in listed),
    )


def progress_in(line: str) -> str:
    """Return the text of a line of progress; empty if it is none."""
    said = _object(line) if '"progress"' in line else {}
    text = said.get("text")
    return text if said.get("type") == "progress" and isinstance(text, str) else ""


def result_in(output: bytes) -> Mapping[str, object]:
    """Return the last line that is a result, empty if there is none."""
    likely = [line for line in output.split(b"\n") if line.lstrip().startswith(b"{") and b'"result"' in line]
    for line in reversed(likely[-MOST_RESULTS:]):
        said = _object(line.decode(errors="replace"))
        if said.get("type") == "result":
            return said
    return {}


def _object(line: str) -> dict[str, object]:
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _answered(ending: Ending | None) -> bool:
    return ending is not None and ending.began and not ending.stopped and ending.code == 0


def _is_known(ending: Ending | None) -> bool:
    return ending is not None and ending.began and not ending.stopped and ending.code in CODES


def _refusal(ending: Ending | None) -> type[HandlerError]:
    """Return what to raise for a question that was not answered: another try helps, unless the program knows better."""
    if ending is not None and _is_known(ending):
        return {30: HandlerError, 40: HandlerError, 50: RefusedHandlerError}.get(
            ending.code or 0, TemporaryHandlerError
        )
    return HandlerError if ending is not None and not ending.began and not ending.passes else TemporaryHandlerError


def _told(ending: Ending | None, name: str, known: bool) -> str:
    """Return what it said, and how it ended where that is no answer by itself."""
    said = _why(ending)
    if said and known:
        return said
    return f"{_how(ending, name)}; it said: {said}" if said else _how(ending, name)


def _why(ending: Ending | None) -> str:
    why = result_in(ending.output).get("why") if ending else None
    return _cut(why) if isinstance(why, str) and why.strip() else ""


def _how(ending: Ending | None, name: str) -> str:
    if ending is None:
        return f"{name} left no record of its end"
    if not ending.began:
        return f"{name} could not be executed: {ending.why or 'the system gave no reason'}"
    if ending.stopped:
        cause = "at its deadline" if ending.stopped == "deadline" else "from outside"
        return f"{name} was ended {cause}"
    if ending.signal is not None:
        return f"{name} was ended by {_signal(ending.signal)}"
    words = "and printed no result" if not result_in(ending.output) else ""
    meaning = "" if ending.code in CODES else ", which says nothing"
    return f"{name} ended with exit code {ending.code}{meaning} {words}".rstrip()


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _quoted(value: object) -> str:
    return _cut(json.dumps(value, ensure_ascii=False))


def _cut(text: str) -> str:
    return printable(text)[:LONGEST]
