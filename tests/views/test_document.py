"""A document says the same on a terminal and in Markdown, and no text from outside gets out of its place."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aibwatch.views.document import Document, Section, as_markdown, as_text, escaped

SMALL = Document(
    title="A move",
    sentence="It moved.",
    sections=(
        Section(title="Left out"),
        Section(title="Lines", lines=("one", "two")),
        Section(title="Table", header=("a", "b"), rows=(("1", "long one"), ("222", "2"))),
        Section(title="Both", lines=("above",), header=("a",), rows=(("1",),)),
    ),
)


def with_text(text: str) -> Document:
    section = Section(title="T", lines=(text,), header=("a", "b"), rows=((text, "after"),))
    return Document(title="Title", sentence=text, sections=(section,))


def test_it_is_said_on_a_terminal() -> None:
    assert as_text(SMALL) == (
        "It moved.\n\nLines\n  one\n  two\n\nTable\n  1    long one\n  222  2\n\nBoth\n  above\n  1"
    )


def test_it_is_said_in_markdown() -> None:
    assert as_markdown(SMALL) == (
        "# A move\n\nIt moved.\n\n## Lines\n\n- one\n- two\n\n## Table\n\n| a | b |\n| --- | --- |\n| 1 | long one |\n"
        "| 222 | 2 |\n\n## Both\n\n- above\n\n| a |\n| --- |\n| 1 |\n"
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a|b", r"a\|b"),
        ("`rm`", r"\`rm\`"),
        ("one\n\n# two", r"one \# two"),
        ("<img src=x onerror=y>", r"\<img src=x onerror=y>"),
        ("[a](http://b)", r"\[a\](http://b)"),
        ("snake_case *bold* ~gone~", r"snake\_case \*bold\* \~gone\~"),
        ("a\\", "a\\\\"),
        ("\x1b[2Jgone", r"\[2Jgone"),
    ],
)
def test_what_means_something_in_markdown_is_shown_as_it_is(text: str, shown: str) -> None:
    assert escaped(text) == shown


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("- a", "\\- a"),
        ("12. a", "12\\. a"),
        ("1) a", "1\\) a"),
        ("> a", "\\> a"),
        ("=", "\\="),
        ("10.3 points", "10.3 points"),
        ("-1", "-1"),
    ],
)
def test_a_line_does_not_become_a_list_or_a_quotation(line: str, shown: str) -> None:
    assert as_markdown(Document(title="T", sentence=line, sections=())) == f"# T\n\n{shown}\n"


@given(text=st.text(max_size=80))
def test_no_text_breaks_out_of_its_cell_or_its_line(text: str) -> None:
    lines = as_markdown(with_text(text)).split("\n")
    assert len(lines) == 11 + 1
    bars = [len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)) for line in lines if line.startswith("| ")]
    assert bars == [3, 3, 3]
    assert lines[-3:-1] == ["| --- | --- |", lines[-2]]


@given(text=st.text(max_size=80))
def test_no_text_steers_a_terminal(text: str) -> None:
    told = as_text(with_text(text))
    assert all(char.isprintable() or char == "\n" for char in told)
    assert told.count("\n") == as_text(with_text("x")).count("\n")


@pytest.mark.parametrize("text", ["password: ab_cd_ef_gh", "token eyJhbGciOiJSUzI1NiJ9.eyJ_dWQi_iJhIn0.c2ln_mF0"])
def test_a_secret_is_taken_out_before_it_is_escaped(text: str) -> None:
    assert "_" not in as_markdown(with_text(text))
    assert "_" not in as_text(with_text(text))
