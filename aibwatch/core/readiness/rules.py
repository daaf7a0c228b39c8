"""List the rules of readiness, in the order in which they are told."""

from collections.abc import Callable, Mapping

from aibwatch.core.readiness.itself import exists, geography, provisioned, region
from aibwatch.core.readiness.parity import parity
from aibwatch.core.readiness.proof import backup, proven, trigger
from aibwatch.core.readiness.reach import gallery, silo, source
from aibwatch.core.readiness.room import containers, machines, providers
from aibwatch.core.readiness.said import Said
from aibwatch.core.readiness.survey import Survey

RULES: Mapping[str, Callable[[Survey], Said | None]] = {
    "exists": exists,
    "provisioned": provisioned,
    "region": region,
    "geography": geography,
    "parity": parity,
    "source": source,
    "gallery": gallery,
    "silo": silo,
    "machines": machines,
    "containers": containers,
    "providers": providers,
    "proven": proven,
    "trigger": trigger,
    "backup": backup,
}
"""Name to rule. A rule that does not apply to a secondary says nothing."""
