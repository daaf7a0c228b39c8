"""Whose fault a failure is: each row of the table has an example that no other row claims."""

import pytest

from aibwatch.core import failure_table
from aibwatch.core.classify import SUMMARY_LENGTH, Symptom, classify, row_for
from aibwatch.core.failure_table import ROWS
from aibwatch.core.model import Diagnosis, FailureClass, RunPhase


def answer(
    status: int | None, code: str = "", message: str = "", *, cause: str = "", from_azure: bool = True
) -> Symptom:
    return Symptom(status=status, code=code, message=message, failure_cause=cause, from_azure=from_azure)


def run(message: str, code: str = "", *, phase: RunPhase = RunPhase.BUILDING) -> Symptom:
    return Symptom(code=code, message=message, of_run=True, phase=phase)


PACKER = (
    "Failed while waiting for packerizer: Microservice has failed: Failed while processing request: "
    "Error when executing packerizer: Packer build command has failed: exit status 1."
)
GENERIC = "Internal error occurred. This is a generic error. To identify possible causes, go to https://aka.ms/aib."

EXAMPLES: dict[str, list[Symptom]] = {
    "already-running": [
        answer(409, "OperationNotAllowed", "Operation run is not allowed in provisioning state: provisioned"),
        answer(409, "Conflict", "Operation 'DELETE' is not allowed in provisioningState: 'creating'"),
    ],
    "cancelled": [run("Canceling image build")],
    "no-answer": [answer(None, message="Name or service not known")],
    "not-azure": [answer(502, message="Bad Gateway", from_azure=False)],
    "throttled": [answer(429, "TooManyRequests")],
    "token-refused": [answer(401, "ExpiredAuthenticationToken")],
    "not-permitted": [answer(403, "AuthorizationFailed")],
    "not-found": [answer(404, "ResourceGroupNotFound")],
    "arm-failed": [answer(504, "GatewayTimeout", cause="gateway"), answer(500, cause="Gateway")],
    "arm-failed-in-words": [
        answer(500, "InternalServerError", "Encountered internal server error. Diagnostic information: timestamp 'x'")
    ],
    "service-failed": [answer(500, "InternalServerError", cause="service"), answer(503, cause="Service")],
    "server-error-status": [answer(500, message='{"Message":"An error has occurred."}')],
    "refused": [answer(400, "ValidationFailed"), answer(409, "MissingSubscriptionRegistration")],
    "customer-step": [
        run(PACKER, phase=RunPhase.CUSTOMIZING),
        run(PACKER, phase=RunPhase.VALIDATING),
        run(GENERIC, phase=RunPhase.CUSTOMIZING),
    ],
    "quota": [
        run("Operation results in exceeding quota limit of standardDv2Family Cores", "QuotaExceeded"),
        run("Azure Container Instances quota exceeded"),
        run("PublicIPCountLimitReached"),
        run("exceeding quota limits of Core"),
        run("ResourceQuotaExceeded"),
    ],
    "capacity": [
        run('Allocation failed. Code="AllocationFailed"'),
        run("Code=SkuNotAvailable"),
        run("'x' CPU and 'y' GB memory is not available in the location 'x' at this moment."),
    ],
    "missing-permission": [
        run("Not authorized to access the resource: /subscriptions/s", "Unauthorized"),
        run("does not have authorization", "AuthorizationFailed"),
        run("the current tenant is not authorized to access linked subscription", "LinkedAuthorizationFailed"),
    ],
    "bad-template": [
        run("Validation failed: 'ImageTemplate.properties.source': Field 'imageId' has a bad value: '/subscriptions'"),
        run("'ImageTemplate.properties.distribute[0]': Missing field runOutputName"),
        run("Validation failed: Error with Hyper-V Version validation"),
    ],
    "file-missing": [
        run("Downloading external file (f) to local file (x) [attempt 1 of 10] failed"),
        run("Error downloading 'f' to 'x'"),
        run("Resource f is unavailable. Please check the file exists, and that Image Builder can access it"),
    ],
    "own-network": [
        run("", "SubnetIsFull"),
        run("PrivateLinkService Network Policy is not disabled for the given subnet"),
        run("", "ScopeLocked"),
        run("Azure Container Instances provider not registered for your subscription."),
    ],
    "run-throttled": [
        run("Too many Azure Container Instances deployed within a period of time."),
        run("", "RetryableErrorDueToAnotherOperation"),
        run("", "TooManyRequests"),
    ],
    "policy": [run("RequestDisallowedByPolicy"), run("Resource 'x' was disallowed by policy")],
    "source-missing": [
        run("Build (Shared Image Version) step failed for Image Version 'x': StatusCode=404"),
        run("Build (Managed Image) step failed: Error getting Managed Image"),
        run("", "BadPIRSource"),
        run("", "BadManagedImageSource"),
        run("", "BadSharedImageVersionSource"),
    ],
    "distribution": [
        run("Failed in distributing 1 images out of total 1: {[Error 0] InternalOperationError"),
        run("Failed in distributing 1 images out of total 1: context deadline exceeded", phase=RunPhase.DISTRIBUTING),
    ],
    "generic-internal-error": [run(GENERIC), run(GENERIC, phase=RunPhase.QUEUED)],
    "server-error": [run("", "ServerError"), run("InternalServerError")],
    "internal-operation-error": [
        run("Internal error occurred.", "InternalOperationError"),
        run("Internal error occurred."),
    ],
    "packer": [
        run(PACKER),
        run("Timeout waiting for microservice to complete: 'context deadline exceeded'"),
    ],
    "default": [run("Other"), run(""), answer(302, message="moved")],
}

CASES = [(rule, symptom) for rule, symptoms in EXAMPLES.items() for symptom in symptoms]

CLASSES = {
    "already-running": "expected",
    "cancelled": "expected",
    "no-answer": "network",
    "not-azure": "network",
    "throttled": "throttled",
    "token-refused": "auth",
    "not-permitted": "auth",
    "not-found": "customer",
    "arm-failed": "ambiguous",
    "arm-failed-in-words": "ambiguous",
    "service-failed": "service",
    "server-error-status": "service",
    "refused": "customer",
    "customer-step": "customer",
    "quota": "capacity",
    "capacity": "capacity",
    "missing-permission": "customer",
    "bad-template": "customer",
    "file-missing": "customer",
    "own-network": "customer",
    "run-throttled": "throttled",
    "policy": "customer",
    "source-missing": "customer",
    "distribution": "distribution",
    "generic-internal-error": "service",
    "server-error": "service",
    "internal-operation-error": "ambiguous",
    "packer": "ambiguous",
    "default": "ambiguous",
}


@pytest.mark.parametrize(("rule", "symptom"), CASES)
def test_a_failure_is_told_by_its_row(rule: str, symptom: Symptom) -> None:
    diagnosis = classify(symptom)
    assert (diagnosis.rule, diagnosis.cls) == (rule, CLASSES[rule])


def test_every_row_has_an_example() -> None:
    assert [row.name for row in ROWS] + ["default"] == list(EXAMPLES)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_every_row_names_a_cause_an_advice_and_where_we_know_it_from(row: failure_table.Row) -> None:
    assert all((row.cause, row.advice, row.source))


@pytest.mark.parametrize("phase", [p for p in RunPhase if p not in {RunPhase.CUSTOMIZING, RunPhase.VALIDATING}])
def test_outside_the_customers_steps_a_generic_error_is_the_services(phase: RunPhase) -> None:
    assert classify(run(GENERIC, phase=phase)).cls is FailureClass.SERVICE


def test_an_http_answer_that_came_while_a_run_customized_is_not_the_customers() -> None:
    symptom = Symptom(status=500, phase=RunPhase.CUSTOMIZING)
    assert classify(symptom).cls is FailureClass.SERVICE


def test_a_failed_run_needs_no_http_status() -> None:
    assert classify(run("")).rule == "default"


def test_a_quota_that_azure_calls_operation_not_allowed_is_still_a_quota() -> None:
    message = "Operation could not be completed as it results in exceeding quota limits of Core. Maximum allowed: 4"
    assert classify(run(message, "OperationNotAllowed")).cls is FailureClass.CAPACITY


@pytest.mark.parametrize("status", [302, 400, 403, 404, 407])
def test_whatever_a_proxy_answers_it_is_not_azure_that_spoke(status: int) -> None:
    assert classify(answer(status, message="Proxy says no", from_azure=False)).cls is FailureClass.NETWORK


def test_the_diagnosis_carries_what_was_seen_in_one_line() -> None:
    symptom = answer(500, "InternalServerError", "it\n  broke", cause="service")
    assert classify(symptom) == Diagnosis(
        cls=FailureClass.SERVICE,
        rule="service-failed",
        summary="500 InternalServerError (x-ms-failure-cause: service): it broke",
    )


def test_the_diagnosis_leaves_out_the_pointers_that_every_message_has() -> None:
    assert classify(run(GENERIC)).summary == "Internal error occurred. This is a generic error."


def test_a_failure_without_words_says_so() -> None:
    assert classify(run("")).summary == "no reason was given"


def test_a_long_story_is_cut() -> None:
    summary = classify(run("x" * 999)).summary
    assert (len(summary), summary[-1]) == (SUMMARY_LENGTH, "…")


def test_the_row_itself_can_be_had_for_its_advice() -> None:
    assert row_for(answer(429)).advice == "wait as long as Retry-After or the text says"
