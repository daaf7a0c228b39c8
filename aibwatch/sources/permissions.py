"""Ask Azure what we may do at a scope.

This module does not know what is needed; see core.rights, and core.permitted for what a list of permissions means.
"""

from collections.abc import Iterable, Mapping

from aibwatch.core.permitted import Permission
from aibwatch.core.reading import cleaned, items, table
from aibwatch.sources.answer import Bad
from aibwatch.sources.arm import Api, Arm
from aibwatch.sources.paging import Limits, collect

LIMITS = Limits(pages=20, size=16 * 1024 * 1024)
"""A caller has a handful of roles; owners of everything had some thousand lines."""

PATH = "/providers/Microsoft.Authorization/permissions"


class Permissions:
    """The permissions of whoever asks."""

    def __init__(self, arm: Arm) -> None:
        self._arm = arm

    async def at(self, scope: str) -> tuple[Permission, ...] | Bad:
        """Return what may be done at a subscription, resource group or resource, inherited rights included."""
        listed = await collect(
            self._arm, f"{scope}{PATH}", api=Api.AUTHORIZATION, operation="list_permissions", limits=LIMITS
        )
        return listed.failure or permissions_in(listed.entries)


def permissions_in(entries: Iterable[object]) -> tuple[Permission, ...]:
    """Return the entries of the list. Never raises; what has no actions gives none."""
    return tuple(
        Permission(actions=_texts(body, "actions"), not_actions=_texts(body, "notActions"))
        for body in map(table, entries)
    )


def _texts(body: Mapping[str, object], key: str) -> tuple[str, ...]:
    return tuple(text for item in items(body, key) if (text := cleaned(item).strip()))
