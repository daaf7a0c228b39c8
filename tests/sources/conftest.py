"""Open what the tests of the sources need, and close it again."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest

from aibwatch.sources.answer import RequestSeen
from aibwatch.sources.arm import Arm

from .support import Purse, Rig, ScriptedAzure, now, settings

Open = Callable[..., Awaitable[Rig]]


@pytest.fixture
async def elsewhere() -> AsyncIterator[ScriptedAzure]:
    """A second server, to which nothing should ever go."""
    server = ScriptedAzure()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def open_rig() -> AsyncIterator[Open]:
    """Open an Azure and a way to it: with other settings, another credential, another endpoint."""
    async with AsyncExitStack() as stack:

        async def open_one(
            *, purse: Purse | None = None, endpoint: str = "", tls: Any = None, clock: Any = now, **changes: Any
        ) -> Rig:
            azure, purse = ScriptedAzure(), purse or Purse()
            await azure.start(tls)
            stack.push_async_callback(azure.stop)
            seen: list[RequestSeen] = []
            arm = Arm(settings(endpoint or azure.base, **changes), purse, now=clock, on_request=seen.append)
            stack.push_async_callback(arm.close)
            return Rig(azure, arm, purse, seen)

        yield open_one


@pytest.fixture
async def rig(open_rig: Open) -> Rig:
    return await open_rig()
