"""Say which regions a secondary of a region may be put in, the best first.

Rules: where Image Builder is offered comes before where it is not. Among those a pair in the same geography is best
(Azure recovers one of a pair first, and data stays where it is), then the same geography, then a pair elsewhere, then
what is nearest, or where distances are not known what is on the same continent. Where it is not offered only pair and
geography are named, so that it is said plainly that they will not do. Another cloud is no candidate. This module does
not know what the operator allows, nor who has capacity.
"""

from dataclasses import dataclass

from aibwatch.core.model import Region
from aibwatch.core.regions.atlas import Atlas, Location, distance

FAR = float("inf")
"""Where the distance is not known, a region stands behind those whose distance is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A region that a secondary might be put in."""

    location: Location
    builds: bool
    """Whether Image Builder is offered there."""
    paired: bool
    """Whether the region to be secured names it as its pair."""
    mutual: bool
    """Whether it names that region back."""
    same_geography: bool
    same_continent: bool
    kilometres: float | None
    """Along the ground; None where it is not known."""

    @property
    def region(self) -> Region:
        """Its name."""
        return self.location.name


def candidates(region: Region, atlas: Atlas) -> tuple[Candidate, ...]:
    """Return where a secondary of the region may be put, the best first; () for a region that is not known."""
    home = atlas.locations.get(region)
    if home is None:
        return ()
    others = (place for place in atlas.locations.values() if place.name != region and place.cloud == home.cloud)
    found = (_candidate(home, place, atlas) for place in others)
    worth = (one for one in found if one.builds or one.paired or one.same_geography)
    return tuple(sorted(worth, key=_order))


def _candidate(home: Location, place: Location, atlas: Atlas) -> Candidate:
    return Candidate(
        location=place,
        builds=place.name in atlas.building,
        paired=place.name in home.pairs,
        mutual=atlas.is_mutual(home.name, place.name),
        same_geography=bool(home.geography) and place.geography == home.geography,
        same_continent=bool(home.continent) and place.continent == home.continent,
        kilometres=distance(home, place),
    )


def _order(one: Candidate) -> tuple[bool, int, float, bool, str]:
    rank = {(True, True): 0, (False, True): 1, (True, False): 2, (False, False): 3}[one.paired, one.same_geography]
    far = FAR if one.kilometres is None else one.kilometres
    return not one.builds, rank, far, not one.same_continent, one.region
