"""Make surveys: of a secondary with which nothing is wrong, but for what a test says."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from aibwatch.core.definition.needs import needs_of
from aibwatch.core.model import Region, region_of
from aibwatch.core.readiness.said import Said
from aibwatch.core.readiness.survey import Absence, Json, Place, Quota, Size, Survey, Unread
from tests.core.builders import BASE_NORTH, BASE_WEST, NORTH, T0, WEST, a_run, a_template

Found = Place | Absence | Unread
NO_OTHER: Mapping[str, Found] = {}

FAMILY = "standardDSv5Family"
SILENT = Unread(why="500 InternalServerError")
FORBIDDEN = Unread(why="403 AuthorizationFailed", permission="Microsoft.Compute/locations/usages/read")
REGISTERED = {
    f"microsoft.{name}": "Registered"
    for name in ("virtualmachineimages", "compute", "keyvault", "storage", "network", "containerinstance")
}


def of(region: str, kind: str, name: str) -> str:
    """Return the id of a resource in the resource group that is called like its region."""
    return f"/subscriptions/s1/resourceGroups/{region}/providers/Microsoft.{kind}/{name}"


def a_body(
    region: str = WEST, *, script: str = "https://example.com/harden.sh", **properties: object
) -> dict[str, object]:
    """Return a template's JSON as the service shows it, built from what is in its own region."""
    identity = of(region, "ManagedIdentity", "userAssignedIdentities/builder")
    usual: dict[str, object] = {
        "source": {"type": "PlatformImage", "publisher": "P", "offer": "O", "sku": "S", "version": "latest"},
        "customize": [{"type": "Shell", "name": "harden", "scriptUri": script}],
        "distribute": [
            {
                "type": "SharedImage",
                "runOutputName": "base",
                "galleryImageId": of(region, "Compute", "galleries/images/images/base"),
                "replicationRegions": [region],
            }
        ],
        "provisioningState": "Succeeded",
    }
    return {
        "id": BASE_WEST if region == WEST else BASE_NORTH,
        "location": region,
        "identity": {"type": "UserAssigned", "userAssignedIdentities": {identity: {}}},
        "properties": {**usual, **properties},
    }


def a_survey(**facts: object) -> Survey:
    """Return a survey of a good secondary in the north, with these facts instead."""
    good = Survey(
        at=T0,
        group="base",
        primary=BASE_WEST,
        secondary=BASE_NORTH,
        primary_body=a_body(WEST),
        secondary_body=a_body(NORTH),
        primary_region=WEST,
        seen=a_template(region=NORTH, run=a_run("ok", started=-60.0)),
        places=places(a_body(NORTH)),
        source_versions=("1.0.0",),
        size=Size(name="Standard_D2s_v5", family=FAMILY, cores=2),
        quotas={FAMILY.lower(): Quota(name=FAMILY, limit=16, used=8), "cores": Quota(name="cores", limit=100, used=8)},
        containers=Quota(name="StandardCores", limit=10, used=2),
        providers=REGISTERED,
        backup_at=T0 - timedelta(hours=1),
        backup_max_age=timedelta(days=7),
    )
    return replace(good, **facts)  # type: ignore[arg-type]  # the names are those of Survey


def places(body: Json, other: Mapping[str, Found] = NO_OTHER) -> dict[str, Found]:
    """Return everything that a body needs as being in its own region, and what ends so as said here."""
    region = region_of(str(body["location"]))
    usual: dict[str, Found] = {n.id: Place(region=region) for n in needs_of(body) if not n.outside}
    for end, place in other.items():
        usual |= {key: place for key in usual if key.endswith(end)}
    return usual


def the_state(said: Said | None) -> str:
    """Return the state of what a rule said; "" where it said nothing."""
    return str(said.state) if said else ""


def in_(region: Region) -> Place:
    """Return a place in that region."""
    return Place(region=region)
