"""Draw values over time: axes, lines, stacks and the names of both. Where a panel stands is told."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from .asking import Series
from .paper import LINES, Paper, colour_of, length
from .saying import said

COLUMN = 50
EVERY = 300.0
"""Seconds between times on an axis."""

ROUND_SPANS = (2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21600, 43200, 86400, 172800, 432000)
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


def marked_times(paper: Paper, spot: Spot, top: float, bottom: float, moves: Sequence[float]) -> None:
    """Draw the times, and a dashed line for each move."""
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


def lines(paper: Paper, spot: Spot, panel: Mapping[str, Any], told: Told, moves: Sequence[float]) -> None:
    """Draw values over time, one on top of the other where the panel says so."""
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
        share: float = (value - low) / (high - low)
        return bottom - (bottom - top) * share

    for tick in ticks:
        paper.path(f"M{spot.x + spot.left:.0f} {down(tick):.0f}H{spot.x + spot.w - 12:.0f}", style="grid")
        paper.text(
            spot.x + spot.left - 5, down(tick) + 3, said(tick, look["unit"], ())[0], size=9.5, style="dim", anchor="end"
        )
    marked_times(paper, spot, top, bottom, moves)
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


def _steps(spot: Spot, piece: Sequence[tuple[float, float]], down: Callable[[float], float]) -> str:
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
    """Write the names under the lines, as many as two lines of text hold."""
    x, y, line = spot.x + 10, spot.y + spot.h - 24, 1
    for i, name in enumerate(names):
        wide = length(name, 10) + 26
        more = 60 if line == 2 and i < len(names) - 1 else 0
        if x > spot.x + 10 and x + wide + more > spot.x + spot.w:
            if line == 2:
                paper.text(x, y, f"and {len(names) - i} more", size=10, style="dim")
                return
            x, y, line = spot.x + 10, y + 15, 2
        paper.box(x, y - 6, 11, 4, fill=LINES[i % len(LINES)], r=1)
        paper.text(x + 15, y, name, size=10, within=spot.w - 30)
        x += wide
