"""Show what was noted of a region or a group, the latest first."""

from datetime import UTC

from aibwatch.views.document import plain
from aibwatch.views.pages.html import Html, el
from aibwatch.views.pages.parts import table
from aibwatch.views.pages.seen import Seen

SHOWN = 50
"""Notes on one page; `aibwatch history` has all of them."""


def as_table(seen: Seen, subject: str) -> Html:
    """Return the notes of the last hours."""
    found = [recorded for recorded in reversed(seen.notes) if recorded.note.subject == subject][:SHOWN]
    if not found:
        return el("p", "Nothing was noted in the last hours.")
    rows = [[f"{r.at.astimezone(UTC):%H:%M:%S}", plain(r.note.what), plain(r.note.why)] for r in found]
    return table(("at (UTC)", "what", "why"), rows, caption=f"On record of {subject}")
