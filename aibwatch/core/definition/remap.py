"""Write a definition for another region: everything of the old region becomes what the map says, or is told as missing.

Rules: what is regional and stays as it is, or still names the old region, is missing, unless the map says itself that
it may stay. An image is replicated to the new region in place of the old one, and not to both: replication to a region
that is down would hold up the very build that is to replace it. A source in a gallery may stay, because versions are
replicated. What a script says is left alone but for addresses of storage and key vaults in it.
This module does not know whether what it names exists.
"""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from aibwatch.core.definition.addresses import azure_addresses
from aibwatch.core.definition.needs import Kind, Need, needs_of
from aibwatch.core.definition.portable import Json, portable
from aibwatch.core.definition.region_map import RegionMap
from aibwatch.core.discovery.tagged import ROLE_TAG
from aibwatch.core.model import region_of
from aibwatch.core.redact import redacted

DEEPEST = 40
"""Levels in which something is looked for; a definition has seven."""

STAYS = frozenset({Kind.RESOURCE_GROUP, Kind.SOURCE_VERSION, Kind.IMAGE_DEFINITION})
"""Not looked at here: a template's own group is chosen by whoever deploys, a version may be replicated, and a
definition goes with its gallery."""

SIGN_IN = "let the primary's script sign in with the identity of its build machine, instead of carrying a signature"
"""What helps where a line of a script has one: no mapping can write another."""

SECONDARY = "secondary"
"""The role of what is deployed from a primary."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that was written differently for the other region."""

    path: str
    before: str
    """Without secrets, as `after`."""
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """One thing of which the map does not say what it is in the other region."""

    path: str
    id: str
    """What the definition for the other region names there, without secrets."""
    why: str
    remedy: str
    """What the operator has to write, and where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A definition for another region."""

    body: dict[str, object]
    """What would be PUT. It may hold secrets: signatures in addresses that did not change."""
    changes: tuple[Change, ...]
    missing: tuple[Missing, ...]


def moved(body: Json, mapping: RegionMap) -> Moved:
    """Return the definition, as a GET or a list shows it, for the region that the map leads to."""
    before = portable(body)
    work = _Work(mapping)
    after = work.table(before, "")
    after["location"] = work.noted("location", str(before.get("location", "")), mapping.away)
    return Moved(
        body=after,
        changes=tuple(work.changes),
        missing=(*_stayed(before, after, mapping), *_unsigned(work, mapping), *_clashes(work, mapping)),
    )


def remedy_of(mapping: RegionMap, what: str) -> str:
    """Return the line of the configuration that says what a thing of the old region is in the new one."""
    return (
        f'in [[mapping]] from "{mapping.home}" to "{mapping.away}": '
        f'exact = {{ {json.dumps(what)} = "THE ONE IN {mapping.away.upper()}" }}'
    )


def is_said(name: str, mapping: RegionMap) -> bool:
    """Return whether `exact` says that this is what it is called in the other region."""
    return any(name == value or name.startswith(f"{value}/") for value in map(_bare, mapping.exact.values()))


@dataclass(slots=True)
class _Work:
    """Goes through one definition, and notes what it changed."""

    mapping: RegionMap
    changes: list[Change] = field(default_factory=list)
    became: defaultdict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    """New id or address to the old ones that became it, each with its place; in lower case."""
    unsigned: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Place to the address that lost its signature there, and what it became; without secrets."""

    def noted(self, path: str, before: str, after: str) -> str:
        """Return what stands there now."""
        if before != after:
            self.changes.append(Change(path=path, before=redacted(before), after=redacted(after)))
        return after

    def table(self, value: Json, path: str) -> dict[str, object]:
        """Return a table with everything in it written for the other region."""
        written = {}
        for key, item in value.items():
            here = _below(path, key)
            if re.fullmatch(r"distribute\[\d+\]\.(replicationRegions|targetRegions)", here):
                written[key] = self._replicas(item, here)
            elif here == "identity.userAssignedIdentities" and isinstance(item, dict):
                written[key] = {self._resource(name, here): inner for name, inner in item.items()}
            else:
                written[key] = self._value(item, here)
        return written

    def _value(self, value: object, path: str) -> object:
        if path.count(".") + path.count("[") > DEEPEST:
            return value
        match value:
            case dict():
                return self.table(value, path)
            case list():
                return [self._value(item, f"{path}[{number}]") for number, item in enumerate(value)]
            case str():
                return self._text(value, path)
            case _:
                return value

    def _text(self, value: str, path: str) -> str:
        if value[:15].lower() == "/subscriptions/":
            return self._resource(value, path)
        if re.fullmatch(r".*\.(scriptUri|sourceUri|uri)", path):
            return self._address(value, path)
        if re.search(r"\.inline\[\d+\]$", path):
            return self._line(value, path)
        if re.fullmatch(r"distribute\[\d+\]\.runOutputName", path):
            return self.noted(path, value, self.mapping.named(value))
        if path.lower() == f"tags.{ROLE_TAG}":
            return self.noted(path, value, SECONDARY)
        if re.match(r"(tags|managedResourceTags|distribute\[\d+\]\.(artifactTags|location))\b", path):
            return self.noted(path, value, self.mapping.away if region_of(value) == self.mapping.home else value)
        return value

    def _resource(self, value: str, path: str) -> str:
        after = self.mapping.resource(value)
        self.became[after.lower()].setdefault(value.strip().rstrip("/").lower(), path)
        return self.noted(path, value, after)

    def _address(self, value: str, path: str, *, note: bool = True) -> str:
        after = self.mapping.address(value)
        if "sig=" in value.lower() and "sig=" not in after.lower() and self.mapping.given(value) is None:
            self.unsigned[path] = (value.partition("?")[0], redacted(after))
        self.became[redacted(after).lower()].setdefault(redacted(value).lower(), path)
        return self.noted(path, value, after) if note else after

    def _line(self, value: str, path: str) -> str:
        after = _in_line(value, lambda address: self._address(address, path, note=False))
        if after != value and "sig=" in value.lower():
            self.unsigned[path] = (redacted(value), redacted(after))
        return self.noted(path, value, after)

    def _replicas(self, value: object, path: str) -> object:
        """Return where the image is replicated to: the new region in place of the old one, each once."""
        if not isinstance(value, list):
            return value
        kept: list[object] = []
        names: list[str] = []
        for item in value:
            name = item.get("name") if isinstance(item, dict) else item
            region = region_of(name) if isinstance(name, str) else None
            region = self.mapping.away if region == self.mapping.home else region
            if region is None or region not in names:
                kept.append(item if region is None else {**item, "name": region} if isinstance(item, dict) else region)
                names += [region] if region else []
        before = [_region_named(item) for item in value]
        self.noted(path, ", ".join(before), ", ".join(map(_region_named, kept)))
        return kept


def _region_named(item: object) -> str:
    name = item.get("name") if isinstance(item, dict) else item
    return region_of(name) if isinstance(name, str) else "?"


def _below(path: str, key: str) -> str:
    if path in {"", "properties"}:
        return key
    return f"{path}.{key}"


def _in_line(line: str, change: Callable[[str], str]) -> str:
    parts, last = [], 0
    for start, end in azure_addresses(line):
        parts += [line[last:start], change(line[start:end])]
        last = end
    return "".join([*parts, line[last:]])


def _stayed(before: Json, after: Json, mapping: RegionMap) -> Iterator[Missing]:
    mine, theirs = needs_of(before), needs_of(after)
    known = {need.id for need in mine}
    # They are in the same order, unless two became one, which is told by itself.
    origins = [need.id for need in (mine if len(mine) == len(theirs) else theirs)]
    told: set[tuple[str, str]] = set()
    for need, origin in zip(theirs, origins, strict=True):
        why = "" if need.kind in STAYS else _why_missing(need, known, mapping)
        if why and (need.where, need.id) not in told:
            told.add((need.where, need.id))
            yield Missing(path=need.where, id=need.id, why=why, remedy=remedy_of(mapping, origin))


def _why_missing(need: Need, known: set[str], mapping: RegionMap) -> str:
    if need.outside or is_said(need.id, mapping):
        return ""
    if need.id in known:
        return f"the {need.kind} is still the one of {mapping.home}"
    return f"the {need.kind} still names {mapping.home}" if mapping.home and mapping.home in need.id else ""


def _bare(value: str) -> str:
    return value.partition("?")[0].strip().rstrip("/").lower()


def _unsigned(work: _Work, mapping: RegionMap) -> Iterator[Missing]:
    for path, (before, after) in work.unsigned.items():
        why = f"the signature in the address is for the storage of {mapping.home}"
        remedy = SIGN_IN if ".inline[" in path else remedy_of(mapping, before)
        yield Missing(path=path, id=after, why=why, remedy=remedy)


def _clashes(work: _Work, mapping: RegionMap) -> Iterator[Missing]:
    for after, places in work.became.items():
        if len(places) > 1:
            several = " and ".join(sorted(places))
            why = f"{several} would both become this one"
            path = next(iter(places.values()))
            yield Missing(path=path, id=after, why=why, remedy=remedy_of(mapping, min(places)))
