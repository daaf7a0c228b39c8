"""Follow a move that is done to the image that it was for.

Rules: the run on the target is ours if it has another start than the one known before the move, because every run has
its own. It is followed until it ends. If it ended well its outputs are read once; if not, people are told.
"""

from dataclasses import replace

from aibwatch.core.actions import Action, ReadOutputs
from aibwatch.core.decision import Note, NoteKind
from aibwatch.core.events import Event, OutputsRead, Started
from aibwatch.core.model import FailureClass, Run, RunState, template_name
from aibwatch.core.move import Move
from aibwatch.core.sentences import count, listing
from aibwatch.core.state import GroupState
from aibwatch.core.window import Window

Followed = tuple[GroupState, tuple[Action, ...], tuple[Note, ...]]

GOOD = frozenset({RunState.SUCCEEDED, RunState.PARTIALLY_SUCCEEDED})


def follow(group: GroupState, event: Event, window: Window) -> Followed:
    """Return the group with what became of its last move's run, what to read, and what to say."""
    if isinstance(event, OutputsRead) and group.last and event.activation_id == group.last.activation_id:
        return _outputs(group, group.last, event)
    move = group.last
    if move is None or move.failed:
        return group, (), ()
    if isinstance(event, Started) and move.outputs_asked and not move.images:
        return group, (_read(move),), ()
    if move.run_state is not None and move.run_state.ended:
        return group, (), ()
    seen = window.templates.get(move.target)
    if seen is None or seen.run is None or seen.run.started == move.run_before or seen.run.state is move.run_state:
        return group, (), ()
    return _progress(group, move, seen.run)


def _progress(group: GroupState, move: Move, run: Run) -> Followed:
    good = run.state in GOOD
    moved_on = replace(move, run_state=run.state, outputs_asked=good)
    bad = run.state.ended and not good
    note = Note(
        kind=NoteKind.RUN,
        subject=group.name,
        what=f"run on {template_name(move.target)} {run.state}",
        why=(run.diagnosis.summary or "no reason was given") if bad else f"started by the move {move.activation_id}",
        loud=bad,
    )
    return replace(group, last=moved_on), (_read(moved_on),) if good else (), (note,)


def _outputs(group: GroupState, move: Move, event: OutputsRead) -> Followed:
    if event.diagnosis.cls is not FailureClass.OK:
        why = f"{event.diagnosis.summary}; the image is there, only its name could not be read"
        note = Note(kind=NoteKind.IMAGE, subject=group.name, what="outputs not readable", why=why)
        return group, (), (note,)
    name = template_name(move.target)
    what = f"{name} put out {count(len(event.images), 'image')}"
    why = listing(list(event.images)) or "the run ended well, and lists no output; look at its distribute targets"
    note = Note(kind=NoteKind.IMAGE, subject=group.name, what=what, why=why, loud=True)
    return replace(group, last=replace(move, images=event.images)), (), (note,)


def _read(move: Move) -> ReadOutputs:
    return ReadOutputs(group=move.group, activation_id=move.activation_id, template=move.target)
