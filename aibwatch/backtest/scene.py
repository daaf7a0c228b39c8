"""Name the regions and templates that every world is played with, and the set-up that watches them.

One group of one primary and one secondary; the customer's other templates are seen beside it, as a subscription shows
them. Other regions, where a world has them, belong to groups that only watch.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from aibwatch.core.model import Mode, Region, TemplateId, template_id
from aibwatch.core.observation import TemplateSeen
from aibwatch.core.policy import CanarySpec, Freeze, GroupSpec, Policy, Setup

BEGIN = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
"""Minute 0. Any moment would do."""

SCOPE = "/subscriptions/backtest"
PRIMARY, SECONDARY = Region("westeurope"), Region("northeurope")
GROUP = "backtest"


def moment(minute: float) -> datetime:
    """Return the time of a minute of the world."""
    return BEGIN + timedelta(minutes=minute)


def template(name: str, region: Region) -> TemplateId:
    """Return the id of a template."""
    group = f"{SCOPE}/resourcegroups/{region}"
    return template_id(f"{group}/providers/Microsoft.VirtualMachineImages/imageTemplates/{name}")


def other_region(number: int) -> Region:
    """Return the name of the nth other region, counted from 1."""
    return Region(f"elsewhere{number}")


HOME, AWAY = template("golden", PRIMARY), template("golden", SECONDARY)
CANARY = template("aibwatch-canary", PRIMARY)


def a_setup(policy: Policy, *, others: int, freezes: tuple[Freeze, ...] = ()) -> Setup:
    """Return the set-up that a world is watched with. The group moves by itself; that is what worlds ask about."""
    shadow = replace(policy, mode=Mode.SHADOW)
    groups = {GROUP: GroupSpec(name=GROUP, primary=HOME, secondaries=(AWAY,), policy=replace(policy, mode=Mode.AUTO))}
    for number in range(1, others + 1):
        name, home = f"other-{number}", template("golden", other_region(number))
        groups[name] = GroupSpec(name=name, primary=home, secondaries=(AWAY,), policy=shadow)
    return Setup(
        groups=groups,
        policy=policy,
        canaries={PRIMARY: CanarySpec(region=PRIMARY, template=CANARY)},
        freezes=freezes,
    )


def quiet_template(name: TemplateId, region: Region, at: datetime) -> TemplateSeen:
    """Return a template that was never run."""
    return TemplateSeen(
        at=at, template=name, region=region, provisioning="succeeded", run=None, build_timeout_minutes=0
    )
