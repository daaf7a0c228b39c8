"""Read web config files without looking at what they name."""

import re
import ssl
from pathlib import Path

import pytest

from aibwatch.config.problem import ConfigError
from aibwatch.config.web.parse import parse
from aibwatch.config.web.settings import ClientAuth, Tls, Web
from tests.certificates import a_hash
from tests.web_files import ADA, GOOD, NOT_HERE, PAIR

FILE = Path("/etc/aibwatch/web.yml")


def complaints(text: str) -> list[str]:
    with pytest.raises(ConfigError) as told:
        parse(text, FILE)
    return [str(problem) for problem in told.value.problems]


def test_everything_that_is_written_is_understood() -> None:
    text = (
        PAIR
        + "  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: /etc/ca.pem\n"
        + "  client_allowed_sans: [ops]\n"
        + "  min_version: TLS13\n  curve_preferences: [CurveP384]\n"
        + "  cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, TLS_AES_128_GCM_SHA256]\n"
        + "http_server_config:\n  http2: false\n  headers: {X-Frame-Options: deny}\n"
        + ADA
    )
    assert parse(text, FILE) == Web(
        tls=Tls(
            cert_file=Path("/etc/aibwatch/here.pem"),
            key_file=Path("/etc/aibwatch/here.key"),
            client_auth=ClientAuth.REQUIRED,
            client_ca_file=Path("/etc/ca.pem"),
            client_names=("ops",),
            least=ssl.TLSVersion.TLSv1_3,
            ciphers=("ECDHE-RSA-AES128-GCM-SHA256",),
            curve="secp384r1",
        ),
        users={"ada": a_hash("right")},
        headers={"X-Frame-Options": "deny"},
    )


@pytest.mark.parametrize("text", GOOD.values(), ids=GOOD)
def test_what_is_good_is_taken(text: str) -> None:
    parse(text, FILE)


@pytest.mark.parametrize(("text", "said"), NOT_HERE.values(), ids=NOT_HERE)
def test_what_is_not_offered_here_is_refused_and_not_left_out(text: str, said: str) -> None:
    (told,) = complaints(text)
    assert said in told


def test_all_mistakes_are_told_at_once() -> None:
    told = complaints("tls_server_config:\n  cert_file: a\n  foo: 1\nbasic_auth_users:\n  ada: x\n")
    assert [line.split(" ")[0] for line in told] == [
        "/etc/aibwatch/web.yml:2:",
        "/etc/aibwatch/web.yml:3:",
        "/etc/aibwatch/web.yml:5:",
    ]


def test_what_stands_for_a_hash_is_not_repeated_because_it_may_be_the_password() -> None:
    assert "hunter2" not in str(complaints("basic_auth_users:\n  ada: hunter2\n"))


def test_a_key_inside_of_the_file_is_sent_to_one_of_its_own() -> None:
    (told,) = complaints("tls_server_config:\n  cert_file: a\n  key: PEM\n")
    assert told.startswith("/etc/aibwatch/web.yml:3: tls_server_config.key: is not taken from this file; write it into")


@pytest.mark.parametrize(
    "text",
    ["&a [*a]", "[" * 10_000, "? [a]\n: b\n", "a: b\n---\nc: d\n", "\0", "tls_server_config: !!python/object:os.a {}"],
    ids=["itself", "deep", "a list for a key", "two documents", "no text", "an object"],
)
def test_strange_yaml_is_a_mistake_like_any_other(text: str) -> None:
    if "python" in text:  # an empty table, whatever it calls itself: nothing is made of it
        assert parse(text, FILE).tls is None
    else:
        assert complaints(text)


def test_the_file_of_the_documents_is_good_also_with_everything_in_it() -> None:
    page = (Path(__file__).parents[2] / "docs" / "web.md").read_text()
    (written,) = re.findall(r"^```yaml\n(.*?)^```", page, flags=re.MULTILINE | re.DOTALL)
    text = written.replace("$2y$10$...", a_hash("right")).replace("  # client", "  client")
    found = parse(text, FILE)
    assert (found.warnings, list(found.users), found.tls is not None) == ((), ["ops"], True)


def test_passwords_without_tls_and_a_file_that_says_nothing_are_warned_of() -> None:
    warned = [(warning.line, warning.message) for text in (ADA, "") for warning in parse(text, FILE).warnings]
    assert warned == [
        (2, "passwords go over the wire in the clear without tls_server_config; listen on loopback only"),
        (1, "says neither how to speak TLS nor who may look; plain HTTP is served to everybody"),
    ]
