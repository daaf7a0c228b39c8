"""A directory of copies: nothing is lost, whatever happens while it is written, and it diffs well."""

import json
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from aibwatch.app.shelf import MOST_VERSIONS, BusyShelfError, ShelfError, at_work, backup_of, copy_of, read_file
from aibwatch.core.copies.copy import Copy, Origin, place_of
from aibwatch.core.copies.document import DamagedCopyError, read_copy
from aibwatch.core.copies.index import BackupIndex, Entry
from aibwatch.core.copies.kept import Fate
from aibwatch.core.model import TemplateId
from tests.core.copies.test_copy import AT, COPY, DEFINITION, SIGNED

UBUNTU = replace(COPY, origin=Origin.SERVICE)
FILE = place_of(UBUNTU.template)
BESIDE = FILE.replace(".json", ".secrets.json")
LATER = AT + timedelta(days=1)


@contextmanager
def a_full_disk(room: int = 0) -> Iterator[None]:
    """Let no file grow beyond this."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def keep(folder: Path, copy: Copy, *, history: bool = False) -> Fate:
    with at_work(folder, history=history) as shelf:
        return shelf.keep(copy)[0]


def changed(script: str, *, days: int = 1, origin: Origin = Origin.SERVICE) -> Copy:
    """Return the template as it was after its script was changed."""
    properties = {**DEFINITION["properties"], "customize": [{"scriptUri": script, "type": "Shell"}]}  # type: ignore[dict-item]  # a dict
    definition = {**DEFINITION, "properties": properties}
    return replace(UBUNTU, definition=definition, taken_at=AT + timedelta(days=days), origin=origin)


def read(folder: Path, file: str = FILE) -> Copy:
    beside = folder / file.replace(".json", ".secrets.json")
    return read_copy((folder / file).read_bytes(), beside.read_bytes() if beside.exists() else None).copy


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_a_new_copy_is_its_owners_to_read(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "copies"
    assert keep(folder, UBUNTU) is Fate.NEW
    assert (read(folder), files(folder)) == (UBUNTU, {FILE, ".gitignore"})
    assert (folder.stat().st_mode & 0o777, (folder / FILE).stat().st_mode & 0o777) == (0o700, 0o600)


def test_a_definition_that_did_not_change_leaves_its_file_alone(tmp_path: Path) -> None:
    keep(tmp_path, UBUNTU)
    before = (tmp_path / FILE).stat()
    again = replace(
        UBUNTU,
        taken_at=LATER,
        origin=Origin.RESOURCE_GRAPH,
        tenant="",
        api_version="2099-01-01",
        written_id=UBUNTU.written_id.replace("resourcegroups", "resourceGroups"),
    )
    with at_work(tmp_path, history=True) as shelf:
        assert shelf.keep(again) == (Fate.SAME, AT)
    after = (tmp_path / FILE).stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_change_takes_the_place_of_what_was_there(tmp_path: Path) -> None:
    keep(tmp_path, UBUNTU)
    fresh = changed("https://example.com/a.sh")
    assert keep(tmp_path, fresh) is Fate.CHANGED
    assert (read(tmp_path), files(tmp_path)) == (fresh, {FILE, ".gitignore"})


def test_with_a_history_the_version_before_is_kept_under_the_time_it_was_taken(tmp_path: Path) -> None:
    keep(tmp_path, UBUNTU, history=True)
    keep(tmp_path, changed("https://example.com/a.sh"), history=True)
    old = f"history/{FILE.removesuffix('.json')}/20260302T100000Z.json"
    assert (read(tmp_path, old), files(tmp_path)) == (UBUNTU, {FILE, old, ".gitignore"})


def test_resource_graph_never_takes_the_last_word_of_the_service_away(tmp_path: Path) -> None:
    keep(tmp_path, UBUNTU)
    keep(tmp_path, changed("https://example.com/a.sh", origin=Origin.RESOURCE_GRAPH))
    assert read(tmp_path, f"history/{FILE.removesuffix('.json')}/20260302T100000Z.json") == UBUNTU


def test_a_history_has_an_end(tmp_path: Path) -> None:
    for day in range(MOST_VERSIONS + 3):
        keep(tmp_path, changed(f"{SIGNED}{day}", days=day), history=True)
    old = sorted(name for name in files(tmp_path) if name.startswith("history/") and not name.endswith(".secrets.json"))
    assert (len(old), old[0][-21:]) == (MOST_VERSIONS, "20260304T100000Z.json")
    assert len(files(tmp_path)) == 2 * MOST_VERSIONS + 3


def test_every_version_has_its_own_secrets_beside_it(tmp_path: Path) -> None:
    first, second = changed(SIGNED), changed(f"{SIGNED}2", days=2)
    keep(tmp_path, first, history=True)
    keep(tmp_path, second, history=True)
    old = f"history/{FILE.removesuffix('.json')}/20260303T100000Z.json"
    assert (read(tmp_path), read(tmp_path, old)) == (second, first)
    assert "abc" not in (tmp_path / FILE).read_text() + (tmp_path / old).read_text()
    assert "*.secrets.json" in (tmp_path / ".gitignore").read_text().split()


def test_secrets_that_are_no_more_needed_go(tmp_path: Path) -> None:
    keep(tmp_path, changed(SIGNED))
    assert (tmp_path / BESIDE).stat().st_mode & 0o777 == 0o600
    keep(tmp_path, UBUNTU)
    assert files(tmp_path) == {FILE, ".gitignore"}


def test_secrets_that_were_lost_are_written_again(tmp_path: Path) -> None:
    keep(tmp_path, changed(SIGNED))
    (tmp_path / BESIDE).unlink()
    assert (keep(tmp_path, changed(SIGNED)), read(tmp_path)) == (Fate.SAME, changed(SIGNED))


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"resources": []}'])
def test_a_damaged_file_goes_to_the_history_and_is_written_anew(tmp_path: Path, content: bytes) -> None:
    keep(tmp_path, UBUNTU)
    (tmp_path / FILE).write_bytes(content)
    assert keep(tmp_path, replace(UBUNTU, taken_at=LATER)) is Fate.MENDED
    assert read(tmp_path) == replace(UBUNTU, taken_at=LATER)
    assert (tmp_path / f"history/{FILE.removesuffix('.json')}/20260303T100000Z.json").read_bytes() == content


@pytest.mark.parametrize(("room", "history"), [(0, True), (100, True), (700, True), (700, False)])
def test_a_full_disk_leaves_every_file_whole_and_with_its_secrets(tmp_path: Path, room: int, history: bool) -> None:
    keep(tmp_path, changed(SIGNED))
    before = (tmp_path / FILE).read_bytes()
    words = r"cannot be written .*; the copies that were there are as they were"
    with a_full_disk(room), pytest.raises(ShelfError, match=words):
        keep(tmp_path, changed(f"{SIGNED}2", days=2), history=history)
    assert (read(tmp_path), (tmp_path / FILE).read_bytes()) == (changed(SIGNED), before)
    assert [name for name in files(tmp_path) if name.endswith(".new")] == []


def test_a_file_that_was_left_half_written_is_in_nobodys_way(tmp_path: Path) -> None:
    keep(tmp_path, UBUNTU)
    left = (tmp_path / FILE).with_name(f"{Path(FILE).name}.new")
    left.write_text("{")
    keep(tmp_path, changed("https://example.com/a.sh"))
    assert (left.exists(), read(tmp_path)) == (False, changed("https://example.com/a.sh"))


def test_only_one_at_a_time_works_on_a_directory(tmp_path: Path) -> None:
    with (
        at_work(tmp_path, history=False),
        pytest.raises(BusyShelfError, match=f"^{tmp_path}: another backup is at work"),
    ):
        keep(tmp_path, UBUNTU)
    assert keep(tmp_path, UBUNTU) is Fate.NEW


def test_a_directory_that_cannot_be_made_is_told_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    words = f"^{tmp_path}/file/copies: cannot be written .Not a directory.; .*name another directory"
    with pytest.raises(ShelfError, match=words):
        keep(tmp_path / "file" / "copies", UBUNTU)


def test_when_a_copy_was_last_confirmed_is_known_by_the_index_if_it_is_there(tmp_path: Path) -> None:
    entry = Entry(written_id=UBUNTU.written_id, changed_at=AT, confirmed_at=LATER, origin=Origin.SERVICE)
    assert backup_of(tmp_path, UBUNTU.template) is None
    with at_work(tmp_path, history=False) as shelf:
        shelf.keep(UBUNTU)
        shelf.write_index(BackupIndex(entries={FILE: entry}))
        assert shelf.index() == BackupIndex(entries={FILE: entry})
    assert backup_of(tmp_path, UBUNTU.template) == LATER
    assert backup_of(tmp_path, TemplateId(f"{UBUNTU.template}2")) is None
    (tmp_path / FILE).unlink()
    assert backup_of(tmp_path, UBUNTU.template) is None


@pytest.mark.parametrize("content", ["{", json.dumps({"format": 2})])
def test_a_damaged_index_knows_nothing(tmp_path: Path, content: str) -> None:
    keep(tmp_path, UBUNTU)
    (tmp_path / "index.json").write_text(content)
    with at_work(tmp_path, history=False) as shelf:
        assert shelf.index() is None
    assert backup_of(tmp_path, UBUNTU.template) is None


def test_a_copy_is_found_by_the_id_of_its_template_with_its_secrets(tmp_path: Path) -> None:
    keep(tmp_path, changed(SIGNED))
    assert copy_of(tmp_path, UBUNTU.template) == changed(SIGNED)
    assert copy_of(tmp_path, TemplateId(f"{UBUNTU.template}2")) is None
    (tmp_path / FILE).write_text("{")
    assert copy_of(tmp_path, UBUNTU.template) is None


def test_a_file_that_is_not_there_or_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(DamagedCopyError, match=r"^there is no such file; nothing was changed; name another one$"):
        read_file(tmp_path / "absent.json")
    with pytest.raises(DamagedCopyError, match=r"^cannot be read .Is a directory.; nothing was changed$"):
        read_file(tmp_path)
