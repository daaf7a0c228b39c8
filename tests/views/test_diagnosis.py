"""Whose fault a failure is, in words."""

import pytest

from aibwatch.core.failures import DEFAULT, ROWS, WELL
from aibwatch.core.failures.row import Row
from aibwatch.core.model import FailureClass
from aibwatch.views.diagnosis import WHOSE, as_json, render


def test_every_class_has_its_sentence() -> None:
    assert set(WHOSE) == set(FailureClass)


@pytest.mark.parametrize("row", [*ROWS, DEFAULT, WELL], ids=lambda row: row.name)
def test_an_answer_has_four_lines_and_all_of_the_row(row: Row) -> None:
    text = render(row)
    assert text.count("\n") == 3
    assert [part for part in (row.cls.value, row.cause, row.advice, row.name, row.source) if part not in text] == []
    assert as_json(row) == {
        "schema": 1,
        "class": row.cls,
        "rule": row.name,
        "cause": row.cause,
        "advice": row.advice,
        "source": row.source,
    }
