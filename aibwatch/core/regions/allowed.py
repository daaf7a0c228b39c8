"""Say whether a region is inside the geographies that the operator allowed, and understand how he wrote them.

Rules: an entry is a geography ("Europe", "United Kingdom") or the name of one region ("swedencentral"); letter case and
blanks do not matter. A region of which no geography is known is inside only by its own name. Nothing listed allows
everything. The geographies are Azure's, and no legal boundary (known.py); who needs one names regions.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

from aibwatch.core.model import Region, region_of
from aibwatch.core.regions.known import AS_OF, KNOWN
from aibwatch.core.sentences import listing

LIKENESS = 0.6
"""difflib's ratio from which a name is offered instead of one that is not known."""

MOST_OFFERED = 3
"""Names that are offered instead; whoever reads more of them reads the documentation."""


class Within(StrEnum):
    """Where a region is, as seen from what is allowed."""

    INSIDE = "inside"
    OUTSIDE = "outside"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Whether a region is allowed."""

    within: Within
    why: str


def allowed(region: Region, geographies: Sequence[str]) -> Standing:
    """Return whether images may be built in the region, and why."""
    if not geographies:
        return Standing(within=Within.INSIDE, why="no geographies are asked for")
    entries = {region_of(entry) for entry in geographies}
    geography = KNOWN.geography_of(region)
    if region in entries:
        return Standing(within=Within.INSIDE, why=f"{region} is allowed by its name")
    if geography and region_of(geography) in entries:
        return Standing(within=Within.INSIDE, why=f"{region} is in {geography}, which is allowed")
    only = listing(list(geographies))
    if geography:
        why = f"{region} is in {geography}, outside of allowed_geographies ({only})"
        return Standing(within=Within.OUTSIDE, why=why)
    return Standing(within=Within.UNKNOWN, why=f"{_unknown(region)}; allowed_geographies has {only}")


def geography_of(region: Region) -> str | None:
    """Return the geography of a region; None where it is not known."""
    return KNOWN.geography_of(region) or None


def geographies() -> list[str]:
    """Return every geography that is known, by name."""
    return sorted({place.geography for place in KNOWN.locations.values() if place.geography})


def is_entry(text: str) -> bool:
    """Return whether this names a geography or a region, as a list of what is allowed may."""
    return region_of(text) in {*map(region_of, geographies()), *KNOWN.locations}


def nearest_entries(text: str) -> list[str]:
    """Return the geographies and regions that may have been meant, the likeliest first; perhaps none."""
    return _nearest(text, [*geographies(), *KNOWN.locations])


def nearest_regions(text: str, known: Iterable[Region] = KNOWN.locations) -> list[str]:
    """Return the regions that may have been meant, the likeliest first; perhaps none."""
    return _nearest(text, list(known))


def _nearest(text: str, names: list[str]) -> list[str]:
    by_form: dict[str, str] = {}
    for name in names:
        by_form.setdefault(region_of(name), name)
    found = get_close_matches(region_of(text), list(by_form), n=MOST_OFFERED, cutoff=LIKENESS)
    return [by_form[form] for form in found]


def _unknown(region: Region) -> str:
    if region in KNOWN.locations:
        return f"the geography of {region} is not known; allow it by its own name"
    return f"this version does not know {region} (its regions are those of {AS_OF}), nor in which geography it is"
