"""Which template a secondary would be."""

import pytest

from aibwatch.core.definition.region_map import RegionMap
from aibwatch.core.deployment.target import Target, part_of, target_of
from aibwatch.core.model import Region, template_id
from aibwatch.core.policy import CanarySpec, GroupSpec, Setup
from tests.core.definition.builders import NEU, TYPE, WEU

PRIMARY = f"{WEU}/{TYPE}/ubuntu-weu"
SECONDARY, OTHER = f"{NEU}/{TYPE}/ubuntu-neu", f"{NEU}/{TYPE}/Rhel-neu"


def a_map(**replace: str) -> RegionMap:
    return RegionMap(home=Region("westeurope"), away=Region("northeurope"), replace=replace)


def test_the_mapping_makes_the_secondary_of_the_primary() -> None:
    assert target_of(PRIMARY, a_map(weu="neu")) == Target(id=SECONDARY, group_said=False)


def test_where_no_mapping_changes_anything_the_region_stands_behind_the_name() -> None:
    assert target_of(PRIMARY, a_map()) == Target(id=f"{PRIMARY}-northeurope", group_said=False)


def test_the_secondary_that_is_configured_there_is_the_one() -> None:
    assert target_of(PRIMARY, a_map(weu="neu"), OTHER) == Target(id=OTHER, group_said=True)


@pytest.mark.parametrize(
    ("name", "group", "made"),
    [
        ("mine", "", Target(id=f"{NEU}/{TYPE}/mine", group_said=False)),
        ("", "Dr", Target(id=f"{NEU.replace('images-neu', 'Dr')}/{TYPE}/ubuntu-neu", group_said=True)),
        ("ubuntu-weu", "images-weu", Target(id=PRIMARY, group_said=True)),
    ],
)
def test_what_is_asked_for_wins(name: str, group: str, made: Target) -> None:
    assert target_of(PRIMARY, a_map(weu="neu"), OTHER, name=name, resource_group=group) == made


def test_a_template_with_another_part_to_play_is_known_by_it() -> None:
    first = GroupSpec(name="a", primary=template_id(PRIMARY), secondaries=(template_id(SECONDARY),))
    second = GroupSpec(name="b", primary=template_id(f"{PRIMARY}-b"), secondaries=(template_id(OTHER),))
    canary = CanarySpec(region=Region("westeurope"), template=template_id(f"{PRIMARY}-canary"))
    setup = Setup(groups={"a": first, "b": second}, canaries={canary.region: canary})

    assert [part_of(setup, "a", template) for template in (first.primary, second.primary)] == [
        "the primary of group a",
        "the primary of group b",
    ]
    assert part_of(setup, "a", template_id(OTHER)) == "a secondary of group b"
    assert part_of(setup, "a", canary.template) == "the canary of westeurope"
    assert part_of(setup, "a", template_id(SECONDARY)) == ""
    assert part_of(setup, "a", template_id(f"{SECONDARY}-new")) == ""
