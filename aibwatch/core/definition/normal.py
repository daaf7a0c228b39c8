"""Write a definition so that two which mean the same are the same: the form in which definitions are compared.

Rules: ids and names of regions are in lower case; a default that is spelled out goes; the order of what has none is
sorted (identities, regions that an image is replicated to); replicationRegions, which is deprecated, is written as the
targetRegions that replaced it; signatures go, because they age and belong to one account. Unknown fields stay.
Nothing here raises. A normal form is never deployed, and this module does not know what differs between regions.
"""

from collections.abc import Mapping

from aibwatch.core.definition.addresses import unsigned
from aibwatch.core.definition.portable import Json, portable
from aibwatch.core.model import region_of

DEEPEST = 40
"""Levels that are told apart; a definition has seven. Below them everything is alike, so that nothing raises."""

Path = tuple[str, ...]
"""Keys from the top on; "*" for any place in a list."""

_STEPS: tuple[Path, ...] = (("properties", "customize", "*"), ("properties", "validate", "inVMValidations", "*"))
_TARGET: Path = ("properties", "distribute", "*")

DEFAULTS: Mapping[Path, tuple[object, ...]] = {
    ("properties", "buildTimeoutInMinutes"): (240,),
    ("properties", "errorHandling", "onCustomizerError"): ("cleanup",),
    ("properties", "errorHandling", "onValidationError"): ("cleanup",),
    ("properties", "optimize", "vmBoot", "state"): ("Disabled",),
    ("properties", "autoRun", "state"): ("Disabled",),
    ("properties", "validate", "continueDistributeOnFailure"): (False,),
    ("properties", "validate", "sourceValidationOnly"): (False,),
    (*_TARGET, "replicationMode"): ("Full",),
    (*_TARGET, "versioning", "scheme"): ("Latest",),
    (*_TARGET, "versioning", "major"): (-1,),
    (*_TARGET, "targetRegions", "*", "replicaCount"): (1,),
    (*_TARGET, "targetRegions", "*", "storageAccountType"): ("Standard_LRS",),
    **{(*step, key): (False,) for step in _STEPS for key in ("runElevated", "runAsSystem")},
    **{(*step, "updateLimit"): (0, 1000) for step in _STEPS},
    **{(*step, "restartTimeout"): ("5m",) for step in _STEPS},
}
"""What the service does where nothing is said, as documented for its API of 2025-10-01."""

_REGIONS = {("location",), (*_TARGET, "location")}
_NAMES = {("properties", "source", key) for key in ("publisher", "offer", "sku")}
"""Azure compares them without letter case."""

_TOO_DEEP = "(too deep)"


def normal(body: Json) -> dict[str, object]:
    """Return the definition in the one form; for each region of a target its settings by the region's name."""
    whole = portable(body)
    identity = whole.get("identity")
    if isinstance(identity, dict) and isinstance(users := identity.get("userAssignedIdentities"), dict):
        # Now, because their empty tables say nothing beyond their names.
        whole["identity"] = {**identity, "userAssignedIdentities": sorted(map(_id, users))}
    kept = _table(whole, ())
    if isinstance(properties := kept.get("properties"), dict):
        _settle(properties)
    return kept


def _settle(properties: dict[str, object]) -> None:
    profile, targets = properties.get("vmProfile"), properties.get("distribute")
    if isinstance(profile, dict) and isinstance(users := profile.get("userAssignedIdentities"), list):
        profile["userAssignedIdentities"] = sorted(users, key=str)
    for target in targets if isinstance(targets, list) else ():
        if isinstance(target, dict):
            _replicas(target)


def _replicas(target: dict[str, object]) -> None:
    """Write both ways to say where an image is replicated to as one: settings by region."""
    said = target.get("targetRegions")
    if isinstance(said, list) and all(isinstance(item, dict) and isinstance(item.get("name"), str) for item in said):
        target["targetRegions"] = {
            region_of(item["name"]): {key: value for key, value in item.items() if key != "name"} for item in said
        }
    names = target.get("replicationRegions")
    if said is None and isinstance(names, list) and all(isinstance(name, str) for name in names):
        del target["replicationRegions"]
        storage = target.pop("storageAccountType", "Standard_LRS")
        settings = {} if storage == "Standard_LRS" else {"storageAccountType": storage}
        target["targetRegions"] = {region_of(name): settings for name in names}


def _table(value: Json, path: Path) -> dict[str, object]:
    kept = {}
    for key, item in value.items():
        here = (*path, key)
        written = _written(item, here)
        if not _says_nothing(written) and not any(_same(written, default) for default in DEFAULTS.get(here, ())):
            kept[key] = written
    return kept


def _written(value: object, path: Path) -> object:
    if len(path) > DEEPEST:
        return _TOO_DEEP
    match value:
        case dict():
            return _table(value, path)
        case list():
            return [_written(item, (*path, "*")) for item in value]
        case str():
            return _text(value, path)
        case float() if value.is_integer():
            return int(value)
        case _:
            return value


def _text(value: str, path: Path) -> str:
    if path in _REGIONS:
        return region_of(value)
    if path in _NAMES:
        return value.lower()
    if value[:15].lower() == "/subscriptions/":
        return _id(value)
    return unsigned(value)


def _id(name: str) -> str:
    return name.strip().rstrip("/").lower()


def _says_nothing(value: object) -> bool:
    return value is None or value in ("", {}, [])


def _same(one: object, other: object) -> bool:
    """Return whether two values of JSON are one: Python takes true for 1."""
    return type(one) is type(other) and one == other
