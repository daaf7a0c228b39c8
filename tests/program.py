"""Run the program in processes of their own that start in a moment.

Why this is honest: each is a process with its own pid, signals, limits, files and exit code, and runs
`aibwatch.cli.main` with its own arguments and environment, as the console script does. It is forked from a server that
has imported the program already: importing it anew costs a second of CPU, and the tests start a hundred. What depends
on the imports (the script itself, how long it takes to start, that a command finds what it needs) is tested with
processes from scratch, see `tests.story.support.from_scratch`.
"""

import asyncio
import importlib
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from pathlib import Path

FORKS: ForkServerContext = get_context("forkserver")
FORKS.set_forkserver_preload(["tests.preloaded"])

CHUNK = 64 * 1024


class Program:
    """A process that runs the program. Has what is used of asyncio.subprocess.Process, under the same names."""

    def __init__(self, arguments: Sequence[str], environment: Mapping[str, str], *, kill_at: str = "") -> None:
        """Start it; with `kill_at` it dies by itself at that point. See tests/story/killer.py."""
        self._out, out = FORKS.Pipe(duplex=False)
        self._err, err = FORKS.Pipe(duplex=False)
        # A daemonic process is ended with this one, whatever happens.
        self._process = FORKS.Process(target=_run, args=(arguments, environment, out, err, kill_at), daemon=True)
        self._process.start()
        out.close()
        err.close()

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    async def wait(self) -> int:
        """Return its exit code once it has ended."""
        loop, ended = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(self._process.sentinel, ended.set)
        try:
            await ended.wait()
        finally:
            loop.remove_reader(self._process.sentinel)
        self._process.join()
        assert self._process.exitcode is not None
        return self._process.exitcode

    async def communicate(self) -> tuple[bytes, bytes]:
        """Return all that it writes to stdout and stderr until it ends."""
        out, err, _ = await asyncio.gather(_read(self._out), _read(self._err), self.wait())
        return out, err

    async def copy_stderr(self, path: Path) -> None:
        """Append to a file what it writes to stderr, until it ends."""
        self._out.close()
        await _read(self._err, path)


async def _read(pipe: Connection, into: Path | None = None) -> bytes:
    """Return everything that comes out of the pipe, or append it to a file as it comes."""
    stream = asyncio.StreamReader()
    source = os.fdopen(os.dup(pipe.fileno()), "rb", buffering=0)
    pipe.close()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(stream), source
    )
    try:
        if into is None:
            return await stream.read()
        with into.open("ab") as file:
            while block := await stream.read(CHUNK):
                file.write(block)
                file.flush()
        return b""
    finally:
        transport.close()


def _run(
    arguments: Sequence[str], environment: Mapping[str, str], out: Connection, err: Connection, kill_at: str
) -> None:
    """Be the console script: in the new process."""
    os.dup2(out.fileno(), 1)
    os.dup2(err.fileno(), 2)
    out.close()
    err.close()
    os.environ.clear()
    os.environ.update(environment)
    # What an interpreter started from scratch does with it.
    path = environment.get("PYTHONPATH", "")
    sys.path[:0] = [entry for entry in path.split(os.pathsep) if entry and entry not in sys.path]
    sys.argv = ["aibwatch", *arguments]
    if kill_at:
        importlib.import_module("tests.story.killer").arm(kill_at)
    importlib.import_module("aibwatch.cli").main()
