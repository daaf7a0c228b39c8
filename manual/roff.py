"""Write texts in the markup of manual pages: man(7), with nothing of GNU's own, so that mandoc reads it too."""

import re

SINCE = "2026-01-01"
"""Every page has to have a date; a version tells more, and stands beside it."""


def title(name: str, section: int, version: str, subject: str) -> str:
    """Return the line that a page begins with."""
    return f'.TH {name.upper()} {section} "{SINCE}" "aibwatch {version}" "{subject}"'


def heading(text: str) -> str:
    """Return a heading."""
    return f".SH {text}"


def subheading(text: str) -> str:
    """Return a heading of the second order, kept together with what follows it."""
    return f".SS {_quoted(plain(text))}"


def paragraph(text: str, *, first: bool = False) -> str:
    """Return paragraphs; what stands between backticks is bold. `first`: they follow a heading."""
    lines = "\n.PP\n".join(_line(part.replace("\n", " ")) for part in text.split("\n\n"))
    return lines if first else f".PP\n{lines}"


def item(term: str, text: str) -> str:
    """Return a term, already marked up, with what is to be said of it."""
    return f".TP\n{term}\n{_line(text)}"


def literal(text: str) -> str:
    """Return lines as they stand, indented."""
    lines = "\n".join(_line(line) if line else "" for line in text.splitlines())
    return f".PP\n.RS 4\n.nf\n{lines}\n.fi\n.RE"


def bold(text: str) -> str:
    """Return the text in bold, everything in it to be typed as it stands."""
    return rf"\fB{plain(text)}\fR"


def italic(text: str) -> str:
    """Return the text as a placeholder."""
    return rf"\fI{plain(text)}\fR"


def plain(text: str) -> str:
    r"""Return the text so that every character is printed as itself; "-" as the one that options begin with."""
    text = text.replace("\\", r"\e").replace("-", r"\-").replace("~", r"\(ti").replace("^", r"\(ha")
    return text.replace("'", r"\(aq").replace("`", r"\(ga")


def _line(text: str) -> str:
    """Return the text with a line for each sentence, as roff wants them; none begins with what is a request."""
    marked = re.sub(r"`([^`]+)`", "\x01\\1\x02", text)
    marked = plain(marked).replace("\x01", r"\fB").replace("\x02", r"\fR")
    lines = re.sub(r"(?<=[.?]) (?=[A-Z])", "\n", marked)
    return re.sub(r"^(?=\.)", r"\\&", lines, flags=re.MULTILINE)


def _quoted(text: str) -> str:
    return '"' + text.replace('"', r"\(dq") + '"'
