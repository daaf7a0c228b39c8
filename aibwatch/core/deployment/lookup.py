"""Say of one thing that a definition needs whether it is there, in the region that the definition is for.

Rules: what the operator names by himself (`exact` in a [[mapping]]) is his word: it may be elsewhere, and may be
unreadable to us; but it has to be there, as far as can be seen. What is not read is not there, and says why.
This module does not know how anything is read.
"""

from dataclasses import dataclass
from enum import StrEnum

from aibwatch.core.definition.needs import Kind, Need
from aibwatch.core.model import Region
from aibwatch.core.readiness.survey import Absence, Place, Unread

LATEST = "latest"


class Standing(StrEnum):
    """How a thing stands."""

    THERE = "there"
    ELSEWHERE = "elsewhere"
    ABSENT = "absent"
    UNREAD = "unread"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """One thing that a definition needs, as it stands."""

    need: Need
    standing: Standing
    why: str
    """One sentence without its full stop."""
    holds: bool
    """Whether the definition must not be deployed because of it."""
    permission: str = ""
    """The action that is missing, where that is why it could not be read."""


def lookup_of(need: Need, found: Place | Absence | Unread, region: Region, *, said: bool) -> Lookup:
    """Return how the thing stands. `said`: the operator himself named it, or the template used it already."""
    match found:
        case Absence():
            return Lookup(
                need=need, standing=Standing.ABSENT, why=f"{_name(need)} does not exist; create it", holds=True
            )
        case Unread():
            return Lookup(
                need=need,
                standing=Standing.UNREAD,
                why=f"{_name(need)} could not be read: {found.why}",
                holds=not said,
                permission=found.permission,
            )
        case Place():
            return _placed(need, found, region, said=said)


def offered_of(image: str, version: str, found: tuple[str, ...] | Absence | Unread, region: Region) -> Lookup:
    """Return how a platform image stands: its versions in the region, or why they are not known, which never holds."""
    need = Need(kind=Kind.PLATFORM_IMAGE, id=image, where="source")
    if isinstance(found, Unread):
        why = f"whether {_name(need)} is offered in {region} could not be read: {found.why}"
        return Lookup(need=need, standing=Standing.UNREAD, why=why, holds=False, permission=found.permission)
    if isinstance(found, Absence) or (version not in {"", LATEST} and version not in found):
        which = f"{_name(need)}" if isinstance(found, Absence) else f"version {version} of {_name(need)}"
        why = f"{which} is not offered in {region}; choose another image or region"
        return Lookup(need=need, standing=Standing.ABSENT, why=why, holds=True)
    return Lookup(need=need, standing=Standing.THERE, why=f"{_name(need)} is offered in {region}", holds=False)


def _placed(need: Need, place: Place, region: Region, *, said: bool) -> Lookup:
    if need.kind is Kind.SOURCE_VERSION:
        return _replicated(need, place, region)
    if place.region == region:
        return Lookup(need=need, standing=Standing.THERE, why=f"{_name(need)} is in {region}", holds=False)
    remedy = "; choose another with --resource-group" if need.kind is Kind.RESOURCE_GROUP else ""
    why = f"{_name(need)} is in {place.region}; the template would depend on that region{remedy}"
    return Lookup(need=need, standing=Standing.ELSEWHERE, why=why, holds=not said)


def _replicated(need: Need, place: Place, region: Region) -> Lookup:
    """Return how a source stands: it is needed where it is built from, whoever named it."""
    if region in place.replicas:
        return Lookup(need=need, standing=Standing.THERE, why=f"{_name(need)} is replicated to {region}", holds=False)
    where = ", ".join(place.replicas) or "no region"
    why = f"{_name(need)} is usable in {where} and not in {region}; replicate it there"
    return Lookup(need=need, standing=Standing.ELSEWHERE, why=why, holds=True)


def _name(need: Need) -> str:
    """Return what people call it: "gallery gallery_neu", and an address as a whole."""
    short = need.id if not need.id.startswith("/") else need.id.rpartition("/")[2]
    if need.kind is Kind.SOURCE_VERSION:
        short = "/".join(need.id.split("/")[-5::2]) if "/versions/" in need.id else short
    return f"{need.kind} {short}"
