"""Say how much one who connects may ask of us, and for how long."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """All limits of the web server. Tests have shorter times; nobody else needs others."""

    connections: int = 256
    """At once. A few scrapers, browsers and pipelines need some dozens; each costs a file and some 50 kB. The one that
    has been silent for longest makes room for the next."""
    greeting: timedelta = timedelta(seconds=10)
    """From the connection to the end of the TLS handshake: some round trips, even around the world."""
    headers: timedelta = timedelta(seconds=10)
    """From the connection, or the first byte of a further request, to the end of its headers."""
    body: timedelta = timedelta(seconds=20)
    """From there to the end of the body, so that a whole request takes at most 30 s; an order has some 100 bytes."""
    work: timedelta = timedelta(minutes=5)
    """From there to the answer. An order waits for its decision and a dry run for its handlers, which have limits of
    their own, and a question about the past for a minute of reading; this is the last resort."""
    between: timedelta = timedelta(seconds=75)
    """From the answer to the first byte of the next request: a scrape a minute finds its connection still there. Until
    then the answer must have been taken, too: a slow reader keeps a whole status in our memory."""
    linger: timedelta = timedelta(seconds=5)
    """For the rest of a request that was already answered, so that the answer is not lost with the connection."""


LARGEST_BODY = 64 * 1024
"""Bytes of a request; an order has some hundred."""

LONGEST_LINE = 8190
"""Bytes of a request's first line, and of one header. What other servers take, and so what clients keep to."""

MOST_HEADERS = 64
"""Of one request. A browser behind two proxies sends about 30."""
