"""Gates that people hold: mode and approval, pause and freeze, failures to look at, drills to make."""

from aibwatch.core.approval import Answered
from aibwatch.core.gates.question import CLOSED, OPEN, Answer, Question
from aibwatch.core.model import Mode
from aibwatch.core.rehearsal import staleness
from aibwatch.core.sentences import ago, listing, span
from aibwatch.core.state import Phase


def mode_allows(q: Question) -> Answer:
    """Ask whether it may move by itself, or somebody let it."""
    if q.order is not None:
        return OPEN, f"ordered by {q.order.owner}; the mode is about what it does by itself"
    mode = q.spec.policy.mode
    if mode is Mode.AUTO:
        return OPEN, "mode is auto"
    if mode is Mode.APPROVE:
        return _approved(q, "mode is approve")
    return CLOSED, "mode is shadow: it says what it would do and does nothing"


def paused(q: Question) -> Answer:
    """Ask whether nobody paused the group."""
    pause = q.group.pause
    if pause is None or q.now >= pause.until:
        return OPEN, "not paused"
    return CLOSED, f"paused by {pause.owner} for {span(pause.until - q.now)} more: {pause.reason}"


def frozen(q: Question) -> Answer:
    """Ask whether the operator's calendar has no freeze now."""
    frozen = next((f for f in q.setup.freezes if f.starts <= q.now < f.ends), None)
    if frozen is None:
        return OPEN, "no change freeze"
    return CLOSED, f"change freeze for {span(frozen.ends - q.now)} more: {frozen.reason}"


def no_unacknowledged_failure(q: Question) -> Answer:
    """Ask whether no other group is halted."""
    # One that was taken out of the configuration nobody can reset.
    others = q.setup.groups.keys() - {q.group.name}
    halted = sorted(g.name for g in q.state.groups.values() if g.phase is Phase.HALTED and g.name in others)
    if not halted:
        return OPEN, "no move failed that nobody has looked at"
    return CLOSED, f"the last move of {listing(halted)} failed and nobody has looked yet: aibwatch reset {halted[0]}"


def drill_fresh(q: Question) -> Answer:
    """Ask whether the way was rehearsed lately and as it is now, or somebody let it be gone all the same."""
    stale, told = staleness(q.state.window, q.spec, q.group, q.now)
    if not stale:
        return OPEN, told
    asks = q.order is None and q.spec.policy.mode is not Mode.SHADOW
    return _approved(q, told) if asks else (CLOSED, told)


def _approved(q: Question, why: str) -> Answer:
    """Return whether a human approved this move to this target, and lately enough."""
    approval, patience = q.group.approval, q.spec.policy.approve_timeout
    if approval is None or approval.target != q.target:
        return CLOSED, f"{why}, so it asks before it moves"
    match approval.answer:
        case None:
            return CLOSED, f"{why}; asked {ago(approval.asked_at, q.now)}, waiting for: aibwatch approve {approval.id}"
        case Answered.DENIED:
            return CLOSED, f"{why}; denied by {approval.owner}: {approval.reason}; asked again in the next incident"
        case Answered.APPROVED if approval.counts(patience, q.now):
            return OPEN, f"{why}; approved by {approval.owner}: {approval.reason}"
        case Answered.APPROVED:
            return CLOSED, f"{why}; the approval by {approval.owner} counted for {span(patience)} and was not used"
