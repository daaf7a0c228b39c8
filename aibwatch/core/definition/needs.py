"""Say what a template needs in order to build, each thing with its kind and where the definition names it.

Rules: one need a place, so a thing that is named twice is there twice; ids are in lower case, addresses too and without
their query, which may hold a signature; what Azure offers to everybody (platform images, sizes of machines) is no need.
Nothing here raises, whatever the JSON is.
This module does not know where anything is, nor whether it exists.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from aibwatch.core.definition.addresses import account_of, azure_addresses, plain, vault_of
from aibwatch.core.reading import cleaned, items, table, text

VERSION = re.compile(r"/versions/[^/]*$")
"""At the end of an id only: a resource group or a gallery may be called "images" or "versions" too."""

MOST = 500
"""Needs of one template; the largest real ones name about ten things."""

Json = Mapping[str, object]


class Kind(StrEnum):
    """What sort of thing it is. The values are what people are told."""

    RESOURCE_GROUP = "resource group"
    STAGING_GROUP = "staging resource group"
    IDENTITY = "identity"
    BUILD_IDENTITY = "identity of the build machine"
    SUBNET = "subnet"
    CONTAINER_SUBNET = "subnet of the container instances"
    SOURCE_VERSION = "source image version"
    SOURCE_IMAGE = "source managed image"
    GALLERY = "gallery"
    IMAGE_DEFINITION = "image definition"
    TARGET_GROUP = "resource group of the image"
    SCRIPT = "script"
    TARGET_STORAGE = "storage of the image"
    STORAGE = "storage named in a script"
    VAULT = "key vault"
    PLATFORM_IMAGE = "platform image"
    """Never a need of `needs_of`, because Azure offers it to everybody; but not in every region."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One thing that a template needs."""

    kind: Kind
    id: str
    """Resource id or address, in lower case."""
    where: str
    """Where the definition names it, for people: "distribute[0].galleryImageId"."""
    account: str = ""
    """Of an address in Azure's storage or of a key vault: the name of the account or vault, which has a region; "" for
    what has an id, and for an address outside, which has none."""

    @property
    def outside(self) -> bool:
        """Whether it is an address that is in no region of Azure, as far as anybody can tell."""
        return not self.account and not self.id.startswith("/")


def needs_of(body: Json) -> tuple[Need, ...]:
    """Return everything that the template needs, in the order in which people would check it."""
    properties = table(body, "properties")
    parts = (
        _groups(body, properties),
        _identities(body),
        _machine(table(properties, "vmProfile")),
        _source(table(properties, "source")),
        _targets(properties),
        _scripts(properties),
    )
    return tuple(islice((need for part in parts for need in part), MOST))


def group_of(resource: str) -> str:
    """Return the id of the resource group that a resource is in, in lower case; "" for what is in none."""
    parts = _id(resource).split("/")
    inside = len(parts) > 5 and parts[1] == "subscriptions" and parts[3] == "resourcegroups" and parts[4]
    return "/".join(parts[:5]) if inside else ""


def _groups(body: Json, properties: Json) -> Iterator[Need]:
    if group := group_of(text(body, "id")):
        yield Need(kind=Kind.RESOURCE_GROUP, id=group, where="id")
    yield from _named(Kind.STAGING_GROUP, properties.get("stagingResourceGroup"), "stagingResourceGroup")


def _identities(body: Json) -> Iterator[Need]:
    for name in table(body, "identity", "userAssignedIdentities"):
        yield from _named(Kind.IDENTITY, name, "identity")


def _machine(profile: Json) -> Iterator[Need]:
    for number, name in enumerate(items(profile, "userAssignedIdentities")):
        yield from _named(Kind.BUILD_IDENTITY, name, f"vmProfile.userAssignedIdentities[{number}]")
    network = table(profile, "vnetConfig")
    for kind, key in ((Kind.SUBNET, "subnetId"), (Kind.CONTAINER_SUBNET, "containerInstanceSubnetId")):
        yield from _named(kind, network.get(key), f"vmProfile.vnetConfig.{key}")


def _source(source: Json) -> Iterator[Need]:
    yield from _named(Kind.SOURCE_VERSION, source.get("imageVersionId"), "source.imageVersionId")
    yield from _named(Kind.SOURCE_IMAGE, source.get("imageId"), "source.imageId")


def _targets(properties: Json) -> Iterator[Need]:
    for number, target in enumerate(map(table, items(properties, "distribute"))):
        where = f"distribute[{number}]"
        # Without a version, as a target may name one and its number says nothing of what has to be there.
        definition = VERSION.sub("", _id(target.get("galleryImageId")))
        if definition:
            yield from _named(Kind.GALLERY, definition.rpartition("/images/")[0], f"{where}.galleryImageId")
            yield from _named(Kind.IMAGE_DEFINITION, definition, f"{where}.galleryImageId")
        if group := group_of(text(target, "imageId")):
            yield Need(kind=Kind.TARGET_GROUP, id=group, where=f"{where}.imageId")
        yield from _at(Kind.TARGET_STORAGE, text(target, "uri"), f"{where}.uri")


def _scripts(properties: Json) -> Iterator[Need]:
    for where, step in _steps(properties):
        for key in ("scriptUri", "sourceUri"):
            yield from _at(Kind.SCRIPT, text(step, key), f"{where}.{key}")
        for number, line in enumerate(items(step, "inline")):
            words = cleaned(line)
            for start, end in azure_addresses(words):
                kind = Kind.VAULT if vault_of(words[start:end]) else Kind.STORAGE
                yield from _at(kind, words[start:end], f"{where}.inline[{number}]")


def _steps(properties: Json) -> Iterator[tuple[str, Json]]:
    for number, step in enumerate(items(properties, "customize")):
        yield f"customize[{number}]", table(step)
    for number, step in enumerate(items(table(properties, "validate"), "inVMValidations")):
        yield f"validate.inVMValidations[{number}]", table(step)


def _named(kind: Kind, value: object, where: str) -> Iterator[Need]:
    if name := _id(value):
        yield Need(kind=kind, id=name, where=where)


def _at(kind: Kind, address: str, where: str) -> Iterator[Need]:
    if bare := plain(address):
        yield Need(kind=kind, id=bare, where=where, account=account_of(bare) or vault_of(bare))


def _id(value: object) -> str:
    name = cleaned(value).strip().rstrip("/").lower()
    # One client was recorded to name its staging group without the first slash, and the service took it.
    return f"/{name}" if name.startswith("subscriptions/") else name
