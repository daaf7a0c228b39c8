"""Gates about the regions at both ends: what the provider announced, and what other observers and time have shown."""

from datetime import datetime, timedelta

from aibwatch.core.gates.question import CLOSED, OPEN, UNKNOWN, Answer, Question
from aibwatch.core.move.move import MoveKind
from aibwatch.core.observation import PeerSaid
from aibwatch.core.recovery import lasting, recovery_of
from aibwatch.core.sentences import ago, clock, span, when
from aibwatch.core.signals.events import maintenance as announced_maintenance
from aibwatch.core.verdict import VerdictKind

PEER_AGE = timedelta(minutes=5)
"""What a second observer said counts for so long; it is asked every minute."""

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
    """Ask whether the primary's region has been well for long enough: by canaries, or where there is none, by time."""
    verdict = q.verdicts.get(q.target_region) if q.target_region else None
    if verdict is None:
        return UNKNOWN, "the primary's region was not judged yet"
    if verdict.kind is not VerdictKind.HEALTHY:
        return CLOSED, f"{verdict.region} {verdict.kind.phrase}: {verdict.why}"
    canary = q.state.canaries.get(verdict.region) if verdict.region in q.setup.canaries else None
    if canary is not None:
        left = q.group.last.claimed_at if q.group.last else q.group.known_since
        recovery = recovery_of(canary, left, q.spec.policy)
        return (OPEN if recovery.proven else CLOSED), recovery.why
    told = f"{verdict.region} is healthy since {when(verdict.since, q.now)}"
    proof = lasting(q.spec.policy)
    if q.now - verdict.since < proof:
        return CLOSED, f"{told}; without a canary there, {span(proof)} without trouble are asked for"
    return OPEN, told
