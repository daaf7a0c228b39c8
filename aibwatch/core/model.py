"""Name the things of the field: regions, templates, runs, failures.

Everything here is a plain value. This module does not know where a value came from or what will be concluded from it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

Region = NewType("Region", str)
"""A region's programmatic name, as `location` says it: "westeurope"."""

TemplateId = NewType("TemplateId", str)
"""A template's resource id in lower case, because Azure answers with other letter case than it was asked with."""


Options = Mapping[str, str | int | float | bool | tuple[str, ...]]
"""What a step's handler is told beyond time-out and retries, as the operator wrote it; only the handler knows what it
means. Never a secret: it is on record with every move."""


def template_id(text: str) -> TemplateId:
    """Return the id in the one form in which ids are compared here."""
    return TemplateId(text.strip().rstrip("/").lower())


def template_name(template: TemplateId) -> str:
    """Return the last part of the id: the name people use."""
    return template.rsplit("/", 1)[-1]


def region_of(display: str) -> Region:
    """Return the programmatic name of a display name: "West Europe" is "westeurope"."""
    return Region("".join(display.split()).lower())


_GROUP_NAME = re.compile(r"[a-z0-9-]{1,63}")


def is_group_name(text: str) -> bool:
    """Return whether this can stand in a URL, a metric label and a shell command without quotes."""
    return _GROUP_NAME.fullmatch(text) is not None


class RunState(StrEnum):
    """`lastRunStatus.runState`, and NEVER for a template that was never run."""

    NEVER = "never"
    RUNNING = "running"
    CANCELING = "canceling"
    SUCCEEDED = "succeeded"
    PARTIALLY_SUCCEEDED = "partiallysucceeded"
    FAILED = "failed"
    CANCELED = "canceled"
    UNKNOWN = "unknown"

    @property
    def ended(self) -> bool:
        """Whether no more will come of this run."""
        return self.built or self in {RunState.FAILED, RunState.CANCELED}

    @property
    def built(self) -> bool:
        """Whether the run ended with an image, though perhaps not in every target."""
        return self in {RunState.SUCCEEDED, RunState.PARTIALLY_SUCCEEDED}


class RunPhase(StrEnum):
    """`lastRunStatus.runSubState`: how far a run has come. ABSENT once it has ended."""

    ABSENT = "absent"
    QUEUED = "queued"
    BUILDING = "building"
    CUSTOMIZING = "customizing"
    OPTIMIZING = "optimizing"
    VALIDATING = "validating"
    DISTRIBUTING = "distributing"
    UNKNOWN = "unknown"


class FailureClass(StrEnum):
    """Whose fault a failure is. OK is the class of an answer that was none."""

    OK = "ok"
    SERVICE = "service"
    AMBIGUOUS = "ambiguous"
    CUSTOMER = "customer"
    CAPACITY = "capacity"
    THROTTLED = "throttled"
    AUTH = "auth"
    NETWORK = "network"
    DISTRIBUTION = "distribution"
    EXPECTED = "expected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """A failure, classified: its class, the rule that said so, and what it looked like."""

    cls: FailureClass
    rule: str
    """Name of the row of the failure table, "default" if none matched, "none" for a good answer."""
    summary: str
    """One line of what was seen ("500 InternalServerError (x-ms-failure-cause: service): ..."), cut to a line."""
    ids: tuple[str, ...] = ()
    """What support finds it by, each with its name ("x-ms-correlation-request-id 0f1e..."): of an answer its headers',
    of a failed run those that its text names. They decide nothing, and two diagnoses that differ in them are alike."""


WELL = Diagnosis(cls=FailureClass.OK, rule="none", summary="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of a template, as `lastRunStatus` shows it."""

    started: datetime
    """The service's own clock; identifies the run, because every run has another start."""
    ended: datetime | None
    """None while it runs (the service says 0001-01-01 then)."""
    state: RunState
    phase: RunPhase = RunPhase.ABSENT
    diagnosis: Diagnosis = WELL
    """Why it failed; WELL unless state is FAILED."""


class Mode(StrEnum):
    """How far aibwatch may go by itself."""

    SHADOW = "shadow"
    APPROVE = "approve"
    AUTO = "auto"
