"""Prometheus takes the rules; each alert fires when it should, is silent when not, and asks for what there is."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.deploy.rules import PROMETHEUS, RULE_FILES, alerts, metrics_named, rules, the_runbooks_are_followed

needs_promtool = pytest.mark.skipif(
    shutil.which("promtool") is None, reason="promtool is not installed (Debian: prometheus)"
)
CASES = PROMETHEUS / "tests"
README = (PROMETHEUS / "README.md").read_text()
ROOT = PROMETHEUS.parents[1]
TO_JUDGE = tuple(re.findall(r"^((?:promtool|amtool) .*)$", (ROOT / "README.md").read_text(), re.MULTILINE))
"""Commands of the main README: all configuration, every case of every alert, all routes."""

PACKAGES = {"promtool": "prometheus", "amtool": "prometheus-alertmanager"}


def promtool(*arguments: str | Path, text: str = "") -> subprocess.CompletedProcess[str]:
    command: list[str | Path] = ["promtool", *arguments]
    return subprocess.run(command, input=text, capture_output=True, text=True, timeout=60, check=False)


@needs_promtool
def test_prometheus_takes_the_rules_and_finds_nothing_to_mend() -> None:
    judged = promtool("check", "rules", "--lint=all", "--lint-fatal", *RULE_FILES)
    assert judged.returncode == 0, judged.stdout + judged.stderr


@pytest.mark.parametrize("command", TO_JUDGE)
def test_what_the_main_readme_says_to_judge_them_with_finds_all_well(command: str) -> None:
    program = command.split()[0]
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed (Debian: {PACKAGES[program]})")
    judged = subprocess.run(["sh", "-c", command], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert judged.returncode == 0, judged.stdout + judged.stderr


def test_the_main_readme_judges_configuration_cases_and_routes() -> None:
    assert [command.rpartition(" ")[0] for command in TO_JUDGE] == [
        "promtool check config",
        "promtool test rules",
        "amtool check-config",
    ]


@needs_promtool
def test_a_rule_that_asks_for_something_else_does_not_pass(tmp_path: Path) -> None:
    for file in RULE_FILES:
        (tmp_path / file.name).write_text(file.read_text().replace('verdict="outage"', 'verdict="down"'))
    (tmp_path / "tests").mkdir()
    case = tmp_path / "tests" / "AibwatchRegionOutage.yml"
    case.write_text((CASES / case.name).read_text())
    assert promtool("test", "rules", case).returncode == 1


@needs_promtool
def test_what_the_readme_says_puts_them_into_a_prometheus_that_is_there(tmp_path: Path) -> None:
    blocks = [
        block.replace("/etc/prometheus", str(tmp_path)) for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    ]
    (tmp_path / "prometheus.yml").write_text(re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)[0])
    done = [subprocess.run(["sh", "-ec", block], cwd=PROMETHEUS, capture_output=True, check=False) for block in blocks]
    assert [(one.returncode, one.stderr) for one in done] == [(0, b"")] * 2
    found = re.findall(rb"(\d+) rules found", done[-1].stdout)
    assert sum(int(number) for number in found) == len(rules())
    assert "example.com" not in (tmp_path / "aibwatch" / "alerts.rules.yml").read_text()


def test_the_readme_names_every_alert_with_its_severity() -> None:
    rows = dict(re.findall(r"^\| \[(\w+)\]\(\S+\) \| (\w+) \|", README, re.MULTILINE))
    assert rows == {alert: rule["labels"]["severity"] for alert, rule in alerts().items()}


@pytest.mark.parametrize("alert", alerts())
def test_an_alert_has_a_case_in_which_it_fires_and_one_in_which_it_does_not(alert: str) -> None:
    cases = yaml.safe_load((CASES / f"{alert}.yml").read_text())["tests"]
    expected = [
        asked["exp_alerts"] for case in cases for asked in case["alert_rule_test"] if asked["alertname"] == alert
    ]
    assert {bool(one) for one in expected} == {True, False}


def test_there_are_no_cases_of_alerts_that_are_gone() -> None:
    assert {file.stem for file in CASES.iterdir()} == {*alerts(), "recording"}


def test_every_recorded_rule_has_a_case() -> None:
    asked = (CASES / "recording.yml").read_text()
    assert [rule["record"] for rule in rules() if "record" in rule and f"- labels: '{rule['record']}" not in asked] == [
        "azure_region:aibwatch_region_troubled:max"  # asked for over a time, which leaves no name
    ]


@pytest.mark.parametrize("alert", alerts())
def test_an_alert_says_what_is_how_grave_it_is_and_where_to_read_on(alert: str) -> None:
    rule = alerts()[alert]
    assert alert.startswith("Aibwatch")
    assert rule["labels"] in [{"severity": severity} for severity in ("critical", "warning", "info")]
    assert [*rule["annotations"]] == ["summary", "description", "runbook_url"]
    assert rule["annotations"]["runbook_url"] == f"https://runbooks.example.com/aibwatch/{alert}.md"


live = pytest.mark.beside.with_args(the_runbooks_are_followed, long=True)


@live
@pytest.mark.slow
def test_every_metric_that_rules_ask_for_is_there_in_a_real_scrape(outcome: dict[str, Any]) -> None:
    there = {line.partition("{")[0].partition(" ")[0] for line in outcome["metrics"].splitlines()}
    assert metrics_named() - there == set()


@live
@pytest.mark.slow
@needs_promtool
def test_promtool_finds_nothing_to_mend_in_a_real_scrape(outcome: dict[str, Any]) -> None:
    judged = promtool("check", "metrics", text=outcome["metrics"])
    assert (judged.returncode, judged.stdout + judged.stderr) == (0, "")
