"""Know the turns that the demo's story must take, what each means, and whether it was seen.

The story is whole when every turn came, and the secondary was run exactly once.
"""

from dataclasses import dataclass

from aibwatch.core.decision import Note, NoteKind
from aibwatch.demo.script import CANARY

GROUP = "ubuntu-base"
SHADOW = "rhel-cis"
PRIMARY = "westeurope"
TARGET = "ubuntu-neu"


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One thing that must happen, how its note is known, and what it means to a newcomer."""

    name: str
    title: str
    meaning: str
    colour: str
    kind: NoteKind
    subject: str
    ends: str
    """How the note's `what` ends."""

    def is_told_by(self, note: Note) -> bool:
        """Return whether the note tells of this turn."""
        return note.kind is self.kind and note.subject == self.subject and note.what.endswith(self.ends)


TURNS = (
    Turn(
        name="well",
        title=f"{PRIMARY} is healthy",
        meaning="It was read once, and answered. aibwatch has something to compare with now.",
        colour="green",
        kind=NoteKind.VERDICT,
        subject=PRIMARY,
        ends="learning -> healthy",
    ),
    Turn(
        name="suspect",
        title=f"{PRIMARY} is suspect",
        meaning="Suspicion is cheap and moves nothing: one kind of source may be wrong.",
        colour="yellow",
        kind=NoteKind.VERDICT,
        subject=PRIMARY,
        ends="-> suspect",
    ),
    Turn(
        name="canary asked",
        title=f"A canary is sent to {PRIMARY}",
        meaning="The smallest of templates, without a script, is run there: it tells your mistakes from Azure's.",
        colour="yellow",
        kind=NoteKind.CANARY,
        subject=PRIMARY,
        ends=f"canary {CANARY} started",
    ),
    Turn(
        name="canary failed",
        title="The canary failed",
        meaning="Nothing of yours is in it but an identity, so this speaks of the service. It is tried again.",
        colour="dark_orange",
        kind=NoteKind.CANARY,
        subject=PRIMARY,
        ends=f"canary {CANARY} failed",
    ),
    Turn(
        name="confirming",
        title=f"{PRIMARY} is down by all evidence",
        meaning="Several kinds of source agree. People are told now; a move waits to see that it stays so.",
        colour="dark_orange",
        kind=NoteKind.VERDICT,
        subject=PRIMARY,
        ends="-> confirming",
    ),
    Turn(
        name="outage",
        title=f"{PRIMARY} has an outage",
        meaning="It stayed so for the length of the hold. This is the service's fault, not a script's.",
        colour="red",
        kind=NoteKind.VERDICT,
        subject=PRIMARY,
        ends="-> outage",
    ),
    Turn(
        name="checking",
        title=f"{GROUP}: every gate is open",
        meaning="Before anything is changed, everything is polled once more; until then the move can be given up.",
        colour="magenta",
        kind=NoteKind.PHASE,
        subject=GROUP,
        ends="-> checking",
    ),
    Turn(
        name="committing",
        title=f"{GROUP}: still down",
        meaning="The new epoch is written to the journal first. From here on the move is finished, whatever happens.",
        colour="magenta",
        kind=NoteKind.PHASE,
        subject=GROUP,
        ends="-> committing",
    ),
    Turn(
        name="moving",
        title=f"{GROUP} moves to northeurope",
        meaning=f"`aibwatch active {GROUP}` names the secondary now; its template is run, once.",
        colour="magenta",
        kind=NoteKind.PHASE,
        subject=GROUP,
        ends="-> moving",
    ),
    Turn(
        name="moved",
        title=f"{GROUP} has moved",
        meaning="Every step is on record with its result; a crash at any point would have ended here too.",
        colour="magenta",
        kind=NoteKind.PHASE,
        subject=GROUP,
        ends="moving -> watching",
    ),
    Turn(
        name="would",
        title=f"{SHADOW} would move too",
        meaning="It is in shadow mode: it says so, counts it, and does nothing.",
        colour="magenta",
        kind=NoteKind.WOULD_MOVE,
        subject=SHADOW,
        ends="would fail over now",
    ),
    Turn(
        name="built",
        title=f"{TARGET} has built",
        meaning="The run that the move started came to its good end, in the other region.",
        colour="green",
        kind=NoteKind.RUN,
        subject=GROUP,
        ends="succeeded",
    ),
    Turn(
        name="image",
        title="The image is there",
        meaning="Read from the run's outputs:",
        colour="green",
        kind=NoteKind.IMAGE,
        subject=GROUP,
        ends="image",
    ),
    Turn(
        name="canary well",
        title="The canary builds again",
        meaning=f"It was sent all the while, to see when {PRIMARY} can build again, and now it ended well.",
        colour="cyan",
        kind=NoteKind.CANARY,
        subject=PRIMARY,
        ends=f"canary {CANARY} built well",
    ),
    Turn(
        name="recovering",
        title=f"{PRIMARY} is recovering",
        meaning="A single good answer clears nothing; it has to stay quiet for a while.",
        colour="cyan",
        kind=NoteKind.VERDICT,
        subject=PRIMARY,
        ends="-> recovering",
    ),
    Turn(
        name="recovered",
        title=f"{PRIMARY} is healthy again",
        meaning="The incident is closed.",
        colour="green",
        kind=NoteKind.VERDICT,
        subject=PRIMARY,
        ends="recovering -> healthy",
    ),
)


class Plot:
    """Which turns were seen so far."""

    def __init__(self) -> None:
        self._seen: set[str] = set()

    def turn_of(self, note: Note) -> Turn | None:
        """Return the turn that the note tells of, if it is one; later sights of the same turn are none."""
        turn = next((turn for turn in TURNS if turn.is_told_by(note)), None)
        if turn is None or turn.name in self._seen:
            return None
        self._seen.add(turn.name)
        return turn

    @property
    def missing(self) -> tuple[str, ...]:
        """Titles of the turns that did not come yet."""
        return tuple(turn.title for turn in TURNS if turn.name not in self._seen)
