"""Say why a difference between a primary and its secondary is right, where it is: each is of its own region.

Rules: one row a place in the definition; a row says what two values must have in common to be the same thing of two
regions, and the sentence for people. A place without a row, and a pair that no row excuses, is drift.
This module does not know whether what an id names exists, nor where.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from aibwatch.core.definition.addresses import account_of, azure_addresses, host_and_path, vault_of
from aibwatch.core.definition.marks import alike
from aibwatch.core.model import Region


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """What stands at one place of two definitions."""

    path: str
    primary: object
    """None where nothing stands there."""
    secondary: object
    home: Region
    """Where the primary is; "" where its definition does not say."""
    away: Region


@dataclass(frozen=True, slots=True)
class _Row:
    path: str
    """Regular expression of the whole path."""
    is_right: Callable[[Pair], bool]
    why: str


def why_right(pair: Pair) -> str:
    """Return why the difference is right between regions, a sentence's end; "" where it is not."""
    return next((row.why for row in ROWS if re.fullmatch(row.path, pair.path) and row.is_right(pair)), "")


def _always(_: Pair) -> bool:
    return True


def _both(pair: Pair) -> tuple[str, str] | None:
    one, other = pair.primary, pair.secondary
    return (one, other) if isinstance(one, str) and isinstance(other, str) else None


def _same_kind(pair: Pair) -> bool:
    """Return whether both are ids of one kind of resource, whatever they are called."""
    both = _both(pair)
    return both is not None and _kind(both[0]) == _kind(both[1]) != ()


def _same_name(pair: Pair) -> bool:
    """Return whether both are ids of one kind, with the same last name."""
    both = _both(pair)
    return both is not None and _same_kind(pair) and _names_match(pair, both[0].split("/")[-1], both[1].split("/")[-1])


def _same_image(pair: Pair) -> bool:
    """Return whether both are images of one name in galleries, and the same version where one is named."""
    both = _both(pair)
    if both is None or not _same_kind(pair):
        return False
    (name, version), (other, other_version) = (_image(text) for text in both)
    return bool(name) and version == other_version and _names_match(pair, name, other)


def _names_match(pair: Pair, one: str, other: str) -> bool:
    return alike(one, pair.home, other, pair.away)


def _follows(pair: Pair) -> bool:
    both = _both(pair)
    return both is not None and _names_match(pair, *both)


def _own_region(pair: Pair) -> bool:
    return bool(pair.home and pair.away) and (pair.primary, pair.secondary) == (pair.home, pair.away)


def _both_replicate(pair: Pair) -> bool:
    return isinstance(pair.primary, list) and isinstance(pair.secondary, list)


def _same_path(pair: Pair) -> bool:
    both = _both(pair)
    if both is None:
        return False
    (host, path), (other_host, other_path) = map(host_and_path, both)
    return bool(host and other_host) and path == other_path != ""


def _same_script(pair: Pair) -> bool:
    """Return whether two lines are one, apart from the accounts and the regions that they name."""
    both = _both(pair)
    return both is not None and _without_places(both[0], pair.home) == _without_places(both[1], pair.away)


def _without_places(line: str, region: Region) -> str:
    parts, last = [], 0
    for start, end in azure_addresses(line):
        account = account_of(line[start:end]) or vault_of(line[start:end])
        parts += [line[last:start], line[start:end].lower().replace(account, "*", 1)]
        last = end
    bare = "".join([*parts, line[last:]])
    return re.sub(rf"\b{re.escape(region)}\b", "*", bare) if region else bare


def _kind(resource: str) -> tuple[str, ...]:
    """Return what an id says besides names: ("subscriptions", "resourcegroups", ...); () for what is no id."""
    parts = resource.lower().split("/")
    if len(parts) < 3 or parts[0] or parts[1] != "subscriptions":
        return ()
    before, providers, after = resource.lower().partition("/providers/")
    return (*before.split("/")[1::2], *((after.split("/")[0], *after.split("/")[1::2]) if providers else ()))


def _image(resource: str) -> tuple[str, str]:
    found = re.search(r"/images/([^/]+)(?:/versions/([^/]+))?$", resource)
    return (found[1], found[2] or "") if found else ("", "")


_USERS = r"userAssignedIdentities\[\d+\]"
_TARGET = r"distribute\[\d+\]"
_TAGS = rf"(tags|managedResourceTags|{_TARGET}\.artifactTags)"

ROWS = (
    _Row(r"location", _always, "each is in its own region"),
    _Row(rf"identity\.{_USERS}|vmProfile\.{_USERS}", _same_kind, "each region has its own identity"),
    _Row(r"vmProfile\.vnetConfig\.\w*[sS]ubnetId", _same_kind, "each region has its own network"),
    _Row(r"stagingResourceGroup", _same_kind, "each region has its own staging resource group"),
    _Row(rf"{_TARGET}\.galleryImageId", _same_image, "each region has its own gallery"),
    _Row(r"source\.imageVersionId", _same_image, "the same version, from each region's own gallery"),
    _Row(rf"source\.imageId|{_TARGET}\.imageId", _same_name, "a managed image is in one region only"),
    _Row(rf"{_TARGET}\.location", _own_region, "a managed image is in one region only"),
    _Row(rf"{_TARGET}\.targetRegions", _both_replicate, "each replicates where its region needs it"),
    _Row(rf"{_TARGET}\.runOutputName|{_TAGS}(\..*|\[.*)", _follows, "the name follows the region"),
    _Row(r"tags\.aibwatch-role", _always, "each says its own role"),
    _Row(r"(customize|validate)\b.*\.(scriptUri|sourceUri)", _same_path, "the same path on each region's own host"),
    _Row(rf"{_TARGET}\.uri", _same_path, "the same path on each region's own host"),
    _Row(
        r"(customize|validate)\b.*\.inline\[\d+\]",
        _same_script,
        "the same line, which names each region or its own storage",
    ),
)
