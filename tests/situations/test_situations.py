"""Play every story; each must be told as its file tells it. How they are written is in play.py."""

from pathlib import Path

import pytest

from .play import FOLDER, files, played
from .words import StoryError

SITUATIONS = {
    "kill in suspicion": "kill_in_suspicion",
    "recovery before the claim": "recovery_before_the_claim",
    "recovery after the claim": "recovery_after_the_claim",
    "crash after intent": "crash_after_the_intent",
    "crash while running": "crash_while_running",
    "crash after the effect": "crash_after_the_effect",
    "reboot with a partial effect": "reboot_with_a_partial_effect",
    "torn journal": "torn_journal",
    "hanging handler": "hanging_handler",
    "lying handler": "lying_handler",
    "partial handler": "partial_handler",
    "flooding handler": "flooding_handler",
    "missing handler": "missing_handler",
    "two daemons": "two_daemons",
    "bad reload": "bad_reload",
    "upgrade in the middle": "upgrade_in_the_middle",
    "approval denied": "approval_denied",
    "approval after recovery": "approval_after_recovery",
    "override by name": "override_by_name",
    "drill meets outage": "drill_meets_outage",
    "failback while the primary flaps": "failback_while_the_primary_flaps",
    "late run": "late_run",
    "trigger still on": "trigger_still_on",
    "disk full in the middle of a move": "disk_full_in_the_middle",
    "clock set by hours in the middle of a move": "clock_set_in_the_middle",
    "two operators at once": "two_operators_at_once",
    "mode changed in the check": "mode_changed_in_the_check",
}
"""What an executor must come through, each with the file that tells it. There are more files; none of these may go."""


@pytest.mark.parametrize("path", files(), ids=lambda path: path.stem)
def test_what_follows_is_what_the_story_tells(path: Path) -> None:
    assert played(path) == path.read_text(encoding="utf-8"), "if that is wanted: python -m tests.situations --write"


def test_every_situation_has_its_story() -> None:
    assert {name for name in SITUATIONS.values() if not (FOLDER / f"{name}.txt").exists()} == set()
    assert len(SITUATIONS) == 27


@pytest.mark.parametrize("path", files(), ids=lambda path: path.stem)
def test_every_story_says_first_what_must_happen_and_last_what_did(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    said = [line for line in lines if line.startswith("> ")]
    assert lines[0].startswith("# Situation: ")
    assert any(line.startswith("# Must: ") for line in lines[1:3])
    assert said[-1] in {"> what was done?", "> start again"}  # the last one of a daemon that must not start


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("> start\n> westeurope sinks\n", "it.txt:2: nobody understands 'westeurope sinks'"),
        ("> start\nwesteurope breaks\n", "it.txt:2: begin with '> ', '#', or two blanks: 'westeurope breaks'"),
        ("> start\n> until halted\n", "it.txt:2: never halted"),
        ("> westeurope breaks\n> ann orders drill because so\n", "it.txt:2: no daemon runs"),
        ("> switch will fly\n", "it.txt:1: no handler does 'fly'; one could: do half; do it"),
        ("> start\n> ann orders supper because so\n", "it.txt:2: nobody understands what ann wants: 'orders supper'"),
    ],
)
def test_what_nobody_understands_is_told_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "it.txt"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(StoryError) as raised:
        played(path)
    assert str(raised.value).startswith(told)


def test_what_follows_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "it.txt"
    path.write_text("# A story.\n> start\n  +00:00    start    a lie\n\n> 1 min passes\n", encoding="utf-8")
    told = played(path)
    assert "a lie" not in told
    assert told.splitlines()[:3] == ["# A story.", "> start", "  +00:00    start    the daemon is up"]
