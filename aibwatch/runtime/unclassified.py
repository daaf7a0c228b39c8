"""Tell of failures that no row of the failure table knows, with what somebody needs to write one.

Rules: the same text is told once, however many runs fail with it: ids, numbers and the way it was wrapped make no other
text of it. What was told is remembered up to a limit; the oldest is forgotten first, and may be told again. The counter
aibwatch_unclassified_failures_total counts every run all the same. Secrets are taken out, ids stay.
"""

import re
from hashlib import sha256

import structlog

from aibwatch.core.classify import Symptom
from aibwatch.core.failures.plain import plain
from aibwatch.core.observation import TemplateSeen
from aibwatch.core.redact import redacted
from aibwatch.core.sentences import printable

log = structlog.get_logger("aibwatch.unclassified")

KIND = "unclassified_failure"

MOST_REMEMBERED = 500
"""Different texts. There are some 80 known ones; 500 unknown ones are either noise or an attack on the log."""

LONGEST_MESSAGE = 2_000
"""Characters of a message in the log. Those of the service were below 1,000."""

HINT = (
    "no row of the failure table knows this; see what `aibwatch classify` makes of the message, and open an issue with "
    "this line and whose fault it turned out to be, so that a row is added"
)

_VARIABLE = re.compile(
    r"[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}|/subscriptions/\S+|https?://\S+|\d+", re.IGNORECASE
)


class Unclassified:
    """Remembers which unknown failures were told of."""

    def __init__(self) -> None:
        self._told: dict[bytes, None] = {}

    def seen(self, seen: TemplateSeen, symptom: Symptom) -> None:
        """Write one line about the failure, unless there was one about the same text."""
        key = _key(symptom)
        if key in self._told:
            return
        self._told[key] = None
        if len(self._told) > MOST_REMEMBERED:
            del self._told[next(iter(self._told))]
        log.warning(
            "a failure that is not known",
            kind=KIND,
            template=seen.template,
            region=seen.region,
            status=symptom.status,
            code=symptom.code,
            phase=str(symptom.phase),
            failure_cause=symptom.failure_cause,
            lasted_seconds=int(symptom.lasted.total_seconds()) if symptom.lasted is not None else None,
            message=_shown(symptom.message),
            hint=HINT,
        )


def _key(symptom: Symptom) -> bytes:
    text = _VARIABLE.sub("#", plain(f"{symptom.code}\n{symptom.message}").lower())
    return sha256(f"{symptom.status} {symptom.failure_cause.lower()} {text}".encode("utf-8", "replace")).digest()


def _shown(message: str) -> str:
    text = redacted(printable(message))
    return text if len(text) <= LONGEST_MESSAGE else text[: LONGEST_MESSAGE - 1] + "…"
