"""Load a configuration file: all of it, or ConfigError with everything that is wrong with it.

Rules: no mistake hides another, except that text which is not TOML hides the rest; a warning never stops anything.
This is the only module of `aibwatch.config` that touches the disk.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from aibwatch.config.checks import Installed, check
from aibwatch.config.document import parse
from aibwatch.config.mistakes import settings_of
from aibwatch.config.problem import ConfigError, Problem, in_order
from aibwatch.config.residency import doubtful
from aibwatch.config.schema import Settings
from aibwatch.config.setup import setup_of
from aibwatch.config.unacted import unacted
from aibwatch.config.unwise import over, unwise
from aibwatch.core.policy import Setup

__all__ = ["ConfigError", "Loaded", "Problem", "load", "loads"]

LARGEST = 1024 * 1024
"""Bytes of a file. Thousands of groups fit; a log or a disk image, named by mistake, is not read to its end."""
HANDLERS = "aibwatch.handlers"
"""Entry-point group of handlers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A configuration without mistakes."""

    file: Path
    settings: Settings
    setup: Setup
    """What the core works with."""
    warnings: tuple[Problem, ...] = ()
    """What is accepted but unwise or without effect, in the order of the file."""


def load(path: Path, now: datetime | None = None) -> Loaded:
    """Return the configuration in this file; without `now` nothing is said of what is over by now."""
    return loads(_read(path), path, now=now)


def loads(text: str, file: Path, installed: Installed | None = None, now: datetime | None = None) -> Loaded:
    """Return the configuration in this text; `file` is what messages call it, `installed` knows the handlers."""
    document = parse(text, file)
    settings, mistakes = settings_of(document)
    mistakes += check(document, installed or cache(_installed_handlers))
    if settings is None or mistakes:
        raise ConfigError(mistakes)
    warnings = [*unacted(document), *unwise(document), *doubtful(document), *(over(document, now) if now else ())]
    if not settings.group and not settings.discovery.subscriptions:
        warnings.append(document.problem(("group",), "nothing is watched; write a [[group]]"))
    return Loaded(file=file, settings=settings, setup=setup_of(settings), warnings=in_order(warnings))


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except FileNotFoundError:
        raise _unusable(
            path, "does not exist; start from config.example.toml, or name another (--config FILE)"
        ) from None
    except IsADirectoryError:
        raise _unusable(path, "is a directory; name the file in it (--config FILE)") from None
    except PermissionError:
        raise _unusable(path, "may not be read by this user; allow it or run as the user of the service") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise _unusable(path, f"cannot be read: {reason}; name another (--config FILE)") from error
    if len(content) > LARGEST:
        raise _unusable(path, "is larger than 1 MiB; that is no configuration, name another (--config FILE)")
    return _decode(path, content)


def _decode(path: Path, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")  # some editors put a byte order mark first; it means nothing
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _unusable(path, "is not UTF-8 in this line; save it as UTF-8", line) from None


def _unusable(path: Path, message: str, line: int = 1) -> ConfigError:
    return ConfigError([Problem(file=path, line=line, key="file", message=message)])


def _installed_handlers() -> Collection[str]:
    # Imported here because it costs 20 ms and only foreign handlers need it.
    from importlib.metadata import entry_points

    return entry_points(group=HANDLERS).names
