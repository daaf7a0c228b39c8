"""Tell which versions of a platform image a region offers.

Rules: an image that a template of the scenario is made of is offered everywhere, with the version that "latest" means
and the one that the template names; a [[resource]] that is absent takes an image, or one version of it, from a region;
an image that nobody names is not known. This module does not know templates.
"""

from collections.abc import Collection, Iterable

from aibwatch.simulator.definition import EXACT_VERSION
from aibwatch.simulator.refusal import Refusal
from aibwatch.simulator.wire import Json

OLDER = ("24.04.202402090", "24.04.202403150")
"""What is offered beside the newest."""


class Offers:
    """The platform images on offer."""

    def __init__(self, sources: Iterable[tuple[str, ...]]) -> None:
        self._images: dict[tuple[str, ...], set[str]] = {}
        for *image, version in sources:
            key = tuple(part.lower() for part in image)
            self._images.setdefault(key, {*OLDER, EXACT_VERSION}).add(
                EXACT_VERSION if version.lower() == "latest" else version
            )

    def versions(
        self, subscription: str, region: str, image: tuple[str, str, str], absent: Collection[str]
    ) -> list[Json]:
        """Return the versions of an image in a region, oldest first. Raises Refusal where it is not offered.

        `absent` are ids in lower case of what is taken away.
        """
        publisher, offer, sku = image
        found = self._images.get(tuple(part.lower() for part in image))
        place = (
            f"/Subscriptions/{subscription}/Providers/Microsoft.Compute/Locations/{region}/Publishers/{publisher}"
            f"/ArtifactTypes/VMImage/Offers/{offer}/Skus/{sku}"
        )
        if found is None or place.lower() in absent:
            # As quoted in danielsollondon/azvmimagebuilder#80 and Azure/vagrant-azure#147.
            raise Refusal(404, "NotFound", "Artifact: VMImage was not found.", by_arm=False)
        ids = ((version, f"{place}/Versions/{version}") for version in sorted(found))
        return [{"location": region, "name": name, "id": id_} for name, id_ in ids if id_.lower() not in absent]
