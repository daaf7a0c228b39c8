"""Every command, file and setting that the documents name is one that there is."""

import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main
from typer.core import TyperGroup

from aibwatch.cli.main import app

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted([ROOT / "README.md", *ROOT.glob("docs/**/*.md"), *ROOT.glob("deploy/**/*.md")])
PROGRAM = typer.main.get_command(app)

PLACEHOLDERS = {
    "GROUP": "ubuntu-base",
    "REGION": "westeurope",
    "NAME": "a-name",
    "ID": "ubuntu-base-1",
    "FILE": "a-file",
    "DIR": "a-folder",
    "MESSAGE": "a message",
    "COMMAND": "a-program",
    "KEY=VALUE": "key=value",
    "R": "so-it-is",
    "N": "500",
    "P": "Building",
    "TIME": "02:14",
    "D": "10m",
    "GATE": "cooldown",
}
"""What a document writes for what the reader puts there, and something that fits."""


def commands(text: str) -> Iterator[str]:
    """Yield every command in blocks and in code spans: from "aibwatch" and a lower-case word on."""
    fenced = re.findall(r"^[ ]*```[a-z]*\n(.*?)^[ ]*```", text, flags=re.MULTILINE | re.DOTALL)
    for block in fenced:
        for line in block.replace("\\\n", " ").splitlines():
            if found := re.match(r"\s*(?:\$ )?(?:sudo )?(aibwatch [a-z-].*)", line):
                yield found[1]
    outside = re.sub(r"^[ ]*```[a-z]*\n.*?^[ ]*```", "", text, flags=re.MULTILINE | re.DOTALL)
    for span in re.findall(r"`(aibwatch [a-z-][^`]*)`", outside):
        if span.split()[1] in NAMES and len(span.split()) > 2:  # the name alone is a name, and no command
            yield span


NAMES = set(getattr(PROGRAM, "commands", ()))
FOUND = sorted({(path.relative_to(ROOT).as_posix(), line) for path in DOCUMENTS for line in commands(path.read_text())})


def words(line: str) -> list[str]:
    """Return the words of a command, without comments, what may be left out, and what comes after it in a shell."""
    bare = re.sub(r"\s+#.*|\s{2,}\S.*|\s*[|;>)].*", "", line)
    bare = re.sub(r"\[[^\]]*\]\.{0,3}", "", bare)
    return [PLACEHOLDERS.get(word, word) for word in shlex.split(bare)][1:]


def understood(context: Any, command: Any, arguments: list[str]) -> None:
    """Let the command line read the words and do nothing; raises its UsageError for what it does not take."""
    with command.make_context(command.name, arguments, parent=context) as here:
        if isinstance(command, TyperGroup):
            _, inner, rest = command.resolve_command(here, [*here._protected_args, *here.args])
            understood(here, inner, rest)


def test_the_documents_name_commands_at_all() -> None:
    assert len(FOUND) > 30
    assert {"readiness", "replicate", "restore", "failover", "explain"} <= {line.split()[1] for _, line in FOUND}


@pytest.mark.parametrize(("document", "line"), FOUND, ids=lambda value: value[:60])
def test_every_command_of_a_document_is_understood(document: str, line: str) -> None:
    try:
        understood(None, PROGRAM, words(line))
    except Exception as error:
        if not hasattr(error, "format_message"):  # typer has a click of its own, so its UsageError has no public name
            raise
        raise AssertionError(f"{document}: {line}: {error.format_message()}") from None


def links(path: Path) -> list[str]:
    text = re.sub(r"```.*?```", "", path.read_text(), flags=re.DOTALL)
    return [link for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text) if "://" not in link]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_between_documents_leads_somewhere(path: Path) -> None:
    assert [link for link in links(path) if not (path.parent / link).exists()] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_toml_of_a_document_is_toml(path: Path) -> None:
    for block in re.findall(r"^[ ]*```toml\n(.*?)^[ ]*```", path.read_text(), flags=re.MULTILINE | re.DOTALL):
        tomllib.loads(block)
