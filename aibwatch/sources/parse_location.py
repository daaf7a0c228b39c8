"""Understand regions as Azure Resource Manager lists them. Pure; nothing here raises, whatever the JSON is.

Facts: only entries of metadata.regionType "Physical" are regions; "Logical" ones ("europe", "global") are areas.
Latitude and longitude are texts. pairedRegion is a list, empty or absent where there is no pair, and may name a region
that the subscription is not told of (Sweden South). By the reference of "List Locations", 2022-12-01.
"""

from collections.abc import Iterable, Iterator, Mapping
from math import isfinite

from aibwatch.core.model import Region, region_of
from aibwatch.core.reading import items, one_line, table, text
from aibwatch.core.regions.atlas import Location


def locations_in(entries: Iterable[object]) -> dict[Region, Location]:
    """Return the regions among the entries of the list, by name; of two with one name the first counts."""
    found: dict[Region, Location] = {}
    for entry in entries:
        location = _location(entry)
        if location is not None:
            found.setdefault(location.name, location)
    return found


def _location(entry: object) -> Location | None:
    body = table(entry)
    name, metadata = region_of(text(body, "name")), table(body, "metadata")
    if not name or text(metadata, "regionType").lower() == "logical":
        return None
    return Location(
        name=name,
        display=one_line(text(body, "displayName")) or name,
        geography=one_line(text(metadata, "geography")),
        continent=one_line(text(metadata, "geographyGroup")),
        pairs=tuple(dict.fromkeys(_pairs(metadata))),
        position=_position(metadata),
    )


def _pairs(metadata: Mapping[str, object]) -> Iterator[Region]:
    for pair in items(metadata, "pairedRegion"):
        name = region_of(text(table(pair), "name"))
        if name:
            yield name


def _position(metadata: Mapping[str, object]) -> tuple[float, float] | None:
    north, east = (_degrees(metadata.get(key), most) for key, most in (("latitude", 90), ("longitude", 180)))
    return None if north is None or east is None else (north, east)


def _degrees(value: object, most: int) -> float | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        degrees = float(value)
    except (ValueError, OverflowError):
        return None
    return degrees if isfinite(degrees) and abs(degrees) <= most else None
