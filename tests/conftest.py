"""Let long stories happen beside the other tests: all begin with the session, and every test waits for its own.

A story spends its time waiting (for polls, holds, builds), and there may be two cores: played in processes of their own
while the other tests run, ten of them take hardly longer than none. What a story is, is in stage.py.
"""

from typing import Any

import pytest

from tests.stage import Stage

STAGE = pytest.StashKey[Stage]()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "slow: takes more than five seconds; leave it out with -m 'not slow'")
    config.addinivalue_line("markers", "beside(story, *arguments, long): the story that the test judges")


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
