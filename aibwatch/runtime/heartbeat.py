"""Tell systemd that decisions are taken, and how things stand.

Rules: the watchdog is fed by decisions and by nothing else, so whatever stops them (a fault of ours, a disk that does
not answer) starves it, and systemd starts the daemon anew. The headline of `aibwatch status` is the service's status
text, told when it changes. There is a decision every second, and both are looked at no more often.
"""

import os
from collections.abc import Callable, Mapping
from datetime import timedelta

from aibwatch.core.decision import Decision
from aibwatch.core.events import Event
from aibwatch.core.policy import Setup
from aibwatch.core.state import State
from aibwatch.runtime import lifecycle
from aibwatch.runtime.clock import Clock
from aibwatch.views.facts import headline

FED = 4
"""Times within the time that systemd waits: one that is late, or lost, is not the end."""

AT_MOST = timedelta(seconds=1)
"""Between two looks, though a poll of thousands of templates brings many decisions. The headline reads all groups."""

LONGEST_STATUS = 400
"""Characters: it is one line of `systemctl status`; a hundred regions in trouble need no more of it."""


class Heartbeat:
    """Watches the loop for systemd. Says nothing of the watchdog where systemd has not asked for it."""

    def __init__(self, clock: Clock, setup: Callable[[], Setup], env: Mapping[str, str] = os.environ) -> None:
        self._clock, self._setup = clock, setup
        self._waits = watchdog_waits(env)
        self._looked = self._fed = float("-inf")
        self._said = ""

    def watch(self, _: State, decision: Decision, __: Event) -> None:
        """Take notice of a decision: a watcher of the loop."""
        elapsed = self._clock.elapsed()
        if elapsed - self._looked < min(AT_MOST, (self._waits or AT_MOST) / FED).total_seconds():
            return
        self._looked = elapsed
        words = [*self._feed(elapsed), *self._say(decision.state)]
        if words:
            lifecycle.notify("\n".join(words))

    def _feed(self, elapsed: float) -> list[str]:
        if self._waits is None or elapsed - self._fed < (self._waits / FED).total_seconds():
            return []
        self._fed = elapsed
        return ["WATCHDOG=1"]

    def _say(self, state: State) -> list[str]:
        said = " ".join(headline(state, self._setup()).split())
        if said == self._said:
            return []
        self._said = said
        return [f"STATUS={said[:LONGEST_STATUS]}"]


def watchdog_waits(env: Mapping[str, str]) -> timedelta | None:
    """Return how long systemd waits for a sign of life from this process; None where it does not wait at all."""
    wait, whom = env.get("WATCHDOG_USEC", ""), env.get("WATCHDOG_PID", "")
    if not wait.isdecimal() or int(wait) == 0 or (whom and whom != str(os.getpid())):
        return None
    return timedelta(microseconds=int(wait))
