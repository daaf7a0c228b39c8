"""Write a small file so that after a power cut it is whole: what was there before, or what is there now."""

import os
from pathlib import Path


def write_whole(path: Path, text: str) -> None:
    """Put this text in the place of what was there.

    Raises:
        OSError: if it is not on the disk; then what was there before still is.
    """
    fresh = path.with_name(f"{path.name}.new")
    with fresh.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    _settle(path.parent)


def _settle(folder: Path) -> None:
    """Bring the folder itself to the disk: without that a new name may be gone after a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
