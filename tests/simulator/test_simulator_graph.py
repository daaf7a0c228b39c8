"""Resource Graph: what a query finds, how it is paged and refused, and that it answers while a region is down."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from aibwatch.simulator.graph import MOST_QUERIES

from .support import SUBSCRIPTION, UBUNTU, Answer, Rig

Open = Callable[..., Awaitable[Rig]]

GRAPH = "/providers/Microsoft.ResourceGraph/resources?api-version=2021-03-01"
TEMPLATES = "resources | where type =~ 'Microsoft.VirtualMachineImages/imageTemplates'"
TAGGED = """
[[template]]
name = "rhel-weu"
resource_group = "Images-WEU"
region = "westeurope"
tags = { aibwatch-group = "rhel" }
"""


async def ask(one: Rig, query: str, **options: object) -> Answer:
    return await one.arm("POST", GRAPH, {"subscriptions": [SUBSCRIPTION], "query": query, "options": options})


async def found(one: Rig, query: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = (await ask(one, query)).json["data"]
    return rows


async def test_a_row_has_the_id_as_arm_writes_it_and_its_type_and_group_in_lower_case(rig: Open) -> None:
    (row,) = await found(await rig(TAGGED), f"{TEMPLATES} | where name == 'rhel-weu'")
    assert row["id"].startswith(f"/subscriptions/{SUBSCRIPTION}/resourceGroups/Images-WEU/")
    assert (row["type"], row["resourceGroup"]) == ("microsoft.virtualmachineimages/imagetemplates", "images-weu")
    assert row["tags"] == {"aibwatch-group": "rhel"}
    assert row["properties"]["provisioningState"] == "Succeeded"


@pytest.mark.parametrize(
    ("condition", "names"),
    [
        ("isnotempty(tags['aibwatch-group'])", ["rhel-weu"]),
        ("isempty(tags['aibwatch-group'])", ["ubuntu-neu", "ubuntu-weu"]),
        ("tags['aibwatch-group'] == 'rhel'", ["rhel-weu"]),
        ("tags['Aibwatch-group'] == 'rhel'", []),
        ("name in ('Rhel-weu')", []),
        ("name in~ ('Rhel-weu', 'ubuntu-neu')", ["rhel-weu", "ubuntu-neu"]),
        ("name !in~ ('Rhel-weu')", ["ubuntu-neu", "ubuntu-weu"]),
        ("location =~ 'WestEurope' and name startswith 'ubuntu'", ["ubuntu-weu"]),
        ("name contains 'RHEL' or location == 'northeurope'", ["rhel-weu", "ubuntu-neu"]),
        ("not(location == 'westeurope')", ["ubuntu-neu"]),
        ("(name == 'rhel-weu' or name == 'x') and location != 'northeurope'", ["rhel-weu"]),
        ("properties.lastRunStatus.runState == 'Succeeded'", []),
        ("tostring(properties['source'].publisher) =~ 'redhat' or tags has 'RHEL'", ["rhel-weu"]),
        ("tags has 'rhe'", []),
    ],
)
async def test_a_condition_finds_what_it_would_find_in_azure(rig: Open, condition: str, names: list[str]) -> None:
    rows = await found(await rig(TAGGED), f"{TEMPLATES} | where {condition} | project name, id | order by id asc")
    assert sorted(row["name"] for row in rows) == names


async def test_only_what_is_projected_is_answered(rig: Open) -> None:
    rows = await found(
        await rig(), f"{TEMPLATES} | project name, at = tolower(location), properties.vmProfile | order by name desc"
    )
    assert rows == [
        {"name": "ubuntu-weu", "at": "westeurope", "properties_vmProfile": {"vmSize": "", "osDiskSizeGB": 0}},
        {"name": "ubuntu-neu", "at": "northeurope", "properties_vmProfile": {"vmSize": "", "osDiskSizeGB": 0}},
    ]


async def test_pages_follow_each_other_by_a_token_and_do_not_count_as_truncated(rig: Open) -> None:
    one = await rig(TAGGED)
    first = (await ask(one, f"{TEMPLATES} | project id, name | order by id asc", **{"$top": 2})).json
    assert (first["totalRecords"], first["count"], first["facets"], first["resultTruncated"]) == (3, 2, [], "false")
    rest = (await ask(one, f"{TEMPLATES} | project id, name", **{"$skipToken": first["$skipToken"]})).json
    assert [row["name"] for row in first["data"] + rest["data"]] == ["rhel-weu", "ubuntu-neu", "ubuntu-weu"]
    assert "$skipToken" not in rest


async def test_without_an_id_there_is_no_next_page(rig: Open) -> None:
    answer = (await ask(await rig(), f"{TEMPLATES} | project name", **{"$top": 1})).json
    assert (answer["count"], answer["totalRecords"], answer["resultTruncated"]) == (1, 2, "true")
    assert "$skipToken" not in answer


@pytest.mark.parametrize(
    ("query", "place", "token"),
    [
        ("where where", 6, "where"),
        ("resources | where", 17, "<EOF>"),
        ("resources | summarize count()", 12, "summarize"),
        ("resources | where colour == 'red'", 18, "colour"),
        ("resources | project id | where name == 'x'", 31, "name"),
        ("resources | where name == 7", 26, "7"),
        ("resources | where name ~ 'x'", 22, " "),
        ("resources where name == 'x'", 10, "where"),
        ("resources | where " + "(" * 3000, 38, "("),
        ("resources | project " + "tostring(" * 3000, 209, "tostring"),
    ],
)
async def test_a_query_that_is_not_understood_is_refused_where_it_goes_wrong(
    rig: Open, query: str, place: int, token: str
) -> None:
    answer = await ask(await rig(), query)
    error = answer.json["error"]
    assert (answer.status, error["code"], error["details"][0]["code"]) == (400, "BadRequest", "InvalidQuery")
    failure = error["details"][1]
    assert (failure["line"], failure["characterPositionInLine"], failure["token"]) == (1, place, token)


@pytest.mark.parametrize(
    "sent",
    [
        [],
        {},
        {"query": 7},
        {"query": "resources", "options": {"resultFormat": "table"}},
        {"query": "resources", "options": {"$top": "many"}},
        {"query": "resources", "options": {"$skipToken": "e30="}},
        {"query": "resources", "subscriptions": [7]},
    ],
)
async def test_a_body_that_is_no_query_is_refused(rig: Open, sent: object) -> None:
    answer = await (await rig()).arm("POST", GRAPH, sent)
    assert (answer.status, answer.json["error"]["code"]) == (400, "BadRequest")


async def test_a_subscription_that_is_not_there_is_left_out_and_none_at_all_is_refused(rig: Open) -> None:
    one = await rig()
    strange = "99999999-9999-9999-9999-999999999999"
    both = await one.arm("POST", GRAPH, {"subscriptions": [strange, SUBSCRIPTION], "query": TEMPLATES})
    alone = await one.arm("POST", GRAPH, {"subscriptions": [strange], "query": TEMPLATES})
    assert (both.status, both.json["count"], alone.status) == (200, 2, 403)


async def test_too_many_queries_are_turned_away_for_some_seconds(rig: Open) -> None:
    one = await rig()
    answers = [await ask(one, TEMPLATES) for _ in range(MOST_QUERIES)]
    assert [int(answer.headers["x-ms-user-quota-remaining"]) for answer in answers] == list(range(14, -1, -1))
    one.clock.advance(2)
    late = await ask(one, TEMPLATES)
    assert (late.status, late.json["error"]["code"]) == (429, "RateLimiting")
    assert (late.headers["x-ms-user-quota-resets-after"], late.headers["Retry-After"]) == ("00:00:03", "3")
    one.clock.advance(3)
    assert (await ask(one, TEMPLATES)).status == 200


async def test_it_answers_while_every_region_is_down(rig: Open) -> None:
    one = await rig(*(f'[[trouble]]\nregion = "{region}"\nanswer = "500"' for region in ("westeurope", "northeurope")))
    assert (await one.arm("GET", UBUNTU)).status == 500
    assert len(await found(one, TEMPLATES)) == 2


async def test_what_became_of_a_run_is_told_late(rig: Open) -> None:
    one = await rig(top="graph_lag = 120")
    await one.arm("POST", f"{UBUNTU}/run")
    query = f"{TEMPLATES} | where name == 'ubuntu-weu' | project run = tostring(properties.lastRunStatus.runState)"
    one.clock.advance(100)
    before = await found(one, query)
    one.clock.advance(30)
    assert (before, await found(one, query)) == ([{"run": ""}], [{"run": "Running"}])
