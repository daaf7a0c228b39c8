"""Write a small file so that after a power cut it is whole: what was there before, or what is there now."""

import contextlib
import os
from pathlib import Path

USUAL_MODE = 0o666
"""Before the umask: what a file gets that is nobody's secret."""


def write_whole(path: Path, content: bytes, mode: int = USUAL_MODE) -> None:
    """Put this content in the place of what was there.

    Raises:
        OSError: if it is not on the disk; then what was there before still is, and nothing else is left behind.
    """
    fresh = path.with_name(f"{path.name}.new")
    try:
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            fresh.unlink()
        raise
    _settle(path.parent)


def _settle(folder: Path) -> None:
    """Bring the folder itself to the disk: without that a new name may be gone after a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
