"""Secondaries, deployed at the stand-in over HTTP by the program, as an operator does."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from aibwatch.core.copies.copy import place_of
from aibwatch.core.model import template_id
from tests.story.support import GROUP, PRIMARY, SECONDARY, Azure, Done, a_config, a_world, an_azure, run_aibwatch

IMAGES = PRIMARY.partition("/providers/")[0].replace("images-weu", "images-neu")
TWO = SECONDARY.replace("ubuntu-neu", "ubuntu-two")
GALLERY = f"{IMAGES}/providers/Microsoft.Compute/galleries/gallery_northeurope"
IDENTITY = f"{IMAGES}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/image-builder"
MAPPING = """
[[mapping]]
from = "westeurope"
to = "northeurope"
replace = { weu = "neu", westeurope = "northeurope" }
"""
QUICK = "[durations]\ncreating = 0.2\ndeleting = 0.2"
DOWN = {"region": "westeurope", "operations": ["list", "get"], "answer": "500"}
GRAPH_DOWN = {"region": "*", "operations": ["graph"], "answer": "503"}


class Site:
    """A stand-in and a configuration."""

    def __init__(self, folder: Path, azure: Azure) -> None:
        self.azure = azure
        self.copies = folder / "copies"
        self._config = folder / "config.toml"
        self._config.write_text(a_config(folder, azure.base, 9877))
        self.configure(MAPPING + f'[backup]\ndirectory = "{self.copies}"\n')

    async def replicate(self, *arguments: str, to: str = "northeurope") -> Done:
        return await self.run("replicate", GROUP, "--to", to, *arguments)

    async def run(self, *arguments: str) -> Done:
        environment = {"AZURE_POD_IDENTITY_AUTHORITY_HOST": self.azure.base}
        return await run_aibwatch("--config", str(self._config), *arguments, environment=environment)

    def configure(self, more: str) -> None:
        self._config.write_text(self._config.read_text() + more)

    def reconfigure(self, before: str, after: str) -> None:
        text = self._config.read_text()
        assert before in text
        self._config.write_text(text.replace(before, after))


Open = Callable[..., Awaitable[Site]]


@pytest.fixture
async def open_site(tmp_path: Path) -> AsyncIterator[Open]:
    async with AsyncExitStack() as stack:

        async def open_one(more: str = "", world: str = "") -> Site:
            return Site(
                tmp_path,
                await stack.enter_async_context(an_azure((world or a_world()).replace("[durations]", QUICK) + more)),
            )

        yield open_one


@pytest.fixture
async def site(open_site: Open) -> Site:
    return await open_site()


async def test_without_apply_it_shows_the_request_and_sends_nothing(site: Site) -> None:
    told = await site.replicate("--name", "ubuntu-two", "--json")

    request = told.json["request"]
    assert (told.code, told.json["against"], await site.azure.deployments()) == (0, [], [])
    assert (request["method"], told.json["target"].lower()) == ("PUT", TWO.lower())
    assert request["url"].startswith(f"{site.azure.base}/subscriptions/")
    assert [request["body"]["location"], *request["body"]["identity"]["userAssignedIdentities"]] == [
        "northeurope",
        IDENTITY,
    ]
    assert {need["standing"] for need in told.json["needs"]} == {"there"}
    assert told.json["text"].startswith('"ubuntu-two" can be made in northeurope; nothing was sent, --apply does it.\n')


async def test_with_apply_it_makes_the_template_and_says_what_to_configure(site: Site) -> None:
    told = await site.replicate("--name", "ubuntu-two", "--apply")

    assert (told.code, told.err, await site.azure.deployments()) == (0, "", ["PUT ubuntu-two"])
    assert told.out.startswith('"ubuntu-two" was made in northeurope.\n')
    assert f'secondaries = [..., "{IMAGES.replace("resourceGroups", "resourcegroups")}/' in told.out
    again = await site.replicate("--name", "ubuntu-two", "--json")
    assert (again.code, again.json["present"]) == (1, "yes")


async def test_a_template_that_is_there_is_never_overwritten_unasked(site: Site) -> None:
    told = await site.replicate("--apply")

    assert (told.code, await site.azure.deployments()) == (1, [])
    assert "the template is there already; --replace deletes it" in told.out


async def test_a_template_that_is_replaced_is_copied_first(site: Site) -> None:
    told = await site.replicate("--apply", "--replace")

    kept = site.copies / place_of(template_id(SECONDARY))
    assert (told.code, await site.azure.deployments()) == (0, ["DELETE ubuntu-neu", "PUT ubuntu-neu"])
    assert (kept.is_file(), f"was copied to {kept}\n" in told.out) == (True, True)


async def test_a_template_that_cannot_be_copied_is_not_deleted(site: Site) -> None:
    site.copies.write_text("a file of somebody's")

    told = await site.replicate("--apply", "--replace")

    assert (told.code, await site.azure.deployments()) == (1, [])
    assert "the template that is there could not be copied" in told.out


async def test_a_template_that_builds_is_not_replaced(open_site: Open) -> None:
    world = a_world(building=600).replace('last_run = "succeeded"\nlast_run_ended = 518400', 'last_run = "running"')
    site = await open_site(world=world)

    told = await site.replicate("--apply", "--replace")

    assert (told.code, await site.azure.deployments()) == (75, [])
    assert "must not be touched now: a run of it is running" in told.out


async def test_the_member_that_builds_now_is_not_replaced(site: Site) -> None:
    async def active(_: web.Request) -> web.Response:
        return web.Response(text=f"{SECONDARY}\n")

    daemon = web.Application()
    daemon.router.add_get(f"/api/v1/groups/{GROUP}/active", active)
    async with TestServer(daemon) as server:
        site.reconfigure("127.0.0.1:9877", f"127.0.0.1:{server.port}")

        told = await site.replicate("--apply", "--replace")

    assert (told.code, await site.azure.deployments()) == (1, [])
    assert f'"ubuntu-neu" is where {GROUP} builds now; move it away first (failback)' in told.err


async def test_what_no_mapping_says_is_missing_and_holds(site: Site) -> None:
    site.reconfigure('{ weu = "neu", westeurope = "northeurope" }', "{}")

    told = await site.replicate("--apply", "--json")

    assert (told.code, await site.azure.deployments()) == (3, [])
    assert [one["path"] for one in told.json["missing"]] == ["identity", "distribute[0].galleryImageId"]
    assert all(one["remedy"].startswith('in [[mapping]] from "westeurope"') for one in told.json["missing"])


@pytest.mark.parametrize(
    ("resource", "standing", "why"),
    [
        (f'id = "{GALLERY}"\nabsent = true', "absent", "gallery gallery_northeurope does not exist; create it"),
        (f'id = "{IDENTITY}"\nregion = "westeurope"', "elsewhere", "identity image-builder is in westeurope; "),
    ],
)
async def test_what_is_absent_or_elsewhere_holds(open_site: Open, resource: str, standing: str, why: str) -> None:
    site = await open_site(f"[[resource]]\n{resource}\n")

    told = await site.replicate("--name", "ubuntu-two", "--apply", "--json")

    assert (told.code, await site.azure.deployments()) == (3, [])
    held = [need for need in told.json["needs"] if need["holds"]]
    assert (held[0]["standing"], held[0]["why"].startswith(why)) == (standing, True)


async def test_what_the_operator_names_himself_may_be_elsewhere(open_site: Open) -> None:
    site = await open_site(f'[[resource]]\nid = "{IDENTITY}"\nregion = "westeurope"\n')
    home = IDENTITY.replace("images-neu", "images-weu")
    site.reconfigure("[backup]", f'exact = {{ "{home}" = "{IDENTITY}" }}\n[backup]')

    told = await site.replicate("--name", "ubuntu-two", "--apply")

    assert (told.code, await site.azure.deployments()) == (0, ["PUT ubuntu-two"])


async def test_where_the_region_is_down_resource_graph_tells_the_definition(site: Site) -> None:
    await site.azure.trouble(**DOWN)

    told = await site.replicate("--name", "ubuntu-two", "--json")

    assert told.code == 0
    assert told.json["notes"][0].startswith("the primary's definition is from Resource Graph, which may be behind")


async def test_where_neither_answers_the_newest_copy_tells_it(site: Site) -> None:
    assert (await site.run("backup")).code == 0
    await site.azure.trouble(**DOWN)
    await site.azure.trouble(**GRAPH_DOWN)

    told = await site.replicate("--name", "ubuntu-two", "--apply", "--json")

    assert (told.code, await site.azure.deployments()) == (0, ["PUT ubuntu-two"])
    assert told.json["notes"][0].startswith("the primary's definition is from the copy of ")


async def test_where_nobody_tells_the_definition_nothing_is_done(site: Site) -> None:
    await site.azure.trouble(**DOWN)
    await site.azure.trouble(**GRAPH_DOWN)

    told = await site.replicate("--apply", "--replace")

    assert (told.code, told.out, await site.azure.deployments()) == (1, "", [])
    assert f"there is no copy of it in {site.copies}" in told.err


@pytest.mark.parametrize(
    ("to", "code", "said"),
    [
        ("westeurope", 1, "the primary is in westeurope itself; a secondary must be elsewhere"),
        ("West Europe", 2, '--to: "West Europe" is not the name Azure uses in its API; write "westeurope"'),
        ("northeurop", 2, '--to: "northeurop" is no region that this version knows; did you mean northeurope'),
        (
            "spaincentral",
            1,
            "Image Builder is not offered in spaincentral; see where it is: aibwatch regions westeurope",
        ),
    ],
)
async def test_a_region_that_no_secondary_can_be_in_is_refused(site: Site, to: str, code: int, said: str) -> None:
    told = await site.replicate(to=to)

    assert (told.code, told.out, said in told.err) == (code, "", True)


async def test_a_region_outside_of_the_allowed_geographies_is_refused(site: Site) -> None:
    site.reconfigure("[[group]]", '[[group]]\nallowed_geographies = ["Europe"]')

    told = await site.replicate("--apply", to="uksouth")

    assert (told.code, await site.azure.deployments()) == (1, [])
    assert "uksouth is in United Kingdom, outside of allowed_geographies (Europe)" in told.err


async def test_the_primary_itself_is_never_a_target(site: Site) -> None:
    told = await site.replicate("--name", "ubuntu-weu", "--resource-group", "images-weu", "--replace", "--apply")

    assert (told.code, await site.azure.deployments()) == (1, [])
    assert '"ubuntu-weu" is the primary of group ubuntu-base; choose another name (--name)' in told.err


@pytest.mark.parametrize(
    "permission", ["Microsoft.VirtualMachineImages/imageTemplates/write", "Microsoft.Compute/galleries/read"]
)
async def test_a_permission_that_is_missing_is_named(open_site: Open, permission: str) -> None:
    site = await open_site(f'[[role]]\nactions = ["*"]\nnot_actions = ["{permission}"]\n')

    told = await site.replicate("--name", "ubuntu-two", "--apply", "--json")

    assert (told.code, told.json["permissions"]) == (77, [permission])


async def test_where_azure_does_not_say_what_it_did_that_is_told(site: Site) -> None:
    await site.azure.trouble(region="northeurope", operations=["create"], answer="500")

    told = await site.replicate("--name", "ubuntu-two", "--apply")

    assert told.code == 69
    assert told.out.startswith('whether "ubuntu-two" was made in northeurope is not known: Azure shows no "ubuntu-two"')


async def test_a_group_that_is_not_there_is_told(site: Site) -> None:
    told = await site.run("replicate", "nobody", "--to", "northeurope")

    assert (told.code, told.err) == (1, f"aibwatch: there is no group 'nobody'; there are {GROUP}\n")


async def test_signatures_are_not_shown(open_site: Open) -> None:
    script = 'name = "ubuntu-weu"\nscript = "https://example.com/a.sh?sv=1&sig=Ab%2Fc"'
    site = await open_site(world=a_world().replace('name = "ubuntu-weu"', script))

    told = await site.replicate("--name", "ubuntu-two", "--json")

    assert (told.code, "Ab%2Fc" in told.out, "https://example.com/a.sh?***" in told.out) == (0, False, True)
