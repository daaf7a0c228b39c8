"""Put panels into rows and rows into a dashboard: places, ids, variables and marks of moves.

Rules: panels stand from left to right and begin a new line where the next one does not fit; ids count from 1, so that
the same source gives the same file. This module does not know what the panels show.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from metric import of
from panel import SOURCE, Panel
from words import Json

COLUMNS = 24
SCHEMA = 39
"""Version of Grafana's dashboard model: that of Grafana 10.4 and 11. Newer ones bring it up to date by themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A heading and what stands under it."""

    title: str
    panels: Sequence[Panel]


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """Something that is chosen at the top: the values of a label."""

    name: str
    label: str
    text: str
    metric: str


INSTANCE = Variable(
    name="instance",
    label="Daemon",
    text="The daemon whose view is shown, as Prometheus names its target.",
    metric="aibwatch_build_info",
)
GROUP = Variable(name="group", label="Group", text="The group that is shown.", metric=of("group_active"))


def dashboard(uid: str, title: str, text: str, rows: Iterable[Row], variables: Sequence[Variable], moves: str) -> Json:
    """Return a dashboard as Grafana reads it; `moves` selects the moves that are marked in it."""
    other = {"aibwatch-fleet": "aibwatch-group", "aibwatch-group": "aibwatch-fleet"}[uid]
    return {
        "uid": uid,
        "title": title,
        "description": text,
        "tags": ["aibwatch"],
        "schemaVersion": SCHEMA,
        "version": 1,
        "editable": True,
        "graphTooltip": 1,
        "time": {"from": "now-6h", "to": "now"},
        "timezone": "utc",
        "refresh": "30s",
        "templating": {"list": [_source(), *(_variable(each) for each in variables)]},
        "annotations": {"list": [_moves(moves)]},
        "links": [_to(other)],
        "panels": list(_placed(rows)),
    }


def _placed(rows: Iterable[Row]) -> Iterable[Json]:
    number, top = 0, 0
    for row in rows:
        number += 1
        place = {"x": 0, "y": top, "w": COLUMNS, "h": 1}
        yield {"id": number, "type": "row", "title": row.title, "collapsed": False, "gridPos": place, "panels": []}
        top, left, deepest = top + 1, 0, 0
        for panel in row.panels:
            if left + panel.width > COLUMNS:
                top, left, deepest = top + deepest, 0, 0
            number += 1
            place = {"x": left, "y": top, "w": panel.width, "h": panel.height}
            yield {"id": number, **panel.json, "gridPos": place}
            left, deepest = left + panel.width, max(deepest, panel.height)
        top += deepest


def _source() -> Json:
    return {
        "name": "datasource",
        "label": "Prometheus",
        "description": "The Prometheus that scrapes aibwatch.",
        "type": "datasource",
        "query": "prometheus",
        "refresh": 1,
    }


def _variable(variable: Variable) -> Json:
    query = f"label_values({variable.metric}, {variable.name})"
    return {
        "name": variable.name,
        "label": variable.label,
        "description": variable.text,
        "type": "query",
        "datasource": SOURCE,
        "definition": query,
        "query": {"query": query, "refId": "A"},
        "refresh": 2,
        "sort": 1,
        "multi": False,
        "includeAll": False,
    }


def _moves(selector: str) -> Json:
    return {
        "name": "Moves",
        "datasource": SOURCE,
        "enable": True,
        "iconColor": "purple",
        # A move lasts a moment in a counter: the mark stands where the counter rose.
        "expr": f"sum by (group, kind) (changes({selector}[2m])) > 0",
        "step": "1m",
        "titleFormat": "{{kind}} of {{group}}",
        "textFormat": "aibwatch history {{group}}",
        "tagKeys": "kind",
    }


def _to(uid: str) -> Json:
    title = {"aibwatch-fleet": "Fleet", "aibwatch-group": "One group"}[uid]
    return {
        "title": title,
        "type": "link",
        "url": f"/d/{uid}",
        "includeVars": True,
        "keepTime": True,
        "icon": "dashboard",
    }
