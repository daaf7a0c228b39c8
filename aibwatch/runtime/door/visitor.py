"""Keep one connection to its times, from its first byte to its last.

Rules: at any moment there is a time by which something must have happened, and who misses it is cut off; bytes that
trickle in do not put it off. When there are too many, the one that we have waited for longest makes room, so that
those who come to be silent keep nobody out. Whoever works on an answer is never cut off for others.
This module does not know what is asked, nor HTTP: it is told when a request's headers are in, and when it is answered.
"""

import asyncio
import ssl
from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum
from typing import Protocol

from aiohttp.web_protocol import RequestHandler

from aibwatch.runtime.door.limits import Limits


class Cut(StrEnum):
    """Why somebody was not served. The values are labels of a metric."""

    CROWD = "crowd"
    """There were too many connections."""
    HANDSHAKE = "handshake"
    """No TLS came about, or without the certificate that was asked for."""
    SLOW_REQUEST = "slow_request"
    SLOW_READER = "slow_reader"
    GARBAGE = "garbage"
    """It is no HTTP, or has more of it than is read."""
    PASSWORD = "password"  # noqa: S105 - a word, not one


class Lock(Protocol):
    """What is asked of those who connect, at the moment."""

    @property
    def tls(self) -> ssl.SSLContext | None:
        """Return how to speak TLS; None for plain HTTP."""

    @property
    def client_names(self) -> tuple[str, ...]:
        """Return the names of which a client's certificate must have one; none for any."""


class Hall:
    """All who are connected."""

    def __init__(self, limits: Limits, seen: Callable[[Cut], None]) -> None:
        """`seen` is told of everybody who is not served."""
        self.limits, self.seen = limits, seen
        self._inside: dict[Visitor, None] = {}
        self._awaited: dict[Visitor, None] = {}
        """Those whose turn it is, the one that we have waited for longest first."""
        self._served_by: dict[RequestHandler, Visitor] = {}

    def __len__(self) -> int:
        return len(self._inside)

    def admit(self, visitor: "Visitor") -> bool:
        """Return whether there is room, having made some where that is possible."""
        if len(self._inside) >= self.limits.connections:
            oldest = next(iter(self._awaited), None)
            self.seen(Cut.CROWD)
            if oldest is None:
                return False
            oldest.cut()
        self._inside[visitor] = None
        self.awaits(visitor)
        return True

    def awaits(self, visitor: "Visitor") -> None:
        """Note that the visitor has to do something now."""
        self._awaited.pop(visitor, None)
        self._awaited[visitor] = None

    def works_for(self, visitor: "Visitor") -> None:
        """Note that we have to do something now."""
        self._awaited.pop(visitor, None)

    def seat(self, visitor: "Visitor", handler: RequestHandler) -> None:
        """Note by whom the visitor is served."""
        self._served_by[handler] = visitor

    def left(self, visitor: "Visitor", handler: RequestHandler | None) -> None:
        """Forget the visitor."""
        self._inside.pop(visitor, None)
        self._awaited.pop(visitor, None)
        if handler is not None:
            self._served_by.pop(handler, None)

    def of(self, handler: object) -> "Visitor | None":
        """Return who is served there."""
        return self._served_by.get(handler) if isinstance(handler, RequestHandler) else None

    def cut_all(self) -> None:
        """Cut off everybody."""
        for visitor in list(self._inside):
            visitor.cut()


class Visitor(asyncio.Protocol):
    """One connection. It stands between the transport and aiohttp, which does the rest."""

    def __init__(self, hall: Hall, lock: Lock, handler: Callable[[], RequestHandler]) -> None:
        self._hall, self._lock, self._make_handler = hall, lock, handler
        self._loop = asyncio.get_running_loop()
        self._handler: RequestHandler | None = None
        self._transport: asyncio.Transport | None = None
        self._wire: asyncio.Transport | None = None
        """What is beneath TLS. Only there it shows what was not taken yet: TLS itself hands on everything at once."""
        self._early: list[bytes] = []
        """What was sent along with the end of the handshake, before there was anybody to read it."""
        self._greeting: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._late = Cut.SLOW_REQUEST
        self._resting = self._cut_off = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Let in whoever there is room for."""
        if not isinstance(transport, asyncio.Transport):
            raise TypeError(f"not a stream: {transport!r}")
        self._transport = self._wire = transport
        if not self._hall.admit(self):
            transport.abort()
            return
        context = self._lock.tls
        if context is None:
            self._enter(transport)
            return
        transport.pause_reading()  # what comes now is for the TLS layer, which is not there yet
        self._until(self._hall.limits.greeting, Cut.HANDSHAKE)
        self._greeting = self._loop.create_task(self._greet(transport, context))

    async def _greet(self, transport: asyncio.Transport, context: ssl.SSLContext) -> None:
        """Speak TLS from here on. The context is that of this moment, so that a new certificate counts at once."""
        limits = self._hall.limits
        try:
            secured = await self._loop.start_tls(
                transport,
                self,
                context,
                server_side=True,
                ssl_handshake_timeout=limits.greeting.total_seconds(),
                ssl_shutdown_timeout=limits.greeting.total_seconds(),
            )
        except (OSError, ssl.SSLError):  # whatever the other side did wrong, or that it hung up
            self._refuse(transport)
            return
        if secured is None or transport.is_closing() or not self._known(secured):
            self._refuse(secured or transport)
            return
        self._enter(secured)

    def _refuse(self, transport: asyncio.Transport) -> None:
        if not self._cut_off:
            self._hall.seen(Cut.HANDSHAKE)
        transport.abort()
        self.connection_lost(None)

    def _known(self, transport: asyncio.Transport) -> bool:
        wanted = self._lock.client_names
        if not wanted:
            return True
        shown = transport.get_extra_info("peercert") or {}
        return any(name in wanted for _, name in shown.get("subjectAltName", ()))

    def _enter(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._handler = self._make_handler()
        self._hall.seat(self, self._handler)
        self._until(self._hall.limits.headers, Cut.SLOW_REQUEST)
        self._handler.connection_made(transport)
        for data in self._early:
            self._handler.data_received(data)
        self._early.clear()

    def data_received(self, data: bytes) -> None:
        """Hand on what came; with the first byte of a further request its time begins."""
        if self._resting:
            self._resting = False
            self._until(self._hall.limits.headers, Cut.SLOW_REQUEST)
        if self._handler is None:
            self._early.append(data)
        else:
            self._handler.data_received(data)

    def eof_received(self) -> None:
        """Hand on that nothing more comes."""
        if self._handler is not None:
            self._handler.eof_received()

    def pause_writing(self) -> None:
        """Hand on that the other side does not read."""
        if self._handler is not None:
            self._handler.pause_writing()

    def resume_writing(self) -> None:
        """Hand on that it does."""
        if self._handler is not None:
            self._handler.resume_writing()

    def connection_lost(self, exc: BaseException | None) -> None:
        """Forget it; called twice where TLS did not come about."""
        if self._timer is not None:
            self._timer.cancel()
        handler, self._handler = self._handler, None
        self._hall.left(self, handler)
        if handler is not None:
            handler.connection_lost(exc)

    def asked(self) -> None:
        """Take note that the headers of a request are in: now it is on us."""
        self._resting = False
        self._hall.works_for(self)
        limits = self._hall.limits
        self._until(limits.body + limits.work, Cut.SLOW_REQUEST)

    def answered(self) -> None:
        """Take note that the answer is on its way: now it is on the other side to take it, and to ask again."""
        self._resting = True
        self._hall.awaits(self)
        self._until(self._hall.limits.between, Cut.SLOW_READER)

    def cut(self) -> None:
        """End the connection, whatever is under way."""
        self._cut_off = True
        if self._wire is not None:
            self._wire.abort()
        self.connection_lost(None)

    def _until(self, within: timedelta, late: Cut) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._late = late
        self._timer = self._loop.call_later(within.total_seconds(), self._overdue)

    def _overdue(self) -> None:
        transport, wire = self._transport, self._wire
        if transport is None or wire is None:
            return
        untaken = transport.get_write_buffer_size() + wire.get_write_buffer_size()
        if self._resting and not untaken:
            transport.close()  # it took everything and has no more questions
            self._resting = False
            self._until(self._hall.limits.greeting, self._late)
            return
        if not transport.is_closing() or untaken:
            self._hall.seen(self._late)
        self.cut()
