"""Read the file of a copy back, wholly, before anything is done with it.

Rules: what cannot be understood to its end is refused, with what is wrong, where, and what to do; a field that nobody
knows is told and, inside the definition, kept, because a newer API may have given it a meaning. Nothing is guessed: a
file with expressions of its own is for `az deployment group create`. This module does not know where files are.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NoReturn

from aibwatch.core.copies.copy import RESOURCE, Copy, Origin
from aibwatch.core.copies.literal import DEEPEST, LiteralError, read, too_deep
from aibwatch.core.definition.portable import KIND, Json, portable
from aibwatch.core.reading import items, moment, table, text

LARGEST = 8 * 1024 * 1024
"""Bytes of a file: more than Azure takes, which is 4 MB for a deployment."""

KNOWN = frozenset({"$schema", "contentVersion", "metadata", "parameters", "resources"})
OF_RESOURCE = frozenset({"type", "apiVersion", "name", *RESOURCE})
OF_PROPERTIES = frozenset({
    "autoRun", "buildTimeoutInMinutes", "customize", "distribute", "errorHandling", "managedResourceTags", "optimize",
    "source", "stagingResourceGroup", "validate", "vmProfile",
})  # fmt: skip
"""Of 2025-10-01, as far as they can be written."""

LOOPS = frozenset({"copy", "condition"})
"""Of a resource: they change how many there are."""

REMEDY = "nothing was changed; take another version (history/, or git), or a new copy: aibwatch backup"

_SCHEMA = re.compile(
    r"https?://schema\.management\.azure\.com/schemas/[\d-]+/deploymentTemplate\.json#?", re.IGNORECASE
)
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_VERSION = re.compile(r"\d{4}-\d{2}-\d{2}(-preview)?")
_ID = re.compile(rf"/subscriptions/[^/]+/resourceGroups/[^/]+/providers/{re.escape(KIND)}/[^/]+", re.IGNORECASE)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class DamagedCopyError(ValueError):
    """A file is no copy of a template; the message says why, where, and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A copy as its file has it."""

    copy: Copy
    """`written_id` is "" where the file does not say whose it is, `taken_at` the year 1970 where not when."""
    warnings: tuple[str, ...]
    """What the file has beyond what is understood, a sentence each."""


def read_copy(content: bytes, secrets: bytes | None = None) -> Read:
    """Return the copy in the content of a file, and of the file of secrets beside it where there is one.

    Raises:
        DamagedCopyError: if it is not one, or cannot be understood to its end.
    """
    document = _object(content, "the file")
    if not _SCHEMA.fullmatch(text(document, "$schema")):
        said = text(document, "$schema") or "none"
        _refuse(f'"$schema" is {said}, not that of a deployment template')
    resource = _resource(document)
    resource = table(_literal(resource, {} if secrets is None else _values(secrets)))
    _check(resource)
    definition = portable({key: resource[key] for key in RESOURCE if key in resource})
    about = table(document, "metadata", "aibwatch")
    warnings = (*_unknown(document, resource), *_other(resource, text(about, "id")))
    return Read(copy=_copy(resource, definition, about), warnings=warnings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a file in the directory says already."""

    resource: Json
    """As it stands there, without the version of the API: a newer one alone is no news."""
    taken_at: datetime
    origin: Origin


def found_in(content: bytes) -> Found | None:
    """Return what a file says; None where it cannot be read. Never raises."""
    try:
        document = _object(content, "the file")
        about = table(document, "metadata", "aibwatch")
        resource = {key: value for key, value in _resource(document).items() if key != "apiVersion"}
    except DamagedCopyError:
        return None
    at, origin = moment(about, "takenAt"), _origin(about)
    return Found(resource=resource, taken_at=at, origin=origin) if at is not None and origin is not None else None


def secrets_in(content: bytes) -> Mapping[str, str]:
    """Return what a file of secrets has; nothing where it cannot be read. Never raises."""
    try:
        return _values(content)
    except DamagedCopyError:
        return {}


def _object(content: bytes, what: str) -> Json:
    if len(content) > LARGEST:
        _refuse(f"{what} is larger than {LARGEST // 1024 // 1024} MiB, and so no template")
    try:
        value = json.loads(content.decode("utf-8-sig"), object_pairs_hook=_once, parse_constant=_no_number)
    except UnicodeDecodeError as error:
        _refuse(f"{what} is not UTF-8 from byte {error.start} on")
    except json.JSONDecodeError as error:
        _refuse(
            f"{what} is no JSON from line {error.lineno}, column {error.colno} on ({error.msg}): cut off or damaged"
        )
    except DamagedCopyError:
        raise
    except (ValueError, RecursionError):  # a number of thousands of digits; ten thousand brackets
        _refuse(f"{what} has a number or a nesting that no template has")
    if not isinstance(value, dict):
        _refuse(f"{what} holds no JSON object")
    if too_deep(value, DEEPEST + 4):
        _refuse(f"{what} has a number or a nesting that no template has")
    return value


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        _refuse(f'"{next(name for name in names if names.count(name) > 1)[:80]}" stands twice in one object')
    return found


def _no_number(name: str) -> NoReturn:
    _refuse(f"{name} is no number in JSON")


def _resource(document: Json) -> Json:
    resources = items(document, "resources")
    if len(resources) != 1:
        _refuse(f'"resources" has {len(resources)} entries; a copy has one, the template')
    resource = table(resources[0])
    if text(resource, "type").lower() != KIND.lower():
        _refuse(f'"resources[0].type" is {text(resource, "type") or "missing"}, not {KIND}')
    for key in sorted(LOOPS & resource.keys()):
        _refuse(f'"resources[0].{key}" cannot be worked out here; deploy the file with az deployment group create')
    return resource


def _values(secrets: bytes) -> Mapping[str, str]:
    given = table(_object(secrets, "the file of secrets"), "parameters")
    return {name: value for name in given if isinstance(value := table(given, name).get("value"), str)}


def _literal(resource: Json, secrets: Mapping[str, str]) -> object:
    found: dict[str, object] = {}
    for key, value in resource.items():
        try:
            found[key] = read(value, secrets)
        except LiteralError as error:
            remedy = "put the file of secrets beside it, or deploy it with az deployment group create"
            raise DamagedCopyError(f'"resources[0].{key}" {error}; nothing was changed; {remedy}') from error
    return found


def _check(resource: Json) -> None:
    if not _NAME.fullmatch(text(resource, "name")):
        _refuse('"resources[0].name" is no name of a template: 1 to 64 letters, digits, "_", "." and "-"')
    if not _VERSION.fullmatch(text(resource, "apiVersion")):
        _refuse('"resources[0].apiVersion" is no version of an API, like 2024-02-01')
    if not text(resource, "location").strip():
        _refuse('"resources[0].location" is missing: it does not say which region it is for')
    properties = table(resource, "properties")
    if not table(properties, "source"):
        _refuse('"resources[0].properties.source" is missing: there is nothing to build from')
    targets = items(properties, "distribute")
    if not targets or not all(table(target) for target in targets):
        _refuse('"resources[0].properties.distribute" names no target')
    for key in ("tags", "identity"):
        if key in resource and not isinstance(resource[key], dict):
            _refuse(f'"resources[0].{key}" is no object')


def _unknown(document: Json, resource: Json) -> Iterator[str]:
    for key in sorted(document.keys() - KNOWN):
        yield f'"{key}" is not part of a copy, and was left out'
    for key in sorted(resource.keys() - OF_RESOURCE):
        yield f'"resources[0].{key}" is not part of a template, and was left out'
    for key in sorted(table(resource, "properties").keys() - OF_PROPERTIES):
        yield f'"resources[0].properties.{key}" is not known to this version; it is sent as it is'


def _other(resource: Json, written_id: str) -> Iterator[str]:
    name = text(resource, "name")
    if _ID.fullmatch(written_id) and written_id.rsplit("/", 1)[-1].lower() != name.lower():
        yield f"its metadata is about {written_id.rsplit('/', 1)[-1]}, its template is called {name}: so it is called"


def _copy(resource: Json, definition: Json, about: Json) -> Copy:
    written_id = text(about, "id")
    scope = written_id.rsplit("/", 1)[0] if _ID.fullmatch(written_id) else ""
    return Copy(
        written_id=f"{scope}/{text(resource, 'name')}" if scope else "",
        definition=definition,
        api_version=text(resource, "apiVersion"),
        taken_at=moment(about, "takenAt") or _EPOCH,
        origin=_origin(about) or Origin.SERVICE,
        tenant=text(about, "tenant"),
    )


def _origin(about: Json) -> Origin | None:
    return next((origin for origin in Origin if origin.value == text(about, "takenFrom")), None)


def _refuse(why: str) -> NoReturn:
    raise DamagedCopyError(f"{why}; {REMEDY}")
