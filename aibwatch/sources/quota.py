"""Read whose quotas a request used, and what the headers of its answer say is left of them."""

import re
from collections.abc import Mapping
from datetime import timedelta

_NAME = re.compile(r"x-ms-ratelimit-remaining-((?:subscription|tenant)-[a-z-]{1,40})")
_SUBSCRIPTION = re.compile(r"/subscriptions/([0-9a-z-]{1,36})(?=[/?]|$)", re.IGNORECASE | re.ASCII)
"""No longer than a GUID, because it becomes a label."""

_SPAN = re.compile(r"(\d{1,2}):(\d{2}):(\d{2})(?:\.\d{1,9})?", re.ASCII)
_NUMBER = re.compile(r"\d{1,9}", re.ASCII)


def remaining(headers: Mapping[str, str]) -> dict[str, int]:
    """Return the numbers by the end of the header's name: {"subscription-reads": 249}. Never raises.

    Headers of other forms (x-ms-ratelimit-remaining-resource lists several quotas in one text) are left out: the
    names become labels of a metric, and there must not be many.
    """
    return {
        match.group(1): int(value)
        for name, value in headers.items()
        if (match := _NAME.fullmatch(name)) and _NUMBER.fullmatch(value.strip())
    }


def refills(headers: Mapping[str, str]) -> timedelta | None:
    """Return after how long Resource Graph lets this user ask again; None where the headers do not say.

    It is a span of time, "00:00:05" (recorded), and stands beside good answers too.
    """
    span = _SPAN.fullmatch(headers.get("x-ms-user-quota-resets-after", "").strip())
    return timedelta(hours=int(span[1]), minutes=int(span[2]), seconds=int(span[3])) if span else None


def subscription_of(url: str) -> str:
    """Return the subscription in the URL, in lower case; "" where it names none that can be one."""
    found = _SUBSCRIPTION.search(url)
    return found.group(1).lower() if found else ""
