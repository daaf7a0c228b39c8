"""`aibwatch handler test` says what it found and what it cannot use; that it finds it is shown in tests/conformance."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from aibwatch.cli.exits import Exit
from aibwatch.cli.main import app

KEY = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="


def kit(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["handler", "test", *map(str, arguments)])


@pytest.fixture(autouse=True)
def logging_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the logging of this process alone: it is every other test's too."""
    monkeypatch.setattr("aibwatch.runtime.logs.configure", lambda **_: None)


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret"
    path.write_text(KEY)
    return path


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "give a COMMAND or address, or --entry-point, and only one of them"),
        (["--entry-point", "x", "./switch"], "give a COMMAND or address, or --entry-point, and only one of them"),
        (["./absent"], "./absent: there is no such program, or it may not be executed (chmod +x)"),
        (["--entry-point", "nobody"], "no handler 'nobody' is installed"),
        (["--entry-point", "run-template", "--option", "speed"], "--option speed: write KEY=VALUE"),
        (
            ["--entry-point", "run-template", "--option", "speed=1"],
            "handler 'run-template' cannot be made: speed: run-template takes no options; remove this key",
        ),
        (["http://127.0.0.1:1/hook"], 'secret_file: is missing; write secret_file = "/PATH"'),
        (["http://hooks.example.com"], 'secret_file: is missing; write secret_file = "/PATH"'),
        (
            ["http://127.0.0.1:1", "--secret-file", "/absent"],
            "secret_file /absent cannot be read: No such file or directory",
        ),
        (["true", "--group", "A B"], '"A B" cannot name a group; use 1 to 63 of a-z, 0-9 and -'),
        (["true", "--timeout", "soon"], '"soon" is not a duration; write it like "30s", "10m", "1h30m" or "35d"'),
        (["true", "--effect", "cat 'x"], "--effect cat 'x: No closing quotation"),
    ],
)
def test_what_cannot_be_tried_is_told_with_exit_code_2(arguments: list[str], said: str) -> None:
    told = kit(*arguments)
    assert (told.exit_code, told.stdout, told.stderr) == (Exit.USAGE, "", f"aibwatch: handler test: {said}\n")


def test_a_receiver_that_is_not_there_fails_and_is_told_as_json(secret: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aibwatch.conformance.bench.LOOKS", 1)
    told = kit("http://127.0.0.1:9/hook", "--secret-file", secret, "--json")
    body = json.loads(told.stdout)
    failed = {one["check"] for one in body["checks"] if one["verdict"] == "failed"}
    assert (told.exit_code, body["schema"], body["subject"], body["passed"]) == (
        Exit.FAILED,
        1,
        "http://127.0.0.1:9/hook",
        False,
    )
    assert {"no_effects", "applies", "left"} <= failed
    assert KEY not in told.output
    assert told.stderr.startswith("This really calls http://127.0.0.1:9/hook, some dozens of times, for group conf")


def test_a_handler_without_azure_fails_with_a_sentence_for_each_check() -> None:
    told = kit("--entry-point", "run-template")
    assert told.exit_code == Exit.FAILED
    assert "passed       describe says a name and a version\n" in told.stdout
    assert "FAILED       activate has its effect, and status says so\n" in told.stdout
    assert "the conformance kit has no Azure" in told.stdout
