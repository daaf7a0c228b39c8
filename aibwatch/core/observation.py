"""Hold what was seen: one dated fact from one source each.

A failed poll is an observation too (`Polled` with a diagnosis other than WELL). This module does not know what a fact
is worth; that is for the signals.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Literal

from aibwatch.core.model import Diagnosis, FailureClass, Region, Run, TemplateId
from aibwatch.core.readiness.finding import Finding, Ready


class Source(StrEnum):
    """What we poll. The values are the `source` label of the metrics."""

    TEMPLATES = "templates"
    PROBE = "probe"
    SERVICE_HEALTH = "service_health"
    RESOURCE_HEALTH = "resource_health"
    PEER = "peer"
    ACTIVITY_LOG = "activity_log"


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """That a source was asked, and how asking went."""

    type: Literal["polled"] = "polled"
    at: datetime
    source: Source
    subject: str
    """What was asked about: a region for the probe, a subscription or resource group for lists."""
    diagnosis: Diagnosis


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateSeen:
    """A template as a list showed it."""

    type: Literal["template_seen"] = "template_seen"
    at: datetime
    template: TemplateId
    region: Region
    provisioning: str
    """`provisioningState` in lower case; "succeeded" through every run, also failed ones."""
    run: Run | None
    """The last run; None if it was never run."""
    build_timeout_minutes: int
    """As configured; 0 means the service's default of 240."""
    shares: frozenset[str] = frozenset()
    """What it needs and others may need too (scripts, identities, subnets, sources, galleries), in lower case."""
    recipe: str = ""
    """Changes whenever the template's definition does; "" in records of the first version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateGone:
    """A template that used to be listed is not listed any more, by a list that came whole."""

    type: Literal["template_gone"] = "template_gone"
    at: datetime
    template: TemplateId


@dataclass(frozen=True, slots=True, kw_only=True)
class Probed:
    """How reading one template of a region was answered: says something of the region's API, nothing of any run."""

    type: Literal["probed"] = "probed"
    at: datetime
    region: Region
    diagnosis: Diagnosis


class Concern(StrEnum):
    """What a Service Health event has to do with us."""

    IMAGE_BUILDER = "image_builder"
    DEPENDENCY = "dependency"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class EventSeen:
    """A Service Health event, as it stands for one region."""

    type: Literal["event_seen"] = "event_seen"
    at: datetime
    tracking_id: str
    region: Region
    concern: Concern
    active: bool
    """By the region's own status; an event can be resolved in one region and active in the next."""
    maintenance: bool
    updated: datetime
    """The provider's lastUpdateTime: orders notices, which may arrive late, twice or in the wrong order."""
    began: datetime
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DependencySeen:
    """Resource Health of a resource that the operator named as a dependency of a region."""

    type: Literal["dependency_seen"] = "dependency_seen"
    at: datetime
    region: Region
    resource: str
    state: str
    """available, unavailable, degraded or unknown; "unsupported" where Resource Health does not know the type (422)."""
    customer_made: bool
    """The provider says that the customer caused it (a VM that was stopped by its owner)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFailed:
    """A call to run a template that was answered 5xx, as the Activity Log tells minutes later; no run came of it."""

    type: Literal["call_failed"] = "call_failed"
    at: datetime
    """When we saw it in the log."""
    called_at: datetime
    """When it failed, by the provider's eventTimestamp."""
    template: TemplateId
    region: Region
    """Where the template was when this was seen. The log does not say it; so of templates that no list has shown yet,
    nothing is told."""
    call: str
    """The correlation id, in lower case. Some clients give one id to all calls of an hour, to several templates."""
    diagnosis: Diagnosis
    ours: bool = False
    """Whether aibwatch itself made the call, for a move or a test of its own: whoever made it knows the answer already,
    so it is no further witness. How that is told: sources.ours."""

    @property
    def key(self) -> str:
        """What it is known by: calls that differ in it are two."""
        return f"{self.call}/{self.template}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadinessSeen:
    """A readiness report of a secondary."""

    type: Literal["readiness_seen"] = "readiness_seen"
    at: datetime
    template: TemplateId
    state: Ready
    why: str
    group: str = ""
    recipe: str = ""
    """The secondary's, as in TemplateSeen; "" where it was never read."""
    findings: tuple[Finding, ...] = ()
    """What each rule says, in the order in which rules are told; none in records of the first version."""

    def again(self, at: datetime) -> "ReadinessSeen":
        """Return the same report, made at another time: what was proven with it is proven then."""
        findings = tuple(replace(f, at=at) if f.at == self.at else f for f in self.findings)
        return replace(self, at=at, findings=findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerSaid:
    """What a second observer, elsewhere, says of a region."""

    type: Literal["peer_said"] = "peer_said"
    at: datetime
    peer: str
    """Its name in the configuration."""
    region: Region
    troubled: bool
    """Whether it suspects the region too."""
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandlerChecked:
    """What a handler said when it was asked whether it could act now for a group, on one of its members.

    The same handler may well be able to act on one template and not on the next, which it is not allowed to touch.
    """

    type: Literal["handler_checked"] = "handler_checked"
    at: datetime
    group: str
    handler: str
    target: TemplateId
    well: bool
    why: str
    step: int = 0
    """Which step of the group's it is for: two may use the same handler with other options."""
    version: str = ""
    """What it says it is, and what we see of it; changes when the handler changes. Empty where it did not say."""

    @property
    def key(self) -> str:
        """What it is known by."""
        return handler_key(self.group, self.step, self.handler, self.target)


def handler_key(group: str, step: int, handler: str, target: TemplateId) -> str:
    """Return what a check of this handler is known by."""
    return f"{group}/{step}/{handler}/{target}"


Report = DependencySeen | ReadinessSeen | PeerSaid | HandlerChecked
"""Observations of which only the latest about its subject counts."""

Observation = Polled | TemplateSeen | TemplateGone | Probed | EventSeen | CallFailed | Report


def is_answer(diagnosis: Diagnosis) -> bool:
    """Return whether the far side itself spoke: a good answer, or a failure that is the provider's or the request's.

    Throttling, missing rights and a broken way there leave us without an answer.
    """
    return diagnosis.cls not in {FailureClass.THROTTLED, FailureClass.AUTH, FailureClass.NETWORK}
