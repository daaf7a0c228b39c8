"""Say whether what Azure lists as somebody's permissions lets him do something.

Rules: an action is allowed by an entry that has it among its actions and not among its notActions; what one entry takes
away another may give. "*" stands for any characters, slashes too; letter case does not matter. Deny assignments are not
in the list, so what is allowed here may be denied all the same; only the deed itself tells.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """One entry: what one role gives at a scope."""

    actions: tuple[str, ...]
    not_actions: tuple[str, ...] = ()


def allows(permissions: Iterable[Permission], action: str) -> bool:
    """Return whether the action is allowed by any of them."""
    return any(_in(entry.actions, action) and not _in(entry.not_actions, action) for entry in permissions)


def _in(patterns: Iterable[str], action: str) -> bool:
    return any(_matches(pattern.lower(), action.lower()) for pattern in patterns)


def _matches(pattern: str, action: str) -> bool:
    """Return whether the pattern is the action. Not by a regular expression: some patterns would take it for ever."""
    first, *rest = pattern.split("*")
    if not rest:
        return pattern == action
    *middle, last = rest
    if not action.startswith(first) or not action.endswith(last) or len(action) < len(first) + len(last):
        return False
    at, end = len(first), len(action) - len(last)
    for part in middle:
        found = action.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True
