"""Read the token's file: a usable token, or a message that names the file and what to do."""

from pathlib import Path

import pytest

from aibwatch.runtime.token import LEAST_TOKEN, read_token


def test_no_file_is_no_token() -> None:
    assert read_token("") == ""


def test_white_space_around_a_token_is_the_editor_s(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("  0123456789abcdef\n")
    assert read_token(str(file)) == "0123456789abcdef"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"short",
        b"0" * (LEAST_TOKEN - 1),
        b"two lines of\nsome token here",
        b"a\x00token with a zero",
        "tökén-tökén-tökén".encode(),
    ],
)
def test_what_is_no_usable_token_is_refused_with_the_file_s_name(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "token"
    file.write_bytes(content)
    with pytest.raises(
        ValueError, match=f"^http.token_file {file}: needs a token of at least 16 printable characters$"
    ):
        read_token(str(file))


def test_bytes_that_are_no_text_are_refused_with_the_file_s_name(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_bytes(b"\xff\xfe" * 20)
    with pytest.raises(ValueError, match=f"http.token_file {file}: cannot be read"):
        read_token(str(file))


@pytest.mark.parametrize("name", ["absent", "."])
def test_a_file_that_cannot_be_read_is_told_with_what_to_do(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match=r"cannot be read .*; create it or unset it"):
        read_token(str(tmp_path / name))


def test_the_token_itself_is_never_in_the_message(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("secret\tsecret-secret")
    with pytest.raises(ValueError, match="needs a token") as refused:
        read_token(str(file))
    assert "secret-secret" not in str(refused.value)
