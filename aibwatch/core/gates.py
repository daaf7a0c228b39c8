"""Ask, before a move, whether anything speaks against it. All gates must be open; unknown holds like closed.

Each gate is a pure rule that answers with its state and a sentence. Gates do not know each other, and none of them
knows whether the region is down: that is the verdict's.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from aibwatch.core.model import Mode, Region, TemplateId, template_name
from aibwatch.core.observation import Source
from aibwatch.core.policy import GroupSpec, Setup
from aibwatch.core.sentences import ago, count, span, when
from aibwatch.core.state import GroupState, Phase, State
from aibwatch.core.verdict import Verdict, VerdictKind

READY_REPORT_AGE = timedelta(minutes=35)
"""What a list said of the secondary may be this old: a little over the readiness interval of 30 min."""

LIVE_POLLS = 2
"""The secondary's last good read may be this many probe intervals old."""

STEADY_AFTER = timedelta(minutes=5)
"""After a jump of the host's clock, as long until times are believed again."""

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
    now: datetime


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
        return OPEN, f"{q.target_region} is healthy"
    if verdict.kind in {VerdictKind.BLIND, VerdictKind.LEARNING}:
        return UNKNOWN, f"{q.target_region} {verdict.kind.phrase}: {verdict.why}"
    return CLOSED, f"{q.target_region} {verdict.kind.phrase}: {verdict.why}"


def _secondary_ready(q: Question) -> Answer:
    name = template_name(q.target)
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


def _blast_radius(q: Question) -> Answer:
    recent = [at for at in q.group.moved_at if q.now - at < DAY]
    most = q.spec.policy.max_moves_per_day
    if len(recent) >= most:
        return CLOSED, f"{count(len(recent), 'move')} in 24 h, {most} allowed"
    for other in q.state.groups.values():
        if other.name != q.group.name and other.phase in MOVING and other.move is not None:
            leaving = q.state.window.region_of(other.move.source)
            if leaving != q.source_region:
                return CLOSED, f"{other.name} is leaving {leaving} at this moment; one region at a time"
    return OPEN, f"{count(len(recent), 'move')} in 24 h, {most} allowed; no other region is being left"


MOVING = frozenset({Phase.CHECKING, Phase.COMMITTING, Phase.MOVING})

GATES: Mapping[str, Callable[[Question], Answer]] = {
    "self_healthy": _self_healthy,
    "not_global": _not_global,
    "secondary_ready": _secondary_ready,
    "secondary_live": _secondary_live,
    "mode_allows": _mode_allows,
    "cooldown": _cooldown,
    "blast_radius": _blast_radius,
}
"""Name to rule. The names are the `gate` label of the metrics and what operators name in overrides."""
