"""Read a moment as people write it. It is 2026-03-02 02:30 UTC in all of these tests."""

import contextlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aibwatch.core.moment import parse_moment

NOW = datetime(2026, 3, 2, 2, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("02:14", datetime(2026, 3, 2, 2, 14, tzinfo=UTC)),
        ("2:14", datetime(2026, 3, 2, 2, 14, tzinfo=UTC)),
        ("02:14:30", datetime(2026, 3, 2, 2, 14, 30, tzinfo=UTC)),
        ("02:14Z", datetime(2026, 3, 2, 2, 14, tzinfo=UTC)),
        (" 02:14 UTC ", datetime(2026, 3, 2, 2, 14, tzinfo=UTC)),
        ("02:30", NOW),
        ("23:50", datetime(2026, 3, 1, 23, 50, tzinfo=UTC)),
        ("2026-03-02T02:14Z", datetime(2026, 3, 2, 2, 14, tzinfo=UTC)),
        ("2026-03-02T02:14", datetime(2026, 3, 2, 2, 14, tzinfo=UTC)),
        ("2026-03-02 02:14 UTC", datetime(2026, 3, 2, 2, 14, tzinfo=UTC)),
        ("2026-03-02T03:14+01:00", datetime(2026, 3, 2, 2, 14, tzinfo=UTC)),
        ("2026-03-01", datetime(2026, 3, 1, tzinfo=UTC)),
        ("10 min ago", NOW - timedelta(minutes=10)),
        ("90s ago", NOW - timedelta(seconds=90)),
        ("3 hours ago", NOW - timedelta(hours=3)),
        ("1 day ago", NOW - timedelta(days=1)),
        ("2 h ago", NOW - timedelta(hours=2)),
    ],
)
def test_a_moment_is_read_as_it_is_meant(written: str, meant: datetime) -> None:
    assert parse_moment(written, NOW) == meant


@pytest.mark.parametrize(
    "written", ["", "soon", "25:00", "02:60", "10 fortnights ago", "99999 days ago x", "2026-13-01", "1e9", "x" * 500]
)
def test_what_is_no_moment_is_refused_with_examples(written: str) -> None:
    with pytest.raises(ValueError, match='is not a time; write it like "02:14"'):
        parse_moment(written, NOW)


def test_the_future_is_refused_with_the_time_of_now() -> None:
    with pytest.raises(ValueError, match="is in the future; it is 2026-03-02 02:30:00 UTC now"):
        parse_moment("2026-03-02T02:31Z", NOW)


@given(st.text(max_size=80))
def test_whatever_is_written_it_is_a_moment_of_the_past_or_an_error(written: str) -> None:
    with contextlib.suppress(ValueError):
        assert parse_moment(written, NOW) <= NOW
