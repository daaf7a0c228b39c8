"""What a survey says where Azure does not answer as it should: see test_survey_standin for where it does."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, cast

import pytest

from aibwatch.core.model import Region, TemplateId
from aibwatch.core.policy import GroupSpec
from aibwatch.core.readiness.survey import ABSENT, Survey, Trigger, Unread
from aibwatch.sources.survey.surveyor import Surveyor
from tests.sources.support import NOW, UBUNTU, Rig, Script, a_template, no_pause, says

SECONDARY = TemplateId(UBUNTU.replace("images-weu", "images-neu"))
SPEC = GroupSpec(name="ubuntu-base", primary=UBUNTU, secondaries=(SECONDARY,))
FAILS = says(500, {"error": {"code": "InternalServerError", "message": "no"}})
REFUSES = says(403, {"error": {"code": "AuthorizationFailed", "message": "no"}})
READ = "Microsoft.VirtualMachineImages/imageTemplates/read"


def a_secondary(**properties: Any) -> dict[str, Any]:
    return {**a_template(**properties), "id": SECONDARY, "location": "North Europe"}


def answers(rig: Rig, primary: Script, secondary: Script) -> None:
    """Answer for both templates."""
    rig.azure.on(UBUNTU, primary)
    rig.azure.on(SECONDARY, secondary)


class Clock:
    def __init__(self) -> None:
        self.time = NOW

    def __call__(self) -> datetime:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


def no_fault(fault: Exception) -> None:
    raise fault


async def survey(surveyor: Surveyor, spec: GroupSpec = SPEC) -> Survey:
    async with surveyor.round([spec]) as this_round:
        return await this_round.survey(spec, SECONDARY)


@pytest.fixture
def surveyor(rig: Rig, clock: Clock) -> Surveyor:
    return Surveyor(rig.arm, clock, no_pause, on_fault=no_fault)


GRAPH = "/providers/Microsoft.ResourceGraph/resources"


def has_a_copy(rig: Rig, *bodies: Mapping[str, Any]) -> None:
    """Let Resource Graph show these templates."""
    rows = {"totalRecords": len(bodies), "count": len(bodies), "data": list(bodies), "resultTruncated": "false"}
    rig.azure.on(GRAPH, says(200, rows), method="POST")


async def test_a_primary_whose_region_does_not_answer_is_taken_from_resource_graph(
    rig: Rig, surveyor: Surveyor
) -> None:
    answers(rig, FAILS, says(200, a_secondary()))
    has_a_copy(rig, a_template())
    found = await survey(surveyor)
    assert (found.primary_body, found.primary_region) == (a_template(), "westeurope")


async def test_resource_graph_is_not_asked_while_the_primary_answers(rig: Rig, surveyor: Surveyor) -> None:
    answers(rig, says(200, a_template()), says(200, a_secondary()))
    await survey(surveyor)
    assert rig.azure.count("POST", GRAPH) == 0


async def test_primaries_of_one_scope_are_looked_for_in_resource_graph_together(rig: Rig, surveyor: Surveyor) -> None:
    others = [TemplateId(f"{UBUNTU}{number}") for number in range(60)]
    specs = [replace(SPEC, name=f"g{number}", primary=other) for number, other in enumerate(others)]
    for other in others:
        rig.azure.on(other, FAILS)
    rig.azure.on(SECONDARY, says(200, a_secondary()))
    has_a_copy(rig, *({**a_template(), "id": other} for other in others))
    async with surveyor.round(specs) as this_round:
        found = [await this_round.survey(spec, SECONDARY) for spec in specs]
    assert all(isinstance(each.primary_body, Mapping) for each in found)
    assert rig.azure.count("POST", GRAPH) == 2  # fifty ids in each


TRIGGERS = says(200, {"value": [{"name": "source", "properties": {"kind": "SourceImage"}}]})
TRIGGER = Trigger(name="source", kind="SourceImage", healthy=True)


async def test_the_primarys_triggers_are_not_asked_for_where_the_secondary_has_none(
    rig: Rig, surveyor: Surveyor
) -> None:
    answers(rig, says(200, a_template()), says(200, a_secondary()))
    rig.azure.on(f"{UBUNTU}/triggers", TRIGGERS)
    rig.azure.on(f"{SECONDARY}/triggers", says(200, {"value": []}))
    found = await survey(surveyor)
    assert (found.secondary_triggers, found.primary_triggers) == ((), ())
    assert rig.azure.count("GET", f"{UBUNTU}/triggers") == 0


async def test_no_copy_of_the_primary_tells_its_triggers(rig: Rig, surveyor: Surveyor) -> None:
    answers(rig, says(200, a_template()), says(200, a_secondary()))
    rig.azure.on(f"{UBUNTU}/triggers", TRIGGERS)
    rig.azure.on(f"{SECONDARY}/triggers", TRIGGERS)
    assert (await survey(surveyor)).primary_triggers == (TRIGGER,)
    answers(rig, FAILS, says(200, a_secondary()))
    has_a_copy(rig, a_template())
    assert (await survey(surveyor)).primary_triggers == Unread(why="500 InternalServerError: no")


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        (says(404, {"error": {"code": "ResourceNotFound", "message": "gone"}}), ABSENT),
        (REFUSES, Unread(why=f'the permission {READ} is missing (role "aibwatch watch")', permission=READ)),
    ],
)
async def test_no_copy_hides_that_the_primary_is_gone_or_may_not_be_read(
    rig: Rig, surveyor: Surveyor, answer: Script, body: object
) -> None:
    answers(rig, answer, says(200, a_secondary()))
    has_a_copy(rig, a_template())
    assert (await survey(surveyor)).primary_body == body


async def test_a_primary_that_nobody_shows_is_unread(rig: Rig, surveyor: Surveyor) -> None:
    answers(rig, FAILS, says(200, a_secondary()))
    found = await survey(surveyor, replace(SPEC, regions={UBUNTU: Region("westeurope")}))
    assert (found.primary_body, found.primary_region) == (Unread(why="500 InternalServerError: no"), "westeurope")


async def test_of_a_secondary_that_is_not_there_its_region_is_asked_where_that_is_known(
    rig: Rig, surveyor: Surveyor
) -> None:
    answers(rig, says(200, a_template()), says(404, {"error": {"code": "ResourceNotFound", "message": "gone"}}))
    usages = f"/subscriptions/{UBUNTU.split('/')[2]}/providers/Microsoft.Compute/locations/northeurope/usages"
    rig.azure.on(usages, says(200, {"value": []}))
    found = await survey(surveyor, replace(SPEC, regions={SECONDARY: Region("northeurope")}))
    assert (found.secondary_body, found.seen, found.secondary_triggers) == (ABSENT, None, ())
    assert (found.quotas, found.size, found.wanted_region) == ({}, None, "northeurope")


async def test_of_a_secondary_in_no_known_region_nothing_is_asked_of_regions(rig: Rig, surveyor: Surveyor) -> None:
    answers(rig, says(200, a_template()), FAILS)
    found = await survey(surveyor)
    why = Unread(why="the secondary's region is not known: it cannot be read, or does not say")
    assert (found.quotas, found.containers, found.source_versions) == (why, why, why)
    assert not [path for _, path in rig.azure.asked if "/locations/" in path]


async def test_an_account_of_a_script_is_looked_for_in_the_subscriptions_of_both(rig: Rig, surveyor: Surveyor) -> None:
    script = [{"type": "Shell", "scriptUri": "https://stbuild.blob.core.windows.net/a.sh"}]
    answers(rig, says(200, a_template()), says(200, a_secondary(customize=script)))
    other = TemplateId(UBUNTU.replace("1111", "2222"))
    lists = [
        f"/subscriptions/{one.split('/')[2]}/providers/Microsoft.Storage/storageAccounts" for one in (UBUNTU, other)
    ]
    rig.azure.on(lists[0], says(200, {"value": []}))
    await survey(surveyor, replace(SPEC, primary=other))
    assert [rig.azure.count("GET", path) for path in lists] == [1, 1]


async def test_a_fault_of_ours_loses_one_survey_and_no_other(rig: Rig, clock: Clock) -> None:
    answers(rig, says(200, a_template()), says(200, a_secondary()))
    faults: list[Exception] = []
    broken = replace(SPEC, name="broken", regions=cast("Mapping[TemplateId, Region]", None))
    async with Surveyor(rig.arm, clock, no_pause, on_fault=faults.append).round([SPEC]) as this_round:
        lost = await this_round.survey(broken, SECONDARY)
        well = await this_round.survey(SPEC, SECONDARY)
    why = Unread(why="aibwatch has a fault here (AttributeError); its log says more")
    assert (lost.secondary_body, lost.quotas, len(faults)) == (why, why, 1)
    assert well.secondary_body == a_secondary()


@pytest.mark.parametrize(
    "properties",
    [
        {"source": 7, "distribute": {}, "vmProfile": [], "customize": "x"},
        {
            "distribute": [7, {"galleryImageId": "?"}, {"galleryImageId": "/subscriptions/1"}],
            "stagingResourceGroup": "/",
        },
        {"source": {"publisher": "a/b", "offer": "../..", "sku": "?x=1#"}, "vmProfile": {"vmSize": "?"}},
        {"customize": [{"scriptUri": "https://[/"}, {"scriptUri": "//"}]},
    ],
)
async def test_a_template_of_any_shape_has_a_survey(rig: Rig, surveyor: Surveyor, properties: dict[str, Any]) -> None:
    answers(rig, says(200, a_template()), says(200, a_secondary(**properties)))
    found = await survey(surveyor)
    assert found.secondary_body == a_secondary(**properties)
    assert not [path for _, path in rig.azure.asked if ".." in path]


async def test_a_region_that_is_no_name_is_not_put_into_a_path(rig: Rig, surveyor: Surveyor) -> None:
    answers(rig, says(200, a_template()), says(200, {**a_secondary(), "location": "../../x"}))
    found = await survey(surveyor)
    assert found.quotas == Unread(why="the secondary's region is not known: it cannot be read, or does not say")
