"""Say how one request to Azure ended: Good or Bad, never an exception.

Rules: an answer of any HTTP status is a value; so is having got none. Header names are in lower case everywhere.
This module does not know what was asked for.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from aibwatch.core.classify import Symptom, classify
from aibwatch.core.model import Diagnosis
from aibwatch.core.reading import one_line


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestIds:
    """What support asks for. Empty where the answer, or the request, did not carry it."""

    client: str = ""
    """x-ms-client-request-id, made by us for every request."""
    request: str = ""
    """x-ms-request-id; of a run it is also the id of the operation."""
    correlation: str = ""
    """x-ms-correlation-request-id."""

    @property
    def named(self) -> tuple[str, ...]:
        """What leads support to the request, each with its name; our own id only where the answer brought none."""
        known = {"x-ms-correlation-request-id": self.correlation}
        if self.request != self.correlation:
            known["x-ms-request-id"] = self.request
        if not any(known.values()):
            known["x-ms-client-request-id"] = self.client
        return tuple(f"{name} {one_line(value)}" for name, value in known.items() if value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Good:
    """An answer of Azure with a 2xx status and a body as promised."""

    status: int
    headers: Mapping[str, str]
    body: Mapping[str, object]
    """The JSON object that came; empty where a POST was answered with none."""
    size: int = 0
    """Bytes of the body, decompressed."""
    ids: RequestIds = RequestIds()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bad:
    """Anything else: a refusal, a broken answer, somebody else's answer, or none at all."""

    symptom: Symptom
    diagnosis: Diagnosis
    status: int | None = None
    """HTTP status as it came, also where the symptom leaves it out because it was not Azure that answered."""
    retry_after: timedelta | None = None
    """How long Azure asks us to wait; None if it does not say. At most an hour."""
    ids: RequestIds = RequestIds()
    uncertain: bool = False
    """Whether the request may have reached the service and had its effect all the same."""


Answer = Good | Bad


def unexpected(why: str, status: int = 200) -> Bad:
    """Return the failure of an answer that came well and says something else than promised."""
    symptom = Symptom(status=status, message=why)
    return Bad(symptom=symptom, diagnosis=classify(symptom), status=status)


def explained(bad: Bad, more: str) -> Bad:
    """Return the same failure with `more` said in front of its message; its class stays."""
    symptom = replace(bad.symptom, message=f"{more}: {bad.symptom.message or 'no words'}")
    summary = classify(symptom).summary
    return replace(bad, symptom=symptom, diagnosis=replace(bad.diagnosis, summary=summary))


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestSeen:
    """One request as the metrics see it. Made for every request that ended, not for cancelled ones."""

    operation: str
    """One of a few fixed names: "list_templates", "get_template", "run_template", ..."""
    region: str
    """Programmatic name, or "" where the request belongs to no region."""
    subscription: str
    """Whose quotas it used; "" for a request that belongs to no subscription."""
    status: int
    """HTTP status; 0 where there was no answer."""
    duration: timedelta
    """From before the token to after the body, by the clock given to Arm; never negative."""
    diagnosis: Diagnosis
    """WELL for a good answer."""
    ids: RequestIds = RequestIds()
    remaining: Mapping[str, int] = field(default_factory=dict)
    """What is left of our quotas, by the end of the header's name: {"subscription-reads": 249}."""
