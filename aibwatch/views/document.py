"""Say one thing on a terminal and in Markdown: a title, a sentence, and sections of lines and tables.

Rules: texts come from outside (handlers, Azure, people), so on a terminal they cannot steer it, and in Markdown nothing
in them is markup: no table breaks at a bar, no line at a newline. These texts are passed on, so each is redacted.
This module does not know what it says.
"""

import re
from dataclasses import dataclass

from aibwatch.core.redact import redacted
from aibwatch.core.sentences import printable

MARKUP = re.compile(r"([\\`*_\[\]<|~&#$!])")
"""What means something anywhere in a line of Markdown."""

AT_START = re.compile(r"^(\d{0,9})([-+.)](?=\s|$)|[=>])")
"""What makes a list, a heading or a quotation of a line that begins with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Some lines, and a table below them."""

    title: str
    lines: tuple[str, ...] = ()
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What there is to say: the sentence first."""

    title: str
    sentence: str
    sections: tuple[Section, ...]


def as_text(document: Document) -> str:
    """Return it for a terminal. Sections that have nothing to say are left out."""
    parts = [plain(document.sentence)]
    for section in filled(document):
        parts += ["", f"{section.title}", *(f"  {plain(line)}" for line in section.lines), *_columns(section.rows)]
    return "\n".join(parts)


def as_markdown(document: Document) -> str:
    """Return it as Markdown (GitHub's, for the tables), with a newline at its end."""
    parts = [f"# {escaped(document.title)}", "", _line(document.sentence)]
    for section in filled(document):
        parts += ["", f"## {escaped(section.title)}", ""]
        parts += [f"- {_line(line)}" for line in section.lines]
        if section.rows:
            parts += ["", *_table(section)] if section.lines else _table(section)
    return "\n".join(parts) + "\n"


def escaped(text: str) -> str:
    """Return the text so that Markdown shows it as it is, on one line."""
    return MARKUP.sub(r"\\\1", plain(text))


def _line(text: str) -> str:
    return AT_START.sub(r"\1\\\2", escaped(text))


def plain(text: str) -> str:
    """Return the text on one line, redacted: after it was escaped, secrets would not be told by their form any more."""
    return redacted(" ".join(printable(text).split()))


def filled(document: Document) -> list[Section]:
    """Return the sections that have something to say."""
    return [section for section in document.sections if section.lines or section.rows]


def _columns(rows: tuple[tuple[str, ...], ...]) -> list[str]:
    cells = [tuple(map(plain, row)) for row in rows]
    widths = [max(len(cell) for cell in column) for column in zip(*cells, strict=True)]
    return ["  " + "  ".join(f"{c:<{w}}" for c, w in zip(row, widths, strict=True)).rstrip() for row in cells]


def _table(section: Section) -> list[str]:
    rule = tuple("---" for _ in section.header)
    cells = (section.header, rule, *section.rows)
    return ["| " + " | ".join(cell if row is rule else escaped(cell) for cell in row) + " |" for row in cells]
