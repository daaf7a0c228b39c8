"""Answer requests for what there is besides templates: resources, usages, sizes, providers, regions, platform images.

Most is answered in one page, as in life at this size; what the subscription or a gallery has more of comes in pages.
This module does not know what there is, only how it is asked for.
"""

import re
from collections.abc import Callable, Mapping

from aibwatch.simulator import reply
from aibwatch.simulator.ask import Ask, page_of
from aibwatch.simulator.estate import Estate
from aibwatch.simulator.places import locations
from aibwatch.simulator.refusal import Refusal
from aibwatch.simulator.reply import Reply
from aibwatch.simulator.trouble import Operation
from aibwatch.simulator.wire import Json

_LOCATION = re.compile(r"\s*location\s+eq\s+'([^']*)'\s*", re.IGNORECASE)


class EstateService:
    """Perform requests on an estate."""

    def __init__(self, estate: Estate) -> None:
        self._estate = estate
        self.performs: Mapping[Operation, Callable[[Ask], Reply]] = {
            Operation.IMAGE: self._image,
            Operation.RESOURCE: self._resource,
            Operation.USAGES: self._usages,
            Operation.SKUS: self._skus,
            Operation.PLATFORM: self._platform,
            Operation.PROVIDERS: self._providers,
            Operation.LOCATIONS: self._locations,
        }

    def regions(self, ask: Ask) -> tuple[str, ...]:
        """Return the regions a request concerns, as far as it names one."""
        match ask.call.operation:
            case Operation.USAGES | Operation.PLATFORM:
                return (ask.call.name("region").lower(),)
            case Operation.IMAGE | Operation.RESOURCE:
                return self._estate.regions_of(_listed_of(ask) or _id(ask))
            case _:
                return ()

    def _resource(self, ask: Ask) -> Reply:
        if definition := _listed_of(ask):
            return reply.arm(200, page_of(self._estate.images(definition), ask))
        if not ask.call.name("group"):
            kind = _id(ask).rpartition("/providers/")[2]
            return reply.arm(200, page_of(self._estate.listed(ask.call.name("subscription"), kind), ask))
        return reply.arm(200, self._estate.resource(_id(ask)))

    def _image(self, ask: Ask) -> Reply:
        # Compute answers a PATCH of a version with 200 where nothing has to be copied; only that is done here.
        status = ask.query.get("$expand", "").lower() == "replicationstatus"
        return reply.provider(200, self._estate.image(_id(ask), ask.sent, status=status))

    def _usages(self, ask: Ask) -> Reply:
        name, quotas = ask.call.name, self._estate.quotas
        self._estate.check(name("subscription"))
        region = name("region").lower()
        of_machines = name("namespace").lower() == "microsoft.compute"
        return _whole(quotas.machines(region) if of_machines else quotas.containers(name("subscription"), region))

    def _skus(self, ask: Ask) -> Reply:
        self._estate.check(ask.call.name("subscription"))
        found = _LOCATION.fullmatch(ask.query.get("$filter", ""))
        if found is None:
            # Without a filter the service lists every region, which are tens of megabytes.
            raise Refusal(400, "InvalidParameter", "The stand-in lists one region; send $filter=location eq 'REGION'.")
        return _whole(self._estate.sizes.listed("".join(found[1].split()).lower()))

    def _platform(self, ask: Ask) -> Reply:
        name = ask.call.name
        image = (name("publisher"), name("offer"), name("sku"))
        versions = self._estate.platform(name("subscription"), name("region").lower(), image)
        if ask.query.get("$orderby", "").lower() == "name desc":
            versions.reverse()
        top = ask.query.get("$top", "")
        return reply.listed(200, versions[: int(top[:6])] if top.isdecimal() else versions)

    def _providers(self, ask: Ask) -> Reply:
        subscription, namespace = ask.call.name("subscription"), ask.call.name("namespace")
        self._estate.check(subscription)
        if namespace:
            return reply.arm(200, self._estate.providers.one(subscription, namespace))
        return _whole(self._estate.providers.listed(subscription))

    def _locations(self, ask: Ask) -> Reply:
        self._estate.check(ask.call.name("subscription"))
        return _whole(locations(ask.call.name("subscription")))


def _id(ask: Ask) -> str:
    return ask.path.rstrip("/")


def _listed_of(ask: Ask) -> str:
    """Return what the list that is asked for is in; "" where it is no list, or one of a subscription."""
    return _id(ask).rpartition("/")[0] if ask.call.name("list") else ""


def _whole(items: list[Json]) -> Reply:
    return reply.arm(200, {"value": items})
