"""The colours can be told from their ground, and no state is told by colour alone."""

from collections.abc import Mapping

import pytest

from aibwatch.views.pages.style import DARK, LIGHT, STYLE
from aibwatch.views.pages.timeline import HEIGHTS
from aibwatch.views.pages.tones import Tone

AA = 4.5
"""What WCAG asks of text of ordinary size."""
OF_SHAPES = 3.0
"""What it asks of shapes that mean something."""

TEXTS = ("ink", "soft", "link", "good", "calm", "doubt", "bad")


def luminance(colour: str) -> float:
    """Return how bright a colour is, by the formula of WCAG 2."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    bright, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def test_black_on_white_is_as_far_as_it_goes() -> None:
    assert round(contrast("#000000", "#ffffff"), 2) == 21.0


@pytest.mark.parametrize("colours", [LIGHT, DARK])
@pytest.mark.parametrize("ground", ["bg", "card"])
@pytest.mark.parametrize("text", TEXTS)
def test_every_text_is_read_on_every_ground(colours: Mapping[str, str], ground: str, text: str) -> None:
    assert contrast(colours[text], colours[ground]) >= AA


@pytest.mark.parametrize("tone", Tone)
def test_the_banner_is_read_in_every_colour(tone: Tone) -> None:
    assert contrast(LIGHT["on"], LIGHT[tone]) >= AA
    assert f".banner.{tone}{{--tone:{LIGHT[tone]}}}" in STYLE


@pytest.mark.parametrize("colours", [LIGHT, DARK])
@pytest.mark.parametrize("tone", Tone)
def test_the_skyline_stands_out_from_its_card(colours: Mapping[str, str], tone: Tone) -> None:
    assert contrast(colours[tone], colours["card"]) >= OF_SHAPES


def test_every_tone_has_a_sign_and_a_height_of_its_own() -> None:
    assert len({tone.sign for tone in Tone}) == len({HEIGHTS[tone] for tone in Tone}) == len(Tone)


def test_the_colours_are_in_the_style_and_both_light_and_dark() -> None:
    assert all(f"--{name}:{colour}" in STYLE for colours in (LIGHT, DARK) for name, colour in colours.items())
    assert "@media(prefers-color-scheme:dark)" in STYLE
