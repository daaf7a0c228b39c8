"""Which URLs are home."""

import pytest
import yarl
from hypothesis import given
from hypothesis import strategies as st

from aibwatch.sources.endpoint import origin_of, parse_endpoint

HOME = parse_endpoint("https://management.azure.com/")


@pytest.mark.parametrize(
    "url",
    [
        "https://management.azure.com/subscriptions/x?a=b&t=1",
        "https://MANAGEMENT.azure.com:443/x",
        "https://management.azure.com",
        "https://management.azure.com?x=1",
    ],
)
def test_the_same_scheme_host_and_port_are_home(url: str) -> None:
    assert HOME.is_home(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://management.azure.com/x",
        "http://tm.aibrp.eastus.trafficmanager.net/x",
        "https://management.azure.com:8443/x",
        "https://management.azure.com.evil.example/x",
        "https://management.azure.com@evil.example/x",
        "https://evil.example\\@management.azure.com/x",
        "https://user@management.azure.com/x",
        "https://management.azure.com\n.evil.example/",
        "https://mänagement.azure.com/",
        "https://management.azure.com:99999999/",
        "https://[management.azure.com/",
        "https:///x",
        "https://management.azure.com/a\\b",
        "//management.azure.com/x",
        "/x",
        "",
    ],
)
def test_everything_else_is_not(url: str) -> None:
    assert not HOME.is_home(url)


PIECES = st.sampled_from(
    [
        "https://",
        "http://",
        "management.azure.com",
        "evil.example",
        "@",
        ":",
        "443",
        "/",
        "\\",
        "?",
        "#",
        ".",
        "%2f",
        "[",
        "]",
        " ",
        "\t",
    ]
)


@given(st.lists(PIECES, max_size=12).map("".join) | st.text())
def test_what_is_home_for_us_is_home_for_the_http_client_too(url: str) -> None:
    if HOME.is_home(url):
        assert yarl.URL(url).origin() == yarl.URL("https://management.azure.com")


@given(st.text())
def test_a_link_of_any_form_raises_nothing(link: str) -> None:
    HOME.is_home(HOME.absolute(link))


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("http://localhost:8080", ("http", "localhost", 8080)),
        ("http://[::1]:1", ("http", "::1", 1)),
        ("http://127.8.8.8", ("http", "127.8.8.8", 80)),
        ("https://management.chinacloudapi.cn/", ("https", "management.chinacloudapi.cn", 443)),
    ],
)
def test_an_endpoint_is_https_or_loopback(url: str, origin: tuple[str, str, int]) -> None:
    assert parse_endpoint(url).origin == origin == origin_of(url)


@pytest.mark.parametrize("url", ["https://h?x", "https://h#x", "h", "https://", "mailto:a@b"])
def test_what_is_no_endpoint_is_said_to_be_none(url: str) -> None:
    with pytest.raises(ValueError, match="is not the address of a management API"):
        parse_endpoint(url)
