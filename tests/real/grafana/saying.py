"""Say values as Grafana does: in the panel's words where it has some, else with the unit."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

SPANS = ((86400.0, "days"), (3600.0, "h"), (60.0, "min"), (1.0, "s"))


def said(value: float, unit: str, mappings: Sequence[Mapping[str, Any]], now: float = 0.0) -> tuple[str, str]:
    """Return what is written for a value, and the colour that its word has, or ""."""
    for mapping in mappings:
        if (found := _word(value, mapping)) is not None:
            return found["text"], found.get("color", "")
    if unit == "dateTimeFromNow":
        return f"{_span(now - value / 1000)} ago", ""
    return _number(value, unit), ""


def coloured(value: float, thresholds: Mapping[str, Any]) -> str:
    """Return the colour that holds from the highest threshold which the value reaches."""
    reached = [s["color"] for s in thresholds["steps"] if s["value"] is None or value >= s["value"]]
    return str(reached[-1])


def _word(value: float, mapping: Mapping[str, Any]) -> Mapping[str, Any] | None:
    options: Mapping[str, Any] = mapping["options"]
    match mapping["type"]:
        case "value":
            return options.get(f"{value:g}")
        case "range" if value >= options["from"]:
            return options["result"]  # type: ignore[no-any-return]  # JSON
        case "special" if math.isnan(value):
            return options["result"]  # type: ignore[no-any-return]  # JSON
    return None


def _number(value: float, unit: str) -> str:
    match unit:
        case "s":
            return _span(value)
        case "percentunit":
            return f"{value * 100:.3g} %"
        case "bytes":
            return f"{value / 2**20:.3g} MiB"
        case "reqps":
            return f"{value:.2g} req/s"
    return f"{value:.4g}"


def _span(seconds: float) -> str:
    if 0 < abs(seconds) < 1:
        return f"{seconds * 1000:.3g} ms"
    for length, name in SPANS:
        if abs(seconds) >= length:
            return f"{seconds / length:.3g} {name}"
    return "0 s"
