"""Serve Control on a real port, with a real loop and a real journal behind it, and a group that halted."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

import aiohttp
from prometheus_client import CollectorRegistry

from aibwatch.core.actions import LookForBuild, RunBuild
from aibwatch.core.decision import Reply
from aibwatch.core.events import Event, Ordered, Ticked
from aibwatch.core.model import WELL, Diagnosis, Options, Region, TemplateId
from aibwatch.core.move.move import StepResult
from aibwatch.core.policy import Setup
from aibwatch.core.state import Phase, State
from aibwatch.handlers.api import Handler
from aibwatch.handlers.loader import UnknownHandlerError
from aibwatch.runtime.builds_http import BuildPages
from aibwatch.runtime.clock import Clock
from aibwatch.runtime.control import Control, Ways
from aibwatch.runtime.executor import Executor, Ports
from aibwatch.runtime.http import Http, Served
from aibwatch.runtime.loop import Loop
from aibwatch.runtime.metrics import Metrics
from aibwatch.runtime.past import PastReader
from aibwatch.runtime.preview import Preview
from aibwatch.runtime.recorder import Recorder
from aibwatch.runtime.store import Store
from aibwatch.runtime.token import Token
from aibwatch.views.history import Recorded
from tests.core.builders import Play, a_group, a_template_id

TOKEN = "a-token-that-nobody-guesses"
ORDER = {"owner": "ann", "reason": "the gallery was full"}
LIMIT = aiohttp.ClientTimeout(total=5)


@cache
def a_story() -> Play:
    """Return a state in which "base" halted and "web" only watches."""
    web = a_group("web", primary=a_template_id("web"))
    play = Play(a_group(), web).run(2)
    play.break_region()
    play.step_results = [StepResult.NEVER]
    return play.until("halted")


class StoryClock(Clock):
    """Stands where the story ended."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


@dataclass
class Site:
    """A daemon's web server and its loop."""

    base: str
    loop: Loop
    recorder: Recorder
    consumer: asyncio.Task[None]
    clock: Clock
    registry: CollectorRegistry

    async def reset(
        self,
        group: str = "base",
        *,
        token: str | None = TOKEN,
        json: object = None,
        data: bytes | None = None,
        **more: str,
    ) -> "Told":
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        body = (ORDER if json is None else json) if data is None else None
        return await self.post(f"/api/v1/groups/{group}/reset", headers | more, json=body, data=data)

    async def post(self, path: str, headers: dict[str, str], **body: object) -> "Told":
        async with (
            aiohttp.ClientSession(timeout=LIMIT) as session,
            session.post(self.base + path, headers=headers, **body) as answer,  # type: ignore[arg-type]  # json or data
        ):
            return Told(answer.status, dict(answer.headers), await answer.text())

    async def phase(self, group: str = "base") -> Phase:
        """Return the group's phase once everything that was ordered is decided."""
        await asyncio.wait_for(self.loop.settled(), 5)
        return self.loop.state.groups[group].phase

    async def notes(self) -> tuple[Recorded, ...]:
        await asyncio.wait_for(self.loop.settled(), 5)
        return await self.recorder.call(self.recorder.journal.notes)


@dataclass(frozen=True)
class Told:
    """An answer."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def said(self) -> str:
        """What an order was answered, without the JSON around it."""
        return str(json.loads(self.text)["text"])


def a_control(
    token: str,
    *,
    state: Callable[[], State],
    setup: Callable[[], Setup],
    order: Callable[[Ordered], Awaitable[Reply]],
    now: Callable[[], datetime],
    refused: Callable[[], None] = lambda: None,
) -> Control:
    """Return what takes orders, with handlers that are not there and a configuration that is never read again."""
    preview = Preview(find=no_handler, state=state, setup=setup, now=now)
    ways = Ways(state=state, setup=setup, now=now, order=order, preview=preview.of, reload=lambda: ())
    return Control(Token(token, refused), ways)


@asynccontextmanager
async def a_site(folder: Path, token: str = TOKEN) -> AsyncIterator[Site]:
    """Give a site on a free port of loopback."""
    play = a_story()
    clock = StoryClock(play.now)
    recorder = Recorder(Store(f"sqlite:///{folder}/aibwatch.db"))
    loop = Loop(
        setup=play.setup, state=play.state, recorder=recorder, executor=_no_executor(recorder, clock), clock=clock
    )
    metrics = Metrics(clock.now)
    control = a_control(
        token,
        state=lambda: loop.state,
        setup=lambda: loop.setup,
        order=loop.order,
        now=clock.now,
        refused=metrics.order_refused,
    )
    pages = BuildPages(lambda: loop.state)
    http = Http(_served(loop, metrics, clock, recorder), [*control.routes(), *pages.routes()])
    base = await http.start("127.0.0.1", 0)
    consumer = asyncio.create_task(loop.run())
    try:
        yield Site(base, loop, recorder, consumer, clock, metrics.registry)
    finally:
        await http.stop()
        for _ in range(5):  # one may be lost in the middle of a write; see tests/app/test_stopping.py
            consumer.cancel()
            await asyncio.wait({consumer}, timeout=1)
            if consumer.done():
                break
        if not consumer.cancelled():
            consumer.exception()
        recorder.close()


def _no_executor(recorder: Recorder, clock: Clock) -> Executor:
    async def poll(_: tuple[Region, ...]) -> None:
        return None

    async def outputs(_: TemplateId, __: datetime | None) -> tuple[str, ...]:
        return ()

    async def run(_: TemplateId) -> None:
        return None

    async def exclude(_: str) -> Diagnosis:
        return WELL

    async def check(_: str) -> None:
        return None

    async def no_build(_: LookForBuild | RunBuild) -> Event:
        return Ticked()

    ports = Ports(
        find=no_handler,
        poll_afresh=poll,
        check=check,
        read_outputs=outputs,
        exclude=exclude,
        run_canary=run,
        build=no_build,
        observe_step=lambda *_: None,
    )
    return Executor(recorder, ports, clock)


def no_handler(name: str, _: Options) -> Handler:
    """Find nothing: nothing is moved here."""
    raise UnknownHandlerError(f"no handler {name!r} is installed")


def _served(loop: Loop, metrics: Metrics, clock: Clock, recorder: Recorder) -> Served:
    return Served(
        state=lambda: loop.state,
        setup=lambda: loop.setup,
        now=clock.now,
        ready=lambda: True,
        decided_at=lambda: loop.decided_at,
        registry=metrics.registry,
        past=PastReader(recorder, clock.now),
    )
