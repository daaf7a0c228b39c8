"""What the tests of the stand-in share: a clock one can turn, a client that speaks plain HTTP, and scenarios in few
words.
"""

import io
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
from multidict import CIMultiDictProxy

from aibwatch.simulator.scenario import Scenario, parse_scenario
from aibwatch.simulator.server import StandIn

BEGUN = datetime(2026, 3, 2, 10, 0, 0, 250_000, tzinfo=UTC)
SUBSCRIPTION = "11111111-1111-1111-1111-111111111111"
VERSION = "2025-10-01"
PROVIDER = "providers/Microsoft.VirtualMachineImages"
UBUNTU = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/images-weu/{PROVIDER}/imageTemplates/ubuntu-weu"
NORTH = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/images-neu/{PROVIDER}/imageTemplates/ubuntu-neu"
EVERYTHING = f"/subscriptions/{SUBSCRIPTION}/{PROVIDER}/imageTemplates"
EVENTS = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.ResourceHealth/events"

TWO_TEMPLATES = """
[durations]
queued = 10
building = 100
customizing = 200
distributing = 300
canceling = 20
creating = 30
updating = 2
deleting = 60
dying = 40

[[template]]
name = "ubuntu-weu"
resource_group = "images-weu"
region = "westeurope"

[[template]]
name = "ubuntu-neu"
resource_group = "images-neu"
region = "northeurope"
"""
"""A run takes 610 seconds: Queued to 10, Building to 110, Customizing to 310, Distributing to 610."""


def scenario(*more: str, top: str = "") -> Scenario:
    """Return two templates in two regions, and what else is said in TOML; `top` comes before the first table."""
    return parse_scenario("\n".join([*([top] if top else []), TWO_TEMPLATES, *more]), "test.toml")


def shared() -> Path | None:
    """Return the folder with the recordings, if this machine has it."""
    folder = Path(os.environ.get("AIBWATCH_SHARED") or Path(__file__).parents[2].parent / "shared")
    return folder if (folder / "azure" / "recordings").is_dir() else None


class Clock:
    """A time that moves when told to, or when somebody pauses."""

    def __init__(self) -> None:
        self.time = BEGUN
        self.pauses: list[float] = []

    def now(self) -> datetime:
        return self.time

    def advance(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)

    async def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.advance(seconds)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: CIMultiDictProxy[str]
    content: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.content)


class Rig:
    """A stand-in that listens, its clock, and a client with a token."""

    def __init__(self, scenario: Scenario) -> None:
        self.clock = Clock()
        self.stand_in = StandIn(scenario, self.clock.now, self.clock.pause)
        self.base = ""
        self.token = ""
        self._session = aiohttp.ClientSession()

    async def open(self) -> "Rig":
        self.base = await self.stand_in.start("127.0.0.1")
        answer = await self.plain(
            "GET",
            "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://management.azure.com",
            headers={"Metadata": "true"},
        )
        if answer.status == 200 and answer.headers["Content-Type"].startswith("application/json"):
            self.token = answer.json["access_token"]
        return self

    async def close(self) -> None:
        await self._session.close()
        await self.stand_in.close()

    async def plain(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        data: bytes | io.BytesIO | None = None,
        timeout: float = 5.0,  # noqa: ASYNC109 - handed to aiohttp
    ) -> Answer:
        url = path if path.startswith("http") else self.base + path
        limit = aiohttp.ClientTimeout(total=timeout)
        async with self._session.request(method, url, headers=headers, data=data, timeout=limit) as response:
            return Answer(response.status, response.headers, await response.read())

    async def arm(self, method: str, path: str, sent: object = None, timeout: float = 5.0) -> Answer:  # noqa: ASYNC109
        """Ask as an SDK would: with token and api-version."""
        if "api-version" not in path:
            path += f"{'&' if '?' in path else '?'}api-version={VERSION}"
        data = None if sent is None else io.BytesIO(json.dumps(sent).encode())
        headers = {"Authorization": f"Bearer {self.token}"}
        return await self.plain(method, path, headers=headers, data=data, timeout=timeout)

    async def drill(self, method: str, name: str, sent: object) -> Answer:
        """Ask for a change, below the stand-in's own prefix."""
        return await self.plain(method, f"/_stand-in/{name}", data=json.dumps(sent).encode())

    async def last_run(self, template: str = UBUNTU) -> dict[str, Any] | None:
        found: dict[str, Any] | None = (await self.arm("GET", template)).json["properties"].get("lastRunStatus")
        return found

    async def runs(self) -> list[dict[str, Any]]:
        """Return the account of what was done."""
        told: list[dict[str, Any]] = (await self.plain("GET", "/_stand-in/runs")).json
        return told

    async def requests(self) -> list[dict[str, Any]]:
        """Return what was asked."""
        told: list[dict[str, Any]] = (await self.plain("GET", "/_stand-in/requests")).json
        return told
