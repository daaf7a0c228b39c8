"""Tell whose fault a failure is.

Rules: the first row of the failure table that fits decides; what fits none is ambiguous. This module does not know how
much a class weighs, nor where the failure was seen.
"""

import re
from dataclasses import dataclass

from aibwatch.core.failure_table import DEFAULT, ROWS, Row
from aibwatch.core.model import Diagnosis, RunPhase
from aibwatch.core.sentences import printable

SUMMARY_LENGTH = 160
"""Characters: a summary is one line of a report, and the longest known messages say what they say early."""

POINTERS = re.compile(
    r"(To identify possible causes,|For more (details|troubleshooting steps),?) go to https?://\S+", re.IGNORECASE
)
"""Pointers to the documentation, which every message of the service has and no reader of a summary needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Symptom:
    """What a failure looked like."""

    status: int | None = None
    """HTTP status; None where there was no answer, or for a failed run."""
    failure_cause: str = ""
    """x-ms-failure-cause of the answer."""
    from_azure: bool = True
    """Whether any x-ms-* header came with the answer."""
    code: str = ""
    message: str = ""
    of_run: bool = False
    """Whether a run failed, as against an HTTP call."""
    phase: RunPhase = RunPhase.ABSENT
    """How far the run had come when it was last seen alive."""


def classify(symptom: Symptom) -> Diagnosis:
    """Return the class of the failure and the name of the row that decided."""
    row = row_for(symptom)
    return Diagnosis(cls=row.cls, rule=row.name, summary=_summary(symptom))


def row_for(symptom: Symptom) -> Row:
    """Return the row of the table that fits, for its cause and advice."""
    return next((row for row in ROWS if _fits(row, symptom)), DEFAULT)


def _fits(row: Row, symptom: Symptom) -> bool:
    conditions = (
        not row.statuses or symptom.status in row.statuses,
        not row.failure_cause or row.failure_cause == symptom.failure_cause.lower(),
        row.from_azure is None or row.from_azure == symptom.from_azure,
        row.answered is None or row.answered == (symptom.status is not None),
        row.of_run is None or row.of_run == symptom.of_run,
        not row.phases or symptom.phase in row.phases,
        row.text.search(f"{symptom.code}\n{symptom.message}") is not None,
    )
    return all(conditions)


def _summary(symptom: Symptom) -> str:
    """Return what was seen: "500 InternalServerError (x-ms-failure-cause: service): the message"."""
    cause = f"(x-ms-failure-cause: {symptom.failure_cause})" if symptom.failure_cause else ""
    head = " ".join(part for part in (str(symptom.status or ""), symptom.code, cause) if part)
    message = " ".join(POINTERS.sub("", symptom.message).split())
    text = printable(": ".join(part for part in (head, message) if part)) or "no reason was given"
    return text if len(text) <= SUMMARY_LENGTH else text[: SUMMARY_LENGTH - 1] + "…"
