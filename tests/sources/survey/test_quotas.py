"""Quotas of machines and container instances."""

from typing import Any

import pytest
from hypothesis import given

from aibwatch.core.model import Region
from aibwatch.core.readiness.survey import ABSENT, Quota, Unread
from aibwatch.sources.survey.quotas import MOST, container_quota, machine_quotas, parse_quotas
from tests.sources.anything import json_with
from tests.sources.support import SUBSCRIPTION, Rig, a_thrift, says

NEU = Region("northeurope")
MACHINES = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Compute/locations/northeurope/usages"
CONTAINERS = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.ContainerInstance/locations/northeurope/usages"


def a_usage(name: str = "standardDSv5Family", limit: object = 16, used: object = 8) -> dict[str, Any]:
    return {"unit": "Count", "limit": limit, "currentValue": used, "name": {"value": name, "localizedValue": "Words"}}


async def test_quotas_of_machines_are_asked_once_and_known_by_name(rig: Rig) -> None:
    rig.azure.on(MACHINES, says(200, {"value": [a_usage(), a_usage("cores", 100, 20)]}))
    round_ = a_thrift(rig)
    found = [await machine_quotas(round_, SUBSCRIPTION, NEU) for _ in range(2)]
    family = Quota(name="standardDSv5Family", limit=16, used=8)
    assert found == [{"standarddsv5family": family, "cores": Quota(name="cores", limit=100, used=20)}] * 2
    assert rig.azure.asked == [("GET", f"{MACHINES}?api-version=2024-07-01")]
    assert [(seen.operation, seen.region) for seen in rig.seen] == [("survey_quotas", "northeurope")]


async def test_the_quota_of_containers_is_that_of_standard_cores(rig: Rig) -> None:
    rig.azure.on(CONTAINERS, says(200, {"value": [a_usage("ContainerGroups"), a_usage("StandardCores", 10, 7)]}))
    assert await container_quota(a_thrift(rig), SUBSCRIPTION, NEU) == Quota(name="StandardCores", limit=10, used=7)


async def test_a_region_that_tells_no_quota_of_containers_has_none(rig: Rig) -> None:
    rig.azure.on(CONTAINERS, says(200, {"value": []}))
    assert await container_quota(a_thrift(rig), SUBSCRIPTION, NEU) is ABSENT


async def test_a_refusal_names_the_permission(rig: Rig) -> None:
    rig.azure.on(MACHINES, says(403, {"error": {"code": "AuthorizationFailed", "message": "no"}}))
    found = await machine_quotas(a_thrift(rig), SUBSCRIPTION, NEU)
    action = "Microsoft.Compute/locations/usages/read"
    assert found == Unread(why=f'the permission {action} is missing (role "aibwatch watch")', permission=action)


@pytest.mark.parametrize(
    ("limit", "used", "quota"),
    [
        (-1, 3, Quota(name="q", limit=MOST, used=3)),
        (2**60, 3, Quota(name="q", limit=MOST, used=3)),
        (10.0, -2, Quota(name="q", limit=10, used=0)),
        (0, 5, Quota(name="q", limit=0, used=5)),
        ("10", 3, None),
        (True, 3, None),
        (float("nan"), 3, None),
        (10, None, None),
    ],
)
def test_a_number_that_is_none_makes_no_quota(limit: object, used: object, quota: Quota | None) -> None:
    assert parse_quotas([a_usage("q", limit, used)]) == ({"q": quota} if quota else {})


@given(json_with(["name", "value", "limit", "currentValue"]))
def test_no_json_makes_reading_quotas_raise(entry: Any) -> None:
    for quota in parse_quotas([entry]).values():
        assert 0 <= quota.free <= MOST
