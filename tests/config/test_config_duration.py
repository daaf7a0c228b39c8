import contextlib
import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aibwatch.config.duration import LEAST, MOST, format_duration, parse_duration

durations = st.integers(int(LEAST.total_seconds()), int(MOST.total_seconds())).map(lambda s: timedelta(seconds=s))


@given(durations)
def test_every_duration_reads_back_as_it_was_written(duration: timedelta) -> None:
    assert parse_duration(format_duration(duration)) == duration


@given(st.text() | st.integers() | st.floats() | st.booleans() | st.from_regex(r"[0-9]{1,12}[smhd]", fullmatch=True))
def test_whatever_is_written_is_a_duration_within_limits_or_refused(written: object) -> None:
    with contextlib.suppress(ValueError):
        assert LEAST <= parse_duration(written) <= MOST


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("1s", 1), ("30s", 30), ("10m", 600), ("1h", 3600), ("1h30m", 5400), ("35d", 3024000), ("90s", 90), (" 5m ", 300)],
)
def test_a_duration_is_numbers_with_units_from_large_to_small(written: str, seconds: int) -> None:
    assert parse_duration(written) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("500ms", '"500ms" is finer than a second; the least is 1s'),
        ("0s", '"0s" is too short; the least is 1s'),
        ("", '"" is not a duration; write it like "30s", "10m", "1h30m" or "35d"'),
        ("30", '"30" has no unit; write it like "30s", "10m", "1h30m" or "35d"'),
        (30, '30 is not a duration; write it like "30s", "10m", "1h30m" or "35d"'),
        ("30m1h", '"30m1h" is not a duration; write it like "30s", "10m", "1h30m" or "35d"'),
        ("-5m", '"-5m" is not a duration; write it like "30s", "10m", "1h30m" or "35d"'),
        ("99999d", '"99999d" is longer than ten years; write it like "30s", "10m", "1h30m" or "35d"'),
    ],
)
def test_anything_else_is_refused_with_what_to_write(written: object, said: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(said)}$"):
        parse_duration(written)
