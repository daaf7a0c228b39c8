"""Service Health events, picked out and judged region by region."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aibwatch.core.model import WELL, FailureClass, Region
from aibwatch.core.observation import Concern, EventSeen, Observation, Polled, Source
from aibwatch.sources.parse_event import concern_of, parse_event
from aibwatch.sources.service_health import ServiceHealth

from .support import NOW, SUBSCRIPTION, Rig, now, says

WEST, NORTH = Region("westeurope"), Region("northeurope")
NAME = re.compile("image builder", re.IGNORECASE)
PATH = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.ResourceHealth/events"
BEGAN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
UPDATED = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def a_region(name: str = "West Europe", status: str | None = "Active", **changes: object) -> dict[str, Any]:
    said = {} if status is None else {"status": status}
    return {"impactedRegion": name, "lastUpdateTime": "2026-03-02T09:30:00.0000000Z", **said, **changes}


def an_impact(*regions: object, service: object = "Azure Image Builder") -> dict[str, Any]:
    return {"impactedService": service, "impactedRegions": list(regions or (a_region(),))}


def an_event(*impacts: object, **changes: object) -> dict[str, Any]:
    properties = {
        "eventType": "ServiceIssue",
        "status": "Active",
        "title": "Builds fail",
        "impactStartTime": "2026-03-02T09:00:00Z",
        "impactMitigationTime": "0001-01-01T00:00:00",
        "lastUpdateTime": "2026-03-02T09:30:00Z",
        "impact": list(impacts or (an_impact(),)),
    }
    return {"name": "ABC1-XYZ", "properties": {**properties, **changes}}


def parsed(event: object) -> dict[Region, EventSeen]:
    seen = parse_event(event, {WEST, NORTH}, NAME, NOW)
    assert seen is not None
    return {one.region: one for one in seen}


ACTIVE = EventSeen(
    at=NOW,
    tracking_id="ABC1-XYZ",
    region=WEST,
    concern=Concern.IMAGE_BUILDER,
    active=True,
    maintenance=False,
    updated=UPDATED,
    began=BEGAN,
    title="Builds fail",
)


def test_an_event_of_image_builder_in_a_watched_region() -> None:
    assert parsed(an_event()) == {WEST: ACTIVE}


def test_each_region_is_judged_by_its_own_status() -> None:
    event = an_event(an_impact(a_region("West Europe", "Resolved"), a_region("North Europe", "Active")))
    assert {region: seen.active for region, seen in parsed(event).items()} == {WEST: False, NORTH: True}


@pytest.mark.parametrize(
    ("here", "whole", "mitigated", "active"),
    [
        ("Active", "Resolved", "2026-03-02T09:10:00Z", True),
        (None, "Active", "2026-03-02T09:10:00Z", True),
        (None, "Resolved", "0001-01-01T00:00:00", False),
        ("ACTIVE", None, None, True),
        (None, None, "0001-01-01T00:00:00", True),
        (None, None, "2026-03-02T09:10:00", False),
        ("Odd", "Odd", "2026-03-02T11:10:00", True),
    ],
)
def test_the_regions_status_decides_then_the_events_then_the_time(
    here: str | None, whole: str | None, mitigated: str | None, active: bool
) -> None:
    event = an_event(an_impact(a_region(status=here)), status=whole, impactMitigationTime=mitigated)
    assert parsed(event)[WEST].active is active


def test_an_event_that_says_nothing_of_its_state_is_not_active() -> None:
    event = an_event(an_impact(a_region(status=None)), status=None)
    del event["properties"]["impactMitigationTime"]
    assert not parsed(event)[WEST].active


@pytest.mark.parametrize(
    ("kind", "active", "maintenance"),
    [
        ("ServiceIssue", True, False),
        ("EmergingIssues", True, False),
        ("PlannedMaintenance", True, True),
        ("HealthAdvisory", False, False),
        ("SecurityAdvisory", False, False),
        ("Billing", False, False),
        ("RCA", False, False),
        ("", False, False),
    ],
)
def test_only_issues_and_maintenance_are_active(kind: str, active: bool, maintenance: bool) -> None:
    seen = parsed(an_event(eventType=kind))[WEST]
    assert (seen.active, seen.maintenance) == (active, maintenance)


@pytest.mark.parametrize(
    ("service", "concern"),
    [
        ("Azure Image Builder", Concern.IMAGE_BUILDER),
        ("VIRTUAL MACHINE IMAGE BUILDER", Concern.IMAGE_BUILDER),
        ("Virtual Machines", Concern.DEPENDENCY),
        ("storage", Concern.DEPENDENCY),
        ("Azure Resource Manager", Concern.DEPENDENCY),
        ("Storage Mover", Concern.OTHER),
        ("", Concern.OTHER),
    ],
)
def test_the_name_of_the_service_says_what_it_has_to_do_with_us(service: str, concern: Concern) -> None:
    assert concern_of(service, NAME) is concern


def test_events_of_other_services_and_regions_are_left_out() -> None:
    other = an_impact(service="App Service")
    far = an_impact(a_region("East US"))
    assert parsed(an_event(other, far)) == {}


def test_the_service_that_is_nearest_to_us_speaks_for_the_event() -> None:
    near, far = an_impact(a_region(status="Resolved")), an_impact(service="Storage")
    for impacts in ((near, far), (far, near)):
        seen = parsed(an_event(*impacts))[WEST]
        assert (seen.concern, seen.active) == (Concern.IMAGE_BUILDER, False)


def test_a_global_event_concerns_every_watched_region() -> None:
    assert set(parsed(an_event(an_impact(a_region("Global"))))) == {WEST, NORTH}


def test_times_without_a_zone_are_utc() -> None:
    region = a_region(lastUpdateTime=None)
    event = an_event(an_impact(region), lastUpdateTime="2026-03-02T09:30:00", impactStartTime="2026-03-02T09:00:00")
    assert parsed(event) == {WEST: ACTIVE}


@pytest.mark.parametrize(("here", "whole"), [("09:30", "09:10"), ("09:10", "09:30"), (None, "09:30"), ("09:30", None)])
def test_the_latest_of_the_updates_counts(here: str | None, whole: str | None) -> None:
    times = [time and f"2026-03-02T{time}:00Z" for time in (here, whole)]
    event = an_event(an_impact(a_region(lastUpdateTime=times[0])), lastUpdateTime=times[1])
    assert parsed(event) == {WEST: ACTIVE}


@pytest.mark.parametrize("entry", [None, [], {}, {"name": "A"}, {"name": 7, "properties": {"a": 1}}])
def test_what_is_no_event_is_none(entry: object) -> None:
    assert parse_event(entry, {WEST}, NAME, NOW) is None


LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
ANY_JSON = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
)
KEYS = ["eventType", "status", "title", "impactStartTime", "impactMitigationTime", "lastUpdateTime", "impact"]


@given(ANY_JSON, st.dictionaries(st.sampled_from(KEYS), ANY_JSON), st.lists(ANY_JSON, max_size=2))
def test_json_of_any_shape_raises_nothing(entry: object, changes: dict[str, Any], regions: list[object]) -> None:
    parse_event(entry, {WEST}, NAME, NOW)
    parse_event(an_event(**changes), {WEST}, NAME, NOW)
    parse_event(an_event({"impactedService": "Storage", "impactedRegions": regions}), {WEST}, NAME, NOW)


async def poll(rig: Rig, known: dict[str, EventSeen] | None = None) -> tuple[Observation, ...]:
    source = ServiceHealth(rig.arm, now)
    return await source.poll(SUBSCRIPTION.upper(), [WEST, NORTH], known or {})


POLLED = Polled(at=NOW, source=Source.SERVICE_HEALTH, subject=SUBSCRIPTION, diagnosis=WELL)


async def test_events_are_asked_for_without_a_filter_and_a_week_back(rig: Rig) -> None:
    rig.azure.on(PATH, says(200, {"value": [an_event()]}))

    assert await poll(rig) == (POLLED, ACTIVE)
    assert rig.azure.asked == [("GET", f"{PATH}?queryStartTime=2/23/2026&api-version=2025-05-01")]


async def test_no_events_is_a_good_poll(rig: Rig) -> None:
    rig.azure.on(PATH, says(200, {"value": []}))

    assert await poll(rig) == (POLLED,)


@pytest.mark.parametrize(
    ("held", "news"),
    [
        (replace(ACTIVE, at=BEGAN), ()),
        (replace(ACTIVE, updated=NOW), ()),
        (replace(ACTIVE, updated=BEGAN), (ACTIVE,)),
        (replace(ACTIVE, active=False), (ACTIVE,)),
    ],
)
async def test_only_news_are_seen(rig: Rig, held: EventSeen, news: tuple[EventSeen, ...]) -> None:
    rig.azure.on(PATH, says(200, {"value": [an_event()]}))

    assert await poll(rig, {"ABC1-XYZ/westeurope": held}) == (POLLED, *news)


async def test_a_failing_poll_says_so_and_keeps_what_came(rig: Rig) -> None:
    rig.azure.on(PATH, says(200, {"value": [an_event()], "nextLink": "/next"}))
    rig.azure.on("/next", says(403, {"error": {"code": "AuthorizationFailed", "message": "no role"}}))
    polled, seen = await poll(rig)

    assert isinstance(polled, Polled)
    assert (polled.diagnosis.cls, seen) == (FailureClass.AUTH, ACTIVE)


async def test_an_entry_that_is_no_event_makes_the_poll_ambiguous(rig: Rig) -> None:
    rig.azure.on(PATH, says(200, {"value": [an_event(), 7]}))
    polled, seen = await poll(rig)

    assert isinstance(polled, Polled)
    assert (polled.diagnosis.cls, seen) == (FailureClass.AMBIGUOUS, ACTIVE)


async def test_a_pattern_that_is_none_is_refused_at_once(rig: Rig) -> None:
    with pytest.raises(ValueError, match="is not a regular expression"):
        ServiceHealth(rig.arm, now, "(")
