"""Draw a dashboard from Prometheus' answers: a card a panel, where Grafana would put it.

It is no copy of Grafana: it shows what the queries say, in the words and colours of the JSON. Moves are dashed lines.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from .asking import Series, filled
from .charts import COLUMN, Spot, Told, lines, marked_times
from .paper import Paper, colour_of, length
from .saying import coloured, said

LINE, GAP = 34, 6


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
            lines(paper, spot, panel, told, moves)
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


def _timeline(
    paper: Paper, spot: Spot, panel: Mapping[str, Any], told: Sequence[Series], moves: Sequence[float]
) -> None:
    look = panel["fieldConfig"]["defaults"]
    spot = Spot(spot.x, spot.y, spot.w, spot.h, spot.begin, spot.end, left=190)
    top, bottom = spot.y + 28, spot.y + spot.h - 20
    marked_times(paper, spot, top, bottom, ())
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
