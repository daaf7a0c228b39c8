"""Gates about the regions at both ends: what the provider announced, and what other observers and time have shown."""

from datetime import datetime, timedelta
from itertools import takewhile

from aibwatch.core.canary import CanaryResult
from aibwatch.core.gates.question import CLOSED, OPEN, UNKNOWN, Answer, Question
from aibwatch.core.model import Region
from aibwatch.core.move import MoveKind
from aibwatch.core.observation import PeerSaid
from aibwatch.core.sentences import ago, clock, count, span, when
from aibwatch.core.signals.events import maintenance as announced_maintenance
from aibwatch.core.verdict import VerdictKind

PEER_AGE = timedelta(minutes=5)
"""What a second observer said counts for so long; it is asked every minute."""

GOOD_CANARIES = 3
"""In a row, before anybody goes back: a service that comes back often stumbles once more."""

PROOFS = 6
"""Times `recovery_min` that the recovery must have lasted: by default an hour."""

PEER_AWAITED = timedelta(minutes=15)
"""So long a peer that fell silent holds a move. Not for ever: one that stands in the region that is down would hold the
move just when it is needed."""


def maintenance(q: Question) -> Answer:
    """A failover leaves a region whose maintenance ends by itself; any other move goes into one."""
    region = q.source_region if q.kind is MoveKind.FAILOVER else q.target_region
    announced = announced_maintenance(q.state.window, region, q.now) if region else ""
    return (CLOSED, announced) if announced else (OPEN, "no maintenance was announced")


def observers_agree(q: Question) -> Answer:
    """Ask whether no second observer sees the region to leave well."""
    said = [p for p in q.state.window.peers.values() if p.region == q.source_region]
    fresh = [p for p in said if q.now - p.at <= PEER_AGE]
    if not said:
        return OPEN, "no second observer is known"
    differ = next((p for p in fresh if not p.troubled), None)
    if differ is not None:
        return CLOSED, f"{differ.peer} sees {q.source_region} well ({ago(differ.at, q.now)}): {differ.why}"
    if not fresh:
        return _silent(max(said, key=lambda p: p.at), q.now)
    return OPEN, f"{fresh[0].peer} sees the trouble too"


def _silent(last: PeerSaid, now: datetime) -> Answer:
    told = f"{last.peer} has not spoken since {when(last.at, now)}"
    if now - last.at <= PEER_AWAITED:
        return UNKNOWN, f"{told}; it is waited for until {clock(last.at + PEER_AWAITED)}"
    return OPEN, f"{told}, and counts no more: it may be down with the region"


def calm(q: Question) -> Answer:
    """A rehearsal must not stand in the way of the real thing."""
    if q.leaving is None:
        return UNKNOWN, "the region of the active member was not judged yet"
    if q.leaving.kind in {VerdictKind.CONFIRMING, VerdictKind.OUTAGE} or q.leaving.warrants_move:
        return CLOSED, f"{q.leaving.region} {q.leaving.kind.phrase}; this is no time for a rehearsal"
    return OPEN, f"{q.leaving.region} is not proven down"


def recovered(q: Question) -> Answer:
    """By good canaries, or where there is none, by an undisturbed time."""
    proof = PROOFS * q.spec.policy.recovery_min
    spec = q.setup.canaries.get(q.target_region) if q.target_region else None
    verdict = q.verdicts.get(q.target_region) if q.target_region else None
    if verdict is None:
        return UNKNOWN, "the primary's region was not judged yet"
    if verdict.kind is not VerdictKind.HEALTHY:
        return CLOSED, f"{verdict.region} {verdict.kind.phrase}: {verdict.why}"
    if spec is not None:
        return _by_canaries(q, verdict.region, proof)
    if q.now - verdict.since < proof:
        told = f"{verdict.region} is healthy since {when(verdict.since, q.now)}"
        return CLOSED, f"{told}; without a canary there, {span(proof)} without trouble are asked for"
    return OPEN, f"{verdict.region} is healthy since {when(verdict.since, q.now)}"


def _by_canaries(q: Question, region: Region, proof: timedelta) -> Answer:
    canary = q.state.canaries.get(region)
    left = q.group.last.claimed_at if q.group.last else q.group.known_since
    good = tuple(takewhile(lambda run: run.result is CanaryResult.WELL, canary.latest() if canary else ()))
    ends = [run.ended_at for run in good if run.ended_at is not None and run.asked_at > left]
    needs = f"{GOOD_CANARIES} good ones in a row over {span(proof)} are asked for"
    if len(ends) < GOOD_CANARIES:
        return CLOSED, f"{count(len(ends), 'canary', 'canaries')} built well in {region} since it was left; {needs}"
    if ends[0] - ends[-1] < proof:
        return CLOSED, f"{len(ends)} canaries built well in {region} within {span(ends[0] - ends[-1])}; {needs}"
    return OPEN, f"{len(ends)} canaries in a row built well in {region} over {span(ends[0] - ends[-1])}"
