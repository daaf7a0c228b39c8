"""List every permission that aibwatch uses, for what, and which role has it: the only such list.

The roles under deploy/azure are held against it, `doctor` asks for each, and a refusal is explained by it. A feature
that needs another permission adds a row. This module does not know how a permission is asked for.
"""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """Who has a permission, and where it is assigned."""

    WATCH = "aibwatch watch"
    """The daemon, at the subscriptions of the templates: reads only."""
    MOVE = "aibwatch move"
    """The daemon, at the resource groups of the members and canaries: what a move does."""
    DEPLOY = "aibwatch deploy"
    """Whoever runs `replicate --apply` and `restore`: never the daemon."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """One action of Azure's access control."""

    action: str
    role: Role
    feature: str
    """What does not work without it, as an operator would say it."""
    optional: bool = False
    """Whether everything else goes on without it, and the feature is one that not everybody uses."""


_IMAGES = "Microsoft.VirtualMachineImages"

RIGHTS = (
    Right(action=f"{_IMAGES}/imageTemplates/read", role=Role.WATCH, feature="watching templates and their runs"),
    Right(
        action=f"{_IMAGES}/imageTemplates/runOutputs/read",
        role=Role.WATCH,
        feature="telling which images a region that was left still publishes",
    ),
    Right(
        action=f"{_IMAGES}/imageTemplates/triggers/read",
        role=Role.WATCH,
        feature="readiness: whether a trigger builds twice",
    ),
    Right(action="Microsoft.ResourceHealth/events/read", role=Role.WATCH, feature="Service Health events"),
    Right(
        action="Microsoft.ResourceHealth/AvailabilityStatuses/current/read",
        role=Role.WATCH,
        feature="the availability of each [[dependency]]",
        optional=True,
    ),
    Right(
        action="Microsoft.Insights/eventtypes/values/read",
        role=Role.WATCH,
        feature="seeing other people's calls to run that were refused",
    ),
    Right(
        action="Microsoft.Resources/subscriptions/resourceGroups/read",
        role=Role.WATCH,
        feature="readiness: where resource groups are",
    ),
    Right(
        action="Microsoft.Resources/subscriptions/locations/read",
        role=Role.WATCH,
        feature="regions: pairs, geographies and distances",
    ),
    Right(
        action="Microsoft.Resources/subscriptions/providers/read",
        role=Role.WATCH,
        feature="readiness: whether resource providers are registered; regions: where the service is",
    ),
    Right(action="Microsoft.Compute/galleries/read", role=Role.WATCH, feature="readiness: where galleries are"),
    Right(
        action="Microsoft.Compute/galleries/images/read",
        role=Role.WATCH,
        feature="readiness: whether image definitions are there",
    ),
    Right(
        action="Microsoft.Compute/galleries/images/versions/read",
        role=Role.WATCH,
        feature="readiness: where image versions are replicated to",
    ),
    Right(action="Microsoft.Compute/images/read", role=Role.WATCH, feature="readiness: where managed images are"),
    Right(
        action="Microsoft.Compute/locations/publishers/artifacttypes/offers/skus/versions/read",
        role=Role.WATCH,
        feature="readiness: whether a platform image is offered in the secondary's region",
    ),
    Right(action="Microsoft.Compute/locations/usages/read", role=Role.WATCH, feature="readiness: quotas of machines"),
    Right(action="Microsoft.Compute/skus/read", role=Role.WATCH, feature="readiness: sizes of machines"),
    Right(
        action="Microsoft.ContainerInstance/locations/usages/read",
        role=Role.WATCH,
        feature="readiness: the quota of container instances",
    ),
    Right(
        action="Microsoft.ManagedIdentity/userAssignedIdentities/read",
        role=Role.WATCH,
        feature="readiness: where identities are",
    ),
    Right(action="Microsoft.Network/virtualNetworks/read", role=Role.WATCH, feature="readiness: where networks are"),
    Right(
        action="Microsoft.Storage/storageAccounts/read",
        role=Role.WATCH,
        feature="readiness: where the storage of scripts is",
    ),
    Right(action="Microsoft.KeyVault/vaults/read", role=Role.WATCH, feature="readiness: where key vaults are"),
    Right(
        # It is at the subscription that Azure wants it, where nothing that changes something should be assigned.
        action=f"{_IMAGES}/locations/operations/read",
        role=Role.WATCH,
        feature="replicate --apply and restore: waiting for a deployment",
    ),
    Right(
        action="Microsoft.Authorization/permissions/read",
        role=Role.WATCH,
        feature="doctor: telling which of these permissions are missing",
    ),
    Right(
        action="Microsoft.ResourceGraph/resources/read",
        role=Role.WATCH,
        feature="backup while a region is down, and discovery by tags",
    ),
    Right(action=f"{_IMAGES}/imageTemplates/run/action", role=Role.MOVE, feature="moves, builds and canaries"),
    Right(
        action="Microsoft.Compute/galleries/images/versions/write",
        role=Role.MOVE,
        feature="exclude_late_images",
        optional=True,
    ),
    Right(action=f"{_IMAGES}/imageTemplates/write", role=Role.DEPLOY, feature="replicate --apply and restore"),
    Right(
        action=f"{_IMAGES}/imageTemplates/delete", role=Role.DEPLOY, feature="replicate --replace and restore --replace"
    ),
    Right(
        action="Microsoft.ManagedIdentity/userAssignedIdentities/assign/action",
        role=Role.DEPLOY,
        feature="giving a template its identity",
    ),
)
"""In the order in which they are told."""


def right_of(action: str) -> Right | None:
    """Return the row of an action, letter case aside."""
    return next((right for right in RIGHTS if right.action.lower() == action.lower()), None)
