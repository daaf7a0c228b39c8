"""The unit says nothing that systemd does not understand, and is as closed as the daemon bears."""

import shutil
import subprocess
from pathlib import Path

import pytest

UNIT = Path(__file__).parents[2] / "deploy" / "systemd" / "aibwatch.service"

needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed (Debian: systemd)"
)


@pytest.fixture
def installed_unit(tmp_path: Path) -> Path:
    """The unit as it would be with the program installed: systemd looks whether that can be executed."""
    unit = tmp_path / "aibwatch.service"
    unit.write_text(UNIT.read_text().replace("/opt/aibwatch/bin/aibwatch", "/bin/true"))
    return unit


def analyze(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command: list[str | Path] = ["systemd-analyze", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@needs_systemd
def test_systemd_understands_every_line_of_the_unit(installed_unit: Path) -> None:
    result = analyze("verify", installed_unit)

    assert (result.returncode, result.stderr) == (0, "")


@needs_systemd
def test_the_unit_is_exposed_to_no_more_than_it_needs(installed_unit: Path) -> None:
    result = analyze("security", "--offline=yes", "--threshold=11", installed_unit)

    assert result.returncode == 0, result.stdout  # the threshold is in tenths: 1.1; a bare unit has 9.6


def test_a_wrong_configuration_is_not_tried_again_and_again() -> None:
    assert "RestartPreventExitStatus=78" in UNIT.read_text().splitlines()


def test_a_stop_of_the_daemon_leaves_a_running_program_to_its_end() -> None:
    assert {"KillMode=process", "OOMPolicy=continue"} <= {*UNIT.read_text().splitlines()}


def test_a_daemon_that_hangs_is_ended_and_leaves_no_memory_behind() -> None:
    assert {"Type=notify", "WatchdogSec=60s", "Restart=on-failure", "LimitCORE=0"} <= {*UNIT.read_text().splitlines()}
