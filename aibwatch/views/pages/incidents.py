"""Show one incident in full, and which are known."""

from aibwatch.core.incident import Incident
from aibwatch.views import incident
from aibwatch.views.document import plain
from aibwatch.views.pages.frame import page
from aibwatch.views.pages.html import Child, el
from aibwatch.views.pages.parts import link, told
from aibwatch.views.pages.seen import Seen
from aibwatch.views.pages.tones import Tone, badge

SHOWN = 5
"""Incidents on the status page, the latest."""


def latest(seen: Seen) -> Child:
    """Return the latest incidents, the last one first."""
    known = sorted(seen.state.incidents.values(), key=lambda one: one.opened_at, reverse=True)
    if not known:
        return el("p", "No incident is known: no region was suspected so far.")
    return el("ul", [el("li", _line(seen, one)) for one in known[:SHOWN]], class_="plain")


def as_html(seen: Seen, told_of: incident.Told) -> str:
    """Return the page of one incident: what Azure's support needs, and what was judged and done."""
    one = told_of.incident
    failed = incident.all_failures(told_of)
    return page(
        seen,
        _tone(one),
        f"Incident in {one.region}: {_word(one)}",
        plain(incident.sentence(one, seen.now)),
        el("p", "See also ", link("regions", one.region), [[" ", link("moves", kept.id)] for kept in told_of.moves]),
        el("p", "For a support request: ", el("code", f"aibwatch incident {one.id} --bundle FILE")),
        told(incident.document(told_of, failed)),
        json=f"/api/v1/incidents/{one.id}",
    )


def _line(seen: Seen, one: Incident) -> Child:
    return [badge(_tone(one), _word(one)), " ", link("incidents", one.id), f" {incident.sentence(one, seen.now)}"]


def _word(one: Incident) -> str:
    if one.closed_at is not None:
        return "over"
    return "proven" if one.confirmed_at else "suspected"


def _tone(one: Incident) -> Tone:
    if one.closed_at is not None:
        return Tone.CALM
    return Tone.BAD if one.confirmed_at else Tone.DOUBT
