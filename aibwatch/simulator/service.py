"""Answer well-formed requests as ARM and the provider do when nothing is wrong.

Lists and errors are ARM's own; everything about one template comes from the provider; whatever takes time is answered
with a signed URL to poll. This module does not know tokens, troubles or sockets.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import quote, urlencode
from uuid import uuid4

from aibwatch.simulator import reply
from aibwatch.simulator.graph import Graph
from aibwatch.simulator.refusal import Refusal, no_subscription
from aibwatch.simulator.reply import Reply
from aibwatch.simulator.rights import QUERY, right_of
from aibwatch.simulator.route import Call
from aibwatch.simulator.trouble import Operation
from aibwatch.simulator.wire import Json, net_ticks, signature, signed_rightly
from aibwatch.simulator.works import Work
from aibwatch.simulator.world import World

PAGE = 10
"""Templates a page, as recorded; used for every list here."""

LISTS = frozenset({Operation.LIST})
"""Lists of resources that each may or may not be read."""

NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request, read and understood."""

    call: Call
    method: str
    origin: str
    """Scheme and host as the client wrote them: links lead back there."""
    path: str
    query: Mapping[str, str]
    """Names in lower case."""
    sent: object = None
    """The JSON that came with it."""


class Service:
    """Perform requests on a world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._graph = Graph(world.scenario.seed)
        self._perform: Mapping[Operation, Callable[[Ask], Reply]] = {
            Operation.LIST: self._list,
            Operation.GET: self._get,
            Operation.CREATE: self._create,
            Operation.PATCH: self._patch,
            Operation.DELETE: self._delete,
            Operation.RUN: self._run,
            Operation.CANCEL: self._cancel,
            Operation.OUTPUTS: self._outputs,
            Operation.OPERATION: self._operation,
            Operation.EVENTS: self._events,
            Operation.AVAILABILITY: self._availability,
            Operation.ACTIVITY: self._activity,
            Operation.IMAGE: self._image,
            Operation.GRAPH: self._query,
            Operation.PERMISSIONS: self._permissions,
        }

    def regions(self, ask: Ask) -> tuple[str, ...]:
        """Return the regions a request concerns; () for one that ARM answers for all of them."""
        name = ask.call.name
        match ask.call.operation:
            case Operation.OPERATION:
                return (name("region").lower(),)
            case Operation.CREATE:
                location = ask.sent.get("location") if isinstance(ask.sent, dict) else None
                return ("".join(location.split()).lower(),) if isinstance(location, str) else ()
            case Operation.LIST if not name("group"):
                return ()
            case Operation.AVAILABILITY:
                resource = name("resource").lower()
                mine = (
                    spec.region for spec in self._world.scenario.availabilities if spec.resource.lower() == resource
                )
                return tuple(sorted(set(mine)))
            case Operation.EVENTS | Operation.ACTIVITY | Operation.GRAPH | Operation.PERMISSIONS:
                return ()
            case Operation.IMAGE:
                return self._world.regions_of_image(_image_id(ask))
            case _:
                return self._world.regions_of(name("subscription"), name("group"), name("name"))

    def forbidden(self, ask: Ask) -> Refusal | None:
        """Return ARM's refusal of what the caller may not do; None for what he may. Nothing is done yet."""
        right, roles = right_of(ask.method, ask.path), self._world.roles
        if ask.call.operation is Operation.GRAPH:
            return None  # it has no scope of its own: what it may show is decided row by row
        seen = roles.allow_below if ask.call.operation in LISTS else roles.allow
        return None if seen(right.action, right.scope) else roles.refusal(right.action, right.scope)

    def perform(self, ask: Ask) -> Reply:
        """Do what is asked, and answer."""
        try:
            return self._perform[ask.call.operation](ask)
        except Refusal as refusal:
            return reply.refused(refusal)

    def _readable(self, bodies: list[Json], ask: Ask) -> list[Json]:
        """Return what the caller may read of a list: ARM leaves the rest out."""
        action = right_of(ask.method, ask.path).action
        return [body for body in bodies if self._world.roles.allow(action, str(body["id"]))]

    def _list(self, ask: Ask) -> Reply:
        first = _first(ask)
        templates, count = self._world.templates(
            ask.call.name("subscription"), ask.call.name("group") or None, first, PAGE
        )
        # Left out of its page, not of the list: pages get shorter, as those that ARM filters do.
        answer = reply.arm(200, _linked(self._readable(templates, ask), first, count, ask))
        # Marks an answer that ARM has merged from what the regions said: one id for each.
        asked = ",".join(str(uuid4()) for _ in {template["location"] for template in templates})
        return replace(answer, headers={**answer.headers, "x-ms-original-request-ids": asked})

    def _get(self, ask: Ask) -> Reply:
        return reply.provider(200, self._world.template(ask.call.key))

    def _create(self, ask: Ask) -> Reply:
        name = ask.call.name
        body, work = self._world.create(name("subscription"), name("group"), name("name"), ask.sent)
        # A creation has no Location header, unlike everything else that takes time.
        answer = reply.provider(201, body, **{"Azure-AsyncOperation": _poll_url(ask, work)})
        return replace(answer, request_id=work.operation)

    def _patch(self, ask: Ask) -> Reply:
        body, work = self._world.patch(ask.call.key, ask.sent)
        return reply.provider(200, body) if work is None else _accepted(ask, work)

    def _delete(self, ask: Ask) -> Reply:
        work = self._world.delete(ask.call.key)
        return Reply(status=204) if work is None else _accepted(ask, work)

    def _run(self, ask: Ask) -> Reply:
        return _accepted(ask, self._world.run(ask.call.key))

    def _cancel(self, ask: Ask) -> Reply:
        self._world.cancel(ask.call.key)
        return Reply(status=204)

    def _outputs(self, ask: Ask) -> Reply:
        if name := ask.call.name("output"):
            return reply.provider(200, self._world.output(ask.call.key, name))
        return reply.provider(200, _page(self._world.outputs(ask.call.key), ask))

    def _image(self, ask: Ask) -> Reply:
        # Compute answers a PATCH of a version with 200 where nothing has to be copied; only that is done here.
        return reply.provider(200, self._world.image(_image_id(ask), ask.sent))

    def _operation(self, ask: Ask) -> Reply:
        name = ask.call.name
        body = self._world.operation(name("subscription"), name("region"), name("id"))
        if not signed_rightly(name("id"), ask.query):
            # UNVERIFIED status and code: what is known is that the URL must come back unchanged.
            raise Refusal(400, "InvalidPollUrl", "The poll URL was changed; send it as it was given out.", by_arm=False)
        return reply.provider(200, body)

    def _events(self, ask: Ask) -> Reply:
        since = _since(ask.query.get("querystarttime", ""))
        # $filter is not understood: its documented syntaxes contradict each other, so clients filter for themselves.
        return reply.arm(200, _page(self._world.events(ask.call.name("subscription"), since), ask))

    def _availability(self, ask: Ask) -> Reply:
        if resource := ask.call.name("resource"):
            return reply.arm(200, self._world.availability(resource))
        return reply.arm(200, _page(self._world.availabilities(ask.call.name("subscription")), ask))

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
        if scope.split("/")[2].lower() not in self._world.subscriptions:
            raise no_subscription(scope.split("/")[2])
        return reply.arm(200, _page(self._world.roles.permissions(scope), ask))

    def _activity(self, ask: Ask) -> Reply:
        wanted, select = ask.query.get("$filter", ""), ask.query.get("$select", "")
        entries = self._world.activities(ask.call.name("subscription"), wanted, select)
        first = _first(ask, "$skiptoken")
        kept = {name: ask.query[name] for name in ("$filter", "$select") if name in ask.query}
        return reply.provider(200, _linked(entries[first : first + PAGE], first, len(entries), ask, "$skiptoken", kept))


def _image_id(ask: Ask) -> str:
    name = ask.call.name
    group = f"/subscriptions/{name('subscription')}/resourceGroups/{name('group')}"
    gallery = f"{group}/providers/Microsoft.Compute/galleries/{name('gallery')}"
    return f"{gallery}/images/{name('image')}/versions/{name('version')}"


def _first(ask: Ask, word: str = "skiptoken") -> int:
    skip = ask.query.get(word, "0")
    if not skip.isdecimal() or len(skip) > 6:
        raise Refusal(400, "InvalidSkipToken", f"The skipToken '{skip[:20]}' is not one that was given out.")
    return int(skip)


def _page(items: list[Json], ask: Ask) -> Json:
    first = _first(ask)
    return _linked(items[first : first + PAGE], first, len(items), ask)


def _linked(
    page: list[Json], first: int, count: int, ask: Ask, word: str = "skipToken", kept: Mapping[str, str] = NOTHING
) -> Json:
    """Return the page with the link to the next one, which repeats what was `kept` of the question."""
    body: Json = {"value": page}
    if first + PAGE < count:
        query = {"api-version": ask.query["api-version"], **kept, word: str(first + PAGE)}
        body["nextLink"] = f"{ask.origin}{quote(ask.path)}?{urlencode(query)}"
    return body


def _accepted(ask: Ask, work: Work) -> Reply:
    url = _poll_url(ask, work)
    # No Retry-After: none was ever recorded, the client chooses its interval.
    return Reply(status=202, headers={"Location": url, "Azure-AsyncOperation": url}, request_id=work.operation)


def _poll_url(ask: Ask, work: Work) -> str:
    template = work.template
    path = f"/subscriptions/{template.subscription}/providers/Microsoft.VirtualMachineImages"
    path += f"/locations/{template.region}/operations"
    query = {"api-version": ask.query["api-version"], **signature(work.operation, str(net_ticks(work.begun)))}
    return f"{ask.origin}{path}/{work.operation}?{urlencode(query)}"


def _since(text: str) -> datetime | None:
    if not text:
        return None
    for form in ("%m/%d/%Y", "%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ"):
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    raise Refusal(400, "BadRequest", f"queryStartTime '{text[:40]}' is not a date; write M/D/YYYY.")
