"""Ask another aibwatch, elsewhere, how it sees our regions.

Rules: one GET of its status page, of no more than LIMIT and LARGEST; nothing is sent that lets anybody in but the name
and password that are configured for it, no redirect is followed, no proxy of the environment is used. Whatever goes
wrong is a failed poll: it is no evidence, and does not make a region blind. What the other one says is
dated with our own clock.
This module does not know what a peer's word weighs.
"""

import asyncio
import ssl
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import aiohttp

from aibwatch import __version__
from aibwatch.core.model import WELL, Diagnosis, FailureClass, Region
from aibwatch.core.observation import Observation, PeerSaid, Polled, Source
from aibwatch.core.reading import one_line
from aibwatch.core.sentences import printable
from aibwatch.sources.parse_peer import Page, parse_status
from aibwatch.sources.password import basic

LIMIT = timedelta(seconds=10)
"""For the whole poll. The other one answers from memory; it is asked again in a minute."""

CONNECT = timedelta(seconds=5)

LARGEST = 16 * 1024 * 1024
"""Bytes of an answer; a status of 10,000 templates is a few MiB."""

PATH = "/api/v1/status"

HEADERS = {
    "Accept": "application/json",
    "Accept-Encoding": "identity",  # so that LARGEST is the size of what is read, too
    "Cache-Control": "no-cache",  # a proxy's memory is not what the other one sees now
    "User-Agent": f"aibwatch/{__version__}",
}


class _RefusedError(Exception):
    """What came is not an answer that can be used; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerSpec:
    """Where another observer is."""

    name: str
    url: str
    """Base of its pages. https, or http on loopback."""
    ca_bundle: str = ""
    """File of certificates (PEM) to trust instead of the usual ones; "" for those."""
    username: str = ""
    """Whom it knows us as; "" where it asks for no password."""
    password_file: str = ""


class Peer:
    """One other observer."""

    def __init__(self, spec: PeerSpec, now: Callable[[], datetime], *, instance: str = "") -> None:
        """Make ready to ask. `instance` is which daemon we are, so that we do not take ourselves for another.

        Raises:
            ValueError: if its ca_bundle cannot be read.
        """
        self.name = spec.name
        self._url = spec.url.rstrip("/") + PATH
        self._now, self._instance = now, instance
        self._tls = _trust(spec)
        self._username, self._password_file = spec.username, spec.password_file

    async def poll(self, regions: Collection[Region]) -> tuple[Observation, ...]:
        """Return Polled, whose subject is the peer's name, and what it says of those of the regions that it sees."""
        page = await self._page(regions)
        flaw = page.flaw or self._mistaken(page)
        at = self._now()
        if flaw:
            return (Polled(at=at, source=Source.PEER, subject=self.name, diagnosis=_unheard(flaw)),)
        polled = Polled(at=at, source=Source.PEER, subject=self.name, diagnosis=WELL)
        said = (
            PeerSaid(at=at, peer=self.name, region=word.region, troubled=word.troubled, why=word.why)
            for word in page.words
        )
        return (polled, *said)

    def _mistaken(self, page: Page) -> str:
        ours = bool(self._instance) and page.instance == self._instance
        return "this daemon itself answers there; name another one, or remove the peer" if ours else ""

    async def _page(self, regions: Collection[Region]) -> Page:
        try:
            async with asyncio.timeout(LIMIT.total_seconds()):
                raw = await self._body()
        except TimeoutError:
            return Page(flaw=f"no answer came within {LIMIT.total_seconds():.0f} s")
        except _RefusedError as error:
            return Page(flaw=str(error))
        except (aiohttp.ClientError, OSError, ValueError) as error:
            # ValueError: what aiohttp says of answers that are no HTTP in some ways, or a password that cannot be read.
            return Page(flaw=one_line(str(error)) or type(error).__name__)
        return await asyncio.to_thread(parse_status, raw, regions)

    async def _body(self) -> bytes:
        known_as = await asyncio.to_thread(basic, self._username, self._password_file)
        # A session for each poll: one in a minute, and nothing that somebody would have to close.
        async with (
            aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(ssl=self._tls, force_close=True),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                trust_env=False,  # else passwords of a .netrc file would be sent
                timeout=aiohttp.ClientTimeout(total=None, connect=CONNECT.total_seconds()),
                headers={**HEADERS, "Authorization": known_as} if known_as else HEADERS,
            ) as session,
            session.get(self._url, allow_redirects=False) as answer,
        ):
            if answer.status != 200:
                raise _RefusedError(f"it answered {answer.status} {answer.reason or ''}".rstrip())
            if answer.headers.get("Content-Encoding", "identity") != "identity":
                raise _RefusedError("its answer is compressed, which was not asked for")
            return await _read(answer)


async def _read(answer: aiohttp.ClientResponse) -> bytes:
    parts: list[bytes] = []
    length = 0
    async for chunk in answer.content.iter_any():
        length += len(chunk)
        if length > LARGEST:
            raise _RefusedError(f"its answer is longer than {LARGEST // 1024 // 1024} MiB")
        parts.append(chunk)
    return b"".join(parts)


def _unheard(flaw: str) -> Diagnosis:
    """Return a failure that says nothing of any region: we were left without an answer, whoever is to blame."""
    return Diagnosis(cls=FailureClass.NETWORK, rule="peer-not-heard", summary=printable(one_line(flaw)))


def _trust(spec: PeerSpec) -> ssl.SSLContext | bool:
    if not spec.url.startswith("https:"):
        return True  # plain http needs no certificates, and reading the machine's takes longer than the rest
    try:
        return ssl.create_default_context(cafile=spec.ca_bundle or None)
    except OSError as error:
        why = error.strerror or str(error)
        raise ValueError(f"peer {spec.name}: its ca_bundle {spec.ca_bundle} cannot be read: {why}") from error
