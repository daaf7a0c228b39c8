"""The stand-in's list of regions and the core's table were written down apart, so each shows a slip in the other."""

from aibwatch.core.model import Region
from aibwatch.core.regions.known import KNOWN, PUBLIC
from aibwatch.simulator.places import PLACES

UNLISTED = {"taiwannorthwest", "eastusstg", "southcentralusstg"}
"""Not among the locations that were seen, or no region that anybody is given."""


def test_both_know_the_same_regions() -> None:
    public = {name for name, location in KNOWN.locations.items() if location.cloud == PUBLIC}
    assert public - UNLISTED == PLACES.keys()


def test_both_say_the_same_of_each_region() -> None:
    for name, place in PLACES.items():
        known = KNOWN.locations[Region(name)]
        told = (known.display, known.geography, known.continent, "".join(known.pairs))
        assert told == (place.display, place.geography, place.group, place.pair)
