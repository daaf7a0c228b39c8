"""Whether a definition has changed."""

from typing import Any

import pytest
from hypothesis import given

from aibwatch.core.definition.digest import LENGTH, recipe_of

from .builders import WEU, a_body, a_gallery_image, any_body

STEP = {"type": "Shell", "name": "s", "scriptUri": "https://st.blob.core.windows.net/a.sh"}


@pytest.mark.parametrize(
    "changed",
    [
        {**a_body(), "tags": {"team": "images"}},
        a_body(lastRunStatus={"runState": "Failed"}, provisioningState="Updating"),
        a_body(buildTimeoutInMinutes=240, vmProfile=None),
        a_body(WEU.replace("resourceGroups", "resourcegroups")),
        {**a_body(), "location": "West Europe"},
    ],
    ids=["tags", "runs", "defaults spelled out", "letter case of ids", "display form of the region"],
)
def test_what_means_the_same_has_the_same_recipe(changed: dict[str, Any]) -> None:
    assert recipe_of(changed) == recipe_of(a_body())


@pytest.mark.parametrize(
    "changed",
    [
        a_body(buildTimeoutInMinutes=60),
        a_body(newField=1),
        a_body(customize=[]),
        {**a_body(), "location": "northeurope"},
        a_body(distribute=[{"type": "SharedImage", "galleryImageId": a_gallery_image(image="other")}]),
    ],
    ids=["time-out", "a field that nobody knows", "steps", "region", "target"],
)
def test_what_means_something_else_has_another_recipe(changed: dict[str, Any]) -> None:
    assert recipe_of(changed) != recipe_of(a_body())


def test_a_new_signature_is_no_change_and_a_new_checksum_is_one() -> None:
    def signed(by: str, checksum: str = "") -> dict[str, Any]:
        uri = f"{STEP['scriptUri']}?sv=1&sig={by}"
        return a_body(customize=[{**STEP, "scriptUri": uri, "sha256Checksum": checksum}])

    assert recipe_of(signed("one")) == recipe_of(signed("two"))
    assert recipe_of(signed("one", "aa")) != recipe_of(signed("one", "bb"))


@given(any_body())
def test_any_json_has_a_recipe(body: dict[str, Any]) -> None:
    assert len(recipe_of(body)) == LENGTH


def test_a_long_line_of_addresses_is_no_trouble() -> None:
    line = "https://example.com/a?" * 50_000 + "sig=1"

    assert len(recipe_of(a_body(customize=[{"type": "Shell", "inline": [line]}]))) == LENGTH


def test_a_definition_of_any_depth_has_a_recipe() -> None:
    deep: dict[str, Any] = {}
    for _ in range(900):
        deep = {"a": [deep]}

    assert len(recipe_of(a_body(strange=deep))) == LENGTH
