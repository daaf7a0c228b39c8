"""Serve a world over HTTP on loopback: tokens as the metadata service gives them, ARM, and the drill's own paths.

The order of an answer: path, token, api-version, body, right, trouble, deed. A trouble is met only by a request that
would otherwise have been understood. This module decides nothing about templates.
"""

import asyncio
import contextlib
import ipaddress
import json
import socket
import ssl
import struct
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime

from aiohttp import web

from aibwatch.simulator.ask import Ask
from aibwatch.simulator.drill import PREFIX, drill
from aibwatch.simulator.journal import Entry, Journal
from aibwatch.simulator.machine import COMPUTE_PATH, INSTANCE_PATH, machine
from aibwatch.simulator.refusal import Refusal
from aibwatch.simulator.reply import Reply, arm, dressed, refused
from aibwatch.simulator.route import Call, call_of, methods_of
from aibwatch.simulator.scenario import Scenario
from aibwatch.simulator.service import Service
from aibwatch.simulator.spoil import foreign, spoilt, unauthorized
from aibwatch.simulator.tokens import Tokens
from aibwatch.simulator.trouble import Answer, Operation, Trouble
from aibwatch.simulator.wire import JSON_TYPE
from aibwatch.simulator.world import World

MAX_BODY = 1024 * 1024
"""Bytes read of a client's body; the largest real template has a few kilobytes."""
HUGE = 51 * 1024 * 1024
"""Bytes of the answer "huge": more than 50 MB, which no client should take."""
GRACE = 2.0
"""Seconds given to requests under way when the stand-in closes."""
TOKEN_PATH = "/metadata/identity/oauth2/token"  # noqa: S105 - a path


class ListenError(ValueError):
    """An address the stand-in will not listen on."""


class StandIn:
    """The stand-in for Azure. Make it, `start` it, `close` it; or mount `app` in a server of your own."""

    def __init__(
        self, world: World | Scenario, now: Callable[[], datetime], pause: Callable[[float], Awaitable[None]]
    ) -> None:
        self.world = world if isinstance(world, World) else World(world, now)
        self._pause = pause
        self._service = Service(self.world)
        self._tokens = Tokens(self.world.scenario.seed)
        self._journal = Journal()
        self._closing = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self.app = web.Application(client_max_size=MAX_BODY)
        self.app.router.add_route("*", "/{path:.*}", self._handle)

    async def start(self, host: str, port: int = 0, ssl_context: ssl.SSLContext | None = None) -> str:
        """Listen and return the base URL; port 0 takes a free one. Raises ListenError, or OSError for a taken port."""
        _check_loopback(host)
        self._closing.clear()
        # A client that leaves must end its handler: "timeout" would hold it for ever.
        self._runner = web.AppRunner(self.app, access_log=None, handler_cancellation=True, shutdown_timeout=GRACE)
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port, ssl_context=ssl_context)
        try:
            await site.start()
        except OSError:
            await self.close()
            raise
        address: tuple[str, int] = self._runner.addresses[0]
        name = f"[{host}]" if ":" in host else host
        return f"{'http' if ssl_context is None else 'https'}://{name}:{address[1]}"

    async def close(self) -> None:
        """Stop listening; whoever waits for an answer is cut off."""
        self._closing.set()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        now = self.world.time()
        if request.path.startswith(PREFIX):
            return _response(await self._drill(request), now)
        entry = self._journal.open(now.isoformat(), request.method, request.path)
        try:
            if request.path.startswith("/metadata/"):
                return await self._metadata(request, entry, now)
            ask = await self._understand(request, now)
        except Refusal as refusal:
            answer = unauthorized(refusal) if refusal.status == 401 else refused(refusal)
            return self._send(answer, None, entry)
        return await self._arm(request, ask, entry)

    async def _drill(self, request: web.Request) -> Reply:
        try:
            return drill(request.method, request.path, await _read(request), self.world, self._journal)
        except Refusal as refusal:
            return replace(refused(refusal), bare=True)

    async def _metadata(self, request: web.Request, entry: Entry, now: datetime) -> web.StreamResponse:
        if request.method != "GET" or request.path not in (TOKEN_PATH, INSTANCE_PATH, COMPUTE_PATH):
            raise Refusal(404, "NotFound", f"Known here are GET {TOKEN_PATH}, {INSTANCE_PATH} and {COMPUTE_PATH}.")
        if request.path != TOKEN_PATH:
            told = machine(request.path, request.headers, request.query, self.world.scenario)
            return self._send(replace(arm(*told), bare=True), None, entry)
        entry.operation = Operation.TOKEN

        def issue() -> Reply:
            status, body = self._tokens.issue(request.headers, request.query, now)
            return replace(arm(status, body), bare=True)

        return await self._answer(request, Operation.TOKEN, (), "", issue, entry, _as_it_is)

    async def _understand(self, request: web.Request, now: datetime) -> Ask:
        call = _call(request)
        self._tokens.check(request.headers.get("Authorization", ""), now)
        query = {name.lower(): value for name, value in request.query.items()}
        if not query.get("api-version"):
            text = "The api-version query parameter (?api-version=) is required for all requests."
            raise Refusal(400, "MissingApiVersionParameter", text)
        content = await _read(request)
        carries = request.method in ("PUT", "PATCH") or call.operation is Operation.GRAPH
        sent = _json_of(content) if carries else None
        return Ask(
            call=call,
            method=request.method,
            origin=str(request.url.origin()),
            path=request.path,
            query=query,
            sent=sent,
        )

    async def _arm(self, request: web.Request, ask: Ask, entry: Entry) -> web.StreamResponse:
        regions = self._service.regions(ask)
        entry.operation, entry.region = ask.call.operation, ",".join(regions)
        name = ask.call.name("name")
        note = self._noting(request, ask) if ask.call.operation is Operation.RUN else _as_it_is
        if (refusal := self._service.forbidden(ask)) is not None:
            return self._send(note(refused(refusal)), None, entry)
        return await self._answer(
            request, ask.call.operation, regions, name, lambda: self._service.perform(ask), entry, note
        )

    def _noting(self, request: web.Request, ask: Ask) -> Callable[[Reply], Reply]:
        """Return what keeps a call to run for the Activity Log, under the correlation id of its answer."""
        came, client_id = self.world.time(), request.headers.get("x-ms-client-request-id", "")

        def note(reply: Reply) -> Reply:
            if reply.bare:
                return reply  # something before ARM has answered: ARM knows of no call
            correlation = self.world.note_call(ask.call.key, came, reply, client_id)
            return replace(reply, headers={**reply.headers, "x-ms-correlation-request-id": correlation})

        return note

    async def _answer(
        self,
        request: web.Request,
        operation: Operation,
        regions: tuple[str, ...],
        template: str,
        act: Callable[[], Reply],
        entry: Entry,
        note: Callable[[Reply], Reply],
    ) -> web.StreamResponse:
        trouble = self.world.meet(operation, regions, template)
        if trouble is None:
            return self._send(note(act()), operation, entry)
        entry.trouble = trouble.answer
        # Done before the answer is spoilt, without an await between: the effect is whole or it is not there.
        done = act() if trouble.effect or trouble.answer is Answer.RESET_AFTER else None
        match trouble.answer:
            case Answer.TIMEOUT:
                await self._closing.wait()
                return _cut(request)
            case Answer.RESET | Answer.RESET_AFTER:
                if done is not None:
                    note(done)
                return _cut(request)
            case Answer.SLOW:
                await self._pause(trouble.delay)
                return self._send(note(done or act()), operation, entry)
            case Answer.HUGE:
                entry.status = 200
                return await _stream(request)
            case Answer.FOREIGN_NEXT_LINK:
                return self._send(foreign(note(done or act())), operation, entry)
            case _:
                return self._send(note(self._spoilt(trouble, operation, request)), operation, entry)

    def _spoilt(self, trouble: Trouble, operation: Operation, request: web.Request) -> Reply:
        return spoilt(trouble, operation, request.path, self.world.time())

    def _send(self, answer: Reply, operation: Operation | None, entry: Entry) -> web.Response:
        entry.status, entry.lacking = answer.status, answer.lacking
        now = self.world.time()
        return _response(dressed(answer, operation, now), now)


def _check_loopback(host: str) -> None:
    try:
        safe = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        safe = False
    if not safe:
        raise ListenError(
            f"the stand-in gives a token to whoever asks, so it listens on loopback only; "
            f"use 127.0.0.1 instead of {host!r}"
        )


def _as_it_is(reply: Reply) -> Reply:
    return reply


def _call(request: web.Request) -> Call:
    if call := call_of(request.method, request.path):
        return call
    if methods := methods_of(request.path):
        text = f"The method '{request.method}' is not supported here; use {', '.join(methods)}."
        raise Refusal(405, "MethodNotAllowed", text)
    raise Refusal(
        404, "InvalidResourceType", f"The resource type could not be found for the path '{request.path[:200]}'."
    )


async def _read(request: web.Request) -> bytes:
    try:
        return await request.read()
    except web.HTTPRequestEntityTooLarge as error:
        text = f"The request content is larger than {MAX_BODY} bytes."
        raise Refusal(413, "RequestContentTooLarge", text) from error


def _json_of(content: bytes) -> object:
    try:
        return json.loads(content)
    except ValueError as error:
        text = f"The request content was invalid and could not be deserialized: '{error}'."
        raise Refusal(400, "InvalidRequestContent", text) from error


def _response(answer: Reply, now: datetime) -> web.Response:
    if answer.bare:
        answer = dressed(answer, None, now)
    response = web.Response(status=answer.status, body=answer.content, headers=answer.headers)
    if answer.closes:
        response.force_close()
    return response


def _cut(request: web.Request) -> web.Response:
    if (transport := request.transport) is not None:
        if (line := transport.get_extra_info("socket")) is not None:
            # Lingering for 0 seconds turns the close into a reset.
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    return web.Response(status=500)  # never sent: there is no line any more


async def _stream(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": JSON_TYPE})
    item = b'{"filler":"' + b"x" * 65_500 + b'"},'
    with contextlib.suppress(ConnectionError):  # the client has had enough
        await response.prepare(request)
        await response.write(b'{"value":[')
        for _ in range(HUGE // len(item) + 1):
            await response.write(item)
        await response.write(b"{}]}")
        await response.write_eof()
    return response
