"""Configure other observers."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from aibwatch.config.load import ConfigError, Loaded
from aibwatch.config.schema import Peer

Mistakes = Callable[[str], list[str]]
Warnings = Callable[[str], list[str]]


def a_peer(url: str = "https://aibwatch.example.com", name: str = "north") -> str:
    return f'[[peer]]\nname = "{name}"\nurl = "{url}"\n'


def test_a_peer_has_a_name_and_an_address(read: Callable[[str], Loaded]) -> None:
    expected = Peer(name="north", url="https://aibwatch.example.com", ca_bundle="")
    assert read(a_peer()).settings.peer == (expected,)


def test_peers_and_handlers_are_asked_as_often_as_configured(read: Callable[[str], Loaded]) -> None:
    pace = read('[poll]\npeer = "90s"\nreadiness = "20m"\n').setup.pace
    assert (pace.peer, pace.readiness) == (timedelta(seconds=90), timedelta(minutes=20))


@pytest.mark.parametrize(
    "url",
    ["https://aibwatch.example.com:8443/north", "http://127.0.0.1:9878", "http://localhost:9878/", "http://[::1]:9878"],
)
def test_https_is_accepted_and_plain_http_on_this_machine(read: Callable[[str], Loaded], url: str) -> None:
    assert read(a_peer(url)).settings.peer[0].url == url


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", 'is not a web address; write "https://HOST"'),
        ("ftp://peer", 'is not a web address; write "https://HOST"'),
        ("https://ada:secret@peer", "carries a user name or password; leave them out of the address"),
        ("https://peer/?x=1", 'has a "?" or "#" part; write only "https://HOST"'),
        (
            "http://peer.example.com",
            (
                '"http://peer.example.com" could be answered by anybody on the way; '
                "write https, plain http is for loopback addresses only"
            ),
        ),
    ],
)
def test_other_addresses_are_refused(mistakes_in: Mistakes, url: str, said: str) -> None:
    assert mistakes_in(a_peer(url)) == [f'config.toml:3: peer "north": url: {said}']


def test_a_name_that_could_not_stand_in_a_label_is_refused(mistakes_in: Mistakes) -> None:
    assert mistakes_in(a_peer(name="The North")) == [
        'config.toml:2: peer "The North": name: "The North" cannot name a peer; use 1 to 63 of a-z, 0-9 and -'
    ]


def test_name_and_address_have_no_default(mistakes_in: Mistakes) -> None:
    assert mistakes_in("[[peer]]\n") == [
        'config.toml:1: peer 1: name: is missing; give the peer a name: name = "north"',
        'config.toml:1: peer 1: url: is missing; write the base of its pages: url = "https://HOST"',
    ]


def test_two_peers_of_one_name_could_not_be_told_apart(mistakes_in: Mistakes) -> None:
    assert mistakes_in(a_peer() + a_peer("https://other.example.com")) == [
        'config.toml:5: peer "north": name: "north" already names the peer in line 2; choose another name'
    ]


@pytest.mark.parametrize("again", ["https://aibwatch.example.com/", "https://AIBWATCH.example.com:443"])
def test_one_observer_is_not_two_by_two_names(mistakes_in: Mistakes, again: str) -> None:
    assert mistakes_in(a_peer() + a_peer(again, "south")) == [
        'config.toml:6: peer "south": url: is the peer of line 3 once more; a second word of one is no second one'
    ]


@pytest.mark.parametrize(
    ("listen", "url"),
    [
        (None, "http://127.0.0.1:9877"),
        (None, "http://localhost:9877/"),
        (None, "https://localhost:9877"),
        ("0.0.0.0:9877", "http://127.0.0.1:9877"),
        ("[::]:9877", "http://[::1]:9877"),
        ("ops.example.com:443", "https://OPS.example.com"),
        ("10.1.2.3:8443", "https://10.1.2.3:8443"),
    ],
)
def test_we_are_no_peer_of_ourselves(mistakes_in: Mistakes, listen: str | None, url: str) -> None:
    http = f'[http]\nlisten = "{listen}"\n' if listen else ""
    line = 5 if listen else 3
    said = f'"{url}" is where this aibwatch listens itself; name another one, elsewhere'
    assert mistakes_in(http + a_peer(url)) == [f'config.toml:{line}: peer "north": url: {said}']


@pytest.mark.parametrize(
    ("listen", "url"),
    [
        ("127.0.0.1:9877", "http://127.0.0.1:9878"),
        ("0.0.0.0:9877", "https://peer.example.com:9877"),
        ("10.1.2.3:9877", "http://127.0.0.1:9877"),
        ("127.0.0.1:0", "http://127.0.0.1:9877"),
    ],
)
def test_another_port_or_another_host_is_another_observer(read: Callable[[str], Loaded], listen: str, url: str) -> None:
    assert len(read(f'[http]\nlisten = "{listen}"\n' + a_peer(url)).settings.peer) == 1


@pytest.mark.parametrize("listen", ["7", '"nonsense"', "[]"])
def test_a_listen_address_that_cannot_be_read_hides_no_other_mistake(
    read: Callable[[str], Loaded], listen: str
) -> None:
    with pytest.raises(ConfigError) as raised:
        read(f"[http]\nlisten = {listen}\n" + a_peer() + a_peer())
    assert [problem.key for problem in raised.value.problems] == [
        "http.listen",
        'peer "north": name',
        'peer "north": url',
    ]


@pytest.mark.parametrize("url", ["https://[", "https://peer:99999", "7"])
def test_an_address_that_cannot_be_read_is_told_once(mistakes_in: Mistakes, url: str) -> None:
    assert len(mistakes_in(a_peer(url))) == 1


def test_a_peer_that_is_asked_too_seldom_would_hold_moves(warnings_in: Warnings) -> None:
    (_, warning) = warnings_in('[poll]\npeer = "5m"\n')
    assert warning == (
        "config.toml:2: poll.peer: 5m is long: what a peer said counts for 5 minutes, and from then on moves "
        "wait for its next word; write 4m or less"
    )


def test_secondaries_that_are_looked_at_too_seldom_would_hold_moves(warnings_in: Warnings) -> None:
    (_, warning) = warnings_in('[poll]\nreadiness = "1h"\n')
    assert warning.endswith("from then on moves wait for the next look; write 30m or less")


def test_how_often_handlers_are_asked_has_an_effect(warnings_in: Warnings) -> None:
    assert [w for w in warnings_in('[poll]\nreadiness = "30m"\npeer = "60s"\n') if "poll." in w] == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[http]\nusername = "ada"\n', "2: http.username: needs password_file beside it; set both or none"),
        ('[http]\npassword_file = "/p"\n', "2: http.password_file: needs username beside it; set both or none"),
        ('[http]\nclient_key_file = "/k"\n', "2: http.client_key_file: needs client_cert_file beside it; set both or"),
        (a_peer() + 'username = "ada"\n', '4: peer "north": username: needs password_file beside it; set both or none'),
        (a_peer() + 'username = "a:b"\npassword_file = "/p"\n', '4: peer "north": username: must be without a colon'),
    ],
)
def test_names_and_their_secrets_need_each_other(mistakes_in: Mistakes, text: str, said: str) -> None:
    (told,) = mistakes_in(text)
    assert said in told
