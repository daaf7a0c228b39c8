"""Show how everything stands as one web page without scripts: a colour from across the room, a sentence up close."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from html import escape

from aibwatch.core.judging import regional_verdicts
from aibwatch.core.policy import Setup
from aibwatch.core.protection import Protections
from aibwatch.core.sentences import ago, clock
from aibwatch.core.state import GroupState, Phase, State
from aibwatch.core.verdict import VerdictKind
from aibwatch.views import readiness
from aibwatch.views.canaries import alike_in, alike_sentence, canary_sentence, useless
from aibwatch.views.discovery import lines
from aibwatch.views.explain import group_as_text, region_as_text
from aibwatch.views.facts import group_sentence, headline, severity, verdict_sentence
from aibwatch.views.status import by_tags, word_for

REFRESH_SECONDS = 10

TONES: Mapping[VerdictKind, str] = {
    VerdictKind.HEALTHY: "good",
    VerdictKind.LEARNING: "calm",
    VerdictKind.RECOVERING: "calm",
    VerdictKind.BLIND: "doubt",
    VerdictKind.SUSPECT: "doubt",
    VerdictKind.DEGRADED: "doubt",
    VerdictKind.MAINTENANCE: "doubt",
    VerdictKind.CONFIRMING: "bad",
    VerdictKind.GLOBAL: "bad",
    VerdictKind.OUTAGE: "bad",
}
SEVERITY_TONE = {0: "good", 3: "doubt", 4: "bad"}

STYLE = """
:root{color-scheme:light dark;--bg:#f6f7f9;--card:#fff;--ink:#1b2330;--soft:#5b6676;--line:#dde2e9;
--good:#1a7f4b;--calm:#3a6ea5;--doubt:#a76a00;--bad:#b3261e}
@media(prefers-color-scheme:dark){:root{--bg:#12161c;--card:#1b212a;--ink:#e8ecf2;--soft:#9aa6b5;--line:#2c3542;
--good:#4cc38a;--calm:#7eb3ea;--doubt:#e8b04a;--bad:#ff8a80}}
*{box-sizing:border-box}body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main{max-width:64rem;margin:0 auto;padding:1.5rem}h1{font-size:1.6rem;margin:.2rem 0 1.2rem;line-height:1.25}
h2{font-size:.85rem;letter-spacing:.08em;text-transform:uppercase;color:var(--soft);margin:1.6rem 0 .6rem}
.banner{border-left:.5rem solid var(--tone);padding-left:1rem}
.card{background:var(--card);border:1px solid var(--line);border-left:.35rem solid var(--tone);border-radius:.4rem;
padding:.7rem 1rem;margin:.6rem 0}
.row{display:flex;gap:.8rem;align-items:baseline;flex-wrap:wrap}.name{font-weight:600}
.badge{color:var(--tone);font-weight:700;font-size:.85rem;letter-spacing:.04em}.when{color:var(--soft);font-size:.85rem}
.card p{margin:.25rem 0 0}.good{--tone:var(--good)}.calm{--tone:var(--calm)}.doubt{--tone:var(--doubt)}
.bad{--tone:var(--bad)}details{margin-top:.4rem}summary{cursor:pointer;color:var(--soft)}
pre{white-space:pre-wrap;font:13px/1.5 ui-monospace,monospace;margin:.5rem 0 0;overflow-wrap:anywhere}
footer{color:var(--soft);font-size:.85rem;margin-top:2rem}a{color:inherit}
"""


def as_html(state: State, setup: Setup, version: str, now: datetime) -> str:
    """Return the whole page."""
    regions = "".join(_region(state, setup, region, now) for region in sorted(regional_verdicts(state)))
    known = Protections(state, setup, now)
    groups = "".join(_group(state, setup, name, now, known) for name in sorted(setup.groups))
    return (
        "<!doctype html><html lang=en><head><meta charset=utf-8>"
        "<meta name=viewport content='width=device-width,initial-scale=1'>"
        f"<meta http-equiv=refresh content={REFRESH_SECONDS}><title>aibwatch: {escape(headline(state, setup))}</title>"
        f"<style>{STYLE}</style></head><body><main>"
        f"<div class='banner {SEVERITY_TONE[severity(state, setup)]}'><h1>{escape(headline(state, setup))}</h1></div>"
        f"<h2>Groups</h2>{groups or '<p>No group is configured, so nothing is watched.</p>'}"
        f"{_tags(state, setup, now)}"
        f"<h2>Regions</h2>{regions or '<p>No region was seen yet.</p>'}{_idle(state, setup, now)}"
        f"<footer>{now.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC, renewed every {REFRESH_SECONDS} s · "
        f"aibwatch {version} · <a href=/metrics>metrics</a> · <a href=/api/v1/status>JSON</a>"
        "</footer></main></body></html>"
    )


def _region(state: State, setup: Setup, region: str, now: datetime) -> str:
    verdict = next(v for v in regional_verdicts(state).values() if v.region == region)
    when = f"since {clock(verdict.since)} ({ago(verdict.since, now)})"
    sentence = verdict_sentence(state, verdict, now)
    text = region_as_text(state, setup, verdict.region, now)
    canary = canary_sentence(state, setup, verdict.region, now)
    beside = [*([f"Canary: {canary}"] if canary else []), *(alike_sentence(c) for c in alike_in(state, verdict.region))]
    tone = TONES[verdict.kind]
    to_do = verdict.region in useless(state, setup) or bool(alike_in(state, verdict.region))
    tone = "doubt" if to_do and tone in {"good", "calm"} else tone
    return _card(tone, region, str(verdict.kind), when, [sentence, *beside], text)


def _idle(state: State, setup: Setup, now: datetime) -> str:
    """Return a card for every canary of a region that no group lives in."""
    idle = sorted(region for region in setup.canaries if region not in regional_verdicts(state))
    return "".join(
        _card("calm", region, "canary", "", [canary_sentence(state, setup, region, now)], "") for region in idle
    )


def _group(state: State, setup: Setup, name: str, now: datetime, known: Protections) -> str:
    group = state.groups.get(name)
    if group is None:
        return _card("calm", name, "starting", "", ["nothing was decided yet"], "")
    spec = setup.groups[name]
    word = word_for(state, spec, group)
    wanting = [f"Secondary {line}" for line in readiness.wanting(state, spec, now)]
    tone = _tone(state, group, word)
    tone = "doubt" if wanting and tone == "good" else tone
    when = f"since {clock(group.since)} ({ago(group.since, now)})"
    sentence = f"{group_sentence(state, spec, group, now)}{by_tags(spec)}"
    text = f"{group_as_text(state, setup, name, now, known)}\n\n{readiness.in_full(state, spec, now)}"
    return _card(tone, name, word, when, [sentence, *wanting], text)


def _tags(state: State, setup: Setup, now: datetime) -> str:
    """Return a card for everything that is wrong with groups by tags."""
    return "".join(_card("doubt", about, word, "", [said], "") for about, word, said in lines(state, setup, now))


def _tone(state: State, group: GroupState, word: str) -> str:
    """Return the colour of a group: its own trouble, else that of the region it builds in."""
    if word not in {"watching", "away"}:
        return "bad" if group.phase is Phase.HALTED else "doubt"
    region = state.window.region_of(group.active)
    verdict = next((v for v in regional_verdicts(state).values() if v.region == region), None)
    tone = TONES[verdict.kind] if verdict else "calm"
    return "calm" if word == "away" and tone == "good" else tone


def _card(tone: str, name: str, word: str, when: str, sentences: Sequence[str], text: str) -> str:
    more = f"<details><summary>why</summary><pre>{escape(text)}</pre></details>" if text else ""
    return (
        f"<section class='card {tone}'><div class=row><span class=name>{escape(name)}</span>"
        f"<span class=badge>{escape(word.upper())}</span><span class=when>{escape(when)}</span></div>"
        f"{''.join(f'<p>{escape(sentence)}</p>' for sentence in sentences)}{more}</section>"
    )
