"""The Activity Log against the stand-in for Azure, with the real managed identity credential."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta

import aiohttp
import pytest

from aibwatch.core.evidence import Kind
from aibwatch.core.model import FailureClass, Region, TemplateId
from aibwatch.core.observation import CallFailed, Observation, Polled, Source
from aibwatch.core.policy import Policy
from aibwatch.core.weigh import Known, weigh
from aibwatch.core.window import Window, add
from aibwatch.simulator.scenario import parse_scenario
from aibwatch.simulator.server import StandIn
from aibwatch.sources.activity_log import ActivityLog
from aibwatch.sources.answer import Bad
from aibwatch.sources.arm import Arm
from aibwatch.sources.credential import make_credential
from aibwatch.sources.templates import Templates

from .support import NOW, SUBSCRIPTION, settings
from .test_standin import World, watched

PLACES = """
activity_lag = 300
speed = 20          # a build takes two minutes

[[template]]
name = "ubuntu"
resource_group = "images-weu"
region = "westeurope"

[[template]]
name = "rhel"
resource_group = "images-weu"
region = "westeurope"
every = 700
"""
REFUSED = '[[trouble]]\nregion = "westeurope"\noperations = ["run"]\nanswer = "500"\nfrom = 1000\n'
HERE = Region("westeurope")
UBUNTU, RHEL = watched("ubuntu"), watched("rhel")
BOTH = frozenset({UBUNTU, RHEL})


class Watcher(World):
    """A stand-in, and a window that is kept as the daemon keeps it."""

    def __init__(self, scenario: str) -> None:
        super().__init__()
        self.server = StandIn(parse_scenario(scenario, "test.toml"), self.now, self.pause)
        self.base = ""
        self.window = Window()
        self.polls: list[Polled] = []

    async def look(self) -> list[CallFailed]:
        """Read templates and log once; return the calls that the log told of."""
        await self._take(await Templates(self.arm, self.now).poll(BOTH, self.window.templates))
        record = self.window.poll(Source.ACTIVITY_LOG, SUBSCRIPTION)
        log = ActivityLog(self.arm, self.now)
        places = {template: seen.region for template, seen in self.window.templates.items()}
        told = await log.poll(SUBSCRIPTION, places, self.window.calls, record.well_at if record else None)
        await self._take(told)
        self.polls += [one for one in told if isinstance(one, Polled)]
        return [one for one in told if isinstance(one, CallFailed)]

    async def _take(self, seen: tuple[Observation, ...]) -> None:
        self.window = add(self.window, seen, self.now())

    async def watch(self, seconds: float) -> list[CallFailed]:
        """Let time pass with a look every two minutes; return the calls that were told of."""
        told: list[CallFailed] = []
        for _ in range(int(seconds // 120)):
            await self.pause(120)
            told += await self.look()
        return told

    async def stranger_runs(self, template: TemplateId) -> int:
        """Ask for a run as somebody else would; return the status."""
        token = "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=r"
        run = f"{template}/run?api-version=2025-10-01"
        async with aiohttp.ClientSession(self.base) as session:
            async with session.get(token, headers={"Metadata": "true"}) as answer:
                headers = {"Authorization": f"Bearer {(await answer.json())['access_token']}"}
            async with session.post(run, headers=headers) as answer:
                return answer.status

    def score(self) -> float:
        """Return what runs and calls say together of the region."""
        found = weigh(Known(window=self.window), HERE, policy=Policy(), trouble_since=None, now=self.now())
        return sum(e.weight for e in found if e.kind.family is Kind.RUNS)


Open = Callable[[str], Awaitable[Watcher]]


@pytest.fixture
async def world(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Open]:
    """Return a way to open a stand-in on two templates and what else is said in TOML."""
    async with AsyncExitStack() as stack:

        async def open_world(more: str) -> Watcher:
            one = Watcher(PLACES + more)
            one.base = base = await one.server.start("127.0.0.1")
            stack.push_async_callback(one.server.close)
            monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", base)
            one.arm = Arm(settings(base), make_credential("managed-identity"), now=one.now, on_request=one.seen.append)
            stack.push_async_callback(one.arm.close)
            return one

        yield open_world


async def test_other_peoples_refused_calls_are_told_of_once_each_and_count(world: Open) -> None:
    one = await world(REFUSED)
    told = await one.watch(3000)

    assert [(call.template, (call.called_at - NOW).total_seconds()) for call in told] == [(RHEL, 1400), (RHEL, 2100)]
    assert {(call.diagnosis.cls, call.ours) for call in told} == {(FailureClass.SERVICE, False)}
    assert timedelta(seconds=300) <= told[0].at - told[0].called_at <= timedelta(seconds=420)
    assert one.score() == pytest.approx(2.9)
    assert {poll.diagnosis.cls for poll in one.polls} == {FailureClass.OK}


async def test_our_own_refused_call_is_known_as_ours_and_does_not_count(world: Open) -> None:
    one = await world(REFUSED.replace("1000", "0"))
    refused = await Templates(one.arm, one.now).run(UBUNTU)
    told = await one.watch(600)

    assert isinstance(refused, Bad)
    assert [(call.template, call.ours, call.call) for call in told] == [(UBUNTU, True, refused.ids.correlation)]
    assert one.score() == 0


async def test_a_refused_call_that_was_carried_out_is_told_of_and_counts_as_its_run_only(world: Open) -> None:
    one = await world(REFUSED.replace("1000", "0") + "effect = true\n")
    assert await one.stranger_runs(UBUNTU) == 500
    told = await one.watch(600)

    assert [(call.template, call.ours) for call in told] == [(UBUNTU, False)]
    assert one.score() == 0


async def test_a_strangers_refused_call_counts(world: Open) -> None:
    one = await world(REFUSED.replace("1000", "0"))
    assert await one.stranger_runs(UBUNTU) == 500
    told = await one.watch(600)

    assert [(call.template, call.ours) for call in told] == [(UBUNTU, False)]
    assert one.score() == pytest.approx(2.9)


async def test_a_run_that_died_later_counts_once(world: Open) -> None:
    one = await world('[[trouble]]\nregion = "westeurope"\nanswer = "dies-in-building"\n')
    told = await one.watch(1320)

    assert told == []
    assert len(one.window.runs) == 1
    assert one.score() == pytest.approx(1.45), "the text of its failure leaves open whose fault it is"


async def test_after_a_restart_the_log_is_read_again_and_nothing_is_lost(world: Open) -> None:
    one = await world(REFUSED)
    before = await one.watch(3000)
    one.window = Window()
    assert await one.look() == [replace(call, at=one.now()) for call in before]


async def test_without_the_permission_the_poll_says_so(world: Open) -> None:
    one = await world('[[trouble]]\nregion = "*"\noperations = ["activity"]\nanswer = "forbidden"\n')
    assert await one.look() == []
    (poll,) = one.polls
    assert (poll.diagnosis.cls, "Microsoft.Insights/eventtypes/values/read" in poll.diagnosis.summary) == (
        FailureClass.AUTH,
        True,
    )


@pytest.mark.parametrize(
    "answer", ["html", "empty", "garbage", "wrong-shape", "503-html", "reset", "foreign-next-link"]
)
async def test_a_worthless_answer_is_a_failed_poll(world: Open, answer: str) -> None:
    one = await world(f'[[trouble]]\nregion = "*"\noperations = ["activity"]\nanswer = "{answer}"\n')
    assert await one.look() == []
    (poll,) = one.polls
    assert poll.diagnosis.cls is not FailureClass.OK
