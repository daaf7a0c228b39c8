"""Ask the running daemon, and start ones that cannot run: every exit code means what the contract says."""

import asyncio
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.waiting import until

from .support import (
    GROUP,
    PRIMARY,
    PROGRAM,
    Daemon,
    Done,
    a_config,
    a_daemon,
    a_world,
    an_azure,
    free_port,
    from_scratch,
    run_aibwatch,
)

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

NOWHERE = "http://127.0.0.1:9"
"""Nobody listens on the port of "discard"."""


async def ask_in_good_times(folder: Path) -> dict[str, Done]:
    """Ask everything of a daemon that sees two well regions, then let one look suspect, then stop it."""
    asked = {
        "status": ["status"],
        "active": ["active", GROUP],
        "explain": ["explain"],
        "explain nobody": ["explain", "nobody"],
        "active nobody": ["active", "nobody"],
        "run": ["run"],
        "status --json": ["status", "--json"],
        "explain GROUP --json": ["explain", GROUP, "--json"],
        "explain REGION --json": ["explain", "westeurope", "--json"],
        "history --json": ["history", "--json"],
        "history GROUP --json": ["history", GROUP, "--json"],
        "probe --json": ["probe", "--once", "--json"],
    }
    async with an_azure(a_world()) as azure, a_daemon(folder, azure.base) as daemon:
        await daemon.start()
        await daemon.verdict("healthy", "westeurope")
        await daemon.verdict("healthy", "northeurope")
        told = {name: await daemon.cli(*arguments) for name, arguments in asked.items()}
        told["probe"] = await daemon.script("probe", "--once")
        await azure.trouble(region="westeurope", operations=["get"], answer="500")
        await daemon.verdict("suspect")
        told["status of a suspect"] = await daemon.script("status")
        pid = daemon.process.pid
        told["SIGTERM"] = Done(await daemon.stop(), str(pid), daemon.log)
        told["status of nobody"] = await daemon.cli("status")
        return told


in_good_times = pytest.mark.beside.with_args(ask_in_good_times)
Told = dict[str, Done]


@in_good_times
async def test_status_of_a_well_world_exits_with_0_and_of_a_suspect_one_with_3(outcome: Told) -> None:
    assert (outcome["status"].code, outcome["status of a suspect"].code) == (0, 3)


@in_good_times
async def test_active_prints_the_id_and_nothing_else(outcome: Told) -> None:
    assert outcome["active"] == Done(0, f"{PRIMARY.lower()}\n", "")


@in_good_times
async def test_explain_without_a_name_explains_every_group(outcome: Told) -> None:
    assert outcome["explain"].code == 0
    assert GROUP in outcome["explain"].out


@in_good_times
@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("active nobody", f"there is no group 'nobody'; there are: {GROUP}"),
        (
            "explain nobody",
            (
                f"there is no group or region 'nobody'; there are the groups {GROUP} "
                "and the regions northeurope, westeurope"
            ),
        ),
    ],
)
async def test_a_name_that_nobody_has_is_answered_with_the_names_there_are(name: str, says: str, outcome: Told) -> None:
    assert outcome[name] == Done(1, "", f"aibwatch: {says}\n")


@in_good_times
@pytest.mark.parametrize(
    "name",
    [
        "status --json",
        "explain GROUP --json",
        "explain REGION --json",
        "history --json",
        "history GROUP --json",
        "probe --json",
    ],
)
async def test_every_report_is_to_be_had_as_json_of_schema_1(name: str, outcome: Told) -> None:
    assert (outcome[name].code, outcome[name].err, outcome[name].json["schema"]) == (0, "", 1)


@in_good_times
async def test_probe_once_says_what_every_source_saw(outcome: Told) -> None:
    assert outcome["probe"].code == 0
    assert "polls were answered well" in outcome["probe"].out
    assert {o["type"] for o in outcome["probe --json"].json["observations"]} == {"polled", "probed", "template_seen"}


@in_good_times
async def test_a_second_daemon_on_the_same_state_is_busy_and_names_the_first(outcome: Told) -> None:
    first = f'another aibwatch works on this state: {{"pid": {outcome["SIGTERM"].out},'
    assert outcome["run"].code == 75
    assert first in outcome["run"].err


@in_good_times
async def test_asked_to_stop_it_stops_with_0_and_says_so(outcome: Told) -> None:
    last = [json.loads(line)["event"] for line in outcome["SIGTERM"].err.splitlines() if line.startswith("{")][-1]
    assert (outcome["SIGTERM"].code, last) == (0, "stopping")


@in_good_times
async def test_a_daemon_that_is_gone_is_not_reachable(outcome: Told) -> None:
    assert outcome["status of nobody"].code == 69
    assert "no daemon answers on 127.0.0.1:" in outcome["status of nobody"].err


async def ask_in_an_outage(folder: Path) -> dict[str, Any]:
    """Ask a daemon that may not move, while the region of its primary is down."""
    async with an_azure(a_world(broken=True)) as azure, a_daemon(folder, azure.base, mode="shadow") as daemon:
        await daemon.start()
        await daemon.noted("would fail over now")
        return {
            "status": await daemon.cli("status"),
            "active": await daemon.cli("active", GROUP),
            "explain": await daemon.cli("explain", GROUP, "--json"),
            "region": await daemon.cli("explain", "WestEurope"),
            "posts": await azure.posts(),
        }


in_an_outage = pytest.mark.beside.with_args(ask_in_an_outage)


@in_an_outage
async def test_status_of_an_outage_exits_with_4(outcome: dict[str, Any]) -> None:
    assert outcome["status"].code == 4


@in_an_outage
async def test_in_shadow_mode_it_says_what_holds_it_and_sends_nothing(outcome: dict[str, Any]) -> None:
    told = outcome["explain"].json
    shut = {gate["name"]: gate["why"] for gate in told["gates"] if gate["state"] != "open"}
    assert (told["phase"], told["held_by"], outcome["posts"]) == ("held", ["mode_allows"], [])
    assert shut == {"mode_allows": "mode is shadow: it says what it would do and does nothing"}
    assert outcome["active"].out == f"{PRIMARY.lower()}\n"


@in_an_outage
async def test_a_region_may_be_named_in_any_letter_case(outcome: dict[str, Any]) -> None:
    assert outcome["region"].code == 0
    assert outcome["region"].out.startswith("westeurope is ")


# daemons that cannot run


def a_file(folder: Path) -> Path:
    (folder / "file").write_text("I am no directory")
    return folder / "file" / "aibwatch.db"


def a_directory(folder: Path) -> Path:
    (folder / "state").mkdir()
    return folder / "state"


def below_a_device(_: Path) -> Path:
    return Path("/dev/null/x/aibwatch.db")


@pytest.mark.parametrize("place", [a_file, a_directory, below_a_device])
async def test_a_state_that_cannot_be_kept_is_told_with_its_path(place: Any, tmp_path: Path) -> None:
    # Permissions would be the usual reason, but whoever runs the tests may be root, whom they do not stop.
    path = place(tmp_path)
    done = await run_on(tmp_path, state=path)
    assert done.code == 73
    assert str(path) in told_by(done)


async def test_a_full_disk_is_told_as_a_state_that_cannot_be_written(tmp_path: Path) -> None:
    done = await run_on(tmp_path, "sh", "-c", 'ulimit -f 0; exec "$@"', "sh")
    assert done.code == 73
    assert str(tmp_path / "state" / "aibwatch.db") in told_by(done)


async def test_a_state_that_is_no_database_is_told_with_its_path(tmp_path: Path) -> None:
    state = tmp_path / "garbage.db"
    state.write_bytes(b"this is no database, but longer than the header of one" * 100)
    done = await run_on(tmp_path, state=state)
    assert done.code in {1, 73}
    assert f"{state}: file is not a database" in told_by(done)


async def test_a_state_of_a_newer_version_is_refused_with_what_to_do(tmp_path: Path) -> None:
    state = tmp_path / "newer.db"
    with sqlite3.connect(state) as database:
        database.execute("CREATE TABLE facts (name VARCHAR(40) PRIMARY KEY, value TEXT NOT NULL)")
        database.execute("INSERT INTO facts VALUES ('schema', '99')")
    database.close()
    done = await run_on(tmp_path, state=state)
    assert done.code in {1, 73}
    assert "written by a newer aibwatch" in told_by(done)
    assert "owner" not in told_by(done), "whose file it is has nothing to do with it"


async def test_an_address_that_is_taken_is_told(tmp_path: Path) -> None:
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        done = await run_on(tmp_path, port=port)
    assert done.code == 1
    assert f"cannot listen on 127.0.0.1:{port}" in told_by(done)


def told_by(done: Done) -> str:
    """Return what it said, and see that it was said to people."""
    assert "Traceback" not in done.err
    return done.err


async def run_on(folder: Path, *before: str, state: Path | None = None, port: int = 0) -> Done:
    """Start a daemon that is expected to give up at once."""
    config = folder / "config.toml"
    text = a_config(folder, NOWHERE, port or free_port(), token=False)
    config.write_text(text.replace(f"{folder}/state/aibwatch.db", str(state)) if state else text)
    if before:
        return await from_scratch(*before, PROGRAM, "--config", str(config), "run")
    return await run_aibwatch("--config", str(config), "run")


@pytest.mark.parametrize("verb", ["run", "check-config"])
async def test_five_mistakes_are_told_as_five_lines_that_editors_can_jump_to(verb: str, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(FIVE_MISTAKES)
    done = await run_aibwatch("--config", str(config), verb)
    told = [line.partition(": ") for line in done.err.splitlines() if line.startswith(f"{config}:")]
    assert done.code == 78
    assert [place for place, _, what in told if what] == [f"{config}:{line}" for line in MISTAKEN]


FIVE_MISTAKES = """\
[poll]
probe = "soon"

[policy]
mode = "careless"
colour = "red"

[http]
listen = "nowhere"

[[group]]
name = "ubuntu-base"
primary = "ubuntu"
secondaries = ["/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/neu/providers/\
Microsoft.VirtualMachineImages/imageTemplates/ubuntu"]
"""
MISTAKEN = [2, 5, 6, 9, 13]


async def test_status_without_a_daemon_says_where_it_looked(tmp_path: Path) -> None:
    daemon = Daemon(tmp_path, NOWHERE)
    done = await daemon.cli("status")
    assert done.code == 69
    assert f"no daemon answers on 127.0.0.1:{daemon.port}" in done.err


async def probe_without_azure(folder: Path) -> Done:
    return await Daemon(folder, NOWHERE).cli("probe", "--once")


@pytest.mark.beside.with_args(probe_without_azure)
async def test_probe_once_without_azure_exits_with_69(outcome: Done) -> None:
    assert outcome.code == 69
    assert outcome.out.startswith("0 of ")


async def stop_without_azure(folder: Path) -> tuple[int, str]:
    """Start it where nothing answers, and ask it to stop in the middle of its first polls."""
    async with an_azure(a_world()) as azure, a_daemon(folder, azure.base) as daemon:
        await azure.trouble(region="*", operations=["*"], answer="timeout")
        await daemon.start()

        async def listens() -> bool:
            return (await daemon.get("/-/healthy"))[0] == 200

        await until("it listens", listens)
        ready = (await daemon.get("/-/ready"))[1]
        return await daemon.stop(), ready


@pytest.mark.beside.with_args(stop_without_azure)
async def test_it_stops_in_time_while_nothing_answers(outcome: tuple[int, str]) -> None:
    assert outcome == (0, "starting\n")
