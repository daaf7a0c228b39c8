"""Ids that support asks for are found in texts of failures."""

import pytest

from aibwatch.core.ids import MOST, ids_in

ONE, TWO = "11112222-3333-4444-5555-666677778888", "aaaabbbb-cccc-dddd-eeee-ffff00001111"


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        (f"Deployment failed. Correlation ID: {ONE}. Failed in building", (f"correlation id {ONE}",)),
        (f"OperationId: {ONE.upper()}. Use this operationId to search packer logs.", (f"operation id {ONE}",)),
        (f"the tracking id is '{ONE}'", (f"tracking id {ONE}",)),
        (f'{{\\"correlationId\\": \\"{ONE}\\"}}', (f"correlation id {ONE}",)),
        (f"Correlation ID: {ONE}, OperationId: {TWO}", (f"correlation id {ONE}", f"operation id {TWO}")),
        (f"Correlation ID: {ONE}, correlation id {ONE}", (f"correlation id {ONE}",)),
        (f"the client '{ONE}' does not have authorization", ()),
        ("Correlation ID: 1234", ()),
        ("", ()),
    ],
)  # fmt: skip
def test_an_id_is_found_with_its_name_and_once(text: str, ids: tuple[str, ...]) -> None:
    assert ids_in(text) == ids


def test_of_a_text_that_is_full_of_ids_some_are_kept() -> None:
    text = " ".join(f"operationid {n:08d}{ONE[8:]}" for n in range(MOST + 3))
    assert len(ids_in(text)) == MOST
