"""Show how everything stands on one page: a colour and three words from across the room, a sentence up close."""

from collections import Counter

from aibwatch.core.sentences import count, span
from aibwatch.views.facts import headline, severity
from aibwatch.views.pages import groups, incidents, moves, polls, regions, timeline
from aibwatch.views.pages.frame import page, section
from aibwatch.views.pages.html import Child, el
from aibwatch.views.pages.parts import cards
from aibwatch.views.pages.seen import Seen
from aibwatch.views.pages.tones import ACROSS_THE_ROOM, OF_SEVERITY, OF_VERDICT


def as_html(seen: Seen) -> str:
    """Return the status page."""
    tone = OF_SEVERITY[severity(seen.state, seen.setup)]
    reach = f"time lines show the last {span(timeline.reach(seen))}"
    return page(
        seen,
        tone,
        ACROSS_THE_ROOM[tone],
        headline(seen.state, seen.setup),
        section("Regions", _regions(seen), id="regions", beside=reach if seen.verdicts else ""),
        section("Groups", groups.all_of(seen), groups.by_tags_in_trouble(seen), id="groups"),
        section("Moves", moves.latest(seen), id="moves"),
        section("Incidents", incidents.latest(seen), id="incidents"),
        section("Last polls", polls.as_table(seen), id="polls"),
        json="/api/v1/status",
        counts=_counts(seen),
    )


def _counts(seen: Seen) -> str:
    """Return how many regions and groups stand how."""
    kinds = Counter(verdict.kind for verdict in seen.verdicts.values())
    gravest_first = sorted(kinds.items(), key=lambda counted: (-OF_VERDICT[counted[0]].grave, counted[0]))
    told = [
        f"{count(len(found), noun)}: {words}"
        for found, noun, words in (
            (seen.verdicts, "region", ", ".join(f"{number} {kind}" for kind, number in gravest_first)),
            (seen.setup.groups, "group", groups.summary(seen)),
        )
        if found
    ]
    return " · ".join(told)


def _regions(seen: Seen) -> Child:
    gravest_first = sorted(seen.verdicts.values(), key=lambda v: (-regions.tone_of(seen, v).grave, v.region))
    found = [*(regions.brief(seen, verdict) for verdict in gravest_first), *regions.idle_canaries(seen)]
    return cards(found) if found else el("p", "No region was seen yet.")
