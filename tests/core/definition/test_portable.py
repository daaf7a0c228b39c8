"""What of a template's JSON is its own."""

from typing import Any

from hypothesis import given

from aibwatch.core.definition.portable import portable

from .builders import WEU, a_body, a_gallery_image, an_identity, any_body


def test_what_the_service_added_goes_and_everything_else_stays() -> None:
    run: dict[str, Any] = {"lastRunStatus": {"runState": "Failed"}, "provisioningError": {"message": "no"}}
    body = a_body(**run, vmProfile={"vmSize": "", "osDiskSizeGB": 0}, newField={"b": 0, "a": ""})

    assert portable({**body, "systemData": {"createdBy": "me"}, "zones": ["1"]}) == {
        "identity": {"type": "UserAssigned", "userAssignedIdentities": {an_identity(): {}}},
        "location": "westeurope",
        "properties": {
            "customize": body["properties"]["customize"],
            "distribute": [
                {
                    "galleryImageId": a_gallery_image(WEU),
                    "replicationRegions": ["westeurope"],
                    "runOutputName": "ubuntu",
                    "type": "SharedImage",
                }
            ],
            "newField": {"a": "", "b": 0},
            "source": {
                "offer": "ubuntu-24_04-lts",
                "publisher": "Canonical",
                "sku": "server",
                "type": "PlatformImage",
                "version": "latest",
            },
        },
        "zones": ["1"],
    }


def test_keys_come_sorted_so_that_two_copies_can_be_compared_by_eye() -> None:
    body = a_body(newField={"b": [{"d": 1, "c": 2}], "a": 3})

    assert [*portable(body)["properties"]["newField"]] == ["a", "b"]  # type: ignore[index]  # JSON has no types
    assert [*portable(body)] == ["identity", "location", "properties"]


@given(any_body())
def test_what_is_portable_stays_as_it_is(body: dict[str, Any]) -> None:
    assert portable(portable(body)) == portable(body)


def test_a_definition_of_any_depth_is_taken() -> None:
    deep: list[Any] = []
    for _ in range(900):
        deep = [deep]

    assert portable(a_body(strange=deep))["location"] == "westeurope"
