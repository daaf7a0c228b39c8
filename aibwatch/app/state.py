"""Open the state, or say why it cannot be used and what to do.

Rules: a state that is there and damaged is not an empty one. A daemon that began anew would forget pauses, halts and
moves under way, and might do a second time what it did; so it refuses, and a human decides.
"""

import contextlib
from datetime import datetime
from pathlib import Path

from sqlalchemy.engine import make_url

from aibwatch.config.schema import Settings
from aibwatch.core.recall import recall
from aibwatch.core.state import State
from aibwatch.runtime.codec import CodecError
from aibwatch.runtime.lease import Held
from aibwatch.runtime.lock import StateLock
from aibwatch.runtime.recorder import Recorder
from aibwatch.runtime.store import DamagedStateError, JournalError, NewerStateError, Store


class StateError(Exception):
    """The state cannot be kept where the configuration wants it; the message names the path."""


BEGIN_ANEW = (
    "put back a copy from before the damage, or move {name}, {name}-wal, {name}-shm and {name}.sent away to begin "
    "without memory: pauses, halts and moves under way are forgotten, so first see to it that every group stands as it "
    "should"
)


def state_path(settings: Settings) -> Path:
    """Return where the database is."""
    return Path(make_url(settings.state.url).database or "")


def take(stack: contextlib.ExitStack, path: Path, now: datetime) -> Held:
    """Make the state's directory and take its lock, until the stack ends; return the file that is locked."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return stack.enter_context(StateLock(path.with_name(f"{path.name}.lock"), now)).held
    except OSError as error:
        why = error.strerror or str(error)
        raise StateError(
            f"{path}: cannot be written ({why}); change state.url, or the owner of its directory"
        ) from error


def held(path: Path) -> Held:
    """Return the database as a file that we hold."""
    try:
        return Held.at(path, "the journal")
    except OSError as error:
        why = error.strerror or str(error)
        raise StateError(f"{path}: is gone again ({why}); let nobody but aibwatch work in its directory") from error


def opened(url: str, path: Path) -> Recorder:
    """Open the database and prove that it is whole and has not lost its end.

    Raises:
        StateError: if it cannot be used.
    """
    _prove_there(path)
    try:
        recorder = Recorder(Store(url))
    except NewerStateError as error:
        raise StateError(str(error)) from error
    except DamagedStateError as error:
        raise StateError(f"{error}; {BEGIN_ANEW.format(name=path.name)}") from error
    except JournalError as error:
        raise StateError(f"{error}; change state.url, or the owner of {path}") from error
    try:
        _prove_remembered(recorder, path)
    except StateError:
        recorder.close()
        raise
    return recorder


async def recalled(recorder: Recorder, path: Path, now: datetime) -> State:
    """Return what is remembered.

    Raises:
        StateError: if something of it cannot be read.
    """
    try:
        memory, observations = await recorder.call(recorder.journal.recall, now)
    except DamagedStateError as error:
        raise StateError(f"{error}; {BEGIN_ANEW.format(name=path.name)}") from error
    except CodecError as error:
        raise StateError(f"{path}: {error}; {BEGIN_ANEW.format(name=path.name)}") from error
    return recall(memory, observations, now)


def _prove_there(path: Path) -> None:
    """Refuse a database that is gone or empty while what belongs to it is there; SQLite would throw that away."""
    if path.exists() and path.stat().st_size:
        return
    left = [f for f in (path.with_name(f"{path.name}{end}") for end in ("-wal", ".sent")) if _has_content(f)]
    if left:
        what = "is empty" if path.exists() else "is gone"
        raise StateError(f"{path}: {what}, but {left[0].name} is there; {BEGIN_ANEW.format(name=path.name)}")


def _has_content(path: Path) -> bool:
    return path.exists() and path.stat().st_size > 0


def _prove_remembered(recorder: Recorder, path: Path) -> None:
    try:
        forgotten = recorder.moves.forgotten()
    except DamagedStateError as error:
        raise StateError(f"{error}; {BEGIN_ANEW.format(name=path.name)}") from error
    except JournalError as error:
        raise StateError(
            f"{error}; it says which effect was sent last. See whether {path} knows of the last move, "
            "then delete the file"
        ) from error
    if forgotten is not None:
        raise StateError(
            f"{path}: has lost its end: it does not know of {forgotten} (see {path.name}.sent), and would do it again; "
            f"put {path.name} and {path.name}-wal back as they were, or finish or undo that move by hand and delete "
            f"{path.name}.sent to go on from what the journal still knows"
        )
