"""Tell whether a name and a password are those of somebody in the web config file.

Rules: bcrypt is slow on purpose, so an answer is remembered, and the same password every second costs nothing. Only one
is worked out at a time, beside the loop, and few may wait: whoever tries many slows down others who try, and nobody
who is known. A name that is unknown takes as long as one that is known. No password is kept, only a keyed digest.
"""

import asyncio
import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Mapping

import bcrypt

REMEMBERED = 100
"""Answers of each kind. More users than that rarely look at one daemon; a new one pushes out the oldest."""

WAITING = 16
"""Who may wait for an answer. Each takes about 0.1 s, so the last one waits for some two seconds."""

SIGNIFICANT = 72
"""Bytes of a password that bcrypt looks at. The library refuses longer ones; exporters of Prometheus cut them."""


class BusyError(Exception):
    """Too many passwords are being looked at."""


class Passwords:
    """Knows who was right before, and who was wrong."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._one_at_a_time = asyncio.Lock()
        self._waiting = 0
        self._right: dict[bytes, None] = {}
        self._wrong: dict[bytes, None] = {}
        """Apart, so that whoever tries many does not push out those who are right."""

    async def admits(self, users: Mapping[str, str], authorization: str) -> bool:
        """Return whether the header of a request names one of the users and the right password.

        Raises:
            BusyError: if too many are waiting to be told.
        """
        name, password = _told(authorization)
        if password is None or not users:
            return False
        # Somebody unknown is compared with somebody, so that the time does not tell who is known.
        user, hashed = (name, users[name]) if name in users else ("", next(iter(users.values())))
        known = self._known(mark := self._mark(user, hashed, password))
        if known is not None:
            return known
        if self._waiting >= WAITING:
            raise BusyError
        self._waiting += 1
        try:
            async with self._one_at_a_time:
                known = self._known(mark)
                if known is None:
                    known = await asyncio.to_thread(_fits, password, hashed) and user in users
                    _remember(self._right if known else self._wrong, mark)
        finally:
            self._waiting -= 1
        return known

    def _known(self, mark: bytes) -> bool | None:
        if mark in self._right:
            _remember(self._right, mark)  # the one that was seen last is forgotten last
            return True
        return False if mark in self._wrong else None

    def _mark(self, name: str, hashed: str, password: bytes) -> bytes:
        parts = (name.encode(), hashed.encode(), password)
        text = b"".join(len(part).to_bytes(4) + part for part in parts)
        return hmac.digest(self._key, text, hashlib.sha256)


def _remember(where: dict[bytes, None], mark: bytes) -> None:
    where.pop(mark, None)
    where[mark] = None
    if len(where) > REMEMBERED:
        del where[next(iter(where))]


def _told(authorization: str) -> tuple[str, bytes | None]:
    """Return name and password of an Authorization header; no password where it has none that can be read."""
    scheme, _, given = authorization.partition(" ")
    if scheme.lower() != "basic":
        return "", None
    try:
        name, colon, password = base64.b64decode(given.strip(), validate=True).partition(b":")
        return name.decode(), password[:SIGNIFICANT] if colon else None
    except (binascii.Error, ValueError):
        return "", None


def _fits(password: bytes, hashed: str) -> bool:
    try:
        return bcrypt.checkpw(password, hashed.encode())
    except ValueError:  # a NUL in the password, in some versions of the library
        return False
