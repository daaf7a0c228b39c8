"""Give tests a stand-in that listens, and close it behind them."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from .support import Rig, scenario


@pytest.fixture
async def rig() -> AsyncIterator[Callable[..., Awaitable[Rig]]]:
    """Return a way to open a stand-in on two templates and what else is said in TOML."""
    opened: list[Rig] = []

    async def open_rig(*more: str, top: str = "") -> Rig:
        opened.append(Rig(scenario(*more, top=top)))
        return await opened[-1].open()

    yield open_rig
    for one in opened:
        await one.close()
