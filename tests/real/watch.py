"""Prometheus and Alertmanager as they are installed, on loopback, with the files of deploy/ at the pace of a test."""

import asyncio
import contextlib
import json
import shutil
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from tests.deploy.rules import PROMETHEUS, ROUTES
from tests.story.support import LIMIT, free_port, surroundings
from tests.waiting import until

ALERTMANAGER = shutil.which("prometheus-alertmanager") or shutil.which("alertmanager")
"""Debian gives it another name."""

needs_prometheus = pytest.mark.skipif(
    shutil.which("prometheus") is None, reason="prometheus is not installed (Debian: prometheus)"
)
needs_alertmanager = pytest.mark.skipif(
    ALERTMANAGER is None, reason="alertmanager is not installed (Debian: prometheus-alertmanager)"
)

LOOPBACK = "127.0.0.1"
Labels = Mapping[str, str]


class Pager:
    """Takes what Alertmanager sends, as a pager would."""

    def __init__(self) -> None:
        self.port = free_port()
        self._told: list[tuple[str, dict[str, Any]]] = []

    async def wait_for(self, alert: str, status: str) -> dict[str, Any]:
        """Return the alert, with the receiver that it came to, once it is told to be so."""

        async def look() -> dict[str, Any] | None:
            found = (one for one in self._all() if (one["labels"]["alertname"], one["status"]) == (alert, status))
            return next(found, None)

        return await until(f"{alert} is {status}", look, seen=lambda: [(o["labels"], o["status"]) for o in self._all()])

    def names(self) -> set[str]:
        return {one["labels"]["alertname"] for one in self._all()}

    def _all(self) -> list[dict[str, Any]]:
        return [{**one, "at": receiver} for receiver, told in self._told for one in told["alerts"]]

    async def take(self, request: web.Request) -> web.Response:
        self._told.append((request.path, json.loads(await request.text())))
        return web.Response()


@asynccontextmanager
async def a_pager() -> AsyncIterator[Pager]:
    pager, app = Pager(), web.Application()
    app.router.add_post("/{receiver}", pager.take)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, LOOPBACK, pager.port).start()
        yield pager
    finally:
        await runner.cleanup()


@asynccontextmanager
async def running(log: Path, *command: str) -> AsyncIterator[None]:
    """Have a program running, and see to its end, whatever happens."""
    with log.open("wb") as file:
        process = await asyncio.create_subprocess_exec(
            *command, stdin=asyncio.subprocess.DEVNULL, stdout=file, stderr=file, env=surroundings({})
        )
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), 10)
        except TimeoutError:
            process.kill()
            await process.wait()


def write_files(folder: Path, *, daemon: int, alertmanager: int, pager: int) -> None:
    """Write the files of deploy/ with other ports, and at the pace of a test."""
    for rules in PROMETHEUS.glob("*.rules.yml"):
        (folder / rules.name).write_text(rules.read_text())
    scrape = (PROMETHEUS / "prometheus.yml").read_text()
    (folder / "prometheus.yml").write_text(
        scrape.replace(":9877", f":{daemon}").replace(":9093", f":{alertmanager}").replace("15s", "1s")
    )
    (folder / "alertmanager.yml").write_text(
        ROUTES.read_text()
        .replace(":9095", f":{pager}")
        .replace("group_wait: 30s", "group_wait: 1s")
        .replace("group_interval: 5m", "group_interval: 1s")
    )


@asynccontextmanager
async def an_alertmanager(folder: Path, port: int) -> AsyncIterator[None]:
    """Have Alertmanager running with the folder's file."""
    assert ALERTMANAGER is not None
    async with running(
        folder / "alertmanager.log",
        ALERTMANAGER,
        f"--config.file={folder}/alertmanager.yml",
        f"--storage.path={folder}/alertmanager",
        f"--web.listen-address={LOOPBACK}:{port}",
        "--cluster.listen-address=",
    ):
        yield


@asynccontextmanager
async def a_watch(folder: Path, daemon: int, pager: int) -> AsyncIterator[int]:
    """Have Prometheus, of which the port is given, and Alertmanager running on loopback."""
    prometheus, alertmanager = free_port(), free_port()
    write_files(folder, daemon=daemon, alertmanager=alertmanager, pager=pager)
    async with (
        an_alertmanager(folder, alertmanager),
        running(
            folder / "prometheus.log",
            "prometheus",
            f"--config.file={folder}/prometheus.yml",
            f"--storage.tsdb.path={folder}/prometheus",
            f"--web.listen-address={LOOPBACK}:{prometheus}",
            "--rules.alert.resend-delay=1s",
        ),
    ):
        yield prometheus


async def asked(prometheus: int, query: str) -> list[Labels]:
    """Return the labels of every series that answers the query; none where nobody answers."""
    address = f"http://{LOOPBACK}:{prometheus}/api/v1/query"
    try:
        async with (
            aiohttp.ClientSession(timeout=LIMIT) as session,
            session.get(address, params={"query": query}) as answer,
        ):
            return [one["metric"] for one in (await answer.json())["data"]["result"]] if answer.status == 200 else []
    except aiohttp.ClientError:
        return []
