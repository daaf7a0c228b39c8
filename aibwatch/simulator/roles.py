"""Say what the caller may do, as Azure's access control does: actions in roles, roles at scopes.

Rules: without any role in the scenario everything is allowed; with one, only what a role covers: its `actions` without
its `not_actions`, at its scope and everything below. A `*` stands for any characters, letter case does not count. A
list is made of what may be read of it. This module does not know which request needs which action (route.py).
"""

import re
from collections.abc import Iterable

from aibwatch.simulator.lots import guid
from aibwatch.simulator.parts import RoleSpec
from aibwatch.simulator.refusal import Refusal
from aibwatch.simulator.wire import Json


class Roles:
    """The roles of the one caller there is. Mutable: a drill replaces them."""

    def __init__(self, specs: Iterable[RoleSpec], seed: int) -> None:
        self._specs = tuple(specs)
        self._seed = seed

    def replace(self, specs: Iterable[RoleSpec]) -> int:
        """Let the caller have these roles and no others; return how many they are."""
        self._specs = tuple(specs)
        return len(self._specs)

    def allow(self, action: str, scope: str) -> bool:
        """Return whether the caller may do it there."""
        return not self._specs or any(_covers(spec, action) and _holds(spec, scope) for spec in self._specs)

    def allow_below(self, action: str, scope: str) -> bool:
        """Return whether the caller may do it there or to anything inside: a list needs no more."""
        inside = (_covers(spec, action) and within(spec.scope, scope) for spec in self._specs)
        return self.allow(action, scope) or any(inside)

    def check(self, action: str, scope: str) -> None:
        """Pass what the caller may do. Raises Refusal, as ARM words it, for everything else."""
        if not self.allow(action, scope):
            raise self.refusal(action, scope)

    def refusal(self, action: str, scope: str) -> Refusal:
        """Return ARM's refusal of an action."""
        text = (
            f"{self.client} does not have authorization to perform action '{action}' over scope '{scope}' or the scope "
            "is invalid. If access was recently granted, please refresh your credentials."
        )
        return Refusal(403, "AuthorizationFailed", text, lacking=action)

    @property
    def client(self) -> str:
        """The caller, as a refusal begins with it."""
        return f"The client '{guid(self._seed, 'client')}' with object id '{guid(self._seed, 'principal')}'"

    def permissions(self, scope: str) -> list[Json]:
        """Return what the caller may do at a scope, one entry for each role that holds there."""
        here = [spec for spec in self._specs if _holds(spec, scope)] if self._specs else [RoleSpec(actions=("*",))]
        return [
            {
                "actions": list(spec.actions),
                "notActions": list(spec.not_actions),
                "dataActions": [],
                "notDataActions": [],
            }
            for spec in here
        ]


def within(scope: str, outer: str) -> bool:
    """Return whether a scope is another one or inside it; "/" is around everything."""
    return f"{scope.rstrip('/')}/".lower().startswith(f"{outer.rstrip('/')}/".lower())


def _holds(spec: RoleSpec, scope: str) -> bool:
    return within(scope, spec.scope)


def _covers(spec: RoleSpec, action: str) -> bool:
    return _among(action, spec.actions) and not _among(action, spec.not_actions)


def _among(action: str, patterns: Iterable[str]) -> bool:
    return any(re.fullmatch(_regex(pattern), action, re.IGNORECASE) for pattern in patterns)


def _regex(pattern: str) -> str:
    return ".*".join(map(re.escape, pattern.split("*")))
