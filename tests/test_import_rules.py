"""The import rules hold, and the check that says so can fail."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")


def lint_imports(project: Path) -> subprocess.CompletedProcess[str]:
    command: list[str | Path] = [LINT_IMPORTS, "--no-cache", "--config", project / "pyproject.toml"]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def copied_project(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "aibwatch", tmp_path / "aibwatch", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_import_rules_hold() -> None:
    result = lint_imports(ROOT)

    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("module", "line", "broken"),
    [
        ("core/engine.py", "import asyncio", "the core is pure"),
        ("core/model.py", "import structlog", "the core is pure"),
        ("core/window.py", "from aibwatch.runtime.clock import Clock", "layers point downwards"),
        ("sources/probe.py", "from aibwatch.handlers import loader", "layers point downwards"),
        ("simulator/world.py", "from aibwatch.runtime.clock import Clock", "layers point downwards"),
        ("backtest/play.py", "from aibwatch.runtime.clock import Clock", "layers point downwards"),
        ("backtest/polls.py", "from aibwatch.sources import arm", "layers point downwards"),
        ("backtest/files.py", "from aibwatch.simulator import world", "layers point downwards"),
        ("core/signals/probe.py", "from aibwatch.core.signals import runs", "signals do not know each other"),
    ],
)
def test_a_forbidden_import_is_found(copied_project: Path, module: str, line: str, broken: str) -> None:
    path = copied_project / "aibwatch" / module
    path.write_text(f"{path.read_text()}\n{line}\n")

    result = lint_imports(copied_project)

    assert result.returncode == 1, result.stdout
    assert f"{broken}" in result.stdout.split("Broken contracts")[1]
