"""All groups for a command that asks once: those of the configuration, and those of tags."""

from pathlib import Path

import pytest

from aibwatch.app.groups import AllGroups, UnknownGroupError, all_groups
from aibwatch.app.readiness import look_once
from aibwatch.app.state import state_path
from aibwatch.config.load import Loaded, load
from aibwatch.runtime.clock import Clock
from aibwatch.runtime.found import FoundFile
from aibwatch.sources.connection import connect
from tests.core.builders import NORTH
from tests.story.support import GROUP, a_config, an_azure
from tests.story.test_story_discovery import a_tagged_world, by_tags

from .support import an_id, found

WRONG = 'canary-weu is tagged aibwatch-group = "Lonely One", which cannot name a group'
UNREAD = '\n[[trouble]]\nregion = "*"\noperations = ["graph"]\nanswer = "503"\n'


def a_file(folder: Path, azure: str, monkeypatch: pytest.MonkeyPatch) -> Loaded:
    """Return a configuration that leaves it to tags which groups there are."""
    monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", azure)
    for name in ("IDENTITY_ENDPOINT", "MSI_ENDPOINT", "AZURE_FEDERATED_TOKEN_FILE"):
        monkeypatch.delenv(name, raising=False)
    file = folder / "config.toml"
    file.write_text(by_tags(a_config(folder, azure, 9877)))
    return load(file)


async def groups_of(loaded: Loaded) -> AllGroups:
    clock = Clock()
    arm = connect(loaded.settings.azure, now=clock.now, on_request=lambda _: None)
    try:
        return await all_groups(loaded, arm, clock)
    finally:
        await arm.close()


async def test_groups_by_tags_are_there_and_what_is_wrong_with_them_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with an_azure(a_tagged_world()) as azure:
        groups = await groups_of(a_file(tmp_path, azure.base, monkeypatch))
    assert ([*groups.setup.groups], len(groups.told)) == ([GROUP], 1)
    assert groups.told[0].startswith(WRONG)
    with pytest.raises(UnknownGroupError, match=f"there is no group 'x'; there are {GROUP}"):
        groups.only("x")


async def test_where_tags_cannot_be_read_that_is_told_and_what_the_daemon_found_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with an_azure(a_tagged_world() + UNREAD) as azure:
        loaded = a_file(tmp_path, azure.base, monkeypatch)
        without = await groups_of(loaded)
        state_path(loaded.settings).parent.mkdir()
        FoundFile(state_path(loaded.settings)).write(found(an_id("base"), an_id("base", NORTH)))
        with_file = await groups_of(loaded)
    assert ([*without.setup.groups], [*with_file.setup.groups]) == ([], ["base"])
    assert with_file.told[0].startswith("tags could not be read, so groups may be missing: 503")


async def test_readiness_knows_groups_by_tags(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    async with an_azure(a_tagged_world()) as azure:
        told = await look_once(a_file(tmp_path, azure.base, monkeypatch), GROUP, said.append)
    assert f"{GROUP} -> northeurope" in str(told["text"])
    assert said[0].startswith(WRONG)
