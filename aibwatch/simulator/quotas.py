"""Tell how much of what may be used in a region: the usages of machines, and those of container instances.

Rules: there is plenty of everything unless the scenario says otherwise; every family of sizes has a quota of its own,
besides that of the region as a whole. Builds do not count: what is used is what the scenario says. This module does
not know which template needs what.
"""

from collections.abc import Iterable

from aibwatch.simulator.parts import QuotaSpec
from aibwatch.simulator.sizes import family_of
from aibwatch.simulator.wire import Json

_REGIONAL = {
    "availabilitySets": ("Availability Sets", 2500),
    "cores": ("Total Regional vCPUs", 350),
    "virtualMachines": ("Virtual Machines", 25_000),
    "virtualMachineScaleSets": ("Virtual Machine Scale Sets", 2500),
    "lowPriorityCores": ("Total Regional Spot vCPUs", 350),
}
FAMILY_LIMIT = 100
"""Cores of a family, as a subscription of some age has them."""

_CONTAINERS = {
    "ContainerGroups": ("Container Groups", 100),
    "StandardCores": ("Standard Cores", 100),
    "StandardSpotCores": ("Standard Spot Cores", 10),
}


class Quotas:
    """What may be used and what is. Mutable: a drill may change it."""

    def __init__(self, specs: Iterable[QuotaSpec], sizes: Iterable[str]) -> None:
        self._specs: dict[tuple[str, str], QuotaSpec] = {}
        families = sorted({family for family in map(family_of, sizes) if family})
        self._machines = _REGIONAL | {family: (_family(family), FAMILY_LIMIT) for family in families}
        for spec in specs:
            self.put(spec)

    def put(self, spec: QuotaSpec) -> None:
        """Let a quota be so in its region from now on."""
        self._specs[spec.region, spec.name.lower()] = spec

    def machines(self, region: str) -> list[Json]:
        """Return the usages that Compute tells of a region; a quota that the scenario alone knows is among them."""
        known = {name.lower() for name in (*self._machines, *_CONTAINERS)}
        more = [spec.name for (where, name), spec in self._specs.items() if where == region and name not in known]
        rows = self._machines | {name: (name, 0) for name in more}
        return [self._usage(region, name, *row) for name, row in rows.items()]

    def containers(self, subscription: str, region: str) -> list[Json]:
        """Return the usages that Container Instances tell of a region."""
        place = f"/subscriptions/{subscription}/providers/Microsoft.ContainerInstance/locations/{region}/usages"
        return [
            {"id": f"{place}/{name}"} | self._usage(region, name, *row)  # the id is this provider's alone
            for name, row in _CONTAINERS.items()
        ]

    def _usage(self, region: str, name: str, shown: str, limit: int) -> Json:
        spec = self._specs.get((region, name.lower())) or QuotaSpec(region=region, name=name, limit=limit)
        return {
            "limit": spec.limit,
            "unit": "Count",
            "currentValue": spec.used,
            "name": {"value": name, "localizedValue": shown},
        }


def _family(name: str) -> str:
    """Return "standardDSv5Family" as it is shown: "Standard DSv5 Family vCPUs"."""
    return f"Standard {name[len('standard') :].removesuffix('Family')} Family vCPUs"
