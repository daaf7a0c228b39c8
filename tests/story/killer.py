"""Let aibwatch run as it is and die by SIGKILL at a named boundary, "after dispatch" or "before run-template.activate".

Why this is honest: not one line of the daemon is changed or left out. The methods named here get their own arguments
and do all their work; what is added is only the death of the process right before or right after. That is what a power
cut does, at a moment that we choose instead of chance. SIGKILL cannot be caught: nothing is flushed, closed or released
on the way out.

A boundary is a transaction that wrote something, or a call of a handler. A transaction has the name of the method that
wrote it; a decision that of what it wants done ("record DispatchStep"), of the event that it is about where it wants
nothing ("record OutputsRead"), and of the phase as well where such an event comes at any time ("record Observed while
moving"). "before" is after the work of the transaction and before its commit. What is crossed again has a number
("after intend#2"). All is counted from the claim of a move; what comes before has "early" in its name. "first write" is
the end of the first transaction of a process, whatever it is.
"""

import os
import resource
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NoReturn

from sqlalchemy import Connection

from aibwatch.core.decision import Decision
from aibwatch.core.events import Observed, Ticked
from aibwatch.core.model import Options
from aibwatch.handlers.api import Handler
from aibwatch.handlers.loader import Handlers
from aibwatch.runtime.loop import Loop
from aibwatch.runtime.recorder import Recorder
from aibwatch.runtime.store import Store
from aibwatch.runtime.trace import Told

from . import wall

VERBS = frozenset({"describe", "check", "plan", "activate", "status", "deactivate", "rejoin", "rest"})
"""What a handler is called for; `rest` is the second half of an effect of recording-half."""

FIRST_WRITE = "first write"


def die() -> NoReturn:
    """End this process, threads and all, as if the power had gone."""
    os.kill(os.getpid(), signal.SIGKILL)
    threading.Event().wait()  # never gets here alive
    raise AssertionError("SIGKILL was survived")


class Boundaries:
    """Counts what is crossed, and tells `reached` of it."""

    def __init__(self, reached: Callable[[str], None]) -> None:
        self._reached = reached
        self._crossed: Counter[str] = Counter()
        self.claimed = False

    @contextmanager
    def crossing(self, what: str) -> Iterator[None]:
        """Cross a boundary: what is done within lies between its two sides."""
        what = what if self.claimed else f"early {what}"
        self._crossed[what] += 1
        number = self._crossed[what]
        what = what if number == 1 else f"{what}#{number}"
        self._reached(f"before {what}")
        yield
        self._reached(f"after {what}")


def arm(order: str) -> None:
    """Die at the boundary of this name.

    With "list FILE" die nowhere, and write there what is crossed; with "fill NAME" the disk is full from there on; with
    "turn SECONDS NAME" the wall clock is set forward there, or back.
    """
    verb, _, rest = order.partition(" ")
    if verb == "list":
        file = os.open(rest, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        watch(Boundaries(lambda name: _write(file, name)))
    elif verb == "fill":
        watch(Boundaries(lambda name: fill() if name == rest else None))
    elif verb == "turn":
        seconds, _, where = rest.partition(" ")
        wall.hang_up()
        watch(Boundaries(lambda name: wall.turn(float(seconds)) if name == where else None))
    elif order == FIRST_WRITE:
        watch(Boundaries(lambda name: die() if name.startswith("after ") and "." not in name else None))
    else:
        watch(Boundaries(lambda name: die() if name == order else None))


def fill() -> None:
    """Let every write to a file fail as on a full disk. Works against root too."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))


def _write(file: int, name: str) -> None:
    os.write(file, f"{name}\n".encode())


def watch(boundaries: Boundaries) -> None:
    """Have every boundary of the daemon in this process counted."""
    _name_decisions(boundaries)
    _name_calls()
    _count_transactions(boundaries)
    _count_handlers(boundaries)


_DECISION: ContextVar[str] = ContextVar("decision", default="")
_WRITER = threading.local()
"""The name of what the journal's thread does now."""


def _name_decisions(boundaries: Boundaries) -> None:
    record = Loop._record

    async def named(self: Loop, decision: Decision, told: Told, now: Any) -> None:
        boundaries.claimed |= any(group.move is not None for group in decision.state.groups.values())
        token = _DECISION.set(_decision(decision, told))
        try:
            await record(self, decision, told, now)
        finally:
            _DECISION.reset(token)

    Loop._record = named  # type: ignore[method-assign]  # see the top


def _decision(decision: Decision, told: Told) -> str:
    event = type(told.event).__name__
    if decision.actions:
        return "record " + " and ".join(type(action).__name__ for action in decision.actions)
    if isinstance(told.event, Observed | Ticked):
        return f"record {event} while " + " and ".join(sorted({str(g.phase) for g in decision.state.groups.values()}))
    return f"record {event}"


def _name_calls() -> None:
    call = Recorder.call

    async def named(self: Recorder, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        name = _DECISION.get() or getattr(function, "__name__", "nameless")

        def work() -> Any:
            _WRITER.name = name
            return function(*args, **kwargs)

        return await call(self, work)

    Recorder.call = named  # type: ignore[method-assign]  # see the top


def _count_transactions(boundaries: Boundaries) -> None:
    transaction = Store.transaction

    @contextmanager
    def counted(self: Store) -> Iterator[Connection]:
        # Its end is the commit, so it is left by hand between the two sides of the boundary.
        real = transaction(self)
        connection = real.__enter__()
        before = _changes(connection)
        try:
            yield connection
        except BaseException as error:
            real.__exit__(type(error), error, error.__traceback__)
            raise
        if _changes(connection) == before:
            real.__exit__(None, None, None)
            return
        with boundaries.crossing(getattr(_WRITER, "name", "open")):
            real.__exit__(None, None, None)

    Store.transaction = counted  # type: ignore[method-assign]  # see the top


def _changes(connection: Connection) -> int:
    """Return how many rows this connection has written in its life."""
    driver: Any = connection.connection.driver_connection
    changes: int = driver.total_changes
    return changes


def _count_handlers(boundaries: Boundaries) -> None:
    make = Handlers._make

    def counted(self: Handlers, name: str, options: Options) -> Handler:
        handler = make(self, name, options)
        for verb in VERBS:
            if hasattr(handler, verb):
                setattr(handler, verb, _counted(f"{name}.{verb}", getattr(handler, verb), boundaries))
        return handler

    Handlers._make = counted  # type: ignore[method-assign]  # see the top


def _counted(name: str, call: Callable[..., Any], boundaries: Boundaries) -> Callable[..., Any]:
    async def called(*args: Any) -> Any:
        with boundaries.crossing(name):
            return await call(*args)

    return called
