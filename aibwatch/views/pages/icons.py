"""Draw the sign of the tab: the colour and the shape of how things stand."""

from aibwatch.views.pages.style import LIGHT
from aibwatch.views.pages.tones import Tone

SHAPES = {
    Tone.GOOD: "M4 9l3 3 5-7",
    Tone.CALM: "M8 4a4 4 0 1 0 .1 0z",
    Tone.DOUBT: "M8 4l5 8H3z",
    Tone.BAD: "M4 4l8 8m0-8l-8 8",
}


def as_svg(tone: Tone) -> str:
    """Return the picture. Nothing in it comes from outside."""
    line = f'<path d="{SHAPES[tone]}" fill="none" stroke="{LIGHT["on"]}" stroke-width="2"/>'
    ground = f'<rect width="16" height="16" rx="4" fill="{LIGHT[tone]}"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">{ground}{line}</svg>'
