"""Take out of a text what lets its reader in: tokens, signatures, passwords.

Rules: ids stay, because support asks for them; of an address the path stays and the query goes, because a signed one is
a key. A terminal's colours go first: they stand before a name without a gap, and would hide it. This module does not
know where the text goes.
"""

import re

HIDDEN = "***"

_COLOUR = re.compile(r"\x1b\[[0-9;]{0,20}[A-Za-z]")
_QUERY = re.compile(r"(https?://[^\s?\"'<>]{1,2000})\?[^\s\"'<>]+", re.IGNORECASE)
_LOGIN = re.compile(r"(https?://)[^\s/@\"'<>]{1,200}@", re.IGNORECASE)
_BEARER = re.compile(r"\b(Bearer|SharedAccessSignature)\s+[\w.~+/=&%-]{8,}", re.IGNORECASE)
_JWT = re.compile(r"\beyJ[\w-]{8,4000}\.[\w-]+(\.[\w-]*)?")
_NAMED = re.compile(
    r"\b(access_?token|refresh_?token|id_?token|client_?secret|client_?assertion|account_?key|shared_?access_?key"
    r"|password|passwd|pwd|secret|api_?key|sig|sas_?token|authorization)(\\?[\"']?\s?[=:]\s?\\?[\"']?)"
    r"[^\s\"',;&\\]{4,}",
    re.IGNORECASE,
)


def redacted(text: str) -> str:
    """Return the text with *** for each secret that can be told by its form or by the name in front of it."""
    text = _COLOUR.sub("", text)
    text = _LOGIN.sub(rf"\1{HIDDEN}@", text)
    text = _QUERY.sub(rf"\1?{HIDDEN}", text)
    text = _BEARER.sub(rf"\1 {HIDDEN}", text)
    text = _JWT.sub(HIDDEN, text)
    return _NAMED.sub(rf"\1\2{HIDDEN}", text)
