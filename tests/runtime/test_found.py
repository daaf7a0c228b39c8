"""The file of groups that were found by tags: whole, or told."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from aibwatch.core.discovery.follow import follow
from aibwatch.core.discovery.group import TaggedGroup
from aibwatch.core.discovery.rows import Look
from aibwatch.core.discovery.sequel import Terms
from aibwatch.core.discovery.tagged import Tagged
from aibwatch.core.model import template_id
from aibwatch.core.policy import Setup
from aibwatch.runtime.found import FoundError, FoundFile
from tests.core.builders import NORTH, WEST, at
from tests.story.support import PRIMARY, SECONDARY


def found(*, missing: bool = False) -> dict[str, TaggedGroup]:
    roles = ((PRIMARY, WEST, "primary"), (SECONDARY, NORTH, "secondary"))
    rows = [
        Tagged(template=template_id(t), region=r, tags={"aibwatch-group": "base", "aibwatch-role": role})
        for t, r, role in roles
    ]
    terms = Terms(setup=Setup(groups={}), subscriptions=frozenset({PRIMARY.split("/")[2]}))
    groups = follow({}, Look(tagged=tuple(rows)), terms, at()).groups
    return dict(follow(groups, Look(), terms, at(15)).groups if missing else groups)


@pytest.fixture
def file(tmp_path: Path) -> FoundFile:
    return FoundFile(tmp_path / "aibwatch.db")


def test_what_was_written_comes_back_with_what_is_missing(file: FoundFile) -> None:
    file.write(found(missing=True))
    assert file.read() == found(missing=True)
    assert [*file.read()["base"].missing.values()] == [at(15), at(15)]


def test_without_a_file_nothing_was_found(file: FoundFile) -> None:
    assert file.read() == {}


def of(change: Callable[[dict[str, object]], object]) -> Callable[[str], str]:
    """Return what spoils the first group of a file."""

    def spoil(text: str) -> str:
        kept = json.loads(text)
        change(kept["groups"]["base"])
        return json.dumps(kept)

    return spoil


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text[: len(text) // 2],
        lambda text: "",
        lambda text: "[]",
        lambda text: text.replace('"version":1', '"version": 2').replace('"version": 1', '"version": 2'),
        of(lambda group: group.update(members=[])),
        of(lambda group: group.update(members=group["members"][:1])),  # type: ignore[index]  # a list
        of(lambda group: group.update(members=group["members"][::-1])),  # type: ignore[index]  # a list
        of(lambda group: group.update(members=[group["members"][0]] * 2)),  # type: ignore[index]  # a list
        of(lambda group: group.update(name="other")),
        lambda text: text.replace("/subscriptions/", "/elsewhere/"),
    ],
)
def test_a_file_that_is_not_what_was_written_is_told(file: FoundFile, spoil: Callable[[str], str]) -> None:
    file.write(found())
    file.path.write_text(spoil(file.path.read_text()))
    with pytest.raises(FoundError, match=r"aibwatch\.db\.groups: (is damaged|was written by another version)"):
        file.read()


def test_a_file_that_cannot_be_written_is_told_and_stays_as_it_was(file: FoundFile) -> None:
    file.write(found())
    file.path.with_name(f"{file.path.name}.new").mkdir()
    with pytest.raises(FoundError, match="cannot be written"):
        file.write({})
    assert file.read() == found()
