"""Draw a dashboard from Prometheus' answers: a card a panel, where Grafana would put it.

It is no copy of Grafana: it shows what the queries say, in the words and colours of the JSON. Moves are dashed lines.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from .asking import Series, filled
from .paper import LINES, Paper, colour_of, length
from .saying import coloured, said

COLUMN, LINE, GAP = 50, 34, 6
EVERY = 300.0
"""Seconds between times on an axis."""

ROUND_SPANS = (2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 21600, 43200, 86400, 172800, 432000)
"""Seconds between the lines of an axis of time spans."""

Told = Sequence[Sequence[Series]]


@dataclass(frozen=True)
class Spot:
    """A panel's place on the paper, and the time that it spans."""

    x: float
    y: float
    w: float
    h: float
    begin: float
    end: float
    left: float = 58

    def across(self, at: float) -> float:
        """Return where a time stands."""
        inner = self.w - self.left - 12
        return self.x + self.left + inner * (at - self.begin) / (self.end - self.begin)


def draw(
    paper: Paper, panel: Mapping[str, Any], told: Told, moves: Sequence[float], times: tuple[float, float]
) -> None:
    """Draw one panel, or a heading."""
    place = panel["gridPos"]
    x, y = place["x"] * COLUMN + GAP, place["y"] * LINE + GAP
    if panel["type"] == "row":
        paper.text(x + 2, y + 22, "▾ " + filled(panel["title"]), size=14, bold=True)
        return
    spot = Spot(x, y, place["w"] * COLUMN - GAP, place["h"] * LINE - GAP, *times)
    paper.box(spot.x, spot.y, spot.w, spot.h, style="card")
    size = 10 if panel["type"] == "stat" else 12
    paper.text(x + 8, y + 18, panel["title"], size=size, bold=True, within=spot.w - 6)
    match panel["type"]:
        case "stat":
            _stat(paper, spot, panel, told[0])
        case "timeseries":
            _lines(paper, spot, panel, told, moves)
        case "state-timeline":
            _timeline(paper, spot, panel, told[0], moves)
        case "table":
            _table(paper, spot, panel, told)


def _stat(paper: Paper, spot: Spot, panel: Mapping[str, Any], told: Sequence[Series]) -> None:
    look = panel["fieldConfig"]["defaults"]
    if panel["options"]["textMode"] == "name":
        words, colour = told[0].name, "blue"
    else:
        at, value = told[0].points[-1]
        words, colour = said(value, look["unit"], look["mappings"], at)
        colour = colour or coloured(value, look["thresholds"])
    size = min(26.0, (spot.w - 16) / (len(words) * 0.68))
    if panel["options"]["colorMode"] == "background":
        paper.box(spot.x + 6, spot.y + 28, spot.w - 12, spot.h - 34, fill=colour_of(colour))
        paper.text(
            spot.x + spot.w / 2,
            spot.y + 28 + (spot.h - 34) / 2 + size * 0.36,
            words,
            size=round(size, 1),
            style=_ink(colour),
            anchor="middle",
            bold=True,
        )
    else:
        paper.text(
            spot.x + spot.w / 2,
            spot.y + 28 + (spot.h - 34) / 2 + size * 0.36,
            words,
            size=round(size, 1),
            anchor="middle",
            bold=True,
        )


def _ink(colour: str) -> str:
    return {"yellow": "dark", "transparent": "dim"}.get(colour, "on")


def _times(paper: Paper, spot: Spot, top: float, bottom: float, moves: Sequence[float]) -> None:
    at = math.ceil(spot.begin / EVERY) * EVERY
    room = spot.w < 8 * COLUMN + 1
    while at <= spot.end:
        x = spot.across(at)
        paper.path(f"M{x:.0f} {top:.0f}V{bottom:.0f}", style="grid")
        if not room or at % (2 * EVERY) == 0:
            clock = datetime.fromtimestamp(at, UTC).strftime("%H:%M")
            paper.text(x, bottom + 13, clock, size=9.5, style="dim", anchor="middle")
        at += EVERY
    for move in moves:
        paper.path(f"M{spot.across(move):.0f} {top:.0f}V{bottom:.0f}", colour_of("purple"), dashed=True)


def _lines(paper: Paper, spot: Spot, panel: Mapping[str, Any], told: Told, moves: Sequence[float]) -> None:
    look = panel["fieldConfig"]["defaults"]
    series = [each for query in told for each in query]
    stacked = look["custom"]["stacking"]["mode"] == "normal"
    drawn = _stacked(series) if stacked else [each.points for each in series]
    bounds = (
        [s["value"] for s in look["thresholds"]["steps"][1:]]
        if look["custom"]["thresholdsStyle"]["mode"] != "off"
        else []
    )
    values = [v for points in drawn for _, v in points] + bounds
    low, high = min(0.0, *values), max(*values, 1e-9)
    top, bottom = spot.y + 30, spot.y + spot.h - 54
    ticks = _ticks(low, high, look["unit"], whole=look.get("decimals") == 0)
    high = max(high, ticks[-1])

    def down(value: float) -> float:
        return bottom - (bottom - top) * (value - low) / (high - low)

    for tick in ticks:
        paper.path(f"M{spot.x + spot.left:.0f} {down(tick):.0f}H{spot.x + spot.w - 12:.0f}", style="grid")
        paper.text(
            spot.x + spot.left - 5, down(tick) + 3, said(tick, look["unit"], ())[0], size=9.5, style="dim", anchor="end"
        )
    _times(paper, spot, top, bottom, moves)
    for bound, step in zip(bounds, look["thresholds"]["steps"][1:], strict=False):
        paper.path(
            f"M{spot.x + spot.left:.0f} {down(bound):.0f}H{spot.x + spot.w - 12:.0f}",
            colour_of(step["color"]),
            dashed=True,
        )
    for i in reversed(range(len(drawn))):
        colour = LINES[i % len(LINES)]
        pieces = _pieces(drawn[i])
        for piece in pieces:
            steps = _steps(spot, piece, down)
            if stacked:
                x0 = spot.across(piece[0][0])
                area = f"{steps}V{bottom:.1f}H{x0:.1f}Z"
                paper.path(area, style="under")  # what is below in the stack is drawn over it
                paper.path(area, colour, filled=True)
            paper.path(steps, colour)
    _legend(paper, spot, [each.name for each in series])


def _stacked(series: Sequence[Series]) -> list[tuple[tuple[float, float], ...]]:
    below: dict[float, float] = {}
    drawn = []
    for each in series:
        points = tuple((at, below.get(at, 0.0) + value) for at, value in each.points)
        below.update(points)
        drawn.append(points)
    return drawn


def _pieces(points: Sequence[tuple[float, float]]) -> list[list[tuple[float, float]]]:
    """Return the points between gaps: an answer has none where a query says nothing."""
    if not points:
        return []
    usual = min((b[0] - a[0] for a, b in pairwise(points)), default=1.0)
    pieces: list[list[tuple[float, float]]] = [[points[0]]]
    for before, point in pairwise(points):
        if point[0] - before[0] > usual * 1.5:
            pieces.append([])
        pieces[-1].append(point)
    return pieces


def _steps(spot: Spot, piece: Sequence[tuple[float, float]], down: Any) -> str:
    told = f"M{spot.across(piece[0][0]):.1f} {down(piece[0][1]):.1f}"
    last = piece[0][1]
    for at, value in piece[1:]:
        if value != last:
            told += f"H{spot.across(at):.0f}V{down(value):.0f}"
            last = value
    return told + f"H{spot.across(piece[-1][0]) + 1:.0f}"


def _ticks(low: float, high: float, unit: str, *, whole: bool) -> list[float]:
    rough = (high - low) / 4
    size = 10 ** math.floor(math.log10(rough))
    step = next(size * m for m in (1, 2, 5, 10) if size * m >= rough)
    if unit == "s" and rough > 1:
        step = next((s for s in ROUND_SPANS if s >= rough), step)
    if whole:
        step = max(1.0, step)
    return [n * step for n in range(math.ceil(low / step), math.ceil(high / step) + 1)]


def _legend(paper: Paper, spot: Spot, names: Sequence[str]) -> None:
    x, y = spot.x + 10, spot.y + spot.h - 24
    for i, name in enumerate(names):
        wide = length(name, 10) + 26
        if x + wide > spot.x + spot.w - 4 and x > spot.x + 10:
            x, y = spot.x + 10, y + 15
            if y > spot.y + spot.h - 6 or (
                i < len(names) - 1 and y > spot.y + spot.h - 20 and _left(names[i:]) > spot.w
            ):
                paper.text(x, min(y, spot.y + spot.h - 8), f"and {len(names) - i} more", size=10, style="dim")
                return
        paper.box(x, y - 6, 11, 4, fill=LINES[i % len(LINES)], r=1)
        paper.text(x + 15, y, name, size=10, within=spot.w - 30)
        x += wide


def _left(names: Sequence[str]) -> float:
    return sum(length(name, 10) + 26 for name in names)


def _timeline(
    paper: Paper, spot: Spot, panel: Mapping[str, Any], told: Sequence[Series], moves: Sequence[float]
) -> None:
    look = panel["fieldConfig"]["defaults"]
    spot = Spot(spot.x, spot.y, spot.w, spot.h, spot.begin, spot.end, left=190)
    top, bottom = spot.y + 28, spot.y + spot.h - 20
    _times(paper, spot, top, bottom, ())
    tall = (bottom - top) / len(told)
    for row, series in enumerate(told):
        y = top + row * tall
        paper.text(
            spot.x + spot.left - 8, y + tall / 2 + 4, series.name, size=10.5, anchor="end", within=spot.left - 14
        )
        for begin, end, value in _spans(series, spot.end):
            words, colour = said(value, "none", look["mappings"])
            x, wide = spot.across(begin), spot.across(end) - spot.across(begin)
            paper.box(x, y + tall * 0.1, wide, tall * 0.8, fill=colour_of(colour), r=1)
            if wide > length(words, 10) + 6 and tall >= 12:
                paper.text(x + 5, y + tall / 2 + 3.5, words, size=10, style=_ink(colour))
    for move in moves:
        paper.path(f"M{spot.across(move):.0f} {top:.0f}V{bottom:.0f}", colour_of("purple"), dashed=True)


def _spans(series: Series, end: float) -> list[tuple[float, float, float]]:
    spans: list[tuple[float, float, float]] = []
    for at, value in series.points:
        if spans and spans[-1][2] == value:
            spans[-1] = (spans[-1][0], at, value)
        else:
            if spans:
                spans[-1] = (spans[-1][0], at, spans[-1][2])
            spans.append((at, at, value))
    if spans:
        spans[-1] = (spans[-1][0], end, spans[-1][2])
    return spans


def _table(paper: Paper, spot: Spot, panel: Mapping[str, Any], told: Told) -> None:
    header, rows = _merged(panel, told)
    wide = (spot.w - 20) / len(header)
    for i, title in enumerate(header):
        paper.text(spot.x + 10 + i * wide, spot.y + 44, title, size=11, style="dim", within=wide)
    for n, row in enumerate(rows):
        y = spot.y + 70 + n * 26
        paper.path(f"M{spot.x + 8:.0f} {y - 18:.0f}H{spot.x + spot.w - 8:.0f}", style="grid")
        for i, (words, colour) in enumerate(row):
            paper.text(spot.x + 10 + i * wide, y, words, size=11.5, fill=colour_of(colour), within=wide)


def _merged(panel: Mapping[str, Any], told: Told) -> tuple[list[str], list[list[tuple[str, str]]]]:
    """Return what Grafana's transformations make of the answers: rows that agree in the labels they share are one."""
    organize = panel["transformations"][1]["options"]
    looks = {
        o["matcher"]["options"]: {p["id"]: p["value"] for p in o["properties"]}
        for o in panel["fieldConfig"]["overrides"]
    }
    rows: list[dict[str, Any]] = []
    for letter, query in zip("ABCDEFGHIJKLMNOP", told, strict=False):
        for series in query:
            mine: dict[str, Any] = {**series.labels, f"Value #{letter}": series.points[-1][1]}
            fits = [
                r
                for r in rows
                if all(r.get(k, v) == v for k, v in series.labels.items()) and f"Value #{letter}" not in r
            ]
            fits = [r for r in fits if set(r) & set(series.labels)]
            if letter == "A" or not fits:
                rows.append(mine)
            for row in fits if letter != "A" else ():
                row.update(mine)
    names = organize["renameByName"]
    shown = [(name, title) for name, title in names.items() if not organize["excludeByName"].get(name)]
    return [title for _, title in shown], [
        [_cell(row.get(name, ""), looks.get(title, {})) for name, title in shown] for row in rows
    ]


def _cell(value: Any, look: Mapping[str, Any]) -> tuple[str, str]:
    if isinstance(value, str):
        return value, "blue" if "links" in look else ""
    return said(value, look.get("unit", "none"), look.get("mappings", ()))
