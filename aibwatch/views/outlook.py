"""Say what would have to be seen for a region's verdict to change: the part of an explanation that looks ahead.

Nothing here is guessed: what would follow is asked of the rules themselves. A thing that might be seen next is added to
the evidence, and `conviction.lacking` says whether that would prove an outage.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import combinations

from aibwatch.core.canary.canaries import next_canary
from aibwatch.core.canary.canary import Canary, CanaryResult, ask
from aibwatch.core.canary.plan import respite_until, spent
from aibwatch.core.conviction import STILL_FAILING, lacking, score_of
from aibwatch.core.evidence import Evidence, Kind
from aibwatch.core.model import WELL, Diagnosis, FailureClass, template_name
from aibwatch.core.observation import Concern
from aibwatch.core.policy import CanarySpec, Policy, Setup
from aibwatch.core.protection import BUILD
from aibwatch.core.sentences import ago, clock, span, when
from aibwatch.core.signals import canary as canary_signal
from aibwatch.core.signals.events import WEIGHTS
from aibwatch.core.signals.probe import LASTING, LASTING_WEIGHT, ROW
from aibwatch.core.signals.probe import WEIGHT as PROBE_WEIGHT
from aibwatch.core.state import State
from aibwatch.core.verdict import CLEAR_SHARE, Verdict, VerdictKind
from aibwatch.core.votes import SERVICE_WEIGHT
from aibwatch.views.facts import builds_unread

UNSEEN = Diagnosis(cls=FailureClass.SERVICE, rule="what-if", summary="")

AT_ONCE = 2
"""How many things are tried together, where none does alone."""

MOST_WAYS = 4
"""Ways to a proof that are told: at three in the morning nobody reads more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A verdict, and what it takes to look ahead from it."""

    state: State
    setup: Setup
    verdict: Verdict
    policy: Policy
    now: datetime

    @property
    def spec(self) -> CanarySpec | None:
        """Return the region's canary as configured."""
        return self.setup.canaries.get(self.verdict.region)

    @property
    def canary(self) -> Canary | None:
        """Return the region's canary as it stands."""
        return self.state.canaries.get(self.verdict.region) if self.spec else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that might be seen next."""

    words: str
    evidence: Evidence
    replaces: frozenset[Kind] = frozenset()
    """Kinds of evidence that it takes the place of."""
    less: str = ""
    """The words of a fact that is a part of this one; where that one is enough, this one need not be told."""


def outlook(state: State, setup: Setup, verdict: Verdict, policy: Policy, now: datetime) -> list[str]:
    """Return what would change the verdict, a line each, the most important first."""
    view = View(state=state, setup=setup, verdict=verdict, policy=policy, now=now)
    match verdict.kind:
        case VerdictKind.BLIND | VerdictKind.LEARNING:
            return [f"one answered read in {verdict.region}; until then nothing is concluded, and nothing is moved"]
        case VerdictKind.RECOVERING:
            return _recovering(view)
        case VerdictKind.HEALTHY:
            return _well(view)
        case VerdictKind.GLOBAL:
            return [
                "it is called so as long as the other regions show it too; each of them is explained by itself",
                *_beneath(view),
            ]
        case VerdictKind.MAINTENANCE:
            return ["it is called so until the announced maintenance is over", *_beneath(view)]
        case _:
            return _beneath(view)


def _beneath(view: View) -> list[str]:
    """Return what would change what the region is by its own evidence."""
    if view.verdict.alone is VerdictKind.CONFIRMING and view.verdict.hold_until:
        return _confirming(view, view.verdict.hold_until)
    if view.verdict.alone is VerdictKind.OUTAGE and view.verdict.held:
        return _proven(view)
    return [*_missing(view), *_canary(view), _cleared(view)]


def _recovering(view: View) -> list[str]:
    since = view.verdict.quiet_since or view.now
    left = since + view.policy.recovery_min - view.now
    relapse = f"anything that brings the score to {view.policy.suspect_score:g} makes it suspect again"
    return [f"{span(left)} more without trouble, and it is healthy", relapse]


def _well(view: View) -> list[str]:
    reads = f"{ROW} failed reads in a row ({span(ROW * view.setup.pace.probe)} at this pace, {PROBE_WEIGHT:+g})"
    run = f"a run that fails by the service's fault ({SERVICE_WEIGHT:+g})"
    event = f"an Image Builder event ({WEIGHTS[Concern.IMAGE_BUILDER]:+g})"
    if builds_unread(view.verdict):
        event = f"{event}; reads fail already, and good builds outweigh them"
    begins = f"suspicion begins at {view.policy.suspect_score:g} points: {reads}, {run}, or {event}"
    until = respite_until(view.canary, view.now) if view.canary else None
    if until is None or not any(e.forbids for e in view.verdict.evidence):
        return [begins, *_canary(view)]
    left = f"until {clock(until)} (in {span(until - view.now)})"
    return [begins, f"its canary built well: {left} only a newer one that fails can convict", *_canary(view)]


def _confirming(view: View, until: datetime) -> list[str]:
    stops = [word for word, left in _good_news(view) if lacking(left, view.policy, view.now)]
    ends = f"the hold ends at {clock(until)} (in {span(until - view.now)}); if it is still proven then, it is an outage"
    return [ends, *([f"before that, {' or '.join(stops)} would stop it"] if stops else [])]


def _proven(view: View) -> list[str]:
    ours = [e.last for e in view.verdict.evidence if e.against and e.last and e.kind is not Kind.EVENTS]
    seen = f", the last {ago(max(ours), view.now)}" if ours else ""
    return [
        f"it is proven as long as something of ours fails at least every {span(STILL_FAILING)}{seen}",
        f"{_cleared(view)}; {span(view.policy.recovery_min)} later it is called healthy",
    ]


def _missing(view: View) -> list[str]:
    """Return what is missing for a proof, and which things to see next would be one."""
    verdict, policy = view.verdict, view.policy
    missing = lacking(verdict.evidence, policy, view.now)
    points = policy.confirm_score - score_of(verdict.evidence)
    short = f"{points:.1f} of {policy.confirm_score:g} points are missing" if points > 0 else "the points are there"
    what = f"; {missing}" if missing and not missing.startswith("the score is") else ""
    return [f"{short}{what}", *_ways(view)]


def _ways(view: View) -> list[str]:
    """Return the smallest sets of things, each of which would be a proof."""
    facts, enough = list(_next_facts(view)), list[frozenset[str]]()
    for number in range(1, AT_ONCE + 1):
        for some in combinations(facts, number):
            way = frozenset(fact.words for fact in some)
            within = way | {fact.less for fact in some}
            apart = len({fact.evidence.kind for fact in some}) == number
            if apart and not any(known <= within for known in enough) and _prove(view, some):
                enough.append(way)
    if not enough:
        return ["no two things that could be seen next would prove it; it takes more of them at once"]
    words = [" and ".join(fact.words for fact in facts if fact.words in way) for way in enough[:MOST_WAYS]]
    return ["it would be proven by one of these:", *(f"  {way}" for way in words)]


def _prove(view: View, facts: Sequence[Fact]) -> bool:
    return not lacking(_with(view.verdict.evidence, facts), view.policy, view.now)


def _next_facts(view: View) -> Iterator[Fact]:
    """Return what might be seen next, the likeliest to settle it first."""
    evidence, now = view.verdict.evidence, view.now
    if view.canary is not None and not (view.canary.broken or view.canary.unusable):
        yield from _failing_canaries(view.canary, now)
    probe = next((e for e in evidence if e.kind is Kind.PROBE and e.against), None)
    if probe is None:
        yield Fact(words=f"{ROW} failed reads in a row", evidence=_seen(Kind.PROBE, PROBE_WEIGHT, now))
    if not any(e.names_service for e in evidence if e.against):
        event = replace(_seen(Kind.EVENTS, WEIGHTS[Concern.IMAGE_BUILDER], now), names_service=True)
        yield Fact(words="an Image Builder event of Service Health", evidence=event)
    another = "another independent run failing"
    yield Fact(words=another, evidence=_seen(Kind.RUNS, SERVICE_WEIGHT, now))
    two = replace(_seen(Kind.RUNS, 2 * SERVICE_WEIGHT, now), witnesses=2)
    yield Fact(words="two more independent runs failing", evidence=two, less=another)
    if probe is not None and probe.weight == PROBE_WEIGHT:
        words = f"reads failing for {span(LASTING)} in all"
        lasting = replace(probe, weight=LASTING_WEIGHT, last=now)
        yield Fact(words=words, evidence=lasting, replaces=frozenset({Kind.PROBE}))


def _failing_canaries(canary: Canary, now: datetime) -> Iterator[Fact]:
    once = f"the canary {template_name(canary.template)} failing"
    failed = _ended(canary, CanaryResult.FAILED, now)
    first, second = _said(failed, now), _said(_ended(failed, CanaryResult.FAILED, now), now)
    if first is not None:
        yield Fact(words=once, evidence=first, replaces=frozenset({Kind.CANARY}))
    if second is not None and (first is None or second.weight > first.weight):
        yield Fact(words=f"{once} twice", evidence=second, replaces=frozenset({Kind.CANARY}), less=once)


def _seen(kind: Kind, weight: float, now: datetime) -> Evidence:
    return Evidence(kind=kind, weight=weight, sentence="", witnesses=1, since=now, last=now)


def _with(evidence: Sequence[Evidence], facts: Sequence[Fact]) -> tuple[Evidence, ...]:
    replaced = frozenset[Kind]().union(*(fact.replaces for fact in facts))
    return (*(e for e in evidence if e.kind not in replaced), *(fact.evidence for fact in facts))


def _good_news(view: View) -> Iterator[tuple[str, tuple[Evidence, ...]]]:
    """Return good things that might be seen, and the evidence that would be left."""
    evidence = view.verdict.evidence
    if any(e.kind is Kind.PROBE and e.against for e in evidence):
        yield "one answered read", tuple(e for e in evidence if e.kind is not Kind.PROBE)
    if view.canary is not None:
        well = _said(_ended(view.canary, CanaryResult.WELL, view.now), view.now)
        if well is not None:
            left = tuple(e for e in evidence if e.kind is not Kind.CANARY)
            yield f"{template_name(view.canary.template)} building well", (*left, well)


def _ended(canary: Canary, result: CanaryResult, now: datetime) -> Canary:
    """Return the canary as if its run under way, or else its next one, had just ended so."""
    under_way = canary.last is not None and canary.last.result.open
    asked = canary if under_way else ask(canary, "suspicion", None, now)
    diagnosis = UNSEEN if result is CanaryResult.FAILED else WELL
    began = min(asked.runs[-1].asked_at, now - BUILD)  # as if it took its time: refused at once it would tell less
    ended = replace(asked.runs[-1], asked_at=began, result=result, ended_at=now, diagnosis=diagnosis)
    return replace(asked, runs=(*asked.runs[:-1], ended))


def _said(canary: Canary, now: datetime) -> Evidence | None:
    return next(iter(canary_signal.weigh(canary, trouble_since=None, reads_since=None, now=now)), None)


def _canary(view: View) -> list[str]:
    """Return what the region's canary can do for certainty, and when."""
    spec, canary = view.spec, view.canary
    if spec is None:
        needs = "an outage needs builds of yours that fail, or the provider's own word, beside what else fails"
        return [f"{view.verdict.region} has no canary that could tell the service's fault from yours: {needs}"]
    name = template_name(spec.template)
    if canary is None:
        return [f"the canary {name} was not followed yet"]
    if canary.last is not None and canary.last.result.open:
        asked = canary.last.asked_at
        return [f"the canary {name} was started at {when(asked, view.now)}: {_effects(view, canary)}"]
    used = f"{spent(canary, view.now)} of {spec.max_per_day} in 24 h"
    if view.verdict.trouble_since is None:
        return [f"a suspicion starts the canary {name} ({used}), at once unless it built well shortly before"]
    if canary.unusable and spent(canary, view.now) < spec.max_per_day:
        return [f"the canary {name} cannot be asked: {canary.unusable}"]
    due = _due(view, spec)
    if canary.broken:
        return [f"the canary {name} is broken and settles nothing: {canary.broken}; the next try is {due} ({used})"]
    return [f"the next canary {name} is {due} ({used}): {_effects(view, canary)}"]


def _due(view: View, spec: CanarySpec) -> str:
    at = next_canary(view.state, spec, view.now)
    if at is None:
        return "not due"
    return "due now" if at <= view.now else f"due at {clock(at)} (in {span(at - view.now)})"


def _effects(view: View, canary: Canary) -> str:
    told = []
    for result, word in ((CanaryResult.FAILED, "failing"), (CanaryResult.WELL, "building well")):
        found = _said(_ended(canary, result, view.now), view.now)
        if found is not None:
            told.append(_effect(view, word, found))
    return "; ".join(told)


def _effect(view: View, word: str, found: Evidence) -> str:
    evidence = tuple(e for e in view.verdict.evidence if e.kind is not Kind.CANARY)
    score = score_of((*evidence, found))
    missing = lacking((*evidence, found), view.policy, view.now)
    if found.against:
        return f"{word} ({found.weight:+g}) {'would not prove it yet' if missing else 'would prove it'}"
    clears = score < view.policy.suspect_score * CLEAR_SHARE
    return f"{word} ({found.weight:+g}) {'would clear it' if clears else f'would leave {score:.1f} points'}"


def _cleared(view: View) -> str:
    limit = view.policy.suspect_score * CLEAR_SHARE
    ends = [word for word, left in _good_news(view) if score_of(left) < limit]
    how = f"; {' or '.join(ends)} would do" if ends else ""
    return f"a score below {limit:g} clears it{how}"
