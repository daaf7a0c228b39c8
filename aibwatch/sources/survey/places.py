"""Read where a resource is that a template needs.

Rules: one GET a resource; of a subnet the network is read, because a subnet has no region of its own; of an image's
latest version the newest that counts as latest. A version is usable where it is replicated to, and only where that has
ended. This module does not know who needs a resource, nor where it ought to be.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from aibwatch.core.model import Region, region_of
from aibwatch.core.readiness.survey import ABSENT, Absence, Json, Place, Unread
from aibwatch.core.reading import items, table, text
from aibwatch.sources.answer import Bad
from aibwatch.sources.arm import Api
from aibwatch.sources.lacking import lacking
from aibwatch.sources.survey.thrift import Question, Thrift

OPERATION = "survey_resource"

LATEST = "latest"

MOST_REPLICAS = 100
"""Regions of one version. Azure has about 70."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of resource, and how it is read."""

    api: Api
    action: str
    """The permission that reading it needs."""


_COMPUTE = "Microsoft.Compute"
GROUP = "microsoft.resources/resourcegroups"
GALLERY = "microsoft.compute/galleries"
DEFINITION = f"{GALLERY}/images"
VERSION = f"{DEFINITION}/versions"
NETWORK = "microsoft.network/virtualnetworks"
SUBNET = f"{NETWORK}/subnets"

KINDS: Mapping[str, Kind] = {
    GROUP: Kind(Api.RESOURCES, "Microsoft.Resources/subscriptions/resourceGroups/read"),
    GALLERY: Kind(Api.GALLERY, f"{_COMPUTE}/galleries/read"),
    DEFINITION: Kind(Api.GALLERY, f"{_COMPUTE}/galleries/images/read"),
    VERSION: Kind(Api.GALLERY, f"{_COMPUTE}/galleries/images/versions/read"),
    "microsoft.compute/images": Kind(Api.COMPUTE, f"{_COMPUTE}/images/read"),
    "microsoft.managedidentity/userassignedidentities": Kind(
        Api.IDENTITY, "Microsoft.ManagedIdentity/userAssignedIdentities/read"
    ),
    NETWORK: Kind(Api.NETWORK, "Microsoft.Network/virtualNetworks/read"),
    SUBNET: Kind(Api.NETWORK, "Microsoft.Network/virtualNetworks/read"),
    "microsoft.storage/storageaccounts": Kind(Api.STORAGE, "Microsoft.Storage/storageAccounts/read"),
    "microsoft.keyvault/vaults": Kind(Api.KEY_VAULT, "Microsoft.KeyVault/vaults/read"),
}
"""By type, in lower case. What a template can name; anything else is told as unknown."""

_PART = r"(?!\.{1,2}(?:/|$))[^/?#]{1,260}"
"""A name. One of dots alone would lead upwards."""

_GROUP_ID = re.compile(rf"/subscriptions/{_PART}/resourcegroups/{_PART}")
_RESOURCE_ID = re.compile(
    rf"(?P<scope>/subscriptions/{_PART}/resourcegroups/{_PART})/providers/(?P<space>{_PART})(?P<rest>(?:/{_PART}/{_PART}){{1,5}})"
)
_NUMBERS = re.compile(r"\d{1,10}\.\d{1,10}\.\d{1,10}", re.ASCII)


async def where_is(thrift: Thrift, resource: str) -> Place | Absence | Unread:
    """Return where the resource with this id is; letter case does not matter. Asked once a round."""
    name = resource.strip().rstrip("/").lower()
    kind = kind_of(name)
    if kind not in KINDS:
        known = f"a resource of type {kind}" if kind else "what has no resource id"
        return Unread(why=f"aibwatch does not know how to read {known}")
    if kind == VERSION and name.endswith(f"/versions/{LATEST}"):
        return await _latest(thrift, name.removesuffix(f"/versions/{LATEST}"))
    body = await _body(thrift, name.partition("/subnets/")[0] if kind == SUBNET else name)
    if not isinstance(body, Mapping):
        return body
    return _subnet(body, name) if kind == SUBNET else place_of(body, kind)


def kind_of(resource: str) -> str:
    """Return the type in a resource id, in lower case; "" for what is no id of a resource in a resource group."""
    name = resource.strip().rstrip("/").lower()
    if _GROUP_ID.fullmatch(name):
        return GROUP
    if not (match := _RESOURCE_ID.fullmatch(name)):
        return ""
    return "/".join([match["space"], *match["rest"].split("/")[1::2]])


def place_of(body: Json, kind: str) -> Place | Unread:
    """Return what the answer says of where the resource is. `kind` is taken where it does not name its type."""
    region = region_of(text(body, "location"))
    if not region:
        return Unread(why="the answer does not say in which region it is")
    return Place(
        region=region,
        kind=text(body, "type").strip().lower() or kind,
        replicas=replicas_of(body) if kind == VERSION else (),
        generation=text(table(body, "properties"), "hyperVGeneration").strip().upper(),
    )


def replicas_of(version: Json) -> tuple[Region, ...]:
    """Return where a version in a gallery is usable.

    Where the answer tells the state of each replica, those that are complete; else those that are published to.
    """
    properties = table(version, "properties")
    states = [table(entry) for entry in items(table(properties, "replicationStatus"), "summary")]
    told = [text(entry, "region") for entry in states if text(entry, "state").strip().lower() == "completed"]
    if not states:
        targets = items(table(properties, "publishingProfile"), "targetRegions")
        told = [text(table(entry), "name") for entry in targets]
    return tuple(dict.fromkeys(region_of(name) for name in told[:MOST_REPLICAS] if name.strip()))


async def _latest(thrift: Thrift, definition: str) -> Place | Absence | Unread:
    """Return where the newest version of an image is that counts as latest; ABSENT where there is none."""
    kind = KINDS[VERSION]
    question = Question(
        path=f"{definition}/versions", api=kind.api, operation=OPERATION, subject=f"{VERSION} in {_group(definition)}"
    )
    listed = await thrift.once(("list", definition), lambda: thrift.list(question))
    if isinstance(listed, Unread):
        return listed
    if listed.failure:
        return lacking(listed.failure, kind.action)
    newest = max(_counting(listed.entries), default=None)
    return ABSENT if newest is None else await where_is(thrift, f"{definition}/versions/{newest[1]}")


def _counting(versions: tuple[object, ...]) -> Iterator[tuple[tuple[int, ...], str]]:
    """Yield the versions that count as latest, their numbers and their names."""
    for version in map(table, versions):
        properties = table(version, "properties")
        name = text(version, "name").strip()
        left_out = table(properties, "publishingProfile").get("excludeFromLatest") is True
        made = text(properties, "provisioningState").strip().lower() in {"", "succeeded", "updating"}
        if _NUMBERS.fullmatch(name) and made and not left_out:
            yield tuple(map(int, name.split("."))), name


async def _body(thrift: Thrift, name: str) -> Json | Absence | Unread:
    kind = kind_of(name)
    known = KINDS[kind]
    question = Question(
        path=name,
        api=known.api,
        operation=OPERATION,
        subject=f"{kind} in {_group(name)}",
        query={"$expand": "ReplicationStatus"} if kind == VERSION else None,
    )

    async def find() -> Json | Absence | Unread:
        answer = await thrift.get(question)
        return lacking(answer, known.action) if isinstance(answer, Bad) else answer.body

    return await thrift.once(name, find)


def _subnet(network: Json, name: str) -> Place | Absence | Unread:
    place = place_of(network, SUBNET)
    if isinstance(place, Unread):
        return place
    wanted = name.rpartition("/")[2]
    subnets = items(table(network, "properties"), "subnets")
    there = any(text(table(entry), "name").strip().lower() == wanted for entry in subnets)
    return Place(region=place.region, kind=SUBNET) if there else ABSENT


def _group(name: str) -> str:
    """Return the resource group in an id: what is in one is usually in one region."""
    return "/".join(name.split("/")[:5])
