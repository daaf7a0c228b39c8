"""Say of moves what became of them: a line each, and how long each part of one took."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from aibwatch.core.model import RunState, TemplateId, template_name
from aibwatch.core.move.aftermath import has_built
from aibwatch.core.move.left import Left
from aibwatch.core.move.move import Move, MoveKind
from aibwatch.core.move.moves import KeptMove
from aibwatch.core.sentences import printable, span

Json = Mapping[str, object]
Places = Callable[[TemplateId], str | None]
"""Says in which region a template lives, if that is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One part of the time that an outage cost."""

    name: str
    """Its key in JSON."""
    words: str
    """From what to what."""
    brief: str
    """The same in a line of history, in front of or behind the length."""
    began: datetime
    ended: datetime

    @property
    def length(self) -> timedelta:
        """How long it took; never negative, also where two clocks do not agree."""
        return max(self.ended - self.began, timedelta(0))


def legs(move: Move) -> tuple[Leg, ...]:
    """Return the parts whose beginning and end are known, in their order."""
    case = move.case
    opened, confirmed = (case.opened_at, case.confirmed_at) if case else (None, None)
    wanted = move.order.at if move.order else confirmed
    why = "from the order" if move.order else "from the proof"
    acted = max((step.ended_at for step in move.steps if step.ended_at), default=None)
    known = (
        ("detect", "from the first sign to the proof", "proven in {}", opened, confirmed),
        ("decide", f"{why} to the new active member", "decided in {}", wanted, move.committed_at),
        ("act", "from then to the last step", "done in {}", move.committed_at, acted),
        ("image", "from then to the first image", "image after {}", move.committed_at, _built_at(move)),
    )
    return tuple(
        Leg(name=name, words=words, brief=brief, began=began, ended=ended)
        for name, words, brief, began, ended in known
        if began is not None and ended is not None
    )


def _built_at(move: Move) -> datetime | None:
    return move.run_ended if has_built(move) else None


def state_of(kept: KeptMove) -> str:
    """Return how the move stands, in a few words."""
    move = kept.move
    if kept.given_up_at is not None:
        return "given up"
    if move.ended_at is None:
        return "under way" if move.committed_at else "claimed, checking"
    if move.failed:
        return "failed" if move.kind is not MoveKind.DRILL or move.committed_at is None else "rehearsal failed"
    if not move.runs_template or has_built(move):
        return "done"
    if move.run_state in {RunState.FAILED, RunState.CANCELED}:
        return "done, without an image"
    return "done, image awaited"


def way(move: Move, places: Places) -> str:
    """Return where the move leads: "westeurope -> northeurope"."""
    return f"{place(move.source, move, places)} -> {place(move.target, move, places)}"


def place(template: TemplateId, move: Move, places: Places) -> str:
    """Return the region of a member, as it is known or was at the claim; its name where neither is."""
    then = move.case.region if move.case and template == move.source else ""
    return then or places(template) or template_name(template)


def line(kept: KeptMove, places: Places) -> str:
    """Return one line about the move, with what each part of it took."""
    move = kept.move
    at = (move.committed_at or move.claimed_at).astimezone(UTC)
    took = ", ".join(leg.brief.format(span(leg.length)) for leg in legs(move))
    why = printable(kept.given_up_why) if kept.given_up_at else ""
    told = "; ".join(part for part in (took, why) if part)
    beginning = f"{at:%Y-%m-%d %H:%M} UTC  {move.group}  {move.kind} {way(move, places)}: {state_of(kept)}"
    return f"{beginning}{'; ' if told else ''}{told}  ({kept.id})"


def as_text(moves: Sequence[KeptMove], places: Places) -> str:
    """Return a line a move."""
    return "\n".join(line(kept, places) for kept in moves) or "No move is on record yet."


def move_dict(kept: KeptMove, places: Places) -> Json:
    """Return the move as JSON can carry it."""
    move = kept.move
    order = move.order
    return {
        "id": kept.id,
        "activation_id": move.activation_id,
        "kind": str(move.kind),
        "group": move.group,
        "from": move.source,
        "to": move.target,
        "from_region": place(move.source, move, places),
        "to_region": place(move.target, move, places),
        "epoch": move.epoch,
        "incident": move.incident,
        "order": {"owner": order.owner, "reason": order.reason, "overrides": list(order.overrides)} if order else None,
        "approved_by": move.approval.owner if move.approval else None,
        "state": state_of(kept),
        "claimed_at": _iso(move.claimed_at),
        "committed_at": _iso(move.committed_at),
        "ended_at": _iso(move.ended_at),
        "given_up_at": _iso(kept.given_up_at),
        "given_up_why": kept.given_up_why,
        "failed": move.failed,
        "run_state": str(move.run_state) if move.run_state else None,
        "run_started": _iso(move.run_started),
        "run_ended": _iso(move.run_ended),
        "images": list(move.images),
        "steps": [
            {
                "handler": s.handler,
                "attempt": s.attempt,
                "result": str(s.result) if s.result else None,
                "why": s.why,
                "ended_at": _iso(s.ended_at),
            }
            for s in move.steps
        ],
        "seconds": {leg.name: round(leg.length.total_seconds(), 1) for leg in legs(move)},
        "late_runs": late_dicts(kept.left),
    }


def late_dicts(left: Left | None) -> list[Json]:
    """Return the late runs of the member that was left."""
    if left is None:
        return []
    return [
        {
            "template": left.template,
            "started_at": _iso(run.started),
            "ended_at": _iso(run.ended),
            "images": [{"id": image.id, "latest": str(image.taken), "why": image.why} for image in run.images],
        }
        for run in left.runs
    ]


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
