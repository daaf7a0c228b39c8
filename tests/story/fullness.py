"""Let the disk be full from a boundary of a move on, and give it room again: nothing is done that is not on record."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.waiting import until

from .crashes import THREE, Fate, Story, fate, moved, steps
from .recording import effects
from .support import Azure, Daemon, a_daemon, a_world, an_azure

TICKS = 5
"""Decisions to wait for while the disk is full: time enough to do what must not be done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """How a daemon fared on a full disk."""

    told: bool
    """Status says so, the metric counts it, and the daemon is healthy and sees all the same."""
    added: int
    """Effects that came while the disk was full; one may have been under way when it filled."""
    fate: Fate


async def filled(folder: Path, point: str) -> Filled:
    """Fill the disk at a boundary, wait until that is told, and give room again."""
    async with (
        an_azure(a_world(broken=True)) as azure,
        a_daemon(folder, azure.base, steps=steps(folder, *THREE)) as daemon,
    ):
        await daemon.start(kill_at=f"fill {point}")
        await until("the journal fails", lambda: _told(daemon), seen=daemon.last_words)
        before = await _done(azure, daemon)
        began = await _decided(daemon)
        await until("it goes on seeing", lambda: _decided_after(daemon, began + TICKS), seen=daemon.last_words)
        told, added = await _told(daemon), await _done(azure, daemon) - before
        assert daemon.process.returncode is None, f"it died with {daemon.process.returncode}; {daemon.last_words()}"
        daemon.forbid_files(forbidden=False)
        return Filled(told=told, added=added, fate=await fate(azure, daemon))


async def _told(daemon: Daemon) -> bool:
    status = await daemon.told("status")
    _, metrics = await daemon.get("/metrics")
    healthy, _ = await daemon.get("/-/healthy")
    return (
        "the journal cannot be written, so nothing is moved" in status.get("headline", "")
        and healthy == 200
        and "aibwatch_journal_write_failures_total 0.0" not in metrics
    )


async def _decided(daemon: Daemon) -> float:
    _, metrics = await daemon.get("/metrics")
    lines = (line.split() for line in metrics.splitlines())
    return next((float(line[1]) for line in lines if line[0] == "aibwatch_loop_last_tick_timestamp_seconds"), 0.0)


async def _decided_after(daemon: Daemon, moment: float) -> bool:
    return await _decided(daemon) > moment


async def _done(azure: Azure, daemon: Daemon) -> int:
    return len(await azure.runs()) + sum(len(lines) for lines in effects(daemon.state / "handlers").values())


async def _judged(point: str, folder: Path) -> str:
    end = await filled(folder, point)
    return "once" if end == Filled(told=True, added=0, fate=moved()) else f"WRONG: {end}"


def stories(every: Sequence[str]) -> dict[str, Story]:
    """Return all of them by name, from all boundaries.

    What is written after the other side of one fails in the same way as what is written next.
    """
    points = [name for name in every if name.startswith("before ") and " while " not in name]
    return {f"full {point}": partial(_judged, point) for point in points}
