"""Templates deployed from their copies, by the program and against the stand-in; and all that changes nothing."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from aibwatch.app.shelf import copy_of
from aibwatch.core.copies.copy import place_of
from aibwatch.core.model import template_id
from tests.story.support import GROUP, PRIMARY, SECONDARY, Done, a_world, an_azure

from .test_backup import DOWN, Site

SCRIPT = "https://stweu.blob.core.windows.net/s/a.sh?sv=2024&sig=Ab%2Fc"
WORLD = (
    a_world()
    .replace('name = "ubuntu-weu"', f'name = "ubuntu-weu"\nscript = "{SCRIPT}"')
    .replace('name = "ubuntu-neu"', 'name = "ubuntu-neu"\nscript = "https://stneu.blob.core.windows.net/s/a.sh"')
    .replace("[durations]", "[durations]\ncreating = 0.2\ndeleting = 0.2")
)
MAPPING = """
[[mapping]]
from = "westeurope"
to = "northeurope"
replace = { weu = "neu", westeurope = "northeurope" }
"""


class Copied(Site):
    """A site whose templates were copied."""

    def file(self, template: str = PRIMARY) -> Path:
        return self.copies / place_of(template_id(template))

    async def restore(self, *arguments: str, template: str = PRIMARY) -> Done:
        return await self.run("restore", str(self.file(template)), *arguments)

    def change(self, **members: object) -> None:
        """Set members of the resource in the primary's file."""
        document = json.loads(self.file().read_text())
        document["resources"][0].update(members)
        self.file().write_text(json.dumps(document))

    async def writes(self) -> list[tuple[str, str]]:
        """Return what was asked for that changes anything: method and name of the template."""
        asked = await self.azure._told("requests")
        return [(r["method"], r["path"].rpartition("/")[2]) for r in asked if r["method"] in {"PUT", "DELETE", "PATCH"}]

    async def definition(self, template: str) -> Any:
        """Return how a template is defined now."""
        folder = self.copies.parent / "now"
        if template != PRIMARY:
            self.configure(f'[[canary]]\nregion = "westeurope"\ntemplate = "{template}"\n')
        await self.run("backup", "--out", str(folder))
        copy = copy_of(folder, template_id(template))
        return copy.definition if copy else None


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Copied]:
    async with an_azure(WORLD) as azure:
        site = Copied(tmp_path, azure)
        assert (await site.backup()).code == 0
        yield site


async def test_a_copy_is_deployed_as_the_template_was_with_its_signature(site: Copied) -> None:
    told = await site.restore("--name", "ubuntu-again")
    assert (told.code, told.out.split("\n")[0], told.err) == (0, '"ubuntu-again" was made in westeurope.', "")
    assert await site.writes() == [("PUT", "ubuntu-again")]
    again = PRIMARY.replace("ubuntu-weu", "ubuntu-again")
    was = copy_of(site.copies, template_id(PRIMARY))
    assert was is not None
    assert await site.definition(again) == was.definition
    assert "Ab%2Fc" not in told.out


async def test_a_dry_run_shows_the_request_without_the_signature_and_sends_nothing(site: Copied) -> None:
    told = await site.restore("--name", "ubuntu-again", "--dry-run")
    assert (told.code, await site.writes()) == (0, [])
    assert told.out.startswith('"ubuntu-again" can be made in westeurope; nothing was sent, --apply does it.\n')
    assert "  the copy was taken 20" in told.out
    assert ("PUT http" in told.out, "Ab%2Fc" in told.out) == (True, False)


async def test_a_template_that_is_there_is_left_alone(site: Copied) -> None:
    told = await site.restore()
    assert (told.code, await site.writes()) == (1, [])
    assert "the template is there already; --replace deletes it, after keeping a copy" in told.out


async def test_a_template_is_replaced_only_after_it_was_copied_elsewhere(site: Copied) -> None:
    site.configure(f'[backup]\ndirectory = "{site.copies}"\n')
    was = copy_of(site.copies, template_id(PRIMARY))
    site.change(tags={"restored": "yes"})
    content = site.file().read_bytes()
    told = await site.restore("--replace", "--json")
    assert (told.code, await site.writes()) == (0, [("DELETE", "ubuntu-weu"), ("PUT", "ubuntu-weu")])
    kept = copy_of(site.copies / "replaced", template_id(PRIMARY))
    assert was is not None
    assert kept is not None
    assert (kept.definition, site.file().read_bytes()) == (was.definition, content)
    assert told.json["kept"] == str(site.copies / "replaced" / place_of(template_id(PRIMARY)))
    assert (await site.definition(PRIMARY))["tags"] == {"restored": "yes"}


async def test_in_another_region_it_becomes_what_the_mapping_makes_of_it(site: Copied) -> None:
    site.configure(MAPPING)
    told = await site.restore("--to", "northeurope", "--name", "ubuntu-two", "--dry-run", "--json")
    body = told.json["request"]["body"]
    assert (body["location"], told.json["region"]) == ("northeurope", "northeurope")
    assert "/galleries/gallery_northeurope/images/ubuntu-neu" in body["properties"]["distribute"][0]["galleryImageId"]
    assert [one["path"] for one in told.json["missing"]] == ["customize[0].scriptUri"]
    assert (told.code, await site.writes()) == (3, [])


async def test_the_secondary_that_is_configured_there_is_meant(site: Copied) -> None:
    site.configure(MAPPING)
    told = await site.restore("--to", "northeurope", "--json")
    assert (told.code, told.json["target"].lower(), told.json["present"]) == (1, SECONDARY.lower(), "yes")


async def test_while_its_region_is_down_a_copy_is_deployed_elsewhere(site: Copied) -> None:
    script = '"https://stweu.blob.core.windows.net/s/a.sh" = "https://stneu.blob.core.windows.net/s/a.sh"'
    site.configure(f"{MAPPING}exact = {{ {script} }}\n")
    await site.azure.trouble(**DOWN)
    told = await site.restore("--to", "northeurope", "--name", "ubuntu-two")
    assert (told.code, told.out.split("\n")[0]) == (0, '"ubuntu-two" was made in northeurope.')
    assert await site.writes() == [("PUT", "ubuntu-two")]


async def test_where_its_region_is_down_it_is_not_made_there(site: Copied) -> None:
    await site.azure.trouble(**DOWN)
    told = await site.restore()
    assert (told.code, await site.writes()) == (69, [])
    assert "whether the template is there could not be read: " in told.out


async def test_what_it_needs_has_to_be_there(site: Copied) -> None:
    site.change(identity={"type": "UserAssigned", "userAssignedIdentities": {f"{PRIMARY.partition('/providers')[0]}"
        "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/lost": {}}})  # fmt: skip
    told = await site.restore("--name", "ubuntu-again")
    assert (told.code, await site.writes()) == (3, [])
    assert "identity lost does not exist; create it" in told.out


async def test_a_template_with_another_part_to_play_is_never_touched(site: Copied) -> None:
    site.configure(f'[[canary]]\nregion = "westeurope"\ntemplate = "{PRIMARY.replace("ubuntu", "canary")}"\n')
    told = await site.restore("--name", "canary-weu", "--replace")
    assert (told.code, await site.writes()) == (1, [])
    assert told.err == 'aibwatch: "canary-weu" is the canary of westeurope; choose another name (--name)\n'


async def test_a_region_outside_of_the_groups_geographies_is_refused(site: Copied) -> None:
    site.configure('allowed_geographies = ["Europe"]\n')
    told = await site.restore("--to", "eastus")
    assert (told.code, await site.writes(), f"{GROUP}: " in told.err) == (1, [], True)
    assert "outside of allowed_geographies (Europe)" in told.err


async def test_geographies_of_secondaries_do_not_keep_a_primary_from_where_it_was(site: Copied) -> None:
    site.configure('allowed_geographies = ["Switzerland"]\n')
    assert (await site.restore("--name", "ubuntu-again", "--dry-run")).code == 0


async def test_a_region_that_does_not_exist_is_a_slip_of_the_finger(site: Copied) -> None:
    told = await site.restore("--to", "West Europe")
    assert (told.code, 'write "westeurope"' in told.err) == (2, True)


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (lambda text: text[: len(text) // 2], "the file is no JSON from line "),
        (lambda _: "", "the file is no JSON from line 1, column 1 on"),
        (lambda text: text.replace("deploymentTemplate", "deploymentParameters"), '"$schema" is '),
        (lambda text: text.replace('"location"', '"locations"'), '"resources[0].location" is missing'),
        (lambda text: text.replace("imageTemplates", "imageTemplate"), '"resources[0].type" is '),
    ],
)
async def test_a_damaged_file_changes_nothing_and_nobody_is_asked(site: Copied, damage: Any, why: str) -> None:
    before = len(await site.azure._told("requests"))
    site.file().write_text(damage(site.file().read_text()))
    told = await site.restore("--replace")
    assert (told.code, told.out, len(await site.azure._told("requests"))) == (1, "", before)
    assert told.err.startswith(f"aibwatch: {site.file()}: {why}")
    assert "nothing was changed; " in told.err


async def test_without_its_signature_a_copy_is_not_deployed(site: Copied) -> None:
    site.file().with_name("ubuntu-weu.secrets.json").unlink()
    told = await site.restore("--name", "ubuntu-again")
    assert (told.code, await site.writes()) == (1, [])
    assert "needs the secret secret_" in told.err


async def test_a_file_that_does_not_say_whose_it_is_is_for_az(site: Copied) -> None:
    document = json.loads(site.file().read_text())
    del document["metadata"]
    site.file().write_text(json.dumps(document))
    told = await site.restore()
    assert (told.code, await site.writes()) == (1, [])
    assert "deploy it with az deployment group create" in told.err


async def test_fields_that_nobody_knows_are_told_and_sent(site: Copied) -> None:
    site.change(zones=["1"])
    told = await site.restore("--name", "ubuntu-again", "--dry-run")
    assert told.code == 0
    assert '  "resources[0].zones" is not part of a template, and was left out\n' in told.out


async def test_without_the_right_to_write_it_names_the_permission(site: Copied) -> None:
    async with site.azure._session.post(f"{site.azure.base}/_stand-in/roles", json=[{"actions": ["*/read"]}]) as answer:
        assert answer.status < 300, await answer.text()
    told = await site.restore("--name", "ubuntu-again")
    assert told.code == 77
    assert "Microsoft.VirtualMachineImages/imageTemplates/write" in told.out
