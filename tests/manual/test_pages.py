"""What is generated is what is checked in, and says of the program what the program says."""

import tomllib
from pathlib import Path

import pytest

from aibwatch.cli.exits import Exit
from aibwatch.config.schema import Settings
from aibwatch.config.sections import SECTIONS
from manual import roff
from manual.commands import everything, exit_codes, tree
from manual.pages import pages
from manual.reference import EXAMPLE
from manual.settings import sections

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("path", pages())
def test_what_is_checked_in_is_what_the_program_says_today(path: str) -> None:
    assert (ROOT / path).read_text(encoding="utf-8") == pages()[path], "run: make docs"


def test_every_setting_is_in_the_reference_and_in_the_manual_page() -> None:
    told = {(section.header, key) for section in sections() for setting in section.settings for key in setting.keys}
    inner = {path for path in SECTIONS if len(path) > 1}
    there_are = {
        (section.header, key) for path, section in SECTIONS.items() for key in section.keys if (*path, key) not in inner
    }

    assert told == there_are
    assert [key for _, key in told if f"**`{key}`**" not in pages()["docs/configuration.md"]] == []
    assert [key for _, key in told if roff.bold(key) not in pages()["deploy/man/aibwatch-config.5"]] == []


def test_a_setting_is_told_with_its_kind_its_default_and_the_reason() -> None:
    assert (
        '**`cooldown`** · duration · `"1h"`<br>\nLeast time between two moves of a group. Default 60m: longer than a '
        "usual build"
    ) in pages()["docs/configuration.md"]


def test_settings_of_which_the_same_is_said_are_told_once() -> None:
    reference = pages()["docs/configuration.md"]

    assert reference.count("As in \\[policy\\].") == 2  # one of them has no effect in a group, and says so


def test_the_example_is_a_configuration() -> None:
    assert [group.name for group in Settings.model_validate(tomllib.loads(EXAMPLE)).group] == ["ubuntu-base"]


def test_every_command_is_in_the_manual_page_with_all_its_options() -> None:
    page = pages()["deploy/man/aibwatch.1"]
    commands = [command for command in everything(tree()) if command.path and not command.commands]

    assert len(commands) > 25
    for command in commands:
        assert f'\n.SS "aibwatch {roff.plain(" ".join(command.path))}' in page
        assert [o.flags for o in command.options if " / ".join(map(roff.bold, o.flags)) not in page] == []


def test_every_exit_code_has_a_meaning() -> None:
    assert list(exit_codes()) == [code.value for code in Exit]
    assert exit_codes()[75] == "busy"


def test_no_line_of_a_text_is_taken_for_a_request() -> None:
    assert roff.paragraph(".git is one. 'Tis. `.hidden` too") == (".PP\n\\&.git is one. \\(aqTis. \\fB.hidden\\fR too")


def test_a_sentence_has_a_line_of_its_own() -> None:
    assert roff.paragraph("Say so. Say why.\n\nOr not.", first=True) == "Say so.\nSay why.\n.PP\nOr not."
