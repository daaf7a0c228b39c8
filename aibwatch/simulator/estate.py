"""Be everything a subscription has besides its templates and their runs: what templates need, and how much of it.

Rules: whatever a template of the scenario needs is there and in plenty; the scenario takes away, moves or changes it,
and so does a drill. What ARM knows by itself (a subscription, a group, a resource that is not there) is refused before
a provider is asked. This module does not know HTTP, nor what a template does with all this.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime

from aibwatch.simulator.body import staging_group
from aibwatch.simulator.gallery import Galleries, Version
from aibwatch.simulator.needs import kind_of
from aibwatch.simulator.offers import Offers
from aibwatch.simulator.parts import ResourceSpec
from aibwatch.simulator.providers import Providers
from aibwatch.simulator.quotas import Quotas
from aibwatch.simulator.refusal import Refusal, no_group, no_subscription, not_found
from aibwatch.simulator.resource_json import DELEGATION, NETWORK, SUBNET, group_json, resource_json
from aibwatch.simulator.resources import Resource, Resources, group_id
from aibwatch.simulator.scenario import Scenario
from aibwatch.simulator.sizes import Sizes
from aibwatch.simulator.template import Template
from aibwatch.simulator.triggers import Triggers
from aibwatch.simulator.wire import Json

MOST_CHANGES = 10_000
"""By drills. Each may add something that stays; a rehearsal makes some dozen."""


class Estate:
    """What there is besides templates. Its parts are changed through `put` of each."""

    def __init__(
        self,
        scenario: Scenario,
        subscriptions: Collection[str],
        templates: Callable[[], Collection[Template]],
        published: Callable[[], Iterable[Version]],
        begun: datetime,
    ) -> None:
        """`subscriptions` are ids in lower case, `templates` those alive, `published` the images of runs."""
        self._subscriptions = subscriptions
        self._changes = 0
        self._templates = templates
        self.resources = Resources(templates(), _more_groups(scenario))
        for spec in (*_delegated(templates()), *scenario.resources):
            self.resources.put(spec)
        self.galleries = Galleries(self.resources, published, begun)
        self.sizes = Sizes(scenario.skus, _sizes(templates()))
        self.quotas = Quotas(scenario.quotas, self.sizes.names)
        self.providers = Providers(scenario.providers)
        self.triggers = Triggers(scenario.triggers)
        self.offers = Offers(spec.source for spec in scenario.templates)

    def count_change(self) -> None:
        """Count a drill's change. Raises Refusal for one too many."""
        if self._changes >= MOST_CHANGES:
            raise Refusal(409, "StandInFull", f"the stand-in takes {MOST_CHANGES} changes; start it anew")
        self._changes += 1

    def check(self, subscription: str, group: str | None = None) -> None:
        """Raise Refusal for a subscription, or a group in it, that is not there."""
        if subscription.lower() not in self._subscriptions:
            raise no_subscription(subscription)
        if group is not None and self.find(group_id(subscription, group)) is None:
            raise no_group(group)

    def is_foreign(self, id_: str) -> bool:
        """Return whether something is in a subscription that is somebody else's."""
        return id_.split("/")[2].lower() not in self._subscriptions

    def regions_of(self, id_: str) -> tuple[str, ...]:
        """Return the region something is in; () for what is not there."""
        found = self.find(id_)
        return (found.region,) if found else ()

    def replicas_of(self, version: str) -> tuple[str, ...]:
        """Return where a version in a gallery can be used; "latest", or none, is any version of the definition."""
        definition, _, name = version.partition("/versions")
        if name.strip("/").lower() not in {"", "latest"}:
            found = self.find(version)
            return found.replicas if found else ()
        return tuple(region for one in self.galleries.there(definition) for region in one.replicas)

    def resource(self, id_: str) -> Json:
        """Return a resource or a resource group. Raises Refusal for what is not there."""
        parts = id_.split("/")
        self.check(parts[2], parts[4])
        found = self.find(id_)
        if found is None:
            raise _missing(id_)
        if not found.kind:
            return group_json(found)
        network = found.kind.lower() == NETWORK
        return resource_json(found, self.resources.inside(found.id, "subnets") if network else ())

    def find(self, id_: str) -> Resource | None:
        """Return what has this id, letter case aside; None for what is not there."""
        if found := self.galleries.find(id_):
            return found
        # The service makes a group for each template that names none; nobody writes those into a scenario.
        if kind_of(id_) == "" and not self.resources.takes_away(id_):
            mine = (t for t in self._templates() if staging_group(t).lower() == id_.lower())
            return next((Resource(id=staging_group(t), region=t.region) for t in mine), None)
        return None

    def image(self, id_: str, sent: object, *, status: bool) -> Json:
        """Return a version in a gallery, changed first if something was sent. Raises Refusal if there is none."""
        parts = id_.split("/")
        self.check(parts[2], parts[4])
        return self.galleries.answer(id_, sent, status=status)

    def images(self, definition: str) -> list[Json]:
        """Return the versions of a definition. Raises Refusal if there is no such definition."""
        self.resource(definition)
        return self.galleries.listed(definition)

    def listed(self, subscription: str, kind: str) -> list[Json]:
        """Return everything of one type in a subscription."""
        self.check(subscription)
        return [resource_json(resource) for resource in self.resources.of_kind(subscription, kind)]

    def platform(self, subscription: str, region: str, image: tuple[str, str, str]) -> list[Json]:
        """Return the versions of a platform image in a region. Raises Refusal where it is not offered."""
        self.check(subscription)
        return self.offers.versions(subscription, region, image, self.resources.absent)


def _missing(id_: str) -> Refusal:
    kind, name, group = kind_of(id_), id_.rsplit("/", 1)[-1], id_.split("/")[4]
    if kind.lower() == SUBNET:
        # A subnet is its network's business: the provider refuses it, in its own words.
        return Refusal(404, "NotFound", f"Resource {id_} not found.", by_arm=False)
    return not_found(kind, name, group) if kind else no_group(group)


def _more_groups(scenario: Scenario) -> list[tuple[str, str]]:
    region = (*scenario.regions, scenario.templates[0].region)[0]
    subscriptions = dict.fromkeys(template.subscription for template in scenario.templates)
    return [(group_id(one, group), region) for one in subscriptions for group in scenario.resource_groups]


def _delegated(templates: Iterable[Template]) -> Iterator[ResourceSpec]:
    """Yield what the subnets are like in which container instances run: nothing else may run there."""
    service = {"name": "containers", "properties": {"serviceName": DELEGATION}}
    for template in templates:
        profile = template.definition["properties"].get("vmProfile")
        network = profile.get("vnetConfig") if isinstance(profile, dict) else None
        subnet = network.get("containerInstanceSubnetId") if isinstance(network, dict) else None
        if isinstance(subnet, str) and kind_of(subnet).lower() == SUBNET:
            yield ResourceSpec(id=subnet, properties={"delegations": [service]})


def _sizes(templates: Iterable[Template]) -> list[str]:
    profiles = (template.definition["properties"].get("vmProfile") for template in templates)
    sizes = (profile.get("vmSize") for profile in profiles if isinstance(profile, dict))
    return [size for size in sizes if isinstance(size, str)]
