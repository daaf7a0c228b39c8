"""Let the caller see and do what his roles allow, request by request, and answer what can be asked about them.

Rules: ARM refuses before anything is reached; of a list it leaves out what may not be read; Resource Graph leaves out
as well, and refuses only who may ask it nowhere. This module does not know what a role covers (roles.py).
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from aibwatch.simulator import reply
from aibwatch.simulator.ask import Ask, page_of
from aibwatch.simulator.graph import Graph
from aibwatch.simulator.refusal import Refusal, no_subscription
from aibwatch.simulator.reply import Reply
from aibwatch.simulator.rights import QUERY, right_of
from aibwatch.simulator.trouble import Operation
from aibwatch.simulator.wire import Json, arm_json
from aibwatch.simulator.world import World


class Access:
    """The caller's roles at the door of a world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._graph = Graph(world.scenario.seed)
        self.performs: Mapping[Operation, Callable[[Ask], Reply]] = {
            Operation.GRAPH: self._query,
            Operation.PERMISSIONS: self._permissions,
        }

    def forbidden(self, ask: Ask) -> Refusal | None:
        """Return ARM's refusal of what the caller may not do; None for what he may."""
        if ask.call.operation is Operation.GRAPH:
            return None  # it has no scope of its own: what it may show is decided row by row
        right, roles = right_of(ask.method, ask.path), self._world.roles
        allowed = (roles.allow_below if _lists(ask) else roles.allow)(right.action, right.scope)
        return None if allowed else roles.refusal(right.action, right.scope)

    def shown(self, ask: Ask, answer: Reply) -> Reply:
        """Return the answer without what the caller may not read of a list: its pages get shorter, as ARM's do."""
        if not _lists(ask) or answer.json is None or not isinstance(items := answer.json.get("value"), list):
            return answer
        action = right_of(ask.method, ask.path).action
        body = {**answer.json, "value": [item for item in items if self._world.roles.allow(action, str(item["id"]))]}
        return replace(answer, content=arm_json(body), json=body)

    def _query(self, ask: Ask) -> Reply:
        return self._graph.answer(ask.sent, self._rows, self._world.time())

    def _rows(self, subscriptions: frozenset[str]) -> list[Json]:
        # UNVERIFIED: that the action is needed beside the right to read is what tools of others ask for; and the code
        # of the refusal. Documented is its status, and that what may not be read is left out without a word.
        known, roles = set(self._world.subscriptions), self._world.roles
        asked = sorted(subscriptions or known)
        open_ = {one for one in asked if one in known and roles.allow_below(QUERY, f"/subscriptions/{one}")}
        if not open_:
            raise roles.refusal(QUERY, f"/subscriptions/{asked[0]}")
        bodies = (body for body in self._world.copies() if str(body["id"]).split("/")[2].lower() in open_)
        return [body for body in bodies if roles.allow(f"{body['type']}/read", str(body["id"]))]

    def _permissions(self, ask: Ask) -> Reply:
        scope = ask.call.name("resource")
        if (subscription := scope.split("/")[2]).lower() not in self._world.subscriptions:
            raise no_subscription(subscription)
        return reply.arm(200, page_of(self._world.roles.permissions(scope), ask))


def _lists(ask: Ask) -> bool:
    """Return whether resources are listed, each of which may or may not be read."""
    accounts = ask.call.operation is Operation.RESOURCE and not ask.call.name("group")
    return accounts or ask.call.operation is Operation.LIST
