"""Try a removal: take the rule out of a copy of the package, and run the tests that are about it.

The copy is made once for a bench, compiled, and put right again after each trial. Tests run as a process of their own,
with the copy in front of everything else and without what core tests do not need, because there are hundreds of trials.
"""

import compileall
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from tests.removals.removal import Removal

REPOSITORY = Path(__file__).parents[2]
COPIED = ("aibwatch", "tests/core")
SECONDS = 120
"""Tests of one or two files take two seconds; a rule whose absence makes them hang is noticed by nobody."""

LEAN = ("-x", "-q", "--tb=no", "--assert=plain", "-p", "no:cacheprovider")
BARE = {"PYTHONDONTWRITEBYTECODE": "1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "COLUMNS": "300"}

FAILED = re.compile(r"^FAILED \S+?::(.+?)(?: - |$)", re.MULTILINE)
NOT_COPIED = shutil.ignore_patterns("__pycache__", ".hypothesis")


class Verdict(StrEnum):
    """What became of a trial."""

    NOTICED = "noticed"
    UNNOTICED = "no test noticed"
    MISFIT = "does not apply"
    BROKEN = "broke the tests"
    """They could not be run at all: such a removal shows nothing."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one removal."""

    removal: Removal
    verdict: Verdict
    by: str
    """The test that noticed, or what went wrong."""


class Bench:
    """A copy of the package and its tests, for one trial at a time."""

    def __init__(self, room: Path) -> None:
        self.room = room
        for name in COPIED:
            shutil.copytree(REPOSITORY / name, room / name, ignore=NOT_COPIED)
        shutil.copy2(REPOSITORY / "tests/__init__.py", room / "tests")
        (room / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
        compileall.compile_dir(room, quiet=1)

    def passes(self, files: list[str]) -> str:
        """Return why tests do not pass without any removal; empty if they do."""
        code, said = self._run(files)
        return "" if code == 0 else said[-2000:]

    def try_out(self, removal: Removal) -> Outcome:
        """Return what becomes of the tests without the rule."""
        file = self.room / removal.path
        whole, stat = file.read_text(encoding="utf-8"), file.stat()
        try:
            file.write_text(removal.applied_to(whole), encoding="utf-8")
        except ValueError as misfit:
            return Outcome(removal, Verdict.MISFIT, str(misfit))
        # What was compiled is known by the second and the length of its source, and both may be the same by chance.
        os.utime(file, (stat.st_atime, stat.st_mtime + 60))
        try:
            return _judge(removal, *self._run(removal.test_files))
        finally:
            file.write_text(whole, encoding="utf-8")
            os.utime(file, (stat.st_atime, stat.st_mtime))

    def _run(self, files: list[str]) -> tuple[int | None, str]:
        command = [sys.executable, "-m", "pytest", *LEAN, *files]
        known = os.environ | {"PYTHONPATH": str(self.room)} | BARE
        try:
            done = subprocess.run(
                command, cwd=self.room, env=known, capture_output=True, text=True, timeout=SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            return None, f"not done after {SECONDS} s"
        return done.returncode, done.stdout + done.stderr


def _judge(removal: Removal, code: int | None, said: str) -> Outcome:
    failed = FAILED.search(said)
    if code == 1 and failed:
        return Outcome(removal, Verdict.NOTICED, failed.group(1))
    if code == 0:
        return Outcome(removal, Verdict.UNNOTICED, f"tests of {removal.tests}")
    return Outcome(removal, Verdict.BROKEN, said.strip()[-500:])
