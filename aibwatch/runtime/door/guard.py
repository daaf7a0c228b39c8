"""Know what the web config file asks of those who connect, and follow the file and its certificates while they change.

Rules: a file that is wrong when the daemon starts stops it. A file that becomes wrong changes nothing: what was in
force stays, that is logged and counted, and it is read again when it changes again. Whether TLS is spoken at all is
settled at the start, as with exporters of Prometheus: clients know the address by its scheme.
"""

import asyncio
import ssl
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from aibwatch.config.problem import ConfigError, Problem, in_order
from aibwatch.config.web.parse import parse
from aibwatch.config.web.settings import Web
from aibwatch.runtime.clock import Clock
from aibwatch.runtime.door.certificates import CertificateError, context_of, ending, expiry_of

log = structlog.get_logger(__name__)

BETWEEN = timedelta(milliseconds=500)
"""Between looks at the files. A change counts when two looks in a row find the same, so within a second or so: who
renews a certificate writes two files, one after the other."""

LARGEST = 256 * 1024
"""Bytes of a web config file: 1000 users and to spare."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """What a file says, ready to be used."""

    web: Web = field(default_factory=Web)
    tls: ssl.SSLContext | None = None
    expires: datetime | None = None
    """When the certificate ends."""


def read_web(path: Path) -> Web:
    """Return what the file says; what it names is not looked at.

    Raises:
        ConfigError: if it cannot be read, or with every mistake in it.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        message = f"cannot be read: {error.strerror or error}; correct http.web_config_file, or who may read it"
        raise ConfigError([_problem(path, "file", message)]) from error
    if len(content) > LARGEST:
        raise ConfigError([_problem(path, "file", f"is larger than {LARGEST // 1024} KiB")])
    try:
        return parse(content.decode(), path)
    except UnicodeDecodeError as error:
        raise ConfigError([_problem(path, "file", "is not UTF-8 text")]) from error


def in_force(web: Web, path: Path) -> InForce:
    """Return what the file says with its certificates.

    Raises:
        ConfigError: if one of them cannot be used.
    """
    if web.tls is None:
        return InForce(web=web)
    try:
        return InForce(web=web, tls=context_of(web.tls), expires=expiry_of(web.tls))
    except CertificateError as error:
        raise ConfigError([_problem(path, error.key, str(error))]) from error


def examine(path: Path, now: datetime) -> tuple[Problem, ...]:
    """Return what a web config file is warned of.

    Raises:
        ConfigError: with what is wrong with it or with its certificates.
    """
    found = in_force(read_web(path), path)
    late = ending(found.expires, now) if found.expires else ""
    more = (_problem(path, "tls_server_config.cert_file", late),) if late else ()
    return in_order((*found.web.warnings, *more))


class Guard:
    """What is asked of those who connect. Without a file: nothing."""

    def __init__(self, path: Path | None = None, told: Callable[[bool], None] = lambda _: None) -> None:
        """Read the file; `told` hears of every later reading whether it was taken over.

        Raises:
            ConfigError: if the file cannot be used.
        """
        self._path, self._told = path, told
        self._files: tuple[Path, ...] = (path,) if path else ()
        self._read_at: tuple[Stamp, ...] = ()
        self._seen: tuple[Stamp, ...] = ()
        self._current = self._read(path) if path else InForce()

    @property
    def tls(self) -> ssl.SSLContext | None:
        """Return how to speak TLS; None for plain HTTP."""
        return self._current.tls

    @property
    def client_names(self) -> tuple[str, ...]:
        """Return the names of which a client's certificate must have one; none for any."""
        return self._current.web.tls.client_names if self._current.web.tls else ()

    @property
    def users(self) -> Mapping[str, str]:
        """Return who may look, with hashes of passwords; empty for everybody."""
        return self._current.web.users

    @property
    def headers(self) -> Mapping[str, str]:
        """Return what is sent with every answer."""
        return self._current.web.headers

    async def follow(self, clock: Clock) -> None:
        """Take over what changes, until cancelled."""
        while self._path is not None:
            await clock.pause(BETWEEN)
            try:
                await asyncio.to_thread(self.look)
            except Exception:  # a fault of ours in reading a certificate must not end the watching of regions
                log.exception("the web config file cannot be followed; this is a fault of aibwatch")
                self._told(False)

    def look(self) -> None:
        """Read the files again if they changed since, and are the same as at the last look."""
        if self._path is None:
            return
        before, self._seen = self._seen, _stamps(self._files)
        if self._seen == self._read_at or self._seen != before:
            return
        try:
            fresh = self._read(self._path)
        except ConfigError as error:
            self._decline(error.problems)
            return
        if (fresh.tls is None) != (self._current.tls is None):
            message = "turning TLS on or off needs a restart of aibwatch"
            self._decline([_problem(self._path, "tls_server_config", message)])
            return
        self._current = fresh
        log.info("web config file taken over", expires=fresh.expires.isoformat() if fresh.expires else None)
        self._told(True)

    def _decline(self, problems: Iterable[Problem]) -> None:
        mistakes = [str(problem) for problem in problems]
        log.error("web config file not taken over; the one before stays in force", mistakes=mistakes)
        self._told(False)

    def _read(self, path: Path) -> InForce:
        # Stamps are taken before what they stand for is read, so that a change in between is seen at the next look.
        self._files, self._read_at = (path,), _stamps((path,))
        try:
            web = read_web(path)
            if web.tls is not None:
                self._files = (path, *web.tls.files)
                self._read_at = (*self._read_at, *_stamps(web.tls.files))
            return in_force(web, path)
        finally:
            self._seen = self._read_at


Stamp = tuple[int, int, int] | None
"""By what a file that was changed or replaced is known; None for one that is not there."""


def _stamps(files: tuple[Path, ...]) -> tuple[Stamp, ...]:
    return tuple(_stamp(file) for file in files)


def _stamp(file: Path) -> Stamp:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _problem(path: Path, key: str, message: str) -> Problem:
    return Problem(file=path, line=1, key=key, message=message)
