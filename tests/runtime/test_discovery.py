"""Groups by tags, looked for in the stand-in's Resource Graph."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from aibwatch.config.schema import AzureSettings
from aibwatch.core.discovery.group import TaggedGroup
from aibwatch.core.discovery.precedence import merged
from aibwatch.core.model import FailureClass, TemplateId, template_id
from aibwatch.core.observation import DiscoverySeen, Observation, Polled
from aibwatch.core.policy import Setup
from aibwatch.core.state import State
from aibwatch.core.window import add
from aibwatch.runtime.discovery import Discovery, Reach
from aibwatch.runtime.found import FoundFile
from aibwatch.simulator.parts import SUBSCRIPTION
from aibwatch.sources.arm import Api, Arm
from aibwatch.sources.connection import connect
from aibwatch.sources.discover import Discover
from aibwatch.sources.graph import Graph
from tests.clocks import BEGUN, FakeClock
from tests.core.builders import a_group_state, a_move
from tests.story.support import PRIMARY, SECONDARY, Azure, a_world, an_azure

MEMBERS = tuple(map(template_id, (PRIMARY, SECONDARY)))


def tagged(world: str) -> str:
    """Return the world with tags on the templates of "base"."""
    for region, role in (("westeurope", "primary"), ("northeurope", "secondary")):
        tags = f'tags = {{ Aibwatch-Group = "base", aibwatch-role = "{role}" }}'
        world = world.replace(f'region = "{region}"\n', f'region = "{region}"\n{tags}\n', 1)
    return world


@dataclass
class Bench:
    """A discovery, and what it sees and changes."""

    azure: Azure
    arm: Arm
    file: FoundFile
    clock: FakeClock
    setup: Setup = field(default_factory=lambda: Setup(groups={}))
    state: State = field(default_factory=lambda: State(awake_since=BEGUN))
    taken: list[Mapping[str, TaggedGroup]] = field(default_factory=list)

    def discovery(self, *, keep: bool = True) -> Discovery:
        """Begin as after a start."""
        source = Discover(Graph(self.arm, self.clock.pause), [SUBSCRIPTION.upper()])
        reach = Reach(setup=lambda: self.setup, state=lambda: self.state, take=self._take)
        return Discovery(source, self.file, frozenset(), reach, self.clock, keep=keep)

    def _take(self, found: Mapping[str, TaggedGroup]) -> None:
        self.taken.append(found)
        self.setup = merged(self.setup, found)

    async def tag(self, template: str, **tags: str) -> None:
        """Write these tags in the place of those that are there."""
        await self.arm.patch(template, {"tags": tags}, api=Api.IMAGE_BUILDER, operation="tag")

    def members(self) -> dict[str, tuple[TemplateId, ...]]:
        return {name: spec.members for name, spec in self.setup.groups.items()}


@asynccontextmanager
async def a_bench(folder: Path, world: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bench]:
    async with an_azure(world) as azure:
        monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", azure.base)
        for name in ("IDENTITY_ENDPOINT", "MSI_ENDPOINT", "AZURE_FEDERATED_TOKEN_FILE"):
            monkeypatch.delenv(name, raising=False)
        clock = FakeClock()
        arm = connect(AzureSettings(arm_endpoint=azure.base), now=clock.now, on_request=lambda _: None)
        try:
            yield Bench(azure, arm, FoundFile(folder / "aibwatch.db"), clock)
        finally:
            await arm.close()


@pytest.fixture
async def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bench]:
    async with a_bench(tmp_path, tagged(a_world()), monkeypatch) as opened:
        yield opened


def told(observations: tuple[Observation, ...]) -> tuple[FailureClass, int, list[str]]:
    """Return how the look went, and number of groups and problems."""
    polled, *seen = observations
    assert isinstance(polled, Polled)
    last = seen[-1] if seen else None
    assert last is None or isinstance(last, DiscoverySeen)
    return polled.diagnosis.cls, last.groups if last else -1, [p.sentence for p in last.problems] if last else []


async def test_what_is_tagged_is_watched(bench: Bench) -> None:
    assert told(await bench.discovery().poll()) == ("ok", 1, [])
    assert bench.members() == {"base": MEMBERS}


async def test_what_was_found_is_known_after_a_start_without_resource_graph(bench: Bench) -> None:
    await bench.discovery().poll()
    await bench.azure.trouble(region="*", operations=["graph"], answer="503")
    again = bench.discovery()
    assert [*again.found] == ["base"]
    assert told(await again.poll()) == ("service", -1, [])
    assert bench.members() == {"base": MEMBERS}


async def test_a_look_that_may_not_be_made_is_told_and_changes_nothing(bench: Bench) -> None:
    await bench.azure.trouble(region="*", operations=["graph"], answer="forbidden")
    assert told(await bench.discovery().poll())[0] == "auth"
    assert bench.taken == []


async def test_a_group_whose_tags_are_gone_is_let_go_and_forgotten(bench: Bench) -> None:
    discovery = bench.discovery()
    await discovery.poll()
    await bench.tag(PRIMARY)
    await bench.tag(SECONDARY)
    assert told(await discovery.poll()) == ("ok", 0, [])
    assert (bench.members(), bench.file.read()) == ({}, {})


async def test_a_damaged_file_is_told_and_a_good_look_mends_it(bench: Bench) -> None:
    bench.file.path.write_text("{")
    with capture_logs() as logs:
        discovery = bench.discovery()
    assert [line["event"] for line in logs] == ["groups that were found by tags before are not known"]
    assert told(await discovery.poll()) == ("ok", 1, [])
    assert [*bench.file.read()] == ["base"]


async def test_a_damaged_file_and_no_look_leave_the_configured_groups_and_that_is_told(bench: Bench) -> None:
    bench.file.path.write_text("{")
    await bench.azure.trouble(region="*", operations=["graph"], answer="503")
    cls, number, (sentence,) = told(await bench.discovery().poll())
    assert (cls, number) == ("service", 0)
    assert "and tags cannot be read, so no group by tags is watched" in sentence
    assert bench.file.path.read_text() == "{"


async def test_a_file_that_cannot_be_written_is_told_and_the_groups_are_watched(bench: Bench) -> None:
    bench.file.path.with_name(f"{bench.file.path.name}.new").mkdir()
    _, number, (sentence,) = told(await bench.discovery().poll())
    assert (number, "after a restart without Resource Graph no group by tags would be known" in sentence) == (1, True)


async def test_commands_read_the_file_and_do_not_write_it(bench: Bench) -> None:
    assert told(await bench.discovery(keep=False).poll()) == ("ok", 1, [])
    assert not bench.file.path.exists()


async def test_a_group_whose_move_began_as_it_was_let_go_is_put_back(bench: Bench) -> None:
    discovery = bench.discovery()
    await discovery.poll()
    await bench.tag(PRIMARY)
    await bench.tag(SECONDARY)
    await discovery.poll()
    assert bench.members() == {}
    moving = a_group_state("moving", active=MEMBERS[1], move=a_move(committed_at=BEGUN))
    bench.state = replace(bench.state, groups={"base": moving})
    discovery.put_back()
    assert bench.members() == {"base": MEMBERS}


async def test_whether_the_last_look_failed_is_known_from_what_is_on_record(bench: Bench) -> None:
    discovery = bench.discovery()
    assert discovery.failed
    seen = await discovery.poll()
    bench.state = replace(bench.state, window=add(bench.state.window, seen, bench.clock.now()))
    assert not discovery.failed
