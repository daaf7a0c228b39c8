"""Read which versions of a publisher's image a region offers.

Rules: an image that the region does not know, and one without versions there, are alike absent; the order of versions
is Azure's. This module does not know which version a template wants.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from aibwatch.core.model import Region
from aibwatch.core.readiness.survey import ABSENT, Absence, Unread
from aibwatch.core.reading import items, table, text
from aibwatch.sources.answer import Bad
from aibwatch.sources.arm import Api
from aibwatch.sources.lacking import lacking
from aibwatch.sources.survey.thrift import Question, Thrift

ACTION = "Microsoft.Compute/locations/publishers/artifacttypes/offers/skus/versions/read"

MOST = 2_000
"""Versions kept of one image. Images that are published daily have some hundred."""

_NAME = re.compile(r"\w[\w.-]{0,150}", re.ASCII)
"""Of a publisher, an offer or a sku: it becomes a part of a path."""


@dataclass(frozen=True, slots=True)
class PlatformImage:
    """An image of a publisher, without its version; in lower case."""

    publisher: str
    offer: str
    sku: str


def image_in(body: object) -> PlatformImage | None:
    """Return the platform image that a template is made from; None where its source is of another kind."""
    source = table(body, "properties", "source")
    parts = [text(source, key).strip().lower() for key in ("publisher", "offer", "sku")]
    return PlatformImage(*parts) if any(parts) else None


async def versions_in(
    thrift: Thrift, subscription: str, region: Region, image: PlatformImage
) -> tuple[str, ...] | Absence | Unread:
    """Return the versions of the image in the region; never empty. Asked once a round."""
    if not all(map(_NAME.fullmatch, (image.publisher, image.offer, image.sku))):
        return Unread(why="the source does not name a platform image by publisher, offer and sku")
    question = Question(
        path=f"/subscriptions/{subscription}/providers/Microsoft.Compute/locations/{region}/publishers/{image.publisher}"
        f"/artifacttypes/vmimage/offers/{image.offer}/skus/{image.sku}/versions",
        api=Api.PLATFORM_IMAGES,
        operation="survey_images",
        subject=f"platform images in {region}",
        region=region,
    )

    async def find() -> tuple[str, ...] | Absence | Unread:
        answer = await thrift.get(question)
        return lacking(answer, ACTION) if isinstance(answer, Bad) else parse_versions(answer.body) or ABSENT

    return await thrift.once(question.path, find)


def parse_versions(body: Mapping[str, object]) -> tuple[str, ...]:
    """Return the names of versions, as Azure writes them."""
    names = (text(table(entry), "name").strip() for entry in items(body, "value")[:MOST])
    return tuple(name for name in names if name)
