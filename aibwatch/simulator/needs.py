"""Find what a template names: resources by their ids, storage accounts and key vaults by their addresses.

Rules: whatever looks like a resource id is one, wherever it stands, so that no field has to be known; what contains a
resource is named with it (the network of a subnet, the gallery of a version); what a template is to make is not named;
an address counts wherever it stands in a text.
This module does not know what exists.
"""

import re
from collections.abc import Iterator

from aibwatch.simulator.wire import Json

ID = re.compile(r"/subscriptions/[^/]+/resourceGroups/[^/]+(?:/providers/[^/]+(?:/[^/]+/[^/]+)+)?", re.IGNORECASE)
_ACCOUNT = re.compile(r"https://([a-z0-9]{3,24})\.(?:blob|dfs|file)\.core\.", re.IGNORECASE)
_VAULT = re.compile(r"https://([a-z0-9-]{3,24})\.vault\.", re.IGNORECASE)

LATEST = "latest"
FIRST_VERSION = "1.0.0"
"""The version of a definition that stands for "latest" in a scenario which names none."""


def named(definition: Json, group: str) -> Iterator[str]:
    """Yield the ids of what a template names, containers first.

    `group` is the id of its resource group, in which its storage accounts and vaults are taken to be.
    """
    for text in _texts({**definition, "properties": _made(definition, out=True)}):
        yield from _named(text, group)
    for text in _texts(_made(definition, out=False)):
        yield from _named(re.split(r"/versions(?:/|$)", text, maxsplit=1, flags=re.IGNORECASE)[0], group)


def _made(definition: Json, *, out: bool) -> object:
    """Return the properties without the targets, or the targets without images: they are made by running."""
    properties = definition["properties"]
    if out:
        return {key: value for key, value in properties.items() if key != "distribute"}
    targets = properties.get("distribute") or []
    return [target for target in targets if isinstance(target, dict) and target.get("type") != "ManagedImage"]


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def _named(text: str, group: str) -> Iterator[str]:
    if text.lower().startswith("subscriptions/"):
        text = f"/{text}"  # as one client was recorded to name its staging group
    if ID.fullmatch(text):
        yield from containers(_settled(text))
    for account in _ACCOUNT.findall(text):
        yield f"{group}/providers/Microsoft.Storage/storageAccounts/{account.lower()}"
    for vault in _VAULT.findall(text):
        yield f"{group}/providers/Microsoft.KeyVault/vaults/{vault.lower()}"


def _settled(text: str) -> str:
    head, _, last = text.rpartition("/")
    return f"{head}/{FIRST_VERSION}" if last.lower() == LATEST and head.lower().endswith("/versions") else text


def containers(id_: str) -> Iterator[str]:
    """Yield the resource group of a resource, what the resource is in, and last itself."""
    parts = id_.split("/")
    yield "/".join(parts[:5])
    # /subscriptions/S/resourceGroups/G/providers/N/type/name, and two more parts for each level below
    for end in range(9, len(parts) + 1, 2):
        yield "/".join(parts[:end])


def kind_of(id_: str) -> str:
    """Return the type of a resource: "Microsoft.Compute/galleries/images"; "" for a resource group."""
    parts = id_.split("/")
    return "/".join([parts[6], *parts[7::2]]) if len(parts) > 7 else ""
