"""Let aibwatch run as it is and die by SIGKILL at a named moment, "after dispatch".

Why this is honest: not one line of the daemon is changed or left out. The methods named here get their own arguments
and do all their work; what is added is only the death of the process right before or right after one of them. That is
what a power cut does, at a moment that we choose instead of chance. SIGKILL cannot be caught: nothing is flushed,
closed or released on the way out.
"""

import os
import signal
import threading
from collections.abc import Callable
from typing import Any, NoReturn

from aibwatch.core.canary import CanaryResult
from aibwatch.core.recall import Memory
from aibwatch.runtime.journal import Journal
from aibwatch.runtime.move_log import MoveLog


def die() -> NoReturn:
    """End this process, threads and all, as if the power had gone."""
    os.kill(os.getpid(), signal.SIGKILL)
    threading.Event().wait()  # never gets here alive
    raise AssertionError("SIGKILL was survived")


def deadly(method: Callable[..., Any], when: str) -> Callable[..., Any]:
    """Return the method with death before or after it."""

    def called(*args: Any, **kwargs: Any) -> Any:
        if when == "before":
            die()
        method(*args, **kwargs)
        die()

    return called


def deadly_record(what: str) -> None:
    """Die once a decision is on record, before anything of it is done.

    It is the one that brings a group into this phase, or the one to run a canary if `what` is "canary".
    """
    record = Journal.record

    def called(self: Journal, *, memory: Memory, **kwargs: Any) -> None:
        record(self, memory=memory, **kwargs)
        asked = [c for c in memory.canaries.values() if c.last is not None and c.last.result is CanaryResult.ASKED]
        if any(group.phase == what for group in memory.groups.values()) or (what == "canary" and asked):
            die()

    Journal.record = called  # type: ignore[method-assign]  # the moment of death is chosen, see above


def arm(point: str) -> None:
    """Choose the moment: "before|after METHOD" of the move log, "recorded PHASE" or "recorded canary"."""
    when, name = point.split()
    if when == "recorded":
        deadly_record(name)
    else:
        setattr(MoveLog, name, deadly(getattr(MoveLog, name), when))
