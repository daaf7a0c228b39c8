"""Tell which sizes of machines a region offers, and to whom not: the list of SKUs.

Rules: every size is offered everywhere unless the scenario says otherwise, and so is every size that a template of it
names. Family and cores follow from the name, as they do in life for these: Standard_D2ds_v4 has 2 cores and draws on
standardDDSv4Family. This module does not know quotas.
"""

import re
from collections.abc import Iterable

from aibwatch.simulator.parts import SkuSpec
from aibwatch.simulator.wire import Json

SIZES = (
    *("Standard_B2s", "Standard_D1_v2", "Standard_D2_v2", "Standard_DS1_v2", "Standard_DS2_v2", "Standard_D2s_v3"),
    *("Standard_D4s_v3", "Standard_D2ds_v4", "Standard_D4ds_v4", "Standard_D2s_v5", "Standard_D4s_v5"),
    *("Standard_D8s_v5", "Standard_D2ds_v5", "Standard_D4ds_v5", "Standard_D2as_v5", "Standard_E2s_v5"),
    *("Standard_E4s_v5", "Standard_F2s_v2", "Standard_F4s_v2"),
)

_NAME = re.compile(r"Standard_([A-Z]+)(\d+)([a-z]*)(?:_((?!v\d)[A-Z]+\d+))?(?:_v(\d+))?", re.IGNORECASE)
CALMER = 6
"""From this version on families are spelled otherwise: StandardDdsv6Family."""


def family_of(size: str) -> str:
    """Return the name of the quota a size draws on; "" for a name that tells nothing."""
    if not (match := _NAME.fullmatch(size)):
        return ""
    letters, more, chip, version = match[1].upper(), match[3], match[4] or "", match[5] or ""
    if version and int(version) >= CALMER:
        return f"Standard{letters}{more.lower()}{chip}v{version}Family"
    return f"{'S' if chip else 's'}tandard{letters}{more.upper()}{chip}{f'v{version}' if version else ''}Family"


def cores_of(size: str) -> int:
    """Return how many cores a size has; 2 for a name that does not tell."""
    match = _NAME.fullmatch(size)
    return int(match[2]) if match else 2


class Sizes:
    """The sizes on offer. Mutable: a drill may take one away."""

    def __init__(self, specs: Iterable[SkuSpec], named: Iterable[str]) -> None:
        self._specs: dict[tuple[str, str], SkuSpec] = {}
        known = {size.lower(): size for size in (*named, *SIZES) if size}
        self.names = tuple(sorted(known.values()))
        for spec in specs:
            self.put(spec)

    def put(self, spec: SkuSpec) -> None:
        """Let a size be so in its region from now on."""
        self._specs[spec.region, spec.size.lower()] = spec

    def listed(self, region: str) -> list[Json]:
        """Return the SKUs of a region: its sizes, and one thing that is none."""
        usual = SkuSpec(region=region, size="")
        specs = [(name, self._specs.get((region, name.lower()), usual)) for name in self.names]
        return [_DISK | {"locations": [region]}, *(_size(name, spec) for name, spec in specs if not spec.absent)]


_DISK: Json = {
    "resourceType": "disks",
    "name": "Standard_LRS",
    "tier": "Standard",
    "size": "S4",
    "locationInfo": [],
    "capabilities": [{"name": "MaxSizeGiB", "value": "32"}],
    "restrictions": [],
}


def _size(name: str, spec: SkuSpec) -> Json:
    cores = str(cores_of(name))
    return {
        "resourceType": "virtualMachines",
        "name": name,
        "tier": "Standard",
        "size": name.partition("_")[2],
        "family": family_of(name),
        "locations": [spec.region],
        "locationInfo": [{"location": spec.region, "zones": ["1", "2", "3"], "zoneDetails": []}],
        "capabilities": [
            {"name": "vCPUs", "value": cores},
            {"name": "vCPUsAvailable", "value": cores},
            {"name": "HyperVGenerations", "value": "V1" if "_v2" in name and name[9] == "D" else "V1,V2"},
            {"name": "CpuArchitectureType", "value": "x64"},
        ],
        "restrictions": [_restriction(spec)] if spec.restriction else [],
    }


def _restriction(spec: SkuSpec) -> Json:
    where: Json = {"locations": [spec.region]}
    if spec.zones:
        where["zones"] = list(spec.zones)
    return {
        "type": "Zone" if spec.zones else "Location",
        "values": [spec.region],
        "restrictionInfo": where,
        "reasonCode": spec.restriction,
    }
