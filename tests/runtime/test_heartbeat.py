"""Feed the watchdog by decisions, over a real socket, with a clock that is a variable."""

import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from aibwatch.core.decision import Decision
from aibwatch.core.events import Ticked
from aibwatch.core.policy import Setup
from aibwatch.core.state import State
from aibwatch.runtime import heartbeat
from aibwatch.runtime.heartbeat import Heartbeat, watchdog_waits
from tests.clocks import BEGUN, FakeClock
from tests.core.builders import a_setup
from tests.views import stories

SECOND = timedelta(seconds=1)
QUIET = State(awake_since=BEGUN)


@dataclass
class Site:
    """A socket in systemd's place, and a heartbeat that is told of decisions."""

    server: socket.socket
    clock: FakeClock
    setup: Setup = field(default_factory=a_setup)

    def __post_init__(self) -> None:
        env = {"WATCHDOG_USEC": "20000000", "WATCHDOG_PID": str(os.getpid())}
        self.heartbeat = Heartbeat(self.clock, lambda: self.setup, env)

    def decide(self, after: timedelta = SECOND, state: State = QUIET) -> None:
        self.clock.time += after
        self.heartbeat.watch(state, Decision(state=state), Ticked())

    def heard(self) -> list[str]:
        told: list[str] = []
        try:
            while True:
                told += self.server.recv(4096).decode().splitlines()
        except BlockingIOError:
            return told


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as server:
        server.bind(str(tmp_path / "notify"))
        server.setblocking(False)
        yield Site(server, FakeClock())


def test_decisions_feed_the_watchdog_four_times_within_its_patience(site: Site) -> None:
    for _ in range(20):
        site.decide()
    assert site.heard().count("WATCHDOG=1") == 4


def test_without_decisions_it_starves(site: Site) -> None:
    site.decide()
    site.heard()
    site.clock.time += timedelta(hours=1)
    assert site.heard() == []


def test_a_shower_of_decisions_is_looked_at_once_a_second(site: Site) -> None:
    for _ in range(1000):
        site.decide(after=timedelta(microseconds=1))
    assert site.heard() == ["WATCHDOG=1", "STATUS=No region was seen yet."]


def test_the_headline_is_told_when_it_changes(site: Site) -> None:
    well, worse = stories.quiet().state, stories.suspect().state
    for state in (well, well, worse, worse):
        site.decide(state=state)
    told = [line for line in site.heard() if line.startswith("STATUS=")]
    assert told == ["STATUS=All is well in northeurope and westeurope.", "STATUS=westeurope is suspect."]


def test_a_headline_without_end_is_cut(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeat, "LONGEST_STATUS", 10)
    site.decide()
    assert site.heard() == ["WATCHDOG=1", "STATUS=No region "]


@pytest.mark.parametrize(
    "env",
    [
        {},
        {"WATCHDOG_USEC": ""},
        {"WATCHDOG_USEC": "0"},
        {"WATCHDOG_USEC": "soon"},
        {"WATCHDOG_USEC": "1000000", "WATCHDOG_PID": "1"},
    ],
)
def test_nobody_is_fed_who_does_not_wait_for_this_process(env: dict[str, str]) -> None:
    assert watchdog_waits(env) is None


def test_a_time_without_a_process_is_for_everybody() -> None:
    assert watchdog_waits({"WATCHDOG_USEC": "60000000"}) == timedelta(minutes=1)
