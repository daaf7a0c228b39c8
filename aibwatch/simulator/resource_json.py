"""Write resources as JSON, each as its provider does.

The quirks: the identity's provider writes `resourcegroups`, Compute writes the group of a managed image in capitals,
a version names its regions as they are shown, a subnet has no location of its own. Shapes are those of the published
descriptions; nothing of them was recorded here. This module decides nothing.
"""

from collections.abc import Callable, Iterable, Mapping

from aibwatch.simulator.definition import identity_ids
from aibwatch.simulator.lots import guid
from aibwatch.simulator.needs import kind_of
from aibwatch.simulator.places import display
from aibwatch.simulator.resources import Resource
from aibwatch.simulator.wire import Json, laid_over

PROVISIONED = {"provisioningState": "Succeeded"}
TENANT = guid(0, "tenant")
DELEGATION = "Microsoft.ContainerInstance/containerGroups"


def group_json(resource: Resource) -> Json:
    """Return a resource group."""
    return _whole(resource, {}, kind="Microsoft.Resources/resourceGroups")


def resource_json(resource: Resource, inside: Iterable[Resource] = ()) -> Json:
    """Return a resource as GET answers it; `inside` are the subnets of a network."""
    kind = resource.kind.lower()
    if kind == SUBNET:
        return _subnet(resource)
    if kind == NETWORK:
        subnets = [_subnet(subnet) for subnet in inside]
        return _whole(resource, _NETWORK | {"subnets": subnets}) | {"etag": _etag(resource)}
    if kind == IMAGE:
        parts = resource.id.split("/")
        parts[4] = parts[4].upper()
        return _whole(resource, _IMAGE) | {"id": "/".join(parts)}
    if kind == IDENTITY:
        lowered = resource.id.replace("/resourceGroups/", "/resourcegroups/", 1)
        return _whole(resource, _identity(resource)) | {"id": lowered}
    if kind == STORAGE:
        return _whole(resource, _storage(resource)) | {"kind": "StorageV2", "sku": _STANDARD}
    usual = _OTHERS.get(kind)
    return _whole(resource, usual(resource) if usual else {})


SUBNET = "microsoft.network/virtualnetworks/subnets"
NETWORK = "microsoft.network/virtualnetworks"
IMAGE = "microsoft.compute/images"
IDENTITY = "microsoft.managedidentity/userassignedidentities"
STORAGE = "microsoft.storage/storageaccounts"
_STANDARD = {"name": "Standard_LRS", "tier": "Standard"}


def _whole(resource: Resource, properties: Json, kind: str = "") -> Json:
    return {
        "id": resource.id,
        "name": resource.name,
        "type": kind or kind_of(resource.id),
        "location": resource.region,
        "tags": {},
        "properties": laid_over({**properties, **PROVISIONED}, resource.properties),
    }


_NETWORK: Json = {
    "resourceGuid": guid(0, "network"),
    "addressSpace": {"addressPrefixes": ["10.0.0.0/16"]},
    "virtualNetworkPeerings": [],
    "enableDdosProtection": False,
}


def _subnet(resource: Resource) -> Json:
    usual: Json = {
        "addressPrefix": "10.0.0.0/24",
        "delegations": [],
        "privateEndpointNetworkPolicies": "Disabled",
        # A build needs it to be off, and it is on unless somebody turned it off.
        "privateLinkServiceNetworkPolicies": "Disabled",
        "defaultOutboundAccess": True,
        **PROVISIONED,
    }
    return {
        "id": resource.id,
        "name": resource.name,
        "type": kind_of(resource.id),
        "etag": _etag(resource),
        "properties": laid_over(usual, resource.properties),
    }


def _etag(resource: Resource) -> str:
    return f'W/"{guid(0, "etag", resource.id.lower())}"'


_IMAGE: Json = {
    "storageProfile": {
        "osDisk": {"osType": "Linux", "osState": "Generalized", "caching": "ReadWrite", "diskSizeGB": 30},
        "dataDisks": [],
        "zoneResilient": False,
    },
    "hyperVGeneration": "V2",
}


def _identity(resource: Resource) -> Json:
    return {"tenantId": TENANT, **identity_ids(resource.id)}


def _storage(resource: Resource) -> Json:
    name = resource.name.lower()
    kinds = ("blob", "file", "queue", "table")
    return {
        "primaryEndpoints": {kind: f"https://{name}.{kind}.core.windows.net/" for kind in kinds},
        "primaryLocation": resource.region,
        "statusOfPrimary": "available",
        "accessTier": "Hot",
        "allowBlobPublicAccess": False,
        "supportsHttpsTrafficOnly": True,
        "networkAcls": {"bypass": "AzureServices", "defaultAction": "Allow", "ipRules": [], "virtualNetworkRules": []},
    }


def _vault(resource: Resource) -> Json:
    return {
        "sku": {"family": "A", "name": "standard"},
        "tenantId": TENANT,
        "accessPolicies": [],
        "enableRbacAuthorization": True,
        "enableSoftDelete": True,
        "vaultUri": f"https://{resource.name.lower()}.vault.azure.net/",
    }


def _gallery(resource: Resource) -> Json:
    subscription = resource.id.split("/")[2]
    return {"identifier": {"uniqueName": f"{subscription}-{resource.name.upper()}"}}


def _definition(resource: Resource) -> Json:
    return {
        "hyperVGeneration": "V2",
        "architecture": "x64",
        "osType": "Linux",
        "osState": "Generalized",
        "identifier": {"publisher": "contoso", "offer": "images", "sku": resource.name},
    }


_OTHERS: Mapping[str, Callable[[Resource], Json]] = {
    "microsoft.keyvault/vaults": _vault,
    "microsoft.compute/galleries": _gallery,
    "microsoft.compute/galleries/images": _definition,
}


def version_json(resource: Resource, profile: Json, *, status: bool) -> Json:
    """Return a version in a gallery.

    `profile` is what its publishing profile says of it besides the regions; `status` is whether the state of its
    replication was asked for.
    """
    goals = (*resource.replicas, *resource.replicating)
    properties: Json = {
        "publishingProfile": {
            "targetRegions": [
                {"name": display(region), "regionalReplicaCount": 1, "storageAccountType": "Standard_LRS"}
                for region in goals
            ],
            "replicaCount": 1,
            "replicationMode": "Full",
            "storageAccountType": "Standard_LRS",
            **profile,
        },
        "storageProfile": {"osDiskImage": {"sizeInGB": 30, "hostCaching": "ReadWrite"}},
        "safetyProfile": {"allowDeletionOfReplicatedLocations": True},
    }
    if status:
        properties["replicationStatus"] = _replication(resource)
    return _whole(resource, properties)


def _replication(resource: Resource) -> Json:
    done = [
        {"region": display(region), "state": "Completed", "details": "", "progress": 100}
        for region in resource.replicas
    ]
    going = [
        {"region": display(region), "state": "Replicating", "details": "", "progress": 40}
        for region in resource.replicating
    ]
    return {"aggregatedState": "InProgress" if going else "Completed", "summary": [*done, *going]}
