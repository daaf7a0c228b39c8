"""Configure what is called how in another region."""

from collections.abc import Callable

import pytest

from aibwatch.config.load import Loaded
from aibwatch.config.setup import region_map_of
from aibwatch.core.definition.region_map import RegionMap
from aibwatch.core.model import Region

Mistakes = Callable[[str], list[str]]

WEU, NEU = Region("westeurope"), Region("northeurope")


def a_mapping(*lines: str, home: str = "westeurope", away: str = "northeurope") -> str:
    return "\n".join(["[[mapping]]", f'from = "{home}"', f'to = "{away}"', *lines, ""])


def test_a_mapping_is_found_by_its_regions(read: Callable[[str], Loaded]) -> None:
    text = a_mapping('replace = { weu = "neu" }', 'exact = { "https://a/" = "https://b" }')
    settings = read(text + a_mapping(home="northeurope", away="westeurope")).settings

    assert region_map_of(settings, WEU, NEU) == RegionMap(
        home=WEU, away=NEU, replace={"weu": "neu"}, exact={"https://a/": "https://b"}
    )
    assert region_map_of(settings, NEU, Region("uksouth")) == RegionMap(home=NEU, away=Region("uksouth"))


@pytest.mark.parametrize(
    "place",
    [
        "https://st.blob.core.windows.net",
        "https://example.com/a/b.sh?x=1",
        "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/images",
        "/subscriptions/11111111-1111-1111-1111-111111111111/resourcegroups/i/providers/Microsoft.Compute/galleries/g/",
    ],
)
def test_ids_of_resources_and_groups_and_addresses_are_places(read: Callable[[str], Loaded], place: str) -> None:
    assert read(a_mapping(f'exact = {{ "{place}" = "{place}" }}')).settings.mapping[0].exact == {place: place}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            a_mapping(home="West Europe"),
            'config.toml:2: mapping 1: from: "West Europe" is not the name Azure uses in its API; write "westeurope"',
        ),
        (
            a_mapping(away="westeurope"),
            'config.toml:3: mapping 1: to: "westeurope" is the region it starts from; name another one',
        ),
        (
            a_mapping() + a_mapping(),
            (
                'config.toml:5: mapping 2: from: from "westeurope" to "northeurope" is mapped already (line 1); '
                "make one of the two"
            ),
        ),
        (
            a_mapping('replace = { weu = "neu", we = "NEU" }'),
            (
                'config.toml:4: mapping 1: replace.we: becomes "NEU", as "weu" does; two things cannot become one, '
                "give each its own"
            ),
        ),
        (
            a_mapping('exact = { "https://a" = "https://c", "https://b/" = "https://c/" }'),
            (
                'config.toml:4: mapping 1: exact."https://b/": becomes "https://c/", as "https://a" does; '
                "two things cannot become one, give each its own"
            ),
        ),
        (
            a_mapping('replace = { weu = "neu", WEU = "nor" }'),
            'config.toml:4: mapping 1: replace.WEU: is "weu" in other letters; leave one of the two',
        ),
        (
            a_mapping('exact = { "gallery_weu" = "https://a" }'),
            (
                'config.toml:4: mapping 1: exact.gallery_weu: "gallery_weu" is neither a resource id nor an address; '
                "write /subscriptions/... or https://..."
            ),
        ),
        (
            a_mapping('replace = { "" = "neu" }'),
            'config.toml:4: mapping 1: replace."": is empty; write a value or leave the key out',
        ),
        (
            a_mapping('replace = { weu = " " }'),
            "config.toml:4: mapping 1: replace.weu: is empty; write a value or leave the key out",
        ),
        (
            a_mapping("replace = 1"),
            'config.toml:4: mapping 1: replace: 1 is the wrong kind of value; write a table in braces, { "a" = "b" }',
        ),
        (
            '[[mapping]]\nfrom = "uksouth"',
            'config.toml:1: mapping 1: to: is missing; name the region that they are moved to: to = "northeurope"',
        ),
    ],
)
def test_a_mistake_in_a_mapping_is_told_at_its_line(mistakes_in: Mistakes, text: str, said: str) -> None:
    assert mistakes_in(text) == [said]
