"""Tell an outage to Prometheus: the demo's world and the real daemon, scraped from the quiet before to the recovery.

The scrapes are half a second apart; `backfill` stretches them, as the demo's times are shorter than those of
production.
"""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from aibwatch.demo.script import FAST, configuration, scenario
from aibwatch.runtime.clock import Clock
from tests.story.support import Daemon, a_daemon, an_azure
from tests.waiting import until

Scrape = tuple[float, str]
"""When (Unix time), and the text of /metrics."""

BETWEEN = timedelta(seconds=0.5)
TEMPO = replace(FAST, breaks_at=12, noticed_at=16, mends_at=28)
"""The demo's, with a longer quiet before, for a daemon that begins slowly beside other tests."""
AFTERWARDS = timedelta(seconds=3)
"""How long the last verdict is still shown."""


async def an_outage(folder: Path) -> list[Scrape]:
    """Return the scrapes of a daemon that sees a region break and mend, then drills a group and pauses it."""
    scrapes: list[Scrape] = []
    async with an_azure(scenario(TEMPO)) as azure, a_daemon(folder, azure.base) as daemon:
        listen, state = f"127.0.0.1:{daemon.port}", folder / "state" / "aibwatch.db"
        told = configuration(TEMPO, endpoint=azure.base, state=state, listen=listen)
        told = told.replace("[poll]\n", '[poll]\nactivity_log = "2s"\nresource_health = "5s"\n')
        told = told.replace("[http]\n", f'[http]\ntoken_file = "{folder}/token"\n')
        daemon.config.write_text(told)
        await daemon.start()
        await daemon.ready()
        scraping = asyncio.create_task(_scrape(daemon, scrapes))
        try:
            await daemon.verdict("outage")
            await daemon.verdict("recovering")
            await daemon.verdict("healthy")
            await _order(daemon, "drill", "rhel-cis")
            await _order(daemon, "pause", "rhel-cis", "--for", "2h")
            await Clock().pause(AFTERWARDS)
        finally:
            scraping.cancel()
    return scrapes


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
