"""Take what a plug-in says: nobody checked its types, so nothing of it is believed to have the form that it should.

Rules: what is no answer is UNKNOWN, what is no yes is no, and a plan that cannot be kept is none. Texts are made fit to
be shown: printable, without secrets, and not longer than anybody reads. A plug-in's exceptions are for whoever called
it; two that are none of its business, ending our task and ending our process, become faults of its own.
"""

import asyncio
from collections.abc import Awaitable, Mapping

from aibwatch.core.move.move import StepResult
from aibwatch.core.redact import redacted
from aibwatch.core.sentences import printable
from aibwatch.handlers.api import ANSWERS, Answer, Check, Description, HandlerError, Plan
from aibwatch.handlers.loader import UnknownHandlerError

LONGEST_REASON = 300
"""Characters of a reason: it stands in a line of status beside others."""

LONGEST_NAME = 80

MOST_CHANGES, LARGEST_BEFORE = 100, 64 * 1024
"""Of a plan: sentences that somebody might read, and bytes that are handed back with every call."""


class FaultError(Exception):
    """A plug-in did what none may; the message says what."""


async def heard(asked: Awaitable[object]) -> object:
    """Return what a plug-in answers. A cancellation or an exit of its own stays its own."""
    try:
        return await asked
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        if task is not None and task.cancelling() > 0:
            raise
        raise FaultError("something that it waited for was cancelled") from error
    except SystemExit as error:
        raise FaultError("it tried to end aibwatch") from error


def as_answer(said: object) -> Answer:
    """Return the answer, or UNKNOWN with what it is instead."""
    result, why = (getattr(said, name, None) for name in ("result", "why"))
    if not (isinstance(said, Answer) and isinstance(result, StepResult) and isinstance(why, str)):
        return Answer(result=StepResult.UNKNOWN, why=f"it answered with {type(said).__name__}, which is no answer")
    if said.result not in ANSWERS:
        return Answer(result=StepResult.UNKNOWN, why=f"it answered {said.result}, which is not for a handler to say")
    return Answer(
        result=said.result,
        why=fit(said.why),
        resumable=said.resumable is True,
        repeatable=said.repeatable is True,
    )


def as_check(said: object) -> Check:
    """Return the check, or no with what it is instead."""
    well, why = (getattr(said, name, None) for name in ("well", "why"))
    if not (isinstance(said, Check) and isinstance(well, bool) and isinstance(why, str)):
        return Check(well=False, why=f"it answered with {type(said).__name__}, which is no answer to check")
    return Check(well=said.well, why=fit(said.why))


def as_plan(said: object) -> Plan:
    """Return the plan.

    Raises:
        HandlerError: if it cannot be kept, or not be handed back as it was.
    """
    if not isinstance(said, Plan) or not _is_text(said.changes) or not isinstance(said.before, Mapping):
        raise HandlerError(f"it planned with {type(said).__name__}, which is no plan")
    if not _is_text((*said.before.keys(), *said.before.values())):
        raise HandlerError("its plan keeps something else than texts")
    size = sum(len(key) + len(value) for key, value in said.before.items())
    if size > LARGEST_BEFORE or len(said.changes) > MOST_CHANGES:
        raise HandlerError(f"its plan is too large: at most {MOST_CHANGES} changes, and 64 KiB of what was before")
    before = {str(key): str(value) for key, value in said.before.items()}  # an enumeration's text is a text
    return Plan(changes=tuple(fit(change) for change in said.changes), before=before)


def as_description(said: object) -> Description:
    """Return the description.

    Raises:
        FaultError: if it is none.
    """
    if not isinstance(said, Description) or not _is_text((said.name, said.version)):
        raise FaultError(f"it described itself with {type(said).__name__}, which is no description")
    return Description(
        name=fit(said.name)[:LONGEST_NAME],
        version=fit(said.version)[:LONGEST_NAME],
        capabilities=frozenset(said.capabilities),
    )


def told(error: Exception) -> str:
    """Return what an exception says, for people."""
    match error:
        case TimeoutError():
            return "it did not answer in time"
        case FaultError() | UnknownHandlerError():
            return fit(str(error))
        case _:
            return fit(f"{type(error).__name__}: {error}")


def fit(text: str) -> str:
    """Return a text of a plug-in as it may be shown and kept."""
    return printable(redacted(text[: 10 * LONGEST_REASON]))[:LONGEST_REASON]


def _is_text(values: object) -> bool:
    return isinstance(values, tuple | list) and all(isinstance(value, str) for value in values)
