"""Take out of a template's JSON what the service added, so that it can be kept, compared and deployed again.

Rules: what is not known is kept, because a newer API may have given it a meaning; what is a default in disguise goes,
because it says the same as nothing; the order of keys is sorted, of lists never. Nothing here raises.
This module does not know regions.

Note [Defaults in disguise]: the service answers with buildTimeoutInMinutes 0, vmProfile {"vmSize": "",
"osDiskSizeGB": 0}, stagingResourceGroup "", versioning null, tags {} and artifactTags {} where nothing was said
(recorded).
"""

from collections.abc import Mapping

from aibwatch.core.reading import table

Json = Mapping[str, object]

KIND = "Microsoft.VirtualMachineImages/imageTemplates"

DEEPEST = 60
"""Levels in which keys are sorted; a definition has six. What is deeper stays as it came, so that nothing raises."""

SERVER_MADE = frozenset({"id", "name", "type", "systemdata", "etag"})
"""Of the template itself, besides its properties; in lower case, because letter case of keys has changed before."""

STATES = frozenset({"provisioningstate", "provisioningerror", "lastrunstatus", "exactstagingresourcegroup"})
"""Of its properties."""

IDENTITY_MADE = frozenset({"principalid", "tenantid"})


def portable(body: Json) -> dict[str, object]:
    """Return what somebody would PUT to get this template: location, tags, identity and properties."""
    kept = {key: value for key, value in body.items() if key.lower() not in SERVER_MADE}
    if "identity" in kept:
        kept["identity"] = _identity(table(kept, "identity"))
    kept["properties"] = _properties(table(body, "properties"))
    return _sorted({key: value for key, value in kept.items() if key == "properties" or not _says_nothing(value)})


def _properties(properties: Json) -> dict[str, object]:
    kept = {key: value for key, value in properties.items() if key.lower() not in STATES}
    if isinstance(source := kept.get("source"), Mapping):
        kept["source"] = {key: value for key, value in source.items() if key.lower() != "exactversion"}
    if isinstance(targets := kept.get("distribute"), list):
        kept["distribute"] = [_target(target) if isinstance(target, Mapping) else target for target in targets]
    if isinstance(profile := kept.get("vmProfile"), Mapping):
        kept["vmProfile"] = {key: value for key, value in profile.items() if not _says_nothing(value)}
    return {key: value for key, value in kept.items() if not _says_nothing(value)}


def _target(target: Json) -> dict[str, object]:
    kept = {key: value for key, value in target.items() if not _says_nothing(value)}
    if kept.get("excludeFromLatest") is False:
        del kept["excludeFromLatest"]
    return kept


def _identity(identity: Json) -> dict[str, object]:
    kept = {key: value for key, value in identity.items() if key.lower() not in IDENTITY_MADE}
    if isinstance(users := kept.get("userAssignedIdentities"), Mapping):
        kept["userAssignedIdentities"] = {name: {} for name in users}
    return kept


def _says_nothing(value: object) -> bool:
    return value is None or value == "" or value == {} or value == [] or (type(value) is int and value == 0)


def _sorted(value: Mapping[str, object], level: int = 0) -> dict[str, object]:
    return {key: _in_order(value[key], level + 1) for key in sorted(value)}


def _in_order(value: object, level: int) -> object:
    if level > DEEPEST:
        return value
    if isinstance(value, Mapping):
        return _sorted(value, level)
    return [_in_order(item, level + 1) for item in value] if isinstance(value, list) else value
