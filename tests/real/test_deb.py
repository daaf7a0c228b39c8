"""The Debian package: built as `make deb` does; installed, upgraded and removed on a machine with a real systemd."""

import os
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from aibwatch import __version__
from tests.real.machine import Machine, a_machine, why_not
from tests.story.support import Daemon, a_world, an_azure, from_scratch
from tests.waiting import until

ROOT = Path(__file__).parents[2]
NEEDED = {"dpkg-deb": "dpkg", "/usr/bin/python3": "python3", "dpkg": "dpkg", "gzip": "gzip"}
CONFIG, STATE = "/etc/aibwatch/config.toml", "/var/lib/private/aibwatch"
WITHIN = 240.0
"""Seconds: building takes half a minute on a machine that does nothing else."""
TOKEN = "a-token-of-the-test"
SETTINGS = """
[Service]
Environment=AZURE_POD_IDENTITY_AUTHORITY_HOST={azure}
"""


def missing() -> str:
    """Return why there can be no package here; empty if there can."""
    packages = [package for program, package in NEEDED.items() if shutil.which(program) is None]
    return f"there is no {packages[0]} here (Debian: {packages[0]})" if packages else why_not()


pytestmark = [
    pytest.mark.slow,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(bool(missing()), reason=missing()),
]


async def ran(*command: str | Path) -> str:
    """Run a command here, behind all other tests, and return what it prints; it must go well."""
    # pip may be told in the environment where it finds packages.
    pip = {
        name: value for name, value in os.environ.items() if name.startswith("PIP_") or name.lower().endswith("_proxy")
    }
    done = await from_scratch("nice", "-n", "19", *map(str, command), environment=pip, within=WITHIN)
    assert done.code == 0, f"{command}: {done.out}\n{done.err}"
    return done.out


def commands() -> list[str]:
    """Return the commands that README.md gives for the package, without their comments."""
    section = (ROOT / "README.md").read_text().partition("\n## As a Debian package\n")[2].partition("\n## ")[0]
    block = section.partition("\n```\n")[2].partition("\n```\n")[0]
    return [re.sub(r"\s{2,}#.*", "", line) for line in block.splitlines()]


MAKE, INSTALL, START = commands()


async def packages(folder: Path, room: Path) -> dict[str, Any]:
    """Build the package, and one that is newer and brings another configuration; look at the first."""
    await ran("env", "COMPRESSION=none", ROOT / "deploy/debian/build", sys.executable, folder / "built")
    (built,) = (folder / "built").glob("*.deb")
    await ran("dpkg-deb", "-R", built, folder / "newer")
    check = ("-m", "pip", "--python", folder / "newer/opt/aibwatch/bin/python", "check")
    told = {
        "info": await ran("dpkg-deb", "--info", built),
        "contents": await ran("dpkg-deb", "--contents", built),
        "broken": await ran("env", "-u", "PYTHONPATH", sys.executable, *check),
    }
    control, config = folder / "newer/DEBIAN/control", folder / "newer/etc/aibwatch/config.toml"
    control.write_text(re.sub(r"(?m)^Version: .*", "Version: 99.0-1", control.read_text()))
    config.write_text(config.read_text() + "# a new setting\n")
    await ran("dpkg-deb", "-Znone", "--root-owner-group", "-b", folder / "newer", room / "new.deb")
    shutil.rmtree(folder / "newer")
    (room / "dist").mkdir()
    built.rename(room / "dist" / built.name)
    return told


async def as_a_package(folder: Path) -> dict[str, Any]:
    """Build it, and do to it what administrators do."""
    if missing():
        return {}
    room = folder / "room"
    async with an_azure(a_world(noticed=True)) as azure:
        pages = Daemon(folder / "pages", azure.base)
        settings = room / "files/etc/systemd/system/aibwatch.service.d/test.conf"
        settings.parent.mkdir(parents=True)
        settings.write_text(SETTINGS.format(azure=azure.base))
        token = room / "files/etc/credstore/aibwatch.token"
        token.parent.mkdir()
        token.write_text(TOKEN)
        (room / "config.toml").write_text(edited(pages.config.read_text()))
        told = await packages(folder, room)
        async with a_machine(room) as machine:
            told |= await _install(machine)
            told |= await _start(machine)
            told |= await _upgrade(machine)
            told |= await _remove(machine)
            told |= await _purge(machine)
    return told


def edited(text: str) -> str:
    """Return the story's configuration with its state and its token where the unit has them."""
    text = re.sub(r"^url = .*", 'url = "sqlite:////var/lib/aibwatch/aibwatch.db"', text, flags=re.MULTILINE)
    return re.sub(r"^token_file = .*", 'token_file = "$CREDENTIALS_DIRECTORY/token"', text, flags=re.MULTILINE)


async def _install(machine: Machine) -> dict[str, Any]:
    said = await machine.shell(INSTALL)
    check = await machine.run("aibwatch", "check-config")
    return {
        "said at first": said,
        "version": await machine.shell("aibwatch --version"),
        "check": (check.code, check.out.partition(": ")[2], check.err),
        "at first": await service(machine),
        # Some machines leave manual pages and documents out of every package.
        "changed": await machine.shell("dpkg --verify aibwatch | grep -v -e /usr/share/man -e /usr/share/doc || true"),
    }


async def _start(machine: Machine) -> dict[str, Any]:
    await machine.shell(f"install -m 0644 config.toml {CONFIG}; {START}")
    await machine.shell("aibwatch pause --for 1h --reason 'an upgrade'")
    return {"started": await service(machine)}


async def _upgrade(machine: Machine) -> dict[str, Any]:
    before = await machine.shown("aibwatch", "MainPID")
    said = await machine.shell("dpkg --force-confdef --force-confold -i new.deb")
    await until("the daemon is back", lambda: is_active(machine))
    told = {
        "said at the upgrade": said,
        "upgraded": await service(machine),
        "another process": await machine.shown("aibwatch", "MainPID") != before,
        "paused": "paused" in await machine.shell("aibwatch status || true"),
        "config kept": (await machine.run("cmp", "config.toml", CONFIG)).code == 0,
        "new config beside": (await machine.run("test", "-e", f"{CONFIG}.dpkg-dist")).code == 0,
    }
    await machine.shell("systemctl stop aibwatch; dpkg -i new.deb")
    return told | {"upgraded while stopped": await service(machine)}


async def _remove(machine: Machine) -> dict[str, Any]:
    await machine.shell("systemctl start aibwatch; dpkg -r aibwatch")
    return {"removed": await service(machine), "left by removal": await left(machine)}


async def _purge(machine: Machine) -> dict[str, Any]:
    await machine.shell("touch /etc/aibwatch/own.key; dpkg -P aibwatch")
    return {"left by purge": await left(machine)}


async def is_active(machine: Machine) -> bool:
    return (await service(machine))[0] == "active"


async def service(machine: Machine) -> tuple[str, str]:
    """Return whether the service runs, and whether it starts with the machine."""
    return await machine.shown("aibwatch", "ActiveState"), await machine.shown("aibwatch", "UnitFileState")


async def left(machine: Machine) -> list[str]:
    """Return what is there of all that the package, the daemon and we made."""
    places = f"/usr/bin/aibwatch /opt/aibwatch {CONFIG} /etc/aibwatch/own.key {STATE}/aibwatch.db /var/lib/aibwatch"
    return sorted((await machine.shell(f"ls -d {places} 2>/dev/null || true")).split())


judges = pytest.mark.beside.with_args(as_a_package, long=True)


async def test_make_builds_it_as_it_is_built_here() -> None:
    recipe = (ROOT / "Makefile").read_text().partition(f"\n{MAKE.removeprefix('make ')}: ")[2].splitlines()[1]

    assert recipe.split() == ["deploy/debian/build", "$(BIN)/python", "dist"]


@judges
async def test_it_says_what_it_is_and_needs(outcome: dict[str, Any]) -> None:
    assert f"Version: {__version__}-1\n" in outcome["info"]
    assert re.search(r"Depends: python3\.\d\d, libc6 \(>= [\d.]+\), ca-certificates\n", outcome["info"])


@judges
async def test_its_files_are_root_s_and_lie_where_debian_wants_them(outcome: dict[str, Any]) -> None:
    rows = [line.split(maxsplit=5) for line in outcome["contents"].splitlines()]
    paths = {row[5].removeprefix(".").partition(" -> ")[0] for row in rows}

    assert {row[1] for row in rows} == {"root/root"}
    assert [row for row in rows if row[0][0] != "l" and row[0][8] == "w"] == []
    assert {
        "/usr/bin/aibwatch",
        "/opt/aibwatch/bin/aibwatch",
        "/lib/systemd/system/aibwatch.service",
        CONFIG,
        "/usr/share/man/man1/aibwatch.1.gz",
        "/usr/share/man/man5/aibwatch-config.5.gz",
        "/usr/share/bash-completion/completions/aibwatch",
        "/usr/share/fish/vendor_completions.d/aibwatch.fish",
        "/usr/share/zsh/vendor-completions/_aibwatch",
        "/usr/share/doc/aibwatch/copyright",
        "/usr/share/doc/aibwatch/configuration.md",
    } <= paths
    beneath = ("/opt/aibwatch/", "/usr/share/", "/usr/bin/aibwatch", "/lib/systemd/system/aibwatch", "/etc/aibwatch/")
    assert [p for p in paths if not p.endswith("/") and not p.startswith(beneath)] == []


@judges
async def test_installed_it_answers_and_nothing_is_started(outcome: dict[str, Any]) -> None:
    assert outcome["version"] == f"aibwatch {__version__}\n"
    assert outcome["check"] == (
        0,
        "well, 0 groups, 1 warnings\n",
        f"warning: {CONFIG}:1: group: nothing is watched; write a [[group]]\n",
    )
    assert outcome["at first"] == ("inactive", "disabled")
    assert "aibwatch is installed and not started" in outcome["said at first"]


@judges
async def test_what_is_installed_is_whole(outcome: dict[str, Any]) -> None:
    assert outcome["changed"] == ""
    assert outcome["broken"] == "No broken requirements found.\n"


@judges
async def test_configured_it_starts(outcome: dict[str, Any]) -> None:
    assert outcome["started"] == ("active", "enabled")


@judges
async def test_an_upgrade_keeps_the_state_and_an_edited_configuration(outcome: dict[str, Any]) -> None:
    assert outcome["paused"] is True
    assert (outcome["config kept"], outcome["new config beside"]) == (True, True)


@judges
async def test_after_an_upgrade_runs_what_ran_before_and_nothing_else(outcome: dict[str, Any]) -> None:
    assert outcome["upgraded"] == ("active", "enabled")
    assert outcome["another process"] is True
    assert "aibwatch is installed and not started" not in outcome["said at the upgrade"]
    assert outcome["upgraded while stopped"] == ("inactive", "enabled")


@judges
async def test_a_removal_stops_it_and_leaves_configuration_and_state(outcome: dict[str, Any]) -> None:
    assert outcome["removed"][0] == "inactive"
    assert outcome["left by removal"] == [CONFIG, "/var/lib/aibwatch", f"{STATE}/aibwatch.db"]


@judges
async def test_a_purge_leaves_only_what_is_the_administrator_s(outcome: dict[str, Any]) -> None:
    assert outcome["left by purge"] == ["/etc/aibwatch/own.key"]
