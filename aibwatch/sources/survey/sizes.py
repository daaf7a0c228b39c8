"""Read which sizes of machines a region offers to a subscription.

Rules: a restriction of the region restricts; one of its zones does not, because a build machine is in none. A size that
the template does not name is the service's default. This module does not know quotas.

Note [Which size is the default]: the documentation says Standard_D1_v2, and Standard_D2ds_v4 where the source image is
of generation 2. A template does not say of which generation its source is, but the images that are made from it are
of the same, and an image definition says so. Where none is named, the first is taken.
"""

import asyncio
from collections.abc import Iterable, Mapping

from aibwatch.core.model import Region, region_of
from aibwatch.core.readiness.survey import ABSENT, Absence, Size, Unread
from aibwatch.core.reading import items, table, text
from aibwatch.sources.arm import Api
from aibwatch.sources.lacking import unread
from aibwatch.sources.paging import Limits
from aibwatch.sources.survey.thrift import Question, Thrift

DEFAULT = "Standard_D1_v2"
DEFAULT_OF_GENERATION_2 = "Standard_D2ds_v4"
"""See Note [Which size is the default]."""

ACTION = "Microsoft.Compute/skus/read"

LIMITS = Limits(pages=50)
"""A region's list has some 1,500 entries of 2 kB and usually one page."""

MOST_CORES = 10_000
"""More than any machine has."""


def default_size(generations: Iterable[str]) -> str:
    """Return the size that the service takes where a template names none. `generations` are those of its targets."""
    return DEFAULT_OF_GENERATION_2 if any(each.strip().upper() == "V2" for each in generations) else DEFAULT


async def size_in(thrift: Thrift, subscription: str, region: Region, name: str) -> Size | Absence | Unread:
    """Return the size with this name as the region offers it. Sizes are listed once a round."""
    path = f"/subscriptions/{subscription}/providers/Microsoft.Compute/skus"
    question = Question(
        path=path,
        api=Api.COMPUTE_SKUS,
        operation="survey_sizes",
        subject=f"sizes in {region}",
        region=region,
        query={"$filter": f"location eq '{region}'"},
    )

    async def find() -> Mapping[str, Size] | Unread:
        listed = await thrift.list(question, LIMITS)
        if listed.failure:
            return unread(listed.failure, ACTION)
        # Beside the event loop: a real list has megabytes.
        return await asyncio.to_thread(parse_sizes, listed.entries, region)

    sizes = await thrift.once((path, region), find)
    return sizes if isinstance(sizes, Unread) else sizes.get(name.strip().lower(), ABSENT)


def parse_sizes(entries: Iterable[object], region: Region) -> dict[str, Size]:
    """Return the sizes of virtual machines in a region, by name in lower case."""
    found: dict[str, Size] = {}
    for entry in map(table, entries):
        name = text(entry, "name").strip()
        is_machine = text(entry, "resourceType").strip().lower() == "virtualmachines"
        # The filter of the request was seen to be ignored by some versions of the API.
        if name and is_machine and region in _regions(entry):
            family, cores = text(entry, "family").strip(), _cores(entry)
            found[name.lower()] = Size(name=name, family=family, cores=cores, restricted=_restriction(entry, region))
    return found


def _regions(entry: Mapping[str, object]) -> set[Region]:
    return {region_of(place) for place in items(entry, "locations") if isinstance(place, str)}


def _cores(entry: Mapping[str, object]) -> int:
    """Return the number of cores, which is a text; 0 where it is not told."""
    for capability in map(table, items(entry, "capabilities")):
        value = text(capability, "value").strip()
        if text(capability, "name").strip().lower() == "vcpus" and value.isascii() and value.isdecimal():
            return min(int(value[:9]), MOST_CORES)
    return 0


def _restriction(entry: Mapping[str, object], region: Region) -> str:
    """Return why the size cannot be had in the region; "" where it can."""
    for restriction in map(table, items(entry, "restrictions")):
        told = items(table(restriction, "restrictionInfo"), "locations") or items(restriction, "values")
        places = {region_of(place) for place in told if isinstance(place, str)}
        if text(restriction, "type").strip().lower() == "location" and (not places or region in places):
            return text(restriction, "reasonCode").strip() or "restricted, without a reason"
    return ""
