"""Let long stories happen side by side: each test has its own, all begin together, and every test waits for its own.

A story spends its time waiting (for polls, holds, builds), so ten of them take hardly longer than one.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Mapping
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

AT_ONCE = 10
"""Stories under way at a time: a daemon starts in a second of CPU, and there may be two cores."""

Story = tuple[Any, ...]
"""A story's coroutine function and its arguments; tests that name the same one judge the same showing of it."""


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "slow: takes more than five seconds; leave it out with -m 'not slow'")
    config.addinivalue_line("markers", "beside(story, *arguments, long): the story that the test judges")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def stage(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Mapping[Story, Awaitable[Any]]]:
    """Begin the stories of all tests that were chosen, the long ones first."""
    room = asyncio.Semaphore(AT_ONCE)

    async def play(story: Story, folder: Path) -> Any:
        play_it, *arguments = story
        async with room:
            return await play_it(folder, *arguments)

    markers = [item.get_closest_marker("beside") for item in request.session.items]
    chosen = sorted((m for m in markers if m is not None), key=lambda m: not m.kwargs.get("long", False))
    tasks = {
        story: asyncio.create_task(play(story, tmp_path_factory.mktemp("story")))
        for story in dict.fromkeys(m.args for m in chosen)
    }
    yield tasks
    for task in tasks.values():
        task.cancel()
    await asyncio.gather(*tasks.values(), return_exceptions=True)


@pytest_asyncio.fixture(loop_scope="session")
async def outcome(request: pytest.FixtureRequest, stage: Mapping[Story, Awaitable[Any]]) -> Any:
    """Return how this test's story ended."""
    marker = request.node.get_closest_marker("beside")
    return await stage[marker.args]
