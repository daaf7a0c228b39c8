"""Show how ready secondaries are: a word and a line each, or rule by rule."""

from aibwatch.core.model import TemplateId, template_name
from aibwatch.core.policy import GroupSpec
from aibwatch.core.readiness.finding import Ready
from aibwatch.core.readiness.said import GRAVITY
from aibwatch.core.sentences import ago
from aibwatch.views import readiness
from aibwatch.views.facts import place
from aibwatch.views.pages.html import Child, Html, el
from aibwatch.views.pages.parts import table
from aibwatch.views.pages.seen import Seen
from aibwatch.views.pages.tones import OF_READINESS, Tone, badge


def brief(seen: Seen, spec: GroupSpec) -> Html | None:
    """Return a line for each secondary: where, whether it would build, and why."""
    lines = [el("li", _line(seen, secondary)) for secondary in spec.secondaries]
    return el("ul", lines, class_="plain") if lines else None


def words(seen: Seen, spec: GroupSpec) -> list[Child]:
    """Return the bare words for a line that has room for nothing else."""
    return [[place(seen.state, one), " ", _badge(seen, one), " "] for one in spec.secondaries]


def gravest(seen: Seen, spec: GroupSpec) -> Tone:
    """Return how grave the secondaries stand; what was not looked at yet is waited for."""
    known = [seen.state.window.readiness[one].state for one in spec.secondaries if one in seen.state.window.readiness]
    return max((min(OF_READINESS[state], Tone.DOUBT, key=_grave) for state in known), key=_grave, default=Tone.GOOD)


def in_full(seen: Seen, spec: GroupSpec) -> Child:
    """Return every rule of every secondary, the gravest first."""
    return [_rules(seen, secondary) for secondary in spec.secondaries] or el("p", "It has no secondary.")


def _line(seen: Seen, secondary: TemplateId) -> Child:
    _, _, why = readiness.line(seen.state, secondary, seen.now).partition("   ")
    return [place(seen.state, secondary), " ", _badge(seen, secondary), " ", el("span", why.strip(), class_="soft")]


def _badge(seen: Seen, secondary: TemplateId) -> Html:
    report = seen.state.window.readiness.get(secondary)
    if report is None:
        return badge(Tone.CALM, Ready.UNKNOWN.phrase)
    return badge(OF_READINESS[report.state], report.state.phrase)


def _rules(seen: Seen, secondary: TemplateId) -> Html:
    report = seen.state.window.readiness.get(secondary)
    name = f"{template_name(secondary)} in {place(seen.state, secondary)}"
    if report is None:
        return el("p", name, " ", badge(Tone.CALM, Ready.UNKNOWN.phrase), " it was not looked at yet")
    head = el("p", name, " ", _badge(seen, secondary), f" {report.why}; looked at {ago(report.at, seen.now)}")
    found = sorted(report.findings, key=lambda finding: GRAVITY.index(finding.state))
    rows: list[list[Child]] = [
        [
            badge(OF_READINESS[f.state], "ok" if f.state is Ready.READY else f.state.phrase),
            f.rule,
            [f.why, [el("br"), el("span", "; ".join(f.details), class_="soft")] if f.details else None],
            ago(f.at, seen.now),
        ]
        for f in found
    ]
    return el("div", head, table(("state", "rule", "what it found", "proven"), rows, caption=name) if rows else None)


def _grave(tone: Tone) -> int:
    return tone.grave
