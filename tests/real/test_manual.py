"""What is generated for other programs is taken by them without a complaint."""

import shutil
import subprocess
from pathlib import Path

import pytest

DEPLOY = Path(__file__).parents[2] / "deploy"
PAGES = sorted((DEPLOY / "man").iterdir())
pytestmark = pytest.mark.slow


def needs(program: str, package: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(program) is None, reason=f"there is no {program} here (Debian: {package})")


def told(*command: str | Path) -> str:
    """Return all that a program prints; it must go well."""
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@needs("groff", "groff-base")
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_manual_page_is_set_without_a_warning(page: Path) -> None:
    assert told("groff", "-man", "-ww", "-Tutf8", "-z", page) == ""


@needs("groff", "groff-base")
def test_a_manual_page_reads_as_it_should() -> None:
    text = told("groff", "-man", "-Tascii", "-P-c", "-P-b", "-P-u", "-P-o", DEPLOY / "man" / "aibwatch.1")

    assert "aibwatch - failover for Azure Image Builder" in text
    assert "   aibwatch build GROUP [OPTIONS]\n" in text
    assert "       --to REGION\n              Run the member there, and no other.\n" in text
    assert "       78     Config.\n" in text


@needs("mandoc", "mandoc")
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_manual_page_is_clean_to_mandoc(page: Path) -> None:
    assert told("mandoc", "-T", "lint", "-W", "warning", page) == ""


@needs("fish", "fish")
def test_fish_completes_commands_with_what_they_do() -> None:
    script = (
        f"source {DEPLOY}/completions/aibwatch.fish; complete -C 'aibwatch re'; complete -C 'aibwatch build g --wa'"
    )
    rows = [line.split("\t") for line in told("fish", "--no-config", "-c", script).splitlines()]

    assert [row[0] for row in rows] == ["readiness", "regions", "replicate", "reset", "restore", "resume", "--wait"]
    assert ["--wait", "Until the image is there, not only accepted."] in rows


# zsh completes only for somebody at a terminal, so it is given one.
ZSH = """
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "PS1=; fpath=({folder} \\$fpath); autoload -Uz compinit; compinit -u -D; echo be''gin"
zpty -r -m shell out '*begin*' && zpty -w -n shell $'aibwatch re\\t\\t'
zpty -r -m shell out '*resume*' && print -r -- $out
zpty -d shell
"""


@needs("zsh", "zsh")
def test_zsh_completes_commands_with_what_they_do() -> None:
    text = told("zsh", "-f", "-c", ZSH.format(folder=DEPLOY / "completions"))

    for name in ("readiness", "regions", "replicate", "reset", "restore", "resume"):
        assert name in text
    assert "Say whether secondaries would build" in text
