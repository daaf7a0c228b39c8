"""Code and message, in whatever shape they come."""

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aibwatch.sources.error_body import error_of, retry_after

from .support import NOW


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        ({"error": {"code": "C", "message": "M", "details": [{"code": "D"}]}}, "C", "M"),
        ({"error": {"code": "500 InternalServerError"}}, "500 InternalServerError", ""),
        ({"error": {"code": "C", "message": "", "details": [{"code": "D", "message": "M"}]}}, "C", "M"),
        ({"error": {"message": "M"}}, "", "M"),
        ({"code": "OperationNotAllowed", "message": "M"}, "OperationNotAllowed", "M"),
        ({"Code": "429", "Message": "Cannot acquire exclusive lock"}, "429", "Cannot acquire exclusive lock"),
        ({"ErrorCode": "C", "Message": {"Language": "en", "Value": "M"}}, "C", "M"),
        ({"odata.error": {"code": "C", "message": {"lang": "en-US", "value": "M"}}}, "C", "M"),
        ({"Message": "An error has occurred."}, "", "An error has occurred."),
        ({"code": 429, "message": "M"}, "429", "M"),
        ({"error": "invalid_request", "error_description": "M"}, "invalid_request", "M"),
        ({"error": None}, "", ""),
        ({}, "", ""),
        ([1], "", "[1]"),
        ("Forbidden", "", "Forbidden"),
        ({"error": {"code": "C\u0000\ud800", "message": "a\x1b[31m\u2028b"}}, "C  ", "a [31m b"),
    ],
)
def test_every_recorded_shape_of_an_error(body: object, code: str, message: str) -> None:
    assert error_of(json.dumps(body).encode()) == (code, message)


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", ""),
        (b"Forbidden\n", "Forbidden"),
        (b"<!DOCTYPE html><head><TITLE>Service Unavailable</TITLE></head>", "a web page: Service Unavailable"),
        (b"\xef\xbb\xbf<html><body><p>Our <b>services</b></p>", "a web page: Our services"),
        (b"\xff\xfe\x00", "\ufffd\ufffd"),
        (b"x" * 100_000, "x" * 4000),
    ],
)
def test_what_is_not_json_is_told_in_its_own_words(raw: bytes, message: str) -> None:
    assert error_of(raw) == ("", message)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["error", "code", "message", "Message", "Value", "details"]), inner, max_size=4
        )
    ),
)


@given(JSON)
def test_json_of_any_shape_gives_two_texts(value: object) -> None:
    code, message = error_of(json.dumps(value).encode())
    assert (code + message).isprintable()


@given(st.binary())
def test_bytes_of_any_kind_give_two_texts(raw: bytes) -> None:
    code, message = error_of(raw)
    assert (code + message).isprintable()


@given(st.text(), st.text())
def test_a_wait_is_never_negative_and_never_longer_than_an_hour(header: str, message: str) -> None:
    wait = retry_after({"retry-after": header}, message, NOW)
    assert wait is None or timedelta() <= wait <= timedelta(hours=1)
