"""Tell of the night that the pictures in the README show: one group has moved, one is held, the others watch."""

from dataclasses import replace

from aibwatch.core.events import Observed
from aibwatch.core.model import Mode
from aibwatch.core.policy import CanarySpec, GroupSpec
from aibwatch.core.readiness.finding import Finding, Ready
from tests.core.builders import (
    NORTH,
    WEST,
    Play,
    a_diagnosis,
    a_group,
    a_policy,
    a_report,
    a_run,
    a_template,
    a_template_id,
)

PRIMARIES = {"ubuntu-base": WEST, "rhel-cis": WEST, "win-2022": NORTH, "agents": NORTH}
SILO = "script storage stbuildweu is in westeurope (silo); builds would fail in Customizing"


def night() -> Play:
    """Let the west break after two quiet hours, with a canary that fails, and look a quarter of an hour later."""
    names = {(name, region) for name in PRIMARIES for region in (WEST, NORTH)}
    canary = CanarySpec(region=WEST, template=a_template_id("canary-weu"), routine=None)
    play = Play(*(_group(name) for name in PRIMARIES), canaries=[canary])
    for name, region in sorted(names):
        play.world.templates[a_template_id(name, region)] = a_template(name, region, shares={f"{name}.sh"})
    play.run(120)
    play.world.probe[WEST], play.canary_answer = "service", a_diagnosis("service")
    play.run(2)
    play.world.ran(a_template_id("rhel-cis"), a_run("service", started=play.minute - 4, ended=play.minute))
    play.run(8)
    play.world.ran(a_template_id("ubuntu-base", NORTH), a_run("running", started=play.minute, phase="building"))
    return _surveyed(play.run(6))


def _group(name: str) -> GroupSpec:
    region = PRIMARIES[name]
    other = NORTH if region == WEST else WEST
    mode = Mode.APPROVE if name == "rhel-cis" else Mode.AUTO
    primary, secondary = a_template_id(name, region), a_template_id(name, other)
    return a_group(name, primary=primary, secondaries=(secondary,), policy=a_policy(mode=mode))


def _surveyed(play: Play) -> Play:
    """Say what the survey found of the secondaries, for which the world of stories has no words."""
    rules = ("places", "parity", "quota", "rights")
    well = tuple(Finding(rule=rule, state=Ready.READY, why="so it is", at=play.now) for rule in rules)
    others = (s for spec in play.setup.groups.values() for s in spec.secondaries)
    secondary = a_template_id("rhel-cis", NORTH)
    finding = Finding(rule="places", state=Ready.NOT_READY, why=SILO, at=play.now)
    report = replace(a_report("not_ready", template=secondary, when=play.now, why=SILO), findings=(finding,))
    ready = (replace(a_report(template=other, when=play.now), findings=well) for other in others if other != secondary)
    play.tell(Observed(observations=(*ready, report)))
    play.tick(1)
    return play
