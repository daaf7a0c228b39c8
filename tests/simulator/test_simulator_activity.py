"""What the Activity Log says of calls to run, when it says it, and which questions it understands."""

import contextlib
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import aiohttp
import pytest

from aibwatch.simulator.activity import SELECTABLE

from .support import BEGUN, NORTH, SUBSCRIPTION, UBUNTU, Rig, shared

Open = Callable[..., Awaitable[Rig]]
LOG = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Insights/eventtypes/management/values"
REFUSED = '[[trouble]]\nregion = "westeurope"\noperations = ["run"]\nanswer = "500"\n'
OURS = "Microsoft.VirtualMachineImages"


def since(seconds: float = -600, more: str = "") -> str:
    return f"eventTimestamp ge '{(BEGUN + timedelta(seconds=seconds)).isoformat()}'{more}"


def asked(wanted: str, select: str = "") -> str:
    return f"{LOG}?api-version=2015-04-01&$filter={quote(wanted)}" + (f"&$select={select}" if select else "")


async def log_of(one: Rig, wanted: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await one.arm("GET", asked(wanted or since()))).json["value"]
    return found


def words(entries: list[dict[str, Any]]) -> list[tuple[str, str | None]]:
    return [(e["status"]["value"], e["properties"].get("statusCode")) for e in entries]


@pytest.fixture
async def log(rig: Open) -> Open:
    """Return a way to open a stand-in whose log is a minute late."""

    async def open_log(*more: str) -> Rig:
        return await rig(*more, top="activity_lag = 60")

    return open_log


async def test_a_call_that_was_refused_has_a_beginning_and_a_failed_end(log: Open) -> None:
    one = await log(REFUSED)
    answer = await one.arm("POST", f"{UBUNTU}/run")
    one.clock.advance(60)
    end, begin = await log_of(one)
    assert words([begin, end]) == [("Started", None), ("Failed", "InternalServerError")]
    assert (end["operationName"]["value"], end["resourceId"].lower()) == (
        "Microsoft.VirtualMachineImages/imageTemplates/run/action",
        UBUNTU.lower(),
    )
    assert end["subStatus"]["localizedValue"] == "Internal Server Error (HTTP Status Code: 500)"
    assert json.loads(end["properties"]["statusMessage"])["error"]["code"] == "InternalServerError"
    assert begin["correlationId"] == end["correlationId"] == answer.headers["x-ms-correlation-request-id"]
    assert begin["eventDataId"] != end["eventDataId"]


async def test_a_call_that_was_accepted_has_one_more_end_when_its_run_is_over(log: Open) -> None:
    one = await log()
    await one.arm("POST", f"{UBUNTU}/run")
    one.clock.advance(60)
    assert words(await log_of(one)) == [("Accepted", "Accepted"), ("Started", None)]
    one.clock.advance(620)
    entries = await log_of(one)
    assert words(entries) == [("Succeeded", "OK"), ("Accepted", "Accepted"), ("Started", None)]
    assert len({e["correlationId"] for e in entries}) == 1


async def test_a_run_that_failed_later_is_no_server_error(log: Open) -> None:
    one = await log('[[trouble]]\nregion = "westeurope"\nanswer = "dies-in-building"')
    await one.arm("POST", f"{UBUNTU}/run")
    one.clock.advance(200)
    end = (await log_of(one))[0]
    assert words([end]) == [("Failed", "Conflict")]
    assert json.loads(end["properties"]["statusMessage"])["error"]["code"] == "ResourceOperationFailure"


async def test_the_customers_own_calls_are_there_as_well(log: Open) -> None:
    own = '[[template]]\nname = "own"\nresource_group = "images-weu"\nregion = "westeurope"\nevery = 700\n'
    one = await log(own, REFUSED + "from = 1000\n")
    one.clock.advance(1500)
    entries = await log_of(one)
    assert words(entries) == [
        ("Failed", "InternalServerError"),
        ("Started", None),
        ("Succeeded", "OK"),
        ("Accepted", "Accepted"),
        ("Started", None),
    ]
    assert {e["caller"] for e in entries} == {"pipeline@contoso.example"}
    assert [run["by"] for run in await one.runs()] == ["schedule"]


async def test_an_entry_is_there_when_the_lag_has_passed_and_not_before(log: Open) -> None:
    one = await log(REFUSED)
    await one.arm("POST", f"{UBUNTU}/run")
    one.clock.advance(59)
    assert await log_of(one) == []
    one.clock.advance(1)
    assert len(await log_of(one)) == 2


async def test_reads_and_lists_leave_no_entries(log: Open) -> None:
    one = await log()
    await one.arm("GET", UBUNTU)
    await one.arm("GET", f"{UBUNTU}/runOutputs")
    one.clock.advance(60)
    assert await log_of(one) == []


@pytest.mark.parametrize(
    ("answer", "words_"),
    [
        ("timeout", []),
        ("reset", []),
        ("html", []),
        ("429", []),
        ("reset-after", [("Accepted", "Accepted"), ("Started", None)]),
        ("504", [("Failed", "GatewayTimeout"), ("Started", None)]),
        ("forbidden", [("Failed", "Forbidden"), ("Started", None)]),
    ],
)
async def test_what_got_no_answer_of_arm_left_no_entry(log: Open, answer: str, words_: list[Any]) -> None:
    one = await log(REFUSED.replace('"500"', f'"{answer}"'))
    with contextlib.suppress(aiohttp.ClientError, TimeoutError):
        await one.arm("POST", f"{UBUNTU}/run", timeout=0.2)
    one.clock.advance(60)
    assert words(await log_of(one)) == words_


async def test_the_client_request_id_is_kept_with_both_ends(log: Open) -> None:
    one = await log(REFUSED)
    headers = {"Authorization": f"Bearer {one.token}", "x-ms-client-request-id": "my-id"}
    await one.plain("POST", f"{UBUNTU}/run?api-version=2025-10-01", headers=headers)
    one.clock.advance(60)
    assert [e["httpRequest"]["clientRequestId"] for e in await log_of(one)] == ["my-id", "my-id"]


@pytest.mark.parametrize(
    ("more", "number"),
    [
        (f" and resourceProvider eq '{OURS.lower()}'", 4),
        (" and resourceProvider eq 'Microsoft.Compute'", 0),
        (" and resourceGroupName eq 'IMAGES-weu'", 2),
        (f" and resourceUri eq '{NORTH}'", 2),
        (" and correlationId eq 'nobodys'", 0),
        (f" and eventTimestamp le '{BEGUN.isoformat()}'", 4),
        (f" and eventTimestamp le '{(BEGUN - timedelta(seconds=1)).isoformat()}'", 0),
    ],
)
async def test_a_filter_names_times_and_one_thing_more(log: Open, more: str, number: int) -> None:
    one = await log()
    for template in (UBUNTU, NORTH):
        await one.arm("POST", f"{template}/run")
    one.clock.advance(60)
    assert len(await log_of(one, since(more=more))) == number


@pytest.mark.parametrize(
    "wanted",
    [
        "",
        "resourceProvider eq 'a'",
        "eventTimestamp ge 'soon'",
        "eventTimestamp gt '2026-03-02T10:00:00Z'",
        since(more=" or resourceProvider eq 'a'"),
        since(more=" and status eq 'Failed'"),
        since(more=" and resourceProvider eq 'a' and resourceGroupName eq 'b'"),
        since(more=" and resourceProvider eq 'a' and resourceProvider eq 'b'"),
        since(-90 * 86_400 - 1),
    ],
)
async def test_any_other_filter_is_refused_with_the_error_at_the_root(log: Open, wanted: str) -> None:
    answer = await (await log()).arm("GET", asked(wanted))
    assert (answer.status, set(answer.json), answer.json["code"]) == (400, {"code", "message"}, "BadRequest")


async def test_a_start_of_90_days_ago_is_just_not_too_early(log: Open) -> None:
    assert (await (await log()).arm("GET", asked(since(-90 * 86_400)))).status == 200


async def test_select_leaves_what_it_names(log: Open) -> None:
    one = await log(REFUSED)
    await one.arm("POST", f"{UBUNTU}/run")
    one.clock.advance(60)
    found = (await one.arm("GET", asked(since(), "status,eventTimestamp"))).json["value"]
    assert [set(entry) for entry in found] == [{"status", "eventTimestamp"}] * 2
    assert (await one.arm("GET", asked(since(), "status,caller"))).status == 400


async def test_pages_follow_one_another_newest_first(log: Open) -> None:
    one = await log(REFUSED)
    for _ in range(6):
        await one.arm("POST", f"{UBUNTU}/run")
        one.clock.advance(1)
    one.clock.advance(60)
    first = (await one.arm("GET", asked(since(), "eventTimestamp,correlationId"))).json
    rest = (await one.arm("GET", first["nextLink"])).json
    times = [entry["eventTimestamp"] for entry in [*first["value"], *rest["value"]]]
    assert (len(times), times, "nextLink" in rest) == (12, sorted(times, reverse=True), False)
    assert set(rest["value"][0]) == {"eventTimestamp", "correlationId"}


async def test_another_subscription_is_not_found(log: Open) -> None:
    answer = await (await log()).arm("GET", asked(since()).replace(SUBSCRIPTION, SUBSCRIPTION.replace("1", "2")))
    assert (answer.status, answer.json["error"]["code"]) == (404, "SubscriptionNotFound")


async def test_the_log_can_be_troubled_like_any_other_question(log: Open) -> None:
    one = await log('[[trouble]]\nregion = "*"\noperations = ["activity"]\nanswer = "forbidden"')
    answer = await one.arm("GET", asked(since()))
    assert (answer.status, "Microsoft.Insights/eventtypes/values/read" in answer.json["error"]["message"]) == (
        403,
        True,
    )


async def test_an_entry_has_what_the_published_example_has(log: Open) -> None:
    folder = shared()
    example = (
        folder / "azure/specs-2021/activitylogs-2015-04-01/examples/GetActivityLogsFiltered.json" if folder else None
    )
    if example is None or not example.is_file():
        pytest.skip("no published examples: set AIBWATCH_SHARED to a folder that has them")
    (published,) = json.loads(example.read_text())["responses"]["200"]["body"]["value"]
    one = await log(REFUSED)
    await one.arm("POST", f"{UBUNTU}/run")
    one.clock.advance(60)
    entry = (await log_of(one))[0]
    assert set(published) <= set(entry)
    assert set(entry) >= SELECTABLE
    assert {k: type(v) for k, v in entry.items() if k in published} == {k: type(v) for k, v in published.items()}
