"""Say what is known of Azure's regions, whoever said it: our own table (known.py) or Azure itself.

Rules: what is not known is empty or None, and never guessed. A pair is what a region names as its pair; that says
nothing about whether the other one names it back. This module does not know what a region is wanted for.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import asin, cos, radians, sin, sqrt

from aibwatch.core.model import Region

EARTH_RADIUS = 6371
"""Kilometres, on average. The earth is not quite round: distances are off by up to 0.5 %."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """One region."""

    name: Region
    display: str
    """As the portal writes it: "West Europe"."""
    geography: str = ""
    """What Azure calls the area in which its data stays: "Europe", "United Kingdom"; "" where it is not known."""
    continent: str = ""
    """Azure's coarser grouping, `geographyGroup`: "Europe", "Asia Pacific"; "" where it is not known."""
    pairs: tuple[Region, ...] = ()
    """What it names as its pair: Azure recovers one of a pair first, and updates them one after the other."""
    cloud: str = "public"
    """As in the configuration: public, usgovernment or china. Nothing is moved from one cloud to another."""
    note: str = ""
    """What is peculiar about Image Builder there, for people to read."""
    position: tuple[float, float] | None = None
    """Latitude and longitude in degrees, of a place nearby."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Atlas:
    """All regions that are known from one origin."""

    locations: Mapping[Region, Location] = field(default_factory=dict)
    building: frozenset[Region] = frozenset()
    """Regions in which Image Builder is offered. Images can be distributed to others all the same."""

    def geography_of(self, region: Region) -> str:
        """Return the region's geography; "" where it is not known."""
        location = self.locations.get(region)
        return location.geography if location else ""

    def pairs_of(self, region: Region) -> tuple[Region, ...]:
        """Return what the region names as its pair."""
        location = self.locations.get(region)
        return location.pairs if location else ()

    def is_mutual(self, region: Region, pair: Region) -> bool:
        """Return whether both name each other."""
        return pair in self.pairs_of(region) and region in self.pairs_of(pair)


def distance(one: Location, other: Location) -> float | None:
    """Return the kilometres between two regions along the ground; None where a position is not known."""
    if one.position is None or other.position is None:
        return None
    (north, east), (north2, east2) = (tuple(map(radians, place.position or ())) for place in (one, other))
    half = sin((north2 - north) / 2) ** 2 + cos(north) * cos(north2) * sin((east2 - east) / 2) ** 2
    return 2 * EARTH_RADIUS * asin(sqrt(min(1.0, half)))
