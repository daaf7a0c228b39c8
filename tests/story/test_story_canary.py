"""A night in which nobody builds anything: only a canary can tell whether the service is down.

Reads fail, and that alone moves nobody. What the canary's run comes to decides.
"""

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.waiting import until

from .support import CANARY, SECONDARY, Azure, Daemon, a_canary, a_daemon, a_world, an_azure

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

NEEDED = 9.2
"""The score that convicts by default. Reads that fail and one canary do not reach it."""


@dataclass(frozen=True)
class Night:
    """What was done in a night, and what is said of it."""

    canaries: int
    """POSTs to run the canary, granted or not."""
    secondary: int
    """POSTs to run the secondary, granted or not."""
    epoch: int
    headline: str
    said: tuple[str, ...]
    """What was told of the canary, the latest last."""
    region: str
    """The explanation of the region."""
    metrics: str

    def value(self, name: str) -> float:
        """Return what the metric of this name, with labels, says."""
        (line,) = (line for line in self.metrics.splitlines() if line.startswith(f"aibwatch_{name} "))
        return float(line.split()[-1])


async def night(azure: Azure, daemon: Daemon) -> Night:
    """Return what was done so far."""
    posts = await azure.posts()
    history = (await daemon.told("history"))["history"]
    return Night(
        canaries=sum(CANARY.lower() in path for path in posts),
        secondary=sum(SECONDARY.lower() in path for path in posts),
        epoch=(await daemon.group())["epoch"],
        headline=(await daemon.told("status"))["headline"],
        said=tuple(e["what"] for e in history if e["kind"] == "canary"),
        region=(await daemon.told("regions/westeurope"))["text"],
        metrics=(await daemon.get("/metrics"))[1],
    )


async def break_all(folder: Path) -> Night:
    """Let reads and runs of westeurope be answered 500, while no build is under way anywhere."""
    async with (
        an_azure(a_world(canary="succeeds")) as azure,
        a_daemon(folder, azure.base, confirm=NEEDED, canary=a_canary()) as daemon,
    ):
        await daemon.start()
        await daemon.ready()
        await azure.trouble(region="westeurope", operations=["get", "run"], answer="500")
        await daemon.noted("put out 1 image")
        return await night(azure, daemon)


@pytest.mark.beside.with_args(break_all)
async def test_where_reads_and_two_canaries_fail_the_group_moves_once(outcome: Night) -> None:
    assert (outcome.epoch, outcome.secondary) == (1, 1)
    assert outcome.canaries >= 2
    assert outcome.said[:4] == ("canary canary-weu started", "canary canary-weu failed") * 2
    assert "times in a row" in outcome.region
    counted = [outcome.value(f'canary_{what}_total{{azure_region="westeurope"}}') for what in ("runs", "failures")]
    counted.append(outcome.value('azure_requests_total{azure_region="",code="500",operation="run_canary"}'))
    # One more may have been asked for between the look at the requests and the look at the metrics.
    assert [number - outcome.canaries in {0.0, 1.0} for number in counted] == [True] * 3


async def break_reads(folder: Path, canary: str, ending: str) -> Night:
    """Let only reads of westeurope fail, and wait until the canary has come to this end."""
    async with (
        an_azure(a_world(canary=canary)) as azure,
        a_daemon(folder, azure.base, confirm=NEEDED, canary=a_canary()) as daemon,
    ):
        await daemon.start()
        await daemon.ready()
        await azure.trouble(region="westeurope", operations=["get"], answer="500")
        await daemon.verdict("suspect")
        await daemon.noted(ending)
        await daemon.verdict("healthy" if canary == "succeeds" else "suspect")
        return await night(azure, daemon)


@pytest.mark.beside.with_args(break_reads, "succeeds", "canary-weu built well")
async def test_where_reads_fail_and_the_canary_builds_the_region_is_cleared_and_it_says_why(outcome: Night) -> None:
    assert (outcome.canaries, outcome.secondary, outcome.epoch) == (1, 0, 0)
    assert "westeurope is healthy" in outcome.region
    assert "canary-weu built an image" in outcome.region
    assert "the region can build" in outcome.region


@pytest.mark.beside.with_args(break_reads, "unauthorized", "canary-weu is broken")
async def test_a_canary_that_lost_its_rights_is_called_broken_and_moves_nobody(outcome: Night) -> None:
    assert (outcome.canaries, outcome.secondary, outcome.epoch) == (1, 0, 0)
    assert "is broken and proves nothing" in outcome.region
    assert "the canary of westeurope is broken" in outcome.headline
    assert outcome.value('canary_broken{azure_region="westeurope"}') == 1
    assert outcome.value('canary_failures_total{azure_region="westeurope"}') == 0


# crashes


async def kill_before_the_post(folder: Path) -> tuple[Night, Night]:
    """Die when it is on record that the canary is wanted, live on, and look after two reads and after eight."""
    async with (
        an_azure(a_world(canary="succeeds")) as azure,
        a_daemon(folder, azure.base, confirm=NEEDED, canary=a_canary()) as daemon,
    ):
        await daemon.start()
        await daemon.ready()
        await daemon.kill()
        await azure.trouble(region="westeurope", operations=["get"], answer="500")
        await daemon.start(kill_at="after early record RunCanary")
        assert await daemon.ended() == -9, daemon.log
        await daemon.start()
        await daemon.verdict("suspect")
        soon = await night(azure, daemon)
        first = await failed_reads(daemon)
        await until("five more reads failed", lambda: more_failed(daemon, first + 5))
        return soon, await night(azure, daemon)


async def failed_reads(daemon: Daemon) -> int:
    """Return how many reads failed in a row, as far as the probe tells."""
    evidence = (await daemon.told("regions/westeurope")).get("evidence", [])
    said = next((e["sentence"] for e in evidence if e["kind"] == "probe"), "")
    words = said.split()
    return int(words[2]) if words[:2] == ["the", "last"] else 0


async def more_failed(daemon: Daemon, number: int) -> bool:
    return await failed_reads(daemon) >= number


@pytest.mark.beside.with_args(kill_before_the_post)
async def test_killed_before_the_post_it_waits_for_the_run_that_may_be_there(outcome: tuple[Night, Night]) -> None:
    soon, later = outcome
    assert (soon.canaries, later.canaries) == (0, 0)
    assert "its result is awaited" in later.region
    assert later.said == ("canary canary-weu started",)


async def kill_while_the_canary_builds(folder: Path) -> Night:
    async with (
        an_azure(a_world(canary="succeeds", building=5.0)) as azure,
        a_daemon(folder, azure.base, confirm=NEEDED, canary=a_canary()) as daemon,
    ):
        await daemon.start()
        await daemon.ready()
        await azure.trouble(region="westeurope", operations=["get"], answer="500")
        await until("the canary builds", azure.runs)
        await daemon.kill()
        await daemon.start()
        await daemon.noted("canary-weu built well")
        return await night(azure, daemon)


@pytest.mark.beside.with_args(kill_while_the_canary_builds)
async def test_killed_while_the_canary_builds_it_follows_the_same_run_to_its_end(outcome: Night) -> None:
    assert (outcome.canaries, outcome.epoch) == (1, 0)
    assert outcome.said[0] == "canary canary-weu started"
    assert outcome.said[-1] == "canary canary-weu built well"
