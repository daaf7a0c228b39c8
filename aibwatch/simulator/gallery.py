"""Be the galleries: the versions that runs publish and those that are there anyway, and whether they count as latest.

Rules: a version is there from the end of its run on, and stays when its template is gone; of a version only its
publishing profile can be changed. Where the same version comes of two runs, the first one made it, as in life; what a
[[resource]] says of a version goes before what its run did. This module does not know HTTP.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from aibwatch.simulator.body import run_outputs
from aibwatch.simulator.ledger import Ledger
from aibwatch.simulator.needs import kind_of
from aibwatch.simulator.outcome import RunState
from aibwatch.simulator.refusal import Refusal, not_found
from aibwatch.simulator.resource_json import version_json
from aibwatch.simulator.resources import Resource, Resources
from aibwatch.simulator.template import Template
from aibwatch.simulator.wire import Json

KIND = "Microsoft.Compute/galleries/images/versions"

MADE = frozenset({KIND.lower(), "microsoft.compute/images"})
"""What runs leave behind."""

WELL = (RunState.SUCCEEDED, RunState.PARTIALLY_SUCCEEDED)

CHANGEABLE = "excludeFromLatest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One image that a run has made, mostly a version in a gallery."""

    id: str
    region: str
    replicas: tuple[str, ...]
    published: datetime


class Galleries:
    """The versions there are, and what is excluded from latest. Mutable."""

    def __init__(self, resources: Resources, published: Callable[[], Iterable[Version]], begun: datetime) -> None:
        self._resources = resources
        self._published = published
        self._begun = begun
        self._excluded: dict[str, bool] = {}

    def find(self, wanted: str) -> Resource | None:
        """Return a resource, letter case aside, be it an image that a run made or there anyway; None if it is not."""
        if self._resources.takes_away(wanted):
            return None
        if found := self._resources.find(wanted):
            return found
        if kind_of(wanted).lower() not in MADE:
            return None
        return next((_resource(made) for made in self._published() if made.id.lower() == wanted.lower()), None)

    def answer(self, wanted: str, sent: object, *, status: bool = False) -> Json:
        """Return a version, changed first if something was sent. Raises Refusal if it is not there, or not so."""
        version = self.find(wanted)
        if version is None:
            raise not_found(KIND, wanted.rsplit("/", 1)[-1], wanted.split("/")[4])
        if sent is not None:
            self._excluded[version.id.lower()] = _wish(sent)
        return self._body(version, status=status)

    def listed(self, definition: str) -> list[Json]:
        """Return the versions of a definition."""
        return [self._body(version, status=False) for version in self.there(definition)]

    def there(self, definition: str) -> list[Resource]:
        """Return the versions of a definition, those of runs first."""
        head = f"{definition}/versions/".lower()
        made = [_resource(version) for version in self._published() if version.id.lower().startswith(head)]
        there = {resource.id.lower(): resource for resource in made if not self._resources.takes_away(resource.id)}
        there |= {resource.id.lower(): resource for resource in self._resources.inside(definition, "versions")}
        return list(there.values())

    def _body(self, version: Resource, *, status: bool) -> Json:
        key = version.id.lower()
        published = next((made.published for made in self._published() if made.id.lower() == key), self._begun)
        profile = {CHANGEABLE: self._excluded.get(key, False), "publishedDate": published.isoformat()}
        return version_json(version, profile, status=status)


def versions(ledger: Ledger, templates: Iterable[Template], now: datetime) -> Iterator[Version]:
    """Yield what the runs of these templates have published until now."""
    for template in templates:
        for run in ledger.runs(template):
            stands = ledger.status(template, run, now)
            if stands.state in WELL and stands.ended is not None:
                targets = template.definition["properties"]["distribute"]
                for target, output in zip(targets, run_outputs(template, run), strict=True):
                    yield Version(
                        id=output["properties"].get("artifactId", ""),
                        region=template.region,
                        replicas=_goals(target) or (template.region,),
                        published=stands.ended,
                    )


def _goals(target: Json) -> tuple[str, ...]:
    """Return the regions that a target names, in either of the two ways."""
    goals = target.get("targetRegions") or target.get("replicationRegions") or []
    listed = goals if isinstance(goals, list) else []
    names = [goal.get("name") if isinstance(goal, dict) else goal for goal in listed]
    return tuple("".join(name.split()).lower() for name in names if isinstance(name, str))


def _resource(made: Version) -> Resource:
    return Resource(id=made.id, region=made.region, replicas=made.replicas)


def _wish(sent: object) -> bool:
    properties = sent.get("properties") if isinstance(sent, Mapping) else None
    profile = properties.get("publishingProfile") if isinstance(properties, Mapping) else None
    wish = profile.get(CHANGEABLE) if isinstance(profile, Mapping) else None
    if not isinstance(wish, bool):
        text = f"Required parameter 'properties.publishingProfile.{CHANGEABLE}' is missing or no boolean."
        raise Refusal(400, "InvalidParameter", text, by_arm=False)
    return wish
