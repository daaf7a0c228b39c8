"""Check single values: each function returns the value or raises ValueError with what is wrong and what to do.

Settings hold what the operator wrote, letter case included. What only shows beside other settings is checked in
`aibwatch.config.checks`.
"""

import re
import warnings
from collections.abc import Callable, Sized
from datetime import datetime
from enum import StrEnum
from ipaddress import ip_address
from math import isfinite
from typing import TypeVar
from urllib.parse import SplitResult, urlsplit

from aibwatch.config.words import LARGEST_NUMBER_BITS, choices, quoted
from aibwatch.core.model import region_of

Choice = TypeVar("Choice", bound=StrEnum)
Items = TypeVar("Items", bound=Sized)

_SCOPE = r"/subscriptions/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/resourceGroups/[^/\s]+/providers"
_TEMPLATE = re.compile(_SCOPE + r"/Microsoft\.VirtualMachineImages/imageTemplates/[^/\s]+/?", re.IGNORECASE | re.ASCII)
_RESOURCE = re.compile(_SCOPE + r"/[^/\s]+(?:/[^/\s]+/[^/\s]+)+/?", re.IGNORECASE | re.ASCII)
_PLACE = re.compile(
    r"/subscriptions/[0-9a-f-]{36}/resourceGroups/[^/\s]+(?:/providers(?:/[^/\s]+)+)?/?|https?://[^/\s]+\S*",
    re.IGNORECASE | re.ASCII,
)
_GROUP_NAME = re.compile(r"[a-z0-9-]{1,63}")
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?")
_SCOPE_FORM = "/subscriptions/GUID/resourceGroups/GROUP/providers"

PORTS = {"https": 443, "http": 80}

LONGEST_PATTERN = 200
"""Characters of a regular expression; it runs over every event, and a longer one is no longer read by anyone."""


def choice_of(choice: type[Choice], noun: str) -> Callable[[object], Choice]:
    """Return the check of a setting with named choices."""

    def check(value: object) -> Choice:
        if isinstance(value, str) and value in set(choice):
            return choice(value)
        raise ValueError(f"{quoted(value)} is not a {noun}; choose {choices(choice)}")

    return check


def is_template(value: str) -> bool:
    """Return whether this is the resource id of an image template, in any letter case."""
    return _TEMPLATE.fullmatch(value) is not None


def template_resource(value: str) -> str:
    """Accept the resource id of an image template."""
    if is_template(value):
        return value
    form = f"{_SCOPE_FORM}/Microsoft.VirtualMachineImages/imageTemplates/NAME"
    raise ValueError(f"{quoted(value)} is not the resource id of an image template; write {form}")


def any_resource(value: str) -> str:
    """Accept the resource id of anything in a resource group."""
    if _RESOURCE.fullmatch(value):
        return value
    raise ValueError(f"{quoted(value)} is not a resource id; write {_SCOPE_FORM}/NAMESPACE/TYPE/NAME")


def place(value: str) -> str:
    """Accept the id of a resource or of a resource group, or a web address, with what may lie beneath it."""
    if _PLACE.fullmatch(value.strip()):
        return value
    raise ValueError(
        f"{quoted(value)} is neither a resource id nor an address; write /subscriptions/... or https://..."
    )


def region_name(value: str) -> str:
    """Accept a region's programmatic name."""
    if re.fullmatch(r"[a-z0-9]+", value):
        return value
    name = region_of(value)
    if re.fullmatch(r"[a-z0-9]+", name):
        raise ValueError(f'{quoted(value)} is not the name Azure uses in its API; write "{name}"')
    raise ValueError(f'{quoted(value)} is not a region; write its short name, like "westeurope"')


def instant(value: object) -> datetime:
    """Accept a date and time of TOML that says its offset: without one it means another moment on every machine."""
    if not isinstance(value, datetime):
        raise ValueError(f"{quoted(value)} is not a date with a time; write it without quotes: 2026-12-20T00:00:00Z")  # noqa: TRY004
    if value.tzinfo is None:
        iso = value.isoformat()
        raise ValueError(f"{iso} does not say its offset; write {iso}Z for UTC, or {iso}+01:00")
    return value


def is_group_name(value: str) -> bool:
    """Return whether this can stand in a URL, a metric label and a shell command without quotes."""
    return _GROUP_NAME.fullmatch(value) is not None


def group_name(value: str) -> str:
    """Accept the name of a group."""
    if is_group_name(value):
        return value
    raise ValueError(f"{quoted(value)} cannot name a group; use 1 to 63 of a-z, 0-9 and -")


def peer_name(value: str) -> str:
    """Accept the name of a peer."""
    if is_group_name(value):
        return value
    raise ValueError(f"{quoted(value)} cannot name a peer; use 1 to 63 of a-z, 0-9 and -")


def filled(value: str) -> str:
    """Accept any text but none."""
    if value.strip():
        return value
    raise ValueError("is empty; write a value or leave the key out")


def not_empty(items: Items) -> Items:
    """Accept any list but an empty one."""
    if items:
        return items
    raise ValueError("is empty; write one or leave the key out")


def program(command: tuple[str, ...]) -> tuple[str, ...]:
    """Accept a program that is found from everywhere alike; whether it is there, the daemon's own machine must say."""
    if "/" in command[0] and not command[0].startswith("/"):
        raise ValueError(f"{quoted(command[0])} depends on where the daemon was started; write its whole path")
    if any("\0" in word for word in command):
        raise ValueError("has a zero byte, which no program can be given; remove it")
    return command


def option(value: object) -> str | int | float | bool | tuple[str, ...]:
    """Accept what an installed handler may be told: it is kept with every move, so nothing is nested."""
    match value:
        case str() | bool():
            return value
        case int() if value.bit_length() < LARGEST_NUMBER_BITS:
            return value
        case float() if isfinite(value):
            return value
        case list() if all(isinstance(item, str) for item in value):
            return tuple(value)
        case _:
            raise ValueError(
                f"{quoted(value)} cannot be an option; write text, a number, true, false or a list of texts"
            )


def listen_address(value: str) -> str:
    """Accept host:port. Port 0 asks the system for a free one."""
    host, colon, port = value.rpartition(":")
    if not colon or not re.fullmatch(r"[0-9]{1,5}", port) or int(port) > 65535:
        raise ValueError(f'{quoted(value)} is not an address; write host:port, like "127.0.0.1:9877"')
    if not host:
        raise ValueError(f'{quoted(value)} names no host; write "127.0.0.1:{port}", or "0.0.0.0:{port}" for everyone')
    if not (_is_ip(host[1:-1]) if host.startswith("[") else _HOST.fullmatch(host)):
        raise ValueError(f'{quoted(host)} is not a host; write host:port, like "127.0.0.1:9877" or "[::1]:9877"')
    return value


def web_endpoint(value: str) -> str:
    """Accept https, and plain http only on this machine: what goes there carries a token or a signature."""
    return _web_address(value, "would send tokens unencrypted") if value else value


def peer_address(value: str) -> str:
    """Accept https, and plain http only on this machine: what comes from there is believed."""
    return _web_address(value, "could be answered by anybody on the way")


def address_of(url: str) -> tuple[str, int] | None:
    """Return host in lower case and port of a web address; None for what is none."""
    parts = _split(url)
    if parts is None or parts.scheme not in PORTS or not parts.hostname:
        return None
    return parts.hostname, PORTS[parts.scheme] if parts.port is None else parts.port


def is_loopback(host: str) -> bool:
    """Return whether the host is this machine by its name or address."""
    return host == "localhost" or (_is_ip(host) and ip_address(host).is_loopback)


def is_every_address(host: str) -> bool:
    """Return whether listening there means to listen on all addresses of this machine."""
    return _is_ip(host) and ip_address(host).is_unspecified


def _web_address(value: str, why_not_plain: str) -> str:
    url = _split(value)
    if url is None or url.scheme not in {"https", "http"} or not url.hostname:
        raise ValueError('is not a web address; write "https://HOST"')
    if url.username is not None or url.password is not None:
        raise ValueError("carries a user name or password; leave them out of the address")
    if url.query or url.fragment:
        raise ValueError('has a "?" or "#" part; write only "https://HOST"')
    if url.scheme == "http" and not is_loopback(url.hostname):
        raise ValueError(f"{quoted(value)} {why_not_plain}; write https, plain http is for loopback addresses only")
    return value


def state_url(value: str) -> str:
    """Accept where the state is kept. Never repeats the value: it may carry a password."""
    if re.fullmatch(r"sqlite:////[^/].*", value) or re.match(r"postgresql://.", value):
        return value
    if value.startswith("sqlite:"):
        raise ValueError('needs an absolute path; write four slashes, like "sqlite:////var/lib/aibwatch/aibwatch.db"')
    raise ValueError('is not a place to keep state; write "sqlite:////ABSOLUTE/PATH"')


def directory(value: str) -> str:
    """Accept the path of a directory that is the same wherever the daemon was started, or none."""
    if "\0" in value:
        raise ValueError("has a zero byte, which no path can have; remove it")
    if value and not value.startswith("/"):
        raise ValueError(f"{quoted(value)} depends on where the daemon was started; write its whole path")
    return value


def pattern(value: str) -> str:
    """Accept a regular expression that Python can compile."""
    if not value or len(value) > LONGEST_PATTERN:
        raise ValueError(f"must have 1 to {LONGEST_PATTERN} characters; empty would match every service")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # "[[" compiles; that its meaning may change in some Python is not news here
            re.compile(value, re.IGNORECASE)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"{quoted(value)} is not a regular expression: {error}") from error
    return value


def _split(value: str) -> SplitResult | None:
    try:
        url = urlsplit(value)
        _ = url.port  # reading it is what checks it
    except ValueError:
        return None
    return url


def _is_ip(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
