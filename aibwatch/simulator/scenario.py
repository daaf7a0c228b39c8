"""Read a scenario: the world a stand-in begins with, and what will go wrong in it.

A scenario is TOML. Every key but a template's name, resource_group and region has a default. All times are seconds
since the stand-in began; lengths of phases are build seconds, and `speed` says how many of them pass in one real
second.

    seed = 7                          # decides every `share`, every id
    speed = 20                        # a build of 40 minutes takes two
    regions = ["swedencentral"]       # besides those of the templates
    resource_groups = ["images-dr"]   # besides those of the templates, in the first of `regions`; one that is not
                                      # known is a 404
    activity_lag = 300                # seconds until the Activity Log shows what happened; `speed` does not change it
    graph_lag = 0                     # seconds until Resource Graph shows what became of a run
    observer_region = "uksouth"       # where the machine of the caller is; "" for one that is not in Azure

    [durations]                       # queued building customizing optimizing validating distributing
    building = 300                    # canceling creating updating deleting dying

    [[template]]
    name = "ubuntu-weu"
    resource_group = "images-weu"
    region = "westeurope"
    subscription = "11111111-..."
    provisioning_state = "Succeeded"  # Creating Updating Succeeded Failed Deleting Canceled
    source = "Canonical:ubuntu-24_04-lts:server:latest"
    source_image = "/subscriptions/…" # instead of `source`: a version in a gallery, or a managed image
    script = "https://.../harden.sh"  # "" for no customizer
    scripts = ["https://.../more.sh"] # further customizers
    identity = "image-builder"
    build_identities = ["/subscriptions/…"]
    subnet = "/subscriptions/…"       # and container_subnet
    staging_group = "images-staging"  # or its id
    properties = { ... }              # laid over the properties that follow from the rest, as it is
    gallery = "gallery_weu"           # and image, replication_regions, vm_size, build_timeout, optimize, validate, tags
    last_run = "succeeded"            # never succeeded partiallysucceeded failed canceled running
    last_run_ended = 86400            # seconds before the beginning
    every = 600                       # the customer's own runs
    outcome = "succeeds"              # or a list, one a run, the last for all that follow: succeeds script-fails
                                      # unauthorized quota no-capacity times-out distribution-fails partial
                                      # internal-error

    [[resource]]                      # whatever a template names is there anyway, where the template is
    id = "/subscriptions/..."         # of a resource or a resource group; a platform image is one too:
                                      # /Subscriptions/S/Providers/Microsoft.Compute/Locations/R/Publishers/P/
                                      # ArtifactTypes/VMImage/Offers/O/Skus/K, and /Versions/V for one version
    region = "westeurope"
    absent = true                     # it is not there, nor is what is in it
    replicas = ["westeurope"]         # of a version in a gallery: where it can be used, and
    replicating = ["northeurope"]     # where it is still being copied to
    properties = { ... }              # laid over its own

    [[quota]]                         # there is plenty of everything else
    region = "northeurope"
    name = "standardDSv5Family"       # or "cores", "StandardCores" (of container instances), ...
    limit = 10
    used = 8

    [[sku]]                           # a size of machines; every other one is on offer
    region = "northeurope"
    size = "Standard_D2s_v5"
    restriction = "NotAvailableForSubscription"
    zones = ["1"]                     # those alone are restricted
    absent = true                     # not on offer at all

    [[provider]]                      # every other one is registered
    namespace = "Microsoft.ContainerInstance"
    state = "NotRegistered"
    locations = ["westeurope"]        # where it offers its types

    [[trigger]]
    template = "ubuntu-weu"
    name = "source"
    healthy = false
    absent = true                     # takes it away, where a drill says so

    [[trouble]]
    region = "westeurope"             # "*" for all; see trouble.py for what "*" alone can reach
    operations = ["run", "get"]       # list get run cancel outputs operation create patch delete events availability
                                      # activity image resource usages platform triggers skus providers locations
                                      # graph permissions token; "*": all of them; absent: all but token
    templates = ["ubuntu-weu"]        # absent: all of them
    answer = "500"                    # arm-500 502 503 503-html 504 429 429-text unauthorized forbidden: errors
                                      # html empty garbage huge wrong-shape foreign-next-link: worthless 200s
                                      # timeout slow reset reset-after: the line; reset-after does it and hangs up
                                      # dies-in-building stuck-queued: runs, not requests
    from = 300
    to = 1500                         # or `for`, a length; neither: for ever
    every_nth = 2                     # of the requests that fit
    share = 0.5                       # of those, by lot
    effect = true                     # carry it out, then spoil the answer
    shape = "message"                 # of a 500: wrapped unwrapped message codeless
    retry_after = 30                  # 429, 429-text, 503
    delay = 5                         # slow
    text = "packerizer"               # dies-in-building: packerizer internal

    [[event]]                         # Service Health
    tracking_id = "ABC1-XYZ"
    title = "Image builds fail"
    service = "Azure Image Builder"
    regions = ["West Europe"]
    event_type = "ServiceIssue"       # PlannedMaintenance HealthAdvisory
    level = "Warning"                 # Critical Error Warning Informational
    from = 900
    to = 1800
    impact_start = 310                # what it says of the beginning; default: from
    resolved_early = { "North Europe" = 1200 }

    [[availability]]                  # Resource Health
    resource = "/subscriptions/.../providers/Microsoft.Compute/virtualMachines/vm1"
    state = "Unavailable"             # Available Unavailable Degraded Unknown
    region = "westeurope"
    from = 0
    to = 600

    [[role]]                          # what the caller may do; without any role: everything
    actions = ["*/read"]
    not_actions = ["Microsoft.Compute/*"]
    scope = "/subscriptions/..."      # absent: everywhere
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from importlib.resources import files
from pathlib import Path

from aibwatch.core.model import region_of
from aibwatch.simulator.checks import check_templates, check_triggers, check_troubles
from aibwatch.simulator.estate_tables import (
    read_provider,
    read_quota,
    read_resource,
    read_sku,
    read_trigger,
)
from aibwatch.simulator.lines import Lines
from aibwatch.simulator.parts import (
    AvailabilitySpec,
    EventSpec,
    ProviderSpec,
    QuotaSpec,
    ResourceSpec,
    RoleSpec,
    SkuSpec,
    TemplateSpec,
    TriggerSpec,
)
from aibwatch.simulator.reading import Mistakes, Table
from aibwatch.simulator.run import Durations
from aibwatch.simulator.tables import read_availability, read_event, read_role, read_template, read_trouble
from aibwatch.simulator.trouble import Trouble

TABLES = (
    *("template", "trouble", "event", "availability"),
    *("resource", "quota", "sku", "provider", "trigger", "role"),
)
"""What there may be several of."""

ACTIVITY_LAG = 300.0
"""Seconds. The service promises 3 to 20 minutes, and is mostly near the lower end."""

OBSERVER_REGION = "uksouth"
"""Neither region of the built-in scenario: who watches should not go down with what is watched."""


class ScenarioError(ValueError):
    """A scenario nobody can play. The message lists every mistake, one a line."""

    def __init__(self, mistakes: tuple[str, ...]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A world at its beginning, and its future as far as it is written."""

    templates: tuple[TemplateSpec, ...]
    seed: int = 7
    speed: float = 1.0
    activity_lag: float = ACTIVITY_LAG
    graph_lag: float = 0.0
    observer_region: str = OBSERVER_REGION
    durations: Durations = Durations()  # noqa: RUF009 - frozen, so one for all is safe
    regions: tuple[str, ...] = ()
    resource_groups: tuple[str, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    events: tuple[EventSpec, ...] = ()
    availabilities: tuple[AvailabilitySpec, ...] = ()
    resources: tuple[ResourceSpec, ...] = ()
    quotas: tuple[QuotaSpec, ...] = ()
    skus: tuple[SkuSpec, ...] = ()
    providers: tuple[ProviderSpec, ...] = ()
    triggers: tuple[TriggerSpec, ...] = ()
    roles: tuple[RoleSpec, ...] = ()

    @property
    def lengths(self) -> Durations:
        """The durations in seconds of the stand-in."""
        return Durations(
            **{field.name: getattr(self.durations, field.name) / self.speed for field in fields(Durations)}
        )


def load_scenario(path: Path | str) -> Scenario:
    """Return the scenario of a file. Raises ScenarioError, also if the file cannot be read."""
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ScenarioError((f"{path}:1: file: cannot be read ({error}); name a readable TOML file",)) from error
    return parse_scenario(text, str(path))


def default_scenario() -> Scenario:
    """Return the built-in scenario: two regions, two templates in each, one outage of westeurope."""
    return parse_scenario(default_text(), "default.toml")


def default_text() -> str:
    """Return the built-in scenario as TOML, to start one's own from."""
    return (files("aibwatch.simulator") / "default.toml").read_text(encoding="utf-8")


def parse_scenario(text: str, name: str) -> Scenario:
    """Return the scenario of a TOML text; `name` is what mistakes call it. Raises ScenarioError."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"at line (\d+)", str(error))
        # tomllib names the end of the document instead of a line when it ends too early.
        line = place[1] if place else str(max(1, len(text.splitlines())))
        raise ScenarioError((f"{name}:{line}: syntax: {error}; correct the TOML",)) from error
    mistakes = Mistakes(name, Lines(text))
    scenario = _read(document, mistakes)
    if found := mistakes.texts():
        raise ScenarioError(found)
    return scenario


def _read(document: Mapping[str, object], mistakes: Mistakes) -> Scenario:
    top = Table(document, mistakes)
    scenario = Scenario(
        seed=top.whole("seed", 7),
        speed=top.number("speed", 1.0, above=True),
        regions=top.texts("regions"),
        resource_groups=top.texts("resource_groups"),
        activity_lag=top.number("activity_lag", ACTIVITY_LAG),
        graph_lag=top.number("graph_lag", 0.0),
        observer_region=region_of(top.text("observer_region", OBSERVER_REGION)),
        durations=_read_durations(document, mistakes),
        templates=tuple(read_template(table) for table in _tables(document, "template", mistakes)),
        troubles=tuple(read_trouble(table) for table in _tables(document, "trouble", mistakes)),
        events=tuple(read_event(table) for table in _tables(document, "event", mistakes)),
        availabilities=tuple(read_availability(table) for table in _tables(document, "availability", mistakes)),
        roles=tuple(read_role(table) for table in _tables(document, "role", mistakes)),
        resources=tuple(read_resource(table) for table in _tables(document, "resource", mistakes)),
        quotas=tuple(read_quota(table) for table in _tables(document, "quota", mistakes)),
        skus=tuple(read_sku(table) for table in _tables(document, "sku", mistakes)),
        providers=tuple(read_provider(table) for table in _tables(document, "provider", mistakes)),
        triggers=tuple(read_trigger(table) for table in _tables(document, "trigger", mistakes)),
    )
    top.close(("durations", *TABLES))
    check_templates(scenario.templates, mistakes)
    check_troubles(scenario.troubles, scenario.templates, _further_regions(scenario), mistakes)
    check_triggers(scenario.triggers, scenario.templates, mistakes)
    return scenario


def _further_regions(scenario: Scenario) -> set[str]:
    return {*scenario.regions, *(resource.region for resource in scenario.resources)} - {""}


def _tables(document: Mapping[str, object], key: str, mistakes: Mistakes) -> list[Table]:
    value = document.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        mistakes.note("", 0, key, f"is not a list of tables; write [[{key}]]")
        return []
    return [Table(item, mistakes, key, index) for index, item in enumerate(value)]


def _read_durations(document: Mapping[str, object], mistakes: Mistakes) -> Durations:
    value = document.get("durations", {})
    if not isinstance(value, dict):
        mistakes.note("", 0, "durations", "is not a table; write [durations]")
        return Durations()
    table = Table(value, mistakes, "durations")
    usual = Durations()
    read = {field.name: table.number(field.name, getattr(usual, field.name)) for field in fields(Durations)}
    table.close()
    return Durations(**read)
