"""Tell whose fault a failure is.

Rules: the first row of the failure table that fits decides; what fits none is ambiguous. A message is made plain first,
so that it does not matter in what it came wrapped. This module does not know how much a class weighs, nor where the
failure was seen.
"""

import re
from dataclasses import dataclass
from datetime import timedelta

from aibwatch.core.failures import DEFAULT, ROWS
from aibwatch.core.failures.plain import plain
from aibwatch.core.failures.row import Row
from aibwatch.core.model import Diagnosis, RunPhase
from aibwatch.core.redact import redacted
from aibwatch.core.sentences import printable

SUMMARY_LENGTH = 160
"""Characters: a summary is one line of a report, and the longest known messages say what they say early."""

MOST_SHOWN = 4_000
"""Characters of a message that a summary is made of; a signed URL alone has 3.4 kB."""

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
    lasted: timedelta | None = None
    """How long the run took; None if that is not known, or it was none."""


def classify(symptom: Symptom) -> Diagnosis:
    """Return the class of the failure and the name of the row that decided."""
    row = row_for(symptom)
    return Diagnosis(cls=row.cls, rule=row.name, summary=_summary(symptom))


def row_for(symptom: Symptom) -> Row:
    """Return the row of the table that fits, for its cause and advice."""
    text = plain(f"{symptom.code}\n{symptom.message}").lower()
    return next((row for row in ROWS if _fits(row, symptom, text)), DEFAULT)


def _fits(row: Row, symptom: Symptom, text: str) -> bool:
    met = (
        not row.statuses or symptom.status in row.statuses,
        not row.failure_cause or row.failure_cause == symptom.failure_cause.lower(),
        row.from_azure is None or row.from_azure == symptom.from_azure,
        row.answered is None or row.answered == (symptom.status is not None),
        row.of_run is None or row.of_run == symptom.of_run,
        not row.phases or symptom.phase in row.phases,
        row.shorter_than is None or (symptom.lasted is not None and symptom.lasted < row.shorter_than),
    )
    return all(met) and row.text.search(text) is not None


def _summary(symptom: Symptom) -> str:
    """Return what was seen: "500 InternalServerError (x-ms-failure-cause: service): the message"."""
    cause = f"(x-ms-failure-cause: {symptom.failure_cause})" if symptom.failure_cause else ""
    head = " ".join(part for part in (str(symptom.status or ""), symptom.code, cause) if part)
    message = redacted(" ".join(POINTERS.sub("", symptom.message[:MOST_SHOWN]).split()))
    text = printable(": ".join(part for part in (head, message) if part)) or "no reason was given"
    return text if len(text) <= SUMMARY_LENGTH else text[: SUMMARY_LENGTH - 1] + "…"
