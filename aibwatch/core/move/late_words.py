"""Word what is said of a late run: what it put out, what that may hide, and what to do. Decides nothing."""

from aibwatch.core.decision import Note, NoteKind
from aibwatch.core.model import template_name
from aibwatch.core.move.left import LateImage, LateRun, Left, Taken
from aibwatch.core.sentences import clock, count, listing
from aibwatch.core.state import GroupState
from aibwatch.core.window import Window

ADVICE = "see which version your consumers get, and set publishingProfile.excludeFromLatest on the older one"


def told(left: Left, run: LateRun, group: GroupState, window: Window) -> Note:
    """Say of a late run what it put out, against what, and what to do."""
    name, where = template_name(left.template), window.region_of(left.template)
    place = f" in {where}" if where else ""
    images = listing([image.id for image in run.images])
    begun = "before" if run.started < left.at else "after"
    ended = f" at {clock(run.ended)}" if run.ended else ""
    of_run = f"its run of {clock(run.started)}, started {begun} {group.name} left it at {clock(left.at)}"
    told = [
        f"{of_run}, ended{ended} and put out {images or 'images that are not known'}",
        _unread(run),
        _against(group, run),
        _what_next(run),
    ]
    return Note(
        kind=NoteKind.LATE,
        subject=group.name,
        what=f"{name}{place} has built late",
        why="; ".join(part for part in told if part),
        loud=True,
    )


def _unread(run: LateRun) -> str:
    if not run.why:
        return ""
    then = "not asked for any more" if run.read else "they are asked for again"
    return f"its outputs cannot be read ({run.why}); {then}"


def _against(group: GroupState, run: LateRun) -> str:
    last = group.last
    name = template_name(group.active)
    if last is None or last.target != group.active or not last.images:
        return f"the active member {name} has no image yet"
    built = f"the active member {name} built {listing(list(last.images))}"
    older = last.run_started is None or run.started < last.run_started
    return f'{built}; "latest" may now point at {"the older one" if older else "this newer one"}'


def _what_next(run: LateRun) -> str:
    if any(image.taken in {Taken.ASKED, Taken.WAITING} for image in run.images):
        whens = {image.why for image in run.images if image.taken is Taken.WAITING}
        until = f", as soon as it can be: {whens.pop()}" if whens else ""
        return f'it is taken out of "latest" by exclude_late_images{until}'
    reasons = {image.why for image in run.images if image.why}
    return f"nothing was changed ({'; '.join(sorted(reasons)) or 'no image is known'}); {ADVICE}"


def concluded(image: LateImage, group: GroupState) -> Note:
    """Say whether an image was taken out of latest, now that nothing more is tried."""
    done = image.taken is Taken.EXCLUDED
    what = "late image taken out of latest" if done else "late image still counts as latest"
    why = f"{image.id}: excludeFromLatest is set; whoever names its version still gets it"
    if not done:
        why = f"{image.id}: not changed after {count(image.tries, 'attempt')}: {image.why}; {ADVICE}"
    return Note(kind=NoteKind.LATE, subject=group.name, what=what, why=why, loud=True)
