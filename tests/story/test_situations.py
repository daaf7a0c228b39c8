"""Hold the table of situations against the tests that it names."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TABLE = (Path(__file__).parent / "README.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/\S+\.py)::(\w+)`", TABLE)))


@pytest.mark.parametrize(("file", "name"), NAMED, ids=[name for _, name in NAMED])
def test_every_situation_has_the_test_that_the_table_names(file: str, name: str) -> None:
    assert f"def {name}(" in (ROOT / file).read_text(encoding="utf-8")


def test_every_row_of_the_table_names_a_test() -> None:
    rows = [line for line in TABLE.splitlines() if line.startswith("| ")][1:]
    assert [row for row in rows if "::" not in row] == []
