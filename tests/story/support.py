"""What the stories share: a stand-in for Azure in this process, and the real daemon in a process of its own."""

import asyncio
import json
import os
import re
import resource
import signal
import socket
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from aibwatch.app.stand_in import make
from aibwatch.runtime.clock import Clock
from aibwatch.simulator.parts import SUBSCRIPTION
from aibwatch.simulator.scenario import parse_scenario
from aibwatch.simulator.server import StandIn
from tests.program import Program
from tests.story.recording import PLUGINS
from tests.waiting import USUAL, until

PROGRAM = str(Path(sys.executable).parent / "aibwatch")
PROVIDER = "Microsoft.VirtualMachineImages/imageTemplates"
GROUP = "ubuntu-base"
TOKEN = "a-token-that-nobody-guesses"
LIMIT = aiohttp.ClientTimeout(total=5)


def a_canary(**settings: str) -> str:
    """Return the configuration of westeurope's canary, at the pace of a story."""
    known = {"retry_after": "1s", "routine": "off", **settings}
    keys = "".join(f'{key} = "{value}"\n' for key, value in known.items())
    return f'[[canary]]\nregion = "westeurope"\ntemplate = "{CANARY}"\n{keys}'


def template(name: str) -> str:
    """Return the resource id of one of the story's templates, in the letter case that Azure uses."""
    return f"/subscriptions/{SUBSCRIPTION}/resourceGroups/images-{name[-3:]}/providers/{PROVIDER}/{name}"


PRIMARY, SECONDARY, CANARY = template("ubuntu-weu"), template("ubuntu-neu"), template("canary-weu")

WELL = """
[durations]
queued = 0.2
building = {building}
customizing = 0.5
optimizing = 0.1
validating = 0.1
distributing = 0.5

[[template]]
name = "ubuntu-weu"
resource_group = "images-weu"
region = "westeurope"
last_run = "succeeded"
last_run_ended = 5400

[[template]]
name = "ubuntu-neu"
resource_group = "images-neu"
region = "northeurope"
last_run = "succeeded"
last_run_ended = 518400
"""

NOTICED = """
[[event]]
tracking_id = "VMI7-2B8"
title = "Azure Image Builder - West Europe - image builds fail"
regions = ["West Europe"]
"""

BROKEN = """
[[trouble]]
region = "westeurope"
operations = ["get", "run", "cancel", "outputs"]
answer = "500"
"""


A_CANARY = """
[[template]]
name = "canary-weu"
resource_group = "images-weu"
region = "westeurope"
script = ""
outcome = "{outcome}"
"""


def a_world(*, broken: bool = False, noticed: bool = False, building: float = 0.5, canary: str = "") -> str:
    """Return a scenario of two regions with a template each: well, or broken from the start.

    A broken westeurope is proven by the probe and by Service Health, some four seconds after the daemon begins.
    `noticed` is the event alone, which makes suspect and never convicts. `canary` is what the runs of westeurope's
    canary come to; empty for none.
    """
    world = WELL.format(building=building) + (A_CANARY.format(outcome=canary) if canary else "")
    return world + (BROKEN if broken else "") + (NOTICED if broken or noticed else "")


class Azure:
    """A stand-in that listens, and its own account of what was asked and done."""

    def __init__(self, stand_in: StandIn, base: str, session: aiohttp.ClientSession) -> None:
        self._stand_in, self._session = stand_in, session
        self.base = base

    async def _told(self, what: str) -> list[dict[str, Any]]:
        async with self._session.get(f"{self.base}/_stand-in/{what}", timeout=LIMIT) as answer:
            told: list[dict[str, Any]] = await answer.json(content_type=None)
            return told

    async def runs(self) -> list[dict[str, Any]]:
        """Return every run that was accepted from a client."""
        return [run for run in await self._told("runs") if run["by"] == "request"]

    async def posts(self) -> list[str]:
        """Return the paths of all POSTs to run a template, accepted or not, in lower case."""
        asked = await self._told("requests")
        return [r["path"].lower() for r in asked if r["method"] == "POST" and r["path"].lower().endswith("/run")]

    async def deployments(self) -> list[str]:
        """Return method and name of every request that makes or deletes a template, accepted or not."""
        asked = await self._told("requests")
        return [f"{r['method']} {r['path'].rpartition('/')[2]}" for r in asked if r["method"] in {"PUT", "DELETE"}]

    async def trouble(self, **keys: object) -> None:
        """Let something go wrong from now on."""
        async with self._session.post(f"{self.base}/_stand-in/trouble", json=keys, timeout=LIMIT) as answer:
            assert answer.status == 201, await answer.text()

    async def end_troubles(self) -> None:
        async with self._session.delete(f"{self.base}/_stand-in/trouble", timeout=LIMIT) as answer:
            assert answer.status == 200, await answer.text()

    async def change(self, kind: str, **keys: object) -> None:
        """Let a thing be otherwise from now on: a resource, quota, sku, provider or trigger."""
        async with self._session.post(f"{self.base}/_stand-in/{kind}", json=keys, timeout=LIMIT) as answer:
            assert answer.status == 201, await answer.text()

    async def roles(self, *roles: Mapping[str, object]) -> None:
        """Let the caller have these roles and no others from now on."""
        async with self._session.post(f"{self.base}/_stand-in/roles", json=roles, timeout=LIMIT) as answer:
            assert answer.status == 200, await answer.text()

    async def lacked(self) -> set[str]:
        """Return the actions for which a request was refused, in lower case."""
        return {lacking.lower() for request in await self._told("requests") if (lacking := request["lacking"])}


@asynccontextmanager
async def an_azure(scenario: str) -> AsyncIterator[Azure]:
    """Give a stand-in that listens on loopback."""
    stand_in = make(parse_scenario(scenario, "story"), Clock())
    base = await stand_in.start("127.0.0.1")
    async with aiohttp.ClientSession() as session:
        try:
            yield Azure(stand_in, base, session)
        finally:
            await stand_in.close()


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.out)
        return told


async def from_scratch(*arguments: str, environment: Mapping[str, str] | None = None, within: float = USUAL) -> Done:
    """Run any program, from scratch, to its end."""
    process = await asyncio.create_subprocess_exec(
        *arguments,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=surroundings(environment or {}),
    )
    return await _done(process, arguments, within)


async def run_aibwatch(*arguments: str, environment: Mapping[str, str] | None = None, within: float = USUAL) -> Done:
    """Run aibwatch to its end. See program.py."""
    return await _done(Program(arguments, surroundings(environment or {})), arguments, within)


async def _done(process: asyncio.subprocess.Process | Program, arguments: Sequence[str], within: float) -> Done:
    try:
        out, err = await asyncio.wait_for(process.communicate(), within)
    except TimeoutError:
        process.kill()
        await process.wait()
        raise AssertionError(f"{arguments} did not end within {within:.0f} s") from None
    assert process.returncode is not None
    assert secrets_in(f"{out.decode()}\n{err.decode()}") == []
    return Done(process.returncode, out.decode(), err.decode())


def surroundings(more: Mapping[str, str]) -> dict[str, str]:
    """Return an environment with nothing in it that could lead elsewhere than to the stand-in."""
    names = ("PATH", "HOME", "LANG", "TMPDIR", "PYTHONPATH")
    known = {name: os.environ[name] for name in names if name in os.environ}
    return {**known, **more}


def a_config(
    folder: Path,
    azure: str,
    port: int,
    *,
    mode: str = "auto",
    steps: str = "",
    probe: str = "1s",
    confirm: float = 8.0,
    canary: str = "",
    cooldown: str = "60m",
    token: bool = True,
) -> str:
    """Return a configuration as in production, with times of seconds."""
    return f"""
[azure]
credential = "managed-identity"
arm_endpoint = "{azure}"
connect_timeout = "1s"
request_timeout = "2s"

[state]
url = "sqlite:///{folder}/state/aibwatch.db"

[http]
listen = "127.0.0.1:{port}"
{f'token_file = "{folder}/token"' if token else ""}

[poll]
templates = "1s"
probe = "{probe}"
service_health = "1s"

[policy]
hold_min = "1s"
hold_max = "1s"
min_outage_age = "1s"
recovery_min = "1s"
cooldown = "{cooldown}"
confirm_score = {confirm}

{canary}
[[group]]
name = "{GROUP}"
primary = "{PRIMARY}"
secondaries = ["{SECONDARY}"]
mode = "{mode}"
{steps}
"""


def free_port() -> int:
    """Return a port that was free a moment ago."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
        return port


class Daemon:
    """The real daemon in a process of its own, which may die and be started again on the same state."""

    def __init__(self, folder: Path, azure: str, **settings: Any) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        (folder / "token").write_text(TOKEN)
        self.config = folder / "config.toml"
        self.config.write_text(a_config(folder, azure, self.port, **settings))
        self.state = folder / "state"
        self._log = folder / "daemon.log"
        self._environment = {"AZURE_POD_IDENTITY_AUTHORITY_HOST": azure}
        self.without_plugins(without=False)
        self._process: Program | None = None
        self._copier: asyncio.Task[None] | None = None

    async def start(self, *, kill_at: str = "") -> "Daemon":
        """Start it; with `kill_at` it dies by itself at that point. See killer.py."""
        self._process = Program(["--config", str(self.config), "run"], surroundings(self._environment), kill_at=kill_at)
        # Not straight into a file: a story that forbids the daemon to write files wants to read its log all the same.
        self._copier = asyncio.create_task(self._process.copy_stderr(self._log))
        return self

    def without_plugins(self, *, without: bool = True) -> None:
        """Let it find the stories' plug-ins no more from its next start on, or find them again."""
        path = [*([] if without else [str(PLUGINS)]), *filter(None, [os.environ.get("PYTHONPATH")])]
        self._environment["PYTHONPATH"] = os.pathsep.join(path)

    @property
    def process(self) -> Program:
        assert self._process is not None, "not started"
        return self._process

    @property
    def log(self) -> str:
        return self._log.read_text()

    async def ended(self, within: float = USUAL) -> int:
        """Return the exit code; fail if it goes on for too long."""
        try:
            code = await asyncio.wait_for(self.process.wait(), within)
        except TimeoutError:
            raise AssertionError(f"still alive after {within:.0f} s; {self.last_words()}") from None
        assert self._copier is not None
        await self._copier
        return code

    async def kill(self) -> None:
        """Take its power away."""
        self.process.kill()
        assert await self.ended() == -signal.SIGKILL

    async def stop(self) -> int:
        """Ask it to stop as systemd would, and return the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return await self.ended(within=5.0)

    async def close(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
        if self._process is not None:
            await self.ended()
            assert secrets_in(self.log) == []

    def forbid_files(self, *, forbidden: bool = True) -> None:
        """Let every write to a file fail as on a full disk, or end that. Works against root too."""
        limit = 0 if forbidden else resource.RLIM_INFINITY
        resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))

    async def get(self, path: str) -> tuple[int, str]:
        """Return status and text of a page; (0, "") where nobody answers."""
        try:
            async with (
                aiohttp.ClientSession(timeout=LIMIT) as session,
                session.get(f"http://127.0.0.1:{self.port}{path}") as answer,
            ):
                return answer.status, await answer.text()
        except (aiohttp.ClientError, OSError):
            return 0, ""

    async def told(self, path: str) -> dict[str, Any]:
        """Return a page of the API; {} where nobody answers."""
        status, text = await self.get(f"/api/v1/{path}")
        return json.loads(text) if status == 200 else {}

    async def group(self) -> dict[str, Any]:
        return await self.told(f"groups/{GROUP}")

    async def ready(self) -> None:
        async def look() -> bool:
            assert self.process.returncode is None, f"died with {self.process.returncode}; {self.last_words()}"
            return (await self.get("/-/ready"))[0] == 200

        await until("the daemon is ready", look, seen=self.last_words)

    async def verdict(self, kind: str, region: str = "westeurope", *, within: float = USUAL) -> dict[str, Any]:
        """Wait until the region is judged so, and return the judgement."""

        async def look() -> dict[str, Any] | None:
            told = await self.told(f"regions/{region}")
            return told if told.get("verdict") == kind else None

        judged = await until(f"{region} is {kind}", look, within=within, seen=self.last_words)
        await self.ready()  # a region is judged before secondaries were looked at, and orders wait for that
        return judged

    async def noted(self, ending: str, *, within: float = USUAL) -> dict[str, Any]:
        """Wait until something whose `what` ends so is on record, and return it."""

        async def look() -> dict[str, Any] | None:
            entries = (await self.told("history")).get("history", [])
            return next((e for e in entries if e["what"].endswith(ending)), None)

        return await until(f'"...{ending}" is on record', look, within=within, seen=self.last_words)

    async def cli(self, *arguments: str) -> Done:
        """Run a command with this daemon's configuration."""
        return await run_aibwatch("--config", str(self.config), *arguments, environment=self._environment)

    async def script(self, *arguments: str) -> Done:
        """Run a command with this daemon's configuration, from scratch."""
        return await from_scratch(PROGRAM, "--config", str(self.config), *arguments, environment=self._environment)

    def last_words(self) -> str:
        """Return what to show where something is waited for in vain."""
        return f"the end of its log:\n{self.log[-3000:]}"


SECRETS = re.compile(
    rf"{TOKEN}|Bearer (?!\*\*\*)|\bsig=(?!\*\*\*)|whsec_|\beyJ|AccountKey=(?!\*\*\*)|[?&](?:sv|se|code)=",
    re.IGNORECASE,
)
"""What lets somebody in: the token of every story, and whatever looks like one of Azure's."""


def secrets_in(output: str) -> list[str]:
    """Return the lines of what a program wrote that have something in them that nobody should read."""
    return [line for line in output.splitlines() if SECRETS.search(line)]


@asynccontextmanager
async def a_daemon(folder: Path, azure: str, **settings: Any) -> AsyncIterator[Daemon]:
    """Give a daemon that is not started yet, and see to its end."""
    daemon = Daemon(folder, azure, **settings)
    try:
        yield daemon
    finally:
        await daemon.close()
