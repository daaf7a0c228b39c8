"""What the tests of the sources share: an Azure that answers as scripted, a credential that counts, a clock."""

import asyncio
import json
import os
import socket
import struct
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import web
from azure.core.credentials import AccessToken

from aibwatch.core.model import TemplateId
from aibwatch.sources.answer import RequestSeen
from aibwatch.sources.arm import Arm, ArmSettings
from aibwatch.sources.graph import Graph
from aibwatch.sources.survey.thrift import Thrift

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
SUBSCRIPTION = "11111111-1111-1111-1111-111111111111"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourcegroups/images-weu"
TYPE = "/providers/Microsoft.VirtualMachineImages/imageTemplates"
UBUNTU = TemplateId(f"{GROUP}{TYPE.lower()}/ubuntu")
RHEL = TemplateId(f"{GROUP}{TYPE.lower()}/rhel")
SIGNED = {"x-ms-request-id": "8c1e", "x-ms-correlation-request-id": "77aa"}
"""What tells an answer of Azure from a proxy's."""

Script = Callable[[web.Request], Awaitable[web.StreamResponse]]


def now() -> datetime:
    return NOW


def says(status: int = 200, body: object = None, *, azure: bool = True, **headers: str) -> Script:
    """Answer with JSON, or with bytes as they are, or with nothing."""

    async def answer(_: web.Request) -> web.StreamResponse:
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        usual = {"Content-Type": "application/json"}
        return web.Response(status=status, body=content, headers={**usual, **(SIGNED if azure else {}), **named})

    return answer


async def resets(request: web.Request) -> web.StreamResponse:
    """Cut the line without a word."""
    transport = request.transport
    assert transport is not None
    line = transport.get_extra_info("socket")
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
    return web.Response()


async def hangs(_: web.Request) -> web.StreamResponse:
    """Say nothing until the client leaves."""
    await asyncio.Event().wait()
    return web.Response()


def begins(content: bytes, *, status: int = 200, then: Script = hangs, **headers: str) -> Script:
    """Send the beginning of an answer, and then go on otherwise."""

    async def answer(request: web.Request) -> web.StreamResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        response = web.StreamResponse(status=status, headers={**SIGNED, **named})
        response.content_length = 10_000_000
        await response.prepare(request)
        await response.write(content)
        await then(request)
        return response

    return answer


@dataclass
class ScriptedAzure:
    """A server on loopback: says what it was told to say, and remembers what it was asked."""

    base: str = ""
    asked: list[tuple[str, str]] = field(default_factory=list)
    """Method and path with query."""
    tokens: list[str] = field(default_factory=list)
    """The Authorization header of each request, "" for none."""
    codings: list[str] = field(default_factory=list)
    """The Accept-Encoding header of each request."""
    _scripts: dict[tuple[str, str], list[Script]] = field(default_factory=lambda: defaultdict(list))
    _runner: web.AppRunner | None = None

    def on(self, path: str, *scripts: Script, method: str = "GET") -> None:
        """Answer requests for `path` with the scripts in turn; the last one stays."""
        self._scripts[method, path.lower()] = list(scripts)

    def count(self, method: str, path: str) -> int:
        return sum(1 for m, p in self.asked if m == method and p.partition("?")[0].lower() == path.lower())

    async def start(self, ssl_context: Any = None) -> None:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.5)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0, ssl_context=ssl_context).start()
        port = self._runner.addresses[0][1]
        self.base = f"{'https' if ssl_context else 'http'}://127.0.0.1:{port}"

    async def stop(self) -> None:
        if self._runner:
            await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append((request.method, request.raw_path))
        self.tokens.append(request.headers.get("Authorization", ""))
        self.codings.append(request.headers.get("Accept-Encoding", ""))
        scripts = self._scripts.get((request.method, request.path.lower()), [])
        if not scripts:
            return await says(404, {"error": {"code": "ResourceNotFound", "message": "no script"}})(request)
        return await (scripts.pop(0) if len(scripts) > 1 else scripts[0])(request)


class Purse:
    """A credential: counts the tokens that it gives, and can be made to fail or to keep one waiting."""

    def __init__(self, trouble: Exception | None = None, *, slow: bool = False) -> None:
        self.trouble = trouble
        self.slow = slow
        self.given = 0
        self.claims: list[str | None] = []
        self.closed = False

    async def get_token(self, *_scopes: str, claims: str | None = None, **_: Any) -> AccessToken:
        if self.slow:
            await asyncio.Event().wait()
        if self.trouble:
            raise self.trouble
        self.given += 1
        self.claims.append(claims)
        return AccessToken(f"token-{self.given}", 4_000_000_000)

    async def close(self) -> None:
        self.closed = True

    async def __aenter__(self) -> "Purse":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


@dataclass
class Rig:
    """A scripted Azure, the way to it, and what the metrics saw."""

    azure: ScriptedAzure
    arm: Arm
    purse: Purse
    seen: list[RequestSeen]


async def no_pause(_length: timedelta) -> None:
    """Wait for nothing: who would be throttled here has gone wrong."""
    raise AssertionError("nothing here is throttled")


def a_graph(rig: Rig) -> Graph:
    """Return the Resource Graph of a rig."""
    return Graph(rig.arm, no_pause)


def a_thrift(rig: Rig) -> Thrift:
    """Return a round of asking in which a fault of ours is no answer."""

    def on_fault(fault: Exception) -> None:
        raise fault

    return Thrift(rig.arm, now, on_fault=on_fault)


def settings(endpoint: str, **changes: Any) -> ArmSettings:
    usual: dict[str, Any] = {
        "scopes": ("https://management.azure.com/.default",),
        "connect_timeout": timedelta(seconds=1),
        "request_timeout": timedelta(seconds=5),
    }
    return ArmSettings(endpoint=endpoint, **{**usual, **changes})


def a_template(name: str = "ubuntu", run: Mapping[str, object] | None = None, **properties: object) -> dict[str, Any]:
    """Return a template as the service shows it, with the letter case of the service."""
    status = {} if run is None else {"lastRunStatus": run}
    return {
        "id": f"{GROUP}{TYPE}/{name}",
        "name": name,
        "type": "Microsoft.VirtualMachineImages/imageTemplates",
        "location": "westeurope",
        "properties": {"provisioningState": "Succeeded", "buildTimeoutInMinutes": 0, **status, **properties},
    }


def a_run(state: str = "Succeeded", **changes: object) -> dict[str, object]:
    """Return a lastRunStatus, as nine-digit times and all."""
    usual = {
        "startTime": "2026-03-02T09:00:00.123456789Z",
        "endTime": "2026-03-02T09:20:00.98765432Z",
        "runState": state,
        "message": "",
    }
    return {**usual, **changes}


def shared() -> Path | None:
    """Return the folder of recorded traffic, if this machine has it."""
    folder = Path(os.environ.get("AIBWATCH_SHARED") or Path(__file__).parents[2].parent / "shared")
    return folder if (folder / "azure" / "recordings").is_dir() else None
