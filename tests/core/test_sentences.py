"""Times and counts are worded the same way everywhere."""

from datetime import timedelta, timezone

import pytest

from aibwatch.core.sentences import ago, clock, count, listing, span
from tests.core.builders import at


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "0 s"),
        (119, "119 s"),
        (120, "2 min"),
        (7199, "119 min"),
        (7200, "2 h"),
        (172799, "47 h"),
        (172800, "2 days"),
    ],
)
def test_a_length_is_told_in_its_natural_unit(seconds: int, words: str) -> None:
    assert span(timedelta(seconds=seconds)) == words


def test_a_moment_is_told_by_how_long_ago_it_was() -> None:
    assert ago(at(0), at(4)) == "4 min ago"


def test_the_time_of_day_is_told_in_utc() -> None:
    assert clock(at(14).astimezone(timezone(timedelta(hours=5)))) == "02:14 UTC"


def test_a_count_takes_its_plural() -> None:
    assert (count(1, "run"), count(2, "run"), count(2, "witness", "witnesses")) == ("1 run", "2 runs", "2 witnesses")


def test_a_long_list_is_cut_and_the_rest_counted() -> None:
    assert [listing(list("abcdef"[:n])) for n in (0, 1, 2, 4, 6)] == [
        "",
        "a",
        "a and b",
        "a, b, c and d",
        "a, b, c, d and 2 more",
    ]
