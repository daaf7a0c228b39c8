"""Bring a signed request to a receiver, once, and return what it answered. Nothing here knows what a move is.

Rules: no redirect is followed, because a signed order goes where the operator wrote and nowhere else. No proxy of the
environment is used: its answers would be taken for the receiver's, and passwords of a .netrc file would be sent. What
failed before anything was sent is told apart from what failed after, because only the first has certainly no effect.
A connection is used for one request: one that is kept may be closed by the other side just when the next is sent.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit

import aiohttp

from aibwatch import __version__
from aibwatch.config.values import PORTS

CONNECT = timedelta(seconds=10)
"""For the connection, TLS included: a receiver that is far away needs half a second, one that is down may not answer
at all."""

LARGEST = 64 * 1024
"""Bytes of an answer that are read: it is a sentence and perhaps a state. What is longer is cut, and its status counts
all the same."""


REST = timedelta(seconds=5)
"""For the body of an answer whose status is there: words come at once, or are not worth waiting for."""


class NotSentError(Exception):
    """Nothing reached the receiver: there was no connection. The message says why."""


class LostError(Exception):
    """The request may have reached the receiver, and its answer did not come back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came back."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Those that matter, with names in lower case."""


class Receiver:
    """Where webhooks go."""

    def __init__(self, *urls: str, ca_bundle: str = "") -> None:
        """Make ready to call these.

        Raises:
            OSError: if the bundle of certificates cannot be read.
        """
        self._tls: ssl.SSLContext | None = None  # plain http needs no certificates, and to read them takes long
        if any(url.startswith("https:") for url in urls):
            self._tls = ssl.create_default_context(cafile=ca_bundle or None)

    async def send(self, method: str, url: str, *, headers: Mapping[str, str], body: bytes | None = None) -> Reply:
        """Return what the receiver answered. Waits as long as its caller lets it.

        Raises:
            NotSentError: if there was no connection.
            LostError: if the connection broke after that.
        """
        try:
            async with (
                aiohttp.ClientSession(
                    connector=aiohttp.TCPConnector(ssl=self._tls or True, force_close=True),
                    cookie_jar=aiohttp.DummyCookieJar(),
                    trust_env=False,
                    auto_decompress=False,
                    timeout=aiohttp.ClientTimeout(total=None, connect=CONNECT.total_seconds()),
                    headers={"User-Agent": f"aibwatch/{__version__}", "Accept-Encoding": "identity"},
                ) as session,
                session.request(method, url, headers=headers, data=body, allow_redirects=False) as answer,
            ):
                kept = {name: answer.headers[name] for name in ("location", "retry-after") if name in answer.headers}
                return Reply(status=answer.status, body=await _start_of(answer), headers=kept)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise NotSentError(_words(error)) from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            # ValueError: what aiohttp says of answers that are no HTTP in some ways.
            raise LostError(_words(error)) from error

    async def reach(self, url: str) -> None:
        """Connect, TLS included, send nothing and hang up.

        Raises:
            NotSentError: if there is no way there.
        """
        async with self.connected(url):
            pass

    @asynccontextmanager
    async def connected(self, url: str) -> AsyncIterator[asyncio.StreamWriter]:
        """Connect, TLS included, and hang up in the end.

        Raises:
            NotSentError: if there is no way there.
        """
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
        tls = self._tls if parts.scheme == "https" else None
        try:
            async with asyncio.timeout(CONNECT.total_seconds()):
                _, writer = await asyncio.open_connection(host, port, ssl=tls)
        except TimeoutError as error:
            raise NotSentError(f"no connection to {host}:{port} within {CONNECT.total_seconds():.0f} s") from error
        except (OSError, ValueError) as error:  # ValueError: a name that cannot be one
            raise NotSentError(f"no connection to {host}:{port}: {_words(error)}") from error
        try:
            yield writer
        finally:
            writer.close()
            with suppress(OSError):  # it was there; how it takes our leave does not matter. A time-out is one too
                async with asyncio.timeout(REST.total_seconds()):
                    await writer.wait_closed()


async def _start_of(answer: aiohttp.ClientResponse) -> bytes:
    """Return the body as far as it can be read: the status is there already, and it is what counts."""
    taken = bytearray()
    with suppress(aiohttp.ClientError, OSError, ValueError):  # OSError: the time-out too
        async with asyncio.timeout(REST.total_seconds()):
            async for chunk in answer.content.iter_any():
                taken += chunk
                if len(taken) >= LARGEST:
                    break
    return bytes(taken[:LARGEST])


def _words(error: Exception) -> str:
    return str(error) or type(error).__name__
