"""Show how everything stands on one page: a colour and three words from across the room, a sentence up close."""

from aibwatch.core.sentences import count
from aibwatch.views.facts import headline, severity
from aibwatch.views.pages import groups, incidents, moves, polls, regions
from aibwatch.views.pages.frame import page, section
from aibwatch.views.pages.html import Child, el
from aibwatch.views.pages.parts import cards
from aibwatch.views.pages.seen import Seen
from aibwatch.views.pages.tones import ACROSS_THE_ROOM, OF_SEVERITY


def as_html(seen: Seen) -> str:
    """Return the status page."""
    tone = OF_SEVERITY[severity(seen.state, seen.setup)]
    return page(
        seen,
        tone,
        ACROSS_THE_ROOM[tone],
        headline(seen.state, seen.setup),
        section(
            "Regions", _regions(seen), id="regions", beside=f"the last 6 hours; {count(len(seen.verdicts), 'region')}"
        ),
        section(
            "Groups", groups.all_of(seen), groups.by_tags_in_trouble(seen), id="groups", beside=groups.summary(seen)
        ),
        section("Moves", moves.latest(seen), id="moves"),
        section("Incidents", incidents.latest(seen), id="incidents"),
        section("Last polls", polls.as_table(seen), id="polls"),
        json="/api/v1/status",
    )


def _regions(seen: Seen) -> Child:
    gravest_first = sorted(seen.verdicts.values(), key=lambda v: (-regions.tone_of(seen, v).grave, v.region))
    found = [*(regions.brief(seen, verdict) for verdict in gravest_first), *regions.idle_canaries(seen)]
    return cards(found) if found else el("p", "No region was seen yet.")
