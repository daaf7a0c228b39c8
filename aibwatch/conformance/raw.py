"""Call a program as the handler `command` does, and be rude to it: kill it at a line, give it garbage, a wrong verb.

The handler itself cannot do that: it keeps its programs alive. What a program is told and the environment that it gets
are the same.
"""

import asyncio
import os
import signal
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from aibwatch.handlers.wire import environment

MOST_KEPT = 4 * 1024 * 1024
"""Bytes of a stream. Four times what aibwatch keeps, so that more than that can be found."""

BLOCK = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a call ended."""

    code: int | None
    """None if a signal ended it."""
    output: bytes
    errors: bytes
    late: bool
    """It had to be killed, because it did not end in time."""

    @property
    def lines(self) -> tuple[bytes, ...]:
        """What it printed, without empty lines."""
        return tuple(line for line in self.output.splitlines() if line.strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class Raw:
    """A program that is called without the handler around it."""

    command: tuple[str, ...]
    limit: timedelta
    """For a call that nobody disturbs."""

    async def call(
        self,
        verb: str,
        told: bytes,
        variables: dict[str, str],
        *,
        at_line: int | None = None,
        after: timedelta | None = None,
        number: signal.Signals = signal.SIGKILL,
        then: timedelta | None = None,
    ) -> Ended:
        """Call it, and send it a signal when it has printed so many lines, or after a time; None is never.

        One that is faster than its signal is hit later than at the line, or not at all. `then` is how long it may go on
        after the signal.
        """
        process = await asyncio.create_subprocess_exec(
            *self.command,
            verb,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=environment(variables),
            cwd="/",
            start_new_session=True,
        )
        call = _Call(process, at_line, number)
        late = False
        blow = asyncio.get_running_loop().call_later(after.total_seconds(), call.strike) if after else None
        try:
            async with asyncio.timeout(self.limit.total_seconds()) as patience:
                await call.follow(told, patience, then)
        except TimeoutError:
            late = True
        finally:
            call.kill(signal.SIGKILL)
            if blow:
                blow.cancel()
        code = await process.wait()
        return Ended(code=code if code >= 0 else None, output=bytes(call.output), errors=bytes(call.errors), late=late)


class _Call:
    def __init__(self, process: asyncio.subprocess.Process, at_line: int | None, number: signal.Signals) -> None:
        self._process, self._at_line, self._number = process, at_line, number
        self.output, self.errors = bytearray(), bytearray()
        self._patience: asyncio.Timeout | None = None
        self._then: timedelta | None = None

    async def follow(self, told: bytes, patience: asyncio.Timeout, then: timedelta | None) -> None:
        """Tell it what it is asked, and listen until it has ended."""
        self._patience, self._then = patience, then
        assert self._process.stdout is not None  # noqa: S101  # all three were asked for
        assert self._process.stderr is not None  # noqa: S101
        self._look()
        await asyncio.gather(
            self._tell(told),
            self._listen(self._process.stdout, self.output),
            self._listen(self._process.stderr, self.errors),
            self._process.wait(),
        )

    async def _tell(self, told: bytes) -> None:
        assert self._process.stdin is not None  # noqa: S101
        with suppress(ConnectionError):  # one that does not read its input may have closed it
            self._process.stdin.write(told)
            await self._process.stdin.drain()
            self._process.stdin.close()
            await self._process.stdin.wait_closed()

    async def _listen(self, stream: asyncio.StreamReader, kept: bytearray) -> None:
        while block := await stream.read(BLOCK):
            kept += block[: MOST_KEPT - len(kept)]
            self._look()

    def _look(self) -> None:
        if self._at_line is not None and self.output.count(b"\n") >= self._at_line:
            self._at_line = None
            self.strike()

    def strike(self) -> None:
        """Send it the signal, and shorten its time."""
        self.kill(self._number)
        if self._patience and self._then:
            self._patience.reschedule(asyncio.get_running_loop().time() + self._then.total_seconds())

    def kill(self, number: signal.Signals) -> None:
        """Send a signal to its whole group."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)
