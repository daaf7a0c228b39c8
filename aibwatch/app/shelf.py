"""Keep copies of templates in a directory, so that none is ever lost to what happens while it is written.

Rules: a file is written beside the one before, brought to the disk, and takes its place at once, so that it is always
the one or the other; a file whose definition did not change is not touched; a version that is replaced goes to the
history first, where a history is wanted, and always where it cannot be read or the new one comes from Resource Graph,
which may be behind the service. One at a time works on a directory. Files are their owner's to read, and signatures
stand in files of their own, which git is told to leave out.
This module does not know where definitions come from.

Note [Why signatures are set apart]: a script's address may carry a signature that opens a whole storage container, and
the directory is made to be put under git, where nothing is ever forgotten. Leaving the signatures out would make a copy
that builds nothing, in the night in which it is needed. So the template's file asks for them as parameters of type
secureString, and NAME.secrets.json beside it has them: for `restore`, and for `az deployment group create`.
"""

import contextlib
import fcntl
import os
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from pathlib import Path

from aibwatch.core.copies.copy import Copy, Files, Origin, files_of, parameters, place_of, timestamp
from aibwatch.core.copies.document import LARGEST, DamagedCopyError, Found, Read, found_in, read_copy, secrets_in
from aibwatch.core.copies.index import LARGEST as LARGEST_INDEX
from aibwatch.core.copies.index import NAME, BackupIndex, dump_index, parse_index
from aibwatch.core.copies.kept import Fate
from aibwatch.core.model import TemplateId
from aibwatch.runtime.whole import write_whole

MOST_VERSIONS = 50
"""Of one template in the history; the oldest go. A year of weekly changes, some hundred kB."""

HISTORY = "history"
SECRETS = ".secrets.json"

IGNORED = f"*{SECRETS}\n*.new\n"

DIRECTORY_MODE, FILE_MODE = 0o700, 0o600


class ShelfError(Exception):
    """The directory cannot be used; the message names it and says what to do."""


class BusyShelfError(ShelfError):
    """Another backup is at work in the directory."""


def secrets_beside(path: Path) -> Path:
    """Return where the secrets of a copy are."""
    return path.with_name(f"{path.name.removesuffix('.json')}{SECRETS}")


class Shelf:
    """A directory with copies. Make it with `at_work`."""

    def __init__(self, directory: Path, *, history: bool) -> None:
        self._directory = directory
        self._history = history

    def index(self) -> BackupIndex | None:
        """Return what is known of the copies; None where the index is damaged."""
        content = _content(self._directory / NAME, LARGEST_INDEX)
        return BackupIndex() if content is None else parse_index(content)

    def write_index(self, index: BackupIndex) -> None:
        """Put this in the place of the index before."""
        _write(self._directory / NAME, dump_index(index))

    def has(self, template: TemplateId) -> bool:
        """Return whether there is a file for the template."""
        return (self._directory / place_of(template)).is_file()

    def keep(self, copy: Copy) -> tuple[Fate, datetime]:
        """Keep the copy, and return what became of it and since when its definition is so."""
        path, files = self._directory / place_of(copy.template), files_of(copy)
        content = _content(path, LARGEST)
        found = found_in(content) if content is not None else None
        if content is not None and found is not None and _same(found, files):
            self._keep_secrets(path, files)
            return Fate.SAME, found.taken_at
        if content is not None and (self._history or found is None or copy.origin is Origin.RESOURCE_GRAPH):
            self._keep_version(path, content, found.taken_at if found else copy.taken_at)
        # What is on the disk has its secrets beside it at every moment: of both versions, while one follows the other.
        beside = secrets_beside(path)
        before = secrets_in(_content(beside, LARGEST) or b"")
        if files.values:
            _write(beside, parameters({**before, **files.values}))
        _write(path, files.template)
        self._keep_secrets(path, files)
        if content is None:
            return Fate.NEW, copy.taken_at
        return (Fate.CHANGED if found is not None else Fate.MENDED), copy.taken_at

    def _keep_secrets(self, path: Path, files: Files) -> None:
        beside = secrets_beside(path)
        if not files.secrets:
            beside.unlink(missing_ok=True)
        elif _content(beside, LARGEST) != files.secrets.encode():
            _write(beside, files.secrets)

    def _keep_version(self, path: Path, content: bytes, taken_at: datetime) -> None:
        place = path.relative_to(self._directory).as_posix().removesuffix(".json")
        folder = self._directory / HISTORY / place
        kept = folder / f"{timestamp(taken_at)}.json"
        if secrets := _content(secrets_beside(path), LARGEST):
            _write(secrets_beside(kept), secrets)
        _write(kept, content)
        versions = sorted(p for p in folder.glob("*.json") if not p.name.endswith(SECRETS))
        for old in versions[:-MOST_VERSIONS]:
            old.unlink(missing_ok=True)
            secrets_beside(old).unlink(missing_ok=True)


@contextlib.contextmanager
def at_work(directory: Path, *, history: bool) -> Iterator[Shelf]:
    """Give the directory to one at a time; it is made where it is not there.

    Raises:
        BusyShelfError: if somebody else works on it.
        ShelfError: if it cannot be made, or written to, now or later.
    """
    try:
        directory.mkdir(mode=DIRECTORY_MODE, parents=True, exist_ok=True)
        descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise _unusable(directory, error) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if not (directory / ".gitignore").exists():
            _write(directory / ".gitignore", IGNORED)
        yield Shelf(directory, history=history)
    except BlockingIOError as error:
        raise BusyShelfError(f"{directory}: another backup is at work there; try again when it is done") from error
    except OSError as error:
        raise _unusable(directory, error) from error
    finally:
        os.close(descriptor)


def read_file(path: Path) -> Read:
    """Return the copy in a file, with its secrets from the file beside it.

    Raises:
        DamagedCopyError: if it cannot be read, or is not one.
    """
    try:
        content = _content(path, LARGEST)
        secrets = _content(secrets_beside(path), LARGEST)
    except OSError as error:
        raise DamagedCopyError(f"cannot be read ({error.strerror or error}); nothing was changed") from error
    if content is None:
        raise DamagedCopyError("there is no such file; nothing was changed; name another one")
    return read_copy(content, secrets)


def backup_of(directory: Path, template: TemplateId) -> datetime | None:
    """Return when the copy of a template was last confirmed; None where there is none. Never raises."""
    return backups_of(directory, [template]).get(template)


def backups_of(directory: Path, templates: Collection[TemplateId]) -> Mapping[TemplateId, datetime]:
    """Return when the copies of these templates were last confirmed; without those that have none. Never raises.

    For many at a time: an index of 1,000 copies takes 10 ms to read (measured).
    """
    try:
        content = _content(directory / NAME, LARGEST_INDEX)
        index = parse_index(content) if content is not None else None
        entries = {template: index.of(template) for template in templates} if index is not None else {}
        return {
            template: entry.confirmed_at
            for template, entry in entries.items()
            if entry is not None and (directory / place_of(template)).is_file()
        }
    except OSError:
        return {}


def copy_of(directory: Path, template: TemplateId) -> Copy | None:
    """Return the copy of a template; None where there is none that can be read to its end. Never raises."""
    try:
        found = read_file(directory / place_of(template)).copy
    except DamagedCopyError:
        return None
    return found if found.template == template else None


def _same(found: Found, files: Files) -> bool:
    fresh = found_in(files.template.encode())
    return fresh is not None and fresh.resource == found.resource


def _unusable(directory: Path, error: OSError) -> ShelfError:
    where = error.filename or directory
    why = error.strerror or str(error)
    return ShelfError(
        f"{where}: cannot be written ({why}); the copies that were there are as they were; free the disk, allow "
        "writing, or name another directory (--out DIR, or backup.directory)"
    )


def _content(path: Path, largest: int) -> bytes | None:
    """Return what is in a file, one byte more than the largest at the most; None where there is none."""
    try:
        with path.open("rb") as file:
            return file.read(largest + 1)
    except (FileNotFoundError, NotADirectoryError):
        return None


def _write(path: Path, text: str | bytes) -> None:
    """Put this in the place of what was there: whenever the power is cut, it is one or the other."""
    content = text if isinstance(text, bytes) else text.encode()
    path.parent.mkdir(mode=DIRECTORY_MODE, parents=True, exist_ok=True)
    write_whole(path, content, FILE_MODE)
