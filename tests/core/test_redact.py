"""Secrets are taken out of texts, ids stay in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aibwatch.core.redact import redacted

JWT = "eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJhIn0.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "log: https://s.blob.core.windows.net/packerlogs/a/c.log?sv=1&sig=x%3D.",
            "log: https://s.blob.core.windows.net/packerlogs/a/c.log?***",
        ),
        (f"Authorization: Bearer {JWT}", "Authorization: *** ***"),
        (f"token {JWT} refused", "token *** refused"),
        (f'{{"access_token":"{JWT}"}}', '{"access_token":"***"}'),
        ('{\\"client_secret\\": \\"abcd1234\\"}', '{\\"client_secret\\": \\"***\\"}'),
        ("AccountName=n;AccountKey=abcd1234==;x", "AccountName=n;AccountKey=***;x"),
        ("git clone https://me:hunter22@host/x", "git clone https://***@host/x"),
        ("password: hunter22", "password: ***"),
    ],
)
def test_a_secret_is_not_shown(text: str, shown: str) -> None:
    assert redacted(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "Correlation ID: 11112222-3333-4444-5555-666677778888.",
        "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v",
        "go to https://aka.ms/azvmimagebuilderts.",
        "the token of the identity was refused",
    ],
)
def test_ids_and_words_stay(text: str) -> None:
    assert redacted(text) == text


@given(text=st.text(max_size=300))
def test_what_is_redacted_twice_is_the_same(text: str) -> None:
    assert redacted(redacted(text)) == redacted(text)


def test_colours_of_a_terminal_hide_no_secret() -> None:
    assert redacted("\x1b[1;31mpassword\x1b[0m=\x1b[4mhunter22") == "password=***"
