"""Ids of versions in galleries are told from all others."""

import pytest

from aibwatch.core.move.gallery import version_of

IMAGE = "/subscriptions/0000-1/resourceGroups/my.rg_(1)/providers/Microsoft.Compute/galleries/g.1_x/images/ubuntu-22.04"


@pytest.mark.parametrize("word", ["versions", "imageversions", "imageVersions"])
def test_a_version_in_a_gallery_is_known_in_both_ways_to_write_it(word: str) -> None:
    assert version_of(f"{IMAGE}/{word}/1.0.7") == f"{IMAGE}/versions/1.0.7"


@pytest.mark.parametrize(
    "image",
    [
        "",
        IMAGE,
        f"{IMAGE}/versions/latest",
        f"{IMAGE}/versions/1.0",
        f"{IMAGE}/versions/1.0.7/extra",
        f"{IMAGE}/versions/1.0.7\n",
        f"{IMAGE}/versions/1.0.7?api-version=1",
        f"{IMAGE}/versions/1.0.7#x",
        f"https://elsewhere{IMAGE}/versions/1.0.7",
        IMAGE.replace("g.1_x", "..") + "/versions/1.0.7",
        IMAGE.replace("g.1_x", "a%2F..") + "/versions/1.0.7",
        IMAGE.replace("g.1_x", "a/b") + "/versions/1.0.7",
        IMAGE.replace("Compute", "Storage") + "/versions/1.0.7",
        "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Compute/images/managed",
        "https://store.blob.core.windows.net/vhds/x.vhd",
    ],
)
def test_anything_else_is_none(image: str) -> None:
    assert version_of(image) is None
