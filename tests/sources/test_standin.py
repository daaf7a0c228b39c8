"""All sources against the stand-in for Azure, with the real managed identity credential."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from aibwatch.core.model import FailureClass, Region, RunState, TemplateId, template_id
from aibwatch.core.observation import Concern, DependencySeen, EventSeen, Polled, Probed, TemplateSeen
from aibwatch.simulator.scenario import parse_scenario
from aibwatch.simulator.server import StandIn
from aibwatch.sources.answer import Bad, Good, RequestSeen
from aibwatch.sources.arm import Arm
from aibwatch.sources.credential import make_credential
from aibwatch.sources.probe import Probe
from aibwatch.sources.resource_health import ResourceHealth
from aibwatch.sources.service_health import ServiceHealth
from aibwatch.sources.templates import Templates

from .support import NOW, SUBSCRIPTION, TYPE, settings

STORE = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/images-weu/providers/Microsoft.Storage/storageAccounts/scripts"
SCENARIO = f"""
[[template]]
name = "ubuntu"
resource_group = "images-weu"
region = "westeurope"
last_run = "failed"

[[template]]
name = "rhel"
resource_group = "images-weu"
region = "westeurope"

[[trouble]]
region = "westeurope"
operations = ["get", "run"]
answer = "500"
from = 600

[[event]]
tracking_id = "ABC1-XYZ"
regions = ["West Europe"]
from = 900

[[availability]]
resource = "{STORE}"
state = "Degraded"
from = 600
"""
HERE = Region("westeurope")


def watched(name: str) -> TemplateId:
    return template_id(f"/subscriptions/{SUBSCRIPTION}/resourceGroups/images-weu{TYPE}/{name}")


class World:
    """A stand-in, its time, and the way to it."""

    def __init__(self) -> None:
        self.time = NOW
        self.server = StandIn(parse_scenario(SCENARIO, "test.toml"), self.now, self.pause)
        self.seen: list[RequestSeen] = []
        self.arm: Arm

    def now(self) -> datetime:
        return self.time

    async def pause(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


@pytest.fixture
async def world(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    world = World()
    base = await world.server.start("127.0.0.1")
    monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", base)
    world.arm = Arm(settings(base), make_credential("managed-identity"), now=world.now, on_request=world.seen.append)
    yield world
    await world.arm.close()
    await world.server.close()


async def test_templates_are_listed_and_read_alike(world: World) -> None:
    source = Templates(world.arm, world.now)
    both = {watched("ubuntu"), watched("rhel")}
    polled, *seen = await source.poll(both, {})
    known = {one.template: one for one in seen if isinstance(one, TemplateSeen)}

    assert isinstance(polled, Polled)
    assert polled.diagnosis.cls is FailureClass.OK
    assert known.keys() == both
    assert await source.read(watched("ubuntu"), known[watched("ubuntu")]) == known[watched("ubuntu")]
    assert len(await source.poll(both, known)) == 1


async def test_a_run_is_accepted_and_shows_in_the_next_read(world: World) -> None:
    source = Templates(world.arm, world.now)
    answer = await source.run(watched("rhel"))
    again = await source.run(watched("rhel"))
    seen = await source.read(watched("rhel"))

    assert isinstance(answer, Good)
    assert isinstance(again, Bad)
    assert (again.diagnosis.cls, again.uncertain) == (FailureClass.EXPECTED, False)
    assert isinstance(seen, TemplateSeen)
    assert seen.run is not None
    assert (seen.run.state, seen.run.ended) == (RunState.RUNNING, None)


async def test_an_outage_shows_in_the_probe_the_run_the_events_and_the_dependency(world: World) -> None:
    await world.pause(1000)
    _, probed = await Probe(world.arm, world.now).poll(HERE, watched("ubuntu"))
    run = await Templates(world.arm, world.now).run(watched("ubuntu"))
    _, event = await ServiceHealth(world.arm, world.now).poll(SUBSCRIPTION, [HERE], {})
    _, dependency = await ResourceHealth(world.arm, world.now).poll(HERE, STORE)

    assert isinstance(probed, Probed)
    assert probed.diagnosis.cls is FailureClass.SERVICE
    assert isinstance(run, Bad)
    assert (run.diagnosis.cls, run.uncertain) == (FailureClass.SERVICE, True)
    assert isinstance(event, EventSeen)
    assert (event.concern, event.active, event.region) == (Concern.IMAGE_BUILDER, True, HERE)
    assert isinstance(dependency, DependencySeen)
    assert (dependency.state, dependency.customer_made) == ("degraded", False)


async def test_resource_health_does_not_know_image_templates(world: World) -> None:
    _, dependency = await ResourceHealth(world.arm, world.now).poll(HERE, watched("ubuntu"))

    assert isinstance(dependency, DependencySeen)
    assert dependency.state == "unsupported"


async def test_outputs_of_a_template_without_runs_are_none(world: World) -> None:
    assert await Templates(world.arm, world.now).outputs(watched("rhel")) == ()


async def run_of(world: World, name: str) -> datetime:
    """Run a template to its end in a region that stays well, and return its start."""
    world.server.world.end_troubles()
    source = Templates(world.arm, world.now)
    assert isinstance(await source.run(watched(name)), Good)
    await world.pause(3600)
    seen = await source.read(watched(name))
    assert isinstance(seen, TemplateSeen)
    assert seen.run is not None
    return seen.run.started


async def test_outputs_of_a_run_are_told_while_it_is_the_last_one(world: World) -> None:
    started = await run_of(world, "rhel")
    outputs = await Templates(world.arm, world.now).outputs(watched("rhel"), started)
    assert isinstance(outputs, tuple)
    assert [image.rpartition("/images/")[2] for image in outputs] == ["rhel/versions/1.0.1"]


async def test_outputs_of_a_run_that_was_followed_are_not_taken_for_its_own(world: World) -> None:
    started = await run_of(world, "rhel")
    await run_of(world, "rhel")
    answer = await Templates(world.arm, world.now).outputs(watched("rhel"), started)
    assert isinstance(answer, Bad)
    assert (answer.diagnosis.cls, "another run has followed" in answer.diagnosis.summary) == (
        FailureClass.EXPECTED,
        True,
    )
