"""The file of a copy: always the same for the same, at a place of its own, and read back wholly or not at all."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aibwatch.core.copies.copy import Copy, Origin, files_of, place_of, timestamp
from aibwatch.core.copies.document import DamagedCopyError, Found, Read, found_in, read_copy, secrets_in
from aibwatch.core.model import TemplateId

AT = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
SUBSCRIPTION = "11111111-1111-1111-1111-111111111111"
KIND = "Microsoft.VirtualMachineImages/imageTemplates"
ID = f"/subscriptions/{SUBSCRIPTION}/resourcegroups/Images-WEU/providers/{KIND}/Ubuntu"
DEFINITION = {
    "identity": {"type": "UserAssigned", "userAssignedIdentities": {"/subscriptions/x/id": {}}},
    "location": "westeurope",
    "properties": {
        "customize": [{"inline": ["[ -f /x ]", "apt-get update"], "type": "Shell"}],
        "distribute": [{"runOutputName": "ubuntu", "type": "SharedImage"}],
        "source": {"offer": "ubuntu-24_04-lts", "type": "PlatformImage"},
    },
    "tags": {"team": "Plätze"},
}
COPY = Copy(
    written_id=ID,
    definition=DEFINITION,
    api_version="2025-10-01",
    taken_at=AT,
    origin=Origin.RESOURCE_GRAPH,
    tenant="t",
)
SIGNED = "https://st.blob.core.windows.net/s/a.sh?sig=abc"


def document(**changes: Any) -> dict[str, Any]:
    """Return the file's JSON with other members of its resource; None takes one away."""
    whole: dict[str, Any] = json.loads(files_of(COPY).template)
    for key, value in changes.items():
        whole["resources"][0][key] = value
        if value is None:
            del whole["resources"][0][key]
    return whole


def refused(content: object, secrets: bytes | None = None) -> str:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    with pytest.raises(DamagedCopyError) as caught:
        read_copy(raw, secrets)
    return str(caught.value)


def test_the_file_deploys_the_template_and_says_where_it_came_from() -> None:
    whole = document()
    assert whole["metadata"]["aibwatch"] == {
        "format": 1,
        "id": ID,
        "region": "westeurope",
        "subscription": SUBSCRIPTION,
        "takenAt": "2026-03-02T10:00:00Z",
        "takenFrom": "resource-graph",
        "tenant": "t",
    }
    (resource,) = whole["resources"]
    assert resource["properties"]["customize"][0]["inline"] == ["[[ -f /x ]", "apt-get update"]
    assert {key: resource[key] for key in ("type", "apiVersion", "name", "location", "tags")} == {
        "type": KIND,
        "apiVersion": "2025-10-01",
        "name": "Ubuntu",
        "location": "westeurope",
        "tags": {"team": "Plätze"},
    }
    assert (whole["parameters"], whole["contentVersion"]) == ({}, "1.0.0.0")
    assert whole["$schema"].endswith("/deploymentTemplate.json#")


def test_the_file_diffs_well() -> None:
    text = files_of(COPY).template
    shuffled = replace(COPY, definition=dict(reversed(DEFINITION.items())))
    assert files_of(shuffled).template == text
    assert (text.endswith("}\n"), '\n      "location": "westeurope",\n' in text, "Plätze" in text) == (True, True, True)


def test_a_copy_is_read_back_as_it_was() -> None:
    assert read_copy(files_of(COPY).template.encode()) == Read(copy=COPY, warnings=())


def test_signatures_stand_in_a_file_of_their_own_and_come_back_from_it() -> None:
    properties = DEFINITION["properties"] | {"customize": [{"scriptUri": SIGNED, "type": "Shell"}]}  # type: ignore[operator]  # a dict
    copy = replace(COPY, definition={**DEFINITION, "properties": properties})
    files = files_of(copy)
    ((name, value),) = files.values.items()

    assert ("sig=abc" in files.template, value) == (False, "abc")
    assert json.loads(files.template)["parameters"] == {name: {"type": "secureString"}}
    assert json.loads(files.secrets)["parameters"] == {name: {"value": "abc"}}
    assert secrets_in(files.secrets.encode()) == {name: "abc"}
    assert read_copy(files.template.encode(), files.secrets.encode()).copy == copy
    words = f'"resources[0].properties" needs the secret {name}; nothing was changed; put the file of secrets beside it'
    assert refused(files.template.encode()).startswith(words)


def test_half_a_letter_does_not_keep_a_file_from_being_written() -> None:
    copy = replace(COPY, definition={**DEFINITION, "tags": {"a": "\ud800"}})
    content = files_of(copy).template.encode()
    assert read_copy(content).copy == copy


@given(st.integers(min_value=0, max_value=2000))
def test_a_file_that_was_cut_off_anywhere_is_refused(length: int) -> None:
    whole = files_of(COPY).template.encode().rstrip()
    words = refused(whole[: min(length, len(whole) - 1)])
    assert "; nothing was changed; take another version (history/, or git), or a new copy: aibwatch backup" in words


def test_where_a_file_was_cut_off_is_told() -> None:
    assert refused(b'{\n  "a": ').startswith("the file is no JSON from line 2, column 8 on (Expecting value): cut off")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"\xff\xfe", "the file is not UTF-8 from byte 0 on"),
        (b"[]", "the file holds no JSON object"),
        (b'{"a": 1, "a": 2}', '"a" stands twice in one object'),
        (b'{"a": NaN}', "NaN is no number in JSON"),
        (b'{"a": ' + b"9" * 5000 + b"}", "the file has a number or a nesting that no template has"),
        (b"[" * 100_000, "the file has a number or a nesting that no template has"),
        (b" " * (8 * 1024 * 1024 + 1), "the file is larger than 8 MiB, and so no template"),
        (
            document(tags={"a": json.loads("[" * 80 + "]" * 80)}),
            "the file has a number or a nesting that no template has",
        ),
        ({}, '"$schema" is none, not that of a deployment template'),
        ({"$schema": "https://json-schema.org/x"}, '"$schema" is https://json-schema.org/x, not that of a deployment'),
        (document() | {"resources": []}, '"resources" has 0 entries; a copy has one, the template'),
        (document() | {"resources": [1, 2]}, '"resources" has 2 entries'),
        (document() | {"resources": {"a": 1}}, '"resources" has 0 entries'),
        (document(type="Microsoft.Storage/x"), '"resources[0].type" is Microsoft.Storage/x, not Microsoft.VirtualM'),
        (document(type=None), '"resources[0].type" is missing'),
        (document(copy={"count": 2}), '"resources[0].copy" cannot be worked out here; deploy the file with az'),
        (document(name="a/b"), '"resources[0].name" is no name of a template'),
        (document(name="[parameters('n')]"), '"resources[0].name" has an expression that cannot be worked out here'),
        (document(apiVersion="latest"), '"resources[0].apiVersion" is no version of an API'),
        (document(location=None), '"resources[0].location" is missing: it does not say which region it is for'),
        (document(location=" "), '"resources[0].location" is missing'),
        (document(properties=None), '"resources[0].properties.source" is missing'),
        (document(properties={"source": {"type": "x"}}), '"resources[0].properties.distribute" names no target'),
        (document(properties={"source": {"a": 1}, "distribute": [1]}), '"resources[0].properties.distribute" names'),
        (document(tags=["a"]), '"resources[0].tags" is no object'),
    ],
)
def test_a_file_that_is_no_copy_is_refused_with_what_and_where(content: object, why: str) -> None:
    assert refused(content).startswith(why)


def test_a_damaged_file_of_secrets_is_refused_too() -> None:
    assert refused(document(), b"{").startswith("the file of secrets is no JSON from line 1")


def test_what_nobody_knows_is_told_and_kept_inside_the_definition_only() -> None:
    properties = {**document()["resources"][0]["properties"], "hypervisor": "new"}
    whole = document(properties=properties, zones=["1"]) | {"outputs": {}}
    read = read_copy(json.dumps(whole).encode())

    assert read.copy.definition["properties"] == {**DEFINITION["properties"], "hypervisor": "new"}  # type: ignore[dict-item]  # a dict
    assert "zones" not in read.copy.definition
    assert read.warnings == (
        '"outputs" is not part of a copy, and was left out',
        '"resources[0].zones" is not part of a template, and was left out',
        '"resources[0].properties.hypervisor" is not known to this version; it is sent as it is',
    )


def test_a_file_that_was_given_another_name_says_so() -> None:
    read = read_copy(json.dumps(document(name="Other")).encode())
    assert read.copy.written_id == ID.replace("/Ubuntu", "/Other")
    assert read.warnings == ("its metadata is about Ubuntu, its template is called Other: so it is called",)


def test_a_file_without_metadata_is_a_copy_of_nobody_knows_whose() -> None:
    whole = document()
    del whole["metadata"]
    assert read_copy(json.dumps(whole).encode()).copy.written_id == ""


def test_what_a_file_says_already_is_found_without_the_version_of_the_api() -> None:
    resource = document()["resources"][0]
    del resource["apiVersion"]
    found = Found(resource=resource, taken_at=AT, origin=Origin.RESOURCE_GRAPH)
    assert found_in(files_of(COPY).template.encode()) == found
    assert (found_in(b"{"), found_in(b"{}"), secrets_in(b"[")) == (None, None, {})


@pytest.mark.parametrize(
    ("group", "name", "place"),
    [
        ("Images (WEU)", "Ubuntu", "images%20(weu)/ubuntu.json"),
        ("..", ".hidden", "%2e./%2ehidden.json"),
        ("Bäder", "a%b", "b%c3%a4der/a%25b.json"),
    ],
)
def test_a_place_cannot_lead_out_of_the_directory(group: str, name: str, place: str) -> None:
    template = TemplateId(f"/subscriptions/S1/resourceGroups/{group}/providers/x/y/{name}".lower())
    assert place_of(template) == f"s1/{place}"


def test_a_time_in_the_name_of_a_file_sorts() -> None:
    assert timestamp(AT) == "20260302T100000Z"
