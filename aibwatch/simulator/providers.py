"""Tell which resource providers a subscription knows: whether each is registered, and where it offers what.

Everything is registered and offered everywhere unless the scenario says otherwise; Image Builder is offered in the
regions of its own list. This module does not know what registering does.
"""

from collections.abc import Iterable, Mapping

from aibwatch.simulator.parts import ProviderSpec
from aibwatch.simulator.places import PLACES, display
from aibwatch.simulator.refusal import Refusal
from aibwatch.simulator.wire import Json

REGISTERED = "Registered"

# By the overview page of May 2026, without the three of the sovereign clouds. ARM lists the last one nowhere yet.
IMAGE_BUILDER = (
    *("eastus", "eastus2", "westcentralus", "westus", "westus2", "westus3", "southcentralus", "northeurope"),
    *("westeurope", "southeastasia", "australiasoutheast", "australiaeast", "uksouth", "ukwest", "brazilsouth"),
    *("canadacentral", "centralindia", "centralus", "francecentral", "germanywestcentral", "japaneast"),
    *("northcentralus", "norwayeast", "switzerlandnorth", "jioindiawest", "uaenorth", "eastasia", "koreacentral"),
    *("southafricanorth", "qatarcentral", "swedencentral", "polandcentral", "italynorth", "israelcentral"),
    *("newzealandnorth", "taiwannorthwest"),
)
_UNLISTED = {"taiwannorthwest": "Taiwan Northwest"}

_IMAGE_BUILDER_VERSIONS = ("2025-10-01", "2024-02-01", "2023-07-01", "2022-07-01", "2022-02-14", "2020-02-14")
_TYPES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "Microsoft.VirtualMachineImages": {
        "imageTemplates": _IMAGE_BUILDER_VERSIONS,
        "imageTemplates/runOutputs": _IMAGE_BUILDER_VERSIONS,
        "imageTemplates/triggers": _IMAGE_BUILDER_VERSIONS[:4],
        "locations": _IMAGE_BUILDER_VERSIONS,
        "locations/operations": _IMAGE_BUILDER_VERSIONS,
        "operations": _IMAGE_BUILDER_VERSIONS,
    },
    "Microsoft.Compute": {
        "virtualMachines": ("2024-07-01", "2024-03-01"),
        "images": ("2024-07-01", "2024-03-01"),
        "galleries": ("2024-03-03", "2023-07-03"),
        "galleries/images": ("2024-03-03", "2023-07-03"),
        "galleries/images/versions": ("2024-03-03", "2023-07-03"),
        "locations/usages": ("2024-07-01", "2024-03-01"),
    },
    "Microsoft.KeyVault": {"vaults": ("2023-07-01", "2023-02-01")},
    "Microsoft.Storage": {"storageAccounts": ("2023-05-01", "2023-01-01")},
    "Microsoft.Network": {"virtualNetworks": ("2023-11-01", "2023-09-01")},
    "Microsoft.ContainerInstance": {
        "containerGroups": ("2023-05-01", "2022-09-01"),
        "locations/usages": ("2023-05-01",),
    },
    "Microsoft.ManagedIdentity": {"userAssignedIdentities": ("2023-01-31", "2018-11-30")},
    "Microsoft.Resources": {"resourceGroups": ("2021-04-01",), "deployments": ("2021-04-01",)},
    "Microsoft.ResourceHealth": {"events": ("2025-05-01",), "availabilityStatuses": ("2025-05-01",)},
    "Microsoft.Insights": {"eventtypes": ("2015-04-01",)},
    "Microsoft.ResourceGraph": {"resources": ("2021-03-01",)},
}
"""Namespace to its types and their versions: of each only what somebody here asks for."""

_SUBJECT_OF_NO_REGION = frozenset({"operations", "events", "availabilityStatuses", "eventtypes", "resources"})


class Providers:
    """The resource providers of every subscription. Mutable: a drill may register one."""

    def __init__(self, specs: Iterable[ProviderSpec]) -> None:
        self._specs = {spec.namespace.lower(): spec for spec in specs}

    def put(self, spec: ProviderSpec) -> None:
        """Let a provider be so from now on."""
        self._specs[spec.namespace.lower()] = spec

    def listed(self, subscription: str) -> list[Json]:
        """Return all of them."""
        return [self._body(subscription, namespace) for namespace in _TYPES]

    def one(self, subscription: str, namespace: str) -> Json:
        """Return one of them, letter case aside. Raises Refusal for a namespace that nobody has."""
        known = {name.lower(): name for name in _TYPES}
        if namespace.lower() not in known:
            raise Refusal(404, "InvalidResourceNamespace", f"The resource namespace '{namespace}' is invalid.")
        return self._body(subscription, known[namespace.lower()])

    def registered(self, namespace: str) -> bool:
        """Return whether a provider may be used."""
        return self._spec(namespace).state == REGISTERED

    def regions(self, namespace: str) -> tuple[str, ...]:
        """Return the regions a provider offers its types in."""
        usual = IMAGE_BUILDER if namespace == "Microsoft.VirtualMachineImages" else tuple(PLACES)
        return self._spec(namespace).locations or usual

    def _spec(self, namespace: str) -> ProviderSpec:
        return self._specs.get(namespace.lower()) or ProviderSpec(namespace=namespace)

    def _body(self, subscription: str, namespace: str) -> Json:
        shown = [_UNLISTED.get(region) or display(region) for region in self.regions(namespace)]
        return {
            "id": f"/subscriptions/{subscription}/providers/{namespace}",
            "namespace": namespace,
            "resourceTypes": [
                {
                    "resourceType": kind,
                    "locations": [] if kind in _SUBJECT_OF_NO_REGION else shown,
                    "apiVersions": list(versions),
                    "capabilities": "SupportsTags, SupportsLocation" if "/" not in kind else "None",
                }
                for kind, versions in _TYPES[namespace].items()
            ],
            "registrationState": self._spec(namespace).state,
            "registrationPolicy": "RegistrationRequired",
        }
