"""Say where a secondary of a region belongs, by what Azure says now; by our own table where Azure is not heard."""

from collections.abc import Mapping
from dataclasses import dataclass

from aibwatch.config.load import Loaded
from aibwatch.config.words import choices, quoted
from aibwatch.core.model import Region, region_of
from aibwatch.core.regions.allowed import nearest_regions
from aibwatch.core.regions.atlas import Atlas
from aibwatch.core.regions.known import KNOWN
from aibwatch.runtime.clock import Clock
from aibwatch.sources.answer import Bad
from aibwatch.sources.arm import Arm
from aibwatch.sources.connection import connect
from aibwatch.sources.lacking import unread
from aibwatch.sources.locations import Locations
from aibwatch.sources.offers import Offers
from aibwatch.sources.quota import subscription_of
from aibwatch.views.regions import regions_dict

IMAGE_BUILDER = "Microsoft.VirtualMachineImages"
TEMPLATES = "imagetemplates"

LOCATIONS_READ = "Microsoft.Resources/subscriptions/locations/read"
PROVIDERS_READ = "Microsoft.Resources/subscriptions/providers/read"

FROM_TABLE = 3
"""The answer is useful and may be old: neither well nor failed."""


class UnknownRegionError(ValueError):
    """There is no such region; the message names those that may have been meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Where a secondary belongs, for people and as JSON, and the exit code."""

    body: Mapping[str, object]
    code: int


async def where_to(loaded: Loaded, named: str, subscription: str = "") -> Report:
    """Return where a secondary of the region belongs, as the subscription (or the first group's) sees Azure.

    Raises:
        UnknownRegionError: if there is no such region.
        ValueError: if the way to Azure cannot be made as configured.
    """
    groups = list(loaded.setup.groups.values())
    asked = subscription or next((subscription_of(spec.primary) for spec in groups), "")
    atlas = await _asked(loaded, asked) if asked else "no group is configured; name a --subscription"
    unasked = atlas if isinstance(atlas, str) else ""
    known = KNOWN if isinstance(atlas, str) else atlas
    body = regions_dict(_region(named, known), known, groups, unasked)
    return Report(body=body, code=FROM_TABLE if unasked else 0)


async def _asked(loaded: Loaded, subscription: str) -> Atlas | str:
    """Return what Azure says of its regions, or in words why it said nothing."""
    arm = connect(loaded.settings.azure, now=Clock().now, on_request=lambda _: None)
    try:
        return await _atlas(arm, subscription)
    finally:
        await arm.close()


async def _atlas(arm: Arm, subscription: str) -> Atlas | str:
    locations = await Locations(arm).of(subscription)
    if isinstance(locations, Bad):
        return unread(locations, LOCATIONS_READ).why
    provider = await Offers(arm).of(subscription, IMAGE_BUILDER)
    if isinstance(provider, Bad):
        return unread(provider, PROVIDERS_READ).why
    building = provider.regions.get(TEMPLATES, frozenset())
    return Atlas(locations=locations, building=building) if building else "the provider names no region"


def _region(named: str, atlas: Atlas) -> Region:
    region = region_of(named)
    if region in atlas.locations:
        return region
    near = nearest_regions(named, atlas.locations)
    hint = f"did you mean {choices(near)}?" if near else "write its name as in the portal or in the API: westeurope"
    where = "in this cloud " if region in KNOWN.locations else ""
    raise UnknownRegionError(f"{quoted(named)} is {where}no region that is known; {hint}")
