"""Understand what Azure Resource Manager says of a resource provider. Pure; nothing here raises.

Facts: locations of a resource type are in display form ("West Europe"); registrationState is Registered, NotRegistered,
Registering or Unregistering. Letter case of names is not the same everywhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from aibwatch.core.model import Region, region_of
from aibwatch.core.reading import cleaned, items, one_line, table, text


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """A resource provider, as one subscription sees it."""

    namespace: str
    """In lower case: "microsoft.virtualmachineimages"."""
    state: str
    """Its registrationState, "Registered" where its resources can be made."""
    regions: Mapping[str, frozenset[Region]] = field(default_factory=dict)
    """Resource type in lower case ("imagetemplates") to the regions in which it is offered."""


def provider_in(body: Mapping[str, object]) -> Provider | None:
    """Return the provider; None for what is none."""
    namespace, state = text(body, "namespace").strip().lower(), one_line(text(body, "registrationState"))
    if not namespace or not state:
        return None
    kinds: dict[str, frozenset[Region]] = {}
    for entry in map(table, items(body, "resourceTypes")):
        kind = text(entry, "resourceType").strip().lower()
        kinds[kind] = kinds.get(kind, frozenset()) | {
            region_of(name) for place in items(entry, "locations") if (name := cleaned(place).strip())
        }
    return Provider(namespace=namespace, state=state, regions=kinds)
