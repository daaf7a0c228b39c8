"""Ask Azure which regions a subscription can use, where they are, and what they name as their pair.

This module does not know in which of them Image Builder is offered; see offers.py.
"""

from collections.abc import Mapping

from aibwatch.core.model import Region
from aibwatch.core.regions.atlas import Location
from aibwatch.sources.answer import Bad, unexpected
from aibwatch.sources.arm import Api, Arm
from aibwatch.sources.paging import Limits, collect
from aibwatch.sources.parse_location import locations_in

LIMITS = Limits(pages=10, size=16 * 1024 * 1024)
"""A hundred regions on one page, 100 kB, is what there is."""


class Locations:
    """One list for one subscription."""

    def __init__(self, arm: Arm) -> None:
        self._arm = arm

    async def of(self, subscription: str) -> Mapping[Region, Location] | Bad:
        """Return the regions by name, at least one, or why they are not known: half of a list would hide the rest."""
        path = f"/subscriptions/{subscription}/locations"
        listed = await collect(self._arm, path, api=Api.SUBSCRIPTIONS, operation="list_locations", limits=LIMITS)
        if listed.failure is not None:
            return listed.failure
        return locations_in(listed.entries) or unexpected("a list of regions without one region")
