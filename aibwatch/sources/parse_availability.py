"""Understand availability as Resource Health tells it. Pure; nothing here raises, whatever the JSON is.

Facts: states are Available, Unavailable, Degraded, Unknown; Unknown means no news for ten minutes. Who caused it is
said in `context` ("Customer Initiated", "Platform Initiated") and in `reasonType` ("UserInitiated", "Unplanned"),
either of which may be empty (recorded, and Microsoft's examples).
"""

import re
from collections.abc import Mapping

from aibwatch.core.reading import table, text

STATES = frozenset({"available", "unavailable", "degraded", "unknown"})

_BY_CUSTOMER = re.compile(r"(customer|user)[\s-]*initiated", re.IGNORECASE)


def state_of(body: Mapping[str, object]) -> str | None:
    """Return the state in lower case; "unknown" for one that is new to us, None if the body tells none."""
    state = text(table(body, "properties"), "availabilityState").strip().lower()
    if not state:
        return None
    return state if state in STATES else "unknown"


def made_by_customer(body: Mapping[str, object]) -> bool:
    """Return whether the provider says that the customer caused it."""
    properties = table(body, "properties")
    return any(_BY_CUSTOMER.search(text(properties, key)) for key in ("reasonType", "context", "category"))
