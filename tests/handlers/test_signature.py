"""Secrets are read as people write them, and sign as Standard Webhooks says."""

import base64
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aibwatch.handlers.signature import SecretError, read_secrets, signed, without

KEY = bytes(range(32))
WRITTEN = f"whsec_{base64.b64encode(KEY).decode()}"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "secret"


def test_the_example_of_the_standard_gives_the_signature_of_the_standard() -> None:
    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    at, body = datetime.fromtimestamp(1614265330, UTC), b'{"test": 2432232314}'
    assert signed([secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", at, body) == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_two_secrets_are_two_signatures_in_their_order() -> None:
    at = datetime.fromtimestamp(1614265330, UTC)
    both = signed([KEY, KEY * 2], "id", at, b"")["webhook-signature"].split(" ")
    assert both == [signed([key], "id", at, b"")["webhook-signature"] for key in (KEY, KEY * 2)]


def test_base64_is_known_by_its_prefix_and_anything_else_stands_for_itself(file: Path) -> None:
    file.write_text(f"\n{WRITTEN}\r\n  a-secret-as-it-stands-here \n")
    assert read_secrets(str(file)) == (KEY, b"a-secret-as-it-stands-here")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("\n \n", " is empty; write whsec_ and 32 random bytes in base64 into it"),
        ("short", ", secret 1: has 5 bytes; 24 are the least"),
        (f"{WRITTEN}\nwhsec_c2hvcnQ=", ", secret 2: has 5 bytes; 24 are the least"),
        ("whsec_not base64", ", secret 1: what follows whsec_ is no base64"),
        (f"{WRITTEN}\n" * 5, " is no file of secrets; write one a line, at most 4"),
        ("x" * 5000, " is no file of secrets; write one a line, at most 4"),
    ],
)
def test_what_cannot_sign_is_told_without_repeating_it(file: Path, content: str, said: str) -> None:
    file.write_text(content)
    with pytest.raises(SecretError) as refused:
        read_secrets(str(file))
    assert str(refused.value) == f"secret_file {file}{said}"


def test_a_file_that_is_not_there_is_told(file: Path) -> None:
    with pytest.raises(SecretError, match=f"^secret_file {file} cannot be read: No such file or directory$"):
        read_secrets(str(file))


def test_a_secret_is_taken_out_of_a_text_in_both_its_forms() -> None:
    text = f"got {WRITTEN} and a-secret-as-it-stands-here"
    assert without((KEY, b"a-secret-as-it-stands-here"), text) == "got whsec_*** and ***"
