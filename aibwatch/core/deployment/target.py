"""Say which template a secondary would be: the one that is configured, else what the mapping makes of the primary.

Rules: a secondary that the configuration has in that region is the one, unless a name or a group is asked for; a name
that no mapping changes, in the primary's own group, has the region put behind it. A template with another part to play
is never a target. This module does not know what exists.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from aibwatch.core.definition.region_map import RegionMap
from aibwatch.core.model import TemplateId, template_id
from aibwatch.core.policy import Setup

_GROUP = 4
"""Which part of an id is the resource group, counted from the empty one in front."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A template to make."""

    id: str
    """Resource id in the letter case in which it will be made."""
    group_said: bool
    """Whether the operator himself named its resource group, here or in the configuration."""


def target_of(
    primary: str, mapping: RegionMap, planned: str | None = None, *, name: str = "", resource_group: str = ""
) -> Target:
    """Return the template. `primary` and `planned`, the secondary that is configured there, as they are written."""
    if planned and not name and not resource_group:
        return Target(id=planned, group_said=True)
    parts = mapping.resource(primary).split("/")
    if len(parts) > _GROUP:
        parts[_GROUP] = resource_group or parts[_GROUP]
    parts[-1] = name or parts[-1]
    if template_id("/".join(parts)) == template_id(primary) and not name:
        parts[-1] = f"{parts[-1]}-{mapping.away}"
    return Target(id="/".join(parts), group_said=bool(resource_group))


def part_of(setup: Setup, group: str, template: TemplateId) -> str:
    """Return which other part the template has to play, "the primary of group a"; "" where it has none."""
    for spec in setup.groups.values():
        if template == spec.primary:
            return f"the primary of group {spec.name}"
        if template in spec.secondaries and spec.name != group:
            return f"a secondary of group {spec.name}"
    canaries: Mapping[TemplateId, str] = {canary.template: region for region, canary in setup.canaries.items()}
    return f"the canary of {canaries[template]}" if template in canaries else ""
