"""Name the action that a request needs, and the scope it needs it at, from its method and path.

Azure names nearly every action after the path: the types without the names, then read, write, delete, or the verb and
`action`. What deviates stands in a table. Of a list the scope is what it lists inside of. This module does not know
whether anybody may do it (roles.py) nor whether such a path is answered (route.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass

QUERY = "Microsoft.ResourceGraph/resources/read"
"""Needed somewhere in a subscription that a query is about."""
ASSIGN = "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action"
"""Needed at every identity that is given to a template."""

_VERBS: Mapping[str, str] = {"GET": "read", "HEAD": "read", "PUT": "write", "PATCH": "write", "DELETE": "delete"}

_DEVIATING: Mapping[str, str] = {
    "microsoft.resourcegraph/resources/action": QUERY,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """An action and where it is needed."""

    action: str
    scope: str


def right_of(method: str, path: str) -> Right:
    """Return what a request to a path that is answered here needs."""
    parts = path.strip("/").split("/")
    folded = [part.lower() for part in parts]
    # The last provider is the one that is asked: a resource may have something of another one below it.
    place = len(folded) - 1 - folded[::-1].index("providers") if "providers" in folded else len(folded)
    if len(parts) - place < 3:
        return _of_resources(method, parts)
    named = parts[place + 2 :]
    types = named[::2]
    if named[-1].lower() == "current":  # the present status of a resource: a name that counts as a type
        types.append(named[-1])
    verb = _VERBS.get(method) or f"{types.pop()}/action"
    action = "/".join([parts[place + 1], *types, verb])
    inside = parts[: place + 2 + len(named) - len(named) % 2] if len(named) > 1 else parts[:place]
    return Right(action=_DEVIATING.get(action.lower(), action), scope=f"/{'/'.join(inside)}")


def _of_resources(method: str, parts: list[str]) -> Right:
    """Return the right to what belongs to ARM itself: /subscriptions/S/resourceGroups/G and its like."""
    action = "/".join(["Microsoft.Resources", *parts[::2], _VERBS.get(method, "action")])
    inside = parts if len(parts) % 2 == 0 and parts[2:3] != ["providers"] else parts[:2]
    return Right(action=action, scope=f"/{'/'.join(inside)}")
