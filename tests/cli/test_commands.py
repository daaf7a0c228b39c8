"""Use the commands as people and pipelines do, without a daemon and with one."""

import asyncio
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from aibwatch.cli.exits import Exit
from tests.story.support import GROUP, PROGRAM, Done, a_daemon, a_world, an_azure, free_port, run_aibwatch, surroundings

COMMANDS = (
    "backup",
    "restore",
    "build",
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
    "incident",
    "failover",
    "failback",
    "drill",
    "approve",
    "deny",
    "reset",
    "pause",
    "resume",
    "regions",
    "backtest",
    "classify",
)


def script(*arguments: str) -> Done:
    """Run the console script, from scratch."""
    ended = subprocess.run(
        [PROGRAM, *arguments], capture_output=True, text=True, env=surroundings({}), check=False, timeout=20
    )
    return Done(ended.returncode, ended.stdout, ended.stderr)


def run(*arguments: str, **environment: str) -> Done:
    return asyncio.run(run_aibwatch(*arguments, environment=environment))


def test_help_names_every_command_and_the_exit_codes() -> None:
    told = script("--help")
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
    # Of CPU, and the least of three: how long it takes on the wall is up to what else the machine does, and stories are
    # played while this is measured.
    lengths = []
    for _ in range(3):
        before = cpu_of_children()
        assert script(option).code == 0
        lengths.append(cpu_of_children() - before)
    sys.stdout.write(f"aibwatch {option}: {min(lengths):.3f} s\n")
    assert min(lengths) < 0.3


def cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_the_version_is_one_line() -> None:
    told = script("--version")
    assert (told.code, told.err, told.out.count("\n"), told.out.startswith("aibwatch ")) == (0, "", 1, True)


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("active",),
        ("reset",),
        ("failover", GROUP),
        ("pause", GROUP, "--reason", "so"),
        ("status", "--nonsense"),
        ("probe",),
        ("classify",),
        ("status", "too", "much"),
        ("history", "--markdown"),
        ("history", "--move", "base-1", "--markdown", "--json"),
        ("incident", "--bundle", "x.tar.gz"),
        ("regions",),
        ("regions", "westeurope", "--subscription", "mine"),
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


@pytest.mark.parametrize(
    "arguments",
    [
        ("status",),
        ("explain", "x"),
        ("active", "x"),
        ("build", "x"),
        ("history", "--move", "x"),
        ("incident",),
        ("incident", "x"),
    ],
)
def test_without_a_daemon_it_exits_with_69_and_says_where_it_asked(arguments: tuple[str, ...], tmp_path: Path) -> None:
    port = free_port()
    (tmp_path / "c.toml").write_text(f'[http]\nlisten = "127.0.0.1:{port}"\n')
    told = run("--config", str(tmp_path / "c.toml"), *arguments)
    assert (told.code, told.out) == (Exit.UNREACHABLE, "")
    assert told.err.startswith(f"aibwatch: no daemon answers on 127.0.0.1:{port} (")
    assert "systemctl status aibwatch" in told.err


def test_a_bundle_that_is_there_is_left_as_it_is_before_anybody_is_asked(tmp_path: Path) -> None:
    bundle = tmp_path / "there.tar.gz"
    bundle.write_bytes(b"theirs")
    told = run("incident", "westeurope-1", "--bundle", str(bundle))
    assert (told.code, told.out, bundle.read_bytes()) == (Exit.FAILED, "", b"theirs")
    assert "is there already, and was left as it is; choose another name, or --force" in told.err


async def ask_a_daemon(folder: Path) -> dict[str, Done]:
    asked = {
        "status": ["status", "--json"],
        "explain group": ["explain", GROUP, "--json"],
        "explain region": ["explain", "westeurope", "--json"],
        "history": ["history", "--json"],
        "explain at": ["explain", GROUP, "--at", "0 s ago", "--json"],
        "explain region at": ["explain", "NorthEurope", "--at", "0 s ago"],
        "explain too early": ["explain", GROUP, "--at", "2 days ago"],
        "explain no time": ["explain", GROUP, "--at", "soon"],
        "explain all": ["explain", "--json"],
        "explain REGION": ["explain", "WestEurope"],
        "explain nobody": ["explain", "nobody"],
        "active nobody": ["active", "nobody"],
        "history nobody": ["history", "nobody"],
        "reset": ["reset", GROUP, "--reason", "so"],
    }
    async with an_azure(a_world()) as azure, a_daemon(folder, azure.base, token=False) as daemon:
        await daemon.start()
        await daemon.verdict("healthy", "northeurope")
        told = await asyncio.gather(*(daemon.cli(*arguments) for arguments in asked.values()))
        return dict(zip(asked, told, strict=True))


in_answer = pytest.mark.beside.with_args(ask_a_daemon)


@in_answer
@pytest.mark.parametrize("name", ["status", "explain group", "explain region", "history", "explain at"])
def test_every_report_is_json_of_schema_1_with_its_text(outcome: dict[str, Done], name: str) -> None:
    assert (outcome[name].code, outcome[name].err, outcome[name].json["schema"]) == (0, "", 1)
    assert isinstance(outcome[name].json["text"], str)


@in_answer
def test_explain_as_json_wants_a_name_and_tells_which_there_are(outcome: dict[str, Done]) -> None:
    assert (outcome["explain all"].code, GROUP in outcome["explain all"].err) == (Exit.USAGE, True)


@in_answer
def test_a_region_may_be_written_in_any_case(outcome: dict[str, Done]) -> None:
    assert (outcome["explain REGION"].code, outcome["explain REGION"].out.startswith("westeurope")) == (0, True)


@in_answer
def test_explain_of_an_unknown_name_tells_groups_and_regions(outcome: dict[str, Done]) -> None:
    err = outcome["explain nobody"].err
    assert outcome["explain nobody"].code == Exit.FAILED
    assert [name for name in (GROUP, "northeurope", "westeurope") if name not in err] == []


@in_answer
def test_the_past_is_told_as_a_reconstruction(outcome: dict[str, Done]) -> None:
    assert outcome["explain at"].json["reconstructed"]
    assert outcome["explain region at"].out.startswith("northeurope as it stood at ")


@in_answer
@pytest.mark.parametrize("name", ["explain too early", "explain no time"])
def test_a_time_that_cannot_be_told_exits_with_2_and_the_range(outcome: dict[str, Done], name: str) -> None:
    assert (outcome[name].code, outcome[name].out) == (Exit.USAGE, "")
    assert "what can be asked for goes from " in outcome[name].err


@in_answer
def test_active_of_an_unknown_group_prints_nothing_on_stdout(outcome: dict[str, Done]) -> None:
    # A pipeline takes stdout for a resource id.
    assert (outcome["active nobody"].code, outcome["active nobody"].out, GROUP in outcome["active nobody"].err) == (
        1,
        "",
        True,
    )


@in_answer
def test_history_of_an_unknown_name_is_not_taken_for_an_empty_record(outcome: dict[str, Done]) -> None:
    assert "nobody" in outcome["history nobody"].out + outcome["history nobody"].err


@in_answer
def test_reset_without_a_token_exits_with_77_and_says_what_to_configure(outcome: dict[str, Done]) -> None:
    assert (outcome["reset"].code, "http.token_file" in outcome["reset"].err) == (Exit.NOT_PERMITTED, True)
