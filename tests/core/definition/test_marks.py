"""Names that are one name, each with the mark of its region."""

import pytest

from aibwatch.core.definition.marks import alike, is_mark
from aibwatch.core.model import Region

WEU, NEU = Region("westeurope"), Region("northeurope")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ubuntu", "Ubuntu"),
        ("ubuntu-weu", "ubuntu-neu"),
        ("ubuntu-we-01", "ubuntu-ne-01"),
        ("ubuntu-westeurope", "ubuntu-northeurope"),
        ("westeurope", "northeurope"),
        ("ubuntu", "ubuntu-neu"),
        ("stbuildweu", "stbuildneu"),
        ("stweu01", "stneu01"),
        ("gallery_weu", "gallery_neu"),
        ("UbuntuWEU", "ubuntuneu"),
    ],
)
def test_names_that_differ_in_their_regions_marks_are_one(one: str, other: str) -> None:
    assert alike(one, WEU, other, NEU)
    assert alike(other, NEU, one, WEU)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ubuntu-weu", "rhel-neu"),
        ("ubuntu-neu", "ubuntu-weu"),
        ("ubuntu-weu-1", "ubuntu-neu-2"),
        ("ubuntu", "ubuntu-dr"),
        ("", "ubuntu"),
        ("-", "_"),
        ("weu", ""),
    ],
)
def test_names_that_differ_in_more_are_two(one: str, other: str) -> None:
    assert not alike(one, WEU, other, NEU)


def test_a_region_that_is_not_known_has_no_mark() -> None:
    assert not alike("ubuntu-weu", Region(""), "ubuntu-neu", Region(""))


@pytest.mark.parametrize("word", ["w", "euw", "wx", "westeu", "", "uew"])
def test_not_everything_is_short_for_a_region(word: str) -> None:
    assert not is_mark(word, WEU)


def test_long_words_are_compared_and_not_searched() -> None:
    assert not alike("a" * 100 + "weu", WEU, "a" * 100 + "neu", NEU)
    assert not alike("weu-" * 200, WEU, "neu-" * 200, NEU)
