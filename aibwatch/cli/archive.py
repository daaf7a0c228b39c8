"""Write files into one archive: the same bytes for the same content, whole or not there, and nobody else's to read."""

import gzip
import io
import os
import tarfile
import tempfile
from collections.abc import Iterable
from pathlib import Path

MODE = 0o600
"""It names subscriptions and templates: the owner's business."""


def packed(members: Iterable[tuple[str, str]]) -> bytes:
    """Return a tar.gz of these files. It carries no times, names or ids of this machine."""
    packed_ = io.BytesIO()
    with (
        gzip.GzipFile(filename="", mode="wb", fileobj=packed_, mtime=0) as zipped,
        tarfile.open(fileobj=zipped, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        for name, text in members:
            content = text.encode()
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(content), 0o644
            archive.addfile(entry, io.BytesIO(content))
    return packed_.getvalue()


def write_whole(path: Path, content: bytes, *, force: bool) -> None:
    """Write the file whole or not at all; what is there already stays, unless forced.

    Raises:
        FileExistsError: if it is there and not forced.
        OSError: if it cannot be written.
    """
    if not force:
        # Takes the name, so that nobody else's file can come between the look and the write.
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, MODE))
    try:
        _replace(path, content)
    except BaseException:
        if not force:
            path.unlink(missing_ok=True)
        raise


def _replace(path: Path, content: bytes) -> None:
    # mkstemp makes files that only their owner may read.
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
