"""All groups for a command that asks once: those of the configuration, and those of tags."""

from pathlib import Path

import pytest

from aibwatch.app.groups import with_tags
from aibwatch.app.state import state_path
from aibwatch.config.load import Loaded, load
from aibwatch.core.model import template_id
from aibwatch.runtime.found import FoundFile
from tests.core.builders import NORTH
from tests.story.support import GROUP, PRIMARY, a_config, a_daemon, an_azure
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


async def test_groups_by_tags_are_there_and_what_is_wrong_with_them_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with an_azure(a_tagged_world()) as azure:
        loaded, told = await with_tags(a_file(tmp_path, azure.base, monkeypatch))
    assert ([*loaded.setup.groups], len(told)) == ([GROUP], 1)
    assert told[0].startswith(WRONG)


async def test_where_tags_cannot_be_read_that_is_told_and_what_the_daemon_found_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with an_azure(a_tagged_world() + UNREAD) as azure:
        file = a_file(tmp_path, azure.base, monkeypatch)
        without, _ = await with_tags(file)
        state_path(file.settings).parent.mkdir()
        FoundFile(state_path(file.settings)).write(found(an_id("base"), an_id("base", NORTH)))
        with_file, told = await with_tags(file)
    assert ([*without.setup.groups], [*with_file.setup.groups]) == ([], ["base"])
    assert told[0].startswith("tags could not be read, so groups may be missing: 503")


async def test_a_primary_without_a_secondary_is_a_group_for_who_deploys_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = a_tagged_world().replace('aibwatch-role = "secondary"', 'aibwatch-role = "secondery"')
    async with an_azure(world) as azure:
        file = a_file(tmp_path, azure.base, monkeypatch)
        usual, _ = await with_tags(file)
        alone, _ = await with_tags(file, alone=True)
    assert [*usual.setup.groups] == []
    assert alone.setup.groups[GROUP].members == (template_id(PRIMARY),)


async def test_without_discovery_nobody_is_asked(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(a_config(tmp_path, "http://127.0.0.1:9", 9877))
    loaded = load(file)
    assert await with_tags(loaded) == (loaded, ())


async def test_commands_without_a_daemon_know_groups_by_tags(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with an_azure(a_tagged_world()) as azure, a_daemon(tmp_path, azure.base) as daemon:
        daemon.config.write_text(by_tags(daemon.config.read_text()))
        readiness = await daemon.cli("readiness", "--now")
        backup = await daemon.cli("backup", "--out", str(tmp_path / "copies"))
        replicate = await daemon.cli("replicate", GROUP, "--to", "swedencentral")
    assert f"{GROUP} -> northeurope" in readiness.out
    assert WRONG in readiness.err
    assert (backup.code, len([*(tmp_path / "copies").rglob("ubuntu-*.json")])) == (0, 2)
    assert "there is no group" not in replicate.err
    assert '"aibwatch-role": "secondary"' in replicate.out
