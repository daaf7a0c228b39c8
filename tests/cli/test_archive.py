"""A file is written whole, for its owner alone, and never over another by chance."""

import os
from pathlib import Path

import pytest

from aibwatch.cli.archive import write_whole


def test_a_file_is_written_for_its_owner_alone(tmp_path: Path) -> None:
    for force in (False, True):
        path = tmp_path / f"{force}.tar.gz"
        write_whole(path, b"all of it", force=force)
        assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"all of it", 0o600)
    assert len(list(tmp_path.iterdir())) == 2


def test_a_file_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "there"
    path.write_bytes(b"theirs")
    with pytest.raises(FileExistsError):
        write_whole(path, b"ours", force=False)
    assert (path.read_bytes(), [*tmp_path.iterdir()]) == (b"theirs", [path])


def test_a_file_that_is_there_is_written_over_when_forced(tmp_path: Path) -> None:
    path = tmp_path / "there"
    path.write_bytes(b"theirs")
    write_whole(path, b"ours", force=True)
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"ours", 0o600)


@pytest.mark.parametrize("force", [False, True])
def test_a_write_that_fails_leaves_everything_as_it_was(
    tmp_path: Path, force: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "there"
    if force:
        path.write_bytes(b"theirs")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_whole(path, b"ours", force=force)
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == ({"there": b"theirs"} if force else {})


def test_a_folder_that_is_not_there_is_an_error_and_nothing_is_made(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_whole(tmp_path / "no" / "file", b"ours", force=False)
