"""Whole surveys against the stand-in where something fails or may not be read, and what a round costs."""

from collections import Counter
from collections.abc import Mapping

import pytest

from aibwatch.core.definition.portable import portable
from aibwatch.core.model import template_id
from aibwatch.core.policy import GroupSpec
from aibwatch.core.readiness.survey import Unread
from aibwatch.sources.answer import RequestSeen
from tests.sources.support import TYPE

from .surveyed import (
    DEFINITION,
    GALLERY,
    GROUP,
    HOME,
    IDENTITY,
    NO_TRIGGERS,
    PLAIN,
    SCRIPT,
    SOURCE,
    STAGING,
    SUBNET,
    TRIGGERS_FAIL,
    WORLD,
    Look,
    Open,
    changes,
    look,
    seen,
    surveyor,
)

__all__ = ["look", "seen", "surveyor"]


@pytest.mark.parametrize(
    ("operation", "region", "fields_lost"),
    [
        ("usages", "northeurope", {"quotas", "containers"}),
        ("skus", "*", {"size"}),
        ("providers", "*", {"providers"}),
        ("triggers", "westeurope", {"primary_triggers"}),
        ("resource", "northeurope", {"places"}),
        ("image", "northeurope", {"places"}),
        ("list", "northeurope", set()),
    ],
)
async def test_what_fails_is_unread_and_all_else_is_as_it_was(
    look: Look, operation: str, region: str, fields_lost: set[str]
) -> None:
    trouble = f'[[trouble]]\nregion = "{region}"\noperations = ["{operation}"]\nanswer = "500"\n'
    differing = changes(await look(f"{WORLD}\n{trouble}"), await look(WORLD))
    assert differing.keys() == fields_lost
    values = [each for value in differing.values() for each in (value.values() if isinstance(value, dict) else [value])]
    assert all(isinstance(value, Unread) and value.permission == "" for value in values)


async def test_a_primary_whose_region_is_down_is_compared_by_its_copy_in_resource_graph(look: Look) -> None:
    trouble = '[[trouble]]\nregion = "westeurope"\noperations = ["get", "list"]\nanswer = "500"\n'
    down, well = await look(f"{WORLD}\n{trouble}"), await look(WORLD)
    assert isinstance(down.primary_body, Mapping)
    assert isinstance(well.primary_body, Mapping)
    assert portable(down.primary_body) == portable(well.primary_body)
    assert down.primary_region == "westeurope"


@pytest.mark.parametrize(
    ("action", "fields_lost"),
    [
        ("Microsoft.Compute/locations/usages/read", {"quotas"}),
        ("Microsoft.ContainerInstance/locations/usages/read", {"containers"}),
        ("Microsoft.Compute/skus/read", {"size"}),
        ("Microsoft.Resources/subscriptions/providers/read", {"providers"}),
    ],
)
async def test_what_may_not_be_read_names_the_permission(look: Look, action: str, fields_lost: set[str]) -> None:
    role = f'[[role]]\nactions = ["*"]\nnot_actions = ["{action}"]\n'
    why = Unread(why=f'the permission {action} is missing (role "aibwatch watch")', permission=action)
    assert changes(await look(f"{WORLD}\n{role}"), await look(WORLD)) == dict.fromkeys(fields_lost, why)


@pytest.mark.parametrize("more", [NO_TRIGGERS, TRIGGERS_FAIL])
async def test_where_the_secondarys_triggers_are_unread_the_primarys_are_not_asked_for(look: Look, more: str) -> None:
    differing = changes(await look(f"{WORLD}\n{more}"), await look(WORLD))
    assert differing.keys() == {"secondary_triggers", "primary_triggers"}
    assert (isinstance(differing["secondary_triggers"], Unread), differing["primary_triggers"]) == (True, ())


@pytest.mark.parametrize(
    ("action", "needs"),
    [
        ("Microsoft.Resources/subscriptions/resourceGroups/read", {GROUP, STAGING}),
        ("Microsoft.ManagedIdentity/userAssignedIdentities/read", {IDENTITY}),
        ("Microsoft.Network/virtualNetworks/read", {SUBNET}),
        ("Microsoft.Compute/galleries/read", {GALLERY}),
        ("Microsoft.Compute/galleries/images/read", {DEFINITION}),
        ("Microsoft.Compute/galleries/images/versions/read", {SOURCE}),
        ("Microsoft.Storage/storageAccounts/read", {SCRIPT}),
    ],
)
async def test_a_place_that_may_not_be_read_names_the_permission(look: Look, action: str, needs: set[str]) -> None:
    role = f'[[role]]\nactions = ["*"]\nnot_actions = ["{action}"]\n'
    why = Unread(why=f'the permission {action} is missing (role "aibwatch watch")', permission=action)
    assert changes(await look(f"{WORLD}\n{role}"), await look(WORLD)) == {"places": dict.fromkeys(needs, why)}


async def test_templates_that_may_not_be_read_name_the_permission(look: Look) -> None:
    action = "Microsoft.VirtualMachineImages/imageTemplates/read"
    found = await look(f'{WORLD}\n[[role]]\nactions = ["*"]\nnot_actions = ["{action}"]\n')
    why = Unread(why=f'the permission {action} is missing (role "aibwatch watch")', permission=action)
    assert (found.primary_body, found.secondary_body) == (why, why)


@pytest.mark.parametrize(
    "answer", ["wrong-shape", "garbage", "html", "empty", "reset", "429", "unauthorized", "503-html"]
)
async def test_no_answer_of_azure_makes_a_survey_fail_or_a_secondary_look_well(look: Look, answer: str) -> None:
    found = await look(f'{WORLD}\n[[trouble]]\nregion = "*"\nanswer = "{answer}"\n')
    bodies = (found.primary_body, found.secondary_body, found.quotas, found.containers, found.providers)
    assert [type(each) for each in bodies] == [Unread] * 5


async def test_a_round_asks_little(surveyor: Open, seen: list[RequestSeen]) -> None:
    names = [f"t{number}" for number in range(20)]
    specs = [a_group(name) for name in names]
    opened = await surveyor("\n".join(PLAIN.replace("ubuntu", name) for name in names))
    async with opened.round(specs) as this_round:
        for spec in specs:
            await this_round.survey(spec, spec.secondaries[0])
    assert Counter(request.operation for request in seen) == {
        "survey_templates": 4,  # ten to a page
        "survey_triggers": 20,  # one a secondary
        "survey_resource": 23,  # a group, an identity, a gallery, and an image definition a secondary
        "survey_quotas": 2,
        "survey_sizes": 1,
        "survey_images": 1,
        "survey_providers": 6,
    }


def a_group(name: str) -> GroupSpec:
    primary = template_id(f"{HOME}/resourceGroups/images-weu{TYPE}/{name}-weu")
    secondary = template_id(f"{HOME}/resourceGroups/images-neu{TYPE}/{name}-neu")
    return GroupSpec(name=name, primary=primary, secondaries=(secondary,))
