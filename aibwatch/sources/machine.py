"""Ask the metadata service of Azure in which region this machine is.

Rules: it is asked directly, past every proxy, which would answer for another machine; for two seconds, because where
there is none nobody answers. It is on this machine's own link, and nothing secret is sent there.
This module does not know what the region is asked for.
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import aiohttp

from aibwatch.core.model import Region, region_of
from aibwatch.core.reading import one_line, table, text

LIMIT = timedelta(seconds=2)
LARGEST = 256 * 1024
"""Bytes of an answer; one has 4 kB, and more with many tags."""

USUAL = "http://169.254.169.254"
OVERRIDE = "AZURE_POD_IDENTITY_AUTHORITY_HOST"
"""Variable with another address, as azure-identity knows it: of a sidecar, or of the stand-in."""

PATH = "/metadata/instance/compute?api-version=2021-02-01&format=json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """That the region is not known."""

    why: str


async def whereabouts(environment: Mapping[str, str]) -> Region | Elsewhere:
    """Return the region of this machine, or why it is not known: mostly because it is not in Azure."""
    url = f"{(environment.get(OVERRIDE) or USUAL).rstrip('/')}{PATH}"
    try:
        async with asyncio.timeout(LIMIT.total_seconds()):
            return await _ask(url)
    except TimeoutError:
        return Elsewhere(why=f"no metadata service answered within {LIMIT.total_seconds():g} s")
    except (aiohttp.ClientError, OSError, ValueError) as error:
        return Elsewhere(why=f"no metadata service was reached: {one_line(str(error)) or type(error).__name__}")


async def _ask(url: str) -> Region | Elsewhere:
    async with (
        aiohttp.ClientSession(trust_env=False, cookie_jar=aiohttp.DummyCookieJar()) as session,
        session.get(url, headers={"Metadata": "true"}, allow_redirects=False) as answer,
    ):
        if answer.status != 200:
            return Elsewhere(why=f"the metadata service answered {answer.status}")
        raw = await answer.content.read(LARGEST + 1)
    return region_in(raw)


def region_in(raw: bytes) -> Region | Elsewhere:
    """Return the region that an answer names. Never raises."""
    try:
        body = table(json.loads(raw))
    except (ValueError, RecursionError):
        return Elsewhere(why="the metadata service answered something else than JSON")
    region = region_of(text(body, "location"))
    return region or Elsewhere(why="the metadata service names no location")
