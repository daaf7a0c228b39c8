"""Be the galleries that runs publish to: a version for each run that ended well, and whether it counts as latest.

Rules: a version is there from the end of its run on, and stays when its template is gone; of a version only its
publishing profile can be changed. Where the same version comes of two runs, the first one made it, as in life.
This module does not know HTTP.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from aibwatch.simulator.body import run_outputs
from aibwatch.simulator.ledger import Ledger
from aibwatch.simulator.outcome import RunState
from aibwatch.simulator.refusal import Refusal, not_found
from aibwatch.simulator.template import Template
from aibwatch.simulator.wire import Json

KIND = "Microsoft.Compute/galleries/images/versions"

WELL = (RunState.SUCCEEDED, RunState.PARTIALLY_SUCCEEDED)

CHANGEABLE = "excludeFromLatest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version in a gallery."""

    id: str
    region: str
    published: datetime


class Galleries:
    """What is excluded from latest. Mutable; which versions there are is told by who knows the runs."""

    def __init__(self) -> None:
        self._excluded: dict[str, bool] = {}

    def answer(self, versions: Iterable[Version], wanted: str, sent: object) -> Json:
        """Return a version, changed first if something was sent. Raises Refusal if it is not there, or not so."""
        version = find(versions, wanted)
        if version is None:
            group = wanted.split("/")[4]
            raise not_found(KIND, wanted.rsplit("/", 1)[-1], group)
        if sent is not None:
            self._excluded[version.id.lower()] = _wish(sent)
        return _body(version, excluded=self._excluded.get(version.id.lower(), False))


def versions(ledger: Ledger, templates: Iterable[Template], now: datetime) -> Iterator[Version]:
    """Yield what the runs of these templates have published until now."""
    for template in templates:
        for run in ledger.runs(template):
            stands = ledger.status(template, run, now)
            if stands.state in WELL and stands.ended is not None:
                for output in run_outputs(template, run):
                    artifact = output["properties"].get("artifactId", "")
                    yield Version(id=artifact, region=template.region, published=stands.ended)


def find(versions: Iterable[Version], wanted: str) -> Version | None:
    """Return the version with this id, letter case aside."""
    return next((version for version in versions if version.id.lower() == wanted.lower()), None)


def _wish(sent: object) -> bool:
    properties = sent.get("properties") if isinstance(sent, Mapping) else None
    profile = properties.get("publishingProfile") if isinstance(properties, Mapping) else None
    wish = profile.get(CHANGEABLE) if isinstance(profile, Mapping) else None
    if not isinstance(wish, bool):
        text = f"Required parameter 'properties.publishingProfile.{CHANGEABLE}' is missing or no boolean."
        raise Refusal(400, "InvalidParameter", text, by_arm=False)
    return wish


def _body(version: Version, *, excluded: bool) -> Json:
    published = {"publishedDate": version.published.isoformat(), "storageAccountType": "Standard_LRS"}
    return {
        "name": version.id.rsplit("/", 1)[-1],
        "id": version.id,
        "type": KIND,
        "location": version.region,
        "properties": {"publishingProfile": {CHANGEABLE: excluded, **published}, "provisioningState": "Succeeded"},
    }
