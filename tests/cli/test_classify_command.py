"""`aibwatch classify` answers "is it mine or Azure's?" offline, and says what it cannot understand."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from aibwatch.cli.exits import Exit
from aibwatch.cli.main import app
from aibwatch.cli.offline import MOST_BYTES
from aibwatch.core.failures import ROWS

PACKER = "Packer build command has failed: exit status 1"


def classify(*arguments: str, stdin: bytes | str | None = None) -> Result:
    return CliRunner(env={"AIBWATCH_CONFIG": "/absent.toml"}).invoke(app, ["classify", *arguments], input=stdin)


def told(*arguments: str, stdin: bytes | str | None = None) -> tuple[str, str]:
    answer = classify(*arguments, "--json", stdin=stdin)
    assert (answer.exit_code, answer.stderr) == (0, "")
    body = json.loads(answer.stdout)
    return body["class"], body["rule"]


def test_it_says_whose_it_is_then_why_what_to_do_and_how_we_know() -> None:
    answer = classify("--phase", "Building", PACKER)
    first, cause, todo, source = answer.stdout.splitlines()
    assert (answer.exit_code, answer.stderr) == (0, "")
    assert first == "ambiguous. It may be yours or Azure's; this alone does not tell."
    assert cause.startswith("cause       mostly a script of yours")
    assert todo.startswith("what to do  see whether the staging group")
    assert source.startswith("rule        packer: ")


def test_as_json_it_has_the_fields_of_the_contract() -> None:
    row = next(r for r in ROWS if r.name == "service-failed")
    answer = classify("--status", "500", "--header", "x-ms-failure-cause=service", "--json")
    assert json.loads(answer.stdout) == {
        "schema": 1,
        "class": "service",
        "rule": "service-failed",
        "cause": row.cause,
        "advice": row.advice,
        "source": row.source,
    }


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        ((PACKER,), ("ambiguous", "packer")),
        (("--phase", "customizing", PACKER), ("customer", "customer-step")),
        (("--status", "500"), ("service", "server-error-status")),
        (("--status", "500", "--header", "X-MS-Failure-Cause=Gateway"), ("ambiguous", "arm-failed")),
        (("--status", "504", "--header", "x-ms-request-id=1", "late"), ("service", "server-error-status")),
        (("--status", "502", "--header", "Server=squid"), ("network", "not-azure")),
        (("--header", "x-ms-failure-cause=service"), ("service", "service-failed-by-header")),
        (("--status", "429"), ("throttled", "throttled")),
        (("--status", "403", "--code", "AuthorizationFailed"), ("auth", "not-permitted")),
        (("--code", "AuthorizationFailed"), ("customer", "missing-permission")),
        (("--code", "BadPIRSource"), ("customer", "source-missing")),
        (("--status", "200"), ("ok", "none")),
        (("--status", "200", "Internal error occurred."), ("ambiguous", "internal-operation-error")),
        (("--phase", "Customizing"), ("customer", "customer-step")),
        (("something new",), ("ambiguous", "default")),
        (('{"runState": "Succeeded"}',), ("ok", "none")),
        (("--status", "500", '{"runState": "Succeeded"}'), ("service", "server-error-status")),
    ],
)
def test_options_and_message_together_decide(arguments: tuple[str, ...], answer: tuple[str, str]) -> None:
    assert told(*arguments) == answer


@pytest.mark.parametrize(
    "stdin",
    [PACKER, f"\ufeff{PACKER}\r\n", json.dumps({"error": {"code": "x", "message": PACKER}}), "x\n" * 99_000 + PACKER],
    ids=["text", "with a mark in front", "an error body", "a log"],
)
def test_a_dash_reads_stdin(stdin: str) -> None:
    assert told("-", stdin=stdin) == ("ambiguous", "packer")


@pytest.mark.parametrize(
    ("arguments", "stdin", "said"),
    [
        ((), None, "nothing to classify; give a MESSAGE"),
        (("",), None, "MESSAGE: is empty; give the message"),
        (("--status", "500", "  "), None, "MESSAGE: is empty"),
        (("-",), b"", "stdin: is empty"),
        (("-",), b"caf\xe9 broke", "stdin: is not UTF-8 (byte 3); convert"),
        (("-",), b"x" * (MOST_BYTES + 1), "stdin: is longer than 8 MiB; give the part"),
        (("caf\udce9 broke",), None, "MESSAGE: is not UTF-8"),
        (("--status", "600"), None, "--status '600': is no HTTP status; give a number from 100 to 599"),
        (("--status", "99"), None, "--status '99'"),
        (("--status", "-1"), None, "--status '-1'"),
        (("--status", "five"), None, "--status 'five'"),
        (("--status", "٥٠٠"), None, "--status '٥٠٠'"),
        (("--header", "x-ms-failure-cause", "m"), None, "--header 'x-ms-failure-cause': has no name and value"),
        (("--header", "=service", "m"), None, "--header '=service'"),
        (("--phase", "Cooking", "m"), None, "--phase 'Cooking': is no phase of a run; choose one of Queued, Building"),
    ],
)
def test_what_cannot_be_understood_exits_with_2_and_one_sentence(
    arguments: tuple[str, ...], stdin: bytes | None, said: str
) -> None:
    answer = classify(*arguments, stdin=stdin)
    assert (answer.exit_code, answer.stdout) == (Exit.USAGE, "")
    assert answer.stderr.startswith(f"aibwatch: classify: {said}")
    assert answer.stderr.count("\n") == 1


def test_it_needs_no_configuration(tmp_path: Path) -> None:
    answer = CliRunner().invoke(app, ["--config", str(tmp_path / "absent.toml"), "classify", PACKER])
    assert (answer.exit_code, answer.stderr) == (0, "")
