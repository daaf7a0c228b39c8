"""Let only those give orders who have the token.

Rules: it comes in a header of its own, or as a bearer token where no password takes that place; it is
compared in constant time; without a configured token every order is refused; who is refused is counted.
"""

import hmac
import os
from collections.abc import Callable

from aiohttp import web

from aibwatch.config.path import named_file

LEAST_TOKEN = 16
"""Characters of a token; a shorter one can be guessed."""


def read_token(path: str) -> str:
    """Return the token in the file, or "" where no file is configured.

    Raises:
        ValueError: if the file cannot be read or holds no usable token; the message names it.
    """
    if not path:
        return ""
    try:
        token = named_file(path, os.environ).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"http.token_file {path}: cannot be read ({error}); create it or unset it") from error
    if len(token) < LEAST_TOKEN or not token.isascii() or not token.isprintable():
        raise ValueError(f"http.token_file {path}: needs a token of at least {LEAST_TOKEN} printable characters")
    return token


HEADER = "X-Aibwatch-Token"
"""Where the token is if Authorization has name and password. Pages of others cannot make a browser send it."""


class Token:
    """What a request must carry."""

    def __init__(self, token: str, refused: Callable[[], None]) -> None:
        """`refused` is called for each request that is not let in."""
        self._token, self._refused = token, refused

    def demand(self, request: web.Request) -> None:
        """Return if the request carries the token, or raise the answer that it gets instead."""
        if not self._token:
            self._refused()
            raise web.HTTPForbidden(text="orders are refused, because http.token_file is not configured\n")
        given_bytes = _given(request).encode(errors="surrogateescape")
        if not hmac.compare_digest(given_bytes, self._token.encode()):
            self._refused()
            headers = {"WWW-Authenticate": 'Bearer realm="aibwatch"'}
            raise web.HTTPUnauthorized(text="the token is missing or wrong\n", headers=headers)


def _given(request: web.Request) -> str:
    if HEADER in request.headers:
        return request.headers[HEADER].strip()
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    return given.strip() if scheme.lower() == "bearer" else ""
