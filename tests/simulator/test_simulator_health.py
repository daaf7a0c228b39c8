"""What Service Health and Resource Health say, and when."""

from collections.abc import Awaitable, Callable

from .support import EVENTS, NORTH, SUBSCRIPTION, Rig

Open = Callable[..., Awaitable[Rig]]
VM = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/images-weu/providers/Microsoft.Compute/virtualMachines/vm1"


async def test_an_event_says_when_it_is_over(rig: Open) -> None:
    one = await rig('[[event]]\ntracking_id = "A-1"\nregions = ["West Europe"]\nfrom = 10\nto = 20')
    one.clock.advance(15)
    (event,) = (await one.arm("GET", EVENTS)).json["value"]
    assert (event["properties"]["status"], event["properties"]["impactMitigationTime"]) == (
        "Active",
        "0001-01-01T00:00:00",
    )
    one.clock.advance(5)
    (event,) = (await one.arm("GET", EVENTS)).json["value"]
    assert event["properties"]["status"] == "Resolved"
    assert event["properties"]["impactMitigationTime"] == "2026-03-02T10:00:20.2500000Z"


async def test_an_old_event_is_listed_only_when_asked_for(rig: Open) -> None:
    one = await rig('[[event]]\ntracking_id = "A-1"\nregions = ["West Europe"]\nto = 20')
    one.clock.advance(3 * 86_400 + 21)
    one.token = await _fresh_token(one)
    assert (await one.arm("GET", EVENTS)).json["value"] == []
    assert len((await one.arm("GET", f"{EVENTS}?queryStartTime=3/1/2026")).json["value"]) == 1
    assert (await one.arm("GET", f"{EVENTS}?queryStartTime=soon")).status == 400


async def _fresh_token(one: Rig) -> str:
    path = "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=r"
    token: str = (await one.plain("GET", path, headers={"Metadata": "true"})).json["access_token"]
    return token


async def test_resource_health_knows_what_the_scenario_names(rig: Open) -> None:
    one = await rig(f'[[availability]]\nresource = "{VM}"\nfrom = 10\nto = 20')
    path = f"{VM.lower()}/providers/Microsoft.ResourceHealth/availabilityStatuses/current"
    states = []
    for _ in range(3):
        states.append((await one.arm("GET", path)).json["properties"]["availabilityState"])
        one.clock.advance(10)
    assert states == ["Available", "Unavailable", "Available"]
    (listed,) = (
        await one.arm("GET", f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.ResourceHealth/availabilityStatuses")
    ).json["value"]
    assert "occuredTime" in listed["properties"]


async def test_image_templates_are_no_matter_of_resource_health(rig: Open) -> None:
    one = await rig()
    answer = await one.arm("GET", f"{NORTH}/providers/Microsoft.ResourceHealth/availabilityStatuses/current")
    assert (answer.status, answer.json["error"]["code"]) == (422, "UnsupportedResourceType")
