"""Where groups are and may be: each mistake and each doubt with its remedy."""

from collections.abc import Callable

import pytest

from aibwatch.config.load import Loaded
from aibwatch.core.model import Region, TemplateId

Told = Callable[[str], list[str]]
Read = Callable[[str], Loaded]

SUBSCRIPTION = "/subscriptions/11111111-2222-3333-4444-555555555555"
TEMPLATES = f"{SUBSCRIPTION}/resourceGroups/images/providers/Microsoft.VirtualMachineImages/imageTemplates"
GROUP = f'[[group]]\nname = "base"\nprimary = "{TEMPLATES}/weu"\nsecondaries = ["{TEMPLATES}/neu", "{TEMPLATES}/sec"]\n'
WEST = 'primary_region = "westeurope"\n'


def test_regions_and_geographies_come_to_the_core(read: Read) -> None:
    text = 'secondary_regions = ["northeurope", "swedencentral"]\nallowed_geographies = ["Europe", "swedencentral"]\n'
    loaded = read(GROUP + WEST + text)
    spec, lower = loaded.setup.groups["base"], TEMPLATES.lower()
    assert loaded.warnings == ()
    assert spec.allowed_geographies == ("Europe", "swedencentral")
    assert spec.regions == {
        TemplateId(f"{lower}/weu"): Region("westeurope"),
        TemplateId(f"{lower}/neu"): Region("northeurope"),
        TemplateId(f"{lower}/sec"): Region("swedencentral"),
    }


def test_without_them_nothing_is_said_of_regions(read: Read) -> None:
    spec = read(GROUP).setup.groups["base"]
    assert (spec.regions, spec.allowed_geographies) == ({}, ())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            'allowed_geographies = ["Europa"]\n',
            'allowed_geographies: "Europa" is not a geography or region that is known; did you mean Europe',
        ),
        (
            'allowed_geographies = ["Europe", "xyzzy"]\n',
            (
                'allowed_geographies: "xyzzy" is not a geography or region that is known; '
                'write a geography of Azure ("Europe") or the name of a region ("swedencentral")'
            ),
        ),
        (
            'secondary_regions = ["northeurope"]\n',
            "secondary_regions: names 1 for 2 secondaries; name the region of each, in their order",
        ),
        (
            'secondary_regions = ["northeurope", "West Europe"]\n',
            'secondary_regions: "West Europe" is not the name Azure uses in its API; write "westeurope"',
        ),
        (
            f'{WEST}secondary_regions = ["northeurope", "westeurope"]\n',
            (
                'secondary_regions: the secondary "sec" is in the primary\'s region westeurope; '
                "a secondary must be elsewhere: see where (aibwatch regions westeurope)"
            ),
        ),
        (
            'secondary_regions = ["northeurope", "swedencentral"]\nallowed_geographies = ["Europe"]\n',
            (
                'secondary_regions: the secondary "sec" may not be there: swedencentral is in Sweden, '
                "outside of allowed_geographies (Europe); name another region, or add this one there"
            ),
        ),
    ],
)
def test_a_mistake_is_told_with_its_remedy(mistakes_in: Told, text: str, said: str) -> None:
    (mistake,) = mistakes_in(GROUP + text)
    assert f': group "base": {said}' in mistake


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            'secondary_regions = ["northeurope", "francesouth"]\n',
            (
                "secondary_regions: Image Builder is not offered in francesouth, as of May 2026; "
                "see where it is: aibwatch regions francesouth"
            ),
        ),
        (
            'primary_region = "westeurop"\n',
            (
                'primary_region: "westeurop" is no region that this version knows (its regions are those of May 2026); '
                "did you mean westeurope"
            ),
        ),
        (
            'secondary_regions = ["northeurope", "taiwannorthwest"]\nallowed_geographies = ["Europe"]\n',
            'secondary_regions: nothing is moved to the secondary "sec": the geography of taiwannorthwest is not known',
        ),
        (
            'primary_region = "eastus"\nallowed_geographies = ["Europe"]\n',
            "primary_region: the primary itself is not where its secondaries have to be: eastus is in United States",
        ),
    ],
)
def test_a_doubt_is_told_and_stops_nothing(warnings_in: Told, text: str, said: str) -> None:
    (warning,) = warnings_in(GROUP + text)
    assert f': group "base": {said}' in warning


def test_a_list_with_a_mistake_does_not_refuse_every_region_too(mistakes_in: Told) -> None:
    text = 'secondary_regions = ["northeurope", "swedencentral"]\nallowed_geographies = ["Europa"]\n'
    assert len(mistakes_in(GROUP + text)) == 1


@pytest.mark.parametrize(
    "text", ['allowed_geographies = [1, ""]\n', "secondary_regions = 3\n", "primary_region = []\n"]
)
def test_values_of_the_wrong_kind_are_told_once_and_break_nothing(mistakes_in: Told, text: str) -> None:
    assert all("wrong kind" in said or "is empty" in said for said in mistakes_in(GROUP + text))
