"""Texts in which the service admits, or as good as admits, that it failed."""

from aibwatch.core.failures.origins import DEPLOYMENT_ERRORS, RECORDED, SDK, TROUBLESHOOTING, issue, samples
from aibwatch.core.failures.row import Row, names, words
from aibwatch.core.model import FailureClass

DISTRIBUTION = (
    Row(
        name="distribution",
        cls=FailureClass.DISTRIBUTION,
        text=words(r"Failed in distributing", r"\bPartiallySucceeded\b"),
        cause="the image was built and could not be copied to a target, or not in time; it may still arrive there",
        advice="look at the run's outputs, at the gallery and at its target regions; check the identity's role there",
        source=f"{TROUBLESHOOTING}; {samples(50)}; the enumeration RunState of azure-mgmt-imagebuilder 2.0",
        example="Failed in distributing 1 images out of total 1: {[Error 0] InternalOperationError",
    ),
)

ADMITTED = (
    # Without "Failed in distributing" around it; with it, only a target is in trouble and that row comes first.
    Row(
        name="gallery-failed",
        cls=FailureClass.SERVICE,
        text=words(
            "Gallery replication jobs failed in one or more regions",
            "InvalidBeginGetAccessForGalleryImageVersionSnapshotResponseFromPIR",
        ),
        cause="the gallery, which Image Builder reads from and writes to, failed inside",
        advice="try again later; it may be a target's region and not the template's",
        source=f"{issue('Azure/azure-cli', 15539)}; {issue('hashicorp/packer-plugin-azure', 183)}",
        example="Gallery replication jobs failed in one or more regions. Failed with internal server error.",
    ),
    Row(
        name="plugin-mismatch",
        cls=FailureClass.SERVICE,
        text=words("Incompatible API version with plugin"),
        cause="the service was upgraded and its own parts do not fit each other; in August 2020 that was everywhere",
        advice="wait; another region is likely to have the same parts",
        source=samples(63),
        example="Incompatible API version with plugin. Plugin version: 5, Client versions: [4]",
    ),
    Row(
        name="gateway-in-words",
        cls=FailureClass.SERVICE,
        text=words(
            "The gateway did not receive a response from '[^']{1,80}' within",
            "The network connectivity issue encountered for '[^']{1,80}'",
            r"\b(BadGatewayConnection|InvalidGatewayHost|GatewayTimeout)\b",
        ),
        cause="Azure Resource Manager reached no resource provider behind it",
        advice="nothing on your side; watch the region",
        source=f"{samples(99)}; {RECORDED}",
        example="The gateway did not receive a response from 'Microsoft.VirtualMachineImages' within the time period.",
    ),
)

GENERIC = (
    Row(
        name="generic-internal-error",
        cls=FailureClass.SERVICE,
        text=words(r"Internal error occurred\. ?This is a generic error"),
        cause="the service gave up without a reason of yours; every run of the storage trouble of February 2021 did so",
        advice="watch whether other templates of the region fail too, and whether the staging group has no logs",
        source=f"{samples(97, 129)}; {issue('Azure/azure-powershell', 19401)}",
        example="Internal error occurred. This is a generic error. To identify possible causes, go to https://x.",
    ),
    Row(
        name="server-error",
        cls=FailureClass.SERVICE,
        text=names("ServerError", "InternalServerError", "InternalError"),
        cause="the service, or something that it needs, failed inside",
        advice="try again in half an hour; watch whether other templates fail too",
        source=f"{SDK}; {DEPLOYMENT_ERRORS}; {issue('Azure/azvmimagebuilder', 2)}",
        example="ServerError",
    ),
    Row(
        name="unavailable",
        cls=FailureClass.SERVICE,
        text=words("The service is unavailable", r"\bService ?Unavailable\b", r"(^|[\"':)] ?)An error has occurred\."),
        cause="the provider's front end is down, or broke on the request",
        advice="nothing on your side; watch the region",
        source=RECORDED,
        example="<h2>Service Unavailable</h2>",
    ),
)
