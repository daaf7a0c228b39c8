r"""Make a message plain, however it came wrapped.

The same failure is quoted bare, as JSON, as JSON in a string of JSON (recorded), with its quotes as \u0027, as a piece
of a web page, over several lines, and with "Deployment failed. Correlation ID: ..." in front. Rows of the table are
written for one form; this makes it. What comes out is for searching, not for showing.
"""

import re

HEAD = 24_000
TAIL = 8_000
"""Characters of a text that are looked at, from its beginning and from its end. Messages of the service were below
1,000; what is longer is a log, which says at its end what broke. A text of any length so takes some 30 ms."""

MOST_NESTED = 5
"""Levels of escaping that are taken off; two were recorded, a pipeline and a shell may each add one."""

_ESCAPE = re.compile(r"\\(u[0-9a-f]{4}|[nrtbf\"'/\\])", re.IGNORECASE)
_BLANKS = frozenset("nrtbf")
_CORRELATION = re.compile(r"Deployment failed\.? ?Correlation ID:? ?[0-9a-z-]{1,64}\.? ?", re.IGNORECASE)
_ENTITIES = {"&quot;": '"', "&#34;": '"', "&#39;": "'", "&#x27;": "'", "&apos;": "'", "&lt;": "<", "&gt;": ">"}
_ENTITY = re.compile("|".join(_ENTITIES), re.IGNORECASE)
_QUOTES = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "\u00a0": " "})


def plain(text: str) -> str:
    """Return the text unescaped, on one line, without the service's usual preamble. Letters keep their case."""
    if len(text) > HEAD + TAIL:
        text = f"{text[:HEAD]} {text[-TAIL:]}"
    for _ in range(MOST_NESTED):
        unescaped = _ESCAPE.sub(_character, text)
        if unescaped == text:
            break
        text = unescaped
    if "&" in text:
        text = _ENTITY.sub(_entity, text.replace("&amp;", "&").replace("&AMP;", "&"))
    text = " ".join(text.translate(_QUOTES).split())
    return _CORRELATION.sub("", text).strip()


def _character(found: re.Match[str]) -> str:
    what = found[1].lower()
    if what.startswith("u"):
        return chr(int(what[1:], 16))
    return " " if what in _BLANKS else found[1]


def _entity(found: re.Match[str]) -> str:
    return _ENTITIES[found[0].lower()]
