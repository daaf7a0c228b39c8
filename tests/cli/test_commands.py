"""Use the real console script as people and pipelines do, without a daemon and with one."""

import asyncio
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

from aibwatch.cli.exits import Exit
from tests.story.support import GROUP, PROGRAM, Done, a_daemon, a_world, an_azure, free_port, surroundings

COMMANDS = (
    "run",
    "demo",
    "simulate",
    "check-config",
    "show-config",
    "probe",
    "status",
    "explain",
    "active",
    "history",
    "reset",
    "classify",
)


def run(*arguments: str, **environment: str) -> Done:
    ended = subprocess.run(
        [PROGRAM, *arguments], capture_output=True, text=True, env=surroundings(environment), check=False, timeout=20
    )
    return Done(ended.returncode, ended.stdout, ended.stderr)


def test_help_names_every_command_and_the_exit_codes() -> None:
    told = run("--help")
    assert (told.code, told.err) == (0, "")
    assert [c for c in COMMANDS if f"\n  {c} " not in told.out] == []
    assert [str(e.value) for e in Exit if str(e.value) not in told.out.split("Exit codes:")[1]] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_says_what_it_does(name: str) -> None:
    told = run(name, "--help")
    first = told.out.split("\n\n")[1].strip().split("\n")[0]
    assert (told.code, told.err, first[0].isupper()) == (0, "", True)


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_it_answers_in_less_than_a_third_of_a_second(option: str) -> None:
    lengths = []
    for _ in range(3):
        begun = time.perf_counter()  # noqa: TID251  # what is measured is a process; no clock of ours can tell
        assert run(option).code == 0
        lengths.append(time.perf_counter() - begun)  # noqa: TID251
    median = statistics.median(lengths)
    sys.stdout.write(f"aibwatch {option}: {median:.3f} s, the median of 3\n")
    assert median < 0.3


def test_the_version_is_one_line() -> None:
    told = run("--version")
    assert (told.code, told.err, told.out.count("\n"), told.out.startswith("aibwatch ")) == (0, "", 1, True)


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("active",),
        ("reset", GROUP),
        ("status", "--nonsense"),
        ("probe",),
        ("classify",),
        ("status", "too", "much"),
    ],
)
def test_what_cannot_be_understood_exits_with_2_and_says_so(arguments: tuple[str, ...]) -> None:
    told = run(*arguments)
    assert (told.code, told.out) == (Exit.USAGE, "")
    assert told.err


@pytest.mark.parametrize("name", ["run", "check-config", "status", "probe"])
def test_without_its_file_it_exits_with_78_and_says_which(name: str, tmp_path: Path) -> None:
    more = {"active": ["base"], "probe": ["--once"]}.get(name, [])
    told = run("--config", str(tmp_path / "absent.toml"), name, *more)
    assert (told.code, told.out) == (Exit.CONFIG, "")
    assert f"{tmp_path}/absent.toml:1: file: does not exist" in told.err
    assert "Traceback" not in told.err


def test_the_file_is_found_by_its_variable(tmp_path: Path) -> None:
    told = run("status", AIBWATCH_CONFIG=str(tmp_path / "absent.toml"))
    assert f"{tmp_path}/absent.toml" in told.err


@pytest.mark.parametrize("arguments", [("status",), ("explain", "x"), ("active", "x")])
def test_without_a_daemon_it_exits_with_69_and_says_where_it_asked(arguments: tuple[str, ...], tmp_path: Path) -> None:
    port = free_port()
    (tmp_path / "c.toml").write_text(f'[http]\nlisten = "127.0.0.1:{port}"\n')
    told = run("--config", str(tmp_path / "c.toml"), *arguments)
    assert (told.code, told.out) == (Exit.UNREACHABLE, "")
    assert told.err.startswith(f"aibwatch: no daemon answers on 127.0.0.1:{port} (")
    assert "systemctl status aibwatch" in told.err


async def ask_a_daemon(folder: Path) -> dict[str, Done]:
    asked = {
        "status": ["status", "--json"],
        "explain group": ["explain", GROUP, "--json"],
        "explain region": ["explain", "westeurope", "--json"],
        "history": ["history", "--json"],
        "explain all": ["explain", "--json"],
        "explain REGION": ["explain", "WestEurope"],
        "explain nobody": ["explain", "nobody"],
        "active nobody": ["active", "nobody"],
        "history nobody": ["history", "nobody"],
        "reset": ["reset", GROUP, "--reason", "so"],
    }
    async with an_azure(a_world()) as azure, a_daemon(folder, azure.base) as daemon:
        await daemon.start()
        await daemon.verdict("healthy", "northeurope")
        told = await asyncio.gather(*(daemon.cli(*arguments) for arguments in asked.values()))
        return dict(zip(asked, told, strict=True))


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Done]:
    """Ask one daemon everything, once for all tests."""
    return asyncio.run(ask_a_daemon(tmp_path_factory.mktemp("cli")))


@pytest.mark.parametrize("name", ["status", "explain group", "explain region", "history"])
def test_every_report_is_json_of_schema_1_with_its_text(told: dict[str, Done], name: str) -> None:
    assert (told[name].code, told[name].err, told[name].json["schema"]) == (0, "", 1)
    assert isinstance(told[name].json["text"], str)


def test_explain_as_json_wants_a_name_and_tells_which_there_are(told: dict[str, Done]) -> None:
    assert (told["explain all"].code, GROUP in told["explain all"].err) == (Exit.USAGE, True)


def test_a_region_may_be_written_in_any_case(told: dict[str, Done]) -> None:
    assert (told["explain REGION"].code, told["explain REGION"].out.startswith("westeurope")) == (0, True)


def test_explain_of_an_unknown_name_tells_groups_and_regions(told: dict[str, Done]) -> None:
    err = told["explain nobody"].err
    assert told["explain nobody"].code == Exit.FAILED
    assert [name for name in (GROUP, "northeurope", "westeurope") if name not in err] == []


def test_active_of_an_unknown_group_prints_nothing_on_stdout(told: dict[str, Done]) -> None:
    # A pipeline takes stdout for a resource id.
    assert (told["active nobody"].code, told["active nobody"].out, GROUP in told["active nobody"].err) == (1, "", True)


def test_history_of_an_unknown_name_is_not_taken_for_an_empty_record(told: dict[str, Done]) -> None:
    assert "nobody" in told["history nobody"].out + told["history nobody"].err


def test_reset_without_a_token_exits_with_77_and_says_what_to_configure(told: dict[str, Done]) -> None:
    assert (told["reset"].code, "http.token_file" in told["reset"].err) == (Exit.NOT_PERMITTED, True)
