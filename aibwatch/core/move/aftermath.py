"""Follow a move that is done, or a drill, to the image that it was for.

Rules: the run on the target is ours if it has another start than the one known before the move, because every run has
its own. It is followed until it ends. If it ended well its outputs are read once; if not, people are told. A drill
whose steps run a template counts as a rehearsal only once the image is built: a way that ends in a failed build was
not shown to be one. What the member that was left builds is for late.py.
"""

from dataclasses import replace

from aibwatch.core.actions import Action, ReadOutputs
from aibwatch.core.decision import Note, NoteKind
from aibwatch.core.events import Event, OutputsRead, Started
from aibwatch.core.model import FailureClass, Run, template_name
from aibwatch.core.move.move import Move, MoveKind
from aibwatch.core.sentences import count, listing
from aibwatch.core.state import GroupState
from aibwatch.core.window import Window

Followed = tuple[GroupState, tuple[Action, ...], tuple[Note, ...]]
MoveFollowed = tuple[Move | None, tuple[Action, ...], tuple[Note, ...]]


def follow(group: GroupState, event: Event, window: Window) -> Followed:
    """Return the group with what became of its last move's and its last drill's run, what to read, and what to say."""
    last, wanted, said = _follow(group.last, event, window)
    drill, to_read, told = _follow(group.drill, event, window)
    group, rehearsed = _rehearsed(replace(group, last=last, drill=drill))
    return group, (*wanted, *to_read), (*said, *told, *rehearsed)


def has_built(move: Move) -> bool:
    """Return whether the run on the target ended well."""
    return move.run_state is not None and move.run_state.built


def _follow(move: Move | None, event: Event, window: Window) -> MoveFollowed:
    if move is None or move.failed:
        return move, (), ()
    if isinstance(event, OutputsRead) and event.late_run is None and event.activation_id == move.activation_id:
        return _outputs(move, event)
    if isinstance(event, Started) and move.outputs_asked and not move.images:
        return move, (_read(move),), ()
    if move.run_state is not None and move.run_state.ended:
        return move, (), ()
    seen = window.templates.get(move.target)
    if seen is None or seen.run is None or seen.run.started == move.run_before or seen.run.state is move.run_state:
        return move, (), ()
    return _progress(move, seen.run)


def _progress(move: Move, run: Run) -> MoveFollowed:
    good = run.state.built
    bad = run.state.ended and not good
    drill = move.kind is MoveKind.DRILL
    moved_on = replace(
        move,
        run_state=run.state,
        run_started=run.started,
        run_ended=run.ended,
        outputs_asked=good,
        failed=bad and drill,
    )
    what = f"run on {template_name(move.target)} {run.state}"
    reason = run.diagnosis.summary or "no reason was given"
    if bad and drill:
        note = _note(move, NoteKind.RUN, f"the rehearsal failed: {what}", reason, loud=True)
    elif bad:
        note = _note(move, NoteKind.RUN, what, reason, loud=True)
    else:
        by = "the rehearsal" if drill else "the move"
        note = _note(move, NoteKind.RUN, what, f"wanted by {by} {move.activation_id}")
    return moved_on, (_read(moved_on),) if good else (), (note,)


def _outputs(move: Move, event: OutputsRead) -> MoveFollowed:
    if event.diagnosis.cls is not FailureClass.OK:
        why = f"{event.diagnosis.summary}; the image is there, only its name could not be read"
        return move, (), (_note(move, NoteKind.IMAGE, "outputs not readable", why),)
    name = template_name(move.target)
    what = f"{name} put out {count(len(event.images), 'image')}"
    why = listing(list(event.images)) or "the run ended well, and lists no output; look at its distribute targets"
    return replace(move, images=event.images), (), (_note(move, NoteKind.IMAGE, what, why, loud=True),)


def _rehearsed(group: GroupState) -> tuple[GroupState, tuple[Note, ...]]:
    """Return the group with the time of its rehearsal, once the last drill has shown that the way leads to its end."""
    drill = group.drill
    if drill is None or drill.failed or drill.ended_at is None or (drill.runs_template and not has_built(drill)):
        return group, ()
    # By the service's clock, where it says one: it is minutes that count here, and the gate counts in days.
    done_at = (drill.run_ended or drill.ended_at) if drill.runs_template else drill.ended_at
    if group.drilled_at is not None and group.drilled_at >= done_at:
        return group, ()
    what = f"the way to {template_name(drill.target)} is rehearsed"
    why = "its image is built" if drill.runs_template else "every step is done"
    return replace(group, drilled_at=done_at), (_note(drill, NoteKind.RUN, what, f"{drill.activation_id}: {why}"),)


def _note(move: Move, kind: NoteKind, what: str, why: str, *, loud: bool = False) -> Note:
    return Note(kind=kind, subject=move.group, what=what, why=why, loud=loud)


def _read(move: Move) -> ReadOutputs:
    return ReadOutputs(group=move.group, activation_id=move.activation_id, template=move.target)
