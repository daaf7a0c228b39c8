"""Every alert reaches who should have it. That Alertmanager takes the file is judged with the README's commands."""

import re
import shutil
import subprocess

import pytest

from tests.deploy.rules import ROUTES, alerts

RECEIVERS = {"critical": "on-call", "warning": "team", "info": "log"}

needs_amtool = pytest.mark.skipif(
    shutil.which("amtool") is None, reason="amtool is not installed (Debian: prometheus-alertmanager)"
)


def amtool(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["amtool", *arguments], capture_output=True, text=True, timeout=60, check=False)


@needs_amtool
@pytest.mark.parametrize("alert", alerts())
def test_an_alert_reaches_whom_its_severity_says(alert: str) -> None:
    severity = alerts()[alert]["labels"]["severity"]
    labels = [f"alertname={alert}", f"severity={severity}"]
    routed = amtool("config", "routes", "test", f"--config.file={ROUTES}", *labels)
    assert (routed.returncode, routed.stdout.split()) == (0, [RECEIVERS[severity]]), routed.stderr


@needs_amtool
def test_alerts_of_others_go_where_they_went_before() -> None:
    routed = amtool("config", "routes", "test", f"--config.file={ROUTES}", "alertname=DiskFull", "severity=critical")
    assert routed.stdout.split() == ["team"]


def test_nothing_is_held_back_because_of_an_alert_that_is_not_there() -> None:
    named = set(re.findall(r"Aibwatch\w+", ROUTES.read_text()))
    assert named - {*alerts()} == set()
