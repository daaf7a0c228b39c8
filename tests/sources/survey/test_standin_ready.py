"""Secondaries of the stand-in are ready until something is taken from them: by the real requests and the real rules."""

from typing import Any

import pytest

from aibwatch.core.model import template_id
from aibwatch.core.observation import ReadinessSeen
from aibwatch.core.policy import GroupSpec
from aibwatch.core.readiness.report import report_of
from aibwatch.simulator.drill import drill
from aibwatch.simulator.journal import Journal
from aibwatch.simulator.scenario import default_scenario
from aibwatch.simulator.server import StandIn
from aibwatch.simulator.wire import arm_json
from aibwatch.sources.arm import Arm
from aibwatch.sources.credential import make_credential
from aibwatch.sources.survey.surveyor import Surveyor
from tests.sources.support import NOW, SUBSCRIPTION, TYPE, no_pause, now, settings

HOME = f"/subscriptions/{SUBSCRIPTION}/resourceGroups"
NORTH = f"{HOME}/images-neu"
SPEC = GroupSpec(
    name="ubuntu",
    primary=template_id(f"{HOME}/images-weu{TYPE}/ubuntu-weu"),
    secondaries=(template_id(f"{NORTH}{TYPE}/ubuntu-neu"),),
)
GALLERY = f"{NORTH}/providers/Microsoft.Compute/galleries/gallery_northeurope"
IMAGE = (
    f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Compute/locations/northeurope/publishers/canonical"
    "/artifacttypes/vmimage/offers/ubuntu-24_04-lts/skus/server"
)


async def pause(_seconds: float) -> None:
    raise AssertionError("nothing here is slow")


async def judged(monkeypatch: pytest.MonkeyPatch, **changes: dict[str, Any]) -> ReadinessSeen:
    """Return what the rules say of the secondary of the built-in scenario, after these drills."""
    server = StandIn(default_scenario(), now, pause)
    for name, sent in changes.items():
        assert drill("POST", f"/_stand-in/{name}", arm_json(sent), server.world, Journal()).status == 201
    base = await server.start("127.0.0.1")
    monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", base)
    arm = Arm(settings(base), make_credential("managed-identity"), now=now, on_request=lambda _: None)
    try:
        async with Surveyor(arm, now, no_pause).round([SPEC]) as this_round:
            return report_of(await this_round.survey(SPEC, SPEC.secondaries[0]), None)
    finally:
        await arm.close()
        await server.close()


async def test_the_secondary_of_the_built_in_scenario_is_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    report = await judged(monkeypatch)
    assert (report.at, report.state.value) == (NOW, "ready"), report.findings


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        (
            "gallery",
            {"resource": {"id": f"{NORTH}/providers/Microsoft.Compute/galleries/gallery_northeurope", "absent": True}},
        ),
        (
            "silo",
            {
                "resource": {
                    "id": f"{NORTH}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/image-builder",
                    "region": "westeurope",
                }
            },
        ),
        ("silo", {"resource": {"id": NORTH, "region": "westeurope"}}),
        ("source", {"resource": {"id": IMAGE, "absent": True}}),
        ("machines", {"quota": {"region": "northeurope", "name": "cores", "limit": 10, "used": 9}}),
        ("machines", {"sku": {"region": "northeurope", "size": "Standard_D2ds_v4", "absent": True}}),
        ("containers", {"quota": {"region": "northeurope", "name": "StandardCores", "limit": 4, "used": 1}}),
        ("providers", {"provider": {"namespace": "Microsoft.ContainerInstance", "state": "NotRegistered"}}),
    ],
)
async def test_what_a_drill_takes_away_is_what_is_found(
    monkeypatch: pytest.MonkeyPatch, rule: str, changes: dict[str, Any]
) -> None:
    report = await judged(monkeypatch, **changes)
    assert [finding.rule for finding in report.findings if finding.state.value != "ready"] == [rule]
