"""Take in the body of a PUT or PATCH, and give it back the way the service gives it back.

Recorded rules: keys inside source, customize and distribute are sorted; an empty checksum is dropped and filled in
once the template is created; a gallery target gains artifactTags, excludeFromLatest and versioning; vmProfile keeps
away unless it was put, and then gains an empty size; "latest" and the identity's ids are resolved by creation. This
module does not know runs.
"""

import hashlib
from urllib.parse import urlsplit

from aibwatch.simulator.lots import guid
from aibwatch.simulator.refusal import Refusal, invalid
from aibwatch.simulator.wire import Json

CHANGEABLE = frozenset({"identity", "tags", "properties"})
CHANGEABLE_PROPERTIES = frozenset({"distribute", "vmProfile"})
"""All that a PATCH may touch; anything else is a new template."""

KNOWN = frozenset(
    {
        *("source", "customize", "optimize", "validate", "distribute", "errorHandling", "buildTimeoutInMinutes"),
        *("vmProfile", "managedResourceTags", "autoRun", "stagingResourceGroup"),
        *("provisioningState", "provisioningError", "lastRunStatus", "exactStagingResourceGroup"),
    }
)
"""Properties that have their place; a newer one comes back as it was put. The last four are never taken in."""

EXACT_VERSION = "24.04.202404230"
"""What "latest" is resolved to: one build for every image, in the form of the real ones."""


def accept(body: object) -> Json:
    """Return what is kept of a PUT. Raises Refusal for a body that is no template."""
    if not isinstance(body, dict) or not isinstance(body.get("properties"), dict):
        raise invalid("'ImageTemplate': Missing field 'properties'")
    properties = body["properties"]
    if not isinstance(body.get("location"), str) or not body["location"]:
        raise Refusal(400, "LocationRequired", "The location property is required for this definition.")
    if not isinstance(body.get("tags") or {}, dict):
        raise invalid("'ImageTemplate.tags': an object is expected")
    if not isinstance(body.get("identity"), dict):
        raise invalid("'ImageTemplate': Missing field 'identity'")
    _check_properties(properties)
    return {
        "location": "".join(body["location"].split()).lower(),
        "tags": dict(body.get("tags") or {}),
        "identity": body["identity"],
        "properties": properties,
    }


def _check_properties(properties: Json) -> None:
    for key, kind in (("source", dict), ("distribute", list)):
        if not isinstance(properties.get(key), kind) or not properties[key]:
            raise invalid(f"'ImageTemplate.properties': Missing field '{key}'")
    if not isinstance(properties["source"].get("type"), str):
        raise invalid("'ImageTemplate.properties.source': Missing field 'type'")
    for key in ("customize", "distribute"):
        items = properties.get(key) or []
        if not isinstance(items, list) or not all(isinstance(item, dict) and "type" in item for item in items):
            raise invalid(f"'ImageTemplate.properties.{key}': Missing field 'type'")
    for target in properties["distribute"]:
        _check_target(target)
    if not isinstance(properties.get("vmProfile") or {}, dict):
        raise invalid("'ImageTemplate.properties.vmProfile': an object is expected")


def _check_target(target: Json) -> None:
    needed = {"SharedImage": "galleryImageId", "ManagedImage": "imageId"}
    for field in ("runOutputName", needed.get(str(target["type"]), "runOutputName")):
        if not isinstance(target.get(field), str):
            raise invalid(f"'ImageTemplate.properties.distribute': Missing field '{field}'")


def shown(definition: Json, *, created: bool) -> tuple[Json, Json, Json]:
    """Return the properties before and behind the states, and the identity, as an answer shows them."""
    properties = definition["properties"]
    first: Json = {"source": _source(properties["source"], created=created)}
    if properties.get("customize"):
        first["customize"] = [_customizer(item, created=created) for item in properties["customize"]]
    first |= {key: properties[key] for key in ("optimize", "validate") if properties.get(key)}
    first["distribute"] = [_target(item) for item in properties["distribute"]]
    first |= {key: properties[key] for key in ("errorHandling",) if properties.get(key)}
    last: Json = {"buildTimeoutInMinutes": properties.get("buildTimeoutInMinutes") or 0}
    if "vmProfile" in properties:
        last["vmProfile"] = {"vmSize": "", "osDiskSizeGB": 0, **(properties["vmProfile"] or {})}
    last |= {key: properties[key] for key in ("managedResourceTags", "autoRun") if properties.get(key)}
    last |= {key: value for key, value in properties.items() if key not in KNOWN}
    last["stagingResourceGroup"] = properties.get("stagingResourceGroup") or ""
    return first, last, _identity(definition["identity"], created=created)


def _source(source: Json, *, created: bool) -> Json:
    given = dict(source)
    if given["type"] == "PlatformImage":
        latest = given.get("version") == "latest"
        given["exactVersion"] = EXACT_VERSION if latest and created else given.get("version")
    elif given["type"] == "SharedImageVersion":
        given["exactVersion"] = given.get("imageVersionId")  # a whole resource id, as recorded in 2024
    return dict(sorted(given.items()))


def _customizer(item: Json, *, created: bool) -> Json:
    given = {key: value for key, value in item.items() if value != ""}
    uri = given.get("scriptUri") or given.get("sourceUri")
    if created and uri and not given.get("sha256Checksum"):
        # Of the content: copies of a script in several accounts have the same, and are told by the same path.
        given["sha256Checksum"] = hashlib.sha256(urlsplit(str(uri)).path.encode()).hexdigest()
    if given["type"] == "WindowsRestart":
        given.setdefault("restartCommand", "")
    return dict(sorted(given.items()))


def _target(item: Json) -> Json:
    given: Json = {"artifactTags": {}, **item}
    if given["type"] == "SharedImage":
        # Null in every recording, also where the request asked for a scheme.
        given = {"excludeFromLatest": False, **given, "versioning": None}
    return dict(sorted(given.items()))


def _identity(identity: Json, *, created: bool) -> Json:
    users = identity.get("userAssignedIdentities")
    if not isinstance(users, dict):
        return dict(identity)
    return {**identity, "userAssignedIdentities": {name: identity_ids(name) if created else {} for name in users}}


def identity_ids(identity: str) -> Json:
    """Return what an identity is known by besides its resource id, wherever it is shown."""
    return {kind: guid(0, identity.lower(), kind) for kind in ("principalId", "clientId")}


def changed(definition: Json, body: object) -> tuple[Json, bool]:
    """Return a definition after a PATCH, and whether that takes time. Raises Refusal for what cannot be changed."""
    if not isinstance(body, dict) or not body or set(body) - CHANGEABLE:
        raise invalid("'ImageTemplateUpdateParameters': only identity, tags and properties can be updated")
    properties = body.get("properties") or {}
    if not isinstance(properties, dict) or set(properties) - CHANGEABLE_PROPERTIES:
        raise invalid("'ImageTemplateUpdateParameters.properties': only distribute and vmProfile can be updated")
    if "distribute" in properties:
        _keep_targets(definition["properties"]["distribute"], properties["distribute"])
    after = {
        **definition,
        "tags": body.get("tags", definition["tags"]),
        "identity": body.get("identity", definition["identity"]),
        "properties": {**definition["properties"], **properties},
    }
    accept(after)
    return after, set(body) != {"tags"}


def _keep_targets(before: list[Json], after: object) -> None:
    if not isinstance(after, list) or not all(isinstance(item, dict) and "type" in item for item in after):
        raise invalid("'ImageTemplateUpdateParameters.properties.distribute': Missing field 'type'")
    kept = {item.get("runOutputName") for item in after}
    for item in before:
        if item.get("runOutputName") not in kept:
            name = item.get("runOutputName")
            raise invalid(
                f"Distribute target with Runoutput name {name} not found in the update request. "
                "Deleting a distribution target is not allowed."
            )
