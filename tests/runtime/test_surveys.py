"""When secondaries are looked at: all in their turn, and a group at once when something of it changed."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Self, cast

import pytest

from aibwatch.core.decision import Decision
from aibwatch.core.events import Event, Observed
from aibwatch.core.judging import key
from aibwatch.core.model import Region, TemplateId
from aibwatch.core.observation import Observation, ReadinessSeen
from aibwatch.core.policy import GroupSpec, Setup
from aibwatch.core.readiness.finding import Ready
from aibwatch.core.readiness.survey import Survey
from aibwatch.core.state import State
from aibwatch.core.window import add
from aibwatch.runtime import surveys as surveys_module
from aibwatch.runtime.surveys import REST, Surveys
from aibwatch.sources.survey.surveyor import Surveyor
from tests.clocks import BEGUN, FakeClock, others_first
from tests.core.builders import (
    BASE_NORTH,
    BASE_WEST,
    NORTH,
    WEST,
    a_group,
    a_run,
    a_setup,
    a_template,
    a_template_id,
    a_verdict,
)
from tests.core.readiness.surveys import SILENT, a_survey

OTHER = a_group("other", primary=a_template_id("other", WEST), secondaries=(a_template_id("other", NORTH),))
ITSELF = a_template(region=WEST, run=a_run("ok", started=-60))


@dataclass
class Azure:
    """What a surveyor would find, and what it was asked."""

    clock: FakeClock
    facts: dict[str, object] = field(default_factory=dict)
    asked: list[list[str]] = field(default_factory=list)
    known: list[Mapping[TemplateId, Region]] = field(default_factory=list)
    under_way: int = 0
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    entered: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.gate.set()

    def hold(self) -> None:
        """Let surveys last until the gate is opened."""
        self.gate.clear()
        self.entered.clear()

    def round(self, specs: Collection[GroupSpec], known: Mapping[TemplateId, Region]) -> Self:
        self.asked.append([spec.name for spec in specs])
        self.known.append(known)
        return self

    async def __aenter__(self) -> Self:
        self.under_way += 1
        assert self.under_way == 1, "two rounds at once"
        return self

    async def __aexit__(self, *_: object) -> None:
        self.under_way -= 1

    async def survey(self, spec: GroupSpec, secondary: TemplateId, **copies: object) -> Survey:
        self.entered.set()
        await self.gate.wait()
        found = a_survey(at=self.clock.now(), group=spec.name, secondary=secondary, primary=spec.primary)
        return replace(found, **{**self.facts, **copies})  # type: ignore[arg-type]  # the names are those of Survey


@dataclass
class Shelf:
    """Copies that are kept of templates."""

    clock: FakeClock
    max_age: timedelta | None = None
    kept: list[set[TemplateId]] = field(default_factory=list)

    async def keep(self, templates: Collection[TemplateId]) -> None:
        self.kept.append(set(templates))

    async def confirmed(self, templates: Collection[TemplateId]) -> Mapping[TemplateId, datetime]:
        return {template: self.clock.now() for template in templates if any(template in kept for kept in self.kept)}


class Bench:
    """A daemon's surveys, and what they brought."""

    def __init__(self, *specs: GroupSpec) -> None:
        self.clock = FakeClock()
        self.azure, self.shelf = Azure(self.clock), Shelf(self.clock)
        self.setup: Setup = a_setup(*(specs or (a_group(), OTHER)))
        self.state = State(awake_since=BEGUN)
        self.found: list[ReadinessSeen] = []
        self.surveys = Surveys(
            cast(Surveyor, self.azure),
            copies=self.shelf,
            clock=self.clock,
            setup=lambda: self.setup,
            state=lambda: self.state,
            put=self.put,
        )

    async def put(self, event: Event) -> None:
        assert isinstance(event, Observed)
        self.found += [each for each in event.observations if isinstance(each, ReadinessSeen)]
        self.see(*event.observations)

    def see(self, *observations: Observation) -> None:
        """Let polls bring this: the loop takes it over and tells whoever watches."""
        before = self.state
        self.state = replace(before, window=add(before.window, observations, self.clock.now()))
        self.surveys.watch(before, Decision(state=self.state), Observed(observations=observations))

    def judge(self, kind: str, region: Region = WEST) -> None:
        before = self.state
        self.state = replace(before, verdicts={key("", region): a_verdict(kind, region=region)})
        self.surveys.watch(before, Decision(state=self.state), Observed(observations=()))


async def test_all_secondaries_are_looked_at_in_one_round() -> None:
    bench = Bench()
    await bench.surveys.all()
    assert bench.azure.asked == [["base", "other"]]
    assert [(each.group, each.state) for each in bench.found] == [("base", Ready.READY), ("other", Ready.READY)]


async def test_nothing_is_asked_out_of_turn_while_nothing_changed() -> None:
    bench = Bench()
    await bench.surveys.due()
    assert bench.azure.asked == []


async def test_a_template_that_changed_has_its_group_looked_at_at_once_and_no_other() -> None:
    bench = Bench()
    bench.see(ITSELF)
    await bench.surveys.all()
    bench.clock.time += REST
    bench.see(replace(ITSELF, recipe="another"))
    await bench.surveys.due()
    assert bench.azure.asked[1:] == [["base"]]


async def test_a_new_image_or_failure_is_a_change_and_a_run_under_way_is_none() -> None:
    bench = Bench(a_group())
    bench.see(ITSELF)
    await bench.surveys.all()
    bench.clock.time += REST
    bench.see(replace(ITSELF, run=a_run("running", started=5)))
    await bench.surveys.due()
    assert len(bench.azure.asked) == 1
    bench.see(replace(ITSELF, run=a_run("service", started=5)))
    await bench.surveys.due()
    assert len(bench.azure.asked) == 2


async def test_a_group_is_not_looked_at_twice_within_its_rest_and_not_forgotten_either() -> None:
    bench = Bench(a_group())
    await bench.surveys.all()
    bench.see(ITSELF)
    await bench.surveys.due()
    assert len(bench.azure.asked) == 1
    bench.clock.time += REST
    await bench.surveys.due()
    assert len(bench.azure.asked) == 2


async def test_suspicion_of_the_primarys_region_has_its_groups_looked_at() -> None:
    bench = Bench()
    bench.see(a_template(region=WEST), a_template("other", NORTH))
    await bench.surveys.all()
    bench.clock.time += REST
    bench.judge("healthy")
    await bench.surveys.due()
    assert len(bench.azure.asked) == 1
    bench.judge("suspect")
    await bench.surveys.due()
    assert bench.azure.asked[1:] == [["base"]]
    bench.clock.time += REST
    bench.judge("outage")
    await bench.surveys.due()
    assert len(bench.azure.asked) == 2  # it was suspected before


async def test_where_templates_were_seen_is_told_to_whoever_looks() -> None:
    bench = Bench(a_group())
    bench.see(a_template(region=WEST), a_template(region=NORTH))
    await bench.surveys.all()
    assert bench.azure.known == [{BASE_WEST: WEST, BASE_NORTH: NORTH}]


async def test_a_primary_that_shows_no_region_now_is_where_it_was_seen() -> None:
    bench = Bench(a_group())
    bench.see(a_template(region=WEST))
    bench.azure.facts = {"primary_region": None, "primary_body": SILENT}
    await bench.surveys.all()
    assert {finding.rule: finding.state for finding in bench.found[0].findings}["silo"] is Ready.READY


async def test_copies_are_made_first_on_ordinary_days_and_afterwards_when_it_hurries() -> None:
    bench = Bench(a_group())
    bench.shelf.max_age = timedelta(days=7)
    await bench.surveys.all()
    assert bench.shelf.kept == [{BASE_WEST, BASE_NORTH}]
    assert bench.found[0].state is Ready.READY
    bench.clock.time += REST
    bench.see(replace(ITSELF, recipe="another"))
    bench.azure.hold()
    looking = asyncio.create_task(bench.surveys.due())
    await bench.azure.entered.wait()
    assert len(bench.shelf.kept) == 1
    bench.azure.gate.set()
    await looking
    assert len(bench.shelf.kept) == 2


async def test_two_rounds_never_go_on_at_once_and_the_end_waits_for_the_one_under_way() -> None:
    bench = Bench(a_group())
    bench.azure.hold()
    rounds = [asyncio.create_task(bench.surveys.all()) for _ in range(2)]
    await bench.azure.entered.wait()
    ended = asyncio.create_task(bench.surveys.ended())
    await others_first()
    assert not ended.done()
    bench.azure.gate.set()
    await asyncio.gather(*rounds, ended)
    assert len(bench.azure.asked) == 2


async def test_a_report_remembers_what_was_proven_before() -> None:
    bench = Bench(a_group())
    bench.shelf.max_age = timedelta(days=7)
    await bench.surveys.all()
    bench.clock.time += timedelta(hours=1)
    bench.azure.facts = {"quotas": SILENT}
    await bench.surveys.all()
    machines = next(each for each in bench.found[1].findings if each.rule == "machines")
    assert (bench.found[1].state, machines.at) == (Ready.READY, BEGUN)
    assert bench.state.window.readiness == {BASE_NORTH: bench.found[1]}


async def test_a_start_waits_for_the_first_look_at_all_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench()
    bench.azure.hold()
    looking, begun = asyncio.create_task(bench.surveys.all()), asyncio.create_task(bench.surveys.begun())
    await bench.azure.entered.wait()
    assert not begun.done()
    bench.azure.gate.set()
    await asyncio.gather(looking, begun)
    monkeypatch.setattr(surveys_module, "FIRST_LOOK", timedelta())
    await Bench().surveys.begun()  # where nobody answers it does not wait for ever
