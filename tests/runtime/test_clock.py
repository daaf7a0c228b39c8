"""Tell the time. The host's clock is never touched: what the module reads of it is replaced."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

import pytest

from aibwatch.runtime import clock as clock_module
from aibwatch.runtime.clock import Clock

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@dataclass
class Host:
    """What the module sees of the host: a wall clock that can be set, and one that nobody can."""

    wall: datetime = NOON
    boot: float = 1000.0
    CLOCK_BOOTTIME = time.CLOCK_BOOTTIME

    def now(self, _: tzinfo) -> datetime:
        return self.wall

    def clock_gettime(self, which: int) -> float:
        assert which == time.CLOCK_BOOTTIME, "a clock that stops while the host sleeps is of no use here"
        return self.boot

    def passes(self, seconds: float) -> None:
        self.wall += timedelta(seconds=seconds)
        self.boot += seconds


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> Host:
    host = Host()
    monkeypatch.setattr(clock_module, "datetime", host)
    monkeypatch.setattr(clock_module, "time", host)
    return host


def test_time_goes_on_as_it_passes(host: Host) -> None:
    clock = Clock()
    host.passes(90)
    assert (clock.now(), clock.elapsed(), clock.stepped()) == (NOON + timedelta(seconds=90), 1090.0, 0.0)


@pytest.mark.parametrize("jump", [-3600.0, -5.0, 5.0, 86_400.0])
def test_a_jump_of_the_wall_clock_is_told_once_and_followed_from_then_on(jump: float, host: Host) -> None:
    clock = Clock()
    host.wall += timedelta(seconds=jump)
    before = clock.now()
    told = [clock.stepped(), clock.stepped()]
    assert (before, told, clock.now()) == (NOON, [jump, 0.0], NOON + timedelta(seconds=jump))


@pytest.mark.parametrize("jump", [-4.9, 4.9])
def test_slewing_is_no_jump_and_changes_nothing(jump: float, host: Host) -> None:
    clock = Clock()
    host.wall += timedelta(seconds=jump)
    assert (clock.stepped(), clock.now()) == (0.0, NOON)


def test_a_suspended_host_did_not_jump(host: Host) -> None:
    clock = Clock()
    host.passes(8 * 3600)
    assert clock.stepped() == 0.0


def test_the_real_clock_never_goes_back() -> None:
    clock = Clock()
    times = [clock.now() for _ in range(1000)]
    assert times == sorted(times)


async def test_a_negative_pause_is_none() -> None:
    clock = Clock()
    began = clock.elapsed()
    await clock.pause(timedelta(seconds=-5))
    assert clock.elapsed() - began < 1.0
