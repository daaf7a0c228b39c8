"""Rows of Resource Graph with the tags of templates, whatever they look like."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aibwatch.core.discovery.rows import Look
from aibwatch.core.discovery.tagged import Tagged
from aibwatch.core.model import Region
from aibwatch.sources.parse_tagged import parse_tagged

from .support import GROUP, TYPE, UBUNTU

ID = f"{GROUP}{TYPE}/Ubuntu"


def a_row(**changes: object) -> dict[str, object]:
    return {"id": ID, "location": "westeurope", "tags": {"aibwatch-group": "base", "owner": "ann"}, **changes}


def test_a_row_is_a_template_with_our_tags_its_id_in_lower_case() -> None:
    tagged = Tagged(template=UBUNTU, region=Region("westeurope"), tags={"aibwatch-group": "base"})
    assert parse_tagged([a_row()]) == Look(tagged=(tagged,))


@pytest.mark.parametrize("tags", [None, {}, {"owner": "ann"}])
def test_a_template_without_tags_of_ours_is_found_all_the_same(tags: object) -> None:
    assert [tagged.tags for tagged in parse_tagged([a_row(tags=tags)]).tagged] == [{}]


def test_keys_stay_as_they_were_written_and_a_region_does_not() -> None:
    (tagged,) = parse_tagged([a_row(location="West Europe", tags={"AIBwatch-Group": "base"})]).tagged
    assert (tagged.region, tagged.tags) == ("westeurope", {"AIBwatch-Group": "base"})


def test_a_tag_that_is_no_text_counts_as_empty_and_not_as_absent() -> None:
    assert parse_tagged([a_row(tags={"aibwatch-group": 7})]).tagged[0].tags == {"aibwatch-group": ""}


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (a_row(id=None), 'no id of an image template, but ""'),
        (a_row(id=f"{GROUP}/providers/a/b/c"), f'no id of an image template, but "{GROUP}/providers/a/b/c"'),
        (a_row(location=""), "no location for ubuntu"),
        (a_row(tags=["base"]), "tags of ubuntu that are no table"),
        ("a row", 'no id of an image template, but ""'),
    ],
)
def test_a_row_that_cannot_be_understood_is_told(row: object, why: str) -> None:
    assert parse_tagged([row, a_row()]).unreadable == (why,)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(st.lists(JSON | st.builds(a_row, id=JSON, location=JSON, tags=JSON) | st.builds(a_row, tags=JSON)))
def test_whatever_comes_every_row_is_a_template_or_told(rows: list[object]) -> None:
    look = parse_tagged(rows)
    assert len(look.tagged) + len(look.unreadable) == len(rows)
