"""Look at an installation and for a region, as people do on a command line."""

from pathlib import Path

import pytest

from aibwatch.cli.exits import Exit
from tests.story.support import Done, a_config, a_world, an_azure, run_aibwatch


async def at_azure(folder: Path, *arguments: str, scenario: str = "") -> Done:
    async with an_azure(a_world() + scenario) as azure:
        config = folder / "config.toml"
        config.write_text(a_config(folder, azure.base, 9877, token=False))
        environment = {"AZURE_POD_IDENTITY_AUTHORITY_HOST": azure.base}
        return await run_aibwatch("--config", str(config), *arguments, environment=environment)


async def test_doctor_prints_what_does_not_work_first_and_exits_by_it(tmp_path: Path) -> None:
    told = await at_azure(tmp_path, "doctor", scenario="[[role]]\nactions = ['*/read']\n")
    lines = told.out.split("\n")
    assert (told.code, told.err) == (Exit.NOT_PERMITTED, "")
    assert lines[0].startswith("1 thing to mend (permission), ")
    assert lines[2].startswith("fail  permission  Microsoft.VirtualMachineImages/imageTemplates/run/action is missing")
    assert lines[3].startswith("                  -> assign the role")


async def test_doctor_prints_json_of_schema_1_without_a_token_in_it(tmp_path: Path) -> None:
    told = await at_azure(tmp_path, "doctor", "--json")
    assert (told.json["schema"], {c["state"] for c in told.json["checks"]}) == (1, {"well", "warn"})
    assert "eyJ" not in told.out


async def test_regions_says_where_a_secondary_belongs(tmp_path: Path) -> None:
    told = await at_azure(tmp_path, "regions", "West Europe")
    assert (told.code, told.err) == (Exit.WELL, "")
    assert told.out.startswith("A secondary of westeurope belongs in northeurope: its pair, in the same geography")


@pytest.mark.parametrize("region", ["westeurop", "", "x" * 5000])
async def test_a_region_that_is_none_exits_with_2(tmp_path: Path, region: str) -> None:
    told = await at_azure(tmp_path, "regions", region)
    assert (told.code, told.out) == (Exit.USAGE, "")
    assert "is no region that is known" in told.err
    assert len(told.err) < 500
