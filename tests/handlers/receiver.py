"""A receiver of webhooks that does what a test wants, over real HTTP on loopback."""

import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

Script = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Got:
    """One request, as it came."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass
class ScriptedReceiver:
    """Notes every request and answers by the script."""

    script: Script
    got: list[Got] = field(default_factory=list)
    base: str = ""

    async def take(self, request: web.Request) -> web.StreamResponse:
        headers = {name.lower(): value for name, value in request.headers.items()}
        body = await request.read()
        self.got.append(Got(method=request.method, target=request.path_qs, headers=headers, body=body))
        return await self.script(request)


def says(status: int, body: object = "", **headers: str) -> Script:
    """Answer with this status, and the body as text or as JSON."""
    text = body if isinstance(body, str) else json.dumps(body)
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, text=text, headers=named)

    return answer


async def hangs_up(request: web.Request) -> web.StreamResponse:
    """Take the request and break the connection."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def stops_in_the_body(request: web.Request) -> web.StreamResponse:
    """Send the status and the beginning of a body, and break off."""
    response = web.StreamResponse(status=200, headers={"Content-Length": "1000"})
    await response.prepare(request)
    await response.write(b"done")
    assert request.transport is not None
    request.transport.abort()
    return response


@asynccontextmanager
async def served(script: Script, tls: ssl.SSLContext | None = None) -> AsyncIterator[ScriptedReceiver]:
    """Serve on a free port of loopback until the block ends."""
    receiver = ScriptedReceiver(script)
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", receiver.take)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
        scheme, port = "https" if tls else "http", runner.addresses[0][1]
        receiver.base = f"{scheme}://127.0.0.1:{port}"
        yield receiver
    finally:
        await runner.cleanup()
