"""Cut a query for Resource Graph into its tokens. This module does not know what they mean."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")|(?P<number>\d+)"
    r"|(?P<word>!?[A-Za-z_]\w*~?)|(?P<sign>=~|!~|==|!=|[|()\[\],.=])|(?P<end>$))"
)


# Not frozen: Python writes the traceback into an exception.
@dataclass(eq=False)
class QueryError(Exception):
    """A query that is not understood, and where."""

    position: int
    """Characters from the beginning of the query."""
    token: str


@dataclass(frozen=True, slots=True)
class Token:
    """One word, sign, text or number of a query; the last one is its end."""

    kind: str
    text: str
    position: int


def tokens_of(text: str) -> Iterator[Token]:
    """Yield the tokens of a query, its end last. Raises QueryError for a character that begins none."""
    at = 0
    while (match := _TOKEN.match(text, at)) is not None:
        kind = match.lastgroup or "end"
        yield Token(kind, match[kind], match.start(kind))
        if kind == "end":
            return
        at = match.end()
    raise QueryError(at, text[at : at + 1])
