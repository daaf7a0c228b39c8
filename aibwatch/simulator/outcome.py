"""Say how a run ends when nothing befalls it, and the words lastRunStatus has for it.

The service gives no code for a failed run, only text, so the texts carry the protocol: the phrases a classifier looks
for are the service's own (documented or recorded), the rest is filled in. This module does not know when a run ends
(run.py).
"""

import json
from dataclasses import dataclass
from enum import StrEnum

from aibwatch.simulator.lots import guid
from aibwatch.simulator.trouble import DeathText


class RunState(StrEnum):
    """`runState` as the wire spells it."""

    RUNNING = "Running"
    CANCELING = "Canceling"
    SUCCEEDED = "Succeeded"
    PARTIALLY_SUCCEEDED = "PartiallySucceeded"
    FAILED = "Failed"
    CANCELED = "Canceled"


class Phase(StrEnum):
    """`runSubState` as the wire spells it, in the order of a build."""

    QUEUED = "Queued"
    BUILDING = "Building"
    CUSTOMIZING = "Customizing"
    OPTIMIZING = "Optimizing"
    VALIDATING = "Validating"
    DISTRIBUTING = "Distributing"


class Outcome(StrEnum):
    """What a template's runs come to, in the words of a scenario file."""

    SUCCEEDS = "succeeds"
    SCRIPT_FAILS = "script-fails"
    UNAUTHORIZED = "unauthorized"
    QUOTA = "quota"
    NO_CAPACITY = "no-capacity"
    TIMES_OUT = "times-out"
    DISTRIBUTION_FAILS = "distribution-fails"
    PARTIAL = "partial"
    INTERNAL_ERROR = "internal-error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """Where and how an outcome ends its run."""

    phase: Phase
    """The last phase the run is in."""
    part: float
    """How much of that phase it lives through; 1.0 is all of it."""
    state: RunState


_ENDINGS = {
    Outcome.SUCCEEDS: Ending(phase=Phase.DISTRIBUTING, part=1.0, state=RunState.SUCCEEDED),
    Outcome.SCRIPT_FAILS: Ending(phase=Phase.CUSTOMIZING, part=0.6, state=RunState.FAILED),
    Outcome.UNAUTHORIZED: Ending(phase=Phase.BUILDING, part=0.25, state=RunState.FAILED),
    Outcome.QUOTA: Ending(phase=Phase.BUILDING, part=0.25, state=RunState.FAILED),
    Outcome.NO_CAPACITY: Ending(phase=Phase.BUILDING, part=0.25, state=RunState.FAILED),
    Outcome.TIMES_OUT: Ending(phase=Phase.CUSTOMIZING, part=1.0, state=RunState.FAILED),
    Outcome.DISTRIBUTION_FAILS: Ending(phase=Phase.DISTRIBUTING, part=0.8, state=RunState.FAILED),
    Outcome.PARTIAL: Ending(phase=Phase.DISTRIBUTING, part=1.0, state=RunState.PARTIALLY_SUCCEEDED),
    Outcome.INTERNAL_ERROR: Ending(phase=Phase.BUILDING, part=0.3, state=RunState.FAILED),
}

_HELP = "For more troubleshooting steps go to https://aka.ms/azvmimagebuilderts."
_INTERNAL = "Internal error occurred. This is a generic error. To identify possible causes, go to https://aka.ms/azvmimagebuilderts."


def ending(outcome: Outcome) -> Ending:
    """Return where and how runs of that outcome end."""
    return _ENDINGS[outcome]


def _packerizer(run: str) -> str:
    # The text of a failed script, and of the regional outage of February 2021: nothing in it tells the two apart.
    log = f"https://{guid(0, run, 'store')[:8]}stagingstore.blob.core.windows.net/packerlogs/{run}/customization.log"
    return (
        "Failed while waiting for packerizer: Microservice has failed: Failed while processing request: "
        "Error when executing packerizer: Packer build command has failed: exit status 1. "
        "During the image build, a failure has occurred, please review the build log to identify which "
        f"build/customization step failed. {_HELP} Image Build log location: {log}. "
        f"OperationId: {run}. Use this operationId to search packer logs."
    )


def _distribution() -> str:
    # Recorded so: a JSON document inside the string, indented by one blank.
    detail = {"code": "InternalOperationError", "message": "Internal error occurred."}
    reason = "Failed in distributing 1 images out of total 1: Some error happened, please check the error details."
    return json.dumps({"code": "InternalOperationError", "message": reason, "details": [detail]}, indent=1)


def message(outcome: Outcome, run: str, region: str) -> str:
    """Return lastRunStatus.message of a run, by its operation id, that ended so. A success says nothing."""
    texts = {
        Outcome.SUCCEEDS: "",
        Outcome.SCRIPT_FAILS: _packerizer(run),
        Outcome.UNAUTHORIZED: (
            "Build (Managed Image) step failed: autorest/azure: Service returned an error. Status=403 "
            f'Code="AuthorizationFailed" Message="The client \'{guid(0, run, "client")}\' does not have '
            "authorization to perform action 'Microsoft.Compute/images/read'\""
        ),
        Outcome.QUOTA: (
            'Deployment failed: Code="QuotaExceeded" Message="Operation results in exceeding quota limit of '
            f'standardDv2Family Cores. Region: {region}."'
        ),
        Outcome.NO_CAPACITY: f'Deployment failed: Allocation failed. Code="AllocationFailed" Region: {region}.',
        Outcome.TIMES_OUT: (
            f"Deployment failed. Correlation ID: {run}. Failed in building/customizing image: Failed while waiting for "
            "packerizer: Timeout waiting for microservice to complete: 'context deadline exceeded'"
        ),
        Outcome.DISTRIBUTION_FAILS: _distribution(),
        Outcome.PARTIAL: "Failed in distributing 1 images out of total 2: Some error happened.",
        Outcome.INTERNAL_ERROR: _INTERNAL,
    }
    return texts[outcome]


def death_message(text: DeathText, run: str) -> str:
    """Return lastRunStatus.message of a run the service killed."""
    return _packerizer(run) if text is DeathText.PACKERIZER else _INTERNAL
