"""Say whether the way to a secondary was rehearsed lately, and as it is now.

Rules: a drill and a failover that were done prove the way; a drill that failed since disproves it. What was
rehearsed is the steps with their options and the versions of their handlers: where one of them has changed, another way
was rehearsed. A handler that does not say its version is taken to be the same.
"""

from datetime import datetime

from aibwatch.core.model import Options, RunState
from aibwatch.core.move.move import Move, MoveKind, Rehearsed
from aibwatch.core.policy import GroupSpec
from aibwatch.core.sentences import ago, span
from aibwatch.core.state import GroupState
from aibwatch.core.window import Window

Stale = tuple[bool, str]


def staleness(window: Window, spec: GroupSpec, group: GroupState, now: datetime) -> Stale:
    """Return whether the way has to be rehearsed before it is trusted, and how that stands, as a sentence."""
    limit = spec.policy.drill_max_age
    if limit is None:
        return False, "drills are not asked for"
    proven = _proven_at(group)
    failed = group.drill if group.drill is not None and group.drill.failed else None
    if failed is not None and failed.ended_at is not None and (proven is None or failed.ended_at > proven):
        return True, f"the last rehearsal failed {ago(failed.ended_at, now)}: {why_failed(failed)}"
    if proven is None:
        told = f"never rehearsed in the {span(now - group.known_since)} since it was first seen"
    else:
        told = f"last rehearsed {ago(proven, now)}"
    changed = _change(window, spec, group)
    if changed:
        return True, f"{told}, and {changed} since"
    if now - max(proven or group.known_since, group.known_since) > limit:
        return True, f"{told}; {span(limit)} is the limit"
    return False, told


def rehearsed(window: Window, move: Move) -> tuple[Rehearsed, ...]:
    """Return what a move went through: its steps as they were, and what its handlers said they are."""
    return tuple(
        Rehearsed(
            handler=step.handler, options=_written(step.options), version=_version(window, move.group, i, step.handler)
        )
        for i, step in enumerate(move.steps)
    )


def why_failed(move: Move) -> str:
    """Return what a move failed of, in its handler's words."""
    broken = next((s for s in reversed(move.steps) if s.result is not None and not s.result.effective), None)
    if broken is not None:
        return f"{broken.handler}: {broken.why or broken.result}"
    if move.committed_at is None:
        return "its epoch could not be written, and nothing was done"
    if move.run_state in {RunState.FAILED, RunState.CANCELED}:
        return f"its run {move.run_state}"
    return "it was given up"


def _proven_at(group: GroupState) -> datetime | None:
    last = group.last
    moved = last.ended_at if last is not None and not last.failed and last.kind is MoveKind.FAILOVER else None
    return max((at for at in (group.drilled_at, moved) if at is not None), default=None)


def _change(window: Window, spec: GroupSpec, group: GroupState) -> str:
    """Return what is not as it was rehearsed; empty if all is, or nothing is known of a rehearsal."""
    if not group.rehearsed_as:
        return ""
    now = [
        Rehearsed(
            handler=step.handler, options=_written(step.options), version=_version(window, spec.name, i, step.handler)
        )
        for i, step in enumerate(spec.steps)
    ]
    if [(r.handler, r.options) for r in now] != [(r.handler, r.options) for r in group.rehearsed_as]:
        return "its steps were changed"
    pairs = zip(group.rehearsed_as, now, strict=True)
    other = next((n for was, n in pairs if was.version and n.version and was.version != n.version), None)
    return f"the handler {other.handler} was changed (now {other.version})" if other else ""


def _version(window: Window, group: str, step: int, handler: str) -> str:
    known = [c for c in window.handlers.values() if (c.group, c.step, c.handler) == (group, step, handler)]
    return max(known, key=lambda check: check.at).version if known else ""


def _written(options: Options) -> str:
    return repr(sorted(options.items()))
