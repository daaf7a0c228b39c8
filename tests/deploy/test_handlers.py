"""The example handlers pass the kit by the very commands of their README, and do what they say beyond it."""

import asyncio
import contextlib
import fcntl
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from aibwatch.conformance.effect import Effect
from aibwatch.conformance.finding import Verdict
from tests.conformance.direct import tried
from tests.story.support import free_port, surroundings

HANDLERS = Path(__file__).parents[2] / "deploy" / "handlers"
POINTER_FILE = HANDLERS / "pointer-file"
STEPS = (HANDLERS.parents[1] / "docs" / "handlers.md").read_text()
README = (HANDLERS / "README.md").read_text()
COMMANDS = tuple(re.findall(r"^```sh\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL))

PATIENCE = 240.0
"""Seconds for one block: the kit makes some hundred calls, beside other tests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a block of commands came to."""

    code: int
    out: str
    err: str


async def follow_the_readme(folder: Path) -> tuple[Said, ...]:
    """Do what the README says, one block after the other, with files of our own and a free port."""
    program = folder / "bin" / "aibwatch"
    program.parent.mkdir()  # nothing else goes on yet
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m aibwatch "$@"\n')
    program.chmod(0o755)
    return tuple([await _follow(block, folder, program.parent) for block in COMMANDS])


async def _follow(block: str, folder: Path, programs: Path) -> Said:
    mine = block.replace("/tmp/", f"{folder}/").replace("127.0.0.1:9000", f"127.0.0.1:{free_port()}")  # noqa: S108
    root = str(HANDLERS.parents[1])
    shell = await asyncio.create_subprocess_exec(
        "sh",
        "-e",
        "-c",
        mine,
        cwd=HANDLERS,
        env=surroundings({"PATH": f"{programs}:{os.environ['PATH']}", "PYTHONPATH": root}),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(PATIENCE):
            out, err = await shell.communicate()
    finally:
        with contextlib.suppress(ProcessLookupError):  # nothing is left of it, as it should be
            os.killpg(shell.pid, signal.SIGKILL)
    assert shell.returncode is not None
    return Said(code=shell.returncode, out=out.decode(), err=err.decode())


@pytest.mark.slow
@pytest.mark.beside(follow_the_readme, long=True)
def test_the_commands_of_the_readme_pass_every_check_of_the_kit(outcome: tuple[Said, ...]) -> None:
    assert len(outcome) == 2
    for said in outcome:
        assert said.code == 0, said
        assert re.fullmatch(r"\d+ checks passed, none failed\.", said.out.splitlines()[-1]), said


def test_the_readme_names_every_exit_code_and_answer_of_the_protocol() -> None:
    rows = re.findall(r"^\| (\d+)[;, |]", README, flags=re.MULTILINE)
    assert {*rows} >= {"0", "10", "20", "30", "40", "50", "409", "412", "429"}


async def test_the_least_handler_of_the_main_readme_passes_every_check_of_the_kit(tmp_path: Path) -> None:
    (text,) = re.findall(r"^```sh\n(#!/bin/sh.*?)^```$", STEPS, flags=re.MULTILINE | re.DOTALL)
    program = tmp_path / "switch"
    program.write_text(text.replace("/srv/images", str(tmp_path)))  # nothing else goes on yet
    findings = await tried(("sh", str(program)), Effect(command=("cat", str(tmp_path / "active"))))
    assert [(one.check, one.why) for one in findings if one.verdict is not Verdict.PASSED] == []


# pointer-file

REQUEST = {"activation_id": "base-2", "epoch": 2, "group": "base", "to": "/t/neu", "rehearsal": False}


@pytest.fixture
def pointer(tmp_path: Path) -> Path:
    return tmp_path / "pointer.json"


@pytest.fixture
def call(pointer: Path) -> Callable[..., tuple[int, Mapping[str, Any]]]:
    """Call the example with a verb and changes to the request; return its exit code and result."""

    def call(verb: str, **changes: object) -> tuple[int, Mapping[str, Any]]:
        done = subprocess.run(
            [POINTER_FILE, f"--file={pointer}", verb],
            input=json.dumps({**REQUEST, **changes}),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return done.returncode, json.loads(done.stdout.splitlines()[-1])

    return call


Call = Callable[..., tuple[int, Mapping[str, Any]]]


def test_the_pointer_says_what_is_active_and_who_made_it_so(call: Call, pointer: Path) -> None:
    assert call("activate")[0] == 0
    known = {"group": "base", "active": "/t/neu", "epoch": 2, "activation_id": "base-2"}
    assert json.loads(pointer.read_text()) == known


def test_a_rehearsal_writes_beside_the_pointer(call: Call, pointer: Path) -> None:
    assert call("activate", rehearsal=True)[0] == 0
    assert (pointer.exists(), pointer.with_name("pointer.json.rehearsal").exists()) == (False, True)


def test_while_somebody_else_writes_it_comes_again(call: Call, pointer: Path) -> None:
    with Path(f"{pointer}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert call("activate")[0] == 20
    assert pointer.exists() is False


@pytest.mark.parametrize("content", ['{"group": "other", "epoch": 1}', "no JSON"])
def test_a_file_that_is_not_its_own_is_left_alone(call: Call, pointer: Path, content: str) -> None:
    pointer.write_text(content)
    assert call("check")[0] == 30
    assert call("activate")[0] == 30
    assert pointer.read_text() == content


def test_a_folder_that_is_not_there_can_be_made_and_so_is_no_last_word(call: Call, pointer: Path) -> None:
    pointer.parent.rmdir()
    assert call("check") == (20, {"type": "result", "well": False, "why": f"{pointer.parent} cannot be written"})
    assert call("activate")[0] == 20


def test_two_moves_at_once_leave_the_newer_one(call: Call, pointer: Path) -> None:
    assert call("activate", epoch=3, activation_id="base-3", to="/t/weu")[0] == 0
    assert call("activate")[0] == 50
    assert json.loads(pointer.read_text())["active"] == "/t/weu"
