"""Write times, bodies and poll URLs the way the service writes them.

The forms were read off recorded exchanges of 2023 to 2025: nine-digit run times with trailing zeros cut, seven-digit
operation times, resource provider bodies indented by one blank with `&` escaped, ARM's own bodies compact, poll URLs
signed and about 3 kB. This module does not know what a template is.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

JSON_TYPE = "application/json"
ARM_JSON_TYPE = "application/json; charset=utf-8"

NOT_YET = "0001-01-01T00:00:00Z"
"""What the service says for a time that has not come: the end of a run that goes on."""
NOT_YET_ZONELESS = "0001-01-01T00:00:00"
"""The same from Service Health, which leaves the zone out."""

SIGNED_PARTS = (("c", 1868), ("s", 256), ("h", 32))
"""Bytes behind a signed poll URL's certificate, signature and hash: as text the recorded 2491, 342, 43 characters."""

Json = dict[str, Any]


def run_time(at: datetime, salt: str) -> str:
    """Return `at` as lastRunStatus writes it: nanoseconds, trailing zeros cut. `salt` fills what Python lacks."""
    below = 1 + int(hashlib.sha256(salt.encode()).hexdigest(), 16) % 999
    return f"{at:%Y-%m-%dT%H:%M:%S}." + f"{at.microsecond:06d}{below:03d}".rstrip("0") + "Z"


def operation_time(at: datetime, salt: str) -> str:
    """Return `at` as operations write it: ticks of 100 ns, trailing zeros cut, never fewer than five digits here."""
    below = int(hashlib.sha256(salt.encode()).hexdigest(), 16) % 10
    digits = f"{at.microsecond:06d}{below}".rstrip("0")
    return f"{at:%Y-%m-%dT%H:%M:%S}.{digits if len(digits) >= 5 else f'{at.microsecond:06d}7'}Z"


def health_time(at: datetime) -> str:
    """Return `at` as Service Health and Resource Health write it: always seven digits."""
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond:06d}0Z"


def http_date(at: datetime) -> str:
    """Return `at` as the Date header says it, in English whatever the locale."""
    day = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[at.weekday()]
    month = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")[at.month - 1]
    return f"{day}, {at:%d} {month} {at:%Y %H:%M:%S} GMT"


def provider_json(body: object) -> bytes:
    """Return a body as the resource provider writes it."""
    return json.dumps(body, indent=1, ensure_ascii=False).replace("&", "\\u0026").encode()


def arm_json(body: object) -> bytes:
    """Return a body as ARM itself writes it."""
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()


def net_ticks(at: datetime) -> int:
    """Return `at` in ticks of 100 ns since the year 1, the unit of a poll URL's `t`."""
    since = at - datetime(1, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * 10_000_000 + since.microseconds * 10


def _filler(length: int, *parts: str) -> str:
    raw = hashlib.shake_256("\x1f".join(parts).encode()).digest(length)
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def signature(operation: str, ticks: str) -> dict[str, str]:
    """Return the query values that sign a poll URL. The certificate is the same for all, as in life."""
    signed = {"t": ticks}
    for name, length in SIGNED_PARTS:
        signed[name] = _filler(length, name) if name == "c" else _filler(length, name, operation.lower(), ticks)
    return signed


def signed_rightly(operation: str, query: Mapping[str, str]) -> bool:
    """Return whether a poll URL came back as it was given out."""
    return all(query.get(name) == value for name, value in signature(operation, query.get("t", "")).items())


def laid_over(below: Json, above: Mapping[str, object]) -> Json:
    """Return `below` with `above` laid over it: objects are merged, everything else is replaced."""
    both = dict(below)
    for key, value in above.items():
        under = both.get(key)
        both[key] = laid_over(under, value) if isinstance(under, dict) and isinstance(value, dict) else value
    return both
