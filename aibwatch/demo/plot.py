"""Know the turns that the demo's story must take, and whether each was seen.

The story is whole when every turn came, and the secondary was run exactly once.
"""

from dataclasses import dataclass

from aibwatch.core.decision import Note, NoteKind

GROUP = "ubuntu-base"
SHADOW = "rhel-cis"
PRIMARY = "westeurope"
TARGET = "ubuntu-neu"


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One thing that must happen, and how its note is known."""

    name: str
    title: str
    """For a newcomer: what this is."""
    kind: NoteKind
    subject: str
    ends: str
    """How the note's `what` ends."""

    def is_told_by(self, note: Note) -> bool:
        """Return whether the note tells of this turn."""
        return note.kind is self.kind and note.subject == self.subject and note.what.endswith(self.ends)


TURNS = (
    Turn(name="well", title="the region is well", kind=NoteKind.VERDICT, subject=PRIMARY, ends="-> healthy"),
    Turn(name="suspect", title="a first suspicion", kind=NoteKind.VERDICT, subject=PRIMARY, ends="-> suspect"),
    Turn(name="confirming", title="proven, and held", kind=NoteKind.VERDICT, subject=PRIMARY, ends="-> confirming"),
    Turn(name="outage", title="an outage", kind=NoteKind.VERDICT, subject=PRIMARY, ends="-> outage"),
    Turn(name="checking", title="every gate is open", kind=NoteKind.PHASE, subject=GROUP, ends="-> checking"),
    Turn(
        name="committing", title="polled afresh, still down", kind=NoteKind.PHASE, subject=GROUP, ends="-> committing"
    ),
    Turn(name="moving", title="the move", kind=NoteKind.PHASE, subject=GROUP, ends="-> moving"),
    Turn(name="moved", title="moved", kind=NoteKind.PHASE, subject=GROUP, ends="moving -> watching"),
    Turn(
        name="would", title="and in shadow mode", kind=NoteKind.WOULD_MOVE, subject=SHADOW, ends="would fail over now"
    ),
    Turn(name="built", title="the secondary built", kind=NoteKind.RUN, subject=GROUP, ends="succeeded"),
    Turn(name="image", title="the image", kind=NoteKind.IMAGE, subject=GROUP, ends="image"),
    Turn(
        name="recovering",
        title="the region answers again",
        kind=NoteKind.VERDICT,
        subject=PRIMARY,
        ends="-> recovering",
    ),
    Turn(name="recovered", title="recovered", kind=NoteKind.VERDICT, subject=PRIMARY, ends="recovering -> healthy"),
)


class Plot:
    """Which turns were seen so far."""

    def __init__(self) -> None:
        self._seen: set[str] = set()

    def turn_of(self, note: Note) -> Turn | None:
        """Return the turn that the note tells of, if it is one; later sights of the same turn are none."""
        told = [turn for turn in TURNS if turn.is_told_by(note)]
        # "recovering -> healthy" ends like "-> healthy": the longest ending is the turn that is meant.
        turn = max(told, key=lambda turn: len(turn.ends), default=None)
        if turn is None or turn.name in self._seen:
            return None
        self._seen.add(turn.name)
        return turn

    @property
    def missing(self) -> tuple[str, ...]:
        """Names of the turns that did not come yet."""
        return tuple(turn.name for turn in TURNS if turn.name not in self._seen)
