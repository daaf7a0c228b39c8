"""Name what a template needs and others may need too, so that runs that fail for one common reason count once.

Rules: one name a thing, its kind in front, in lower case, without a version: "gallery:/subscriptions/...". Nothing
secret: of a script's address the query is left out, it may hold an access signature. Nothing here raises.
This module does not know how much sharing weighs.

Note [Why platform images are left out]: publisher, offer and sku name an image that half of a subscription, and most
of Azure, builds from. Counting it would make one witness of every region that builds on one Ubuntu, and real outages
would never find two. A platform image that breaks breaks in every region at once, and that is held as GLOBAL.
Gallery and managed images are the customer's own: somebody can break one, and only his templates fail.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from aibwatch.core.reading import cleaned, items, table, text

MOST = 100
"""Things named for one template; the largest real ones name about ten."""

_VERSION = re.compile(r"/versions/[^/]*$")
_IMAGE = re.compile(r"/images/.*$")


def shares_of(template: Mapping[str, object]) -> frozenset[str]:
    """Return what the template needs, as "kind:name": script, identity, subnet, source, gallery."""
    properties = table(template, "properties")
    found: set[str] = set()
    for parts in (_scripts(properties), _identities(template), _subnets(properties), _source(properties)):
        found.update(parts)
    found.update(_galleries(properties))
    return frozenset(sorted(found)[:MOST])


def _scripts(properties: Mapping[str, object]) -> Iterator[str]:
    steps = items(properties, "customize") + items(table(properties, "validate"), "inVMValidations")
    for step in map(table, steps):
        for key in ("scriptUri", "sourceUri"):
            if address := _without_query(text(step, key)):
                yield f"script:{address}"
        lines = [line for line in items(step, "inline") if isinstance(line, str)]
        if lines:
            digest = hashlib.sha256("\n".join(lines).encode("utf-8", "replace")).hexdigest()
            yield f"script:inline-{digest[:16]}"


def _without_query(address: str) -> str:
    bare = address.partition("?")[0].partition("#")[0].strip().lower()
    try:
        parts = urlsplit(bare)
    except ValueError:
        return ""
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}" if host else bare


def _identities(template: Mapping[str, object]) -> Iterator[str]:
    of_template = table(template, "identity", "userAssignedIdentities")
    of_build_vm = items(table(template, "properties", "vmProfile"), "userAssignedIdentities")
    for identity in [*of_template, *of_build_vm]:
        if name := _id(identity):
            yield f"identity:{name}"


def _subnets(properties: Mapping[str, object]) -> Iterator[str]:
    network = table(properties, "vmProfile", "vnetConfig")
    for key in ("subnetId", "containerInstanceSubnetId"):
        if name := _id(network.get(key)):
            yield f"subnet:{name}"


def _source(properties: Mapping[str, object]) -> Iterator[str]:
    source = table(properties, "source")
    if name := _id(source.get("imageVersionId")) or _id(source.get("imageId")):
        yield f"source:{_VERSION.sub('', name)}"


def _galleries(properties: Mapping[str, object]) -> Iterator[str]:
    for target in map(table, items(properties, "distribute")):
        if name := _id(target.get("galleryImageId")):
            yield f"gallery:{_IMAGE.sub('', name)}"


def _id(value: object) -> str:
    return cleaned(value).strip().rstrip("/").lower()
