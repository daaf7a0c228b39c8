"""Make panels: four kinds of them, each with title, description, unit and queries.

Rules: a panel without a description is not made; the width is in Grafana's columns (24 a line). Where it stands is
decided by `dashboard`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from words import PLAIN, Json

SOURCE: Json = {"type": "prometheus", "uid": "${datasource}"}
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What is asked of Prometheus, and what its series are called: a template of labels."""

    expr: str
    legend: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of values of a table."""

    title: str
    expr: str
    unit: str = "none"
    words: Sequence[Json] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A panel that has no place yet."""

    width: int
    height: int
    json: Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How values are shown: unit, words for numbers, from where on a colour holds, what is said of no series."""

    unit: str = "none"
    words: Sequence[Json] = ()
    thresholds: Json = field(default_factory=lambda: PLAIN)
    nothing: str = "no data"
    decimals: int | None = None

    def defaults(self, **more: object) -> Json:
        """Return the defaults of Grafana's field configuration."""
        told: Json = {"unit": self.unit, "mappings": list(self.words), "thresholds": self.thresholds, **more}
        if self.decimals is not None:
            told["decimals"] = self.decimals
        return {**told, "noValue": self.nothing}


def stat(
    title: str, text: str, query: Query, look: Look, *, width: int = 3, height: int = 4, name: bool = False
) -> Panel:
    """Return one big value, or the series' name in its place."""
    options: Json = {
        "colorMode": "background" if not name else "value",
        "graphMode": "none",
        "justifyMode": "center",
        "orientation": "auto",
        "textMode": "name" if name else "auto",
        "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
    }
    config: Json = {"defaults": look.defaults(color={"mode": "thresholds"}), "overrides": []}
    return _panel("stat", title, text, [_target(query, "A", instant=True)], config, options, width, height)


def lines(
    title: str,
    text: str,
    queries: Sequence[Query],
    look: Look,
    *,
    width: int = 8,
    height: int = 8,
    stacked: bool = False,
) -> Panel:
    """Return values over time, as lines or as areas on top of each other."""
    limits = "dashed" if look.thresholds is not PLAIN else "off"
    drawn: Json = {
        "drawStyle": "line",
        "lineInterpolation": "stepAfter",
        "lineWidth": 1,
        "fillOpacity": 40 if stacked else 8,
        "showPoints": "never",
        "spanNulls": False,
        "stacking": {"mode": "normal" if stacked else "none", "group": "A"},
        "thresholdsStyle": {"mode": limits},
    }
    options: Json = {
        "legend": {"showLegend": True, "displayMode": "list", "placement": "bottom", "calcs": []},
        "tooltip": {"mode": "multi", "sort": "desc"},
    }
    config: Json = {"defaults": look.defaults(color={"mode": "palette-classic"}, custom=drawn), "overrides": []}
    targets = [_target(query, LETTERS[i]) for i, query in enumerate(queries)]
    return _panel("timeseries", title, text, targets, config, options, width, height)


def timeline(title: str, text: str, query: Query, look: Look, *, width: int = 24, height: int = 6) -> Panel:
    """Return states over time: a row a series, a colour and a word a state."""
    options: Json = {
        "mergeValues": True,
        "showValue": "auto",
        "alignValue": "left",
        "rowHeight": 0.85,
        "legend": {"showLegend": False, "displayMode": "list", "placement": "bottom"},
        "tooltip": {"mode": "single", "sort": "none"},
    }
    drawn: Json = {"lineWidth": 0, "fillOpacity": 80}
    config: Json = {"defaults": look.defaults(color={"mode": "thresholds"}, custom=drawn), "overrides": []}
    return _panel("state-timeline", title, text, [_target(query, "A")], config, options, width, height)


def table(
    title: str,
    text: str,
    labels: Mapping[str, str],
    columns: Sequence[Column],
    *,
    links: Mapping[str, str] | None = None,
    height: int = 8,
) -> Panel:
    """Return the latest values side by side, a line for each combination of labels; `labels` says what they are called.

    A column without a title only brings labels.
    """
    targets = [
        {**_target(Query(expr=c.expr), LETTERS[i], instant=True), "format": "table"} for i, c in enumerate(columns)
    ]
    values = [f"Value #{LETTERS[i]}" for i in range(len(columns))]
    hidden = {"Time": True, **{v: True for v, c in zip(values, columns, strict=True) if not c.title}}
    names = {**labels, **{v: c.title for v, c in zip(values, columns, strict=True) if c.title}}
    organize: Json = {
        "excludeByName": hidden,
        "renameByName": names,
        "indexByName": {name: i for i, name in enumerate(names)},
    }
    overrides = [_override(c.title, c.unit, c.words) for c in columns if c.title]
    overrides += [_link(name, url) for name, url in (links or {}).items()]
    config: Json = {
        "defaults": Look().defaults(custom={"align": "left", "cellOptions": {"type": "auto"}}),
        "overrides": overrides,
    }
    made = _panel("table", title, text, targets, config, {"showHeader": True, "cellHeight": "sm"}, 24, height)
    made.json["transformations"] = [{"id": "merge", "options": {}}, {"id": "organize", "options": organize}]
    return made


def _panel(
    kind: str,
    title: str,
    text: str,
    targets: Sequence[Json],
    config: Json,
    options: Json,
    width: int,
    height: int,
) -> Panel:
    head: Json = {"type": kind, "title": title, "description": text, "datasource": SOURCE}
    return Panel(
        width=width, height=height, json={**head, "targets": list(targets), "fieldConfig": config, "options": options}
    )


def _target(query: Query, letter: str, *, instant: bool = False) -> Json:
    told: Json = {"refId": letter, "datasource": SOURCE, "editorMode": "code", "expr": query.expr}
    return {**told, "legendFormat": query.legend, "instant": instant, "range": not instant}


def _override(name: str, unit: str, words: Sequence[Json]) -> Json:
    properties: list[Json] = [{"id": "unit", "value": unit}]
    if words:
        coloured = {"type": "color-text"}
        properties += [{"id": "mappings", "value": list(words)}, {"id": "custom.cellOptions", "value": coloured}]
    return {"matcher": {"id": "byName", "options": name}, "properties": properties}


def _link(name: str, url: str) -> Json:
    links = [{"title": "Look at it", "url": url}]
    return {"matcher": {"id": "byName", "options": name}, "properties": [{"id": "links", "value": links}]}
