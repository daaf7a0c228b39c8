"""The manners of ARM: tokens, versions, paths, pages, headers, and what is refused."""

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

import pytest

from .support import EVERYTHING, SUBSCRIPTION, UBUNTU, Rig

Open = Callable[..., Awaitable[Rig]]
MANY = "\n".join(
    f'[[template]]\nname = "extra-{number}"\nresource_group = "images-weu"\nregion = "westeurope"'
    for number in range(23)
)
VM = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/images-weu/providers/Microsoft.Compute/virtualMachines/vm1"


@pytest.mark.parametrize("token", ["", "Bearer", "Bearer abc", "Bearer a.b.c", "Basic YTpi"])
async def test_without_a_token_of_the_stand_in_nothing_is_answered(rig: Open, token: str) -> None:
    one = await rig()
    answer = await one.plain("GET", f"{UBUNTU}?api-version=2025-10-01", headers={"Authorization": token})
    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer ")
    assert answer.json["error"]["code"] in ("AuthenticationFailed", "InvalidAuthenticationToken")


async def test_a_token_is_good_for_a_day(rig: Open) -> None:
    one = await rig()
    one.clock.advance(24 * 3600 - 1)
    assert (await one.arm("GET", UBUNTU)).status == 200
    one.clock.advance(2)
    answer = await one.arm("GET", UBUNTU)
    assert (answer.status, answer.json["error"]["code"]) == (401, "ExpiredAuthenticationToken")


async def test_a_token_outlives_a_restart_with_the_same_seed(rig: Open) -> None:
    first, second, other = await rig(), await rig(), await rig("[[template]]\nname='x'\nresource_group='g'\nregion='r'")
    second.token = first.token
    assert (await second.arm("GET", UBUNTU)).status == 200
    assert other.token  # the seed is the same here too


@pytest.mark.parametrize(
    ("query", "headers", "missing"),
    [
        ("api-version=2018-02-01&resource=r", {}, "metadata header"),
        ("resource=r", {"Metadata": "true"}, "api-version"),
        ("api-version=2018-02-01", {"Metadata": "true"}, "resource"),
    ],
)
async def test_a_token_is_given_to_proper_requests_only(
    rig: Open, query: str, headers: dict[str, str], missing: str
) -> None:
    answer = await (await rig()).plain("GET", f"/metadata/identity/oauth2/token?{query}", headers=headers)
    assert answer.status == 400
    assert missing in answer.json["error_description"]


MACHINE = "/metadata/instance/compute?api-version=2021-02-01"


@pytest.mark.parametrize(("top", "region"), [("", "uksouth"), ('observer_region = "Sweden Central"', "swedencentral")])
async def test_the_machine_says_where_it_is(rig: Open, top: str, region: str) -> None:
    one = await rig(top=top)
    answer = await one.plain("GET", MACHINE, headers={"Metadata": "true"})
    whole = await one.plain("GET", MACHINE.replace("/compute", ""), headers={"Metadata": "true"})
    assert (answer.json["location"], answer.json["subscriptionId"]) == (region, SUBSCRIPTION)
    assert whole.json == {"compute": answer.json}


async def test_the_machine_answers_proper_requests_only(rig: Open) -> None:
    one = await rig()
    assert (await one.plain("GET", MACHINE)).status == 400
    assert (await one.plain("GET", MACHINE.split("?")[0], headers={"Metadata": "true"})).status == 400


async def test_a_machine_that_is_not_in_azure_has_no_such_service(rig: Open) -> None:
    one = await rig(top='observer_region = ""')
    assert (await one.plain("GET", MACHINE, headers={"Metadata": "true"})).status == 404


async def test_the_api_version_is_a_duty(rig: Open) -> None:
    one = await rig()
    answer = await one.plain("GET", UBUNTU, headers={"Authorization": f"Bearer {one.token}"})
    assert (answer.status, answer.json["error"]["code"]) == (400, "MissingApiVersionParameter")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "InvalidResourceType"),
        ("GET", UBUNTU + "x", 404, "ResourceNotFound"),
        ("POST", UBUNTU + "x/run", 404, "ResourceNotFound"),
        ("GET", UBUNTU.replace("images-weu", "nowhere"), 404, "ResourceGroupNotFound"),
        ("GET", UBUNTU.replace(SUBSCRIPTION, "other"), 404, "SubscriptionNotFound"),
        ("GET", f"{UBUNTU}/run", 405, "MethodNotAllowed"),
        ("GET", f"{VM}/providers/Microsoft.ResourceHealth/availabilityStatuses/current", 404, "ResourceNotFound"),
        ("GET", f"{EVERYTHING}?skipToken=abc", 400, "InvalidSkipToken"),
    ],
)
async def test_what_is_not_there_is_refused_by_the_gateway(
    rig: Open, method: str, path: str, status: int, code: str
) -> None:
    answer = await (await rig()).arm(method, path)
    assert (answer.status, answer.json["error"]["code"]) == (status, code)
    assert answer.headers["x-ms-failure-cause"] == "gateway"
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"


async def test_letter_case_of_a_path_means_nothing(rig: Open) -> None:
    one = await rig()
    for path in (UBUNTU.lower(), UBUNTU.upper(), UBUNTU + "/"):
        answer = await one.arm("GET", path)
        assert (answer.status, answer.json["name"]) == (200, "ubuntu-weu")


async def test_every_answer_can_be_asked_about_later(rig: Open) -> None:
    one = await rig()
    for answer in [
        await one.arm("GET", UBUNTU),
        await one.arm("GET", UBUNTU + "x"),
        await one.arm("POST", f"{UBUNTU}/run"),
    ]:
        for name in ("x-ms-request-id", "x-ms-correlation-request-id", "x-ms-routing-request-id", "Date"):
            assert answer.headers[name]
    assert answer.headers["Date"] == "Mon, 02 Mar 2026 10:00:00 GMT"


async def test_a_long_list_comes_in_pages_that_lead_back_here(rig: Open) -> None:
    one = await rig(MANY)
    names: list[str] = []
    sizes: list[int] = []
    link = EVERYTHING
    while link:
        page = (await one.arm("GET", link)).json
        names += [item["name"] for item in page["value"]]
        sizes.append(len(page["value"]))
        link = page.get("nextLink", "")
        assert not link or link.startswith(one.base + "/subscriptions/")
    assert sizes == [10, 10, 5]
    assert len(set(names)) == 25


async def test_a_list_is_compact_and_a_template_is_indented(rig: Open) -> None:
    one = await rig()
    listed, single = await one.arm("GET", EVERYTHING), await one.arm("GET", UBUNTU)
    assert listed.content.startswith(b'{"value":[{"properties":{')
    assert single.content.startswith(b'{\n "properties": {\n  "source"')
    assert (listed.headers["Content-Type"], single.headers["Content-Type"]) == (
        "application/json; charset=utf-8",
        "application/json",
    )
    assert len(listed.headers["x-ms-original-request-ids"].split(",")) == 2


async def test_a_template_that_never_ran_has_no_last_run(rig: Open) -> None:
    properties = (await (await rig()).arm("GET", UBUNTU)).json["properties"]
    assert "lastRunStatus" not in properties
    assert (properties["provisioningState"], properties["buildTimeoutInMinutes"]) == ("Succeeded", 0)
    assert properties["vmProfile"] == {"vmSize": "", "osDiskSizeGB": 0}


async def test_provisioning_state_says_nothing_of_runs(rig: Open) -> None:
    one = await rig('[[trouble]]\nanswer = "dies-in-building"')
    await one.arm("POST", f"{UBUNTU}/run")
    for seconds in (0, 20, 100):
        one.clock.advance(seconds)
        assert (await one.arm("GET", UBUNTU)).json["properties"]["provisioningState"] == "Succeeded"
    assert ((await one.last_run()) or {})["runState"] == "Failed"


async def test_a_run_is_accepted_with_two_urls_and_nothing_else(rig: Open) -> None:
    one = await rig()
    answer = await one.arm("POST", f"{UBUNTU}/run")
    assert (answer.status, answer.content, answer.headers["Content-Length"]) == (202, b"", "0")
    assert answer.headers["Location"] == answer.headers["Azure-AsyncOperation"]
    assert 3000 < len(answer.headers["Location"]) < 3300
    assert "/locations/westeurope/operations/" in answer.headers["Location"]
    assert "Retry-After" not in answer.headers
    assert "Content-Type" not in answer.headers


async def test_an_operation_is_polled_by_its_unchanged_url(rig: Open) -> None:
    one = await rig()
    url = (await one.arm("POST", f"{UBUNTU}/run")).headers["Azure-AsyncOperation"]
    guid = urlsplit(url).path.rsplit("/", 1)[-1]
    polled = await one.arm("GET", url)
    assert (polled.status, polled.json["name"], polled.json["status"]) == (200, guid.upper(), "InProgress")
    assert (await one.arm("GET", url.split("&t=")[0])).status == 400
    assert (await one.arm("GET", url.replace("westeurope", "northeurope"))).status == 404


async def test_an_operation_ends_after_its_run_and_fails_with_status_200(rig: Open) -> None:
    one = await rig('[[trouble]]\nanswer = "dies-in-building"')
    url = (await one.arm("POST", f"{UBUNTU}/run")).headers["Azure-AsyncOperation"]
    one.clock.advance(50.5)
    assert ((await one.last_run()) or {})["runState"] == "Failed"
    assert (await one.arm("GET", url)).json["status"] == "InProgress"
    one.clock.advance(1.5)
    polled = await one.arm("GET", url)
    assert (polled.status, polled.json["status"]) == (200, "Failed")
    assert "packerizer" in polled.json["error"]["message"]


async def test_a_run_while_running_is_refused_without_a_wrapper(rig: Open) -> None:
    one = await rig()
    await one.arm("POST", f"{UBUNTU}/run")
    answer = await one.arm("POST", f"{UBUNTU}/run")
    assert (answer.status, answer.json["code"]) == (409, "OperationNotAllowed")
    assert "x-ms-failure-cause" not in answer.headers
    assert len(await one.runs()) == 1


async def test_a_cancel_where_nothing_runs_is_refused(rig: Open) -> None:
    answer = await (await rig()).arm("POST", f"{UBUNTU}/cancel")
    assert (answer.status, answer.json["code"]) == (405, "OperationNotAllowed")
