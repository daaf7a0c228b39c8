"""Say how grave something is, in a word, a sign and a colour: never by colour alone."""

from collections.abc import Mapping
from enum import StrEnum

from aibwatch.core.model import Region
from aibwatch.core.readiness.finding import Ready
from aibwatch.core.state import GroupState, Phase, State
from aibwatch.core.verdict import Verdict, VerdictKind
from aibwatch.views.pages.html import Html, el


class Tone(StrEnum):
    """How grave. The values are classes of the style."""

    GOOD = "good"
    CALM = "calm"
    DOUBT = "doubt"
    BAD = "bad"

    @property
    def sign(self) -> str:
        """A shape for whoever does not tell the colours apart."""
        return {Tone.GOOD: "✓", Tone.CALM: "○", Tone.DOUBT: "▲", Tone.BAD: "✖"}[self]

    @property
    def grave(self) -> int:
        """The graver, the higher."""
        return list(Tone).index(self)


OF_VERDICT: Mapping[VerdictKind, Tone] = {
    VerdictKind.HEALTHY: Tone.GOOD,
    VerdictKind.LEARNING: Tone.CALM,
    VerdictKind.RECOVERING: Tone.CALM,
    VerdictKind.BLIND: Tone.DOUBT,
    VerdictKind.SUSPECT: Tone.DOUBT,
    VerdictKind.DEGRADED: Tone.DOUBT,
    VerdictKind.MAINTENANCE: Tone.DOUBT,
    VerdictKind.CONFIRMING: Tone.BAD,
    VerdictKind.GLOBAL: Tone.BAD,
    VerdictKind.OUTAGE: Tone.BAD,
}

OF_READINESS: Mapping[Ready, Tone] = {
    Ready.READY: Tone.GOOD,
    Ready.DEGRADED: Tone.DOUBT,
    Ready.UNKNOWN: Tone.DOUBT,
    Ready.NOT_READY: Tone.BAD,
}

OF_SEVERITY: Mapping[int, Tone] = {0: Tone.GOOD, 3: Tone.DOUBT, 4: Tone.BAD}
"""By the exit code of `aibwatch status`."""

ACROSS_THE_ROOM: Mapping[Tone, str] = {Tone.GOOD: "All is well", Tone.DOUBT: "Take a look", Tone.BAD: "Outage"}
"""The largest words of the status page."""


def of_group(state: State, group: GroupState, word: str, verdicts: Mapping[Region, Verdict]) -> Tone:
    """Return how grave a group stands: its own trouble, else that of the region it builds in.

    `word` is the one that the status has for it; `verdicts` are those of the default thresholds, by region.
    """
    if word not in {"watching", "away"}:
        return Tone.BAD if group.phase is Phase.HALTED else Tone.DOUBT
    region = state.window.region_of(group.active)
    verdict = verdicts.get(region) if region else None
    tone = OF_VERDICT[verdict.kind] if verdict else Tone.CALM
    return Tone.CALM if word == "away" and tone is Tone.GOOD else tone


def badge(tone: Tone, word: str) -> Html:
    """Return the word with its sign; readers of screens hear the word alone."""
    return el(
        "span", el("span", tone.sign, class_="sign", aria_hidden="true"), " ", word.upper(), class_=f"badge {tone}"
    )
