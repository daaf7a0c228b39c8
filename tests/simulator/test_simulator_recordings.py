"""Hold the stand-in's answers against real exchanges of 2023 to 2025 (older where nothing newer was recorded).

Each recorded template is put to the stand-in as it was put to the service, brought into the recorded state, and asked
for. The recordings are no part of this project; without them (folder `shared` beside it, or AIBWATCH_SHARED) these
tests are skipped.
"""

import json
import re
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qs, urlsplit

import pytest

from aibwatch.simulator.needs import named
from aibwatch.simulator.parts import ResourceSpec

from .recorded import (
    FOLDER,
    IN_2020,
    SINCE_2025,
    Exchange,
    exchanges,
    header_differences,
    put_again,
    recent,
    templates,
)
from .shapes import differences, header_shape, shape
from .support import NORTH, PROVIDER, SUBSCRIPTION, UBUNTU, Answer, Rig

pytestmark = pytest.mark.skipif(
    FOLDER is None, reason="no recordings: set AIBWATCH_SHARED to a folder with azure/recordings in it"
)


@pytest.fixture
async def service(rig: Callable[..., Awaitable[Rig]]) -> "Service":
    return Service(await rig())


class Service:
    """The stand-in, and new templates in it."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self._made = 0

    async def put(self, sent: object, version: str) -> tuple[str, Answer]:
        self._made += 1
        path = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/images-weu/{PROVIDER}/imageTemplates/t{self._made}"
        return path, await self.rig.arm("PUT", f"{path}?api-version={version}", self.at_home(sent))

    def at_home(self, sent: object) -> object:
        """Return what was sent, moved to our subscription, and let everything be there that it names."""
        moved = json.loads(re.sub(r"(?i)(subscriptions/)[^/\"]+", rf"\g<1>{SUBSCRIPTION}", json.dumps(sent)))
        for id_ in named({"properties": {}, **moved}, f"/subscriptions/{SUBSCRIPTION}/resourceGroups/images-weu"):
            self.rig.stand_in.world.estate.resources.put(ResourceSpec(id=id_, properties={}))
        return moved

    async def made(self, recorded: Exchange) -> str:
        path, answer = await self.put(put_again(recorded.body), recorded.version)
        assert answer.status == 201, answer.content
        self.rig.clock.advance(31)
        return path

    async def in_state(self, recorded: Exchange, state: tuple[str, str] | None) -> Answer:
        """Return our GET of the recorded template in that state."""
        path = await self.made(recorded)
        steps: dict[tuple[str, str] | None, tuple[str | float, ...]] = {
            None: (),
            ("Running", "Queued"): ("run",),
            ("Running", "Building"): ("run", 20.0),
            ("Canceling", ""): ("run", 20.0, "cancel"),
            ("Canceled", ""): ("run", 20.0, "cancel", 21.0),
            ("Succeeded", ""): ("run", 700.0),
        }
        for step in steps[state]:
            if isinstance(step, str):
                assert (await self.rig.arm("POST", f"{path}/{step}")).status in (202, 204)
            else:
                self.rig.clock.advance(step)
        return await self.rig.arm("GET", f"{path}?api-version={recorded.version}")


@pytest.mark.parametrize(
    ("state", "since"),
    [
        (None, 2023),
        (("Running", "Queued"), 2023),
        (("Running", "Building"), 2023),
        (("Canceling", ""), 2023),
        (("Canceled", ""), 2020),  # nothing newer was recorded
        (("Succeeded", ""), 2023),
    ],
    ids=str,
)
async def test_a_template_looks_as_recorded(service: Service, state: tuple[str, str] | None, since: int) -> None:
    seen = 0
    for recorded in templates(state, since):
        ours = await service.in_state(recorded, state)
        tolerated = (*recorded.tolerated, *(IN_2020 if recorded.year == 2020 else ()))
        assert differences(shape(recorded.body), shape(ours.json), tolerated) == [], recorded.file
        assert header_differences(recorded, ours) == [], recorded.file
        seen += 1
    assert seen > 0


async def test_a_creation_answers_as_recorded(service: Service) -> None:
    recorded_puts = [one for one in recent("PUT", 201) if one.sent]
    for recorded in recorded_puts:
        _, ours = await service.put(recorded.sent, recorded.version)
        assert ours.status == 201, (recorded.file, ours.content)
        assert differences(shape(recorded.body), shape(ours.json), recorded.tolerated) == [], recorded.file
        assert header_differences(recorded, ours) == [], recorded.file
    assert len(recorded_puts) > 50


async def test_a_failed_build_looks_as_the_one_recorded(rig: Callable[..., Awaitable[Rig]]) -> None:
    one = await rig(
        '[[template]]\nname = "t"\nresource_group = "images-weu"\nregion = "westeurope"',
        'last_run = "failed"\noutcome = "distribution-fails"',
    )
    ours = (await one.last_run(UBUNTU.replace("ubuntu-weu", "t"))) or {}
    lists = [exchange for exchange in exchanges() if exchange.path.endswith("/imageTemplates")]
    last_runs = [item["properties"].get("lastRunStatus", {}) for one in lists for item in one.body["value"]]
    failed = [last for last in last_runs if last.get("runState") == "Failed"]
    for recorded in failed:
        assert differences(shape(recorded), shape(ours)) == []
        assert differences(shape(json.loads(recorded["message"])), shape(json.loads(ours["message"]))) == []
    assert len(failed) == 1


async def test_a_template_that_could_not_be_made_says_why_as_recorded(rig: Callable[..., Awaitable[Rig]]) -> None:
    one = await rig(
        '[[template]]\nname = "t"\nresource_group = "images-weu"\nregion = "westeurope"\nprovisioning_state = "Failed"'
    )
    ours = (await one.arm("GET", UBUNTU.replace("ubuntu-weu", "t"))).json["properties"]
    failed = [
        exchange.body["properties"]
        for exchange in recent("GET", 200)
        if isinstance(exchange.body, dict) and "provisioningError" in exchange.body.get("properties", {})
    ]
    for recorded in failed:
        assert differences(shape(recorded["provisioningError"]), shape(ours["provisioningError"])) == []
        assert "lastRunStatus" not in recorded
    assert failed
    assert "lastRunStatus" not in ours


@pytest.mark.parametrize("action", ["run", "cancel"])
async def test_an_action_is_answered_as_recorded(service: Service, action: str) -> None:
    expected = {"run": 202, "cancel": 204}[action]
    seen = list(recent("POST", expected, f"/{action}"))
    await service.rig.arm("POST", f"{NORTH}/run")
    path = {"run": UBUNTU, "cancel": NORTH}[action]
    ours = await service.rig.arm("POST", f"{path}/{action}?api-version=2023-07-01")
    assert (ours.status, ours.content) == (expected, b"")
    for recorded in seen:
        assert header_differences(recorded, ours) == [], recorded.file
    assert len(seen) > 4


async def test_a_removal_is_answered_as_recorded(service: Service) -> None:
    ours = await service.rig.arm("DELETE", UBUNTU)
    seen = list(recent("DELETE", 202))
    assert (ours.status, ours.content) == (202, b"")
    for recorded in seen:
        assert header_differences(recorded, ours) == [], recorded.file
    assert seen


async def test_a_change_of_tags_or_identity_is_answered_as_recorded(service: Service) -> None:
    seen = [*recent("PATCH", 200), *recent("PATCH", 202)]
    for recorded in seen:
        path = f"{UBUNTU}?api-version={recorded.version}"
        ours = await service.rig.arm("PATCH", path, service.at_home(recorded.sent))
        assert ours.status == recorded.status, recorded.file
        assert header_differences(recorded, ours) == [], recorded.file
        service.rig.clock.advance(3)
    assert {recorded.status for recorded in seen} == {200, 202}


async def test_the_request_id_of_what_takes_time_is_its_operation(service: Service) -> None:
    for recorded in (one for one in exchanges() if one.year == 2025 and "azure-asyncoperation" in one.headers):
        assert recorded.headers["x-ms-request-id"] in recorded.headers["azure-asyncoperation"]
    path, made = await service.put(put_again((await service.rig.arm("GET", UBUNTU)).json), "2025-10-01")
    service.rig.clock.advance(31)
    for ours in (made, await service.rig.arm("POST", f"{UBUNTU}/run"), await service.rig.arm("DELETE", path)):
        assert ours.headers["x-ms-request-id"] in ours.headers["Azure-AsyncOperation"]


async def test_a_poll_url_is_signed_and_as_long_as_recorded(service: Service) -> None:
    ours = (await service.rig.arm("POST", f"{UBUNTU}/run?api-version=2023-07-01")).headers["Location"]
    whole = [
        one.headers["location"]
        for one in recent("POST", 202, "/run")
        if "&c=" in one.headers["location"] and "ELIDED" not in one.headers["location"]
    ]
    for url in whole:
        assert set(parse_qs(urlsplit(url).query)) == set(parse_qs(urlsplit(ours).query))
        assert abs(len(url) - len(ours)) < 500, (len(url), len(ours))
    assert len(whole) > 5


@pytest.mark.parametrize("status", ["InProgress", "Succeeded", "Failed"])
async def test_an_operation_looks_as_recorded(rig: Callable[..., Awaitable[Rig]], status: str) -> None:
    outcome = "script-fails" if status == "Failed" else "succeeds"
    one = await rig(
        '[[template]]\nname = "t"\nresource_group = "images-weu"\nregion = "westeurope"', f'outcome = "{outcome}"'
    )
    url = (await one.arm("POST", UBUNTU.replace("ubuntu-weu", "t") + "/run")).headers["Azure-AsyncOperation"]
    one.clock.advance(0 if status == "InProgress" else 700)
    ours = await one.arm("GET", url)
    assert ours.json["status"] == status
    seen = [
        exchange
        for exchange in recent("GET", 200)
        if "/operations/" in exchange.path and exchange.body.get("status") == status
    ]
    for recorded in seen:
        assert differences(shape(recorded.body), shape(ours.json)) == [], recorded.file
        assert header_differences(recorded, ours) == [], recorded.file
    assert len(seen) >= 5


async def test_an_output_looks_as_recorded(service: Service) -> None:
    await service.rig.arm("POST", f"{UBUNTU}/run")
    service.rig.clock.advance(700)
    listed = await service.rig.arm("GET", f"{UBUNTU}/runOutputs")
    single = await service.rig.arm("GET", f"{UBUNTU}/runOutputs/ubuntu-weu")
    seen = [one for one in recent("GET", 200) if "/runOutputs/" in one.path]
    for recorded in seen:
        assert differences(shape(recorded.body), shape(single.json)) == [], recorded.file
        assert header_differences(recorded, single) == [], recorded.file
    lists = [one for one in exchanges() if one.path.endswith("/runOutputs") and one.file.startswith("azure-powershell")]
    for recorded in lists:
        assert differences(shape(recorded.body), shape(listed.json)) == [], recorded.file
    assert seen
    assert lists


async def test_a_list_looks_as_recorded(service: Service) -> None:
    never_run = [
        one
        for one in recent("GET", 200, "/imageTemplates")
        if len(one.body["value"]) == 1 and "lastRunStatus" not in one.body["value"][0]["properties"]
    ]
    for recorded in never_run:
        (item,) = recorded.body["value"]
        path, _ = await service.put(put_again(item), recorded.version)
        service.rig.clock.advance(31)
        ours = await service.rig.arm("GET", path.rsplit("/", 1)[0])
        mine = {**ours.json, "value": [one for one in ours.json["value"] if path.endswith(f"/{one['name']}")]}
        # Before 2025 the provider answered lists itself, with its own type.
        old = ("content-type",) if recorded.year < 2025 else ()
        global_counters = SINCE_2025 if recorded.year < 2025 else ()
        assert differences(shape(recorded.body), shape(mine)) == [], recorded.file
        headers = (header_shape(recorded.headers), header_shape(ours.headers))
        assert differences(*headers, (*old, *global_counters)) == [], recorded.file
    assert {recorded.year for recorded in never_run} >= {2023, 2025}


async def test_what_is_gone_is_refused_as_recorded(service: Service) -> None:
    (recorded,) = [one for one in exchanges() if one.status == 404]
    await service.rig.arm("DELETE", UBUNTU)
    service.rig.clock.advance(61)
    ours = await service.rig.arm("GET", UBUNTU)
    assert (ours.status, ours.json["error"]["code"]) == (404, recorded.body["error"]["code"])
    assert differences(shape(recorded.body), shape(ours.json)) == []
    assert differences(header_shape(recorded.headers), header_shape(ours.headers)) == []


async def test_a_second_cancel_is_refused_as_recorded(service: Service) -> None:
    (recorded,) = [one for one in exchanges() if one.status == 405]
    await service.rig.arm("POST", f"{UBUNTU}/run")
    await service.rig.arm("POST", f"{UBUNTU}/cancel")
    ours = await service.rig.arm("POST", f"{UBUNTU}/cancel")
    assert (ours.status, ours.json) == (405, recorded.body)
    assert differences(header_shape(recorded.headers), header_shape(ours.headers), SINCE_2025) == []


def test_the_comparison_can_fail() -> None:
    (recorded, *_) = templates(("Running", "Building"))
    whole = shape(recorded.body)

    def spoiled(**changes: object) -> list[str]:
        body = json.loads(json.dumps(recorded.body))
        for name, value in changes.items():
            body["properties"]["lastRunStatus"][name] = value
        return differences(whole, shape(body), recorded.tolerated)

    assert spoiled() == []
    assert spoiled(extra=1) == ["only ours: .properties.lastRunStatus.extra: number"]
    assert spoiled(message=None) != []
    assert spoiled(message="something") != []
    assert spoiled(runSubState="") != []
    fractionless = {**recorded.body, "id": recorded.body["id"].replace("resourcegroups", "resourceGroups")}
    assert differences(whole, shape(fractionless)) == ["only ours: .id: id", "only recorded: .id: id in lower case"]
    assert differences({"retry-after: there"}, set()) == ["only recorded: retry-after: there"]
