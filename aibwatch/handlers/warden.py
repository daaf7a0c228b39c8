"""Keep one program to its deadline, keep what it says within bounds, and leave a record of how it ended.

A process of its own: it outlives the daemon that began it, however that ends, and so does the program in its care.
`aibwatch.handlers.errand` starts it as a script, with nothing but the standard library, and tells it all in files.

Rules: the lock whose descriptor it inherits is held for as long as it lives, and by nobody else: whoever gets the lock
afterwards finds a record, or knows that none will come. The program may not outlive its warden: nobody would know of
it. At the deadline the program's process group gets TERM, and KILL when the grace is over. When the program has ended,
what it left in its group is killed: what goes on after the answer could undo it. Output past the bound is read and
dropped, so that the program never waits for a reader; its beginning and its end are kept.

Note [No clock]: the deadline is an interval timer of the kernel, so this reads no clock, and a clock that is set
changes nothing.
"""

import ctypes
import errno
import json
import os
import selectors
import signal
import subprocess
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import IO

ORDER, INPUT, OUTPUT, ERRORS, RECORD = "order.json", "input.json", "output", "errors", "record.json"
"""Files in the folder of a call."""

BLOCK = 64 * 1024
MOST_OUTPUT = 1024 * 1024
"""Bytes kept of stdout, by the contract: half from its beginning, half from its end, where the result is."""
MOST_ERRORS = 64 * 1024
"""Bytes kept of stderr: more lines than anybody reads, and it goes to the log."""
MOST_AFTERWARDS = 256
"""Blocks read after the program has ended. A pipe holds one; more comes only from what fled from its group."""

PASSING = frozenset({errno.EAGAIN, errno.ENOMEM, errno.EMFILE, errno.ENFILE, errno.ETXTBSY})
"""Reasons for which a program cannot be executed now and perhaps can in a moment."""

REASONS = {
    errno.ENOENT: "it is not there, or the interpreter in its first line is not",
    errno.EACCES: "it may not be executed, or is no file",
    errno.ENOEXEC: "it is neither a program nor does its first line name an interpreter, as #!/bin/sh does",
}
"""What the system's own words leave to guess."""

SIGNALS = (signal.SIGALRM, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
"""What ends a program: its deadline, and whoever ends its warden."""

PR_SET_PDEATHSIG = 1


class Kept:
    """What is kept of a stream: the first half of the room as it comes, the second half from the end."""

    def __init__(self, path: Path, room: int) -> None:
        self._file = path.open("wb", buffering=0)
        self._head, self._most_tail = room // 2, room // 2
        self._tail = bytearray()
        self.dropped = 0
        """Bytes that were read and not kept."""

    def take(self, block: bytes) -> None:
        """Keep what there is room for."""
        head, rest = block[: self._head], block[self._head :]
        self._head -= len(head)
        self._write(head)
        self._tail += rest
        over = max(0, len(self._tail) - self._most_tail)
        del self._tail[:over]
        self.dropped += over

    def close(self) -> None:
        """Write the end, on a line of its own because it may begin in the middle of one."""
        if self._tail:
            self._write((b"\n" if self.dropped else b"") + self._tail)
        self._file.close()

    def _write(self, block: bytes) -> None:
        try:
            written = self._file.write(block) or 0
        except OSError:
            # A full disk must not end the warden, and with it the program in the middle of its effect.
            written = 0
        self.dropped += len(block) - written


class Ward:
    """The program in our care."""

    def __init__(self, program: "subprocess.Popen[bytes]", grace: float) -> None:
        self._program, self._grace = program, grace
        self.stopped = ""
        """Why it was told to end: "deadline", or "signal" if somebody ended the warden; empty if nobody did."""

    def stop(self, number: int, _: object) -> None:
        """Ask its group to end, and make it when the grace is over. Called by signals."""
        if self.stopped:
            self.kill(signal.SIGKILL)
            return
        self.stopped = "deadline" if number == signal.SIGALRM else "signal"
        signal.setitimer(signal.ITIMER_REAL, self._grace)
        self.kill(signal.SIGTERM)

    def kill(self, number: int) -> None:
        """Send a signal to its group, which cannot be another's: the program was not waited for yet."""
        try:
            os.killpg(self._program.pid, number)
        except OSError:
            return  # nothing is left of it

    def end(self) -> int:
        """Kill what is left of its group and return how the program ended."""
        self.kill(signal.SIGKILL)
        for number in SIGNALS:
            # Once it was waited for, its number may be another's, which no late signal may kill.
            signal.signal(number, signal.SIG_IGN)
        return self._program.wait()


def main() -> None:
    """Run one program; the folder of the call is the only argument."""
    folder = Path(sys.argv[1])
    order = json.loads((folder / ORDER).read_text())
    write_whole(folder / RECORD, json.dumps(_run(order, folder)))


def write_whole(path: Path, text: str) -> None:
    """Write a file so that it is there whole or not at all, also after a power cut."""
    draft = path.with_name(f"{path.name}.draft")
    with draft.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    os.fsync(folder)
    os.close(folder)


def _run(order: Mapping[str, object], folder: Path) -> dict[str, object]:
    try:
        with (folder / INPUT).open("rb") as stdin:
            program = subprocess.Popen(  # noqa: S603  # the program that the operator named, without a shell
                order["command"],  # type: ignore[call-overload]  # it was written by errand.py
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=order["environment"],
                cwd="/",
                start_new_session=True,
                preexec_fn=partial(_die_with, os.getpid()),  # one thread only
                bufsize=0,
            )
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        number = getattr(error, "errno", None)
        why = REASONS.get(number or 0) or getattr(error, "strerror", None) or str(error)
        return {"began": False, "passes": number in PASSING, "why": why}
    ward = Ward(program, float(str(order["grace"])))
    for number in SIGNALS:
        signal.signal(number, ward.stop)
    signal.setitimer(signal.ITIMER_REAL, max(0.001, float(str(order["seconds"]))))
    kept = _listen(program, folder)
    code = ward.end()
    for stream, what in kept.items():
        _read_rest(stream, what)
    return {
        "began": True,
        "exit": code if code >= 0 else None,
        "signal": -code if code < 0 else None,
        "stopped": ward.stopped,
        "dropped": sum(what.dropped for what in kept.values()),
    }


def _listen(program: "subprocess.Popen[bytes]", folder: Path) -> Mapping[IO[bytes], Kept]:
    """Read both streams until the program has ended, which it may long after it closed them, or long before."""
    assert program.stdout is not None  # noqa: S101  # it was asked for
    assert program.stderr is not None  # noqa: S101
    kept = {
        program.stdout: Kept(folder / OUTPUT, MOST_OUTPUT),
        program.stderr: Kept(folder / ERRORS, MOST_ERRORS),
    }
    ended = os.pidfd_open(program.pid)
    with selectors.DefaultSelector() as selector:
        selector.register(ended, selectors.EVENT_READ)
        for stream, what in kept.items():
            os.set_blocking(stream.fileno(), False)
            selector.register(stream, selectors.EVENT_READ, what)
        while True:
            ready = selector.select()
            for key, _ in ready:
                if key.data is not None and not _read(key.fd, key.data):
                    selector.unregister(key.fileobj)
            if any(key.data is None for key, _ in ready):
                return kept


def _read_rest(stream: IO[bytes], what: Kept) -> None:
    for _ in range(MOST_AFTERWARDS):
        try:
            if not _read(stream.fileno(), what):
                break
        except BlockingIOError:
            break  # something that fled holds the pipe open and is silent
    what.close()


def _read(descriptor: int, what: Kept) -> bool:
    """Take what is there to be read; return whether more may come."""
    block = os.read(descriptor, BLOCK)
    what.take(block)
    return bool(block)


def _die_with(parent: int) -> None:
    """Have the kernel kill the program when its warden dies. In the new process, before the program begins."""
    try:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    except (OSError, AttributeError):
        return  # a C library without prctl: then only `status` knows, as after any loss of the warden
    if os.getppid() != parent:
        os._exit(1)  # it died before it was asked


if __name__ == "__main__":
    main()
