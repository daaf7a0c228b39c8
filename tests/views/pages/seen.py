"""Make what the pages tell of from a story, with a record of what was said in it."""

from aibwatch.core.move.moves import kept_moves
from aibwatch.views.history import Recorded
from aibwatch.views.pages.seen import Seen
from tests.core.builders import Play


def seen_of(play: Play, *, version: str = "0.1.0", lost: str = "") -> Seen:
    """Return what a page tells of at the moment to which the story is played."""
    moves = sorted(kept_moves(play.state.groups).values(), key=lambda kept: kept.move.claimed_at)
    return Seen(
        state=play.state,
        setup=play.setup,
        version=version,
        now=play.now,
        notes=() if lost else record_of(play),
        moves=tuple(moves),
        lost=lost,
    )


def record_of(play: Play) -> tuple[Recorded, ...]:
    """Return what was said in the story, as it would be on record."""
    said = zip(play.said_at, play.said, strict=True)
    return tuple(Recorded(id=number, at=at, note=note) for number, (at, note) in enumerate(said))
