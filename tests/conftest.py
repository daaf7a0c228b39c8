"""Let long stories happen beside the other tests: all begin with the session, and every test waits for its own.

A story spends its time waiting (for polls, holds, builds), and there may be two cores: played in processes of their own
while the other tests run, ten of them take hardly longer than none. What a story is, is in stage.py.
"""

import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.stage import Stage

STAGE = pytest.StashKey[Stage]()

# How long an example takes is up to what else the machine does, and stories are played meanwhile.
settings.register_profile("beside", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("beside")


MEMORY = Path("/dev/shm")  # noqa: S108  # pytest makes a folder in it that is nobody else's
"""Where files are kept in memory, if this machine has that. Tests make hundreds of journals, each of which waits for
the disk at every write; what is tested is what is written and when, and not the disk."""
ROOM = 200 * 1024 * 1024
"""Bytes: a run of all tests needs a tenth of it. Containers often have 64 MiB; then the disk it is."""


def pytest_configure(config: pytest.Config) -> None:
    if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))
    config.addinivalue_line("markers", "slow: takes more than five seconds; leave it out with -m 'not slow'")
    config.addinivalue_line("markers", "beside(story, *arguments, long): the story that the test judges")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the tests that wait for a story come last; until then most stories have ended."""
    items.sort(key=lambda item: item.get_closest_marker("beside") is not None)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Begin the stories of all tests that were chosen, the long ones first."""
    markers = [item.get_closest_marker("beside") for item in session.items]
    chosen = sorted((m for m in markers if m is not None), key=lambda m: not m.kwargs.get("long", False))
    if chosen and not session.config.option.collectonly:
        session.config.stash[STAGE] = Stage(dict.fromkeys(m.args for m in chosen))


def pytest_unconfigure(config: pytest.Config) -> None:
    if STAGE in config.stash:
        config.stash[STAGE].close()


@pytest.fixture
def outcome(request: pytest.FixtureRequest) -> Any:
    """Return how this test's story ended."""
    marker = request.node.get_closest_marker("beside")
    return request.config.stash[STAGE].outcome(marker.args)
