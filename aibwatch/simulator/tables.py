"""Read the tables of a scenario: template, trouble, event, availability, role. Their keys are told in scenario.py.

A trouble and a role are read here from JSON as well, when a drill changes them while the stand-in runs.
"""

import re
from enum import StrEnum

from aibwatch.core.model import region_of
from aibwatch.simulator.needs import ID
from aibwatch.simulator.outcome import Outcome
from aibwatch.simulator.parts import AvailabilitySpec, EventSpec, LastRun, Provisioning, RoleSpec, TemplateSpec
from aibwatch.simulator.reading import Table
from aibwatch.simulator.trouble import (
    EVERYWHERE,
    FATES,
    OF_ARM,
    OF_NO_REGION,
    Answer,
    DeathText,
    Operation,
    Shape,
    Trouble,
)

_NAME = re.compile(r"^[A-Za-z0-9_.-]{1,64}$")
"""The service's own rule for the names of templates."""


class _EventType(StrEnum):
    SERVICE_ISSUE = "ServiceIssue"
    PLANNED_MAINTENANCE = "PlannedMaintenance"
    HEALTH_ADVISORY = "HealthAdvisory"


class _Level(StrEnum):
    CRITICAL = "Critical"
    ERROR = "Error"
    WARNING = "Warning"
    INFORMATIONAL = "Informational"


class _State(StrEnum):
    AVAILABLE = "Available"
    UNAVAILABLE = "Unavailable"
    DEGRADED = "Degraded"
    UNKNOWN = "Unknown"


def read_template(table: Table) -> TemplateSpec:
    """Return the template of a [[template]] table."""
    usual = TemplateSpec(name="", resource_group="", region="", tags={}, properties={})
    name = table.text("name", None)
    if name and not _NAME.match(name):
        table.wrong("name", f"{name!r} is no template name; use up to 64 letters, digits, '-', '_' and '.'")
    template = TemplateSpec(
        name=name,
        resource_group=table.text("resource_group", None),
        region=region_of(table.text("region", None)),
        subscription=table.text("subscription", usual.subscription),
        provisioning_state=table.choice("provisioning_state", Provisioning.SUCCEEDED),
        source=_source(table, usual.source),
        source_image=_id(table, "source_image"),
        script=table.text("script", usual.script),
        scripts=table.texts("scripts"),
        identity=table.text("identity", usual.identity),
        build_identities=table.texts("build_identities"),
        subnet=_id(table, "subnet"),
        container_subnet=_id(table, "container_subnet"),
        staging_group=table.text("staging_group"),
        gallery=table.text("gallery"),
        image=table.text("image"),
        replication_regions=table.texts("replication_regions"),
        vm_size=table.text("vm_size"),
        build_timeout=table.whole("build_timeout", 0),
        optimize=table.flag("optimize"),
        validate=table.flag("validate"),
        tags={
            key: str(text) for key, text in table.mapping("tags", lambda item: isinstance(item, str), "texts").items()
        },
        last_run=table.choice("last_run", LastRun.NEVER),
        last_run_ended=table.number("last_run_ended", usual.last_run_ended),
        properties=table.json("properties"),
        every=table.number("every", 0.0, least=1.0) or None,
        outcomes=table.choices("outcome", Outcome) or usual.outcomes,
    )
    table.close()
    return template


def _source(table: Table, default: tuple[str, ...]) -> tuple[str, ...]:
    parts = tuple(table.text("source", ":".join(default)).split(":"))
    if len(parts) not in (3, 4) or not all(parts):
        table.wrong("source", 'is not a platform image; write "publisher:offer:sku" or "publisher:offer:sku:version"')
        return default
    return parts if len(parts) == 4 else (*parts, "latest")


def _id(table: Table, key: str) -> str:
    value = table.text(key)
    if value and not ID.fullmatch(value):
        table.wrong(key, f"{value!r} is no resource id; write /subscriptions/.../resourceGroups/.../providers/...")
    return value


def read_trouble(table: Table, begins: float = 0.0) -> Trouble:
    """Return the trouble of a [[trouble]] table; `begins` is the default of `from`."""
    region = table.text("region", EVERYWHERE)
    start, end = _interval(table, begins)
    answer = table.choice("answer", Answer.INTERNAL)
    if not table.has("answer"):
        table.wrong("answer", f"is missing; add one of {', '.join(Answer)}")
    operations = _operations(table, answer)
    trouble = Trouble(
        region=region if region == EVERYWHERE else region_of(region),
        answer=answer,
        operations=operations or OF_ARM,
        templates=frozenset(name.lower() for name in table.texts("templates")),
        start=start,
        end=end,
        every_nth=table.whole("every_nth", 1, least=1),
        share=table.number("share", 1.0, most=1.0, above=True),
        effect=table.flag("effect"),
        shape=table.choice("shape", Shape.WRAPPED),
        retry_after=table.whole("retry_after", 30),
        delay=table.number("delay", 5.0),
        text=table.choice("text", DeathText.PACKERIZER),
    )
    table.close()
    if trouble.region != EVERYWHERE and operations and operations <= OF_NO_REGION:
        table.wrong("region", f'{", ".join(sorted(operations))} belong to no region; write region = "*"')
    return trouble


def _operations(table: Table, answer: Answer) -> frozenset[Operation]:
    if answer in FATES and table.has("operations"):
        table.wrong("operations", f"{answer.value} befalls runs, not requests; leave the key out")
    return frozenset(table.choices("operations", Operation))


def _interval(table: Table, begins: float = 0.0) -> tuple[float, float | None]:
    start = table.number("from", begins)
    length = table.number("for", 0.0, above=True)
    end: float | None = table.number("to", 0.0) if table.has("to") else None
    if end is not None and table.has("for"):
        table.wrong("for", "stands beside `to`; leave one of them out")
    if end is not None and end <= start:
        table.wrong("to", f"{end:g} is not after from = {start:g}; make it later, or leave it out for ever")
    return start, start + length if length else end


def read_event(table: Table) -> EventSpec:
    """Return the event of an [[event]] table."""
    start, end = _interval(table)
    early = table.mapping("resolved_early", lambda item: isinstance(item, int | float), "region = seconds")
    event = EventSpec(
        tracking_id=table.text("tracking_id", None),
        title=table.text("title", "Image builds fail"),
        service=table.text("service", "Azure Image Builder"),
        regions=table.texts("regions"),
        event_type=table.choice("event_type", _EventType.SERVICE_ISSUE).value,
        level=table.choice("level", _Level.WARNING).value,
        start=start,
        end=end,
        impact_start=table.number("impact_start", start),
        resolved_early={name: float(at) for name, at in early.items() if isinstance(at, int | float)},
    )
    if not event.regions:
        table.wrong("regions", 'is missing or empty; add display names, regions = ["West Europe"]')
    for stranger in sorted(set(event.resolved_early) - set(event.regions)):
        table.wrong("resolved_early", f"{stranger!r} is not among the event's regions; add it there or leave it out")
    table.close()
    return event


def read_availability(table: Table) -> AvailabilitySpec:
    """Return the status of an [[availability]] table."""
    start, end = _interval(table)
    resource = table.text("resource", None)
    if resource and not resource.lower().startswith("/subscriptions/"):
        table.wrong("resource", f"{resource!r} is no resource id; write /subscriptions/.../providers/...")
    if "/microsoft.virtualmachineimages/" in resource.lower():
        table.wrong("resource", "Resource Health does not know image templates (it answers 422); name another resource")
    status = AvailabilitySpec(
        resource=resource.rstrip("/"),
        state=table.choice("state", _State.UNAVAILABLE).value,
        region=region_of(table.text("region", "westeurope")),
        start=start,
        end=end,
    )
    table.close()
    return status


def read_role(table: Table) -> RoleSpec:
    """Return the role of a [[role]] table."""
    role = RoleSpec(
        actions=table.texts("actions"), not_actions=table.texts("not_actions"), scope=table.text("scope", "/")
    )
    if not role.actions:
        table.wrong("actions", 'is missing or empty; add what is allowed, actions = ["*/read"]')
    if not role.scope.startswith("/"):
        table.wrong("scope", f"{role.scope!r} is no scope; write /subscriptions/..., or leave the key out for all")
    table.close()
    return role
