"""Write the demo's world and its configuration, for a given tempo.

The world: two regions with two templates each, and a canary in the first. westeurope breaks after a quiet start: reads
and runs answer 500, builds that are under way die in Building, Service Health follows later; then it comes back.
northeurope is well throughout.
"""

from dataclasses import dataclass
from pathlib import Path

from aibwatch.simulator.parts import SUBSCRIPTION

EVENT = "VMI7-2B8"
CANARY = "canary-weu"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tempo:
    """When things happen, in seconds after the stand-in began, and how long they take."""

    breaks_at: int
    noticed_at: int
    """When Service Health tells of it."""
    mends_at: int
    build: int
    """Length of a good build, from Queued to the image."""
    poll: int
    retry_after: int
    """From one canary to the next."""
    hold_min: int
    hold_max: int
    min_outage_age: int
    run_window: int
    recovery_min: int
    limit: int
    """When the story must be over; past it something is wrong."""


FAST = Tempo(
    breaks_at=5,
    noticed_at=9,
    mends_at=22,
    build=10,
    poll=1,
    retry_after=1,
    hold_min=2,
    hold_max=8,
    min_outage_age=5,
    run_window=18,
    recovery_min=4,
    limit=55,
)
"""Within a minute, for scripts."""

EASY = Tempo(
    breaks_at=15,
    noticed_at=32,
    mends_at=85,
    build=30,
    poll=2,
    retry_after=2,
    hold_min=6,
    hold_max=20,
    min_outage_age=20,
    run_window=65,
    recovery_min=12,
    limit=170,
)
"""At a pace at which it can be read."""


def scenario(tempo: Tempo) -> str:
    """Return the world as a scenario file."""
    phases = {"queued": 1, "building": 2, "customizing": 3, "distributing": 4}
    share = tempo.build / sum(phases.values())
    durations = "\n".join(f"{name} = {length * share:.1f}" for name, length in phases.items())
    return f"""
seed = 7

[durations]
{durations}
optimizing = 0.1
validating = 0.1
dying = {max(1.0, tempo.poll)}

[[template]]
name = "ubuntu-weu"
resource_group = "images-weu"
region = "westeurope"
last_run = "succeeded"
last_run_ended = 5400
every = {tempo.breaks_at - 2}

[[template]]
name = "ubuntu-neu"
resource_group = "images-neu"
region = "northeurope"
last_run = "succeeded"
last_run_ended = 518400

[[template]]
name = "{CANARY}"
resource_group = "images-weu"
region = "westeurope"
script = ""
identity = "canary"
last_run = "succeeded"
last_run_ended = 172800

[[template]]
name = "rhel-weu"
resource_group = "images-weu"
region = "westeurope"
source = "RedHat:RHEL:9_4"
script = "https://stbuildweu.blob.core.windows.net/scripts/cis.sh"
identity = "rhel-builder"
last_run = "succeeded"
last_run_ended = 9000
every = {tempo.breaks_at - 1}

[[template]]
name = "rhel-neu"
resource_group = "images-neu"
region = "northeurope"
source = "RedHat:RHEL:9_4"
script = "https://stbuildneu.blob.core.windows.net/scripts/cis.sh"
identity = "rhel-builder"
last_run = "succeeded"
last_run_ended = 604800

[[trouble]]
region = "westeurope"
operations = ["get", "run", "cancel", "outputs"]
answer = "500"
from = {tempo.breaks_at}
to = {tempo.mends_at}

[[trouble]]
region = "westeurope"
answer = "dies-in-building"
text = "internal"
from = {tempo.breaks_at}
to = {tempo.mends_at}

[[event]]
tracking_id = "{EVENT}"
title = "Azure Image Builder - West Europe - image builds fail"
regions = ["West Europe"]
level = "Warning"
impact_start = {tempo.breaks_at}
from = {tempo.noticed_at}
to = {tempo.mends_at}
"""


def configuration(tempo: Tempo, *, endpoint: str, state: Path, listen: str) -> str:
    """Return the daemon's configuration: as in production, with shorter times."""
    return f"""
[azure]
credential = "managed-identity"
arm_endpoint = "{endpoint}"

[state]
url = "sqlite:///{state}"

[http]
listen = "{listen}"

[poll]
templates = "{tempo.poll}s"
probe = "{tempo.poll}s"
service_health = "{tempo.poll}s"

[policy]
hold_min = "{tempo.hold_min}s"
hold_max = "{tempo.hold_max}s"
min_outage_age = "{tempo.min_outage_age}s"
run_window = "{tempo.run_window}s"
recovery_min = "{tempo.recovery_min}s"

[[canary]]
region = "westeurope"
template = "{_template("images-weu", CANARY)}"
routine = "off"
retry_after = "{tempo.retry_after}s"

[[group]]
name = "ubuntu-base"
primary = "{_template("images-weu", "ubuntu-weu")}"
secondaries = ["{_template("images-neu", "ubuntu-neu")}"]
mode = "auto"

[[group]]
name = "rhel-cis"
primary = "{_template("images-weu", "rhel-weu")}"
secondaries = ["{_template("images-neu", "rhel-neu")}"]
mode = "shadow"
"""


def _template(group: str, name: str) -> str:
    provider = "Microsoft.VirtualMachineImages/imageTemplates"
    return f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{group}/providers/{provider}/{name}"
