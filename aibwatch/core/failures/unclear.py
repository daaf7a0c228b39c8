"""Texts that both a mistake of the customer and an outage have brought about, and lines that mean nothing.

Note [Why a short run changes no class]: a run that ended within minutes and never reached Customizing had no VM, so no
script of the customer ran. That speaks against his script and not for the service: a missing permission ended a run
after 81 seconds, a policy or a used-up quota ends it as soon, and so did the storage trouble of 2021. So a short run
with a text that leaves it open stays ambiguous; it only gets another cause and advice. A text that names its reason is
believed at any length.
"""

import re
from datetime import timedelta

from aibwatch.core.failures.origins import CONCLUDED, DEPLOYMENT_ERRORS, RECORDED_RUNS, TROUBLESHOOTING, issue, samples
from aibwatch.core.failures.row import Row, names, words
from aibwatch.core.model import FailureClass, RunPhase

NO_VM_YET = timedelta(minutes=3)
"""Half of the six minutes or so that a run usually takes to reach Customizing, and twice the 81 seconds after which a
missing permission was told."""

PACKER = words("Packer build command has failed", "During the image build, a failure has occurred")

UNCLEAR = (
    Row(
        name="no-vm-yet",
        cls=FailureClass.AMBIGUOUS,
        of_run=True,
        text=PACKER,
        phases=frozenset({RunPhase.ABSENT, RunPhase.QUEUED, RunPhase.BUILDING, RunPhase.UNKNOWN}),
        shorter_than=NO_VM_YET,
        cause="the build ended before it can have had a VM, so hardly by a script of yours: a right or a quota is "
        "missing, or the service failed",
        advice="look into the activity log of the staging group for what was refused; if nothing was, and other "
        "templates fail as well, it is Azure's",
        source=f"{TROUBLESHOOTING}; {samples(97, 101)}; {CONCLUDED}",
        example="Packer build command has failed: exit status 1",
    ),
    Row(
        name="packer",
        cls=FailureClass.AMBIGUOUS,
        text=PACKER,
        cause="mostly a script of yours; yet runs of the regional outage of February 2021 ended with the same words, "
        "and left no customization.log",
        advice="see whether the staging group (IT_...) has a customization.log in its container packerlogs: if so, "
        "it is yours; if not, and other templates fail as well, it is Azure's",
        source=f"{TROUBLESHOOTING}; {samples(101)}",
        example="Packer build command has failed: exit status 1",
    ),
    Row(
        name="build-timeout",
        cls=FailureClass.AMBIGUOUS,
        text=words("Timeout waiting for microservice to complete"),
        cause="the build took longer than its time limit; mostly a slow or waiting script, sometimes a slow region",
        advice="see in customization.log how far it came; raise buildTimeoutInMinutes if it was on its way",
        source=TROUBLESHOOTING,
        example="Timeout waiting for microservice to complete: 'context deadline exceeded'",
    ),
    Row(
        name="waited-in-vain",
        cls=FailureClass.AMBIGUOUS,
        text=words("context has been cancelled", "context deadline exceeded"),
        cause="the service waited in vain for something of Azure that it had asked for",
        advice="run it again; if it comes back, look at what the message was waiting for",
        source="the older troubleshooting notes of github.com/danielsollondon/azvmimagebuilder",
        example="Future#WaitForCompletion: context has been cancelled: StatusCode=200",
    ),
    Row(
        name="vm-not-reached",
        cls=FailureClass.AMBIGUOUS,
        text=words(r"Timeout waiting for (SSH|WinRM)", r"Waiting for (SSH|WinRM)(?!.{0,200}?Connected)"),
        cause="the build VM could not be reached: a closed network, a hardened image, or a VM that never really began",
        advice="check the subnet's rules and the image; without either, watch whether others fail too",
        source=f"{issue('hashicorp/packer', 7532)}; {TROUBLESHOOTING}",
        example="Timeout waiting for SSH.",
    ),
    Row(
        name="connection-lost",
        cls=FailureClass.AMBIGUOUS,
        text=words("Cancelling builder after context cancellation", "Remote command exited without exit status"),
        cause="the connection to the build VM was lost: a script closed it (a firewall), or the network failed",
        advice="look at which step was running; if it changes the firewall or restarts, it is yours",
        source=TROUBLESHOOTING,
        example="Cancelling builder after context cancellation context canceled",
    ),
    Row(
        name="isolated-build",
        cls=FailureClass.AMBIGUOUS,
        text=words("Isolated Image Build"),
        cause="something failed in the service's isolated builds, which not every run uses",
        advice="run it again: the next run may go another way",
        source=TROUBLESHOOTING,
        example="Isolated Image Builds",
    ),
    Row(
        name="region-closed",
        cls=FailureClass.AMBIGUOUS,
        text=names("RegionDoesNotAllowProvisioning"),
        cause="the region takes nothing new, for this subscription or for everybody",
        advice="ask for access to the region, or build in another",
        source=f"{DEPLOYMENT_ERRORS}; for builds {CONCLUDED}",
        example="RegionDoesNotAllowProvisioning",
    ),
    Row(
        name="internal-operation-error",
        cls=FailureClass.AMBIGUOUS,
        text=words(r"\bInternalOperationError\b", "Internal error occurred"),
        cause="mostly a missing permission or a conflict in the staging group; sometimes a fault of the service",
        advice="check the identity's roles and the staging group; watch whether other templates fail too",
        source=f"{TROUBLESHOOTING}; {samples(45, 46, 50)}",
        example="InternalOperationError",
    ),
    Row(
        name="other-code",
        cls=FailureClass.AMBIGUOUS,
        text=re.compile(r"\A\W*other\W*\Z"),
        cause="the service says Other, which is its code for everything without one",
        advice="read provisioningError.message, which says more, and classify that",
        source=RECORDED_RUNS,
        example="Other",
    ),
    Row(
        name="no-words",
        cls=FailureClass.AMBIGUOUS,
        answered=False,
        text=re.compile(r"\A\W*\Z"),
        cause="it failed, and no reason was given",
        advice="look again in a minute, the text may come after the state; else look into the staging group's logs",
        source=CONCLUDED,
        example="",
    ),
)

NOISE = (
    # Last of all: these lines stand in logs of good builds as well, beside what really happened.
    Row(
        name="harmless",
        cls=FailureClass.EXPECTED,
        text=words(
            r"Error deleting resource\. ?Will retry",
            "PublicIPAddressCannotBeDeleted",
            "InUseNetworkSecurityGroupCannotBeDeleted",
            "Builds finished but no artifacts were created",
            "Skipping image creation",
        ),
        cause="a line about cleaning up, or about an image that is taken in another way; good builds have it too",
        advice="pass over it and look further up in the log for what failed",
        source=TROUBLESHOOTING,
        example="Error deleting resource. Will retry.",
    ),
)
