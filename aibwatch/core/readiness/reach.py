"""Ask whether everything that the secondary needs can be reached when the primary's region cannot.

A thing in the primary's region that the secondary leans on is a silo: both fail together. How grave that is depends on
the thing: a script that cannot be fetched ends the build, while tokens of an identity have outlived its region.
"""

from collections.abc import Iterator

from aibwatch.core.definition.needs import Kind, Need, needs_of
from aibwatch.core.model import Region
from aibwatch.core.readiness.said import Said, degraded, not_ready, ready, unread, worst
from aibwatch.core.readiness.survey import Absence, Json, Place, Survey, Unread
from aibwatch.core.reading import items, table, text

SOURCES = frozenset({Kind.SOURCE_VERSION, Kind.SOURCE_IMAGE})
GALLERIES = frozenset({Kind.GALLERY, Kind.IMAGE_DEFINITION})
OF_THE_REGION = frozenset({Kind.SUBNET, Kind.CONTAINER_SUBNET, Kind.STAGING_GROUP})
"""What has to be in the secondary's own region: the build machine is put into it."""

MILD = frozenset({Kind.RESOURCE_GROUP, Kind.TARGET_GROUP, Kind.IDENTITY, Kind.BUILD_IDENTITY})
"""What a build may well do without while the region is down: of a group its record, of an identity its making. Tokens
of identities failed in two regions in February 2026, and in none of the outages of storage or machines before."""

NO_HOME = Unread(why="the primary was never seen, so nothing can be told to be in its region")


def source(survey: Survey) -> Said | None:
    """Ask whether the image to build from is there in the secondary's region."""
    if survey.seen is None or isinstance(survey.secondary_body, Unread | Absence):
        return None
    needs = [need for need in needs_of(survey.secondary_body) if need.kind in SOURCES]
    here = survey.seen.region
    if needs:
        return worst([_source(survey, need, here) for need in needs], ready(f"its source image is in {here}"))
    return _platform(survey, here)


def _source(survey: Survey, need: Need, here: Region) -> Said:
    place = survey.places.get(need.id)
    if not isinstance(place, Place):
        return _nowhere(need, place)
    if here in (place.replicas or (place.region,)):
        return _copied(need, place, survey.primary_region, here)
    return not_ready(f"{_named(need)} is not in {here}; replicate it there")


def _copied(need: Need, place: Place, left: Region | None, here: Region) -> Said:
    if left is not None and place.region == left != here:
        why = f"{_named(need)} is in {here} as a copy of one in {left}, whose record may not be read while that is down"
        return degraded(f"{why}; keep one in a gallery elsewhere")
    return ready(f"{_named(need)} is in {here}")


def _platform(survey: Survey, here: Region) -> Said | None:
    versions = survey.source_versions
    if isinstance(versions, Unread):
        return unread("which images the marketplace offers there", versions)
    given = table(survey.secondary_body, "properties", "source")
    name = ":".join(text(given, key) for key in ("publisher", "offer", "sku") if text(given, key))
    if not name:
        return degraded("its source is of a kind that this version does not know, so it was not looked for")
    if isinstance(versions, Absence) or not versions:
        return not_ready(f"{name} is not offered in {here}; choose another source")
    wanted = text(given, "version") or "latest"
    if wanted.lower() != "latest" and wanted not in versions:
        return not_ready(f"version {wanted} of {name} is not offered in {here}; choose another version")
    return ready(f"{name} is offered in {here}")


def gallery(survey: Survey) -> Said | None:
    """Ask whether the image can be published while the primary's region is down.

    The service makes a version in the gallery's own region first, and copies it from there.
    """
    if survey.seen is None or isinstance(survey.secondary_body, Unread | Absence):
        return None
    if survey.primary_region is None:
        return unread("the primary's region", NO_HOME)
    said = [_gallery(survey, need) for need in needs_of(survey.secondary_body) if need.kind in GALLERIES]
    said += _targets(survey.secondary_body, survey.primary_region)
    return worst(said, ready("what it publishes to does not lean on the primary's region"))


def _gallery(survey: Survey, need: Need) -> Said:
    place = survey.places.get(need.id)
    if not isinstance(place, Place):
        return _nowhere(need, place)
    if place.region and place.region == survey.primary_region:
        return not_ready(f"{_named(need)} is in {place.region}, the primary's region; publish to one elsewhere")
    return ready(f"{_named(need)} is in {place.region}")


def _targets(body: Json, left: Region) -> Iterator[Said]:
    for target in map(table, items(table(body, "properties"), "distribute")):
        name = text(target, "runOutputName") or text(target, "type")
        if text(target, "type").lower() == "managedimage" and _is(text(target, "location"), left):
            yield not_ready(f"target {name} puts its image into {left}, the primary's region; put it elsewhere")
        if any(_is(region, left) for region in _copies_to(target)):
            why = f"target {name} copies its image to {left} too, and that may fail or take for ever while it is down"
            yield degraded(f"{why}; leave {left} out of it")


def _copies_to(target: Json) -> Iterator[str]:
    yield from (region for region in items(target, "replicationRegions") if isinstance(region, str))
    yield from (text(table(region), "name") for region in items(target, "targetRegions"))


def _is(written: str, region: Region) -> bool:
    return "".join(written.split()).lower() == region


def silo(survey: Survey) -> Said | None:
    """Ask whether anything else that it needs is in the primary's region, or nowhere."""
    if survey.seen is None or isinstance(survey.secondary_body, Unread | Absence):
        return None
    if survey.primary_region is None:
        return unread("the primary's region", NO_HOME)
    needs = [need for need in needs_of(survey.secondary_body) if need.kind not in SOURCES | GALLERIES]
    inside = {need.id: need for need in needs if not need.outside}
    said = [_silo(survey, need, survey.seen.region) for need in inside.values()]
    outside = sorted({need.id for need in needs if need.outside})
    lines = [f"{address} is outside of Azure's regions, so it was not looked for" for address in outside]
    return worst(said, ready("nothing that it needs is in the primary's region", *lines))


def _silo(survey: Survey, need: Need, here: Region) -> Said:
    place = survey.places.get(need.id)
    if not isinstance(place, Place):
        return _nowhere(need, place)
    if need.kind in OF_THE_REGION and place.region and place.region != here:
        return not_ready(f"{_named(need)} is in {place.region}, and has to be in {here}")
    if place.region and place.region == survey.primary_region:
        why = f"{_named(need)} is in {place.region}, the primary's region (silo)"
        return (degraded if need.kind in MILD else not_ready)(f"{why}; use one elsewhere")
    return ready(f"{_named(need)} is in {place.region or 'no region'}")


def _nowhere(need: Need, place: Absence | Unread | None) -> Said:
    if isinstance(place, Unread):
        return unread(f"where {_named(need)} is", place)
    if place is None:
        return unread(f"where {_named(need)} is", Unread(why="it was not looked for"))
    return not_ready(f"{_named(need)} does not exist ({need.where}); make it or name another")


def _named(need: Need) -> str:
    """Return the thing as people say it: script storage "stbuildweu"."""
    if need.account:
        kind = "script storage" if need.kind is Kind.SCRIPT else str(need.kind)
        return f'{kind} "{need.account}"'
    return f'{need.kind} "{need.id.rsplit("/", 1)[-1]}"'
