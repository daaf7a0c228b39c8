"""Hold what a scenario says of a world: its templates, events, statuses and roles, as plain values.

Times are seconds since the stand-in began. This module knows neither TOML nor HTTP.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from aibwatch.simulator.outcome import Outcome

SUBSCRIPTION = "11111111-1111-1111-1111-111111111111"
"""The subscription of everything that names none."""


class LastRun(StrEnum):
    """What a template's last run was when the stand-in began."""

    NEVER = "never"
    SUCCEEDED = "succeeded"
    PARTIALLY_SUCCEEDED = "partiallysucceeded"
    FAILED = "failed"
    CANCELED = "canceled"
    RUNNING = "running"


class Provisioning(StrEnum):
    """`provisioningState` as the wire spells it."""

    CREATING = "Creating"
    UPDATING = "Updating"
    SUCCEEDED = "Succeeded"
    FAILED = "Failed"
    DELETING = "Deleting"
    CANCELED = "Canceled"


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateSpec:
    """A template that is there when the stand-in begins."""

    name: str
    resource_group: str
    region: str
    subscription: str = SUBSCRIPTION
    provisioning_state: Provisioning = Provisioning.SUCCEEDED
    source: tuple[str, ...] = ("Canonical", "ubuntu-24_04-lts", "server", "latest")
    """Publisher, offer, SKU and version of a platform image."""
    source_image: str = ""
    """Id of a version in a gallery or of a managed image instead; "" for the platform image."""
    script: str = "https://raw.githubusercontent.com/contoso/images/main/harden.sh"
    """Address of the customizer's script; "" for a template without one."""
    scripts: tuple[str, ...] = ()
    """Addresses of further customizers' scripts."""
    identity: str = "image-builder"
    build_identities: tuple[str, ...] = ()
    """Ids of the identities that its build machines have."""
    subnet: str = ""
    """Id of the subnet of its build machines; "" for a network that the service makes."""
    container_subnet: str = ""
    staging_group: str = ""
    """Name or id of the resource group it builds in; "" for one that the service makes."""
    gallery: str = ""
    """"" means `gallery_` and the region."""
    image: str = ""
    """The image definition; "" means the template's name."""
    replication_regions: tuple[str, ...] = ()
    """() means the template's own region."""
    vm_size: str = ""
    build_timeout: int = 0
    optimize: bool = False
    validate: bool = False
    tags: Mapping[str, str]
    last_run: LastRun = LastRun.NEVER
    last_run_ended: float = 86_400.0
    """How long before the beginning the last run was over."""
    properties: Mapping[str, object]
    """Laid over what follows from the rest, as it is: objects are merged, everything else is replaced."""
    every: float | None = None
    """The customer starts a run by himself every so many seconds, unless one is going on or troubles prevent it."""
    outcomes: tuple[Outcome, ...] = (Outcome.SUCCEEDS,)
    """Of the first run, the second, ...; the last one holds for all that follow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventSpec:
    """A Service Health event: not there before `start`, Active until `end`, then Resolved."""

    tracking_id: str
    title: str
    regions: tuple[str, ...]
    """Display names, as the service gives them: "West Europe"."""
    service: str = "Azure Image Builder"
    event_type: str = "ServiceIssue"
    level: str = "Warning"
    start: float = 0.0
    end: float | None = None
    impact_start: float
    """When it says the trouble began; notices come late, so usually before `start`."""
    resolved_early: Mapping[str, float]
    """Display name to the second at which this region alone is Resolved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AvailabilitySpec:
    """What Resource Health says of one resource in an interval; Available outside it."""

    resource: str
    state: str = "Unavailable"
    region: str
    start: float = 0.0
    end: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceSpec:
    """Something besides templates: that it is there, where, or that it is not."""

    id: str
    region: str = ""
    """"" for the region it has without being written, or that of what it is in."""
    absent: bool = False
    replicas: tuple[str, ...] = ()
    """Of a version in a gallery: where it can be used; () for its own region and those that need it."""
    replicating: tuple[str, ...] = ()
    """Of a version: where it is still being copied to."""
    properties: Mapping[str, object]
    """Laid over the properties it has without being written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaSpec:
    """What may be used of something in a region, and what is."""

    region: str
    name: str
    """As Azure calls it: "cores", "standardDSv5Family", "StandardCores"."""
    limit: int
    used: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SkuSpec:
    """A size of machines in a region: restricted, or not offered at all."""

    region: str
    size: str
    restriction: str = ""
    """The reason ("NotAvailableForSubscription"); "" for none."""
    zones: tuple[str, ...] = ()
    """The zones that alone are restricted; () for the whole region."""
    absent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderSpec:
    """A resource provider: whether it is registered, and in which regions it offers its types."""

    namespace: str
    state: str = "Registered"
    locations: tuple[str, ...] = ()
    """() for the regions it is in without being written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerSpec:
    """A trigger of every template with that name."""

    template: str
    name: str = "source"
    kind: str = "SourceImage"
    healthy: bool = True
    absent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleSpec:
    """What the caller may do somewhere."""

    actions: tuple[str, ...]
    not_actions: tuple[str, ...] = ()
    scope: str = "/"
    """An id, and everything below; "/" is everywhere."""
