"""Draw on SVG: a few shapes, legible in light and in dark. Knows nothing of panels."""

from html import escape

WIDTH = 0.6
"""Of a letter, as a share of the font's size: about that of DejaVu Sans and of what browsers take for sans-serif."""

COLOURS = {
    "green": "#56a64b",
    "yellow": "#e0b400",
    "orange": "#f2711c",
    "red": "#d9304a",
    "blue": "#3274d9",
    "purple": "#a352cc",
}
LINES = ("#56a64b", "#3274d9", "#e0a000", "#d9304a", "#a352cc", "#1f9ea8", "#f2711c", "#8a6d3b")

STYLE = """
text{font-family:"DejaVu Sans",Verdana,system-ui,sans-serif;fill:#24292e}
.page{fill:#f4f5f5}.card{fill:#fff;stroke:#d8dadd}.dim{fill:#5f6670}.grid{stroke:#e4e6e9;fill:none}.under{fill:#fff}.on{fill:#fff}.dark{fill:#1b1f24}
@media (prefers-color-scheme:dark){
text{fill:#dfe1e6}.page{fill:#111217}.card{fill:#181b1f;stroke:#2c3035}.dim{fill:#9aa0aa}.grid{stroke:#2a2e34}.under{fill:#181b1f}.on{fill:#fff}
.dark{fill:#1b1f24}}
"""


class Paper:
    """A sheet that grows downwards as it is drawn on."""

    def __init__(self, width: int, title: str) -> None:
        self._width, self._title = width, title
        self._height = 0.0
        self._drawn: list[str] = []

    def box(self, x: float, y: float, w: float, h: float, *, style: str = "", fill: str = "", r: float = 3) -> None:
        """Draw a rectangle of a class or of a colour."""
        look = f'class="{style}"' if style else f'fill="{fill}"'
        self._height = max(self._height, y + h)
        self._drawn.append(
            f'<rect x="{x:.0f}" y="{y:.0f}" width="{max(w, 1):.1f}" height="{h:.0f}" rx="{r:g}" {look}/>'
        )

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        size: float = 11,
        style: str = "",
        anchor: str = "",
        fill: str = "",
        bold: bool = False,
        within: float = 0,
    ) -> None:
        """Write; what does not fit `within` that many pixels is cut off."""
        fits = int(within / (size * WIDTH)) if within else len(words)
        if fits < len(words):
            words = words[: max(0, fits - 1)].rstrip() + "…"
        more = "".join(
            [
                f' class="{style}"' if style else "",
                f' text-anchor="{anchor}"' if anchor else "",
                f' style="fill:{fill}"' if fill else "",
                ' font-weight="600"' if bold else "",
            ]
        )
        self._drawn.append(f'<text x="{x:.0f}" y="{y:.0f}" font-size="{size:g}"{more}>{escape(words)}</text>')

    def path(
        self, steps: str, colour: str = "", *, filled: bool = False, style: str = "", dashed: bool = False
    ) -> None:
        """Draw a line, or what it encloses, in a colour or as a class says."""
        if filled:
            look = f'fill="{colour}" fill-opacity=".4"'
        elif style:
            look = f'class="{style}"'
        else:
            look = f'fill="none" stroke="{colour}" stroke-width="1.6"' + (' stroke-dasharray="4 4"' if dashed else "")
        self._drawn.append(f'<path d="{steps}" {look}/>')

    def svg(self) -> str:
        """Return the sheet."""
        height = int(self._height) + 8
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{self._width}" height="{height}" '
            f'viewBox="0 0 {self._width} {height}" role="img">'
            f"<title>{escape(self._title)}</title><style>{STYLE}</style>"
        )
        page = f'<rect class="page" width="{self._width}" height="{height}"/>'
        return "\n".join([head, page, *self._drawn, "</svg>", ""])


def length(words: str, size: float) -> float:
    """Return about how wide words are, in pixels."""
    return len(words) * size * WIDTH


def colour_of(name: str) -> str:
    """Return a colour of Grafana's as SVG knows it."""
    return COLOURS.get(name, name)
