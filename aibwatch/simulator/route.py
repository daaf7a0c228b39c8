"""Tell what a request asks for from its method and path, letter case aside.

This module does not know whether what is asked for exists.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from aibwatch.simulator.template import Key
from aibwatch.simulator.trouble import Operation

_SUBSCRIPTION = r"/subscriptions/(?P<subscription>[^/]+)"
_PROVIDER = r"/providers/Microsoft\.VirtualMachineImages"
_HEALTH = r"/providers/Microsoft\.ResourceHealth"
_GROUP = _SUBSCRIPTION + r"/resourceGroups/(?P<group>[^/]+)" + _PROVIDER + r"/imageTemplates"
_IMAGE = (
    _SUBSCRIPTION + r"/resourceGroups/(?P<group>[^/]+)/providers/Microsoft\.Compute"
    r"/galleries/(?P<gallery>[^/]+)/images/(?P<image>[^/]+)/versions/(?P<version>[^/]+)"
)
_TEMPLATE = _GROUP + r"/(?P<name>[^/]+)"

_RESOURCES = _SUBSCRIPTION + r"/resourceGroups/(?P<group>[^/]+)/providers"
_GALLERY = _RESOURCES + r"/Microsoft\.Compute/galleries/[^/]+"
_USAGES = r"/locations/(?P<region>[^/]+)/usages"
_PLATFORM = (
    _SUBSCRIPTION + r"/providers/Microsoft\.Compute/locations/(?P<region>[^/]+)/publishers/(?P<publisher>[^/]+)"
    r"/artifacttypes/vmimage/offers/(?P<offer>[^/]+)/skus/(?P<sku>[^/]+)/versions"
)

_ROUTES = tuple(
    (method, re.compile(path, re.IGNORECASE), operation)
    for method, path, operation in (
        ("GET", _SUBSCRIPTION + _PROVIDER + r"/imageTemplates", Operation.LIST),
        ("GET", _GROUP, Operation.LIST),
        ("GET", _TEMPLATE, Operation.GET),
        ("PUT", _TEMPLATE, Operation.CREATE),
        ("PATCH", _TEMPLATE, Operation.PATCH),
        ("DELETE", _TEMPLATE, Operation.DELETE),
        ("POST", _TEMPLATE + r"/run", Operation.RUN),
        ("POST", _TEMPLATE + r"/cancel", Operation.CANCEL),
        ("GET", _TEMPLATE + r"/runOutputs", Operation.OUTPUTS),
        ("GET", _TEMPLATE + r"/runOutputs/(?P<output>[^/]+)", Operation.OUTPUTS),
        (
            "GET",
            _SUBSCRIPTION + _PROVIDER + r"/locations/(?P<region>[^/]+)/operations/(?P<id>[^/]+)",
            Operation.OPERATION,
        ),
        ("GET", _IMAGE, Operation.IMAGE),
        ("PATCH", _IMAGE, Operation.IMAGE),
        ("POST", r"/providers/Microsoft\.ResourceGraph/resources", Operation.GRAPH),
        (
            "GET",
            r"(?P<resource>/subscriptions/.+)/providers/Microsoft\.Authorization/permissions",
            Operation.PERMISSIONS,
        ),
        ("GET", _SUBSCRIPTION + _HEALTH + r"/events", Operation.EVENTS),
        ("GET", _SUBSCRIPTION + r"/providers/Microsoft\.Insights/eventtypes/management/values", Operation.ACTIVITY),
        ("GET", _SUBSCRIPTION + _HEALTH + r"/availabilityStatuses", Operation.AVAILABILITY),
        (
            "GET",
            r"(?P<resource>/subscriptions/.+)" + _HEALTH + r"/availabilityStatuses/current",
            Operation.AVAILABILITY,
        ),
        ("GET", _TEMPLATE + r"/triggers", Operation.TRIGGERS),
        ("GET", _SUBSCRIPTION + r"/resourceGroups/(?P<group>[^/]+)", Operation.RESOURCE),
        ("GET", _GALLERY, Operation.RESOURCE),
        ("GET", _GALLERY + r"/images/[^/]+", Operation.RESOURCE),
        ("GET", _GALLERY + r"/images/[^/]+/(?P<list>versions)", Operation.RESOURCE),
        ("GET", _RESOURCES + r"/Microsoft\.Compute/images/[^/]+", Operation.RESOURCE),
        ("GET", _RESOURCES + r"/Microsoft\.ManagedIdentity/userAssignedIdentities/[^/]+", Operation.RESOURCE),
        ("GET", _RESOURCES + r"/Microsoft\.Network/virtualNetworks/[^/]+", Operation.RESOURCE),
        ("GET", _RESOURCES + r"/Microsoft\.Network/virtualNetworks/[^/]+/subnets/[^/]+", Operation.RESOURCE),
        ("GET", _RESOURCES + r"/Microsoft\.Storage/storageAccounts/[^/]+", Operation.RESOURCE),
        ("GET", _SUBSCRIPTION + r"/providers/Microsoft\.Storage/storageAccounts", Operation.RESOURCE),
        ("GET", _RESOURCES + r"/Microsoft\.KeyVault/vaults/[^/]+", Operation.RESOURCE),
        ("GET", _SUBSCRIPTION + r"/providers/Microsoft\.KeyVault/vaults", Operation.RESOURCE),
        ("GET", _SUBSCRIPTION + r"/providers/(?P<namespace>Microsoft\.Compute)" + _USAGES, Operation.USAGES),
        ("GET", _SUBSCRIPTION + r"/providers/(?P<namespace>Microsoft\.ContainerInstance)" + _USAGES, Operation.USAGES),
        ("GET", _SUBSCRIPTION + r"/providers/Microsoft\.Compute/skus", Operation.SKUS),
        ("GET", _PLATFORM, Operation.PLATFORM),
        ("GET", _SUBSCRIPTION + r"/providers", Operation.PROVIDERS),
        ("GET", _SUBSCRIPTION + r"/providers/(?P<namespace>[^/]+)", Operation.PROVIDERS),
        ("GET", _SUBSCRIPTION + r"/locations", Operation.LOCATIONS),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What a request asks for. What its path does not name is ""."""

    operation: Operation
    names: Mapping[str, str]

    def name(self, part: str) -> str:
        """Return a part of the path as it was written."""
        return self.names.get(part) or ""

    @property
    def key(self) -> Key:
        """The template it is about."""
        return Key.of(self.name("subscription"), self.name("group"), self.name("name"))


def call_of(method: str, path: str) -> Call | None:
    """Return what is asked for; None for a path and method nobody answers here."""
    path = path.rstrip("/")
    for known, pattern, operation in _ROUTES:
        if known == method and (match := pattern.fullmatch(path)):
            return Call(operation=operation, names=match.groupdict())
    return None


def methods_of(path: str) -> tuple[str, ...]:
    """Return the methods a path is answered for."""
    return tuple(method for method, pattern, _ in _ROUTES if pattern.fullmatch(path.rstrip("/")))
