"""Serve one small application behind the door, and knock in ways that no library would."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import aiohttp
from aiohttp import web

from aibwatch.runtime.door.entrance import Entrance
from aibwatch.runtime.door.guard import Guard
from aibwatch.runtime.door.limits import Limits
from aibwatch.runtime.door.visitor import Cut
from tests.waiting import until

SOON, LONG = timedelta(milliseconds=300), timedelta(seconds=30)
PATIENT = Limits(greeting=LONG, headers=LONG, body=LONG, between=LONG, linger=SOON)
LARGE = 20 * 1024 * 1024
"""Bytes of the large answer: more than the buffers of the kernel take."""


@dataclass
class House:
    """What is behind the door, and who was not served."""

    entrance: Entrance
    guard: Guard
    cuts: list[Cut]
    asked: list[str] = field(default_factory=list)
    base: str = ""

    @property
    def port(self) -> int:
        return int(self.base.rpartition(":")[2])

    async def get(self, path: str = "/", *, auth: str = "", trust: ssl.SSLContext | None = None) -> int:
        """Return the status of an ordinary question."""
        headers = {"Authorization": aiohttp.encode_basic_auth(*auth.split(":"))} if auth else {}
        async with (
            aiohttp.ClientSession(headers=headers) as session,
            session.get(self.base + path, ssl=trust or True) as answer,
        ):
            await answer.read()
            return answer.status

    async def knock(self, text: bytes = b"") -> "Knock":
        """Return a bare connection, with this sent."""
        knock = Knock(*await asyncio.open_connection("127.0.0.1", self.port))
        knock.writer.write(text)
        return knock

    async def cut_for(self, cut: Cut) -> None:
        """Wait until somebody was not served for this reason."""

        async def look() -> bool:
            return cut in self.cuts

        await until(f"{cut} is counted", look, within=10, seen=lambda: self.cuts)


@dataclass
class Knock:
    """A connection without a library."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def rest(self) -> bytes:
        """Return what comes until the other side hangs up."""
        try:
            async with asyncio.timeout(10):
                return await self.reader.read()
        except ConnectionError:
            return b""
        finally:
            self.close()

    def close(self) -> None:
        self.writer.transport.abort()


@contextlib.asynccontextmanager
async def a_house(limits: Limits = PATIENT, file: Path | None = None) -> AsyncIterator[House]:
    """Open a house that answers "/", "/large" and POST, and close it."""
    cuts: list[Cut] = []
    guard = Guard(file)
    house = House(entrance=Entrance(guard, limits=limits, seen=cuts.append), guard=guard, cuts=cuts)

    async def answer(request: web.Request) -> web.Response:
        house.asked.append(await request.text())
        return web.Response(text="here")

    async def large(_: web.Request) -> web.Response:
        return web.Response(body=bytes(LARGE))

    app = house.entrance.application()
    app.add_routes([web.get("/", answer), web.post("/", answer), web.get("/large", large)])
    house.base = (await house.entrance.open(app, "127.0.0.1", 0)).replace("127.0.0.1", "localhost")
    try:
        yield house
    finally:
        await house.entrance.close()
