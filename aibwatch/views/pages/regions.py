"""Show how regions stand: verdict, time line, evidence, canary; and one region in full."""

from aibwatch.core.evidence import Evidence
from aibwatch.core.model import Region
from aibwatch.core.observation import Source
from aibwatch.core.sentences import ago, when
from aibwatch.core.state import GroupState
from aibwatch.core.verdict import Verdict
from aibwatch.views.advice import region_advice
from aibwatch.views.canaries import alike_in, alike_sentence, canary_sentence, useless
from aibwatch.views.explain import region_as_text, stands
from aibwatch.views.facts import live_since, verdict_sentence
from aibwatch.views.incident import sentence as incident_sentence
from aibwatch.views.pages import timeline
from aibwatch.views.pages.frame import page, section
from aibwatch.views.pages.html import Child, Html, el
from aibwatch.views.pages.parts import can_do, card, link, table, terms
from aibwatch.views.pages.record import as_table as record
from aibwatch.views.pages.seen import Seen
from aibwatch.views.pages.tones import OF_VERDICT, Tone

MOST_GROUPS = 50
"""Groups listed on a region's page; the status page has all of them."""


def tone_of(seen: Seen, verdict: Verdict) -> Tone:
    """Return how grave a region stands; what fails alike there and a canary to repair are worth a look, too."""
    tone = OF_VERDICT[verdict.kind]
    to_do = verdict.region in useless(seen.state, seen.setup) or bool(alike_in(seen.state, verdict.region))
    return Tone.DOUBT if to_do and tone.grave < Tone.DOUBT.grave else tone


def brief(seen: Seen, verdict: Verdict) -> Html:
    """Return a region's card."""
    region = verdict.region
    against = [e for e in verdict.evidence if e.against]
    return card(
        tone_of(seen, verdict),
        link("regions", region),
        str(verdict.kind),
        f"since {when(verdict.since, seen.now)}",
        el("p", verdict_sentence(seen.state, verdict, seen.now)),
        [el("p", alike_sentence(c)) for c in alike_in(seen.state, region)],
        timeline.drawn(seen, region),
        terms(
            [
                ("Evidence", [el("div", _weighed(e, seen)) for e in against]),
                ("Canary", canary_sentence(seen.state, seen.setup, region, seen.now)),
            ]
        ),
    )


def idle_canaries(seen: Seen) -> list[Html]:
    """Return a card for every canary of a region that no group lives in."""
    state, setup, now = seen.state, seen.setup, seen.now
    idle = sorted(region for region in setup.canaries if region not in seen.verdicts)
    return [card(Tone.CALM, r, "canary", "", el("p", canary_sentence(state, setup, r, now))) for r in idle]


def as_html(seen: Seen, region: Region) -> str:
    """Return the page of one region that was judged."""
    verdict = seen.verdicts[region]
    text = region_as_text(seen.state, seen.setup, region, seen.now)
    since = f"since {when(verdict.since, seen.now)}"
    return page(
        seen,
        tone_of(seen, verdict),
        f"{region}: {verdict.kind}",
        f"{region} {verdict.kind.phrase}, {since}: {verdict_sentence(seen.state, verdict, seen.now)}",
        section("What you can do", can_do(region_advice(seen.state, seen.setup, verdict)), id="can-do"),
        section(
            "Time line", timeline.drawn(seen, region), timeline.in_words(seen, region), id="timeline", beside="UTC"
        ),
        section("Evidence", _evidence(seen, verdict), id="evidence", beside=f"{verdict.score:.1f} points"),
        section("Beside it", _beside(seen, region), id="beside"),
        section("Groups that build here", _groups(seen, region), id="groups"),
        section("Incidents", _incidents(seen, region), id="incidents"),
        section("The whole explanation", el("pre", text), id="why", beside=f"aibwatch explain {region}"),
        section("On record", record(seen, region), id="record"),
        json=f"/api/v1/regions/{region}",
    )


def _evidence(seen: Seen, verdict: Verdict) -> Html:
    if not verdict.evidence:
        return el("p", "No source has anything to say.")
    rows: list[list[Child]] = [
        [el("strong", f"{e.weight:+.1f}"), str(e.kind), e.sentence, ago(e.last, seen.now) if e.last else "-"]
        for e in sorted(verdict.evidence, key=lambda e: -e.weight)
    ]
    return table(("weight", "kind", "what it says", "last seen"), rows, caption="Evidence")


def _beside(seen: Seen, region: Region) -> Html:
    state = seen.state
    read = state.window.poll(Source.PROBE, region)
    return terms(
        [
            (
                "Reads",
                live_since(state, region, seen.now) + (f"; last asked {ago(read.last_at, seen.now)}" if read else ""),
            ),
            ("Canary", canary_sentence(state, seen.setup, region, seen.now) or "none is configured"),
            ("Fails alike", [el("div", alike_sentence(c)) for c in alike_in(state, region)]),
        ]
    )


def _groups(seen: Seen, region: Region) -> Child:
    state = seen.state
    here = [
        group
        for name, group in sorted(state.groups.items())
        if name in seen.setup.groups and state.window.region_of(group.active) == region
    ]
    more = len(here) - MOST_GROUPS
    rest = el("li", f"and {more} more") if more > 0 else None
    lines = [_resident(seen, group) for group in here[:MOST_GROUPS]]
    return el("ul", lines, rest) if here else el("p", "No group builds here now.")


def _resident(seen: Seen, group: GroupState) -> Html:
    told = stands(seen.state, seen.setup.groups[group.name], group, seen.now)
    return el("li", link("groups", group.name), f" {told}")


def _incidents(seen: Seen, region: Region) -> Child:
    known = [one for one in seen.state.incidents.values() if one.region == region]
    lines = [
        el("li", link("incidents", one.id), f" {incident_sentence(one, seen.now)}")
        for one in sorted(known, key=lambda one: one.opened_at, reverse=True)
    ]
    return el("ul", lines) if lines else el("p", "No incident of it is known: the region was not suspected so far.")


def _weighed(evidence: Evidence, seen: Seen) -> Child:
    age = f", {ago(evidence.last, seen.now)}" if evidence.last else ""
    return [el("strong", f"{evidence.weight:+.1f}"), f" {evidence.kind}: {evidence.sentence.rstrip('.')}{age}"]
