"""Read whose quotas a request used, and what the headers of its answer say is left of them."""

import re
from collections.abc import Mapping

_NAME = re.compile(r"x-ms-ratelimit-remaining-((?:subscription|tenant)-[a-z-]{1,40})")
_SUBSCRIPTION = re.compile(r"/subscriptions/([0-9a-z-]{1,36})(?=[/?]|$)", re.IGNORECASE | re.ASCII)
"""No longer than a GUID, because it becomes a label."""

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


def subscription_of(url: str) -> str:
    """Return the subscription in the URL, in lower case; "" where it names none that can be one."""
    found = _SUBSCRIPTION.search(url)
    return found.group(1).lower() if found else ""
