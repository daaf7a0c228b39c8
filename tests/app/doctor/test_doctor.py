"""What the doctor finds in an installation against the stand-in: one thing is wrong in each, and it is told."""

import asyncio
import os
import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from aibwatch.app.doctor.copies import too_old
from aibwatch.app.doctor.examine import Report, code_of, examine
from aibwatch.app.doctor.settings import _door
from aibwatch.config.load import load
from aibwatch.core.checkup import Cause, Checked, Health, fail, warn, well
from aibwatch.core.model import TemplateId
from aibwatch.simulator.parts import SUBSCRIPTION
from tests.certificates import a_pair
from tests.story.support import SECONDARY, a_canary, a_config, a_world, an_azure, run_aibwatch
from tests.web_files import ADA, PAIR

Change = Callable[[str], str]

WATCH, RUN = "*/read", "Microsoft.VirtualMachineImages/imageTemplates/run/action"
CANARY = a_canary()


SILENT_LISTS = '[[trouble]]\nregion = "*"\noperations = ["list"]\nanswer = "500"\n'


def same(text: str) -> str:
    return text


def replaced(old: str, new: str) -> Change:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new)

    return change


def a_role(*actions: str, scope: str = "") -> str:
    where = f'scope = "{scope}"\n' if scope else ""
    return f"[[role]]\nactions = [{', '.join(map(repr, actions))}]\n{where}"


@pytest.fixture
def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Return what examines an installation at an Azure of some scenario."""
    for name in ("IDENTITY_ENDPOINT", "MSI_ENDPOINT", "AZURE_FEDERATED_TOKEN_FILE"):
        monkeypatch.delenv(name, raising=False)

    async def examined(scenario: str = "", *, change: Change = same, **config: Any) -> Report:
        async with an_azure(scenario or a_world(canary="succeeds")) as azure:
            monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", azure.base)
            return await examine_at(azure.base, change, **config)

    async def examine_at(base: str, change: Change = same, **config: Any) -> Report:
        file = tmp_path / "config.toml"
        file.write_text(change(a_config(tmp_path, base, 9877, token=False, **{"canary": CANARY, **config})))
        (tmp_path / "state").mkdir(exist_ok=True)
        return await examine(load(file), {"AZURE_POD_IDENTITY_AUTHORITY_HOST": base})

    examined.at = examine_at  # type: ignore[attr-defined]
    return examined


def found(report: Report, *subjects: str) -> list[tuple[str, str]]:
    """Return state and sentence of what was found of these subjects."""
    checks: Any = report.body["checks"]
    return [(check["state"], check["sentence"]) for check in checks if check["subject"] in subjects]


def ill(report: Report) -> list[tuple[str, str]]:
    """Return what is not well; the short times of a test, of which the configuration is warned, aside."""
    checks: Any = report.body["checks"]
    return [(c["subject"], c["sentence"]) for c in checks if c["state"] != "well" and c["subject"] != "config"]


async def test_in_a_good_installation_everything_is_looked_at_and_well(at: Any) -> None:
    report = await at()
    assert ill(report) == []
    checks: Any = report.body["checks"]
    assert {check["subject"] for check in checks} == {
        *("dns", "endpoint", "clock", "token", "permission", "members", "canary", "steps"),
        *("config", "orders", "state", "backup", "observer"),
    }
    assert report.code == 3, "the times of a test are too short for production"


@pytest.mark.parametrize(
    ("text", "days", "state", "said"),
    [
        (PAIR + ADA, 99, "well", ": TLS with a certificate for 99 more days, 1 user may look"),
        (PAIR, 5, "warn", ": the certificate ends in 5 days, at "),
        (PAIR, -5, "warn", ": the certificate ended at "),
        (ADA, 99, "well", ": plain HTTP, 1 user may look"),
        (PAIR.replace("here.key", "gone.key"), 99, "fail", "gone.key cannot be read: No such file or directory"),
    ],
)
def test_the_web_config_file_is_looked_at_with_its_certificate(
    text: str, days: int, state: str, said: str, tmp_path: Path
) -> None:
    now = datetime(2030, 1, 1, tzinfo=UTC)
    a_pair(tmp_path, expires=now + timedelta(days=days, hours=1))
    (tmp_path / "web.yml").write_text(text)
    checked = _door(tmp_path / "web.yml", now)
    assert (checked.subject, checked.health) == ("web", state)
    assert said in checked.said


async def test_a_permission_that_is_missing_is_told_with_its_feature_and_its_role(at: Any) -> None:
    roles = a_role(WATCH, RUN) + "not_actions = ['Microsoft.Compute/locations/usages/read']\n"
    report = await at(a_world(canary="succeeds") + roles)
    assert ill(report) == [
        (
            "permission",
            (
                f"Microsoft.Compute/locations/usages/read is missing in subscription {SUBSCRIPTION}, "
                "for readiness: quotas of machines"
            ),
        )
    ]
    assert report.code == 77
    assert 'assign the role "aibwatch watch"' in str(report.body["text"])


async def test_the_right_to_run_is_needed_where_the_templates_are_and_may_be_given_there(at: Any) -> None:
    group = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/images-weu"
    world = a_world(canary="succeeds") + a_role(WATCH)
    given = await at(world + a_role(RUN, scope=group) + a_role(RUN, scope=SECONDARY))
    missing = await at(world + a_role(RUN, scope=group))
    assert ill(given) == []
    assert ill(missing) == [
        ("permission", f"{RUN} is missing in resource group images-neu, for moves, builds and canaries: ubuntu-neu")
    ]
    assert (given.code, missing.code) == (3, 77)


async def test_in_shadow_the_right_to_run_is_a_warning_but_a_canary_needs_it(at: Any) -> None:
    report = await at(a_world(canary="succeeds") + a_role(WATCH), mode="shadow")
    texts = dict(zip(("images-weu", "images-neu"), sorted(found(report, "permission"))[:2], strict=False))
    assert [state for state, _ in sorted(texts.values())] == ["fail", "warn"]
    assert (await at(a_world() + a_role(WATCH), mode="shadow", canary="")).code == 3


async def test_the_right_to_run_the_primary_is_for_going_back_and_no_failover_waits_for_it(at: Any) -> None:
    group = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/images-neu"
    report = await at(a_world() + a_role(WATCH) + a_role(RUN, scope=group), canary="")
    assert ill(report) == [
        (
            "permission",
            (
                f"{RUN} is missing in resource group images-weu, for moves, builds and canaries: ubuntu-weu; "
                "no failover needs it there, but a failback does, and aibwatch build"
            ),
        )
    ]
    assert report.code == 3


async def test_rights_on_templates_may_be_given_at_every_one_of_their_groups(at: Any) -> None:
    there = [a_role("*", scope=f"/subscriptions/{SUBSCRIPTION}/resourceGroups/images-{end}") for end in ("weu", "neu")]
    asks = a_role("Microsoft.Authorization/permissions/read")
    report = await at(a_world(canary="succeeds") + asks + "".join(there))
    missing = {said.split(" ")[0] for state, said in found(report, "permission") if state == "fail"}
    assert "Microsoft.VirtualMachineImages/imageTemplates/read" not in missing
    assert {"Microsoft.ResourceHealth/events/read", "Microsoft.Compute/skus/read"} <= missing


async def test_where_permissions_cannot_be_told_that_is_all_that_is_said_of_them(at: Any) -> None:
    roles = a_role("*") + "not_actions = ['Microsoft.Authorization/permissions/read']\n"
    report = await at(a_world(canary="succeeds") + roles)
    told = found(report, "permission")
    assert ({state for state, _ in told}, report.code) == ({"fail"}, 77)
    assert "the permission Microsoft.Authorization/permissions/read is missing" in told[0][1]


@pytest.mark.parametrize(
    ("region", "mode", "state", "words"),
    [
        ("westeurope", "auto", "fail", "the region of the primary of ubuntu-base (auto): it would go down with it"),
        ("northeurope", "auto", "fail", "the region of the secondary of ubuntu-base (auto): it could not see it fail"),
        ("westeurope", "approve", "warn", "the region of the primary of ubuntu-base (approve)"),
        ("uksouth", "auto", "well", "where no member of a group is"),
        ("", "auto", "warn", "it is not known in which region this machine is: the metadata service answered 404"),
    ],
)
async def test_where_the_observer_stands_is_told(at: Any, region: str, mode: str, state: str, words: str) -> None:
    report = await at(f'observer_region = "{region}"\n{a_world(canary="succeeds")}', mode=mode)
    ((told, said),) = found(report, "observer")
    assert (told, words in said) == (state, True)


async def test_a_member_that_is_not_there_is_told(at: Any) -> None:
    report = await at(change=replaced("ubuntu-neu", "ubuntu-fra"))
    assert ("fail", "ubuntu-fra of ubuntu-base is not listed by Azure: it is not there, or may not be read") in found(
        report, "members"
    )
    assert report.code == 1


async def test_a_secondary_in_the_primarys_region_or_outside_of_what_is_allowed_is_told(at: Any) -> None:
    beside = a_world(canary="succeeds").replace('region = "northeurope"', 'region = "westeurope"')
    same_region = await at(beside)
    outside = await at(change=replaced('mode = "auto"', 'mode = "auto"\nallowed_geographies = ["Japan"]'))
    elsewhere = await at(change=replaced('mode = "auto"', 'mode = "auto"\nsecondary_regions = ["uksouth"]'))
    assert [said for _, said in found(same_region, "members")] == [
        "ubuntu-neu of ubuntu-base is in westeurope, the primary's region; it fails together with it"
    ]
    assert [said for _, said in found(outside, "members")] == [
        "ubuntu-neu of ubuntu-base: northeurope is in Europe, outside of allowed_geographies (Japan)"
    ]
    assert [said for _, said in found(elsewhere, "members")] == [
        "ubuntu-neu of ubuntu-base is in northeurope, and by the configuration it should be in uksouth"
    ]


async def test_a_canary_that_is_absent_or_in_another_region_is_told(at: Any) -> None:
    absent = await at(a_world())
    misplaced = await at(change=replaced('region = "westeurope"', 'region = "uksouth"'))
    assert "the canary canary-weu of westeurope is not listed" in found(absent, "canary")[0][1]
    assert found(misplaced, "canary") == [
        ("fail", "the canary canary-weu is in westeurope and not in uksouth, so it is never run")
    ]


async def test_a_handler_that_could_not_act_is_told(at: Any, tmp_path: Path) -> None:
    program = f'[[group.step]]\nhandler = "command"\n[group.step.options]\ncommand = ["{tmp_path}/absent"]\n'
    report = await at(steps=program)
    ((state, said),) = found(report, "steps")
    assert state == "fail"
    assert said.startswith("the handler command of ubuntu-base could not act on ubuntu-neu: ")


async def test_a_receiver_that_is_not_reached_is_told_and_is_sent_nothing(at: Any, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("whsec_" + "A" * 44)
    options = f'[group.step.options]\nurl = "http://127.0.0.1:9/x"\nsecret_file = "{tmp_path}/key"\n'
    report = await at(steps=f'[[group.step]]\nhandler = "webhook"\n{options}')
    ((state, said),) = found(report, "steps")
    assert (state, "127.0.0.1:9" in said) == ("fail", True)
    assert "A" * 44 not in str(report.body)


async def test_a_peer_that_is_not_heard_is_told(at: Any) -> None:
    peer = '[[peer]]\nname = "north"\nurl = "http://127.0.0.1:9"\n'
    report = await at(change=lambda text: text + peer)
    ((state, said),) = found(report, "peer")
    assert (state, said.startswith("north is not heard: ")) == ("fail", True)


async def test_a_state_that_cannot_be_written_is_told(at: Any) -> None:
    report = await at(change=lambda text: text.replace("sqlite:///", "sqlite:////proc/", 1))
    ((state, said),) = found(report, "state")
    assert (state, "/proc" in said) == ("fail", True)


async def test_copies_that_are_missing_or_old_are_told(at: Any, tmp_path: Path) -> None:
    backup = f'[backup]\ndirectory = "{tmp_path}/copies"\nmax_age = "1s"\n'
    missing = await at(change=lambda text: backup + text, canary="")
    assert found(missing, "backup") == [
        ("warn", "there is no copy of ubuntu-neu"),
        ("warn", "there is no copy of ubuntu-weu"),
    ]


async def test_copies_that_were_just_made_are_well(at: Any, tmp_path: Path) -> None:
    backup = f'[backup]\ndirectory = "{tmp_path}/copies"\n'
    async with an_azure(a_world()) as azure:
        await at.at(azure.base, lambda text: backup + text, canary="")
        environment = {"AZURE_POD_IDENTITY_AUTHORITY_HOST": azure.base}
        await run_aibwatch("--config", f"{tmp_path}/config.toml", "backup", environment=environment)
        report = await at.at(azure.base, lambda text: backup + text, canary="")
    assert found(report, "backup") == [("well", f"2 copies in {tmp_path}/copies, none older than allowed")]


@pytest.mark.parametrize(("hours", "health"), [(167, None), (169, Health.WARN)])
def test_a_copy_that_nobody_confirmed_for_too_long_is_told(hours: int, health: Health | None) -> None:
    now = datetime(2026, 3, 9, tzinfo=UTC)
    ill = too_old(TemplateId(SECONDARY.lower()), now - timedelta(hours=hours), timedelta(days=7), now)
    assert (ill.health if ill else None) is health


async def test_a_region_that_does_not_answer_leaves_the_rest_to_be_told(at: Any) -> None:
    report = await at(a_world(canary="succeeds") + '[[trouble]]\nregion = "*"\noperations = ["list"]\nanswer = "500"\n')
    told = [said for state, said in found(report, "members") if state == "fail"]
    assert [said for said in told if "were not listed: 500" in said] == told
    assert report.code == 69
    assert {state for state, _ in found(report, "permission")} == {"well"}


async def test_without_a_way_to_azure_nothing_is_asked_there_and_the_rest_is_told(at: Any) -> None:
    report = await at.at("http://127.0.0.1:9")
    assert report.code == 69
    assert {subject for subject, _ in ill(report)} == {"endpoint", "token", "azure", "observer"}
    assert [state for state, _ in found(report, "state")] == ["well"]


async def test_nothing_is_run_and_nothing_is_changed(at: Any, tmp_path: Path) -> None:
    async with an_azure(a_world(canary="succeeds")) as azure:
        await at.at(azure.base)
        asked = await azure._told("requests")
    assert {request["method"] for request in asked} <= {"GET"}
    assert sorted(await asyncio.to_thread(os.listdir, tmp_path)) == ["config.toml", "state"]
    assert await asyncio.to_thread(os.listdir, tmp_path / "state") == []


async def test_a_name_that_is_not_found_is_told(at: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    async def unknown(*_: object, **__: object) -> list[Any]:
        raise socket.gaierror(-2, "Name or service not known")

    # The one name that is asked for leads out of this machine, and a test does not.
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", unknown)
    report = await at.at("https://nowhere.invalid")
    assert found(report, "dns") == [("fail", "nowhere.invalid is not found: Name or service not known")]


FAILED, REFUSED, SILENT = (fail("x", "x", "x", cause) for cause in (Cause.OURS, Cause.NOT_PERMITTED, Cause.UNREACHABLE))


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ([well("x", "x")], 0),
        ([well("x", "x"), warn("x", "x", "x")], 3),
        ([FAILED, warn("x", "x", "x")], 1),
        ([FAILED, REFUSED], 77),
        ([REFUSED, SILENT, FAILED], 69),
    ],
)
def test_the_exit_code_sums_it_up(told: list[Checked], code: int) -> None:
    assert code_of(told) == code
