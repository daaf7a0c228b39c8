"""Poll once, without a daemon: what was seen, and an exit code that sums it up."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from aibwatch.app.once import DEGRADED, UNREACHABLE, Report, poll_once
from aibwatch.config.load import load
from tests.story.support import a_config, a_world, an_azure
from tests.story.test_story_discovery import a_tagged_world, by_tags
from tests.waiting import until


async def poll(
    folder: Path, azure: str, monkeypatch: pytest.MonkeyPatch, *, within: str = "2s", change: Callable[[str], str] = str
) -> Report:
    monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", azure)
    for name in ("IDENTITY_ENDPOINT", "MSI_ENDPOINT", "AZURE_FEDERATED_TOKEN_FILE"):
        monkeypatch.delenv(name, raising=False)
    file = folder / "config.toml"
    text = a_config(folder, azure, 9877).replace('request_timeout = "2s"', f'request_timeout = "{within}"')
    file.write_text(change(text))
    return await poll_once(load(file))


async def test_where_everything_answers_the_code_is_0(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with an_azure(a_world()) as azure:
        report = await poll(tmp_path, azure.base, monkeypatch)
    text = str(report.body["text"])
    assert (report.code, text.split("\n")[0]) == (0, "6 of 6 polls were answered well.")
    assert "ubuntu-weu: succeeded, last run succeeded, begun" in text


async def test_where_one_region_answers_500_the_code_is_3(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with an_azure(a_world(broken=True)) as azure:
        report = await poll(tmp_path, azure.base, monkeypatch)
    assert (report.code, str(report.body["text"]).split("\n")[0]) == (DEGRADED, "5 of 6 polls were answered well.")


async def test_where_the_activity_log_may_not_be_read_it_names_the_permission(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = '[[trouble]]\nregion = "*"\noperations = ["activity"]\nanswer = "forbidden"\n'
    async with an_azure(a_world() + refused) as azure:
        report = await poll(tmp_path, azure.base, monkeypatch)
    (line,) = [line for line in str(report.body["text"]).split("\n") if " activity_log " in line]
    assert (report.code, "Microsoft.Insights/eventtypes/values/read" in line) == (DEGRADED, True)


async def test_a_call_to_run_that_failed_is_shown_with_whose_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = a_world().replace('name = "ubuntu-weu"', 'name = "ubuntu-weu"\nevery = 1')
    refused = '[[trouble]]\nregion = "westeurope"\noperations = ["run"]\nanswer = "500"\n'
    async with an_azure("activity_lag = 0\n" + own + refused) as azure:

        async def shown() -> bool:
            report = await poll(tmp_path, azure.base, monkeypatch)
            return "call        somebody's       run ubuntu-weu, failed " in str(report.body["text"])

        await until("a call of the customer's schedule is shown", shown)


async def test_where_nobody_answers_the_code_is_69(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Who gives no token is asked again and again for as long as a request may take.
    report = await poll(tmp_path, "http://127.0.0.1:9", monkeypatch, within="1s")
    assert (report.code, UNREACHABLE) == (69, 69)


async def test_the_report_is_json_of_schema_1(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with an_azure(a_world(noticed=True)) as azure:
        body = json.loads(json.dumps((await poll(tmp_path, azure.base, monkeypatch)).body))
    assert (body["schema"], {o["type"] for o in body["observations"]}) == (
        1,
        {"polled", "probed", "template_seen", "event_seen"},
    )


async def test_groups_by_tags_are_polled_too_and_what_is_wrong_with_them_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with an_azure(a_tagged_world()) as azure:
        report = await poll(tmp_path, azure.base, monkeypatch, change=by_tags)
    text = str(report.body["text"])
    assert (report.code, text.split("\n")[0]) == (0, "7 of 7 polls were answered well.")
    assert "tags        1 group found\ntags        canary-weu is tagged aibwatch-group" in text
    assert "ubuntu-neu: succeeded" in text


async def test_without_groups_it_says_that_nothing_was_polled(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('[azure]\narm_endpoint = "http://127.0.0.1:9"\n')
    report = await poll_once(load(file))
    assert (report.code, report.body["text"]) == (0, "Nothing was polled: no group is configured.\n")
