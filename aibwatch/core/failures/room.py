"""No room: quotas that are used up, sizes that are not to be had, too much at once.

It is regional and another region may help, but it is no fault of Image Builder. So it weighs nothing against the
region, and counts against a secondary that has the same trouble.
"""

from aibwatch.core.failures.origins import CONTAINER_INSTANCES, DEPLOYMENT_ERRORS, TROUBLESHOOTING, issue, samples
from aibwatch.core.failures.row import Row, names, words
from aibwatch.core.model import FailureClass

ROOM = (
    Row(
        name="deployment-history",
        cls=FailureClass.CAPACITY,
        text=names("DeploymentQuotaExceeded"),
        cause="the resource group keeps as many past deployments as it may (800)",
        advice="delete old deployments of the group; that removes their records and no resource",
        source=f"{DEPLOYMENT_ERRORS}; {issue('hashicorp/packer', 8038)}",
        example="DeploymentQuotaExceeded",
    ),
    Row(
        name="container-quota",
        cls=FailureClass.CAPACITY,
        text=words("Azure Container Instances quota exceeded"),
        cause="the subscription's quota of container instances is used up; an isolated build needs 4 standard cores",
        advice="raise that quota, or run fewer builds at a time; check it in the secondary's region too",
        source=TROUBLESHOOTING,
        example="Azure Container Instances quota exceeded",
    ),
    Row(
        name="quota",
        cls=FailureClass.CAPACITY,
        text=words(
            "QuotaExceeded",
            "quota exceeded",
            r"exceeding (approved|quota) .{0,80}?(cores|limit)",
            r"\bPublicIPCountLimitReached\b",
        ),
        cause="a quota of the subscription in this region (cores, public addresses) is used up",
        advice="raise the quota or free some; check the secondary's quota too",
        source=f"{samples(9)}; {DEPLOYMENT_ERRORS}",
        example="Operation results in exceeding quota limit of standardDSv5Family Cores",
    ),
    Row(
        name="capacity",
        cls=FailureClass.CAPACITY,
        text=words(
            r"AllocationFailed\b",
            r"\bOverconstrained(Zonal)?AllocationRequest\b",
            r"\bSkuNotAvailable\b",
            r"is (currently )?not available in (the )?location .{0,80}? (at this moment|zones)",
        ),
        cause="the region has no machines of this size for you: none are left, or the subscription may not have them",
        advice="try another size or another region; if it never worked, ask for access to the size",
        source=f"{DEPLOYMENT_ERRORS}; {CONTAINER_INSTANCES}; {issue('MicrosoftDocs/azure-docs', 91276)}",
        example='Code="ZonalAllocationFailed"',
    ),
    Row(
        name="run-throttled",
        cls=FailureClass.THROTTLED,
        text=words("Too many Azure Container Instances deployed", r"\bRetryableErrorDueToAnotherOperation\b"),
        cause="the build asked Azure for too much at once, or met another change of the same network",
        advice="run fewer builds at the same time; one by itself goes through",
        source=f"{TROUBLESHOOTING}; {DEPLOYMENT_ERRORS}",
        example="Too many Azure Container Instances deployed within a period of time.",
    ),
)
