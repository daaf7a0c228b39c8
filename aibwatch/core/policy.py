"""Say what the operator wants: groups, their members, and the thresholds of judgement.

These are the settings as the core needs them; how they are written in a file is the business of `aibwatch.config`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aibwatch.core.model import Mode, Options, Region, TemplateId

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Thresholds of one group. Every default has its reason beside the setting in `aibwatch.config.schema`."""

    mode: Mode = Mode.SHADOW
    cooldown: timedelta = 60 * MINUTE
    drill_max_age: timedelta | None = timedelta(days=35)
    """None leaves the gate out."""
    hold_min: timedelta = 3 * MINUTE
    hold_max: timedelta = 15 * MINUTE
    min_outage_age: timedelta = 5 * MINUTE
    recovery_min: timedelta = 10 * MINUTE
    run_window: timedelta = 60 * MINUTE
    suspect_score: float = 1.2
    confirm_score: float = 9.2
    max_moves_per_day: int = 3
    exclude_late_images: bool = False
    approve_timeout: timedelta = 15 * MINUTE


@dataclass(frozen=True, slots=True, kw_only=True)
class StepSpec:
    """One configured step of a move."""

    handler: str
    """Name of an entry point in `aibwatch.handlers`."""
    timeout: timedelta = 15 * MINUTE
    retries: int = 2
    """Further attempts after the first, each only where the one before is known to have changed nothing."""
    options: Options = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSpec:
    """Templates that move together: one primary and its secondaries, in order of preference."""

    name: str
    primary: TemplateId
    secondaries: tuple[TemplateId, ...]
    policy: Policy = field(default_factory=Policy)
    steps: tuple[StepSpec, ...] = (StepSpec(handler="run-template"),)
    regions: Mapping[TemplateId, Region] = field(default_factory=dict)
    """Where members are by the operator's word; a member of which he says nothing is where Azure shows it."""
    allowed_geographies: tuple[str, ...] = ()
    """Geographies and regions in which secondaries may build, as written; empty: anywhere. See `core.regions`."""
    tagged: bool = False
    """Whether tags of the templates say so, and not the configuration."""

    @property
    def members(self) -> tuple[TemplateId, ...]:
        """All templates of the group, the primary first."""
        return (self.primary, *self.secondaries)


@dataclass(frozen=True, slots=True, kw_only=True)
class CanarySpec:
    """A minimal template of the operator's that is run to see whether a region builds."""

    region: Region
    template: TemplateId
    max_per_day: int = 24
    routine: timedelta | None = timedelta(days=7)
    """Time between runs on ordinary days; None: only on suspicion."""
    retry_after: timedelta = 5 * MINUTE
    """From the start of one run to the next while fewer than two have failed; the other waits of trouble follow it."""
    respite: timedelta = 20 * MINUTE
    """For how long a good run answers for the region; longer after each further good one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Freeze:
    """A time in which nothing may be moved, by the operator's own calendar."""

    starts: datetime
    ends: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often each source is polled: what is late or stale follows from it."""

    templates: timedelta = MINUTE
    probe: timedelta = timedelta(seconds=30)
    service_health: timedelta = MINUTE
    resource_health: timedelta = 5 * MINUTE
    activity_log: timedelta = 2 * MINUTE
    peer: timedelta = MINUTE
    readiness: timedelta = 30 * MINUTE
    discovery: timedelta = 15 * MINUTE
    patience: timedelta = timedelta(seconds=70)
    """How long one poll may take: so much later than its interval it may come without being late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """All that the operator decided. Replaced as a whole on reload, never changed."""

    groups: Mapping[str, GroupSpec]
    policy: Policy = field(default_factory=Policy)
    """The defaults, which also judge regions: a region is judged once, not once per group."""
    pace: Pace = field(default_factory=Pace)
    canaries: Mapping[Region, CanarySpec] = field(default_factory=dict)
    freezes: tuple[Freeze, ...] = ()

    @property
    def watched(self) -> frozenset[TemplateId]:
        """All templates that are listed: members of groups, and canaries."""
        members = (template for spec in self.groups.values() for template in spec.members)
        return frozenset(members) | {canary.template for canary in self.canaries.values()}
