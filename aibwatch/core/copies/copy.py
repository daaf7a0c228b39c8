"""Hold the copy of a template, and write it as the file that deploys it again.

A copy is an ARM template of one resource and no inputs, but for secrets (see `literal`): `az deployment group create`
takes it, and `restore` does. Where it came from stands in its metadata. Rules: the same copy makes the same file, to
the last byte; keys are sorted, lists are not; its place in the directory follows from the template's id alone.
This module does not know files, nor how one is read back (see `document`).
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from aibwatch.core.copies.literal import Secrets, written
from aibwatch.core.definition.portable import KIND, Json
from aibwatch.core.model import Region, TemplateId, template_id

SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
PARAMETERS = "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#"
VERSION = "1.0.0.0"
FORMAT = 1
"""Of what stands under `metadata.aibwatch`."""

RESOURCE = ("location", "tags", "identity", "properties")
"""What of a definition a resource has, beside type, apiVersion and name."""

_HALF = re.compile("[\ud800-\udfff]")
_UNSAFE = re.compile(r"[^a-z0-9._()-]|^\.")
"""In a file's name. A leading dot would hide it, or lead out of the directory."""


class Origin(StrEnum):
    """Who told a definition."""

    SERVICE = "service"
    RESOURCE_GRAPH = "resource-graph"
    """The copy that Azure itself keeps; asked where the template's region does not answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A template's definition, and where and when it was so."""

    written_id: str
    """Resource id in the letter case of Azure."""
    definition: Json
    """Portable: location, tags, identity and properties."""
    api_version: str
    taken_at: datetime
    """When this definition was seen for the first time, as far as the copies know."""
    origin: Origin
    tenant: str = ""
    """Its id; "" where it was not told: only Resource Graph does."""

    @property
    def template(self) -> TemplateId:
        """The id as it is compared."""
        return template_id(self.written_id)

    @property
    def name(self) -> str:
        """The template's name."""
        return self.written_id.rstrip("/").rsplit("/", 1)[-1]

    @property
    def region(self) -> Region:
        """Where it lives, as its definition says."""
        return Region(str(self.definition.get("location", "")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """What a copy is on a disk."""

    template: str
    values: Mapping[str, str]
    """What is secret, by the name of its parameter."""

    @property
    def secrets(self) -> str:
        """The file of parameters that goes with it; "" where there is nothing secret."""
        return parameters(self.values) if self.values else ""


def files_of(copy: Copy) -> Files:
    """Return the texts of a copy's files."""
    secrets = Secrets()
    resource = {"type": KIND, "apiVersion": copy.api_version, "name": written(copy.name, secrets)}
    resource |= {key: written(copy.definition[key], secrets) for key in RESOURCE if key in copy.definition}
    names = sorted(secrets.values)
    document = {
        "$schema": SCHEMA,
        "contentVersion": VERSION,
        "metadata": {"aibwatch": _metadata(copy)},
        "parameters": {name: {"type": "secureString"} for name in names},
        "resources": [resource],
    }
    return Files(template=as_text(document), values=secrets.values)


def parameters(values: Mapping[str, str]) -> str:
    """Return the text of a file of parameters."""
    given = {name: {"value": value} for name, value in values.items()}
    return as_text({"$schema": PARAMETERS, "contentVersion": VERSION, "parameters": given})


def as_text(value: Mapping[str, object]) -> str:
    """Return JSON that diffs well: sorted keys, a line each, a newline at the end."""
    found = json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    # Half a letter (a lone surrogate) can be in JSON, but not in UTF-8.
    return json.dumps(value, indent=2, sort_keys=True) + "\n" if _HALF.search(found) else found


def place_of(template: TemplateId) -> str:
    """Return where in the directory a template's file is: "SUBSCRIPTION/RESOURCE-GROUP/NAME.json", in lower case.

    What cannot stand in a file's name everywhere is written as %XX of its UTF-8, so that two templates never share one.
    """
    parts = template.split("/")
    subscription, group, name = (parts[place] if place < len(parts) else "" for place in (2, 4, -1))
    return f"{_safe(subscription)}/{_safe(group)}/{_safe(name)}.json"


def timestamp(at: datetime) -> str:
    """Return the time as files of the history have it in their names: "20260302T100000Z"."""
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _metadata(copy: Copy) -> Mapping[str, object]:
    told = {
        "format": FORMAT,
        "id": copy.written_id,
        "region": copy.region,
        "subscription": copy.template.split("/")[2],
        "takenAt": copy.taken_at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "takenFrom": copy.origin.value,
    }
    return told | ({"tenant": copy.tenant} if copy.tenant else {})


def _safe(part: str) -> str:
    return _UNSAFE.sub(lambda found: "".join(f"%{byte:02x}" for byte in found[0].encode(errors="replace")), part) or "%"
