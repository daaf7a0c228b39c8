"""A machine for tests: a real systemd in namespaces of its own, over the files of this one, which it cannot change.

It boots within a second or two, shares the network, and goes with the test, whatever becomes of that: its first process
is killed when ours ends, and everything in it with that one.
"""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import cache
from pathlib import Path

from tests.story.support import Done
from tests.waiting import until

BOOT = Path(__file__).with_name("boot.sh")
ROOM = Path("/srv/room")
"""Where the machine sees the folder that it shares with the test."""
PYTHON = Path("/opt/python")
PATH = f"{PYTHON}/bin:/usr/sbin:/usr/bin:/sbin:/bin"
UNSHARE = ("unshare", "--mount", "--pid", "--fork", "--kill-child", "--cgroup", "--uts", "--ipc")
PROGRAMS = {"systemctl": "systemd", "journalctl": "systemd", "unshare": "util-linux", "nsenter": "util-linux"}


TRIAL = """
mount --make-rprivate / && mount -t tmpfs tmpfs /mnt && mkdir /mnt/changes /mnt/work /mnt/root
mount -t overlay overlay -o lowerdir=/,upperdir=/mnt/changes,workdir=/mnt/work /mnt/root
mount -t proc proc /mnt/root/proc && mount -t cgroup2 cgroup2 /mnt/root/sys
"""
"""What a container may be forbidden though it is root's."""


@cache
def why_not() -> str:
    """Return why there can be no machine here; empty if there can."""
    if os.geteuid() != 0:
        return "namespaces with a systemd in them need root"
    missing = [package for program, package in PROGRAMS.items() if shutil.which(program) is None]
    if missing or not Path("/lib/systemd/systemd").exists():
        return f"there is no systemd here (Debian: {(missing or ['systemd'])[0]})"
    trial = subprocess.run([*UNSHARE, "bash", "-ec", TRIAL], capture_output=True, text=True, timeout=30, check=False)
    return (
        f"namespaces with file systems of their own are not allowed here ({_last(trial)})" if trial.returncode else ""
    )


def _last(trial: subprocess.CompletedProcess[str]) -> str:
    return trial.stderr.strip().rpartition("\n")[2]


class Machine:
    """A machine that has booted."""

    def __init__(self, pid: int, room: Path) -> None:
        self.pid = pid
        """Of its first process, as it is known outside."""
        self.room = room

    async def run(self, *command: str, within: float = 60.0) -> Done:
        """Run a command in it as root, in the folder that it shares with the test, without our environment."""
        enter = ("nsenter", "-t", str(self.pid), "-m", "-p", "-u", "-i", "-C", "--root", f"--wd={self._room}")
        clean = ("env", "-i", f"PATH={PATH}", "LANG=C.UTF-8", "HOME=/srv/room")
        process = await asyncio.create_subprocess_exec(
            *enter, "--", *clean, *command,
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        try:
            out, err = await asyncio.wait_for(process.communicate(), within)
        except TimeoutError:
            process.kill()
            await process.wait()
            raise AssertionError(f"{command} did not end within {within:.0f} s") from None
        assert process.returncode is not None
        return Done(process.returncode, out.decode(), err.decode())

    async def shell(self, line: str) -> str:
        """Run a line as people type it, and return what it says; it must go well."""
        done = await self.run("bash", "-euo", "pipefail", "-c", line)
        assert done.code == 0, f"{line}: {done.code}\n{done.out}\n{done.err}"
        return done.out

    async def shown(self, unit: str, what: str) -> str:
        """Return a property of a unit."""
        return (await self.shell(f"systemctl show -P {what} {unit}")).strip()

    @property
    def _room(self) -> str:
        return f"/proc/{self.pid}/root{ROOM}"


@asynccontextmanager
async def a_machine(room: Path) -> AsyncIterator[Machine]:
    """Boot a machine. What is in `room/files` is among its files, and it has this interpreter as python3.

    In /opt/dependencies it has what is installed here, but for aibwatch itself.
    """
    files = room / "files"
    (files / "etc/ld.so.conf.d").mkdir(parents=True, exist_ok=True)
    (files / "etc/ld.so.conf.d/python.conf").write_text(f"{PYTHON}/lib\n")
    cgroup = _own_cgroup()
    boot = ("bash", "-c", 'if [ -n "$0" ]; then echo $$ > "$0/cgroup.procs"; fi; exec "$@"', str(cgroup or ""))
    told = (str(room), sys.base_prefix, sysconfig.get_path("purelib"))
    log = (room / "boot.log").open("wb")
    process = await asyncio.create_subprocess_exec(
        *("setpriv", "--pdeathsig", "KILL"), *boot, *UNSHARE, str(BOOT), *told,
        stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log,
    )  # fmt: skip
    log.close()
    try:
        yield await _booted(process, room)
    finally:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGKILL)
        await process.wait()
        if cgroup is not None:
            await until("the machine is gone", lambda: _gone(cgroup), within=10.0)


async def _booted(process: asyncio.subprocess.Process, room: Path) -> Machine:
    async def first() -> int:
        assert process.returncode is None, (room / "boot.log").read_text()
        return _first_process(process.pid)

    machine = Machine(await until("systemd runs", first, within=20.0), room)

    async def ready() -> bool:
        return (await machine.run("systemctl", "is-active", "sysinit.target")).out.strip() == "active"

    await until("the machine has booted", ready, within=30.0)
    return machine


def _first_process(unshare: int) -> int:
    """Return the pid of systemd, the child of unshare; 0 while it is not systemd yet."""
    try:
        children = Path(f"/proc/{unshare}/task/{unshare}/children").read_text().split()
        return next((int(pid) for pid in children if Path(f"/proc/{pid}/comm").read_text() == "systemd\n"), 0)
    except OSError:
        return 0


def _own_cgroup() -> Path | None:
    """Make a cgroup for the machine, so that nothing of it stays behind in ours; None where that cannot be."""
    mounts = [line.split() for line in Path("/proc/mounts").read_text().splitlines()]
    unified = next((Path(fields[1]) for fields in mounts if fields[2] == "cgroup2"), None)
    own = next((line[3:] for line in Path("/proc/self/cgroup").read_text().splitlines() if line.startswith("0::")), "/")
    if unified is None:
        return None
    cgroup = unified / own.strip("/") / f"aibwatch-test-{os.getpid()}"
    try:
        cgroup.mkdir()
    except OSError:
        return None
    return cgroup


async def _gone(cgroup: Path) -> bool:
    return _removed(cgroup)


def _removed(cgroup: Path) -> bool:
    """Remove the cgroup and those that systemd made in it, once their processes have ended."""
    try:
        for folder in [*sorted(cgroup.rglob("*/"), reverse=True), cgroup]:
            if folder.is_dir():
                folder.rmdir()
    except OSError:
        return False
    return True
