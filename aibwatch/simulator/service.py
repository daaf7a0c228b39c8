"""Answer well-formed requests as ARM and the provider do when nothing is wrong.

Lists and errors are ARM's own; everything about one template comes from the provider; whatever takes time is answered
with a signed URL to poll. This module does not know tokens, troubles or sockets.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlencode
from uuid import uuid4

from aibwatch.simulator import reply
from aibwatch.simulator.access import Access
from aibwatch.simulator.ask import PAGE, Ask, first_of, linked, page_of
from aibwatch.simulator.estate_service import EstateService
from aibwatch.simulator.refusal import Refusal
from aibwatch.simulator.reply import Reply
from aibwatch.simulator.trouble import Operation
from aibwatch.simulator.wire import net_ticks, signature, signed_rightly
from aibwatch.simulator.works import Work
from aibwatch.simulator.world import World


class Service:
    """Perform requests on a world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._estate = EstateService(world.estate)
        self._access = Access(world)
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
            Operation.TRIGGERS: self._triggers,
            **self._estate.performs,
            **self._access.performs,
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
            case operation if operation in self._estate.performs:
                return self._estate.regions(ask)
            case _:
                return self._world.regions_of(name("subscription"), name("group"), name("name"))

    def forbidden(self, ask: Ask) -> Refusal | None:
        """Return ARM's refusal of what the caller may not do; None for what he may. Nothing is done yet."""
        return self._access.forbidden(ask)

    def perform(self, ask: Ask) -> Reply:
        """Do what is asked, and answer."""
        try:
            return self._access.shown(ask, self._perform[ask.call.operation](ask))
        except Refusal as refusal:
            return reply.refused(refusal)

    def _list(self, ask: Ask) -> Reply:
        first = first_of(ask)
        templates, count = self._world.templates(
            ask.call.name("subscription"), ask.call.name("group") or None, first, PAGE
        )
        answer = reply.arm(200, linked(templates, first, count, ask))
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
        return reply.provider(200, page_of(self._world.outputs(ask.call.key), ask))

    def _triggers(self, ask: Ask) -> Reply:
        return reply.provider(200, page_of(self._world.triggers(ask.call.key), ask))

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
        return reply.arm(200, page_of(self._world.events(ask.call.name("subscription"), since), ask))

    def _availability(self, ask: Ask) -> Reply:
        if resource := ask.call.name("resource"):
            return reply.arm(200, self._world.availability(resource))
        return reply.arm(200, page_of(self._world.availabilities(ask.call.name("subscription")), ask))

    def _activity(self, ask: Ask) -> Reply:
        wanted, select = ask.query.get("$filter", ""), ask.query.get("$select", "")
        entries = self._world.activities(ask.call.name("subscription"), wanted, select)
        first = first_of(ask, "$skiptoken")
        kept = {name: ask.query[name] for name in ("$filter", "$select") if name in ask.query}
        return reply.provider(200, linked(entries[first : first + PAGE], first, len(entries), ask, "$skiptoken", kept))


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
