"""Definitions of templates: from the service, else from Resource Graph, else with the reason why not."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from aibwatch.core.copies.copy import Copy, Origin
from aibwatch.core.model import TemplateId
from aibwatch.sources.definitions import ASK, MOST_LOOKS, READ, Definitions, Told, Untold
from aibwatch.sources.graph import PATH, Graph

from .conftest import Open
from .support import GROUP, NOW, RHEL, TYPE, UBUNTU, Rig, Script, a_run, a_template, now, resets, says

LIST = f"{GROUP}{TYPE}"
SOURCE: dict[str, Any] = {
    "source": {"type": "PlatformImage", "exactVersion": "1"},
    "distribute": [{"type": "VHD"}],
}
KEPT = {"source": {"type": "PlatformImage"}, "distribute": [{"type": "VHD"}]}
ROW = {"id": UBUNTU, "location": "westeurope", "tags": None, "identity": None, "properties": SOURCE, "tenantId": "t"}
DOWN = says(500, {"error": {"code": "InternalServerError", "message": "we are down"}}, x_ms_failure_cause="service")
REFUSED = says(403, {"error": {"code": "AuthorizationFailed", "message": "you may not"}})
GONE = says(404, {"error": {"code": "ResourceNotFound", "message": "no such thing"}})


def lists(*bodies: object) -> Script:
    return says(200, {"value": list(bodies)})


def rows(*found: object) -> Script:
    return says(200, {"data": list(found), "count": len(found), "resultTruncated": "false"})


def a_copy(written_id: str = f"{GROUP}{TYPE}/ubuntu", origin: Origin = Origin.SERVICE, tenant: str = "") -> Copy:
    return Copy(
        written_id=written_id,
        definition={"location": "westeurope", "properties": KEPT},
        api_version="2025-10-01",
        taken_at=NOW,
        origin=origin,
        tenant=tenant,
    )


FROM_GRAPH = a_copy(UBUNTU, Origin.RESOURCE_GRAPH, "t")


async def read(rig: Rig, *templates: TemplateId) -> Mapping[TemplateId, Told | Untold]:
    async def pause(_: timedelta) -> None:
        return None

    return await Definitions(rig.arm, Graph(rig.arm, pause), now).read(templates or (UBUNTU,))


async def untold(rig: Rig) -> Untold:
    (found,) = (await read(rig)).values()
    assert isinstance(found, Untold)
    return found


async def test_the_service_tells_definitions_by_its_lists_without_what_it_added(rig: Rig) -> None:
    entries = [a_template("rhel", **SOURCE), a_template("ubuntu", a_run(), **SOURCE), a_template("stranger")]
    rig.azure.on(LIST, lists(*entries))
    rhel = a_copy(f"{GROUP}{TYPE}/rhel")
    assert await read(rig, UBUNTU, RHEL) == {UBUNTU: Told(copy=a_copy()), RHEL: Told(copy=rhel)}
    assert [method for method, _ in rig.azure.asked] == ["GET"]


async def test_what_a_list_does_not_show_is_asked_for_by_itself(rig: Rig) -> None:
    rig.azure.on(LIST, lists())
    rig.azure.on(UBUNTU, says(200, a_template("ubuntu", **SOURCE)))
    assert await read(rig) == {UBUNTU: Told(copy=a_copy())}


async def test_only_a_404_to_a_read_of_its_own_says_that_a_template_is_gone(rig: Rig) -> None:
    rig.azure.on(LIST, lists())
    rig.azure.on(UBUNTU, GONE)
    found = await untold(rig)
    assert (found.gone, rig.azure.count("POST", PATH)) == (True, 0)


async def test_a_404_that_is_not_azures_is_no_proof(rig: Rig) -> None:
    rig.azure.on(LIST, lists())
    rig.azure.on(UBUNTU, says(404, {}, azure=False))
    rig.azure.on(PATH, rows(ROW), method="POST")
    (told,) = (await read(rig)).values()
    assert isinstance(told, Told)
    assert told.copy == FROM_GRAPH


@pytest.mark.parametrize("answer", [DOWN, resets, says(200, {"value": 7}), says(429, {})])
async def test_where_the_service_does_not_tell_resource_graph_is_asked_and_that_is_said(
    rig: Rig, answer: Script
) -> None:
    rig.azure.on(LIST, answer)
    rig.azure.on(PATH, rows(ROW, {"id": RHEL}, 7), method="POST")
    (told,) = (await read(rig)).values()
    assert isinstance(told, Told)
    assert (told.copy, bool(told.why)) == (FROM_GRAPH, True)


async def test_what_came_of_a_torn_list_is_believed_and_only_the_rest_is_looked_for(rig: Rig) -> None:
    body = {"value": [a_template("ubuntu", **SOURCE)], "nextLink": "/next"}
    rig.azure.on(LIST, says(200, body))
    rig.azure.on("/next", DOWN)
    rig.azure.on(PATH, rows(ROW | {"id": RHEL}), method="POST")
    found = await read(rig, UBUNTU, RHEL)
    assert found[UBUNTU] == Told(copy=a_copy())
    rhel = found[RHEL]
    assert isinstance(rhel, Told)
    assert (rhel.copy.origin, "only 1 page of the list came" in rhel.why) == (Origin.RESOURCE_GRAPH, True)


async def test_a_missing_permission_is_named_and_resource_graph_not_asked(rig: Rig) -> None:
    rig.azure.on(LIST, REFUSED)
    found = await untold(rig)
    assert (found.permission, found.gone, found.unreachable) == (READ, False, False)
    assert rig.azure.count("POST", PATH) == 0


async def test_a_template_that_neither_tells_has_the_reasons_of_both(rig: Rig) -> None:
    rig.azure.on(LIST, DOWN)
    rig.azure.on(PATH, rows(), method="POST")
    found = await untold(rig)
    assert ("we are down" in found.why, "Resource Graph does not show it" in found.why) == (True, True)
    assert (found.permission, found.unreachable) == ("", False)


async def test_a_missing_permission_for_resource_graph_is_named(rig: Rig) -> None:
    rig.azure.on(LIST, DOWN)
    rig.azure.on(PATH, REFUSED, method="POST")
    assert (await untold(rig)).permission == ASK


async def test_where_nobody_answers_at_all_that_is_known(open_rig: Open) -> None:
    rig = await open_rig(endpoint="http://127.0.0.1:9")
    assert (await untold(rig)).unreachable


@pytest.mark.parametrize(
    "change", [{"location": ""}, {"properties": None}, {"properties": {}}, {"location": 7}, {"id": None}]
)
async def test_what_is_no_definition_is_not_taken_for_one(rig: Rig, change: dict[str, object]) -> None:
    rig.azure.on(LIST, DOWN)
    rig.azure.on(PATH, rows(ROW | change), method="POST")
    assert "Resource Graph does not show it" in (await untold(rig)).why


async def test_a_definition_without_an_end_is_none(rig: Rig) -> None:
    endless: Any = "x"
    for _ in range(400):
        endless = {"a": endless}
    rig.azure.on(LIST, lists(a_template("ubuntu", endless=endless)))
    rig.azure.on(UBUNTU, GONE)
    assert (await untold(rig)).gone


async def test_a_region_that_is_missing_from_a_list_costs_few_requests(rig: Rig) -> None:
    many = [TemplateId(f"{UBUNTU}-{number:03}") for number in range(MOST_LOOKS + 60)]
    rig.azure.on(LIST, lists())
    for template in many:
        rig.azure.on(template, DOWN)
    rig.azure.on(PATH, rows(), method="POST")
    found = await read(rig, *many)
    assert len(found) == len(many)
    assert (len(rig.azure.asked), rig.azure.count("POST", PATH)) == (1 + MOST_LOOKS + 2, 2)
