"""Read and run templates for builds, and hand in what the provider refused as evidence."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from aibwatch.core.actions import LookForBuild, RunBuild
from aibwatch.core.classify import Symptom, classify
from aibwatch.core.events import BuildAnswered, BuildLooked, Event, Observed
from aibwatch.core.model import WELL, Diagnosis, FailureClass, Region, TemplateId
from aibwatch.core.observation import CallFailed, TemplateSeen
from aibwatch.runtime.builds import BuildRuns
from aibwatch.sources.answer import Answer, Bad, Good
from tests.clocks import BEGUN, FakeClock
from tests.core.builders import BASE_WEST, WEST, a_run, a_template

LOOK = LookForBuild(id="b1", attempt=1, read=2, template=BASE_WEST, wait=timedelta(seconds=30))
RUN = RunBuild(id="b1", attempt=1, template=BASE_WEST)
ACCEPTED = Good(status=202, headers={}, body={})


def refused(status: int | None, *, cause: str = "service", uncertain: bool = True) -> Bad:
    symptom = Symptom(status=status, failure_cause=cause, message="no")
    return Bad(symptom=symptom, diagnosis=classify(symptom), status=status, uncertain=uncertain)


@dataclass
class Templates:
    """A source that says what it is told, and keeps what it was asked for."""

    seen: TemplateSeen | Bad | Exception = field(default_factory=a_template)
    says: Answer | Exception = ACCEPTED
    asked: list[tuple[str, TemplateId]] = field(default_factory=list)

    async def read(self, template: TemplateId) -> TemplateSeen | Bad:
        self.asked.append(("read", template))
        if isinstance(self.seen, Exception):
            raise self.seen
        return self.seen

    async def run(self, template: TemplateId, *, operation: str) -> Answer:
        self.asked.append((operation, template))
        if isinstance(self.says, Exception):
            raise self.says
        return self.says


@dataclass
class Desk:
    """Builds' requests, and what was handed in beside their outcomes."""

    templates: Templates = field(default_factory=Templates)
    region: Region | None = WEST
    clock: FakeClock = field(default_factory=FakeClock)
    told: list[Event] = field(default_factory=list)

    async def perform(self, action: LookForBuild | RunBuild) -> Event:
        async def put(event: Event) -> None:
            self.told.append(event)

        runs = BuildRuns(self.templates, region_of=lambda _: self.region, put=put, clock=self.clock)
        return await runs.perform(action)


def answered(diagnosis: Diagnosis, *, uncertain: bool = False) -> BuildAnswered:
    return BuildAnswered(id="b1", attempt=1, diagnosis=diagnosis, uncertain=uncertain)


def looked(**known: object) -> BuildLooked:
    settings = {"run": None, "diagnosis": WELL, **known}
    return BuildLooked(id="b1", attempt=1, read=2, **settings)  # type: ignore[arg-type]  # its own names


async def test_a_look_waits_and_tells_the_last_run() -> None:
    desk = Desk(Templates(seen=a_template(run=a_run("ok"))))
    assert await desk.perform(LOOK) == looked(run=a_run("ok"))
    assert (desk.clock.pauses, desk.templates.asked) == ([30.0], [("read", BASE_WEST)])


async def test_a_look_that_fails_is_told_with_its_reason_and_is_no_evidence() -> None:
    bad = refused(500)
    desk = Desk(Templates(seen=bad))
    assert (await desk.perform(LOOK), desk.told) == (looked(diagnosis=bad.diagnosis), [])


async def test_a_run_is_asked_for_once_under_a_name_of_its_own() -> None:
    desk = Desk()
    assert (await desk.perform(RUN), desk.told) == (answered(WELL), [])
    assert desk.templates.asked == [("run_build", BASE_WEST)]


async def test_what_the_provider_refused_is_evidence_like_anybodys_call() -> None:
    bad = refused(500)
    desk = Desk(Templates(says=bad))
    assert await desk.perform(RUN) == answered(bad.diagnosis, uncertain=True)
    call = CallFailed(
        at=BEGUN, called_at=BEGUN, template=BASE_WEST, region=WEST, call="build b1/1", diagnosis=bad.diagnosis
    )
    assert (bad.diagnosis.cls, desk.told) == (FailureClass.SERVICE, [Observed(observations=(call,))])
    assert desk.templates.asked == [("run_build", BASE_WEST)]


@pytest.mark.parametrize(
    "bad",
    [
        refused(400, cause="", uncertain=False),
        refused(403, cause="", uncertain=False),
        refused(429, cause="", uncertain=False),
        refused(503, cause="gateway"),
        refused(None, cause=""),
    ],
    ids=["400", "403", "429", "gateway", "no answer"],
)
async def test_what_is_no_fault_of_the_providers_is_no_evidence(bad: Bad) -> None:
    desk = Desk(Templates(says=bad))
    assert await desk.perform(RUN) == answered(bad.diagnosis, uncertain=bad.uncertain)
    assert [o for e in desk.told if isinstance(e, Observed) for o in e.observations if _counts(o)] == []


def _counts(observation: object) -> bool:
    return isinstance(observation, CallFailed) and observation.diagnosis.cls is FailureClass.SERVICE


async def test_of_a_template_that_was_never_listed_nothing_is_handed_in() -> None:
    desk = Desk(Templates(says=refused(500)), region=None)
    await desk.perform(RUN)
    assert desk.told == []


async def test_a_fault_of_ours_speaks_against_nobody_and_leaves_open_what_happened() -> None:
    desk = Desk(Templates(seen=KeyError("x"), says=KeyError("x")))
    look, run = await desk.perform(LOOK), await desk.perform(RUN)
    assert isinstance(look, BuildLooked)
    assert isinstance(run, BuildAnswered)
    assert (look.diagnosis.cls, run.diagnosis.cls, run.uncertain) == (FailureClass.NETWORK, FailureClass.NETWORK, True)
    assert desk.told == []
