"""Check the way to Azure: its name, its address, and whether the clocks agree.

A clock that is wrong makes tokens invalid and dates evidence wrongly, so it is told long before it does harm.
"""

import asyncio
import socket
from datetime import timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from aibwatch.app.doctor.bench import Bench
from aibwatch.core.checkup import Cause, Checked, fail, warn, well
from aibwatch.sources.greeting import Greeting, greet

LOOKUP = timedelta(seconds=5)
"""For one name. A resolver that needs longer makes every new connection fail in its time."""

SLOW = timedelta(seconds=1)

SKEW_TOLD, SKEW_WRONG = timedelta(seconds=5), timedelta(seconds=60)
"""From the first on it is told; from the second on the times of what is seen cannot be compared with Azure's: evidence
of a minute ago would count as of now."""

PROXIES = ("HTTPS_PROXY", "https_proxy")


async def check_name(bench: Bench) -> list[Checked]:
    """Return whether the name of the endpoint is found."""
    host = urlsplit(bench.endpoint).hostname or ""
    proxy = next((name for name in PROXIES if bench.environment.get(name)), "")
    if _is_address(host):
        return [well("dns", f"{host} is an address and needs no name")]
    if proxy and urlsplit(bench.endpoint).scheme == "https":
        return [well("dns", f"the proxy of {proxy} looks up {host}")]
    begun = bench.clock.now()
    try:
        async with asyncio.timeout(LOOKUP.total_seconds()):
            found = await asyncio.get_running_loop().getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError, TimeoutError) as error:
        why = getattr(error, "strerror", None) or f"no answer within {LOOKUP.total_seconds():g} s"
        return [fail("dns", f"{host} is not found: {why}", "look at /etc/resolv.conf and the network", UNREACHABLE)]
    took = bench.clock.now() - begun
    told = f"{host} is found in {took.total_seconds():.1f} s ({found[0][4][0]})"
    if took > SLOW:
        return [warn("dns", f"{told}, which is slow", "look at the resolver of this host: every connection waits")]
    return [well("dns", told)]


async def check_endpoint(bench: Bench) -> list[Checked]:
    """Return whether the endpoint answers, and how its clock stands to ours."""
    try:
        greeting = await greet(bench.endpoint, bench.azure.ca_bundle, bench.clock.now)
    except OSError as error:
        why = error.strerror or str(error)
        return [
            fail("endpoint", f"azure.ca_bundle cannot be read: {why}", "correct its path or its owner", UNREACHABLE)
        ]
    if isinstance(greeting, str):
        said = f"{bench.endpoint} does not answer: {greeting}"
        return [fail("endpoint", said, "look at the network, firewall and proxy of this host", UNREACHABLE)]
    if not greeting.from_azure:
        said = f"what answers at {bench.endpoint} is not Azure ({greeting.status}, without one header of Azure's)"
        return [fail("endpoint", said, "a proxy may answer in its place: let this host through", UNREACHABLE)]
    answered = well("endpoint", f"{bench.endpoint} answered in {greeting.took.total_seconds():.1f} s")
    return [answered, _clock(greeting)]


def _clock(greeting: Greeting) -> Checked:
    ahead = greeting.ahead
    if ahead is None:
        return warn("clock", "Azure did not say what time it is", "look whether a proxy takes the Date header away")
    seconds, way = abs(ahead.total_seconds()), "ahead of" if ahead > timedelta() else "behind"
    told = f"this host's clock is {seconds:.0f} s {way} Azure's"
    remedy = "let NTP set it (chronyc tracking, timedatectl)"
    if seconds > SKEW_WRONG.total_seconds():
        return fail("clock", f"{told}; tokens and the times of evidence are wrong", remedy)
    if seconds > SKEW_TOLD.total_seconds():
        return warn("clock", told, remedy)
    return well("clock", f"this host's clock and Azure's agree within {SKEW_TOLD.total_seconds():.0f} s")


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


UNREACHABLE = Cause.UNREACHABLE
