"""Listen, let in, and stand before every request: who asks, is it all there, and is it answered in time.

Rules: a password is looked at before anything of a request is understood, its body is read whole before anybody works
on it, and what the web config file wants in every answer is in every answer, refusals included.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import cast

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.web_protocol import RequestHandler

from aibwatch.runtime.door.guard import Guard
from aibwatch.runtime.door.limits import LARGEST_BODY, LONGEST_LINE, MOST_HEADERS, Limits
from aibwatch.runtime.door.passwords import BusyError, Passwords
from aibwatch.runtime.door.visitor import Cut, Hall, Visitor

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Entrance:
    """The way in to one application."""

    def __init__(
        self,
        guard: Guard | None = None,
        *,
        limits: Limits | None = None,
        seen: Callable[[Cut], None] = lambda _: None,
    ) -> None:
        """`seen` is told of everybody who is not served."""
        self._guard, self._limits, self._seen = guard or Guard(), limits or Limits(), seen
        self._hall = Hall(self._limits, seen)
        self._passwords = Passwords()
        self._server: asyncio.Server | None = None
        self._runner: web.AppRunner | None = None

    def application(self) -> web.Application:
        """Return an application that is entered here."""
        app = web.Application(client_max_size=LARGEST_BODY, middlewares=[self._receive])
        app.on_response_prepare.append(self._dress)
        return app

    async def open(self, app: web.Application, host: str, port: int) -> str:
        """Begin to listen; return the address, with the port that port 0 became.

        Raises:
            OSError: if the address is taken or not ours.
        """
        self._runner = web.AppRunner(
            app,
            access_log=None,
            logger=_logger(self._seen),
            keepalive_timeout=2 * self._limits.between.total_seconds(),  # ours comes first
            max_line_size=LONGEST_LINE,
            max_field_size=LONGEST_LINE,
            max_headers=MOST_HEADERS,
            lingering_time=self._limits.linger.total_seconds(),
            auto_decompress=False,  # nobody sends us that much, and a bomb unfolds here
        )
        await self._runner.setup()
        make = cast(Callable[[], RequestHandler], self._runner.server)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: Visitor(self._hall, self._guard, make), host, port)
        bound = self._server.sockets[0].getsockname()
        name = f"[{bound[0]}]" if ":" in bound[0] else bound[0]
        return f"{'https' if self._guard.tls else 'http'}://{name}:{bound[1]}"

    async def close(self) -> None:
        """Finish what is being answered and stop listening."""
        if self._server is not None:
            self._server.close()
        if self._runner is not None:
            await self._runner.cleanup()
        self._hall.cut_all()

    @web.middleware
    async def _receive(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        visitor = self._hall.of(request.protocol)
        if visitor is not None:
            visitor.asked()
        try:
            await self._demand(request)
            await self._read(request)
            return await handler(request)
        finally:
            if visitor is not None:
                visitor.answered()

    async def _demand(self, request: web.Request) -> None:
        """Return if whoever asks is one of the users, where there are any."""
        users = self._guard.users
        if not users:
            return
        try:
            if await self._passwords.admits(users, request.headers.get("Authorization", "")):
                return
        except BusyError as error:
            self._seen(Cut.PASSWORD)
            text = "too many passwords are being looked at; try again in some seconds\n"
            raise web.HTTPServiceUnavailable(text=text, headers={"Retry-After": "5"}) from error
        self._seen(Cut.PASSWORD)
        headers = {"WWW-Authenticate": 'Basic realm="aibwatch", charset="UTF-8"'}
        raise web.HTTPUnauthorized(text="name and password are missing or wrong\n", headers=headers)

    async def _read(self, request: web.Request) -> None:
        """Read the body into the request, from where handlers have it at once."""
        try:
            async with asyncio.timeout(self._limits.body.total_seconds()):
                await request.read()
        except TimeoutError as error:
            self._seen(Cut.SLOW_REQUEST)
            late = web.HTTPRequestTimeout(text="the request did not come to its end in time\n")
            late.force_close()
            raise late from error

    async def _dress(self, _: web.Request, answer: web.StreamResponse) -> None:
        for name, value in self._guard.headers.items():
            answer.headers.setdefault(name, value)


def _logger(seen: Callable[[Cut], None]) -> logging.Logger:
    """Return where aiohttp tells of faults of ours. What strangers send is counted and does not fill the log."""
    logger = logging.Logger("aibwatch.http")
    logger.parent = logging.getLogger("aiohttp.server")

    def ours(record: logging.LogRecord) -> bool:
        fault = record.exc_info[1] if record.exc_info else None
        strange = isinstance(fault, HttpProcessingError)
        if strange:
            seen(Cut.GARBAGE)
        return not strange and record.levelno > logging.DEBUG

    logger.setLevel(logging.DEBUG)  # at which it tells of those who speak TLS here
    logger.addFilter(ours)
    return logger
