"""Tell one move from its first sign to its image: what happened, when, on what grounds, and what is left to do.

Rules: the sentence first, then how long each part took, because that is what people ask the day after. Only what is on
record is said; where a version did not keep something, its section is left out. Pure: the record is handed in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from aibwatch.core.model import RunState, template_name
from aibwatch.core.move.aftermath import has_built
from aibwatch.core.move.late_words import ADVICE
from aibwatch.core.move.left import LateRun, Taken
from aibwatch.core.move.move import Move, MoveKind, Step, StepResult
from aibwatch.core.move.moves import KeptMove
from aibwatch.core.sentences import count, listing, span
from aibwatch.views.document import Document, Section, as_text
from aibwatch.views.history import Recorded
from aibwatch.views.moves import Json, Places, legs, move_dict, state_of, way

BEFORE = timedelta(minutes=10)
"""How much of what came before the claim is told where no incident says when it began."""

AFTER = timedelta(minutes=10)
"""How much of what followed is told after the last that belongs to the move."""


GIVEN_UP = "given up before anything was changed: "
"""How the table of phases begins to say it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A move, and what the record says of its time."""

    kept: KeptMove
    notes: Sequence[Recorded]
    places: Places
    now: datetime


def period(kept: KeptMove, now: datetime) -> tuple[datetime, datetime]:
    """Return from when to when the record belongs to the move."""
    move, case = kept.move, kept.move.case
    since = case.opened_at if case and case.opened_at else move.claimed_at - BEFORE
    late = [run.ended or run.started for run in kept.left.runs] if kept.left else []
    ends = [at for at in (move.ended_at, kept.given_up_at, move.run_ended, *late) if at is not None]
    return since, max(ends) + AFTER if ends else now


def as_dict(told: Told) -> Json:
    """Return the report as JSON can carry it, with its text beside it."""
    case = told.kept.move.case
    return {
        "schema": 1,
        **move_dict(told.kept, told.places),
        "sentence": sentence(told),
        "case": {
            "region": case.region,
            "verdict": case.verdict,
            "since": case.since.isoformat() if case.since else None,
            "score": round(case.score, 2),
            "opened_at": case.opened_at.isoformat() if case.opened_at else None,
            "confirmed_at": case.confirmed_at.isoformat() if case.confirmed_at else None,
            "evidence": [{"kind": e.kind, "weight": round(e.weight, 2), "sentence": e.sentence} for e in case.evidence],
            "gates": [{"name": g.name, "state": g.state, "why": g.why} for g in case.gates],
        }
        if case
        else None,
        "timeline": [
            {"at": r.at.isoformat(), "subject": r.note.subject, "what": r.note.what, "why": r.note.why}
            for r in told.notes
        ],
        "next": list(_next(told)),
        "text": as_text(document(told)),
    }


def document(told: Told) -> Document:
    """Return the report."""
    move = told.kept.move
    return Document(
        title=f"{move.kind.capitalize()} of {move.group}, {_day(move.committed_at or move.claimed_at)}",
        sentence=sentence(told),
        sections=(
            _times(move),
            _order(move),
            _grounds(move),
            _gates(move),
            Section(
                title="Steps",
                header=("step", "handler", "attempts", "result", "ended", "what it said"),
                rows=tuple(_step(number, step) for number, step in enumerate(move.steps, 1)),
            ),
            _images(move),
            _late(told.kept),
            Section(
                title="What happened (UTC)",
                header=("at", "of", "what", "why"),
                rows=tuple((_second(r.at), r.note.subject, r.note.what, r.note.why) for r in told.notes),
            ),
            Section(title="What you can do", lines=tuple(_next(told))),
        ),
    )


def sentence(told: Told) -> str:
    """Return the one sentence that says it all."""
    kept, move = told.kept, told.kept.move
    leads, at = way(move, told.places), _minute(move.committed_at or move.claimed_at)
    if kept.given_up_at is not None:
        why = kept.given_up_why.removeprefix(GIVEN_UP)
        return f"The {move.kind} of {move.group} {leads} was {GIVEN_UP}{why}."
    if move.ended_at is None:
        return f"The {move.kind} of {move.group} {leads} is not over: {state_of(kept)} since {at}."
    if move.failed:
        return f"The {move.kind} of {move.group} {leads} failed: {_failure(move)}."
    verb = {MoveKind.FAILOVER: "failed over", MoveKind.FAILBACK: "went back", MoveKind.DRILL: "rehearsed the way"}
    return f"{move.group} {verb[move.kind]} {leads} at {at}{_by(move)}; {_outcome(move)}."


def _by(move: Move) -> str:
    return f", ordered by {move.order.owner}" if move.order else ""


def _failure(move: Move) -> str:
    if move.run_state in {RunState.FAILED, RunState.CANCELED}:
        return f"the run of {template_name(move.target)} {move.run_state}"
    if move.committed_at is None:
        return "the new epoch could not be written, and nothing was done"
    number = min(move.current, len(move.steps) - 1)
    step = move.steps[number]
    ended = ENDED.get(step.result, "was not done") if step.result else "was not done"
    return f"step {number + 1} of {len(move.steps)} ({step.handler}) {ended}: {step.why or 'no reason was given'}"


ENDED = {
    StepResult.NOTHING_CHANGED: "changed nothing, however often it was tried",
    StepResult.NEVER: "cannot be done",
    StepResult.PARTIAL: "is half done",
    StepResult.REFUSED: "was refused",
    StepResult.CONTRADICTED: "was said to be done and is not",
    StepResult.UNKNOWN: "may be done or not",
}
"""How a step ended that halted its group."""


def _outcome(move: Move) -> str:
    if not move.runs_template:
        return f"{count(len(move.steps), 'step')} done"
    if has_built(move):
        took = next((span(leg.length) for leg in legs(move) if leg.name == "image"), "")
        return f"its first image there was built {took} later" if took else "its image there is built"
    if move.run_state in {RunState.FAILED, RunState.CANCELED}:
        return f"the run of {template_name(move.target)} {move.run_state}, so there is no image"
    return "no image of it is built yet"


def _times(move: Move) -> Section:
    known = legs(move)
    rows = tuple(
        (leg.name, span(leg.length), leg.words, f"{_second(leg.began)} to {_second(leg.ended)}") for leg in known
    )
    if len(known) > 1:
        whole = max(leg.ended for leg in known) - min(leg.began for leg in known)
        rows += (("in all", span(whole), "from the first to the last of these", ""),)
    return Section(title="How long it took", header=("part", "took", "from what to what", "when (UTC)"), rows=rows)


def _order(move: Move) -> Section:
    lines: list[str] = []
    if (order := move.order) is not None:
        lines.append(f"ordered by {order.owner} at {_second(order.at)} UTC: {order.reason}")
        if order.overrides:
            lines.append(f"gates that were not to hold it: {listing(list(order.overrides), most=20)}")
    if (approval := move.approval) is not None and approval.answered_at is not None:
        at = f"{_second(approval.asked_at)} UTC, {approval.answer} {_second(approval.answered_at)} UTC"
        lines.append(f"asked for at {at} by {approval.owner}: {approval.reason}")
    return Section(title="Whose decision", lines=tuple(lines))


def _grounds(move: Move) -> Section:
    case = move.case
    if case is None or not case.verdict:
        return Section(title="What it rested on")
    since = f", since {_second(case.since)} UTC" if case.since else ""
    rows = tuple((f"{e.weight:+.1f}", e.kind, e.sentence) for e in case.evidence)
    lines = (f"{case.verdict}{since}", f"{case.score:.1f} points in all")
    return Section(title="What it rested on", lines=lines, header=("weight", "evidence", "what it says"), rows=rows)


def _gates(move: Move) -> Section:
    rows = tuple((g.state, g.name, g.why) for g in move.case.gates) if move.case else ()
    return Section(title="Gates at the claim", header=("state", "gate", "why"), rows=rows)


def _step(number: int, step: Step) -> tuple[str, ...]:
    ended = f"{_second(step.ended_at)} UTC" if step.ended_at else "-"
    return str(number), step.handler, str(step.attempt), str(step.result or "-"), ended, step.why or "-"


def _images(move: Move) -> Section:
    if not has_built(move):
        return Section(title="Images")
    return Section(title="Images", lines=move.images or ("built; the names of its images are not known",))


def _late(kept: KeptMove) -> Section:
    if kept.left is None or not kept.left.runs:
        return Section(title="Late runs")
    rows = tuple(
        (
            _second(run.started),
            _second(run.ended) if run.ended else "-",
            image.id,
            LATEST[image.taken],
            image.why or "-",
        )
        for run in kept.left.runs
        for image in run.images
    )
    unread = tuple(f"of its run of {_second(r.started)} UTC no image is known" for r in kept.left.runs if not r.images)
    lines = (f"{template_name(kept.left.template)} ended runs well after it was left", *unread)
    header = ("started", "ended", "image", "as latest", "why")
    return Section(title="Late runs", lines=lines, header=header, rows=rows)


def _ended(run: LateRun) -> str:
    return _second(run.ended) if run.ended else "-"


LATEST = {
    Taken.TOLD: "not changed",
    Taken.WAITING: "to be taken out",
    Taken.ASKED: "being taken out",
    Taken.EXCLUDED: "taken out",
    Taken.FAILED: "could not be taken out",
}
"""Whether an image of a late run may still be the latest."""


def _next(told: Told) -> Sequence[str]:
    kept, move = told.kept, told.kept.move
    found: list[str] = []
    if kept.given_up_at is not None:
        found.append(f"nothing for this one; see what holds the group now: aibwatch explain {move.group}")
    elif move.failed and move.kind is not MoveKind.DRILL:
        found.append("see what the failed step left behind, and put it right by hand")
        found.append(f'then let the group watch again: aibwatch reset {move.group} --reason "..."')
    elif move.failed:
        found.append(f"put right what failed, and rehearse again: aibwatch drill {move.group}")
    elif move.run_state in {RunState.FAILED, RunState.CANCELED}:
        found.append(f"see why the run of {template_name(move.target)} {move.run_state}, and run it again by hand")
    elif move.kind is MoveKind.FAILOVER and move.ended_at is not None:
        found.append(f"see which template pipelines use now: aibwatch active {move.group}")
        found.append(f"go back once the region you left has proven itself: aibwatch failback {move.group}")
    if kept.left and any(i.taken in {Taken.TOLD, Taken.FAILED} for r in kept.left.runs for i in r.images):
        found.append(f"of the late images: {ADVICE}")
    if move.incident:
        found.append(f"ask Azure: aibwatch incident {move.incident} --bundle FILE packs what support needs")
    return found


def _day(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d}"


def _minute(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _second(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
