"""What is asked beside the sources: permissions, where this machine is, and what time it is at Azure's."""

from datetime import UTC, datetime, timedelta

import pytest

from aibwatch.core.model import FailureClass
from aibwatch.core.permitted import Permission
from aibwatch.sources.answer import Bad
from aibwatch.sources.greeting import Greeting, ahead_of, greet
from aibwatch.sources.machine import OVERRIDE, Elsewhere, region_in, whereabouts
from aibwatch.sources.permissions import Permissions, permissions_in

from .support import GROUP, NOW, Rig, Script, ScriptedAzure, hangs, now, resets, says

PERMISSIONS = f"{GROUP}/providers/Microsoft.Authorization/permissions"
COMPUTE = "/metadata/instance/compute"
SUBSCRIPTIONS = "/subscriptions"


async def test_permissions_are_asked_for_at_a_scope_over_all_pages(rig: Rig) -> None:
    more = {"value": [{"actions": ["b/read"], "notActions": ["c/read"]}]}
    rig.azure.on(PERMISSIONS, says(200, {"value": [{"actions": ["*/read"]}], "nextLink": f"{rig.azure.base}/more"}))
    rig.azure.on("/more", says(200, more))
    assert await Permissions(rig.arm).at(GROUP) == (
        Permission(actions=("*/read",)),
        Permission(actions=("b/read",), not_actions=("c/read",)),
    )
    assert rig.azure.asked[0] == ("GET", f"{PERMISSIONS}?api-version=2022-04-01")


async def test_half_a_list_of_permissions_is_no_answer(rig: Rig) -> None:
    rig.azure.on(PERMISSIONS, says(403, {"error": {"code": "AuthorizationFailed", "message": "no"}}))
    told = await Permissions(rig.arm).at(GROUP)
    assert isinstance(told, Bad)
    assert told.diagnosis.cls is FailureClass.AUTH


@pytest.mark.parametrize("entry", [None, 3, {}, {"actions": "x"}, {"actions": [None, "", 3]}])
def test_a_permission_of_any_shape_gives_nothing(entry: object) -> None:
    assert permissions_in([entry]) == (Permission(actions=()),)


# where this machine is


async def test_the_metadata_service_says_where_this_machine_is(elsewhere: ScriptedAzure) -> None:
    elsewhere.on(COMPUTE, says(200, {"location": "West Europe"}))
    assert await whereabouts({OVERRIDE: f"{elsewhere.base}/"}) == "westeurope"
    assert elsewhere.asked == [("GET", f"{COMPUTE}?api-version=2021-02-01&format=json")]


@pytest.mark.parametrize(
    ("script", "why"),
    [
        (says(404), "answered 404"),
        (says(302, None, Location="http://127.0.0.1:9/"), "answered 302"),
        (says(200, b"<html>"), "something else than JSON"),
        (says(200, {}), "names no location"),
        (resets, "no metadata service was reached"),
        (hangs, "answered within 2 s"),
    ],
)
async def test_where_nobody_says_it_the_region_is_not_known(elsewhere: ScriptedAzure, script: Script, why: str) -> None:
    elsewhere.on(COMPUTE, script)
    told = await whereabouts({OVERRIDE: elsewhere.base})
    assert isinstance(told, Elsewhere)
    assert why in told.why


async def test_the_metadata_service_is_asked_past_every_proxy(
    elsewhere: ScriptedAzure, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    elsewhere.on(COMPUTE, says(200, {"location": "uksouth"}))
    assert await whereabouts({OVERRIDE: elsewhere.base}) == "uksouth"


@pytest.mark.parametrize("raw", [b"", b"[" * 100_000, b'{"location": 3}', b'{"location": null}', b"\xff"])
def test_an_answer_of_any_shape_is_understood_or_not_and_raises_nothing(raw: bytes) -> None:
    assert isinstance(region_in(raw), Elsewhere)


# what time it is


async def test_any_answer_of_azure_shows_that_it_is_reached_and_what_time_it_is(elsewhere: ScriptedAzure) -> None:
    elsewhere.on(SUBSCRIPTIONS, says(401, {}, Date="Mon, 02 Mar 2026 09:59:00 GMT"))
    assert await greet(elsewhere.base, "", now) == Greeting(
        from_azure=True, status=401, took=timedelta(0), ahead=timedelta(seconds=59)
    )
    assert elsewhere.tokens == [""], "no token is sent"


async def test_an_answer_without_a_header_of_azures_is_somebody_elses(elsewhere: ScriptedAzure) -> None:
    elsewhere.on(SUBSCRIPTIONS, says(200, b"<html>log in</html>", azure=False))
    told = await greet(elsewhere.base, "", now)
    assert isinstance(told, Greeting)
    assert told.from_azure is False


async def test_where_nobody_answers_it_is_said_why() -> None:
    told = await greet("http://127.0.0.1:9", "", now)
    assert isinstance(told, str)
    assert "127.0.0.1:9" in told


@pytest.mark.parametrize(
    ("seconds", "expected"), [(0.0, 0.0), (0.9, 0.0), (1.0, 0.0), (3.5, 2.5), (-0.5, -0.5), (-7.0, -7.0)]
)
def test_what_whole_seconds_hide_is_no_difference(seconds: float, expected: float) -> None:
    date = "Mon, 02 Mar 2026 10:00:00 GMT"
    assert ahead_of(date, NOW + timedelta(seconds=seconds)) == timedelta(seconds=expected)


@pytest.mark.parametrize("date", ["", "yesterday", "Mon, 99 Mar 2026 10:00:00 GMT", "x" * 1000])
def test_a_date_that_is_none_says_nothing(date: str) -> None:
    assert ahead_of(date, NOW) is None


def test_a_date_without_a_zone_is_utc() -> None:
    assert ahead_of("Mon, 02 Mar 2026 10:00:00 -0000", datetime(2026, 3, 2, 10, 0, tzinfo=UTC)) == timedelta(0)
