"""Ask, before a move, whether anything speaks against it. All gates must be open; unknown holds like closed.

Each gate is a pure rule that answers with its state and a sentence. Gates do not know each other, and none of them
knows whether the region is down: that is the verdict's.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from aibwatch.core.conviction import is_alike
from aibwatch.core.model import Mode, Region, TemplateId, template_name
from aibwatch.core.observation import PeerSaid, Ready, Source, handler_key
from aibwatch.core.policy import GroupSpec, Setup
from aibwatch.core.sentences import ago, clock, count, listing, span, when
from aibwatch.core.signals.events import maintenance
from aibwatch.core.state import GroupState, Phase, State
from aibwatch.core.verdict import Verdict, VerdictKind

READY_REPORT_AGE = timedelta(minutes=35)
"""What a list said of the secondary may be this old: a little over the readiness interval of 30 min."""

LIVE_POLLS = 2
"""The secondary's last good read may be this many probe intervals old."""

STEADY_AFTER = timedelta(minutes=5)
"""After a jump of the host's clock, as long until times are believed again."""

PEER_AGE = timedelta(minutes=5)
"""What a second observer said counts for so long; it is asked every minute."""

PEER_AWAITED = timedelta(minutes=15)
"""So long a peer that fell silent holds a move. Not for ever: one that stands in the region that is down would hold the
move just when it is needed."""

FLEET_SHARE = 0.5
FLEET_LEAST = 3
"""Moves of all groups in 24 h: half of the groups, and three in any case. What goes beyond is likelier a mistake
than an outage, and a human decides."""

DAY = timedelta(hours=24)


class GateState(StrEnum):
    """UNKNOWN holds a move like CLOSED; the difference is for the reader."""

    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """What one gate said."""

    name: str
    state: GateState
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """May this group move to this target now?"""

    state: State
    setup: Setup
    spec: GroupSpec
    group: GroupState
    target: TemplateId
    source_region: Region | None
    target_region: Region | None
    verdicts: Mapping[Region, Verdict]
    """By the default thresholds."""
    now: datetime
    leaving: Verdict | None = None
    """The region to leave, by the group's own thresholds."""


Answer = tuple[GateState, str]
OPEN, CLOSED, UNKNOWN = GateState.OPEN, GateState.CLOSED, GateState.UNKNOWN


def survey(question: Question) -> tuple[Gate, ...]:
    """Return the answer of every gate, in the order in which they are told."""
    answers = ((name, gate(question)) for name, gate in GATES.items())
    return tuple(Gate(name=name, state=state, why=why) for name, (state, why) in answers)


def holding(gates: tuple[Gate, ...]) -> tuple[Gate, ...]:
    """Return the gates that hold the move."""
    return tuple(g for g in gates if g.state is not GateState.OPEN)


def _self_healthy(q: Question) -> Answer:
    if q.state.journal_failing_since is not None:
        return CLOSED, f"the journal cannot be written since {when(q.state.journal_failing_since, q.now)}"
    stepped = q.state.clock_stepped_at
    if stepped is not None and q.now - stepped < STEADY_AFTER:
        return CLOSED, f"this host's clock jumped {ago(stepped, q.now)}; waiting {span(STEADY_AFTER)} to trust it"
    return OPEN, "journal and clock are well"


def _not_global(q: Question) -> Answer:
    if q.target_region is None:
        return UNKNOWN, "the secondary was never seen, so its region is not known"
    verdict = q.verdicts.get(q.target_region)
    if verdict is None:
        return UNKNOWN, f"{q.target_region} was not judged yet"
    if verdict.kind is VerdictKind.HEALTHY:
        return _not_elsewhere(q, f"{q.target_region} is healthy")
    if _is_mishap(verdict):
        return _not_elsewhere(q, f"{q.target_region} is suspect for a mishap only: {verdict.why}")
    if verdict.kind in {VerdictKind.BLIND, VerdictKind.LEARNING}:
        return UNKNOWN, f"{q.target_region} {verdict.kind.phrase}: {verdict.why}"
    return CLOSED, f"{q.target_region} {verdict.kind.phrase}: {verdict.why}"


def _is_mishap(verdict: Verdict) -> bool:
    """Return whether only a mishap speaks against the target; beside the outage to leave that is called GLOBAL too."""
    named = {VerdictKind.SUSPECT, VerdictKind.GLOBAL}
    admitted = any(e.names_service and e.against for e in verdict.evidence)
    if verdict.kind not in named or verdict.alone is not VerdictKind.SUSPECT:
        return False
    return not admitted and not is_alike(verdict.evidence)


def _not_elsewhere(q: Question, well: str) -> Answer:
    leaving = (q.verdicts.get(q.source_region) if q.source_region else None, q.leaving)
    everywhere = next((v for v in leaving if v is not None and v.kind is VerdictKind.GLOBAL), None)
    return (CLOSED, everywhere.why) if everywhere else (OPEN, well)


def _secondary_ready(q: Question) -> Answer:
    name = template_name(q.target)
    report = q.state.window.readiness.get(q.target)
    if report is not None and q.now - report.at > READY_REPORT_AGE:
        return UNKNOWN, f"{name} was last checked {ago(report.at, q.now)}, {span(READY_REPORT_AGE)} is the limit"
    if report is not None and report.state is Ready.UNKNOWN:
        return UNKNOWN, f"whether {name} would build is not known: {report.why}"
    if report is not None and report.state is Ready.NOT_READY:
        return CLOSED, f"{name} is not ready: {report.why}"
    return _listed(q, name)


def _listed(q: Question, name: str) -> Answer:
    seen = q.state.window.templates.get(q.target)
    if seen is None:
        return CLOSED, f"{name} is not listed by Azure; deploy it or remove it from the group"
    if seen.region == q.source_region:
        return CLOSED, f"{name} is in {seen.region}, the region to leave; a secondary must be elsewhere"
    if seen.provisioning != "succeeded":
        return CLOSED, f"{name} cannot be run: its provisioningState is {seen.provisioning}"
    record = q.state.window.list_covering(seen.template)
    if record is None or record.well_at is None:
        return UNKNOWN, f"{name} was not listed since the start"
    if q.now - record.well_at > READY_REPORT_AGE:
        return UNKNOWN, f"{name} was last listed {ago(record.well_at, q.now)}, {span(READY_REPORT_AGE)} is the limit"
    return OPEN, f"{name} is provisioned, listed {ago(record.well_at, q.now)}"


def _secondary_live(q: Question) -> Answer:
    record = q.state.window.poll(Source.PROBE, q.target_region) if q.target_region else None
    if record is None or record.well_at is None:
        return UNKNOWN, "reading in the secondary's region never succeeded"
    if record.well_at != record.last_at:
        return CLOSED, f"the last read in {q.target_region} failed: {record.last.summary}"
    limit = LIVE_POLLS * q.setup.pace.probe
    if not timedelta(0) <= q.now - record.well_at <= limit:
        return UNKNOWN, f"the last good read in {q.target_region} was {ago(record.well_at, q.now)}"
    return OPEN, f"{q.target_region} answered {ago(record.well_at, q.now)}"


def _lease_held(q: Question) -> Answer:
    if q.state.lease_lost:
        return CLOSED, f"another daemon may have the state: {q.state.lease_lost}"
    return OPEN, "the state is ours"


def _handler_ok(q: Question) -> Answer:
    keys = (handler_key(q.spec.name, i, step.handler, q.target) for i, step in enumerate(q.spec.steps))
    checks = [q.state.window.handlers.get(key) for key in keys]
    broken = next((check for check in checks if check is not None and not check.well), None)
    if broken is not None:
        return CLOSED, f"the handler {broken.handler} could not act when asked {ago(broken.at, q.now)}: {broken.why}"
    return OPEN, "no handler said that it cannot act"


def _mode_allows(q: Question) -> Answer:
    mode = q.spec.policy.mode
    if mode is Mode.AUTO:
        return OPEN, "mode is auto"
    if mode is Mode.APPROVE:
        return CLOSED, "mode is approve, and this version cannot take approvals yet"
    return CLOSED, "mode is shadow: it says what it would do and does nothing"


def _cooldown(q: Question) -> Answer:
    last = q.group.last
    if last is None or last.ended_at is None:
        return OPEN, "no move before this one"
    length = q.spec.policy.cooldown * (2 if last.failed else 1)
    if q.now - last.ended_at < length:
        return CLOSED, f"moved {ago(last.ended_at, q.now)}, the cooldown is {span(length)}"
    return OPEN, f"last moved {ago(last.ended_at, q.now)}"


def _paused(q: Question) -> Answer:
    pause = q.group.pause
    if pause is None or q.now >= pause.until:
        return OPEN, "not paused"
    return CLOSED, f"paused by {pause.owner} for {span(pause.until - q.now)} more: {pause.reason}"


def _frozen(q: Question) -> Answer:
    frozen = next((f for f in q.setup.freezes if f.starts <= q.now < f.ends), None)
    if frozen is None:
        return OPEN, "no change freeze"
    return CLOSED, f"change freeze for {span(frozen.ends - q.now)} more: {frozen.reason}"


def _no_unacknowledged_failure(q: Question) -> Answer:
    # One that was taken out of the configuration nobody can reset.
    others = q.setup.groups.keys() - {q.group.name}
    halted = sorted(g.name for g in q.state.groups.values() if g.phase is Phase.HALTED and g.name in others)
    if not halted:
        return OPEN, "no move failed that nobody has looked at"
    return CLOSED, f"the last move of {listing(halted)} failed and nobody has looked yet: aibwatch reset {halted[0]}"


def _blast_radius(q: Question) -> Answer:
    for other in q.state.groups.values():
        if other.name != q.group.name and other.phase in MOVING and other.move is not None:
            leaving = q.state.window.region_of(other.move.source)
            if leaving != q.source_region:
                return CLOSED, f"{other.name} is leaving {leaving} at this moment; one region at a time"
    recent = _moves_of(q.group, q.now)
    most = q.spec.policy.max_moves_per_day
    if recent >= most:
        return CLOSED, f"{count(recent, 'move')} in 24 h, {most} allowed"
    everywhere = sum(_moves_of(g, q.now) for g in q.state.groups.values()) + sum(
        g.phase in {Phase.CHECKING, Phase.COMMITTING} for g in q.state.groups.values() if g.name != q.group.name
    )
    limit = max(FLEET_LEAST, math.ceil(len(q.setup.groups) * FLEET_SHARE))
    if everywhere >= limit:
        return CLOSED, f"{count(everywhere, 'move')} of all groups in 24 h, {limit} allowed; the rest is for a human"
    return OPEN, f"{count(recent, 'move')} in 24 h, {most} allowed; no other region is being left"


def _moves_of(group: GroupState, now: datetime) -> int:
    return sum(now - at < DAY for at in group.moved_at)


def _drill_fresh(q: Question) -> Answer:
    limit = q.spec.policy.drill_max_age
    if limit is None:
        return OPEN, "drills are not asked for"
    moved = q.group.last.ended_at if q.group.last and not q.group.last.failed else None
    proofs = [at for at in (q.group.drilled_at, moved) if at is not None]
    if proofs:
        told = f"last rehearsed {ago(max(proofs), q.now)}"
    else:
        told = f"never rehearsed in the {span(q.now - q.group.known_since)} since it was first seen"
    if q.now - max([*proofs, q.group.known_since]) > limit:
        return CLOSED, f"{told}; {span(limit)} is the limit"
    return OPEN, told


def _maintenance(q: Question) -> Answer:
    announced = maintenance(q.state.window, q.source_region, q.now) if q.source_region else ""
    return (CLOSED, announced) if announced else (OPEN, "no maintenance was announced")


def _observers_agree(q: Question) -> Answer:
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


MOVING = frozenset({Phase.CHECKING, Phase.COMMITTING, Phase.MOVING})

GATES: Mapping[str, Callable[[Question], Answer]] = {
    "self_healthy": _self_healthy,
    "not_global": _not_global,
    "secondary_ready": _secondary_ready,
    "secondary_live": _secondary_live,
    "lease_held": _lease_held,
    "handler_ok": _handler_ok,
    "mode_allows": _mode_allows,
    "paused": _paused,
    "frozen": _frozen,
    "cooldown": _cooldown,
    "no_unacknowledged_failure": _no_unacknowledged_failure,
    "blast_radius": _blast_radius,
    "drill_fresh": _drill_fresh,
    "maintenance": _maintenance,
    "observers_agree": _observers_agree,
}
"""Name to rule. The names are the `gate` label of the metrics and what operators name in overrides."""
