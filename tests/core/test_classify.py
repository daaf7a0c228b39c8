"""Whose fault a failure is: each row of the table has an example that no other row claims."""

from dataclasses import replace
from datetime import timedelta

import pytest

from aibwatch.core.classify import SUMMARY_LENGTH, Symptom, classify, row_for
from aibwatch.core.failures import DEFAULT, ROWS
from aibwatch.core.failures.row import Row
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
        answer(
            405, "OperationNotAllowed", "Operation 'x/cancel/action' is not allowed in provisioningState: 'running'"
        ),
        answer(409, "Conflict", "Operation 'DELETE' is not allowed in provisioningState: 'creating'"),
    ],
    "cancelled": [run("Canceling image build"), run("The build was canceled"), run("The operation was canceled.")],
    "no-answer": [answer(None, message="Name or service not known"), answer(None)],
    "not-azure": [answer(502, message="Bad Gateway", from_azure=False)],
    "throttled": [answer(429, "TooManyRequests"), answer(429, "429", "Cannot acquire exclusive lock")],
    "token-refused": [answer(401, "ExpiredAuthenticationToken"), answer(401, "NoToken", "no token could be had")],
    "rule-forbids": [answer(403, "LinkedAuthorizationFailed"), answer(403, "RequestDisallowedByPolicy")],
    "not-permitted": [answer(403, "AuthorizationFailed")],
    "not-found": [answer(404, "ResourceGroupNotFound")],
    "arm-failed": [answer(504, "GatewayTimeout", cause="gateway"), answer(500, cause="Gateway")],
    "service-failed": [
        answer(500, "InternalServerError", cause="service"),
        answer(502, "BadGatewayConnection", cause="service"),
        answer(503, cause="Service"),
        answer(504, "GatewayTimeout", cause="service"),
        answer(500, "CloudInternalError", "it encountered an internal error", cause="service"),
    ],
    "service-failed-by-header": [Symptom(message="broken", failure_cause="service", of_run=True)],
    "arm-failed-in-words": [
        answer(500, "InternalServerError", "Encountered internal server error. Diagnostic information: timestamp 'x'"),
        answer(503, "ServerTimeout", "The request timed out. Diagnostic information: timestamp 'x'"),
    ],
    "server-error-status": [answer(500, message='{"Message":"An error has occurred."}'), answer(599)],
    "source-missing": [
        run("", "BadPIRSource"),
        run("Internal error occurred.", "BadManagedImageSource"),
        run("", "BadSharedImageVersionSource"),
        run("", "BadSourceType"),
    ],
    "bad-step": [
        run("Internal error occurred.", "NoCustomizerScript"),
        run("", "BadCustomizerType"),
        run("", "UnsupportedCustomizerType"),
        run("", "BadValidatorType"),
        run("", "UnsupportedValidatorType"),
        run("", "NoValidatorScript"),
    ],
    "bad-target": [run("", "BadDistributeType"), run("Not authorized", "BadSharedImageDistribute")],
    "bad-staging-group": [run("", "BadStagingResourceGroup")],
    "deployment-history": [run("", "DeploymentQuotaExceeded")],
    "container-quota": [run("Azure Container Instances quota exceeded")],
    "quota": [
        run("Operation results in exceeding quota limit of standardDv2Family Cores", "QuotaExceeded"),
        run("it results in exceeding approved standardDSv3Family Cores quota"),
        run("PublicIPCountLimitReached"),
        run("exceeding quota limits of Core, maximum allowed: 4 is the limit"),
        run("ResourceQuotaExceeded"),
        answer(409, "QuotaExceeded"),
    ],
    "capacity": [
        run('Allocation failed. Code="AllocationFailed"'),
        run("OverconstrainedZonalAllocationRequest"),
        run("Code=SkuNotAvailable"),
        run("The requested size for resource 'x' is currently not available in location 'eastus' zones ''."),
        run("'x' CPU and 'y' GB memory is not available in the location 'x' at this moment."),
    ],
    "run-throttled": [
        run("Too many Azure Container Instances deployed within a period of time."),
        run("", "RetryableErrorDueToAnotherOperation"),
    ],
    "identity-gone": [run("The assigned managed identity cannot be used. Please remove it.", "ServerError")],
    "storage-closed": [
        run("AuthorizationFailure: This request is not authorized to perform this operation."),
        run("access to the storage account 's' was denied"),
    ],
    "caller-not-permitted": [
        run("c does not have authorization to perform action 'Microsoft.VirtualMachineImages/imageTemplates/read'")
    ],
    "missing-permission": [
        run("Not authorized to access the resource: /subscriptions/s", "Unauthorized"),
        run("does not have authorization", "AuthorizationFailed"),
        run("the current tenant is not authorized to access linked subscription", "LinkedAuthorizationFailed"),
        run("compute.ImagesClient#Delete: Failure sending request: StatusCode=403"),
        run("network.InterfacesClient#UpdateTags: Failure responding to request: StatusCode=404"),
    ],
    "policy": [run("RequestDisallowedByPolicy"), run("Resource 'x' was disallowed by policy")],
    "own-network": [
        run("", "SubnetIsFull"),
        run("PrivateLinkService Network Policy is not disabled for the given subnet"),
        run('Code="NicInUseWithPrivateEndpoint"'),
    ],
    "locked": [run("", "ScopeLocked")],
    "not-registered": [
        run("Azure Container Instances provider not registered for your subscription."),
        answer(409, "MissingSubscriptionRegistration"),
    ],
    "no-update": [
        answer(409, "Conflict", "Update/Upgrade of image templates is currently not supported"),
        answer(400, message="Validation failed: x. Deleting a distribution target is not allowed."),
    ],
    "unknown-field": [answer(400, message="Unmarshalling entity encountered error: x")],
    "generation": [run("Validation failed: Error with Hyper-V Version validation")],
    "bad-template": [
        run("Validation failed: 'ImageTemplate.properties.source': Field 'imageId' has a bad value: '/subscriptions'"),
        run("'ImageTemplate.properties.distribute[0]': Missing field runOutputName"),
        answer(400, "ValidationFailed", "Validation failed: so"),
    ],
    "staging-group-in-use": [run("The staging resource group must be empty")],
    "file-missing": [
        run("Downloading external file (f) to local file (x) [attempt 1 of 10] failed"),
        run("Error downloading 'f' to 'x': 503 Service Unavailable"),
        run("Resource f is unavailable. Please check the file exists, and that Image Builder can access it"),
    ],
    "source-unreadable": [
        run("Build (Shared Image Version) step failed for Image Version 'x': StatusCode=404"),
        run("Build (Managed Image) step failed: Error getting Managed Image"),
    ],
    "no-token": [
        run("ManagedIdentityCredential authentication unavailable, no response from the IMDS endpoint."),
        run("AADSTS700016: Application with identifier 'x' was not found"),
    ],
    "no-way-there": [
        run("Cannot connect to host management.azure.com:443 ssl:default [Name or service not known]"),
        run("HTTPSConnectionPool(host='login.microsoftonline.com', port=443): Max retries exceeded"),
        run("time-out to management.azure.com"),
    ],
    "throttled-in-words": [
        run("", "TooManyRequests"),
        run("Number of requests exceeded the limit of '150'. Please try again after '324' seconds."),
    ],
    "question-too-old": [answer(400, "BadRequest", "The start time cannot be more than 90 days in the past.")],
    "missing-resource": [run("ParentResourceNotFound"), run("(ResourceNotFound) The Resource 'x' was not found.")],
    "timeout-too-short": [run("* client_jwt will expire within 5 minutes, please use another")],
    "restart-failed": [run('azure-arm,error []string{"Timeout waiting for machine to restart."}')],
    "vm-exhausted": [run("Build 'azure-arm' errored: unexpected EOF")],
    "sysprep": [run("azure-arm: IMAGE_STATE_UNDEPLOYABLE")],
    "script-failed": [run("Script exited with non-zero exit status: 267014"), run("chmod +x: permission denied")],
    "distribution": [
        run("Failed in distributing 1 images out of total 1: {[Error 0] InternalOperationError"),
        run("Failed in distributing 1 images out of total 1: context deadline exceeded", phase=RunPhase.DISTRIBUTING),
        run("Failed in distributing 1 images: Gallery replication jobs failed in one or more regions"),
        run("", "PartiallySucceeded"),
    ],
    "gallery-failed": [
        run("Gallery replication jobs failed in one or more regions. Failed with internal server error."),
        run("InvalidBeginGetAccessForGalleryImageVersionSnapshotResponseFromPIR"),
    ],
    "plugin-mismatch": [run("Incompatible API version with plugin. Plugin version: 5", phase=RunPhase.CUSTOMIZING)],
    "gateway-in-words": [
        run("(GatewayTimeout) The gateway did not receive a response from 'Microsoft.X' within the time period."),
        run("Request timed out", "GatewayTimeout"),
        run("The network connectivity issue encountered for 'Microsoft.X'; cannot fulfill the request."),
    ],
    "refused": [answer(400, "BadRequest"), answer(412, "PreconditionFailed"), answer(409, "InternalError")],
    "refused-in-words": [run("no such thing", "BadRequest"), run("(PreconditionFailed) it was modified")],
    "customer-step": [
        run(PACKER, phase=RunPhase.CUSTOMIZING),
        run(PACKER, phase=RunPhase.VALIDATING),
        run(GENERIC, phase=RunPhase.CUSTOMIZING),
        run("", phase=RunPhase.CUSTOMIZING),
    ],
    "generic-internal-error": [run(GENERIC), run(GENERIC, phase=RunPhase.QUEUED)],
    "server-error": [run("", "ServerError"), run("InternalServerError"), run("'InternalError'")],
    "unavailable": [
        run("<h2>Service Unavailable</h2>"),
        run('{"Message":"An error has occurred."}'),
        run("An error has occurred."),
    ],
    "distributing-step": [run("Internal error occurred.", phase=RunPhase.DISTRIBUTING)],
    "no-vm-yet": [replace(run(PACKER), lasted=timedelta(seconds=81))],
    "packer": [run(PACKER), replace(run(PACKER), lasted=timedelta(minutes=3))],
    "build-timeout": [run("Timeout waiting for microservice to complete: 'context deadline exceeded'")],
    "waited-in-vain": [run("Future#WaitForCompletion: context has been cancelled: StatusCode=200")],
    "vm-not-reached": [run("Timeout waiting for SSH."), run("Waiting for WinRM to become available...")],
    "connection-lost": [run("Cancelling builder after context cancellation context canceled")],
    "isolated-build": [run("a failure of Isolated Image Builds")],
    "region-closed": [run("RegionDoesNotAllowProvisioning")],
    "internal-operation-error": [
        run("Internal error occurred.", "InternalOperationError"),
        run("Internal error occurred."),
    ],
    "other-code": [run("", "Other"), run("Other")],
    "no-words": [run(""), run(" \n")],
    "harmless": [run("PACKER OUT ==> azure-arm: Error deleting resource. Will retry.")],
    "not-as-promised": [answer(302, message="moved"), answer(200, message="an answer that is not JSON")],
    "default": [run("something new"), run("something new", "Other"), answer(999)],
}

CASES = [(rule, symptom) for rule, symptoms in EXAMPLES.items() for symptom in symptoms]

CLASSES = {
    "already-running": "expected",
    "cancelled": "expected",
    "no-answer": "network",
    "not-azure": "network",
    "throttled": "throttled",
    "token-refused": "auth",
    "rule-forbids": "customer",
    "not-permitted": "auth",
    "not-found": "customer",
    "arm-failed": "ambiguous",
    "arm-failed-in-words": "ambiguous",
    "service-failed": "service",
    "service-failed-by-header": "service",
    "server-error-status": "service",
    "source-missing": "customer",
    "bad-step": "customer",
    "bad-target": "customer",
    "bad-staging-group": "customer",
    "deployment-history": "capacity",
    "container-quota": "capacity",
    "quota": "capacity",
    "capacity": "capacity",
    "run-throttled": "throttled",
    "identity-gone": "customer",
    "storage-closed": "customer",
    "caller-not-permitted": "auth",
    "missing-permission": "customer",
    "policy": "customer",
    "own-network": "customer",
    "locked": "customer",
    "not-registered": "customer",
    "no-update": "customer",
    "unknown-field": "customer",
    "generation": "customer",
    "bad-template": "customer",
    "staging-group-in-use": "customer",
    "file-missing": "customer",
    "source-unreadable": "customer",
    "no-token": "auth",
    "no-way-there": "network",
    "throttled-in-words": "throttled",
    "question-too-old": "customer",
    "missing-resource": "customer",
    "timeout-too-short": "customer",
    "restart-failed": "customer",
    "vm-exhausted": "customer",
    "sysprep": "customer",
    "script-failed": "customer",
    "distribution": "distribution",
    "gallery-failed": "service",
    "plugin-mismatch": "service",
    "gateway-in-words": "service",
    "refused": "customer",
    "refused-in-words": "customer",
    "customer-step": "customer",
    "generic-internal-error": "service",
    "server-error": "service",
    "unavailable": "service",
    "distributing-step": "distribution",
    "no-vm-yet": "ambiguous",
    "packer": "ambiguous",
    "build-timeout": "ambiguous",
    "waited-in-vain": "ambiguous",
    "vm-not-reached": "ambiguous",
    "connection-lost": "ambiguous",
    "isolated-build": "ambiguous",
    "region-closed": "ambiguous",
    "internal-operation-error": "ambiguous",
    "other-code": "ambiguous",
    "no-words": "ambiguous",
    "harmless": "expected",
    "not-as-promised": "ambiguous",
    "default": "ambiguous",
}


@pytest.mark.parametrize(("rule", "symptom"), CASES)
def test_a_failure_is_told_by_its_row(rule: str, symptom: Symptom) -> None:
    diagnosis = classify(symptom)
    assert (diagnosis.rule, diagnosis.cls) == (rule, CLASSES[rule])


def test_every_row_has_an_example() -> None:
    assert [row.name for row in ROWS] + ["default"] == list(EXAMPLES)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_every_row_names_a_cause_an_advice_and_where_we_know_it_from(row: Row) -> None:
    assert all((row.cause, row.advice, row.source))


def shown_by(row: Row) -> Symptom:
    """Return a symptom made of nothing but the row's own conditions and example."""
    return Symptom(
        status=min(row.statuses) if row.statuses else 500 if row.answered else None,
        failure_cause=row.failure_cause,
        from_azure=row.from_azure is not False,
        message=row.example,
        of_run=row.of_run if row.of_run is not None else not row.statuses,
        phase=min(row.phases) if row.phases else RunPhase.ABSENT,
        lasted=row.shorter_than / 2 if row.shorter_than else None,
    )


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_every_row_is_reached_by_its_own_example(row: Row) -> None:
    assert row_for(shown_by(row)) is row


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_row_without_a_text_of_its_own_has_another_condition(row: Row) -> None:
    assert row.text.pattern or row.statuses or row.phases or row.failure_cause or row.answered is not None


def test_no_two_rows_have_one_name() -> None:
    assert len({row.name for row in (*ROWS, DEFAULT)}) == len(ROWS) + 1


@pytest.mark.parametrize("phase", [p for p in RunPhase if p not in {RunPhase.CUSTOMIZING, RunPhase.VALIDATING}])
def test_outside_the_customers_steps_a_generic_error_is_the_services(phase: RunPhase) -> None:
    assert classify(run(GENERIC, phase=phase)).cls is FailureClass.SERVICE


def test_an_http_answer_that_came_while_a_run_customized_is_not_the_customers() -> None:
    symptom = Symptom(status=500, phase=RunPhase.CUSTOMIZING)
    assert classify(symptom).cls is FailureClass.SERVICE


def test_a_failed_run_needs_no_http_status() -> None:
    assert classify(run("something new")).rule == "default"


def test_a_reason_in_the_text_is_believed_though_the_code_blames_the_service() -> None:
    message = (
        "The assigned managed identity cannot be used. Please remove the existing one and re-assign a new identity."
    )
    assert classify(run(message, "ServerError")).cls is FailureClass.CUSTOMER


@pytest.mark.parametrize("phase", list(RunPhase))
def test_a_reason_in_the_text_is_believed_in_every_phase(phase: RunPhase) -> None:
    assert classify(run("Operation results in exceeding quota limit", phase=phase)).cls is FailureClass.CAPACITY


@pytest.mark.parametrize("seconds", [1, 81, 179, 180, 4000])
@pytest.mark.parametrize("symptom", [run(PACKER), run(GENERIC), run("Internal error occurred."), run("new"), run("")])
def test_the_length_of_a_run_changes_the_advice_and_never_the_class(symptom: Symptom, seconds: int) -> None:
    # Note [Why a short run changes no class]
    assert classify(replace(symptom, lasted=timedelta(seconds=seconds))).cls is classify(symptom).cls


def test_a_short_run_that_got_as_far_as_a_step_is_told_by_its_step() -> None:
    short = replace(run(PACKER, phase=RunPhase.CUSTOMIZING), lasted=timedelta(seconds=81))
    assert classify(short).rule == "customer-step"


def test_noise_beside_a_reason_is_passed_over() -> None:
    log = "Error deleting resource. Will retry.\nBuild 'azure-arm' errored: unexpected EOF"
    assert classify(run(log)).rule == "vm-exhausted"


def test_the_role_of_the_templates_identity_is_the_customers_and_ours_is_ours() -> None:
    text = 'Failure sending request: StatusCode=403 -- Original Error: Code="AuthorizationFailed"'
    assert (classify(run(text)).cls, classify(answer(403, message=text)).cls) == ("customer", "auth")


def test_a_signed_address_does_not_get_into_the_summary() -> None:
    summary = classify(run("failed: https://s.blob.core.windows.net/c/f.log?sv=2020&sig=abcdef%3D")).summary
    assert summary == "failed: https://s.blob.core.windows.net/c/f.log?***"


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
    assert row_for(answer(429)).advice.startswith("wait as long as Retry-After or the text says")
