"""Tell an outage to Prometheus: the demo's world and the real daemon, scraped from the quiet before to the recovery.

The scrapes are half a second apart; `backfill` stretches them, as the demo's times are shorter than those of
production.
"""

import asyncio
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path

from aibwatch.demo.script import FAST, configuration, scenario
from aibwatch.runtime.clock import Clock
from tests.story.support import Azure, Daemon, a_daemon, an_azure
from tests.waiting import until

Scrape = tuple[float, str]
"""When (Unix time), and the text of /metrics."""

BETWEEN = timedelta(seconds=0.5)
QUIET = timedelta(seconds=5)
LASTS = timedelta(seconds=10)
AFTERWARDS = timedelta(seconds=3)
"""How long it is well before, is broken after the outage is proven, and is watched when all is over."""

EVENT = """
[[event]]
tracking_id = "VMI7-2B8"
title = "Azure Image Builder - West Europe - image builds fail"
regions = ["West Europe"]
from = 12
to = 32
"""
BUILDS_DIE: Mapping[str, object] = {"region": "westeurope", "answer": "dies-in-building", "text": "internal"}
READS_FAIL: Mapping[str, object] = {"region": "westeurope", "answer": "500", "operations": ["get", "run", "cancel"]}
RUNNING = re.compile(r'aibwatch_template_run_state\{[^}]*state="running",template="ubuntu-weu"\} 1')
LENGTHS = "\nqueued = 1\nbuilding = 5\ncustomizing = 1\ndistributing = 2\n"
"""Seconds. Building is long, so that a run which was seen to begin is in it when builds begin to die."""


def a_world() -> str:
    """Return the demo's world with members that run often, and without its troubles: those begin when we say so."""
    world = re.sub(r"\n(queued|building|customizing|distributing) = .*", "", scenario(FAST).partition("[[trouble]]")[0])
    world = world.replace("[durations]\n", f"[durations]{LENGTHS}")
    return re.sub(r"every = \d+", "every = 4", world) + EVENT


async def an_outage(folder: Path) -> list[Scrape]:
    """Return the scrapes of a daemon that sees a region break and mend, then drills a group and pauses it."""
    scrapes: list[Scrape] = []
    async with an_azure(a_world()) as azure, a_daemon(folder, azure.base) as daemon:
        listen, state = f"127.0.0.1:{daemon.port}", folder / "state" / "aibwatch.db"
        told = configuration(FAST, endpoint=azure.base, state=state, listen=listen)
        told = told.replace("[poll]\n", '[poll]\nactivity_log = "2s"\nresource_health = "5s"\n')
        told = told.replace("[http]\n", f'[http]\ntoken_file = "{folder}/token"\n')
        daemon.config.write_text(told)
        await daemon.start()
        await daemon.ready()
        scraping = asyncio.create_task(_scrape(daemon, scrapes))
        try:
            await _break_and_mend(azure, daemon, scrapes)
            await _order(daemon, "drill", "rhel-cis")
            await _order(daemon, "pause", "rhel-cis", "--for", "2h")
            await Clock().pause(AFTERWARDS)
        finally:
            scraping.cancel()
    return scrapes


async def _break_and_mend(azure: Azure, daemon: Daemon, scrapes: Sequence[Scrape]) -> None:
    async def begun() -> bool:
        return [RUNNING.search(text) is not None for _, text in scrapes[-2:]] == [False, True]

    await Clock().pause(QUIET)
    await until("a run of ubuntu-weu begins", begun, seen=daemon.last_words)
    await azure.trouble(**BUILDS_DIE)
    await azure.trouble(**READS_FAIL)
    await daemon.verdict("outage")
    await Clock().pause(LASTS)
    await azure.end_troubles()
    await daemon.verdict("recovering")
    await daemon.verdict("healthy")


async def _order(daemon: Daemon, *words: str) -> None:
    async def taken() -> bool:
        return (await daemon.cli(*words, "--reason", "to be seen")).code == 0

    await until(f"{words} is taken", taken, seen=daemon.last_words)


async def _scrape(daemon: Daemon, into: list[Scrape]) -> None:
    clock = Clock()
    while True:
        status, text = await daemon.get("/metrics")
        if status == 200:
            into.append((clock.now().timestamp(), text))
        await clock.pause(BETWEEN)
