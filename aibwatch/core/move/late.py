"""Find what a member that was left still publishes: a late run may put an older image in front of the newer one.

Rules: after a failover the member that was left is watched for WATCHED, or until the group comes back to it. A run of
it that ends well after the commit is late, whoever started it; it is told once, with its images. Runs that a move or a
drill of ours asked for are none. Where the policy says so, its versions in a gallery are taken out of "latest", but
only those that the active member has outrun: the run was started before the active member's, and the active member has
an image to be latest in its place. So what somebody builds there later, to prepare the way back, is only told.
Only ids that the run's own outputs name are ever asked for, and none that the active member put out too.

What this does not know: a run that ended and was followed by another between two lists. Outputs are always those of a
template's last run; whoever reads them sees to it that the run is still that one, and else says that it is not.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from aibwatch.core.actions import Action, ExcludeFromLatest, ReadOutputs
from aibwatch.core.decision import Note
from aibwatch.core.events import Event, Excluded, OutputsRead, Started
from aibwatch.core.model import Diagnosis, FailureClass, Run, TemplateId
from aibwatch.core.move.aftermath import Followed
from aibwatch.core.move.gallery import version_of
from aibwatch.core.move.late_words import concluded, told
from aibwatch.core.move.left import LateImage, LateRun, Left, Taken
from aibwatch.core.move.move import Move, MoveKind
from aibwatch.core.policy import Policy
from aibwatch.core.state import GroupState
from aibwatch.core.window import Window

WATCHED = timedelta(days=7)
"""A queue of builds that an outage held up is through within hours; a nightly or weekly schedule shows within this."""

MOST_LEFT = 8
MOST_RUNS = 20
MOST_IMAGES = 20
"""Members, runs of each and images of each run that are remembered; the latest ones, they are told either way."""

TRIES = 7
FIRST_WAIT = timedelta(seconds=30)
"""Before the second attempt to read outputs or to take an image out of "latest"; four times as long before each further
one, 11 h in all: a run of a region in trouble may end hours before its outputs can be read."""

SAME = "the active member has put out an image of the same id"
NO_VERSION = "it is no version in a gallery; whoever uses it by its name has the late one now"
OFF = "exclude_late_images is off"
NO_OTHER = "the active member has no image yet that could be latest in its place"
NOT_OLDER = "its run was started after the active member's, so it is not older"

HOPELESS = frozenset({FailureClass.AUTH, FailureClass.CUSTOMER, FailureClass.EXPECTED})
"""Refusals that another attempt would meet again until somebody changes something."""


def follow(group: GroupState, event: Event, window: Window, policy: Policy, now: datetime) -> Followed:
    """Return the group with what the members that it left have built, what to ask for, and what to say."""
    known = group
    group = replace(group, left=_watched(group, window, now))
    if not group.left:
        return group, (), ()
    notes: tuple[Note, ...] = ()
    match event:
        case OutputsRead(late_run=datetime()):
            group, notes = _read(group, event, window, policy)
        case Excluded():
            group, notes = _answered(group, event)
        case _:
            group = replace(group, left=tuple(_look(left, window) for left in group.left))
    group = _each_image(group, lambda _, run, image: _judged(image, group, run, policy))
    return group, _wanted(known, group, event), notes


def _watched(group: GroupState, window: Window, now: datetime) -> tuple[Left, ...]:
    """Return the members to watch."""
    known = [left for left in group.left if now - left.at < WATCHED and left.template != group.active]
    for move in (group.last, group.move):
        if move is not None and _leaves(move, group, now) and all(_key(left) != _key(move) for left in known):
            known = [left for left in known if left.template != move.source]
            known.append(_begin(move, window))
    return tuple(_but_ours(left, group, window) for left in known[-MOST_LEFT:])


def _leaves(move: Move, group: GroupState, now: datetime) -> bool:
    committed = move.kind is MoveKind.FAILOVER and move.committed_at is not None
    return committed and group.active == move.target and now - (move.committed_at or now) < WATCHED


def _key(of: Left | Move) -> tuple[str, datetime]:
    return of.activation_id, of.claimed_at


def _begin(move: Move, window: Window) -> Left:
    run = _run_of(move.source, window)
    return Left(
        activation_id=move.activation_id,
        claimed_at=move.claimed_at,
        template=move.source,
        at=move.committed_at or move.claimed_at,
        run_known=run.started if run and run.state.ended else None,
    )


def _but_ours(left: Left, group: GroupState, window: Window) -> Left:
    """Return the member with its present run accounted for, if a move or drill of ours wanted it."""
    run = _run_of(left.template, window)
    if run is None or run.started == left.run_known:
        return left
    wanted = group.move is not None and group.move.target == left.template
    wanted = wanted or any(
        m is not None and m.target == left.template and m.run_started == run.started for m in (group.last, group.drill)
    )
    return replace(left, run_known=run.started) if wanted else left


def _run_of(template: TemplateId, window: Window) -> Run | None:
    seen = window.templates.get(template)
    return seen.run if seen else None


def _look(left: Left, window: Window) -> Left:
    """Return the member with its last run among the late ones, if it is one and is not known yet."""
    run = _run_of(left.template, window)
    if run is None or not run.state.built or run.started == left.run_known:
        return left
    if any(known.started == run.started for known in left.runs) or (run.ended is not None and run.ended <= left.at):
        return left
    late = LateRun(started=run.started, ended=run.ended, state=run.state)
    return replace(left, runs=(*left.runs, late)[-MOST_RUNS:], run_known=run.started)


def _read(group: GroupState, event: OutputsRead, window: Window, policy: Policy) -> tuple[GroupState, tuple[Note, ...]]:
    """Enter the outputs of a late run, and tell of them."""
    notes: list[Note] = []

    def enter(left: Left, run: LateRun) -> LateRun:
        if run.read or run.started != event.late_run or left.activation_id != event.activation_id:
            return run
        known = _entered(run, event, group, policy)
        if known.read or not run.failed_reads:
            notes.append(told(left, known, group, window))
        return known

    return _each_run(group, enter), tuple(notes)


def _entered(run: LateRun, event: OutputsRead, group: GroupState, policy: Policy) -> LateRun:
    """Return the run with its outputs; or with why they could not be read, to be asked for again unless too often."""
    if event.diagnosis.cls is FailureClass.OK:
        images = tuple(_judged(_image(image), group, run, policy) for image in event.images[:MOST_IMAGES])
        return replace(run, read=True, images=images, why="")
    failed = run.failed_reads + 1
    final = event.diagnosis.cls in HOPELESS or failed >= TRIES
    return replace(run, read=final, failed_reads=failed, why=event.diagnosis.summary)


def _image(image: str) -> LateImage:
    """Return an image of a late run: to be taken out of "latest", if it can be."""
    return (
        LateImage(id=image, why=NO_VERSION) if version_of(image) is None else LateImage(id=image, taken=Taken.WAITING)
    )


def _judged(image: LateImage, group: GroupState, run: LateRun, policy: Policy) -> LateImage:
    """Return the image with whether it is to be taken out of "latest" now, if that is still open."""
    if image.taken is not Taken.WAITING:
        return image
    if not policy.exclude_late_images:
        return replace(image, taken=Taken.TOLD, why=OFF)
    last = group.last
    if last is None or last.target != group.active or last.run_started is None or not last.images:
        return replace(image, why=NO_OTHER)
    if run.started >= last.run_started:
        return replace(image, taken=Taken.TOLD, why=NOT_OLDER)
    if _is_of_active(image.id, group):
        return replace(image, taken=Taken.TOLD, why=SAME)
    return replace(image, taken=Taken.ASKED, tries=1, why="")


def _is_of_active(image: str, group: GroupState) -> bool:
    return group.last is not None and image.lower() in {known.lower() for known in group.last.images}


def _answered(group: GroupState, event: Excluded) -> tuple[GroupState, tuple[Note, ...]]:
    """Enter what a gallery said, and tell of it once it is final."""
    notes: list[Note] = []

    def enter(left: Left, run: LateRun, image: LateImage) -> LateImage:
        meant = (left.activation_id, run.started, image.id) == (event.activation_id, event.run, event.image)
        if not meant or image.taken is not Taken.ASKED:
            return image
        answered = _after(image, event.diagnosis)
        if answered.taken is not Taken.ASKED:
            notes.append(concluded(answered, group))
        return answered

    return _each_image(group, enter), tuple(notes)


def _after(image: LateImage, said: Diagnosis) -> LateImage:
    if said.cls is FailureClass.OK:
        return replace(image, taken=Taken.EXCLUDED, why="")
    final = said.cls in HOPELESS or image.tries >= TRIES
    if final:
        return replace(image, taken=Taken.FAILED, why=said.summary)
    return replace(image, tries=image.tries + 1, why=said.summary)


def _wanted(before: GroupState, after: GroupState, event: Event) -> tuple[Action, ...]:
    """Return what to ask for: what is open now and was not before; a new process asks anew for all that is open."""
    again = isinstance(event, Started)
    known = frozenset[object]() if again else frozenset(map(_token, _open(before)))
    asked = [(left, run, image) for left, run, image in _open(after) if _token((left, run, image)) not in known]
    return tuple(_action(after.name, left, run, image, again=again) for left, run, image in asked)


Open = tuple[Left, LateRun, LateImage | None]


def _open(group: GroupState) -> Iterator[Open]:
    """Yield the runs whose outputs are awaited, with no image, and the images of which a gallery is asked."""
    for left in group.left:
        for run in left.runs:
            if not run.read:
                yield left, run, None
            yield from ((left, run, image) for image in run.images if image.taken is Taken.ASKED)


def _token(wanted: Open) -> object:
    left, run, image = wanted
    return left.activation_id, run.started, (image.id, image.tries) if image else run.failed_reads


def _action(group: str, left: Left, run: LateRun, image: LateImage | None, *, again: bool) -> Action:
    failed = image.tries - 1 if image else run.failed_reads
    wait = timedelta(0) if again or failed == 0 else FIRST_WAIT * 4.0 ** (failed - 1)
    of = left.activation_id
    if image is None:
        return ReadOutputs(group=group, activation_id=of, template=left.template, late_run=run.started, wait=wait)
    return ExcludeFromLatest(group=group, activation_id=of, run=run.started, image=image.id, wait=wait)


def _each_run(group: GroupState, change: Callable[[Left, LateRun], LateRun]) -> GroupState:
    changed = (replace(left, runs=tuple(change(left, run) for run in left.runs)) for left in group.left)
    return replace(group, left=tuple(changed))


def _each_image(group: GroupState, change: Callable[[Left, LateRun, LateImage], LateImage]) -> GroupState:
    def change_run(left: Left, run: LateRun) -> LateRun:
        return replace(run, images=tuple(change(left, run, image) for image in run.images)) if run.images else run

    return _each_run(group, change_run)
