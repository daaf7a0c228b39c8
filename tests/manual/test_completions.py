"""TAB offers what the command line takes at that place, and files where it takes a file."""

import shlex
import subprocess
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "deploy" / "completions"


def offered(line: str, folder: Path) -> set[str]:
    """Return what bash offers at the end of the line."""
    words = shlex.split(line) + ([""] if line.endswith(" ") else [])
    script = f"""
        source {shlex.quote(str(FOLDER / "aibwatch.bash"))}
        COMP_WORDS=({" ".join(map(shlex.quote, words))}) COMP_CWORD={len(words) - 1}
        _aibwatch && printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    done = subprocess.run(["bash", "-c", script], cwd=folder, capture_output=True, text=True, timeout=10, check=True)
    assert done.stderr == ""
    return {word for word in done.stdout.splitlines() if word}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("aibwatch re", {"readiness", "regions", "replicate", "reset", "restore", "resume"}),
        ("aibwatch --config site.toml sta", {"status"}),
        ("aibwatch --c", {"--config"}),
        ("aibwatch handler ", {"test"}),
        ("aibwatch handler test --e", {"--entry-point", "--effect"}),
        (
            "aibwatch restore --",
            {"--to", "--apply", "--dry-run", "--replace", "--name", "--resource-group", "--json", "--help"},
        ),
        ("aibwatch build status --w", {"--wait"}),
        ("aibwatch status --reason ", set()),
        ("aibwatch restore co", {"copy.json", "copies"}),
        ("aibwatch --config co", {"copy.json", "copies"}),
        ("aibwatch backup --out co", {"copies"}),
        ("aibwatch build ubuntu-base --to ", set()),
    ],
)
def test_bash_completes(line: str, expected: set[str], tmp_path: Path) -> None:
    (tmp_path / "copy.json").touch()
    (tmp_path / "copies").mkdir()

    assert offered(line, tmp_path) == expected
