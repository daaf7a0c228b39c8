"""Say on a page that there is no such thing, and what there is."""

from collections.abc import Sequence

from aibwatch.views.pages.frame import page, section
from aibwatch.views.pages.html import el
from aibwatch.views.pages.parts import link
from aibwatch.views.pages.seen import Seen
from aibwatch.views.pages.tones import Tone

SHOWN = 100
"""Names offered instead."""


def as_html(seen: Seen, kind: str, name: str, known: Sequence[str]) -> str:
    """Return the page for a name that is none. `kind` is the first part of its address: "groups"."""
    noun = kind.removesuffix("s")
    there = (
        el("ul", [el("li", link(kind, one)) for one in known[:SHOWN]]) if known else el("p", "There is not one yet.")
    )
    return page(
        seen,
        Tone.CALM,
        "Not found",
        f"There is no {noun} {name}.",
        section(f"{kind.capitalize()} that there are", there, id="known"),
        json=f"/api/v1/{kind}",
    )


def unreadable_as_html(seen: Seen, kind: str, name: str, why: str) -> str:
    """Return the page for something of which the record cannot be read at the moment."""
    noun = kind.removesuffix("s")
    return page(
        seen,
        Tone.DOUBT,
        "The record cannot be read",
        f"Nothing can be told of the {noun} {name} at the moment: {why}.",
        json=f"/api/v1/{kind}",
    )
