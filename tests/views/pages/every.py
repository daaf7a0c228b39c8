"""Make every page that a story has: the status, each group, region, incident and move, and a name that is none."""

from collections.abc import Callable, Mapping

from aibwatch.views import incident, report
from aibwatch.views.pages import groups, incidents, missing, moves, overview, regions
from tests.core.builders import Play

from .seen import seen_of

WAYS = ("status", "group", "region", "incident", "move", "missing", "unreadable")


def pages_of(play: Play) -> Mapping[str, str]:
    """Return all pages by a name for each; the first part of the name is one of WAYS."""
    seen = seen_of(play)
    pages: dict[str, Callable[[], str]] = {
        "status": lambda: overview.as_html(seen),
        "missing": lambda: missing.as_html(seen, "groups", "nobody", sorted(seen.setup.groups)),
        "unreadable": lambda: missing.unreadable_as_html(seen, "moves", "base-1", "disk full"),
    }
    pages |= {f"group {name}": lambda name=name: groups.as_html(seen, name) for name in seen.setup.groups}  # type: ignore[misc]
    pages |= {f"region {name}": lambda name=name: regions.as_html(seen, name) for name in seen.verdicts}  # type: ignore[misc]
    for one in seen.state.incidents.values():
        pages[f"incident {one.id}"] = lambda one=one: incidents.as_html(seen, told_of_incident(play, one.id))  # type: ignore[misc]
    for kept in seen.moves:
        told = report.Told(kept=kept, notes=seen.notes, places=seen.state.window.region_of, now=seen.now)
        pages[f"move {kept.id}"] = lambda told=told: moves.as_html(seen, told)  # type: ignore[misc]
    return {name: make() for name, make in pages.items()}


def told_of_incident(play: Play, wanted: str) -> incident.Told:
    """Return what is told of an incident of the story, without what was seen in it."""
    seen = seen_of(play)
    return incident.Told(
        incident=seen.state.incidents[wanted],
        setup=seen.setup,
        places={template: known.region for template, known in seen.state.window.templates.items()},
        notes=seen.notes,
        seen=(),
        moves=seen.moves,
        now=seen.now,
    )
