"""Hold what was found out about one secondary and what it needs: the facts that the rules of readiness go by.

Rules: everything that was asked for is there, as what was found, as ABSENT, or as Unread with the reason; nothing is
left out in silence. Ids are in lower case. This module does not know how anything is read, nor what follows from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from aibwatch.core.model import Region, TemplateId
from aibwatch.core.observation import TemplateSeen

Json = Mapping[str, object]


class Absence(Enum):
    """That Azure says itself that there is no such thing (404)."""

    ABSENT = "absent"


ABSENT = Absence.ABSENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """That something could not be read."""

    why: str
    """What was answered, in one sentence."""
    permission: str = ""
    """The action that is missing, where a refusal named it or it is known; "" where rights are not the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a resource is."""

    region: Region
    """Programmatic name; "" where its answer names none."""
    kind: str = ""
    """`type` of the answer, in lower case."""
    replicas: tuple[Region, ...] = ()
    """Of an image version in a gallery: where it is replicated to and usable."""
    generation: str = ""
    """Of an image or its definition: "V1", "V2"; "" where none is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """How much of something may be used in a region."""

    name: str
    """As Azure calls it: "standardDSv5Family", "StandardCores"."""
    limit: int
    used: int

    @property
    def free(self) -> int:
        """What is left of it; never negative."""
        return max(0, self.limit - self.used)


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """A size of build machines, as it is offered in the secondary's region."""

    name: str
    family: str
    """The name of the quota that it draws on."""
    cores: int
    restricted: str = ""
    """Why this subscription cannot have it there ("NotAvailableForSubscription"); "" where it can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """A trigger of a template: the service runs it by itself when its source changes."""

    name: str
    kind: str
    healthy: bool
    """Whether its status says so; one that was switched off after failures does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What was found out about one secondary of a group."""

    at: datetime
    group: str
    primary: TemplateId
    secondary: TemplateId
    primary_body: Json | Absence | Unread
    """The primary as a GET or a list shows it, or as Resource Graph has it where its region does not answer."""
    secondary_body: Json | Absence | Unread
    primary_region: Region | None = None
    """Where the primary is: as its body says, else as it was seen last, else as configured; None where nobody knows."""
    seen: TemplateSeen | None = None
    """The secondary as polls understand it; None where its body is none."""
    wanted_region: Region | None = None
    """Where the configuration says that the secondary is; None where it does not say."""
    places: Mapping[str, Place | Absence | Unread] = field(default_factory=dict)
    """Everything that the secondary needs, and its resource group, by `Need.id`: a resource id, or an address that
    names a storage account or key vault. Addresses outside are in no place and not among them."""
    source_versions: tuple[str, ...] | Absence | Unread = ()
    """Versions of the secondary's platform image offered in its region, ABSENT where there are none; () for sources of
    another kind, which are among the `places`."""
    wanted_size: str = ""
    """Name of the size of the build machine; "" where the secondary cannot be read."""
    size_assumed: bool = False
    """Whether the template names no size, so that `wanted_size` is the service's default as documented."""
    size: Size | Absence | Unread | None = None
    """Of the build machine. ABSENT where the region does not offer it; None where the secondary cannot be read."""
    quotas: Mapping[str, Quota] | Unread = field(default_factory=dict)
    """Of virtual machines in the region, by name in lower case; "cores" is that of the region as a whole."""
    containers: Quota | Absence | Unread = ABSENT
    """Of standard cores of container instances in the region; ABSENT where none is told."""
    providers: Mapping[str, str] | Unread = field(default_factory=dict)
    """Namespace in lower case to its registration state ("Registered"), in the secondary's subscription."""
    primary_triggers: tuple[Trigger, ...] | Unread = ()
    """() as well where there is no primary, and where the secondary is not known to have any: they matter as a pair."""
    secondary_triggers: tuple[Trigger, ...] | Unread = ()
    """() as well where there is no secondary."""
    allowed_geographies: tuple[str, ...] = ()
    backup_at: datetime | None = None
    """When the newest copy of the primary was made; None where there is none."""
    backup_max_age: timedelta | None = None
    """How old that copy may be; None where no copies are kept."""
