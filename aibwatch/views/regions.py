"""Say where a secondary of a region belongs: one sentence, a table, and what is to be known beside it.

This module does not know where the facts come from, except that it is told whether Azure was asked.
"""

from collections.abc import Mapping, Sequence

from aibwatch.core.model import Region
from aibwatch.core.policy import GroupSpec
from aibwatch.core.regions.allowed import Within, allowed
from aibwatch.core.regions.atlas import Atlas, Location
from aibwatch.core.regions.candidates import Candidate, candidates
from aibwatch.core.regions.known import AS_OF, KNOWN
from aibwatch.core.sentences import listing

Json = Mapping[str, object]

MOST_SHOWN = 12
"""Lines of the table for people: what is farther away is chosen for reasons that no table knows. JSON has all."""


def regions_dict(region: Region, atlas: Atlas, groups: Sequence[GroupSpec], unasked: str) -> Json:
    """Return where a secondary of a known region belongs; `unasked` is why Azure was not heard, "" if it was."""
    home, found = atlas.locations[region], candidates(region, atlas)
    notes = [*_notes(home, found, atlas, groups), *_origin(unasked)]
    headline = _headline(home, found)
    table = _table(found, groups)
    return {
        "schema": 1,
        "region": region,
        "geography": home.geography,
        "pairs": list(home.pairs),
        "builds": region in atlas.building,
        "origin": f"table of {AS_OF}" if unasked else "azure",
        "candidates": [_dict(one, groups) for one in found],
        "notes": notes,
        "text": "\n".join([headline, "", *table, *([""] if table else []), *notes]),
    }


def _headline(home: Location, found: Sequence[Candidate]) -> str:
    able = [one for one in found if one.builds]
    if not able:
        return f"No other region is known in which a secondary of {home.name} could build."
    best = able[0]
    if best.paired and best.same_geography and not best.mutual:
        where = f"its pair (one-way), in the same geography ({home.geography})"
        return f"A secondary of {home.name} belongs in {best.region}: {where}."
    if best.paired and best.same_geography:
        return (
            f"A secondary of {home.name} belongs in {best.region}: its pair, in the same geography ({home.geography})."
        )
    whyever = "; ".join(_lacking(home, found))
    if best.same_geography:
        where = f"in the same geography ({home.geography})"
        return f"A secondary of {home.name} belongs in {best.region}, {where}: {whyever}."
    leaves = f"A secondary of {home.name} has to leave its geography: {whyever}"
    if best.paired:
        return (
            f"{leaves}; its pair {best.region} does, in {best.location.geography or 'a geography that is not known'}."
        )
    if best.kilometres is not None:
        return f"{leaves}; the nearest that does is {best.region} ({_how_far(best)})."
    near = [str(one.region) for one in able if one.same_continent]
    return f"{leaves}; on its continent there are {listing(near)}." if near else f"{leaves}."


def _lacking(home: Location, found: Sequence[Candidate]) -> list[str]:
    """Return why there is no pair in the same geography that builds."""
    pairs = [one for one in found if one.paired]
    unseen = [name for name in home.pairs if name not in {one.region for one in pairs}]
    told = []
    if not home.pairs:
        told.append("it has no pair")
    told += [f"Image Builder is not offered in its pair {one.region}" for one in pairs if not one.builds]
    told += [f"its pair {name} is not among the regions of this subscription" for name in unseen]
    if not home.geography:
        told.append("its geography is not known")
    elif not any(one.same_geography and one.builds for one in found):
        told.append(f"no other region of {home.geography} offers Image Builder")
    return told


def _how_far(one: Candidate) -> str:
    return ", ".join(part for part in (one.location.geography, _kilometres(one)) if part)


def _kilometres(one: Candidate) -> str:
    return "" if one.kilometres is None else f"{round(one.kilometres, -1):,.0f} km"


def _shown(found: Sequence[Candidate]) -> list[Candidate]:
    """Return what the table for people has. Where distances are not known, another continent is no help."""
    able = [one for one in found if one.builds]
    near = [one for one in able if one.kilometres is not None or one.paired or one.same_geography or one.same_continent]
    unable = [one for one in found if not one.builds]
    return [*(near or able)[:MOST_SHOWN], *unable[:MOST_SHOWN]]


def _table(found: Sequence[Candidate], groups: Sequence[GroupSpec]) -> list[str]:
    shown = _shown(found)
    if not shown:
        return []
    far = any(one.kilometres is not None for one in shown)
    rows = [("region", "pair", "geography", "Image Builder", *(["distance"] if far else []), "allowed for")]
    rows += [
        (
            one.region,
            _pair(one),
            one.location.geography or "not known",
            "offered" if one.builds else "not offered",
            *([_kilometres(one) or "not known"] if far else []),
            _allowed_for(one.region, groups),
        )
        for one in shown
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    left = len(found) - len(shown)
    return [*lines, f"and {left} more elsewhere; --json has them"] if left else lines


def _pair(one: Candidate) -> str:
    return "mutual" if one.mutual else "one-way" if one.paired else "-"


def _allowed_for(region: Region, groups: Sequence[GroupSpec]) -> str:
    names = _allowing(region, groups)
    if len(names) == len(groups):
        return "all groups" if groups else "-"
    return listing(names) or "no group"


def _allowing(region: Region, groups: Sequence[GroupSpec]) -> list[str]:
    return [spec.name for spec in groups if allowed(region, spec.allowed_geographies).within is Within.INSIDE]


def _notes(home: Location, found: Sequence[Candidate], atlas: Atlas, groups: Sequence[GroupSpec]) -> list[str]:
    notes = []
    if home.name not in atlas.building:
        notes.append(f"Image Builder is not offered in {home.name} itself, so no primary can be there.")
    one_way = [one.region for one in found if one.paired and not one.mutual]
    if one_way:
        notes.append(
            f"{home.name} names {listing(list(one_way))} as its pair and is not named back: Azure's promises for pairs "
            f"(recovered first, updated one after the other) are made from one side only."
        )
    if any(not one.builds for one in found):
        notes.append(
            "Where Image Builder is not offered no template can be; images can be distributed there all the same."
        )
    notes += [f"{place.name}: {place.note}." for place in _noted([home, *(one.location for one in _shown(found))])]
    notes += _inside(found, groups)
    notes.append("Geographies are Azure's and no legal boundaries; capacity there is not asked for: see readiness.")
    return notes


def _inside(found: Sequence[Candidate], groups: Sequence[GroupSpec]) -> list[str]:
    """Return where a group may go that may not go to the region that is named first."""
    able = [one.region for one in found if one.builds]
    notes = []
    for spec in groups:
        inside = [region for region in able if spec.name in _allowing(region, [spec])]
        if able and able[0] not in inside:
            only = listing(list(spec.allowed_geographies))
            where = f"the first of these is {inside[0]}" if inside else "none of these regions is inside"
            notes.append(f"{spec.name} may build in {only} only: {where}.")
    return notes[:MOST_SHOWN]


def _noted(places: Sequence[Location]) -> list[Location]:
    """Return our own rows of those regions that have something peculiar: Azure's list says nothing of it."""
    return [known for place in places if (known := KNOWN.locations.get(place.name)) is not None and known.note]


def _origin(unasked: str) -> list[str]:
    if not unasked:
        return []
    return [f"From aibwatch's own table of {AS_OF}, without distances, because Azure was not heard: {unasked}."]


def _dict(one: Candidate, groups: Sequence[GroupSpec]) -> Json:
    return {
        "region": one.region,
        "geography": one.location.geography,
        "builds": one.builds,
        "paired": one.paired,
        "mutual": one.mutual,
        "same_geography": one.same_geography,
        "kilometres": None if one.kilometres is None else round(one.kilometres, -1),
        "allowed_for": _allowing(one.region, groups),
    }
