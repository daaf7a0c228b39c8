"""Check the regions of groups: that they are there, apart, and inside what is allowed.

They are compared with our own table of regions, offline, so a region that is newer than the table is doubted and not
refused. What Azure shows at run time counts beside it: the gate `geography_allowed` compares both.
"""

from collections.abc import Iterator

from aibwatch.config import values
from aibwatch.config.document import Document
from aibwatch.config.lines import Place
from aibwatch.config.problem import Problem
from aibwatch.config.words import choices, quoted
from aibwatch.core.model import Region, template_id, template_name
from aibwatch.core.regions.allowed import Within, allowed, is_entry, nearest_entries, nearest_regions
from aibwatch.core.regions.known import AS_OF, KNOWN


def check(document: Document) -> Iterator[Problem]:
    """Return every mistake about where groups are and may be."""
    yield from _unknown_entries(document)
    for group in document.items("group"):
        yield from _count(document, group)
        yield from _not_apart(document, group)
        yield from _outside(document, group)


def doubtful(document: Document) -> Iterator[Problem]:
    """Return a warning for every region that is hardly meant. Only for documents without mistakes."""
    for place in (*document.places("group.primary_region"), *document.items("group.secondary_regions")):
        region = Region(str(document.at(place)))
        if region not in KNOWN.locations:
            near = nearest_regions(region)
            hint = f"did you mean {choices(near)}?" if near else "compare it with the portal's list"
            message = (
                f"{quoted(region)} is no region that this version knows (its regions are those of {AS_OF}); {hint}"
            )
            yield document.problem(place, message)
        elif region not in KNOWN.building:
            message = f"Image Builder is not offered in {region}, as of {AS_OF}"
            yield document.problem(place, f"{message}; see where it is: aibwatch regions {region}")
    for group in document.items("group"):
        yield from _doubts(document, group)


def _unknown_entries(document: Document) -> Iterator[Problem]:
    for place in document.items("group.allowed_geographies"):
        entry = document.at(place)
        if isinstance(entry, str) and entry.strip() and not is_entry(entry):
            near = nearest_entries(entry)
            hint = (
                f"did you mean {choices(near)}?"
                if near
                else 'write a geography of Azure ("Europe") or the name of a region ("swedencentral")'
            )
            yield document.problem(place, f"{quoted(entry)} is not a geography or region that is known; {hint}")


def _count(document: Document, group: Place) -> Iterator[Problem]:
    secondaries, regions = (document.at((*group, key)) for key in ("secondaries", "secondary_regions"))
    if isinstance(secondaries, list) and isinstance(regions, list) and regions and len(regions) != len(secondaries):
        message = f"names {len(regions)} for {len(secondaries)} secondaries; name the region of each, in their order"
        yield document.problem((*group, "secondary_regions"), message)


def _not_apart(document: Document, group: Place) -> Iterator[Problem]:
    primary = document.at((*group, "primary_region"))
    for place, region in _secondary_regions(document, group):
        if region == primary:
            yield document.problem(
                place,
                f"{_secondary(document, place)} is in the primary's region {region}; a secondary must be elsewhere: "
                f"see where (aibwatch regions {region})",
            )


def _outside(document: Document, group: Place) -> Iterator[Problem]:
    for place, region in _secondary_regions(document, group):
        standing = allowed(region, _entries(document, group))
        if standing.within is Within.OUTSIDE:
            remedy = "name another region, or add this one there"
            yield document.problem(place, f"{_secondary(document, place)} may not be there: {standing.why}; {remedy}")


def _doubts(document: Document, group: Place) -> Iterator[Problem]:
    entries = _entries(document, group)
    for place, region in _secondary_regions(document, group):
        standing = allowed(region, entries)
        if standing.within is Within.UNKNOWN:
            yield document.problem(place, f"nothing is moved to {_secondary(document, place)}: {standing.why}")
    primary = document.at((*group, "primary_region"))
    standing = allowed(Region(str(primary)), entries if primary is not None else ())
    if standing.within is not Within.INSIDE:
        message = f"the primary itself is not where its secondaries have to be: {standing.why}"
        yield document.problem((*group, "primary_region"), message)


def _entries(document: Document, group: Place) -> list[str]:
    """Return what is allowed; nothing where an entry is a mistake itself, which is told already."""
    written = document.at((*group, "allowed_geographies"))
    entries = [entry for entry in written if isinstance(entry, str)] if isinstance(written, list) else []
    return entries if all(map(is_entry, entries)) else []


def _secondary_regions(document: Document, group: Place) -> Iterator[tuple[Place, Region]]:
    written = document.at((*group, "secondary_regions"))
    for index, region in enumerate(written if isinstance(written, list) else ()):
        if isinstance(region, str):
            yield (*group, "secondary_regions", index), Region(region)


def _secondary(document: Document, place: Place) -> str:
    """Name the secondary to which an entry of secondary_regions belongs."""
    *group, _, index = place
    written = document.at((*group, "secondaries", index))
    known = isinstance(written, str) and values.is_template(written)
    return f"the secondary {quoted(template_name(template_id(str(written))))}" if known else "a secondary"
