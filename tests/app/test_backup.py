"""Copies of templates, taken from the stand-in over HTTP by the program, as an operator does."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from aibwatch.app.shelf import at_work, backup_of
from aibwatch.core.copies.copy import Origin, place_of
from aibwatch.core.copies.document import read_copy
from aibwatch.core.model import template_id
from tests.story.support import GROUP, PRIMARY, SECONDARY, Azure, Done, a_config, a_world, an_azure, run_aibwatch

PLACES = tuple(place_of(template_id(template)) for template in (PRIMARY, SECONDARY))
DOWN = {"region": "westeurope", "operations": ["list", "get"], "answer": "500"}
GRAPH_DOWN = {"region": "*", "operations": ["graph"], "answer": "503"}


class Site:
    """A stand-in, a configuration, and a directory for copies."""

    def __init__(self, folder: Path, azure: Azure) -> None:
        self.azure = azure
        self.copies = folder / "copies"
        self._config = folder / "config.toml"
        self._config.write_text(a_config(folder, azure.base, 9877))

    async def backup(self, *arguments: str) -> Done:
        return await self.run("backup", "--out", str(self.copies), *arguments)

    async def run(self, *arguments: str, azure: str = "") -> Done:
        environment = {"AZURE_POD_IDENTITY_AUTHORITY_HOST": azure or self.azure.base}
        return await run_aibwatch("--config", str(self._config), *arguments, environment=environment)

    def configure(self, more: str) -> None:
        self._config.write_text(self._config.read_text() + more)

    def files(self) -> dict[str, bytes]:
        """Return every file but the index, which changes each time."""
        found = (path for path in self.copies.rglob("*") if path.is_file() and path.name != "index.json")
        return {path.relative_to(self.copies).as_posix(): path.read_bytes() for path in found}

    def index(self) -> dict[str, dict[str, str]]:
        told: dict[str, dict[str, str]] = json.loads((self.copies / "index.json").read_text())["copies"]
        return told


Open = Callable[..., Awaitable[Site]]


@pytest.fixture
async def open_site(tmp_path: Path) -> AsyncIterator[Open]:
    async with AsyncExitStack() as stack:

        async def open_one(world: str = "") -> Site:
            return Site(tmp_path, await stack.enter_async_context(an_azure(world or a_world())))

        yield open_one


@pytest.fixture
async def site(open_site: Open) -> Site:
    return await open_site()


def fates(told: Done) -> dict[str, tuple[str, str | None]]:
    return {Path(copy["file"]).stem: (copy["fate"], copy["from"]) for copy in told.json["copies"]}


async def test_every_watched_template_is_copied_as_a_file_that_deploys_it(site: Site) -> None:
    told = await site.backup()
    assert (told.code, told.err, told.out) == (0, "", f"2 of 2 templates copied to {site.copies}: 2 new.\n")
    assert set(site.files()) == {*PLACES, ".gitignore"}
    copy = read_copy(site.files()[PLACES[0]]).copy
    assert (copy.template, copy.region, copy.origin) == (template_id(PRIMARY), "westeurope", Origin.SERVICE)
    properties: Any = copy.definition["properties"]
    assert {"source", "distribute"} <= properties.keys()
    assert not {"provisioningState", "lastRunStatus", "exactStagingResourceGroup"} & properties.keys()


async def test_a_second_backup_confirms_and_touches_no_file(site: Site) -> None:
    await site.backup()
    before = {name: (site.copies / name).stat().st_mtime_ns for name in PLACES}
    told = await site.backup("--json")
    assert (told.code, fates(told)) == (0, {"ubuntu-weu": ("same", "service"), "ubuntu-neu": ("same", "service")})
    assert {name: (site.copies / name).stat().st_mtime_ns for name in PLACES} == before
    assert backup_of(site.copies, template_id(PRIMARY)) == datetime.fromisoformat(told.json["at"])


async def test_while_a_region_is_down_its_templates_come_from_resource_graph(site: Site) -> None:
    await site.azure.trouble(**DOWN)
    told = await site.backup("--json")
    assert (told.code, fates(told)) == (0, {"ubuntu-weu": ("new", "resource-graph"), "ubuntu-neu": ("new", "service")})
    words = "ubuntu-weu: from Resource Graph, which may be behind the service, because "
    assert words in told.json["text"]
    await site.azure.end_troubles()
    assert fates(await site.backup("--json"))["ubuntu-weu"] == ("same", "service")


async def test_what_is_found_nowhere_keeps_its_copy_and_the_exit_code_is_3(site: Site) -> None:
    await site.backup()
    before = site.files()
    await site.azure.trouble(**DOWN)
    await site.azure.trouble(**GRAPH_DOWN)
    told = await site.backup()
    assert (told.code, site.files()) == (3, before)
    assert told.out.startswith(f"1 of 2 templates copied to {site.copies}: 1 as before.\nmissed  ubuntu-weu: ")
    assert "; its copy of 20" in told.out
    assert "stays\n" in told.out
    assert set(site.index()[PLACES[0]]) - set(site.index()[PLACES[1]]) == {"trouble"}


async def test_a_template_that_azure_says_is_gone_keeps_its_copy(open_site: Open) -> None:
    gone = a_world().replace('name = "ubuntu-neu"', 'name = "other"')
    site = await open_site(gone)
    told = await site.backup()
    assert told.code == 3
    assert "gone    ubuntu-neu: Azure says that there is no such template; there is no copy of it\n" in told.out


async def test_without_the_right_to_read_it_names_the_permission(open_site: Open) -> None:
    site = await open_site(a_world() + '[[role]]\nactions = ["Microsoft.ResourceGraph/resources/read"]\n')
    told = await site.backup()
    assert (told.code, set(site.files())) == (77, {".gitignore"})
    assert "the permission Microsoft.VirtualMachineImages/imageTemplates/read is missing" in told.out


async def test_where_nobody_answers_the_code_is_69(site: Site) -> None:
    site.configure('[[canary]]\nregion = "westeurope"\ntemplate = "' + PRIMARY.replace("ubuntu", "canary") + '"\n')
    await site.azure.trouble(region="*", answer="reset")
    assert (await site.backup()).code == 69


async def test_some_groups_alone_can_be_copied(site: Site) -> None:
    canary = PRIMARY.replace("ubuntu", "canary")
    site.configure(f'[[canary]]\nregion = "westeurope"\ntemplate = "{canary}"\n')
    assert (await site.backup(GROUP)).code == 0
    assert (await site.backup()).code == 3
    unknown = await site.backup("nobody")
    assert (unknown.code, unknown.err) == (1, f"aibwatch: nobody is no group; there are {GROUP}\n")


async def test_the_configured_directory_and_history_are_used(site: Site) -> None:
    site.configure(f'[backup]\ndirectory = "{site.copies}"\nhistory = true\n')
    await site.run("backup")
    file = site.copies / PLACES[0]
    file.write_text(file.read_text().replace("westeurope", "westeurope2"))
    told = await site.run("backup", "--json")
    assert (fates(told)["ubuntu-weu"][0], set(site.files()) > {*PLACES, ".gitignore"}) == ("changed", True)
    assert (site.copies / "history" / PLACES[0].removesuffix(".json")).is_dir()


async def test_signatures_are_told_and_set_apart(open_site: Open) -> None:
    script = 'script = "https://st.blob.core.windows.net/s/a.sh?sv=2024&sig=Ab%2Fc"'
    site = await open_site(a_world().replace('name = "ubuntu-weu"', f'name = "ubuntu-weu"\n{script}'))
    told = await site.backup()
    words = "1 signature or key of ubuntu-weu: set apart in *.secrets.json, which git leaves out.\n"
    assert (told.code, told.out.endswith(words)) == (0, True)
    assert "Ab%2Fc" not in told.out + site.files()[PLACES[0]].decode()
    assert b"Ab%2Fc" in site.files()[PLACES[0].replace(".json", ".secrets.json")]


async def test_a_damaged_index_is_made_anew_and_told(site: Site) -> None:
    await site.backup()
    (site.copies / "index.json").write_text("{")
    told = await site.backup()
    assert (told.code, "index.json could not be read, and was made anew" in told.out) == (0, True)
    assert set(site.index()) == set(PLACES)


async def test_a_directory_that_cannot_be_written_exits_with_73(site: Site) -> None:
    site.copies.write_text("a file of somebody's")
    told = await site.backup()
    assert (told.code, told.out, site.copies.read_text()) == (73, "", "a file of somebody's")
    assert "cannot be written" in told.err
    assert "--out DIR" in told.err


async def test_while_another_backup_is_at_work_it_exits_with_75(site: Site) -> None:
    with at_work(site.copies, history=False):
        told = await site.backup()
    assert (told.code, "another backup is at work there; try again" in told.err) == (75, True)
