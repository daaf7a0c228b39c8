"""When a region is out of sight: silence is a lack of sight, never a failure."""

import pytest

from aibwatch.core.observation import Observation, Source
from aibwatch.core.policy import Pace
from aibwatch.core.sight import Sight, look
from aibwatch.core.window import add
from tests.core.builders import NORTH, WEST, a_poll, a_window, at


def sight(*observations: Observation, now: float, awake: float = 0.0) -> Sight:
    return look(a_window(*observations, now=at(now)), WEST, pace=Pace(), awake_since=at(awake), now=at(now))


def a_control(cls: str, minute: float, subject: str = "s1") -> Observation:
    return a_poll(cls, when=at(minute), source=Source.SERVICE_HEALTH, subject=subject)


def test_a_region_that_answers_is_seen() -> None:
    assert sight(a_poll(when=at(1)), now=1) == Sight(seen=True, learned=True, why="")


def test_a_provider_failure_is_an_answer_so_the_region_is_seen() -> None:
    assert sight(a_poll("service", when=at(1)), now=1) == Sight(seen=True, learned=True, why="")


@pytest.mark.parametrize("cls", ["network", "auth", "throttled"])
def test_an_activity_log_that_cannot_be_read_blinds_nobody(cls: str) -> None:
    log = [a_poll(cls, when=at(m), source=Source.ACTIVITY_LOG, subject="s1") for m in range(60)]
    assert sight(*log, a_poll(when=at(60)), now=60) == Sight(seen=True, learned=True, why="")


def test_before_the_first_answer_nothing_is_learned() -> None:
    assert sight(now=1) == Sight(seen=True, learned=False, why="")


@pytest.mark.parametrize("cls", ["network", "auth", "throttled"])
def test_three_polls_without_an_answer_are_blindness(cls: str) -> None:
    polls = [a_poll(when=at(0)), *(a_poll(cls, when=at(m)) for m in (0.5, 1, 1.5))]
    assert sight(*polls[:3], now=1).seen
    assert sight(*polls, now=1.5) == Sight(
        seen=False, learned=True, why=f"no poll was answered, the first of them 60 s ago: {cls} trouble"
    )


def test_three_intervals_and_one_patience_without_a_poll_are_blindness() -> None:
    latest = (3 * 30 + 70) / 60  # a poll may hang for a request's whole time-out, and is not late before
    assert sight(a_poll(when=at(0)), now=latest).seen
    assert sight(a_poll(when=at(0)), now=latest + 0.1) == Sight(
        seen=False, learned=True, why="not polled for 2 min, 30 s is usual"
    )


def test_the_time_before_the_daemon_was_awake_does_not_count() -> None:
    assert sight(a_poll(when=at(0)), now=31, awake=30).seen


def test_one_answer_brings_the_sight_back() -> None:
    polls = [a_poll("network", when=at(m)) for m in (0, 1, 2)]
    assert sight(*polls, a_poll("service", when=at(2.5)), now=2.5).seen


@pytest.mark.parametrize("cls", ["network", "auth"])
def test_if_service_health_cannot_be_read_either_the_trouble_is_at_our_end(cls: str) -> None:
    controls = [a_control(cls, m) for m in (0, 1, 2, 3)]
    assert sight(a_poll("service", when=at(3)), *controls, now=3) == Sight(
        seen=False,
        learned=True,
        why=f"reading Service Health fails as well ({cls} trouble): the trouble is at our end",
    )


@pytest.mark.parametrize("cls", ["network", "auth"])
def test_where_nothing_at_all_was_answered_there_is_nothing_to_wait_for(cls: str) -> None:
    before = [a_poll(when=at(0)), a_poll(when=at(0), subject=NORTH), a_control("ok", 0)]
    mute = [a_poll(cls, when=at(1)), a_poll(cls, when=at(1), subject=NORTH), a_control(cls, 1)]
    assert sight(*before, *mute, now=1) == Sight(
        seen=False,
        learned=True,
        why=f"reading Service Health fails as well ({cls} trouble): the trouble is at our end",
    )


@pytest.mark.parametrize(
    "answer",
    [
        a_poll(when=at(1), subject=NORTH),
        a_poll("service", when=at(1), subject=NORTH),
        a_poll("throttled", when=at(1), subject=NORTH),
        a_control("ok", 1, "s2"),
    ],
)
def test_one_answer_from_anywhere_is_something_to_wait_for(answer: Observation) -> None:
    mute = [a_poll("network", when=at(1)), a_control("network", 1)]
    assert sight(a_poll(when=at(0)), *mute, answer, now=1).seen


def test_where_no_control_is_read_only_the_probe_tells() -> None:
    assert sight(a_poll(when=at(0)), a_poll("network", when=at(1)), now=1).seen


def test_service_health_that_fails_for_less_than_three_polls_is_no_blindness() -> None:
    assert sight(a_poll("service", when=at(2)), *(a_control("network", m) for m in (0, 1, 2)), now=2).seen


def test_a_throttled_service_health_is_not_our_trouble() -> None:
    assert sight(a_poll("service", when=at(4)), *(a_control("throttled", m) for m in range(5)), now=4).seen


def test_one_subscription_whose_service_health_is_read_is_enough_to_see() -> None:
    controls = [a_control("network", m) for m in range(5)]
    assert sight(a_poll("service", when=at(4)), *controls, a_control("ok", 4, "s2"), now=4).seen


def test_after_the_clock_was_set_back_a_silent_probe_is_still_noticed() -> None:
    later = add(a_window(a_poll(when=at(60)), now=at(60)), (), at(5))
    assert not look(later, WEST, pace=Pace(), awake_since=at(1), now=at(5)).seen
