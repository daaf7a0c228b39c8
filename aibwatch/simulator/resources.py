"""Hold what is there besides templates: groups, galleries, images, identities, networks, storage, vaults.

Rules: 1 what a template of the scenario names is there, in the region of the first template that names it, and a
version in a gallery is replicated to the regions of all of them. 2 a resource group is where its first template is.
3 what a [[resource]] says goes before both; what is in something absent is absent. 4 letter case makes no difference.
This module does not know how a resource looks (resource_json.py).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from aibwatch.simulator.needs import containers, kind_of, named
from aibwatch.simulator.parts import ResourceSpec
from aibwatch.simulator.template import Template


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One thing that is there."""

    id: str
    region: str
    replicas: tuple[str, ...] = ()
    """Of a version in a gallery: the regions it can be used in."""
    replicating: tuple[str, ...] = ()
    properties: Mapping[str, object] = field(default_factory=dict)
    """Laid over its usual ones."""

    @property
    def kind(self) -> str:
        """Its type, as in its id; "" for a resource group."""
        return kind_of(self.id)

    @property
    def name(self) -> str:
        """The last part of its id."""
        return self.id.rsplit("/", 1)[-1]


class Resources:
    """What is there. Mutable: a drill may take something away, move it or change it."""

    def __init__(self, templates: Iterable[Template], groups: Iterable[tuple[str, str]]) -> None:
        """`groups` are ids and regions of resource groups that are there besides those of the templates."""
        self._there: dict[str, Resource] = {}
        self._absent: set[str] = set()
        templates = tuple(templates)
        self._home = templates[0].region
        for template in templates:
            self._name(group_id(template.subscription, template.group), template.region)
        for id_, region in groups:
            self._name(id_, region)
        for template in templates:
            home = group_id(template.subscription, template.group)
            for id_ in named(template.definition, home):
                self._name(id_, template.region)

    def _name(self, id_: str, region: str) -> None:
        known = self._there.setdefault(id_.lower(), Resource(id=id_, region=region, replicas=(region,)))
        if region not in known.replicas:
            self._there[id_.lower()] = replace(known, replicas=(*known.replicas, region))

    def put(self, spec: ResourceSpec) -> None:
        """Let a resource be so from now on; what it is in comes to be with it.

        One that says no region is where it was, or where what it is in is.
        """
        if spec.absent:
            self._absent.add(spec.id.lower())
            return
        *around, id_ = containers(spec.id) if "/resourcegroups/" in spec.id.lower() else (spec.id,)
        usual = self._there.get(id_.lower())
        near = [found for place in (id_, *reversed(around)) if (found := self._there.get(place.lower()))]
        region = spec.region or (near[0].region if near else self._home)
        for place in around:
            self._name(place, region)
        for place in (*around, id_):
            self._absent.discard(place.lower())
        self._there[id_.lower()] = Resource(
            id=usual.id if usual else id_,
            region=region,
            replicas=spec.replicas or (usual.replicas if usual and not spec.region else (region,)),
            replicating=spec.replicating,
            properties=spec.properties,
        )

    @property
    def absent(self) -> frozenset[str]:
        """What was taken away, in lower case."""
        return frozenset(self._absent)

    @property
    def regions(self) -> frozenset[str]:
        """Where anything is."""
        return frozenset(resource.region for resource in self._there.values())

    def takes_away(self, id_: str) -> bool:
        """Return whether this, or something it is in, was taken away."""
        return any(place.lower() in self._absent for place in containers(id_))

    def find(self, id_: str) -> Resource | None:
        """Return what has this id, letter case aside; None for what is not there."""
        return None if self.takes_away(id_) else self._there.get(id_.lower())

    def inside(self, id_: str, kind: str) -> Iterator[Resource]:
        """Yield what is directly in something, of one kind: ("…/galleries/G/images/D", "versions")."""
        head = f"{id_}/{kind}/".lower()
        for key, resource in self._there.items():
            if key.startswith(head) and "/" not in key[len(head) :] and not self.takes_away(key):
                yield resource

    def of_kind(self, subscription: str, kind: str) -> Iterator[Resource]:
        """Yield everything of one type in a subscription."""
        head = f"/subscriptions/{subscription}/".lower()
        for key, resource in self._there.items():
            mine = key.startswith(head) and resource.kind.lower() == kind.lower()
            if mine and not self.takes_away(key):
                yield resource


def group_id(subscription: str, group: str) -> str:
    """Return the id of a resource group."""
    return f"/subscriptions/{subscription}/resourceGroups/{group}"
