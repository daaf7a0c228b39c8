"""Give a real Prometheus that has scraped an outage, without waiting for one: promtool makes its blocks from text.

A second of the story becomes a minute, so that it has the length of an outage and is wide enough for rates. Timestamps
among the values are stretched with it, and those from before the story keep their distance to its beginning.
"""

import asyncio
import re
import subprocess
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from tests.story.support import free_port
from tests.waiting import until

from .telling import Scrape

STRETCH = 60.0
BEGIN = 1_772_417_400.0
"""02:10 UTC on a Monday in March 2026: the same in every picture."""
TARGET = 'instance="ops-1:9877",job="aibwatch"'
SAMPLE = re.compile(r"^([a-zA-Z_:]\w*)(?:\{(.*)\})? (\S+)$")


@dataclass(frozen=True)
class Asked:
    """A Prometheus that answers, and the time that it knows of."""

    base: str
    begin: float
    end: float


@asynccontextmanager
async def a_prometheus(folder: Path, scrapes: Sequence[Scrape]) -> AsyncIterator[Asked]:
    """Give a Prometheus that has these scrapes, and see to its end."""
    await asyncio.to_thread(_make_blocks, folder, scrapes)
    port = free_port()
    log = await asyncio.to_thread((folder / "prometheus.log").open, "wb")
    process = await asyncio.create_subprocess_exec(
        "prometheus",
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'tsdb'}",
        "--storage.tsdb.retention.time=100y",
        f"--web.listen-address=127.0.0.1:{port}",
        stdout=asyncio.subprocess.DEVNULL,
        stderr=log,
    )
    base = f"http://127.0.0.1:{port}"
    try:
        await until("Prometheus is ready", lambda: _ready(base), within=30)
        yield Asked(base, BEGIN, _stretched(scrapes[-1][0], scrapes[0][0]))
    finally:
        process.kill()
        await process.wait()
        log.close()


def _make_blocks(folder: Path, scrapes: Sequence[Scrape]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    text = folder / "scrapes.txt"
    text.write_text("\n".join([*_told(scrapes), "# EOF", ""]))
    make = ["promtool", "tsdb", "create-blocks-from", "openmetrics", "--quiet", str(text), str(folder / "tsdb")]
    subprocess.run(make, check=True, capture_output=True, timeout=60)
    (folder / "prometheus.yml").write_text("")


async def _ready(base: str) -> bool:
    try:
        async with aiohttp.ClientSession() as session, session.get(f"{base}/-/ready") as answer:
            return answer.status == 200
    except aiohttp.ClientError:
        return False


def _told(scrapes: Sequence[Scrape]) -> Iterator[str]:
    first = scrapes[0][0]
    for at, text in scrapes:
        when = _stretched(at, first)
        for line in text.splitlines():
            found = SAMPLE.match(line)
            if found and not found[1].endswith("_created"):
                labels = ",".join(filter(None, [found[2], TARGET]))
                yield f"{found[1]}{{{labels}}} {_value(found[1], found[3], first)} {when:.3f}"


def _value(name: str, value: str, first: float) -> str:
    if not name.endswith("_timestamp_seconds") or float(value) == 0:
        return value
    return repr(_stretched(float(value), first))


def _stretched(at: float, first: float) -> float:
    return BEGIN + (at - first) * (STRETCH if at > first else 1.0)
