"""The canary that an operator deploys is valid, as small as it says, and builds on the stand-in.

The published schemas are no part of this project; without them (folder `shared` beside it, or AIBWATCH_SHARED) the test
that needs them is skipped.
"""

import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from aibwatch.core.canary.canary import STUCK_AFTER
from tests.simulator.support import SUBSCRIPTION, Rig, scenario

FOLDER = Path(__file__).parents[2] / "deploy" / "azure"
TEMPLATE: dict[str, Any] = json.loads((FOLDER / "canary.json").read_text())
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/images-weu"
PATH = f"{GROUP}/providers/Microsoft.VirtualMachineImages/imageTemplates/aibwatch-canary"
IDENTITY = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/aibwatch-canary"
EXPRESSION = re.compile(r"\[parameters\('(\w+)'\)\]")


def resolved(value: Any, given: Mapping[str, Any]) -> Any:
    """Return what Azure Resource Manager makes of a value, as far as this template needs it."""
    if isinstance(value, dict):
        return {resolved(key, given): resolved(inner, given) for key, inner in value.items()}
    if isinstance(value, list):
        return [resolved(item, given) for item in value]
    found = EXPRESSION.fullmatch(value) if isinstance(value, str) else None
    return given[found[1]] if found else value


def the_resource() -> dict[str, Any]:
    """Return the one resource of the template, with its defaults and an identity."""
    defaults = {name: p["defaultValue"] for name, p in TEMPLATE["parameters"].items() if "defaultValue" in p}
    (resource,) = TEMPLATE["resources"]
    filled: dict[str, Any] = resolved(resource, {**defaults, "identityId": IDENTITY, "location": "westeurope"})
    return filled


def test_every_parameter_says_what_it_is_and_only_the_identity_has_to_be_given() -> None:
    parameters = TEMPLATE["parameters"]
    assert [name for name, p in parameters.items() if not p["metadata"]["description"].endswith(".")] == []
    assert [name for name, p in parameters.items() if "defaultValue" not in p] == ["identityId"]


def test_no_expression_is_left_and_every_parameter_is_used() -> None:
    assert "[" not in json.dumps(the_resource()).replace("[{", "")
    used = set(EXPRESSION.findall(json.dumps(TEMPLATE["resources"])))
    assert used == set(TEMPLATE["parameters"])


def test_nothing_of_the_customer_s_is_in_it_but_an_identity() -> None:
    properties = the_resource()["properties"]
    assert set(properties) == {"buildTimeoutInMinutes", "vmProfile", "source", "distribute"}
    assert properties["source"]["type"] == "PlatformImage"
    assert properties["distribute"] == [{"type": "VHD", "runOutputName": "canary"}]
    assert set(properties["vmProfile"]) == {"vmSize"}


def test_a_run_that_is_stuck_is_called_so_before_it_times_out() -> None:
    assert TEMPLATE["parameters"]["buildTimeoutInMinutes"]["minValue"] * 60 > STUCK_AFTER.total_seconds()


def test_the_readme_names_the_files_and_settings_that_there_are() -> None:
    readme = (FOLDER / "README.md").read_text()
    assert "--template-file canary.json" in readme
    assert "properties.outputs.template.value" in readme
    assert list(TEMPLATE["outputs"]) == ["template"]


async def test_the_stand_in_takes_it_and_a_run_of_it_ends_well() -> None:
    resource = the_resource()
    rig = await Rig(scenario(f'[[resource]]\nid = "{IDENTITY}"')).open()
    try:
        body = {key: resource[key] for key in ("location", "tags", "identity", "properties")}
        assert (await rig.arm("PUT", PATH, body)).status == 201
        rig.clock.advance(31)
        assert (await rig.arm("POST", f"{PATH}/run")).status == 202
        rig.clock.advance(1000)
        last = await rig.last_run(PATH)
        assert last is not None
        assert last["runState"] == "Succeeded"
        (output,) = (await rig.arm("GET", f"{PATH}/runOutputs")).json["value"]
        assert output["properties"]["artifactUri"].endswith("/canary.vhd")
    finally:
        await rig.close()


# the published schema


def schema() -> dict[str, Any] | None:
    """Return the published schema of the template's api-version, if this machine has it."""
    folder = Path(os.environ.get("AIBWATCH_SHARED") or Path(__file__).parents[2].parent / "shared")
    version = TEMPLATE["resources"][0]["apiVersion"]
    file = folder / "azure" / "arm-schemas" / f"Microsoft.VirtualMachineImages-{version}.json"
    return json.loads(file.read_text()) if file.is_file() else None


SCHEMA = schema()
KINDS: Mapping[str, type] = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool}


def faults(value: Any, rule: Mapping[str, Any], root: Mapping[str, Any], at: str = "") -> Iterator[str]:
    """Return where a value breaks a rule: as much of JSON schema as these schemas use, beside ARM's expressions."""
    if "$ref" in rule:
        if not rule["$ref"].startswith("#"):
            yield f"{at}: is no expression"
            return
        rule = root["definitions"][rule["$ref"].rpartition("/")[2]]
    for part in rule.get("allOf", ()):
        yield from faults(value, part, root, at)
    ways = [list(faults(value, way, root, at)) for way in rule.get("oneOf", ())]
    if ways and all(ways):
        yield from min(ways, key=len)
    if "type" in rule and not isinstance(value, KINDS[rule["type"]]):
        yield f"{at}: is no {rule['type']}"
        return
    yield from plain_faults(value, rule, at)
    for name, inner, known in parts(value, rule):
        yield from faults(inner, known, root, f"{at}/{name}")


def plain_faults(value: Any, rule: Mapping[str, Any], at: str) -> Iterator[str]:
    if value not in rule.get("enum", [value]) or value != rule.get("const", value):
        yield f"{at}: {value!r} is not allowed"
    if isinstance(value, int) and not rule.get("minimum", value) <= value <= rule.get("maximum", value):
        yield f"{at}: {value} is out of range"
    if "pattern" in rule and not re.search(rule["pattern"], value):
        yield f"{at}: {value!r} does not match"
    if isinstance(value, dict):
        yield from (f"{at}: {key} is missing" for key in rule.get("required", ()) if key not in value)


def parts(value: Any, rule: Mapping[str, Any]) -> list[tuple[object, Any, Mapping[str, Any]]]:
    """Return what is inside a value that a rule has something to say of."""
    if isinstance(value, list) and "items" in rule:
        return [(number, item, rule["items"]) for number, item in enumerate(value)]
    if isinstance(value, dict):
        known = rule.get("properties", {})
        return [(key, inner, known[key]) for key, inner in value.items() if key in known]
    return []


@pytest.mark.skipif(
    SCHEMA is None, reason="no published schemas: set AIBWATCH_SHARED to a folder with azure/arm-schemas"
)
def test_the_published_schema_finds_nothing_wrong() -> None:
    assert SCHEMA is not None
    assert list(faults(the_resource(), SCHEMA["resourceDefinitions"]["imageTemplates"], SCHEMA)) == []


@pytest.mark.skipif(
    SCHEMA is None, reason="no published schemas: set AIBWATCH_SHARED to a folder with azure/arm-schemas"
)
@pytest.mark.parametrize(
    ("key", "wrong"),
    [("source", {"type": "Platform"}), ("distribute", [{"type": "VHD"}]), ("buildTimeoutInMinutes", 961)],
)
def test_the_published_schema_finds_what_is_wrong(key: str, wrong: object) -> None:
    assert SCHEMA is not None
    resource = the_resource()
    resource["properties"][key] = wrong
    assert list(faults(resource, SCHEMA["resourceDefinitions"]["imageTemplates"], SCHEMA)) != []
