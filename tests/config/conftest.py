"""What the tests of the configuration share: ways to hand in a text and see what is said of it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from aibwatch.config.load import ConfigError, Loaded, loads

FILE = Path("config.toml")


def _installed() -> tuple[str, ...]:
    return ("run-template", "notify-chat")


@pytest.fixture(scope="session")
def read() -> Callable[[str], Loaded]:
    """Return what a text without mistakes says."""
    return lambda text: loads(text, FILE, _installed)


@pytest.fixture(scope="session")
def warnings_in() -> Callable[[str], list[str]]:
    """Return the warnings for a text, as lines."""
    return lambda text: [str(warning) for warning in loads(text, FILE, _installed).warnings]


@pytest.fixture(scope="session")
def mistakes_in() -> Callable[[str], list[str]]:
    """Return the mistakes in a text, as lines."""

    def mistakes(text: str) -> list[str]:
        with pytest.raises(ConfigError) as refused:
            loads(text, FILE, _installed)
        return str(refused.value).split("\n")

    return mistakes
