"""Read the tables of a scenario that say what there is besides templates. Which keys there are is told in scenario.py.

Each is read from JSON as well, when a drill changes it while the stand-in runs.
"""

import re

from aibwatch.core.model import region_of
from aibwatch.simulator.parts import ProviderSpec, QuotaSpec, ResourceSpec, SkuSpec, TriggerSpec
from aibwatch.simulator.reading import Table

_ID = re.compile(r"/subscriptions/[^/]+(/resourceGroups/[^/]+)?(/providers/[^/]+(/[^/]+/[^/]+)+)?", re.IGNORECASE)


def read_resource(table: Table) -> ResourceSpec:
    """Return what a [[resource]] table says."""
    id_ = table.text("id", None)
    if id_ and not _ID.fullmatch(id_):
        table.wrong("id", f"{id_!r} is no resource id; write /subscriptions/.../resourceGroups/.../providers/...")
    resource = ResourceSpec(
        id=id_,
        region=region_of(table.text("region")),
        absent=table.flag("absent"),
        replicas=_regions(table, "replicas"),
        replicating=_regions(table, "replicating"),
        properties=table.json("properties"),
    )
    table.close()
    return resource


def read_quota(table: Table) -> QuotaSpec:
    """Return what a [[quota]] table says."""
    quota = QuotaSpec(
        region=region_of(table.text("region", None)),
        name=table.text("name", None),
        limit=table.whole("limit", 0),
        used=table.whole("used", 0),
    )
    if not table.has("limit"):
        table.wrong("limit", "is missing; add limit = ..., as a number")
    table.close()
    return quota


def read_sku(table: Table) -> SkuSpec:
    """Return what a [[sku]] table says."""
    sku = SkuSpec(
        region=region_of(table.text("region", None)),
        size=table.text("size", None),
        restriction=table.text("restriction"),
        zones=table.texts("zones"),
        absent=table.flag("absent"),
    )
    table.close()
    return sku


def read_provider(table: Table) -> ProviderSpec:
    """Return what a [[provider]] table says."""
    provider = ProviderSpec(
        namespace=table.text("namespace", None),
        state=table.text("state", ProviderSpec(namespace="").state),
        locations=_regions(table, "locations"),
    )
    table.close()
    return provider


def read_trigger(table: Table) -> TriggerSpec:
    """Return what a [[trigger]] table says."""
    usual = TriggerSpec(template="")
    trigger = TriggerSpec(
        template=table.text("template", None),
        name=table.text("name", usual.name),
        kind=table.text("kind", usual.kind),
        healthy=not table.has("healthy") or table.flag("healthy"),
        absent=table.flag("absent"),
    )
    table.close()
    return trigger


def _regions(table: Table, key: str) -> tuple[str, ...]:
    return tuple(region_of(region) for region in table.texts(key))
