"""See whether the management API is reached at all, and what time it is there. Without a token, so no right is needed.

Rules: any answer that has a header of Azure's is one; its Date header is compared with the middle of our wait for it.
Azure writes whole seconds, so a difference of one is none. This module does not know what is too much.
"""

import asyncio
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import aiohttp

from aibwatch.core.reading import one_line
from aibwatch.sources.endpoint import parse_endpoint

LIMIT = timedelta(seconds=10)

RESOLUTION = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Greeting:
    """What came back."""

    from_azure: bool
    """Whether it has a header that Azure puts on every answer, and proxies on none."""
    status: int
    took: timedelta
    ahead: timedelta | None
    """By how much our clock is ahead of theirs; negative where it is behind, None where no time came."""


async def greet(endpoint: str, ca_bundle: str, now: Callable[[], datetime]) -> Greeting | str:
    """Return what came back, or in words why nothing did.

    Raises:
        ValueError: if the endpoint cannot be used.
        OSError: if the CA bundle cannot be read.
    """
    home = parse_endpoint(endpoint)
    tls = True if home.plain else ssl.create_default_context(cafile=ca_bundle or None)
    begun = now()
    try:
        async with asyncio.timeout(LIMIT.total_seconds()):
            status, headers = await _answer(home.url, tls, through_proxy=not home.plain)
    except TimeoutError:
        return f"no answer came within {LIMIT.total_seconds():g} s"
    except (aiohttp.ClientError, OSError, ValueError) as error:
        return one_line(str(error)) or type(error).__name__
    ended = now()
    return Greeting(
        from_azure=any(name.lower().startswith("x-ms-") for name in headers),
        status=status,
        took=ended - begun,
        ahead=ahead_of(headers.get("Date", ""), begun + (ended - begun) / 2),
    )


async def _answer(url: str, tls: ssl.SSLContext | bool, *, through_proxy: bool) -> tuple[int, Mapping[str, str]]:
    async with (
        aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=tls, force_close=True),
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=through_proxy,
        ) as session,
        session.get(f"{url}/subscriptions?api-version=2022-12-01", allow_redirects=False) as answer,
    ):
        return answer.status, answer.headers


def ahead_of(date: str, here: datetime) -> timedelta | None:
    """Return by how much we are ahead of a Date header; what its whole seconds hide counts as nothing."""
    try:
        there = parsedate_to_datetime(date)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    ahead = here - (there if there.tzinfo else there.replace(tzinfo=UTC))
    if ahead < timedelta():
        return ahead
    return max(timedelta(), ahead - RESOLUTION)
