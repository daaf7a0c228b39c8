"""Show moves with their steps, and one move in full."""

from aibwatch.core.model import template_name
from aibwatch.core.move.move import Move, MoveKind, Step
from aibwatch.core.move.moves import KeptMove, is_open
from aibwatch.core.sentences import count, span, when
from aibwatch.views import report
from aibwatch.views.document import plain
from aibwatch.views.moves import legs, state_of, way
from aibwatch.views.pages.frame import page
from aibwatch.views.pages.html import Child, Html, el
from aibwatch.views.pages.parts import card, cards, link, told
from aibwatch.views.pages.seen import Seen
from aibwatch.views.pages.tones import Tone

SHOWN = 6
"""Moves on the status page: those under way and the latest ones."""


def latest(seen: Seen) -> Child:
    """Return the latest moves, those under way first, with their steps."""
    found = sorted(seen.moves, key=lambda kept: (is_open(kept), kept.move.claimed_at), reverse=True)
    if not found:
        return el("p", "No move is on record yet.")
    more = len(found) - SHOWN
    rest = el("p", f"{count(more, 'move')} more: aibwatch history", class_="soft") if more > 0 else None
    return [cards([_card(seen, kept) for kept in found[:SHOWN]]), rest]


def steps(move: Move) -> Html:
    """Return the steps of a move with what came of each, and when."""
    return el("ol", [el("li", _step(number, step, move)) for number, step in enumerate(move.steps)], class_="steps")


def as_html(seen: Seen, told_of: report.Told) -> str:
    """Return the page of one move: its report."""
    kept = told_of.kept
    word = f"{kept.move.kind} of {kept.move.group}: {state_of(kept)}"
    ways = [link("groups", kept.move.group)]
    ways += [link("incidents", kept.move.incident, "the incident")] if kept.move.incident else []
    return page(
        seen,
        tone_of(kept),
        word,
        plain(report.sentence(told_of)),
        el("p", "See also ", [[way, " "] for way in ways]),
        told(report.document(told_of)),
        json=f"/api/v1/moves/{kept.id}",
    )


def tone_of(kept: KeptMove) -> Tone:
    """Return how grave a move stands."""
    if kept.move.failed:
        return Tone.BAD if kept.move.kind is not MoveKind.DRILL else Tone.DOUBT
    if is_open(kept):
        return Tone.DOUBT
    return Tone.GOOD if state_of(kept) == "done" else Tone.CALM


def _card(seen: Seen, kept: KeptMove) -> Html:
    move = kept.move
    at = when(move.committed_at or move.claimed_at, seen.now)
    took = ", ".join(leg.brief.format(span(leg.length)) for leg in legs(move))
    why = plain(kept.given_up_why) if kept.given_up_at else ""
    words = "; ".join(filter(None, (way(move, seen.state.window.region_of), took, why)))
    by = f"by order of {move.order.owner}: {move.order.reason}" if move.order else ""
    name = link("moves", kept.id, f"{move.group}: {move.kind}")
    return card(tone_of(kept), name, state_of(kept), at, el("p", words), el("p", by) if by else None, steps(move))


def _step(number: int, step: Step, move: Move) -> Child:
    if step.result is not None:
        sign = "✓" if step.result.effective else "✖"
        told_so = step.result.words if step.result.effective else report.ENDED.get(step.result, step.result.words)
    elif number == move.current and step.attempt:
        sign, told_so = "▶", f"under way, attempt {step.attempt}"
    else:
        sign, told_so = "○", "not begun"
    why = f": {step.why}" if step.why else ""
    at = f" ({step.ended_at:%H:%M:%S} UTC)" if step.ended_at else ""
    what = f" for {template_name(move.target)}" if step.handler == "run-template" else ""
    return [el("span", sign, aria_hidden="true"), f" {step.handler}{what}, {told_so}{at}{why}"]
