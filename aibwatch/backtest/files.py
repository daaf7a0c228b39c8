"""Read files of worlds, all of them or none: those named, or those that come with the package.

Every mistake of every file is told at once. Results are known by the id of their world, so an id is used once.
"""

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from aibwatch.backtest.world import MOST_BYTES, World, WorldError, read_worlds

SHIPPED = files("aibwatch.backtest") / "worlds"


def load(paths: Sequence[Path]) -> tuple[World, ...]:
    """Return the worlds of all files in their order, or raise WorldError with everything that is wrong."""
    return _all([(str(path), path) for path in paths])


def shipped() -> tuple[World, ...]:
    """Return the worlds of the package."""
    entries = sorted((e for e in SHIPPED.iterdir() if e.name.endswith(".json")), key=lambda e: e.name)
    worlds: list[World] = []
    for entry in entries:
        worlds += read_worlds(entry.read_text(encoding="utf-8"), entry.name)
    return tuple(worlds)


def _all(named: Sequence[tuple[str, Path]]) -> tuple[World, ...]:
    worlds: list[World] = []
    messages: list[str] = []
    home: dict[str, str] = {}
    for name, path in named:
        try:
            found = read_worlds(_text(name, path), name)
        except WorldError as error:
            messages += error.messages
            continue
        messages += [f"{name}: {w.id}: id: {home[w.id]} uses it as well" for w in found if w.id in home]
        home |= {w.id: name for w in found}
        worlds += found
    if messages:
        raise WorldError(messages)
    return tuple(worlds)


def _text(name: str, path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except IsADirectoryError:
        raise WorldError([f"{name}: this is a directory; name the files in it ({name.rstrip('/')}/*.json)"]) from None
    except FileNotFoundError:
        raise WorldError([f"{name}: there is no such file"]) from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise WorldError([f"{name}: it cannot be read ({why})"]) from error
    if len(content) > MOST_BYTES:
        most = MOST_BYTES // 1024 // 1024
        raise WorldError([f"{name}: it is longer than {most} MiB, which no file of worlds is"])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise WorldError(
            [f"{name}: it is not UTF-8 (byte {error.start}); convert it first (iconv -t UTF-8)"]
        ) from error
