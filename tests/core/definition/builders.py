"""Templates as the service answers them: what a test does not name, it does not care about."""

from typing import Any

from hypothesis import strategies as st

SUBSCRIPTION = "/subscriptions/11111111-1111-1111-1111-111111111111"
WEU, NEU = f"{SUBSCRIPTION}/resourceGroups/images-weu", f"{SUBSCRIPTION}/resourceGroups/images-neu"
WORDS = [
    "properties",
    "source",
    "distribute",
    "customize",
    "validate",
    "inVMValidations",
    "inline",
    "scriptUri",
    "identity",
    "userAssignedIdentities",
    "tags",
    "vmProfile",
    "vnetConfig",
    "subnetId",
    "targetRegions",
    "name",
    "galleryImageId",
    "replicationRegions",
    "location",
    "id",
    "type",
    "imageId",
    "imageVersionId",
    "optimize",
    "versioning",
    "replicaCount",
    "sha256Checksum",
    "errorHandling",
]
TYPE = "providers/Microsoft.VirtualMachineImages/imageTemplates"


def a_gallery_image(group: str = WEU, gallery: str = "gallery_weu", image: str = "ubuntu") -> str:
    return f"{group}/providers/Microsoft.Compute/galleries/{gallery}/images/{image}"


def an_identity(group: str = WEU, name: str = "builder") -> str:
    return f"{group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{name}"


def a_subnet(group: str = WEU, name: str = "build") -> str:
    return f"{group}/providers/Microsoft.Network/virtualNetworks/net/subnets/{name}"


def a_body(group: str = WEU, name: str = "ubuntu-weu", region: str = "westeurope", **properties: Any) -> dict[str, Any]:
    """Return a template as a GET shows it."""
    return {
        "id": f"{group}/{TYPE}/{name}",
        "name": name,
        "type": "Microsoft.VirtualMachineImages/imageTemplates",
        "location": region,
        "tags": {},
        "identity": {
            "type": "UserAssigned",
            "userAssignedIdentities": {an_identity(group): {"principalId": "p", "clientId": "c"}},
        },
        "properties": {
            "source": {
                "type": "PlatformImage",
                "publisher": "Canonical",
                "offer": "ubuntu-24_04-lts",
                "sku": "server",
                "version": "latest",
                "exactVersion": "24.04.202404230",
            },
            "customize": [{"type": "Shell", "name": "update", "inline": ["apt-get -y update", "apt-get -y upgrade"]}],
            "distribute": [
                {
                    "type": "SharedImage",
                    "runOutputName": "ubuntu",
                    "galleryImageId": a_gallery_image(group, f"gallery_{group[-3:]}"),
                    "replicationRegions": [region],
                    "artifactTags": {},
                    "excludeFromLatest": False,
                    "versioning": None,
                }
            ],
            "provisioningState": "Succeeded",
            "buildTimeoutInMinutes": 0,
            "stagingResourceGroup": "",
            "exactStagingResourceGroup": f"{group}-staging",
            **properties,
        },
    }


def the_secondary(**properties: Any) -> dict[str, Any]:
    """Return what `a_body` is in northeurope."""
    return a_body(NEU, "ubuntu-neu", "northeurope", **properties)


def any_json() -> st.SearchStrategy[Any]:
    leaves = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20)
    keys = st.text(max_size=5) | st.sampled_from(WORDS)
    return st.recursive(leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=5))


def any_body() -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(st.sampled_from(["properties", "identity", "tags", "location", "id", "more"]), any_json())
