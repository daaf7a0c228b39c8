"""List the failures that are known, as data: how to tell them, whose fault they are, what to do, how we know.

Rows are tried from top to bottom, the first that fits decides. The order is: state conflicts, then the HTTP answer,
then error codes, then the text of a failed run. What fits nothing is ambiguous.
"""

import re
from dataclasses import dataclass

from aibwatch.core.model import FailureClass, RunPhase

NEVER = re.compile(r"(?!)")
ANY = re.compile("")

TROUBLESHOOTING = "Microsoft's troubleshooting article for Image Builder"
RECORDED = "recorded answers of Azure Resource Manager"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One kind of failure. A symptom fits if every condition that is set is met."""

    name: str
    cls: FailureClass
    cause: str
    advice: str
    source: str
    statuses: frozenset[int] = frozenset()
    """HTTP statuses; empty means that the status does not matter."""
    failure_cause: str = ""
    """Value of x-ms-failure-cause; empty means that it does not matter."""
    from_azure: bool | None = None
    """Whether any x-ms-* header came with the answer; a proxy sends none."""
    text: re.Pattern[str] = ANY
    """Searched in code and message together."""
    phases: frozenset[RunPhase] = frozenset()
    """How far the run had come when it was last seen alive."""
    answered: bool | None = None
    """Whether there was an HTTP answer at all; None means that it does not matter."""
    of_run: bool | None = None
    """Whether the symptom is that of a failed run, not of an HTTP call."""


def _text(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE | re.DOTALL)


CUSTOMER_STEPS = frozenset({RunPhase.CUSTOMIZING, RunPhase.VALIDATING})
SERVER_ERRORS = frozenset(range(500, 600))

ROWS = (
    Row(
        name="already-running",
        cls=FailureClass.EXPECTED,
        # The code alone is not enough: Azure gives it to an exceeded quota as well.
        text=_text(r"is not allowed in provisioning ?state"),
        cause="the template is running, being cancelled or being deleted at this moment",
        advice="wait for the run that is under way",
        source="recorded answer to cancel while cancelling",
    ),
    Row(
        name="cancelled",
        cls=FailureClass.EXPECTED,
        of_run=True,
        text=_text("Canceling image build", "The build was canceled"),
        cause="somebody cancelled the run",
        advice="nothing; run it again if it was not meant",
        source="recorded runs",
    ),
    Row(
        name="no-answer",
        cls=FailureClass.NETWORK,
        answered=False,
        of_run=False,
        cause="no answer came: no route, no name, no connection, or no time left",
        advice="look at this host's way to the management endpoint before anything else",
        source="measured",
    ),
    Row(
        name="not-azure",
        cls=FailureClass.NETWORK,
        answered=True,
        of_run=False,
        from_azure=False,
        cause="a proxy on the way answered, not Azure: no x-ms-* header came with it",
        advice="look at the proxy between this host and the management endpoint",
        source=RECORDED,
    ),
    Row(
        name="throttled",
        cls=FailureClass.THROTTLED,
        statuses=frozenset({429}),
        cause="we, or somebody with our identity, asked too often",
        advice="wait as long as Retry-After or the text says",
        source=RECORDED,
    ),
    Row(
        name="token-refused",
        cls=FailureClass.AUTH,
        statuses=frozenset({401}),
        cause="the token was refused",
        advice="check the managed identity of this host",
        source=RECORDED,
    ),
    Row(
        name="not-permitted",
        cls=FailureClass.AUTH,
        statuses=frozenset({403}),
        cause="aibwatch's own identity lacks a role",
        advice="assign the role at the template's resource group",
        source=RECORDED,
    ),
    Row(
        name="not-found",
        cls=FailureClass.CUSTOMER,
        statuses=frozenset({404}),
        cause="the template or its resource group is not there",
        advice="compare the id in the configuration with the one in Azure",
        source=RECORDED,
    ),
    Row(
        name="arm-failed",
        cls=FailureClass.AMBIGUOUS,
        statuses=SERVER_ERRORS,
        failure_cause="gateway",
        cause="Azure Resource Manager itself failed; the secondary is reached through it too",
        advice="wait; if other regions fail alike it is not the region",
        source=RECORDED,
    ),
    Row(
        name="arm-failed-in-words",
        cls=FailureClass.AMBIGUOUS,
        statuses=SERVER_ERRORS,
        text=_text("Encountered internal server error. Diagnostic information"),
        cause="Azure Resource Manager itself failed; it says so in these words",
        advice="wait; if other regions fail alike it is not the region",
        source=RECORDED,
    ),
    Row(
        name="service-failed",
        cls=FailureClass.SERVICE,
        statuses=SERVER_ERRORS,
        failure_cause="service",
        cause="the resource provider failed",
        advice="nothing on your side; watch the region",
        source=RECORDED + "; 19 of 19 answers with this header were 5xx",
    ),
    Row(
        name="server-error-status",
        cls=FailureClass.SERVICE,
        statuses=SERVER_ERRORS,
        cause="Azure answered 5xx and did not say which part of it failed",
        advice="nothing on your side; watch the region",
        source="Microsoft's reliability article for Image Builder: 500 when a template is run",
    ),
    Row(
        name="refused",
        cls=FailureClass.CUSTOMER,
        statuses=frozenset(range(400, 500)),
        cause="the request was refused as wrong",
        advice="read the message",
        source=RECORDED,
    ),
    Row(
        name="customer-step",
        cls=FailureClass.CUSTOMER,
        of_run=True,
        phases=CUSTOMER_STEPS,
        cause="it failed inside a step of yours, on a build VM that the service had made and reached",
        advice="read customization.log in the staging group's storage, container packerlogs",
        source=TROUBLESHOOTING,
    ),
    Row(
        name="quota",
        cls=FailureClass.CAPACITY,
        text=_text(
            "QuotaExceeded",
            "exceeding quota limit",
            "quota exceeded",
            "ResourceQuotaExceeded",
            "PublicIPCountLimitReached",
        ),
        cause="a quota of the subscription in this region is used up",
        advice="raise the quota or free some; check the secondary's quota too",
        source=TROUBLESHOOTING,
    ),
    Row(
        name="capacity",
        cls=FailureClass.CAPACITY,
        text=_text("AllocationFailed", "SkuNotAvailable", "is not available in the location .* at this moment"),
        cause="the region has no capacity for this size at the moment",
        advice="try another size, or another region",
        source="Microsoft's article on common deployment errors",
    ),
    Row(
        name="missing-permission",
        cls=FailureClass.CUSTOMER,
        text=_text("AuthorizationFailed", "Not authorized to access the resource", "LinkedAuthorizationFailed"),
        cause="the template's identity lacks a role",
        advice="give the identity the role at the resource that the message names",
        source=TROUBLESHOOTING,
    ),
    Row(
        name="bad-template",
        cls=FailureClass.CUSTOMER,
        text=_text("Validation failed", "Missing field", "unknown field"),
        cause="the template's definition is wrong",
        advice="correct the field that the message names, and create the template anew",
        source=TROUBLESHOOTING,
    ),
    Row(
        name="file-missing",
        cls=FailureClass.CUSTOMER,
        text=_text("Downloading external file", "Error downloading '", "Please check the file exists"),
        cause="a script or file of yours could not be fetched",
        advice="check its address and that the template's identity may read it",
        source=TROUBLESHOOTING,
    ),
    Row(
        name="own-network",
        cls=FailureClass.CUSTOMER,
        text=_text(
            "SubnetIsFull",
            "PrivateLinkService Network Policy",
            "ScopeLocked",
            "provider not registered for your subscription",
        ),
        cause="the subscription or the network that you gave it does not let the build in",
        advice="mend the subnet, the lock or the registration that the message names",
        source=TROUBLESHOOTING,
    ),
    Row(
        name="run-throttled",
        cls=FailureClass.THROTTLED,
        of_run=True,
        text=_text("Too many Azure Container Instances", "RetryableErrorDueToAnotherOperation", "TooManyRequests"),
        cause="the build asked Azure for too much at once",
        advice="run fewer builds at the same time",
        source=TROUBLESHOOTING,
    ),
    Row(
        name="policy",
        cls=FailureClass.CUSTOMER,
        text=_text("RequestDisallowedByPolicy", "disallowed by policy"),
        cause="an Azure Policy forbids what the build needs to create",
        advice="exempt the staging resource group",
        source=TROUBLESHOOTING,
    ),
    Row(
        name="source-missing",
        cls=FailureClass.CUSTOMER,
        text=_text(r"Build \((Shared|Managed) Image", "Bad(PIR|ManagedImage|SharedImageVersion)Source"),
        cause="the source image is not there, or not in this region, or may not be read",
        advice="check the source image version and its replication",
        source=TROUBLESHOOTING,
    ),
    Row(
        name="distribution",
        cls=FailureClass.DISTRIBUTION,
        text=_text("Failed in distributing"),
        cause="the image was built and could not be copied to a target",
        advice="look at the gallery and at its target regions",
        source=TROUBLESHOOTING,
    ),
    Row(
        name="generic-internal-error",
        cls=FailureClass.SERVICE,
        of_run=True,
        text=_text(r"Internal error occurred\. This is a generic error"),
        cause="the service gave up without a reason of yours; so did every run of the storage trouble of February 2021",
        advice="watch whether other templates of the region fail too",
        source="issue 97 of the service's own samples repository",
    ),
    Row(
        name="server-error",
        cls=FailureClass.SERVICE,
        text=_text(r"\bServerError\b", r"\bInternalServerError\b"),
        cause="the service, or something that it needs, failed inside",
        advice="try again later; watch whether other templates fail too",
        source=TROUBLESHOOTING,
    ),
    Row(
        name="internal-operation-error",
        cls=FailureClass.AMBIGUOUS,
        text=_text("InternalOperationError", r"Internal error occurred\."),
        cause="mostly a missing permission, sometimes a fault of the service",
        advice="check the identity's roles and the staging group; watch whether other templates fail too",
        source=TROUBLESHOOTING,
    ),
    Row(
        name="packer",
        cls=FailureClass.AMBIGUOUS,
        text=_text("Packer build command has failed", "context deadline exceeded"),
        cause="mostly a script of yours; but it was also the exact text of the regional outage of February 2021",
        advice="look for customization.log: with one it is yours, without one and with others failing too it is theirs",
        source=TROUBLESHOOTING + "; issue 101 of the service's own samples repository",
    ),
)

DEFAULT = Row(
    name="default",
    cls=FailureClass.AMBIGUOUS,
    text=NEVER,
    cause="not a failure that is known here",
    advice="read the message; it weighs little until something else agrees",
    source="none",
)
