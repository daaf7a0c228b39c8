"""Show when each source was asked last, and how that went."""

from collections.abc import Sequence

from aibwatch.core.model import FailureClass
from aibwatch.core.observation import Source
from aibwatch.core.sentences import ago, count
from aibwatch.core.window import PollRecord
from aibwatch.views.pages.html import Child, Html, el
from aibwatch.views.pages.parts import table
from aibwatch.views.pages.seen import Seen
from aibwatch.views.pages.tones import Tone, badge

ASKED_ABOUT = {
    Source.TEMPLATES: ("list of templates", "scope"),
    Source.PROBE: ("reads of a template", "region"),
    Source.SERVICE_HEALTH: ("Service Health", "subscription"),
    Source.RESOURCE_HEALTH: ("Resource Health", "subscription"),
    Source.PEER: ("other observers", "peer"),
    Source.ACTIVITY_LOG: ("Activity Log", "subscription"),
    Source.DISCOVERY: ("tags in Resource Graph", "look"),
}
"""What each source is to people, and what it is asked about."""


def as_table(seen: Seen) -> Html:
    """Return a row for each source that was ever asked."""
    rows = [_row(seen, source, found) for source in Source if (found := seen.state.window.polls_of(source))]
    if not rows:
        return el("p", "Nothing was asked yet.")
    return table(("state", "source", "asked", "answered well", "what is wrong"), rows, caption="Last polls")


def _row(seen: Seen, source: Source, found: Sequence[PollRecord]) -> list[Child]:
    name, noun = ASKED_ABOUT[source]
    ill = [record for record in found if record.last.cls is not FailureClass.OK]
    asked = max(record.last_at for record in found)
    well = [record.well_at for record in found if record.well_at is not None]
    wrong = f"{len(ill)} of {count(len(found), noun)}: {ill[0].last.summary}" if ill else None
    return [
        badge(Tone.DOUBT if ill else Tone.GOOD, "failing" if ill else "ok"),
        f"{name} ({count(len(found), noun)})",
        ago(asked, seen.now),
        ago(max(well), seen.now) if well else "never",
        wrong or "-",
    ]
