"""How times, bodies and poll URLs are written."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aibwatch.simulator.wire import (
    arm_json,
    http_date,
    net_ticks,
    operation_time,
    provider_json,
    run_time,
    signature,
    signed_rightly,
)

AT = datetime(2024, 5, 14, 8, 39, 55, 679_639, tzinfo=UTC)
TIMES = st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - given a zone


@given(at=TIMES, salt=st.text(max_size=8))
def test_a_run_time_has_up_to_nine_digits_and_no_trailing_zero(at: datetime, salt: str) -> None:
    text = run_time(at, salt)
    assert re.fullmatch(r"[-\dT:]{19}\.\d{6,8}[1-9]Z", text)
    assert datetime.fromisoformat(text) == at


@given(at=TIMES, salt=st.text(max_size=8))
def test_an_operation_time_has_five_to_seven_digits(at: datetime, salt: str) -> None:
    text = operation_time(at, salt)
    assert re.fullmatch(r"[-\dT:]{19}\.\d{5,7}Z", text)
    assert datetime.fromisoformat(text) == at


def test_the_provider_indents_by_one_and_escapes_the_ampersand() -> None:
    assert provider_json({"a": {"b": "x&y"}}) == b'{\n "a": {\n  "b": "x\\u0026y"\n }\n}'


def test_arm_writes_without_a_blank() -> None:
    assert arm_json({"a": ["x&y", 1]}) == b'{"a":["x&y",1]}'


def test_a_date_header_is_in_english() -> None:
    assert http_date(AT) == "Tue, 14 May 2024 08:39:55 GMT"


def test_ticks_count_as_the_recorded_url_counts() -> None:
    # A run answered at 08:39:55 carried t=638512727959155187.
    assert abs(net_ticks(AT) - 638512727959155187) < 10_000_000


def test_a_signature_has_the_recorded_lengths() -> None:
    signed = signature("83da6409-1577-4662-a748-61b4f3146ccc", "638512727959155187")
    assert {name: len(value) for name, value in signed.items()} == {"t": 18, "c": 2491, "s": 342, "h": 43}


@pytest.mark.parametrize("part", ["t", "c", "s", "h"])
def test_a_poll_url_that_was_changed_is_known(part: str) -> None:
    signed = signature("op", "638512727959155187")
    assert signed_rightly("OP", signed)
    assert not signed_rightly("op", {**signed, part: signed[part][:-1] + "!"})
    assert not signed_rightly("other", signed)
