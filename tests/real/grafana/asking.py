"""Ask Prometheus what Grafana would ask it: each query of each panel, with the variables filled in."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from .backfill import Asked

FOLDER = Path(__file__).parents[3] / "deploy" / "grafana" / "dashboards"
CHOSEN = {"instance": "ops-1:9877", "group": "ubuntu-base", "__rate_interval": "5m", "datasource": "prometheus"}
LABEL = re.compile(r"{{(\w+)}}")
POINTS = 180
"""Over the length of a story; Grafana asks for as many as the panel has pixels."""


@dataclass(frozen=True)
class Series:
    """One line of an answer: its labels, what it is called in the panel, and (time, value) pairs."""

    labels: Mapping[str, str]
    name: str
    points: tuple[tuple[float, float], ...]


def dashboard(name: str) -> dict[str, Any]:
    """Return a dashboard as it is checked in."""
    told: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text())
    return told


def panels(told: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield every panel that is not a heading."""
    return (panel for panel in told["panels"] if panel["type"] != "row")


def filled(text: str, values: Mapping[str, str] = CHOSEN) -> str:
    """Return a text with its variables filled in, the longest names first."""
    for name in sorted(values, key=len, reverse=True):
        text = text.replace(f"${{{name}}}", values[name]).replace(f"${name}", values[name])
    return text


async def answers(asked: Asked, panel: Mapping[str, Any]) -> list[list[Series]]:
    """Return what Prometheus answers to each query of a panel."""
    return [await _answer(asked, target) for target in panel["targets"]]


async def series_of(asked: Asked, expr: str, *, instant: bool = False, legend: str = "") -> list[Series]:
    """Return what Prometheus answers to a query."""
    return await _answer(asked, {"expr": expr, "instant": instant, "legendFormat": legend})


async def _answer(asked: Asked, target: Mapping[str, Any]) -> list[Series]:
    query = {"query": filled(target["expr"])}
    if target["instant"]:
        path, more = "query", {"time": str(asked.end)}
    else:
        step = (asked.end - asked.begin) / POINTS
        path, more = "query_range", {"start": str(asked.begin), "end": str(asked.end), "step": str(step)}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{asked.base}/api/v1/{path}", data={**query, **more}) as answer,
    ):
        told = await answer.json()
    assert told["status"] == "success", (query, told)
    return [_series(each, target["legendFormat"]) for each in told["data"]["result"]]


def _series(told: Mapping[str, Any], legend: str) -> Series:
    labels = told["metric"]
    points = told.get("values") or [told["value"]]
    # As Grafana does it: a label that a series lacks is written as nothing.
    name = LABEL.sub(lambda found: labels.get(found[1], ""), legend)
    return Series(labels, name.strip(), tuple((float(at), float(value)) for at, value in points))
