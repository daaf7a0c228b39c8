"""Name what a template needs and others may need too, so that runs that fail for one common reason count once.

Rules: one name a thing, its kind in front, in lower case, without a version: "gallery:/subscriptions/...". Nothing
secret: what a script says itself is named by its digest. Nothing here raises.
This module does not know how much sharing weighs.

Note [Why platform images are left out]: publisher, offer and sku name an image that half of a subscription, and most
of Azure, builds from. Counting it would make one witness of every region that builds on one Ubuntu, and real outages
would never find two. A platform image that breaks breaks in every region at once, and that is held as GLOBAL.
Gallery and managed images are the customer's own: somebody can break one, and only his templates fail.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping

from aibwatch.core.definition.needs import Kind, needs_of
from aibwatch.core.reading import items, table

MOST = 100
"""Things named for one template; the largest real ones name about ten."""

SHARED = {
    Kind.SCRIPT: "script",
    Kind.IDENTITY: "identity",
    Kind.BUILD_IDENTITY: "identity",
    Kind.SUBNET: "subnet",
    Kind.CONTAINER_SUBNET: "subnet",
    Kind.SOURCE_VERSION: "source",
    Kind.SOURCE_IMAGE: "source",
    Kind.GALLERY: "gallery",
}
"""Kinds of needs that make one witness of those who have them in common, and what they are called here."""

_VERSION = re.compile(r"/versions/[^/]*$")


def shares_of(template: Mapping[str, object]) -> frozenset[str]:
    """Return what the template needs, as "kind:name": script, identity, subnet, source, gallery."""
    found = {f"{SHARED[need.kind]}:{_VERSION.sub('', need.id)}" for need in needs_of(template) if need.kind in SHARED}
    found.update(_inline(table(template, "properties")))
    return frozenset(sorted(found)[:MOST])


def _inline(properties: Mapping[str, object]) -> Iterator[str]:
    steps = items(properties, "customize") + items(table(properties, "validate"), "inVMValidations")
    for step in map(table, steps):
        lines = [line for line in items(step, "inline") if isinstance(line, str)]
        if lines:
            digest = hashlib.sha256("\n".join(lines).encode("utf-8", "replace")).hexdigest()
            yield f"script:inline-{digest[:16]}"
